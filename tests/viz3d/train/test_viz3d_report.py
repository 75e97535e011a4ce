"""The test's report tells the truth, in JSON, in words and in a picture that can be read."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image
from slow_cases import slow_but
from training_command import refused, train, train_here

import data
import engine
from data import Dataset
from scenes import THEMES
from viz3d.command.errors import UserError
from viz3d.command.wording import percent
from viz3d.evaluate.digits import DigitPanel, most
from viz3d.evaluate.figure import HEIGHT, report_figure
from viz3d.evaluate.files import write_report
from viz3d.evaluate.report import as_json, as_lines, examine
from viz3d.figures.ink import ink_of
from viz3d.figures.page import WIDTH

TESTS = data.load("digits", "test")


@pytest.fixture(scope="module")
def net() -> engine.Net:
    return engine.load(data.model_path("mlp"))


@pytest.fixture(scope="module")
def report(net):
    return examine(net, TESTS)


def some(images: Dataset, places) -> Dataset:
    return replace(images, images=images.images[places], labels=images.labels[places])


def test_the_numbers_are_those_of_the_images_one_by_one(net, report):
    traces = [net.trace(image) for image in TESTS.images]
    answers = np.array([trace.prediction for trace in traces])
    right = answers == TESTS.labels
    assert (report.result.correct, report.result.total) == (right.sum(), len(TESTS))
    assert np.array_equal(report.result.answers, answers)
    assert np.allclose(report.result.probabilities, [trace.probabilities for trace in traces], atol=1e-5)
    assert np.allclose(report.confidence, [trace.confidence for trace in traces], atol=1e-5)
    for digit in range(10):
        of_it, read_so = TESTS.labels == digit, answers == digit
        assert report.recall[digit] == pytest.approx(right[of_it].mean())
        assert report.precision[digit] == pytest.approx(right[read_so].mean())


def test_the_mistakes_are_the_misread_images_the_most_confident_first(report):
    mistakes = report.mistakes
    assert sorted(mistakes) == np.flatnonzero(report.result.answers != TESTS.labels).tolist()
    assert np.all(np.diff(report.confidence[mistakes]) <= 0)
    assert len(mistakes) > 10


def test_one_mistake_is_told_as_one(net, report):
    # Lost otherwise: a page that says "all 1".
    places = [*np.flatnonzero(report.result.answers == TESTS.labels)[:5], report.mistakes[0]]
    one = DigitPanel.worst(examine(net, some(TESTS, places)))
    assert (len(one.places), one.subtitle) == (1, "the only mistake")
    assert DigitPanel.worst(report).subtitle.startswith("the most confident mistakes first, ")


def test_calibration_counts_every_answer_in_the_step_of_its_confidence(report):
    count, confidence, right = report.calibration
    assert count.sum() == len(TESTS)
    error = 0.0
    for place in range(10):
        low, high = place / 10, (place + 1) / 10
        inside = (report.confidence >= low) & ((report.confidence < high) | (place == 9))
        assert count[place] == inside.sum()
        if inside.any():
            assert confidence[place] == pytest.approx(report.confidence[inside].mean(), rel=1e-5)
            assert right[place] == pytest.approx(report.right[inside].mean())
            error += inside.mean() * abs(report.confidence[inside].mean() - report.right[inside].mean())
        else:
            assert np.isnan(confidence[place])
    assert report.calibration_error == pytest.approx(error, rel=1e-4)


def test_json_of_the_command_is_one_object_with_what_scripts_need(tmp_path, report):
    status, out, err = train(tmp_path, "--test", "--preset", "mlp", "--data", "digits", "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["correct"], told["total"]) == (report.result.correct, report.result.total)
    assert told["accuracy"] == told["correct"] / told["total"]
    assert 0 < told["seconds"] < 300
    assert told["confusion"] == report.result.confusion.tolist()
    assert [digit["images"] for digit in told["digits"]] == np.bincount(TESTS.labels).tolist()
    assert sum(digit["correct"] for digit in told["digits"]) == told["correct"]
    first = told["mistakes"][0]
    place = report.mistakes[0]
    assert (first["image"], first["truth"]) == (place, TESTS.labels[place])
    assert first["answer"] == report.result.answers[place] != first["truth"]
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_computed_is_null(net):
    only = some(TESTS, TESTS.labels == 3)
    told = json.loads(json.dumps(as_json(examine(net, only)), allow_nan=False))
    assert told["digits"][0]["recall"] is None
    right = examine(net, some(TESTS, examine(net, TESTS).right))
    assert as_json(right)["confidence"]["wrong"] is None
    assert as_json(right)["mistakes"] == []


def test_the_words_name_the_worst_mistakes(report):
    lines = as_lines(report)
    result = report.result
    assert lines[0].startswith(
        f"mlp reads {result.correct} of the {result.total} test images of UCI digits right "
        f"({result.accuracy:.2%}) in "
    )
    worst = report.mistakes[0]
    truth, answer = TESTS.labels[worst], result.answers[worst]
    assert lines[3].startswith(f"image {worst}: a {truth} read as {answer} (")
    assert lines[-1] == f"and {len(report.mistakes) - 5} more misread images"


def test_nearly_all_is_never_100_percent():
    assert [percent(share) for share in (1, 0.99999, 0.9924, 0)] == ["100.00%", "99.99%", "99.24%", "0.00%"]
    assert percent(0.999, 0) == "99%"


def test_a_little_is_never_0_percent():
    """A net of 1,000 classes was said to be 0% sure of an answer."""
    assert percent(0.0011, 0) == "<1%"
    assert percent(0.0049, 0) == "<1%"
    assert percent(0.006, 0) == "1%"
    assert percent(0.00001) == "<0.01%"
    assert percent(0.0, 0) == "0%"
    assert percent(float("nan"), 0) == "nan%"


def untrained() -> engine.Net:
    return engine.preset("mlp-sigmoid", np.random.default_rng(0))


def case(name: str, net: engine.Net):
    """Good, hopeless, and the corner cases of a report."""
    right = examine(net, TESTS).right
    return {
        "good": lambda: examine(net, TESTS),
        "hopeless": lambda: examine(untrained(), TESTS),
        "perfect": lambda: examine(net, some(TESTS, np.flatnonzero(right)[:60])),
        "one image": lambda: examine(net, some(TESTS, np.flatnonzero(right)[:1])),
        "three mistakes": lambda: examine(net, some(TESTS, np.flatnonzero(~right)[:3])),
        "crops": lambda: examine(engine.load(data.model_path("cnn-crop")), TESTS, crops=4),
    }[name]()


CASES = ("good", "hopeless", "perfect", "one image", "three mistakes", "crops")


def drawn_texts(figure) -> list[tuple[str, tuple[float, float, float], tuple[float, float, float, float]]]:
    """Words, colour and box (left, bottom, right, top) of every text of the picture."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    found = []
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible() and text.get_window_extent(renderer).width:
            found.append(
                (text.get_text(), to_rgb(text.get_color()), text.get_window_extent(renderer).extents)
            )
    return found


