"""Data of one's own from training to a picture: classes by their names, and titles that say what is read."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import own_data
import pytest
from PIL import Image
from run_viz3d import viz3d_here

import data
import engine
from engine import EngineError, Task
from viz3d.command.choice.digits import first_of, pick_digit
from viz3d.command.choice.suiting import aligned, patient, suited
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.evaluate.figure import report_figure
from viz3d.evaluate.report import as_json, as_lines, examine
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeClass
from viz3d.session.files.stored import read_file, write_file
from viz3d.session.session import Session


def letters(folder: Path) -> Path:
    for part in ("train", "test"):
        own_data.idx_set(folder, "emnist-letters-", np.arange(78) % 26 + 1, part=part)
    return folder


def arrays(path: Path) -> Path:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (60, 6, 5, 3)).astype(np.uint8), np.arange(60) % 3
    np.savez(path, x=x, y=y, classes=np.array(["sun", "moon", "star"]))
    return path


KINDS = {
    "pictures": (lambda f: own_data.pictures(f / "pets"), ("cat", "dog"), (7, 9, 3), "image"),
    "kaggle": (lambda f: own_data.kaggle(f / "k.csv"), tuple("0123456789"), (8, 8, 1), "digit"),
    "arrays": (lambda f: arrays(f / "sky.npz"), ("sun", "moon", "star"), (6, 5, 3), "image"),
    "letters": (lambda f: letters(f / "emnist"), tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), (28, 28, 1), "letter"),
    "flowers": (
        lambda f: own_data.flowers(f / "f.csv"), ("setosa", "versicolor", "virginica"), (4,), "example",
    ),
    "xor": (lambda f: Path("xor"), ("0", "1"), (2,), "example"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_data_is_trained_on_tested_and_inspected_under_its_names(tmp_path, kind):
    # Lost otherwise: data that is read, but that no network of it can be used on.
    make, classes, shape, noun = KINDS[kind]
    where = str(make(tmp_path))

    def run(*words: str):
        done = viz3d_here(*words, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    run("viz3d.train", "--data", where, "--epochs", "2", "--out", "net.npz", "-q")
    net = engine.load(tmp_path / "net.npz")
    assert (net.layers[0].shape, net.classes, net.noun) == (shape, classes, noun)
    told = json.loads((tmp_path / "net-report.json").read_text())
    rows = told["digits" if noun == "digit" else "classes"]
    assert len(rows) == len(classes)
    again = json.loads(run("viz3d.train", "--test", "--model", "net.npz", "--data", where, "--json").stdout)
    assert again["accuracy"] == told["accuracy"]
    found = json.loads(run("viz3d.inspect", "--model", "net.npz", "--data", where, "--json").stdout)
    assert len(found["probabilities"]) == len(classes)
    words = run("viz3d.inspect", "--model", "net.npz", "--data", where, "--class", classes[1]).stdout
    assert f"{classes[1]} " in words
    assert noun == "digit" or "digit" not in words


@pytest.mark.usefixtures("screen")
def test_a_still_of_a_picture_in_colour_and_one_of_numbers_are_exported(tmp_path):
    for make in (KINDS["pictures"][0], KINDS["flowers"][0]):
        where = str(make(tmp_path))
        train = ("viz3d.train", "--data", where, "--epochs", "1", "--out", "net.npz", "-q", "--no-report")
        assert viz3d_here(*train, folder=tmp_path).returncode == 0
        still = ("--model", "net.npz", "--data", where, "--size", "320x180", "--out", "a.png", "-q")
        done = viz3d_here("viz3d.export", *still, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "a.png").stat().st_size > 5000


def flowers(folder: Path) -> tuple[engine.Net, data.Dataset]:
    """A network trained on flowers, and the table's training part."""
    train = data.load_own(own_data.flowers(folder / "flowers.csv"), "train")
    net = suited(engine.build("input 4 | dense 8 relu | dense 3 softmax", np.random.default_rng(0)), train)
    *_, last = engine.fit(net, train.images, train.labels, rng=np.random.default_rng(1), epochs=40, lr=0.02)
    return last.snapshot(), train


