"""A session: each act can be undone to the last bit, written as a line, and played again."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

import data
import engine
from viz3d.command.digits import Digit, dataset
from viz3d.command.errors import UserError
from viz3d.findings.studies import make_study
from viz3d.findings.study_settings import Settings
from viz3d.session.acts import READERS, read_act
from viz3d.session.change import Evolve, Mutate, Select, UseData, UseNet
from viz3d.session.design import Design
from viz3d.session.script import as_python
from viz3d.session.session import Session
from viz3d.session.take import Drawing, SetLabel, TakeClass, TakeDigit, TakeImage, TakeSample
from viz3d.session.train import Train

DIGITS = data.load("digits", "test")
LABELS = st.none() | st.integers(0, 9)
# All but line breaks and halves of characters.
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0"), min_size=1)
PATHS = NAMES.map(Path)
WORDS = (
    st.text("abcxyz0123456789:,->. ", min_size=1).map(str.strip).filter(lambda text: text not in ("", "none"))
)
COUNTS = st.integers(0, 10**9)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "optimizer": st.sampled_from(engine.OPTIMIZERS),
        "lr": st.floats(1e-12, 1e12),
        "batch": st.integers(1, 1024),
        "l2": st.floats(0, 1),
    },
).map(lambda fields: tuple(fields.items()))
CHANGES = st.lists(st.tuples(COUNTS, FIELDS.filter(bool)), max_size=3).map(tuple)
ACTS = st.one_of(
    st.builds(TakeDigit, st.integers(0, 9)),
    st.builds(TakeClass, st.sampled_from(["3", "cat", "a large dog"])),
    st.builds(
        TakeSample, st.builds("digits:{}:{}".format, st.sampled_from(["train", "test", "all"]), COUNTS)
    ),
    st.builds(TakeImage, PATHS, LABELS, st.none() | st.integers(1, 9999)),
    st.builds(Drawing, st.binary(min_size=784, max_size=784), LABELS),
    st.builds(SetLabel, LABELS),
    st.builds(UseNet, st.sampled_from(["mlp", "cnn-fast"])),
    st.builds(UseNet, st.none() | st.just("mlp"), PATHS),
    st.builds(UseData, st.sampled_from(["mnist", "digits"]) | PATHS.map(str)),
    st.builds(Mutate, st.lists(WORDS, min_size=1, max_size=3).map("; ".join)),
    st.builds(Evolve, st.sampled_from(["output", "hidden1,output"]), COUNTS, COUNTS, COUNTS, COUNTS),
    st.builds(Train, COUNTS, COUNTS, COUNTS, st.booleans(), FIELDS, CHANGES),
    st.builds(Train, COUNTS, COUNTS, COUNTS, st.just(False), FIELDS, CHANGES, st.booleans()),
    st.builds(Design, st.sampled_from(["input 28x28 | dense 10 softmax", "input 24x24 | dense 10"]), COUNTS),
    st.builds(Select, WORDS | st.just("")),
)


@pytest.fixture
def session() -> Session:
    return Session(UseNet("mlp-sigmoid"), TakeSample("digits:111"), "digits")


@pytest.fixture
def four(tmp_path) -> Path:
    """A drawing in a file whose name has all that could be read otherwise."""
    path = tmp_path / "it's #my; four label 3"
    Image.fromarray(DIGITS.images[4]).resize((90, 90)).save(path, format="PNG")
    return path


def arrays(session: Session) -> list[np.ndarray]:
    """All numbers of a moment."""
    found = []
    for traced in (session.before, session.traced):
        trace = traced.trace
        found += [traced.digit.image, trace.probabilities]
        found += [values[name] for values in (trace.pre, trace.activation) for name in values]
        found += traced.net.parameters.values()
    return found


def told(session: Session) -> tuple:
    """All words of a moment."""
    known = session.net.name, session.net.edits, session.net.history, session.changes
    return *known, session.selection, session.label, session.digit.source, session.state.data


def same(one: Session, other: Session) -> bool:
    pairs = zip(arrays(one), arrays(other), strict=True)
    return told(one) == told(other) and all(np.array_equal(a, b) for a, b in pairs)


def long(session: Session, four: Path, folder: Path) -> Session:
    """One after another all that can be done."""
    engine.save(engine.preset("mlp-sigmoid", np.random.default_rng(1)), folder / "other one.npz")
    for act in (
        TakeImage(four),
        SetLabel(4),
        Mutate(f"noise hidden1 0.1 seed 3; crossover {folder / 'other one.npz'} seed 2"),
        Select("hidden1:17"),
        Evolve("output,hidden2", 2, 3, 100, 5),
        Train(0, 0, 8, True),
        Train(3, 200, 7, True),
        Train(
            5,
            300,
            2,
            False,
            (("lr", 0.01), ("batch", 64)),
            ((2, (("lr", 0.5),)), (4, (("optimizer", "adam"),))),
        ),
        Mutate(
            "ablate hidden2:3; remove hidden1:199-200" if session.net.name == "mlp" else "ablate hidden2:3"
        ),
        Drawing.of(DIGITS.images[7], 3),
        Mutate("remove hidden1:5; grow hidden2 2 seed 1"),
        Select("hidden1:3 -> hidden2:1"),
        Mutate("cut hidden1:3 -> hidden2"),
    ):
        session.do(act)
    return session


@given(ACTS)
@example(TakeImage(Path("a four label 3")))
@example(TakeImage(Path("label 3"), 4))
@example(TakeImage(Path("a pick 2"), 4, 3))
@example(UseNet(None, Path(" 'two'  \"three\" #;")))
def test_an_act_is_its_line_and_the_line_is_the_act(act):
    assert "\n" not in act.text
    assert read_act(act.text) == act
    assert read_act(f"  {act.text} ;  # it's a remark") == act


def test_every_word_of_a_line_is_known_to_the_test_above():
    of_digits = (TakeDigit, TakeClass, TakeSample, TakeImage, Drawing, SetLabel, UseData)
    of_networks = (Mutate, Evolve, Train, Select, Design)
    assert {kind.word for kind in (*of_digits, *of_networks)} | {"net", "model"} == set(READERS)


def test_a_script_leads_to_the_very_same_values(session, four, tmp_path):
    long(session, four, tmp_path)
    script = session.script()
    assert script[:3] == ["data digits", "net mlp-sigmoid", "sample digits:111"]
    again = Session.play(script)
    assert same(session, again)
    assert again.script() == script
    # Played on top of another session too.
    other = Session(UseNet("mlp"), TakeDigit(1), "digits", "ablate hidden1:3")
    other.do(Select("hidden1:4"))
    other.run_script(script)
    assert same(session, other)


def test_lines_of_python_lead_to_the_very_same_values(session, four, tmp_path):
    long(session, four, tmp_path)
    names: dict = {}
    exec("\n".join(session.python()), names)
    assert np.array_equal(names["image"], session.digit.image)
    assert names["label"] == session.label
    assert names["net"].history == session.net.history
    for name, values in session.trace.activation.items():
        assert np.array_equal(names["trace"].activation[name], values)
        assert np.array_equal(names["trace"].pre[name], session.trace.pre[name])


def test_lines_of_python_name_the_folder_of_the_images(session, tmp_path):
    session.do(UseData(str(tmp_path)))
    lines = as_python([*session.acts, TakeDigit(3)])
    assert f'images = data.load_own(Path({str(tmp_path)!r}), "test")' in lines
    assert lines[0] == "from pathlib import Path"


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


def test_after_undo_another_act_begins_another_branch(session):
    session.run("ablate hidden1:1")
    session.run("ablate hidden1:2")
    assert [act.text for act in session.undo()] == ["mutate ablate hidden1:2"]
    session.run("digit 3")
    with pytest.raises(UserError, match="nothing to make again"):
        session.redo()
    assert session.script()[3:] == ["mutate ablate hidden1:1", "digit 3"]


def test_who_looks_around_after_undo_can_still_do_it_again(session):
    for line in ("ablate hidden1:1", "select hidden1:2", "ablate hidden1:2", "digit 3"):
        session.run(line)
    last = arrays(session)
    for _ in range(3):
        session.undo()
    session.run("select hidden1:5")
    session.run("select none")
    assert [act.text for act in session.undone] == [
        "select hidden1:2",
        "mutate ablate hidden1:2",
        "digit 3",
    ]
    for _ in range(3):
        session.redo()
    assert all(np.array_equal(a, b) for a, b in zip(arrays(session), last, strict=True))
    assert session.script()[3:] == [
        "mutate ablate hidden1:1",
        "select hidden1:2",
        "mutate ablate hidden1:2",
        "digit 3",
    ]


def test_a_long_session_holds_few_traces_and_undo_works_the_others_out_again(session, monkeypatch):
    # Lost otherwise: a thousand changes of a transformer hold half a gigabyte.
    monkeypatch.setattr("viz3d.session.session._TRACED", 3)
    kept = [arrays(session)]
    for k in range(9):
        session.run(f"scale hidden1:{k} 2" if k % 3 else f"digit {k}")
        session.run(f"select hidden1:{k}")
        kept.append(arrays(session))
    held, state = 0, session.state
    while state is not None:
        held += "trace" in state.traced.__dict__
        state = state.parent
    assert held <= 6, "the moments of three states, and those that share their traces"
    for values in reversed(kept[:-1]):
        session.undo()
        session.undo()
        assert all(np.array_equal(a, b) for a, b in zip(arrays(session), values, strict=True))


@pytest.mark.parametrize(
    ("line", "says"),
    [
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


def test_a_failed_act_forgets_nothing_that_was_undone(session):
    session.run("ablate hidden1:3")
    session.run("undo")
    with pytest.raises(engine.EngineError):
        session.run("ablate hidden9:3")
    session.run("redo")
    assert session.changes == ("ablate hidden1:3",)


def test_what_was_done_and_undone_can_be_listed(session):
    for line in ("ablate hidden1:3", "select hidden1:4", "clamp hidden1:4 0.5"):
        session.run(line)
    session.undo()
    session.undo()
    assert [act.text for act in session.done] == ["mutate ablate hidden1:3"]
    assert [act.text for act in session.undone] == ["select hidden1:4", "mutate clamp hidden1:4 0.5"]


def test_acts_are_left_out_and_those_after_them_stay(session):
    lines = ("ablate hidden1:3", "digit 4", "clamp hidden1:4 0.5", "ablate hidden1:3")
    for line in lines:
        session.run(line)
    unwanted = [session.done[0], session.done[3]]
    session.leave_out(unwanted)
    assert [act.text for act in session.done] == ["digit 4", "mutate clamp hidden1:4 0.5"]
    other = Session(UseNet("mlp-sigmoid"), TakeSample("digits:111"), "digits")
    for line in lines[1:3]:
        other.run(line)
    assert same(session, other)


def test_what_needs_an_act_that_is_left_out_keeps_all_as_it_was(session):
    session.run("grow hidden1 1 seed 0")
    session.run("ablate hidden1:128")
    before = told(session)
    with pytest.raises(engine.EngineError, match="hidden1 has neurons"):
        session.leave_out(session.done[:1])
    assert told(session) == before
    assert [act.text for act in session.done] == ["mutate grow hidden1 1 seed 0", "mutate ablate hidden1:128"]


def test_a_script_is_done_whole_or_not_at_all(session):
    session.run("ablate hidden1:3")
    session.run("undo")
    state = session.state
    with pytest.raises(UserError, match=r"^line 4: mlp-sigmoid has no layer 'hidden9'"):
        session.run_script(["# begin", "ablate hidden1:5", "", "ablate hidden9:1", "digit 3"])
    assert session.state is state
    session.redo()
    assert session.changes == ("ablate hidden1:3",)
    with pytest.raises(UserError, match=r"^line 2: digit 12: give 0 to 9"):
        Session.play(["data digits", "digit 12"])


def test_a_script_need_not_choose_what_it_reads_and_with_what():
    session = Session.play(["data digits", "ablate hidden1:3"])
    assert session.script() == ["data digits", "net mlp", "digit 7", "mutate ablate hidden1:3"]


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


@pytest.mark.parametrize(
    ("study", "settings"),
    [("prune", {"floor": "70%"}), ("evolve", {"generations": 2, "population": 3, "images": 100, "seed": 4})],
)
def test_a_network_that_a_study_made_is_kept_and_made_again_by_its_line(session, study, settings):
    session.run("ablate hidden2:3")
    made = make_study(study, session.traced, "output,hidden2", Settings(**settings), session.images, 8, True)
    session.run("digit 5")
    session.keep(made.text, made.net)
    assert session.net is made.net
    assert same(session, Session.play(session.script()))


def test_a_drawing_is_the_picture_bit_for_bit_and_no_other():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (28, 28), np.uint8)
    session = Session(UseNet("mlp-sigmoid"), Drawing.of(picture, 5), "digits")
    picture[:] = 0
    again = Session.play(session.script())
    assert session.digit.image.any()
    assert np.array_equal(again.digit.image, session.digit.image)
    assert isinstance(again.digit, Digit)
    for wrong in (np.zeros((28, 28)), np.zeros((28, 29), np.uint8)):
        with pytest.raises(UserError, match="a drawing is uint8"):
            Drawing.of(wrong)


def test_what_no_line_can_hold_is_refused_when_a_script_is_made(session, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="no line of a script can name the file"):
        _ = TakeImage(Path("two\nlines.png")).text
    # A remark would begin in the name.
    monkeypatch.chdir(tmp_path)
    engine.save(session.net, "net #1.npz")
    session.do(Mutate("crossover net #1.npz"))
    with pytest.raises(UserError, match="a script would read that otherwise: rename the file"):
        session.script()
    assert session.python()[-2] == 'net = net.mutate("crossover net #1.npz")'


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
