"""Close the live window in the midst of what it does, again and again: nothing may hang, warn, or be lost.

    python benchmarks/window/closing.py [--times 20] [--seed 1] [--deed train export draw scrub go_back study]

Real widgets and threads, off-screen, a new window each time, closed after a moment that chance chooses.
Where it asks what is to become of the work, half of the times a checkpoint is kept: what is then read from it
must be the network that was shown. What counts as a failure is what counts in soak.py, and a thread of the
window that lives on, a half file of an export, a folder that is left though nothing was to be kept.
"""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import statistics
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np
from soak import Witness

PATIENCE = 600  # seconds for one window, then every thread's stack is told and it is over


def train(window: Any, rng: np.random.Generator, _folder: Path) -> None:
    """Let it train."""
    window.training.turn_to("train")
    window.training.page.toggle()
    if rng.integers(2):
        lw.wait_for(lambda: bool(window.training.page.trainer.run.step > 2), PATIENCE / 2)


def export(window: Any, rng: np.random.Generator, folder: Path) -> None:
    """Have a film or a picture made."""
    exporting, film = window.exporting, bool(rng.integers(2))
    exporting.open("film" if film else "picture")
    exporting.panel.set_file(str(folder / ("out.gif" if film else "out.png")))
    exporting.panel.pixels.setText("320x180")
    exporting.panel.start.click()
    lw.rest(float(rng.choice([0.0, 0.05, 2.0])))


def draw(window: Any, rng: np.random.Generator, _folder: Path) -> None:
    """Draw, and leave the pen down."""
    pad = window.drawing.pad
    lw.press(pad, 110, 20)
    for k in range(1, int(rng.integers(2, 12))):
        lw.press(pad, 110 + 30 * (k % 3), 20 + 14 * k, "move")
        lw.rest(0.01)


def scrub(window: Any, rng: np.random.Generator, _folder: Path) -> None:
    """Drag the time to and fro while the film plays."""
    window.playing.toggle()
    for _ in range(int(rng.integers(1, 8))):
        window.timeline.track.go(float(rng.uniform(0, 10)))
        lw.rest(0.02)


def go_back(window: Any, rng: np.random.Generator, _folder: Path) -> None:
    """Drag a run of training back and forth, and let it go on now and then."""
    train(window, rng, _folder)
    page = window.training.page
    for _ in range(int(rng.integers(1, 5))):
        page.panel.scrubbed.emit(int(rng.integers(page.trainer.run.step + 1)))
        lw.rest(0.03)
    if rng.integers(2):
        page.toggle()


def study(window: Any, rng: np.random.Generator, _folder: Path) -> None:
    """Study a neuron over the data set, read the tests, and look for a misread one."""
    window.picking.pick(int(rng.integers(784, window.desk.session.net.neuron_count)))
    window.inspector.over_data.wanted.emit()
    if rng.integers(2):
        window.training.page.panel.test.emit()
    if rng.integers(2):
        window.digits.take_misread()


DEEDS: dict[str, Callable[[Any, np.random.Generator, Path], None]] = {
    each.__name__: each for each in (train, export, draw, scrub, go_back, study)
}


def close(window: Any, root: Path, rng: np.random.Generator) -> float:
    """Close a window, by its question's answer where it asks; seconds until it was closed."""
    from viz3d.live.work.session_folders import left_behind
    from viz3d.session.files.stored import read_folder

    keep, begun = bool(rng.integers(2)), time.perf_counter()
    window.close()
    asked = window.isVisible()
    if asked:
        lw.rest(0.05)
        window.question.buttons[0 if keep else 1].click()
    lw.wait_for(lambda: not window.isVisible(), 60)
    passed, left = time.perf_counter() - begun, left_behind(root)
    if not (asked and keep):
        assert left is None, f"{left.folder} is left though nothing was to be kept"
        return passed
    assert left is not None, "what was to be kept is lost"
    mine, again = window.desk.session, read_folder(left.folder)
    left.remove()
    for name, array in mine.net.parameters.items():
        assert np.array_equal(array, again.net.parameters[name]), f"{name} differs from what was shown"
    assert len(mine.undone) == len(again.undone), "what can be done again is not what could be"
    return passed


def once(deed: str, rng: np.random.Generator, witness: Witness) -> float:
    """Open a window, begin a deed, close in its midst; seconds that closing took."""
    from viz3d.live.work.session_folders import new_place

    before = set(threading.enumerate())
    with tempfile.TemporaryDirectory(prefix="viz3d-closing-") as scratch:
        folder, root = Path(scratch), Path(scratch) / "state"
        window = lw.opened("mlp", "digits", new_place(root))
        witness.listen(window)
        DEEDS[deed](window, rng, folder)
        lw.rest(float(rng.exponential(0.1)))
        passed = close(window, root, rng)
        window.deleteLater()
        del window
        gc.collect()
        lw.rest(0.05)
        witness.check()
        for each in set(threading.enumerate()) - before:
            each.join(PATIENCE / 2)  # a trainer that compiles is left to end by itself
            assert not each.is_alive(), f"{each.name} lives on"
        parts = [file.name for file in folder.iterdir() if file.name not in ("state", "out.gif", "out.png")]
        assert not parts, f"these are left: {parts}"
    return passed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=20, help="of each deed (default 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deed", nargs="*", choices=list(DEEDS), default=list(DEEDS))
    options = parser.parse_args()
    from viz3d.command.process.ending import end_beside_threads

    lw.prepare()
    witness = Witness()
    for deed in options.deed:
        rng, taken = np.random.default_rng(options.seed), list[float]()
        for turn in range(options.times):
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            try:
                taken.append(once(deed, rng, witness))
            except BaseException:
                print(f"{deed}, seed {options.seed}, turn {turn}")
                traceback.print_exc()  # the witness has taken the place of what would print it
                print("\n".join(witness.faults), flush=True)
                os._exit(1)
        faulthandler.cancel_dump_traceback_later()
        told = f"{options.times} times, none went wrong; closing took"
        print(f"{deed}: {told} {statistics.median(taken):.2f} s, {max(taken):.2f} at most", flush=True)
    end_beside_threads(0)


if __name__ == "__main__":
    main()