def test_a_network_scales_new_data_as_that_it_learned_from(tmp_path):
    # Lost otherwise: numbers scaled by what the new table happens to hold, and wrong answers.
    net, train = flowers(tmp_path)
    engine.save(net, tmp_path / "net.npz")
    kept = engine.load(tmp_path / "net.npz")
    few = train.images[train.labels == 2][:5]
    assert kept.task == net.task
    np.testing.assert_array_equal(kept.predict(few), net.predict(train.images)[train.labels == 2][:5])
    read = kept.trace(few[0]).activation["input"]
    low, high = train.images.min(axis=0), train.images.max(axis=0)
    np.testing.assert_allclose(read, (few[0] - low) / (high - low), atol=1e-6)
    assert engine.evaluate(kept, train.images, train.labels).accuracy > 0.95


def test_training_a_network_further_keeps_its_scale(tmp_path):
    net, train = flowers(tmp_path)
    other = replace(train, images=train.images * 2)
    assert suited(net, other).task.span == net.task.span


def test_classes_are_matched_by_name_where_new_data_has_fewer_or_others(tmp_path):
    net, train = flowers(tmp_path)
    places = np.flatnonzero(train.labels > 0)
    fewer = replace(
        train, images=train.images[places], labels=train.labels[places] - 1, classes=train.classes[1:]
    )
    assert set(aligned(net, fewer, "net").labels.tolist()) == {1, 2}
    assert examine(net, fewer).result.accuracy > 0.9
    with pytest.raises(UserError, match="has a class rose, the network knows setosa"):
        aligned(net, replace(train, classes=("rose", "tulip", "lily")), "net")


def test_data_that_a_network_cannot_read_is_one_line(tmp_path):
    own_data.pictures(tmp_path / "pets")
    own_data.flowers(tmp_path / "f.csv")
    for words, says in (
        (
            ("--preset", "mlp", "--test", "--data", "pets"),
            "mlp learned the digits of mnist, not pets, whose classes are ",
        ),
        (("--architecture", "input 4 | dense 2 softmax", "--data", "f.csv"), "f needs 3: dense 3 softmax"),
        (
            ("--architecture", "input 5 | dense 3 softmax", "--data", "f.csv"),
            "an input of f is 4: begin with",
        ),
        (("--preset", "cnn-fast", "--data", "f.csv"), "--preset cnn-fast cannot read f"),
        (("--preset", "vit-tiny", "--data", "pets"), "--preset vit-tiny cannot read pets"),
    ):
        done = viz3d_here("viz3d.train", *words, folder=tmp_path)
        assert (done.returncode, done.stderr.count("error:"), done.stdout) == (2, 1, "")
        assert says in done.stderr
    assert not list(tmp_path.glob("*.npz"))


def test_few_examples_get_more_epochs_and_many_as_many_as_before():
    recipe = engine.Recipe("cross-entropy", "adam", lr=1e-3, batch=16, epochs=10)
    assert patient(recipe, 4).epochs == 600
    assert patient(recipe, 160).epochs == 60
    # A hundred looks at each of a few pictures; 600 took a minute.
    assert patient(recipe, 4, pictures=True).epochs == 100
    assert patient(recipe, 160, pictures=True).epochs == 60
    assert patient(recipe, 60_000) == recipe


def spoilt(folder: Path, change) -> EngineError:
    """The error of a file whose task was changed so."""
    net, _ = flowers(folder)
    engine.save(net, folder / "net.npz")
    with np.load(folder / "net.npz") as stored:
        arrays_ = dict(stored)
    told = json.loads(arrays_["description"].tobytes())
    assert told["version"] == 4  # older readers know no scale
    change(told["task"])
    arrays_["description"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez(folder / "bad.npz", **arrays_)
    with pytest.raises(EngineError) as caught:
        engine.load(folder / "bad.npz")
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        lambda task: task.update(span=[0.0] * 4),
        lambda task: task.update(low=[1.0]),
        lambda task: task.update(low=[1e999] * 4),
        lambda task: task.update(low=[0.0] * 3, span=[1.0] * 3, columns=[]),
        lambda task: task.update(classes="abc"),
        lambda task: task.update(noun=7),
        lambda task: task.pop("columns"),
    ],
)
def test_a_damaged_task_is_one_line_that_names_the_file(tmp_path, change):
    error = spoilt(tmp_path, change)
    assert "bad.npz" in str(error)
    assert "\n" not in str(error)


