"""What the tests of the live window's exports ask for, and wait for."""

import os
from pathlib import Path

from patience import PATIENCE

from viz3d.live.widgets.exporting.export_panel import ExportChoice

STROKE = ((110, 20), (108, 60), (106, 100), (104, 140), (102, 190))
SMALL = "160x90"


def choice(out, film=True, **changes):
    ending = Path(out).suffix
    plain = {
        "film": film,
        "ending": ending,
        "size": SMALL,
        "theme": "dark",
        "camera": "screen",
        "out": str(out),
    }
    return ExportChoice(**(plain | changes))


def ended(qtbot, window):
    qtbot.waitUntil(lambda: not window.exporting.exporter.busy, timeout=PATIENCE)


def begun(qtbot, window, out):
    """Begin a long film, and wait until some of its pictures are done."""
    done = []
    window.exporting.exporter.progressed.connect(lambda number, _of: done.append(number))
    window.exporting.panel.wanted.emit(choice(out))
    qtbot.waitUntil(lambda: bool(done and done[-1] > 1), timeout=PATIENCE)
    return window.exporting.exporter._process.processId()


def runs(process):
    """Whether a process runs still; one that has ended and that nobody has asked about does not."""
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def left_in(folder):
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and file.name != "live.ini")
