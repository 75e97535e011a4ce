"""What a killed window leaves: what was done, and nothing else."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from live_windows import PATIENCE

from viz3d.live.work.kept import left_behind
from viz3d.session.files.stored import read_folder


@pytest.fixture
def root(tmp_path):
    return tmp_path / "state"


def test_what_a_killed_window_leaves_without_an_act_goes(root):
    root.mkdir()
    (root / "1-abc.lock").write_text(f"999999999\nviz3d\n{socket.gethostname()}\n")
    assert left_behind(root) is None
    assert list(root.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from live_windows import IdlePainter
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.live.work.kept import new_place
from viz3d.session.change import UseNet
from viz3d.session.session import Session
from viz3d.session.take import TakeDigit

root, ending = Path(sys.argv[1]), int(sys.argv[2])
app = QApplication([])
dress(app, "dark")
settings = QSettings(str(root / "live.ini"), QSettings.Format.IniFormat)
session = Session(UseNet("mlp-sigmoid"), TakeDigit(4), "digits")
window = Window(session, settings, view=SceneView(IdlePainter()), kept=new_place(root))
window.show()
QTest.keyClicks(window.command.line, "ablate hidden1:17; scale hidden2:3 2")
QTest.keyClick(window.command.line, Qt.Key.Key_Return)
keeper = window.keeping._keeper

def end():
    if keeper._asked is keeper._written:
        timer.stop()  # one signal is enough, however long the end of it takes
        os.kill(os.getpid(), ending)

timer = QTimer(interval=20)
timer.timeout.connect(end)
timer.start()
from viz3d.live.app import _ended_by_ctrl_c
window.closed.connect(app.quit)
with _ended_by_ctrl_c(window):
    app.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM"])
def test_what_was_done_outlives_a_window_that_is_killed(root, ending):
    root.mkdir()
    number = int(getattr(signal, ending))
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), str(number)],
        env=os.environ | {"PYTHONPATH": path},
        check=False,
        timeout=PATIENCE / 1000,
    )
    assert done.returncode in (-number, 128 + number)
    left = left_behind(root)
    assert "mlp-sigmoid, 1 change," in left.told
    session = read_folder(left.folder)
    assert [str(edit) for edit in session.net.edits] == ["ablate hidden1:17", "scale hidden2:3 2"]
    session.undo()
    assert session.net.edits == ()