def test_a_net_of_digits_is_written_as_before(tmp_path):
    net = engine.preset("mlp-sigmoid", np.random.default_rng(0))
    digits = data.load("digits")
    assert suited(net, digits).task is None
    assert net.noun == "digit"
    assert net.classes == digits.classes


def test_reports_tell_classes_by_name_and_draw_any_input(tmp_path):
    net, train = flowers(tmp_path)
    report = examine(net, train)
    assert "recall:    setosa 100.0%   versicolor" in as_lines(report)[1]
    assert as_json(report)["classes"][2]["name"] == "virginica"
    words = [text.get_text() for text in report_figure(report).texts]
    assert {"Class by class", "each row a class, each column what it was read as"} <= set(words)
    assert not any("digit" in text.lower() for text in words)
    labels = [axes.xaxis.label.get_text() for axes in report_figure(report).axes]
    assert any("logarithmic" in label for label in labels)


@pytest.mark.parametrize("classes", [26, 40])
def test_reports_of_many_classes_in_colour_are_drawn(classes):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (200, 6, 9, 3)).astype(np.uint8)
    names = tuple(f"kind {i}" for i in range(classes))
    tests = data.Dataset("k", "test", images, np.arange(200) % classes, classes=names, noun="image")
    net = engine.build(f"input 6x9x3 | dense 8 relu | dense {classes} softmax", rng)
    report = examine(suited(net, tests), tests)
    figure = report_figure(report)
    assert sum(len(axes.images) for axes in figure.axes) > 20
    assert len(as_lines(report)[2]) < 700


def test_names_of_a_task_are_bounded_and_not_empty():
    with pytest.raises(EngineError, match="is no name"):
        Task(classes=("x" * 300,))
    # Lost otherwise: a stranger's file ends in a traceback when its answer is to be written.
    for empty in ("", "  "):
        with pytest.raises(EngineError, match="a class has an empty name"):
            Task(classes=("cat", empty))


def test_a_session_designs_and_trains_a_network_for_its_own_data_and_is_played_again(tmp_path):
    # Lost otherwise: a new network that has forgotten the names and the scale, or that digits are asked of.
    net, _ = flowers(tmp_path)
    engine.save(net, tmp_path / "net.npz")
    where = str(tmp_path / "flowers.csv")
    session = Session(UseNet(None, tmp_path / "net.npz"), TakeClass("virginica"), where)
    session.run("architecture seed 0 input 4 | dense 6 relu | dense 3 softmax")
    assert session.net.task == net.task
    session.run("train steps 5 images 40 seed 0")
    session.run("class setosa")
    assert session.label == 0
    played = Session.play(session.script())
    np.testing.assert_array_equal(played.trace.probabilities, session.trace.probabilities)
    names: dict = {}
    exec("\n".join(session.python()), names)
    assert names["net"].fingerprint == session.net.fingerprint
    assert names["label"] == 0
    with pytest.raises(UserError, match="architecture: an input of flowers is 4: begin with input 4"):
        session.run("architecture seed 0 input 28x28 | dense 10 softmax")
    write_file(session.moments, tmp_path / "kept.viz3d")
    again = read_file(tmp_path / "kept.viz3d")
    np.testing.assert_array_equal(again.trace.probabilities, session.trace.probabilities)


def test_a_picture_is_read_whole_by_a_net_that_learned_digits_of_another_size(tmp_path):
    # Lost otherwise: the middle of a 28x28, which such a network has never seen.
    path, rng = tmp_path / "seven.png", np.random.default_rng(0)
    Image.fromarray(data.load("digits", "test").images[7]).resize((90, 90)).save(path)
    crop = engine.build("input 16x16 | dense 10 softmax", rng)
    learned = replace(crop, task=Task("digit", "mine", tuple("0123456789")))
    seen = pick_digit(Wanted(image=path), data.load, learned).image
    np.testing.assert_array_equal(seen, data.read_picture(path, (16, 16), False))
    assert pick_digit(Wanted(image=path), data.load, crop).image.shape == (28, 28)


def test_what_there_is_too_little_of_is_called_what_it_is():
    """Four rows of two numbers are no images."""
    with pytest.raises(UserError, match=r"^--images 5: XOR has 4 examples to learn from: give fewer$"):
        first_of("--images", data.load("xor", "train"), 5)
