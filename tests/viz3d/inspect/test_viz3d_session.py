"""A session: each act can be undone to the last bit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sessions import arrays, small_session, told

import data
import engine
from viz3d.command.choice.digits import dataset
from viz3d.command.errors import UserError
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.take import TakeDigit, TakeImage
from viz3d.session.session import Session

DIGITS = data.load("digits", "test")


@pytest.fixture
def session() -> Session:
    return small_session()


def test_undo_and_redo_lead_to_the_very_same_values_without_limit(session):
    lines = [f"{verb} hidden1:{n}" for n in range(60) for verb in ("ablate", "select", "freeze")]
    lines += [f"digit {n % 10}" for n in range(20)] + ["net mlp-sigmoid", "label 3", "prune output 20%"]
    moments = [(told(session), arrays(session))]
    for line in lines:
        session.run(line)
        moments.append((told(session), arrays(session)))

    def as_then(moment) -> bool:
        words, numbers = moment
        return told(session) == words and all(map(np.array_equal, arrays(session), numbers))

    for moment in reversed(moments[:-1]):
        session.run("undo")
        assert as_then(moment)
    with pytest.raises(UserError, match="there is nothing to undo"):
        session.undo()
    for moment in moments[1:]:
        session.run("redo")
        assert as_then(moment)
    with pytest.raises(UserError, match="there is nothing to make again"):
        session.redo()


def test_a_script_tells_of_what_was_looked_at_the_last_alone(session):
    # Lost otherwise: whoever clicks around gets a script of a hundred lines that do nothing.
    for where in ("hidden1:2", "none", "hidden1:3", "hidden1:4"):
        session.run(f"select {where}")
    session.run("ablate hidden1:1")
    assert session.script()[3:] == ["select hidden1:4", "mutate ablate hidden1:1"]
    assert Session.play(session.script()).selection == session.selection == "hidden1:4"
    session.run("select none")
    assert session.script()[3:] == ["mutate ablate hidden1:1"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ablat hidden1:3", "ablat is no act of a session: did you mean ablate?"),
        ("bogus 3", "bogus is no act of a session: known are data, digit"),
        ("digit", "digit needs more, such as digit 3"),
        ("digit 12", "digit 12: give 0 to 9"),
        ("label 12", "label 12: give 0 to 9"),
        ("sample x", "sample x: give SET:SPLIT:NUMBER"),
        ("sample digits:510", "sample digits:510: UCI digits test has images 0 to 509"),
        ("image nowhere.png", "image nowhere.png: there is no such file"),
        ("image 'nowhere.png' twice", "twice is too much: name one file"),
        ("image .", "image . is a folder: give one picture"),
        ("drawing eNr", "drawing eNr: that is no picture of 28x28 pixels"),
        ("drawing " + Drawing(bytes(784)).code[:-8], "that is no picture of 28x28 pixels"),
        ("net mpl", 'no bundled model "mpl"'),
        ("model nowhere.npz", "model nowhere.npz: there is no such file"),
        ("data nowhere", "data nowhere: give mnist, digits or another set by name"),
        ("select hidden9:1", "no layer 'hidden9'"),
        ("select hidden1:1 ->", "write source -> target"),
        ("ablate hidden1:3; ablate hidden9:1", "no layer 'hidden9'"),
        ("mutate scale hidden1 1e30; scale hidden1 1e30", "grow beyond float32"),
        ("evolve output", "evolve output: write it like evolve hidden3,output generations 30"),
        ("evolve output generations 0 population 1 images 1 seed 0", "needs 1 generation or more, got 0"),
        ("evolve hidden9 generations 1 population 1 images 1 seed 0", "no layer 'hidden9'"),
        ("train steps 3", "train steps 3: write it like train steps 100 images 60000 seed 0 lr 0.001"),
        ("train steps 3 images 9 seed 0 at 2", "write it like train"),
        ("train steps 3 images 9 seed 0 speed 2", "write it like train"),
        ("train steps 3 images 9 seed 0 lr 1 lr 2", "write it like train"),
        ("train steps 3 images 9 seed 0 weights old", "write it like train"),
        ("train steps 3 images 9 seed 0 lr fast", "write it like train"),
        ("train steps 3 images 0 seed 0", "train images 0: there are 1 to"),
        ("train steps 3 images 99999999 seed 0", "train images 99999999: there are 1 to"),
        ("train steps 3 images 9 seed 0 epochs 1", "its epochs end after 1: give more epochs"),
        ("train steps 3 images 9 seed 0 lr -1", "learning rate -1.0 must be a number above 0"),
        ("undo 3", "undo stands alone: leave out 3"),
        ("redo", "there is nothing to make again"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_the_session_as_it_was(session, line, says):
    session.run("ablate hidden1:3")
    session.run("select hidden1:4")
    state = session.state
    with pytest.raises((UserError, engine.EngineError, data.DataError)) as error:
        session.run(line)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not str(error.value).startswith("--")
    assert session.state is state


def test_the_label_is_the_digits_and_can_be_told(session):
    assert session.label == 4
    session.run("label none")
    assert session.label is session.before.digit.label is None
    session.run("label 9")
    assert (session.label, session.before.digit.label) == (9, 9)
    session.run("digit 3")
    assert session.label == 3
    session.run("undo")
    assert session.label == 9


def test_what_stood_before_the_changes_reads_the_same_digit(session):
    session.run("clamp hidden1:3 1")
    assert session.before.net.edits == ()
    session.run("digit 3")
    assert session.before.digit is session.traced.digit
    assert np.array_equal(session.before.trace.neurons, session.before.net.trace(session.digit.image).neurons)
    assert np.array_equal(session.trace.neurons, session.net.trace(session.digit.image).neurons)
    assert session.changes == ("clamp hidden1:3 1",)


def test_another_network_begins_anew_and_undo_brings_the_first_back(session):
    session.run("clamp hidden1:3 1")
    session.run("select hidden1:3")
    session.run("net mlp")
    assert (session.net.name, session.changes, session.selection) == ("mlp", (), "")
    assert session.digit.source == "UCI digits test image #111"
    session.run("undo")
    assert (session.changes, session.selection) == (("clamp hidden1:3 1",), "hidden1:3")


def test_a_selection_stays_until_its_address_may_be_another_neurons(session):
    session.run("select hidden1:17")
    session.run("ablate hidden1:17")
    session.run("digit 3")
    assert session.selection == "hidden1:17"
    session.run("remove hidden1:3")
    assert session.selection == ""
    session.run("undo")
    assert session.selection == "hidden1:17"
    session.run("select hidden1:17 -> hidden2:3")
    session.run("select none")
    assert session.selection == ""


def test_images_are_looked_for_once_and_only_when_asked_for(monkeypatch):
    loaded = []

    def counted(name, split, notify):
        loaded.append((name, split))
        return dataset(name, split, notify)

    monkeypatch.setattr("viz3d.session.images.dataset", counted)
    session = Session(UseNet("mlp-sigmoid"), Drawing.of(DIGITS.images[4]), "digits")
    session.run("ablate hidden1:3")
    assert loaded == []
    session.run("digit 3")
    session.run("digit 4")
    session.run("undo")
    assert session.images() is session.images()
    assert len(session.images("train").labels) == 1287
    assert loaded == [("digits", "test"), ("digits", "train")]


def test_changes_to_begin_with_are_an_act_that_can_be_undone():
    session = Session(UseNet("mlp-sigmoid"), TakeDigit(3), "digits", "ablate hidden1:3; ablate hidden1:4")
    assert session.script()[-1] == "mutate ablate hidden1:3; ablate hidden1:4"
    session.undo()
    assert session.changes == ()
    with pytest.raises(engine.EngineError) as error:
        Session(
            UseNet("mlp-sigmoid"), TakeImage(Path("nowhere.png")), mutate="ablate hidden1:3; ablate hidden9:4"
        )
    assert error.value.statement == 1


def test_it_prints_nothing_and_brings_neither_terminal_nor_window():
    script = (
        "import sys\n"
        "from viz3d.session.session import Session\n"
        "session = Session.play(['data digits', 'ablate hidden1:3', 'digit 3', 'undo', 'redo'])\n"
        "session.script(), session.python(), session.images()\n"
        "others = {'scenes', 'vtkmodules', 'pyvista', 'PySide6', 'prompt_toolkit', 'matplotlib'}\n"
        "assert not others & set(sys.modules), others & set(sys.modules)\n"
        "assert not [name for name in sys.modules if name.startswith(('viz3d.findings', 'viz3d.inspect'))]\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