@pytest.fixture(scope="module", params=slow_but(("good", "one image"), CASES))
def pictured(request, net):
    """A report and its picture, which takes a while."""
    report = case(request.param, net)
    return report, report_figure(report)


def test_no_words_of_the_picture_are_cut_or_lie_on_others(pictured):
    texts = drawn_texts(pictured[1])
    assert len(texts) > 60
    boxes = np.array([box for _, _, box in texts])
    assert boxes[:, :2].min() >= 20
    assert boxes[:, 2].max() <= WIDTH - 20
    assert boxes[:, 3].max() <= HEIGHT - 20
    wide = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
    high = np.minimum(boxes[:, None, 3], boxes[None, :, 3]) - np.maximum(boxes[:, None, 1], boxes[None, :, 1])
    over = (wide > 1) & (high > 1) & ~np.eye(len(texts), dtype=bool)
    assert not over.any(), [(texts[a][0], texts[b][0]) for a, b in np.argwhere(over)]


def test_each_pictured_digit_is_green_where_right_and_red_with_the_truth_where_wrong(pictured):
    report, figure = pictured
    (first, second), theme = figure.axes[-2:], ink_of("dark")
    right, answers, labels = report.right, report.result.answers, report.images.labels
    shown = report.mistakes if len(report.mistakes) else np.argsort(report.confidence, kind="stable")
    for axes, places in ((first, np.arange(len(labels))[: most(report)]), (second, shown[: most(report)])):
        texts = axes.texts
        assert len(texts) == len(axes.images) == len(places)
        for text, picture, place in zip(texts, axes.images, places, strict=True):
            word = f"{answers[place]}" if right[place] else f"{answers[place]} ({labels[place]})"
            assert text.get_text() == f"{word}  {percent(report.confidence[place], 0)}"
            assert text.get_color() == (theme.right if right[place] else theme.wrong)
            ink = np.asarray(picture.get_array()).sum(axis=2)
            assert np.corrcoef(ink.ravel(), report.images.images[place].ravel())[0, 1] > 0.999


