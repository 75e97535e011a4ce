"""What a killed window leaves: what was done, and nothing else."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from live_exports import runs
from live_windows import PATIENCE
from own_data import idx_set
from project import WINDOWS

from viz3d.live.work.session_folders import left_behind
from viz3d.session.files.stored import read_folder


@pytest.fixture
def root(tmp_path):
    return tmp_path / "state"


def test_what_a_killed_window_leaves_without_an_act_goes(root):
    root.mkdir()
    (root / "1-abc.lock").write_text(f"999999999\nviz3d\n{socket.gethostname()}\n")
    assert left_behind(root) is None
    assert list(root.iterdir()) == []


def run(*words):
    """Run Python beside the tests' own files; its exit status."""
    path = os.pathsep.join([str(WINDOWS), *sys.path])
    command = [sys.executable, *map(str, words)]
    timeout = PATIENCE / 1000
    return subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, check=False, timeout=timeout
    ).returncode


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
from viz3d.live.work.session_folders import new_place
from viz3d.session.acts.change import UseNet
from viz3d.session.session import Session
from viz3d.session.acts.take import TakeDigit

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
def test_what_was_done_outlives_a_window_that_is_ended(root):
    root.mkdir()
    assert run("-c", KILLED, root, int(signal.SIGTERM)) in (-signal.SIGTERM, 128 + signal.SIGTERM)
    left = left_behind(root)
    assert "mlp-sigmoid, 1 change," in left.told
    session = read_folder(left.folder)
    assert [str(edit) for edit in session.net.edits] == ["ablate hidden1:17", "scale hidden2:3 2"]
    session.undo()
    assert session.net.edits == ()


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Where the windows kept their sessions that were all killed amid something, and what that was."""
    folder = tmp_path_factory.mktemp("killed")
    data, network = idx_set(folder / "data", "", np.arange(10).repeat(4)), folder / "theirs.json"
    idx_set(data, "", np.arange(10), part="t10k")
    rng = np.random.default_rng(0)
    theirs = {"sizes": [784, 10], "weights": [rng.normal(size=(10, 784)).tolist()]}
    network.write_text(json.dumps(theirs | {"biases": [[[0.5]] * 10], "cost": "CrossEntropyCost"}))
    assert run(WINDOWS / "killed_windows.py", folder, data, network) == -signal.SIGKILL
    return folder, json.loads((folder / "told.json").read_text())


def left_of(killed, name):
    """What is offered of a window, the session in it, and what was on screen."""
    folder, told = killed
    left = left_behind(folder / name)
    assert left is not None
    return left, read_folder(left.folder), told[name]


def steps_of(acts):
    return [act.steps for act in acts]


unix = pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")


@unix
def test_a_window_killed_while_a_stroke_is_drawn_leaves_the_one_before(killed):
    _, session, told = left_of(killed, "drawing")
    assert session.acts[-1].text == told["code"]
    assert told["code"].startswith("drawing ")


@unix
@pytest.mark.parametrize("name", ["training", "paused"])
def test_a_window_killed_as_it_trains_or_rests_leaves_the_newest_net(killed, name):
    left, session, told = left_of(killed, name)
    assert steps_of(session.done) == [told["steps"]]
    assert session.state.standing.progress.step == told["steps"], "the optimizer goes on with what it knew"
    assert session.net.diff(session.before.net)
    assert left.remark == ""


@unix
def test_a_window_killed_at_a_past_step_leaves_the_newest_net_and_tells_that_step(killed):
    left, session, told = left_of(killed, "scrubbed")
    went = told["went"]
    assert steps_of(session.done) == [went, told["steps"] - went]
    assert left.remark == f"Step {went} of its run was shown: Undo goes back there"
    assert session.state.standing.progress.step == told["steps"]
    session.undo()
    assert steps_of(session.done) == [went]


@unix
def test_a_window_killed_at_the_start_of_a_run_leaves_the_newest_net_too(killed):
    left, session, told = left_of(killed, "at_its_start")
    assert steps_of(session.done) == [told["steps"]]
    assert "Step 0 of its run was shown" in left.remark


@unix
def test_a_window_killed_in_a_branch_leaves_the_branch(killed):
    left, session, told = left_of(killed, "branched")
    assert steps_of(session.done) == [told["went"], told["steps"]]
    assert left.remark == ""


@unix
def test_a_window_killed_with_a_network_of_others_or_own_data_leaves_them(killed):
    (killed[0] / "theirs.json").unlink(missing_ok=True)
    _, session, _ = left_of(killed, "imported")
    assert [layer.size for layer in session.net.layers] == [784, 10]
    _, session, told = left_of(killed, "own_data")
    assert session.acts[-1].text == told["code"] == "sample test:3"
    assert session.state.data == str(killed[0] / "data")


@unix
def test_a_window_killed_amid_an_export_leaves_its_session_and_no_half_film(killed):
    folder = killed[0]
    _, session, told = left_of(killed, "export")
    assert [str(edit) for edit in session.net.edits] == ["ablate hidden1:17"]
    end = time.monotonic() + PATIENCE / 1000
    while runs(told["went"]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not runs(told["went"])
    assert [each.name for each in folder.iterdir() if "film" in each.name] in ([], ["film.gif"])
