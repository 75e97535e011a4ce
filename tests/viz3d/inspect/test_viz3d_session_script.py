"""A session's script: each act is a line, and the lines lead to the very same values."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from sessions import same, small_session

import data
import engine
from viz3d.command.choice.digits import Digit
from viz3d.command.errors import UserError
from viz3d.findings.studies.run import make_study
from viz3d.findings.studies.settings import Settings
from viz3d.session.acts.change import Evolve, Mutate, Select, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.number import SetNumber
from viz3d.session.acts.registry import READERS, read_act
from viz3d.session.acts.take import TakeClass, TakeDigit, TakeImage, TakeSample
from viz3d.session.acts.train import Train
from viz3d.session.script import as_python
from viz3d.session.session import Session

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
    st.builds(
        TakeImage,
        PATHS,
        LABELS | st.text(min_size=1).filter(lambda name: not name.isdecimal()),
        st.none() | st.integers(1, 9999),
    ),
    st.builds(Drawing, st.binary(min_size=784, max_size=784), LABELS),
    st.builds(Drawing, st.binary(min_size=12, max_size=12), LABELS, st.sampled_from([(3, 4), (12, 1)])),
    st.builds(SetNumber, st.sampled_from(["petal width (cm)", "input:3"]), st.floats(-1e30, 1e30)),
    st.builds(SetLabel, LABELS | st.integers(10, 9999) | st.sampled_from(["cat", "a large dog"])),
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
    return small_session()


@pytest.fixture
def four(tmp_path) -> Path:
    """A drawing in a file whose name has all that could be read otherwise."""
    path = tmp_path / "it's #my; four label 3"
    Image.fromarray(DIGITS.images[4]).resize((90, 90)).save(path, format="PNG")
    return path


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
@example(TakeImage(Path('a label "cat"'), 'a "large" dog # with a \\ tail'))
@example(TakeImage(Path("four"), 26))
@example(Drawing(bytes(784), 26))
@example(Drawing(bytes(784), "cat\n"))
@example(UseNet(None, Path(" 'two'  \"three\" #;")))
def test_an_act_is_its_line_and_the_line_is_the_act(act):
    assert "\n" not in act.text
    assert read_act(act.text) == act
    assert read_act(f"  {act.text} ;  # it's a remark") == act


def test_every_word_of_a_line_is_known_to_the_test_above():
    of_digits = (TakeDigit, TakeClass, TakeSample, TakeImage, Drawing, SetLabel, SetNumber, UseData)
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


def test_a_script_outlives_the_pictures_that_it_read(session, four, tmp_path):
    # Lost otherwise: a picture that was moved or deleted, and the script that read it.
    passing, going = tmp_path / "passing.png", tmp_path / "going.png"
    for file in (passing, going):
        file.write_bytes(four.read_bytes())
        session.do(TakeImage(file, 4))
    going.unlink()
    assert session.script()[-2] == f"image {passing} label 4"
    lines = session.script([passing])
    assert [line.split()[0] for line in lines[-2:]] == ["drawing", "drawing"]
    again = Session.play(lines)
    assert np.array_equal(again.digit.image, session.digit.image)
    assert again.label == 4
    assert np.array_equal(again.trace.probabilities, session.trace.probabilities)


def test_what_python_imports_stands_first_and_once(monkeypatch):
    # Lost otherwise: who reads the script to learn from it wonders what the second of two alike is for.
    monkeypatch.setattr(engine, "is_known", lambda _: True)
    foreign = UseNet(None, Path("mine.onnx"))
    imports, rest = [], []
    for line in as_python([UseData("my-pictures"), foreign, TakeDigit(3), foreign]):
        (imports if line.startswith(("import ", "from ")) else rest).append(line)
        assert not (rest and line in imports), line
    assert len(imports) == len(set(imports))
    assert "import viz3d" not in imports, "nothing of it is named"
    assert imports.count("from pathlib import Path") == 1


def test_lines_of_python_name_the_folder_of_the_images(session, tmp_path):
    session.do(UseData(str(tmp_path)))
    lines = as_python([*session.acts, TakeDigit(3)])
    assert f'images = data.load_own(Path({str(tmp_path)!r}), "test")' in lines
    assert lines[0] == "from pathlib import Path"


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
    coloured = Drawing.of(rng.integers(0, 256, (9, 7, 3), np.uint8), 5)
    assert Drawing.read(coloured.text.removeprefix("drawing ")) == coloured, "as it is pasted into a window"
    for wrong in (np.zeros((28, 28)), np.zeros((28, 28, 4), np.uint8), np.zeros((1, 9999), np.uint8)):
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