def test_the_confusion_in_the_picture_is_the_count_in_each_cell(net, report):
    axes = report_figure(report).axes[0]
    found = {tuple(map(round, text.get_position()[::-1])): int(text.get_text()) for text in axes.texts}
    counts = report.result.confusion
    assert found == {(row, column): counts[row, column] for row, column in np.argwhere(counts).tolist()}


def test_the_picture_is_a_png_of_its_size(tmp_path, report):
    write_report(report, tmp_path / "report.png")
    with Image.open(tmp_path / "report.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["report.png"]


@pytest.mark.slow
def test_every_training_ends_with_the_report_of_its_net(tmp_path):
    words = ["--preset", "mlp-sigmoid", "--data", "digits", "--lr", "1", "--epochs", "1"]
    status, out, _ = train(tmp_path, *words, "--theme", "light", "--out", "my.npz")
    assert status == 0
    assert out.splitlines()[-2] == "my-report.png and my-report.json: the report"
    assert Image.open(tmp_path / "my-report.png").getpixel((4, 4))[:3] == THEMES["light"].background
    told = json.loads((tmp_path / "my-report.json").read_text())
    assert told["accuracy"] == engine.load(tmp_path / "my.npz").provenance["test_accuracy"]
    again = ["--test", "--model", "my.npz", "--data", "digits", "--out", "again.json"]
    status, out, _ = train_here(tmp_path, *again)
    assert status == 0
    again = json.loads((tmp_path / "again.json").read_text())
    assert {**again, "seconds": 0} == {**told, "seconds": 0}
    assert out.splitlines()[-1] == "again.json: the report"
    (tmp_path / "none").mkdir()
    assert train_here(tmp_path, *words, "--no-report", "--out", "none/my.npz")[0] == 0
    assert [path.name for path in (tmp_path / "none").iterdir()] == ["my.npz"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": True, "preset": "mpl"}, 'no bundled model "mpl": did you mean mlp? bundled are '),
        ({"test": True, "model": Path("none.npz")}, "--model none.npz: there is no such file"),
        ({"test": True, "out": Path("report.pdf")}, "--out report.pdf: with --test, end its name in .png"),
        ({"test": True, "out": Path("none/report.png")}, "cannot write none/report.png: there is no folder"),
        ({"test": True, "epochs": 3, "half": True}, "--epochs and --half: for training only"),
        ({"test": True, "architecture": "dense 10"}, "--architecture: for training only"),
        ({"test": True, "crops": 4}, "4 crops: mlp looks at 28x28"),
        ({"test": True, "crops": 0}, "--crops 0 is out of range"),
        ({"test": True, "data": "nowhere"}, "--data nowhere: give mnist, digits or another set by name"),
        ({"json": True}, "--json: for testing only: add --test, or leave out"),
        ({"model": Path("my.npz")}, "--model: for testing only"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.chdir(tmp_path)
    refused(message, **{"data": "digits", **options})
    assert capsys.readouterr().out == ""
    assert not list(tmp_path.iterdir())


def test_bad_input_ends_with_status_2(tmp_path):
    status, out, err = train(tmp_path, "--test", "--model", "none.npz", "--json")
    assert (status, out, err) == (2, "", "error: --model none.npz: there is no such file\n")


def test_a_network_without_ten_outputs_reads_no_digits():
    three = engine.build("input 28x28 | dense 3 softmax", np.random.default_rng(0))
    with pytest.raises(UserError, match="custom: the last layer has 3 neurons, ten digits need 10"):
        examine(three, TESTS)


def test_the_report_of_a_network_saved_after_surgery_tells_of_it(net):
    text = "remove hidden1:199; " + "; ".join(f"noise hidden1 0.1 seed {i}" for i in range(9))
    report = examine(net.mutate(text), TESTS)
    assert as_lines(report)[0].startswith(f"mlp, mutated: {text}, reads ")
    assert as_json(report)["mutated"] == text
    heading = next(t.get_text() for t in report_figure(report).texts if "reads" in t.get_text())
    assert heading.startswith("mlp, mutated: remove hidden1:199; noise")
    assert "…, reads" in heading


def test_the_report_of_an_edited_network_tells_of_its_edits(net, report):
    edited = examine(net.mutate("shift output:3 -100; ablate hidden1:5"), TESTS)
    told = "mlp, mutated: shift output:3 -100; ablate hidden1:5, reads "
    assert as_lines(edited)[0].startswith(told)
    assert len(as_json(edited)["edits"]) == 2
    assert any(text.get_text().startswith(told) for text in report_figure(edited).texts)
    assert edited.result.correct < report.result.correct
