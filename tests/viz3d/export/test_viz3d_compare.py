"""Comparing trainers: the same start and batches for each, true numbers, and a picture that one can read."""

import csv
import re
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from slow_cases import slow_but
from training_command import refused

import data
import engine
from viz3d.figures.page import WIDTH
from viz3d.figures.spread import spread
from viz3d.train.command import train as command
from viz3d.train.compare import trainers
from viz3d.train.comparison import Comparison, Curve, Point
from viz3d.train.curves import HEIGHT, curves_figure, draw_curves
from viz3d.train.job import TrainingJob

LEARNED, TESTED = 600, 200  # images


def rows(path: Path) -> dict[tuple[str, float], list[dict[str, str]]]:
    found: dict[tuple[str, float], list[dict[str, str]]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["trainer"], float(row["lr"])), []).append(row)
    return found


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        command(
            preset="mlp-sigmoid",
            data="digits",
            epochs=2,
            batch=8,
            images=LEARNED,
            tests=TESTED,
            compare="sgd,adam:0.01,adadelta",
            out=Path("c.png"),
            l2=1e-4,
            theme="light",
        )
    return folder


def test_every_trainer_begins_with_the_same_weights_and_batches(compared):
    found = rows(compared / "c.csv")
    assert list(found) == [("sgd", 0.25), ("adam", 0.01), ("adadelta", 1.0)]
    # The first point is the first batch, before any update.
    first = [(row[0]["examples_seen"], row[0]["loss"], row[0]["train_accuracy"]) for row in found.values()]
    assert len(set(first)) == 1
    second = [row[1]["loss"] for row in found.values()]
    assert len(set(second)) == 3


@pytest.mark.slow
def test_the_numbers_are_those_of_training_with_that_trainer_alone(compared):
    images, tests = data.load("digits", "train"), data.load("digits", "test")
    learned, labels = images.images[:LEARNED], images.labels[:LEARNED]
    for (trainer, lr), points in rows(compared / "c.csv").items():
        net = engine.preset("mlp-sigmoid", np.random.default_rng(0))
        training = engine.fit(
            net,
            learned,
            labels,
            rng=np.random.default_rng([0, 1]),
            recipe=net.recipe.change(optimizer=trainer).change(lr=lr, epochs=2, batch=8, l2=1e-4),
        )
        steps = list(training)
        last = points[-1]
        assert (int(last["step"]), int(last["examples_seen"])) == (steps[-1].step, 2 * LEARNED)
        assert int(last["epoch"]) == 2
        result = engine.evaluate(training.snapshot(), tests.images[:TESTED], tests.labels[:TESTED])
        assert float(last["test_accuracy"]) == result.accuracy
        since = steps[int(points[-2]["step"]) :]
        assert int(last["images"]) == sum(step.batch for step in since)
        for column, values in {
            "loss": "loss",
            "train_accuracy": "accuracy",
            "decay_loss": "decay_loss",
        }.items():
            mean = sum(getattr(step, values) * step.batch for step in since) / int(last["images"])
            assert float(last[column]) == pytest.approx(mean, rel=1e-9)


def test_points_go_from_the_start_to_the_end_and_are_closest_at_the_start(compared):
    for points in rows(compared / "c.csv").values():
        seen = [0, *(int(point["examples_seen"]) for point in points)]
        assert 20 <= len(points) <= 24
        assert sum(int(point["images"]) for point in points) == seen[-1]
        gaps = [b - a for a, b in pairwise(seen)]
        assert gaps[-1] > 5 * gaps[0]


def test_the_picture_is_written_beside_the_table(compared):
    assert sorted(path.name for path in compared.iterdir()) == ["c.csv", "c.png"]
    with Image.open(compared / "c.png") as picture:
        assert picture.size == (WIDTH, HEIGHT)
        # Neither empty nor one colour: the first trainer's orange for paper is in it.
        pixels = np.asarray(picture.convert("RGB"), int)
    assert (np.abs(pixels - (200, 85, 0)).max(axis=2) < 6).sum() > 500


def comparison(count: int, spread_by: float = 0.0, diverged: int = 0) -> Comparison:
    """Curves that all but lie on one another."""
    net = engine.preset("mlp", np.random.default_rng(0))
    curves = []
    for number in range(count):
        recipe = net.recipe.change(optimizer=engine.OPTIMIZERS[number % 8], lr=0.001 * (1 + number // 8))
        points = tuple(
            Point(
                1, k, 128 * k, 128, 2.0 / k + spread_by * number, 0.0, 1 - 0.5 / k, 1 - (0.6 + spread_by) / k
            )
            for k in range(1, 25)
        )
        curves.append(Curve(recipe, points, 1.0, diverged if number == 0 else 0))
    return Comparison(net, data.load("digits", "train"), 3072, 510, tuple(curves))


@pytest.mark.parametrize("count", slow_but([1, 3], [1, 3, 8, 12]))
def test_no_two_words_of_the_picture_overlap_and_all_are_inside(count):
    figure = curves_figure(comparison(count, diverged=77))
    figure.canvas.draw()
    texts = [text for text in figure.texts if text.get_text()]
    for axes in figure.axes:
        texts += [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    for name, box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= WIDTH - 64, name
        assert box.y1 <= HEIGHT
    for (first, a), (second, b) in combinations(boxes, 2):
        apart = max(b.x0 - a.x1, a.x0 - b.x1, b.y0 - a.y1, a.y0 - b.y1)
        assert apart > -2, f"{first!r} lies on {second!r}"
    words = [name for name, _ in boxes]
    for curve in comparison(count).curves:
        assert words.count(curve.label) == 3


def test_numbers_that_stand_together_are_written_alike():
    # Lost otherwise: a loss of 0.23 over one of 0.189, and "95 %" at the foot of a curve that ends at 95.24%.
    figure = curves_figure(comparison(2, spread_by=0.23 - 2.0 / 24))
    figure.canvas.draw()
    said = [text.get_text() for text in figure.texts]
    assert any("0.230" in text for text in said)
    assert any("0.0833" in text for text in said)
    ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert ticks
    assert all(re.fullmatch(r"[\d.]+%", tick) for tick in ticks)


def test_a_users_own_settings_of_matplotlib_do_not_change_the_picture(tmp_path):
    found = comparison(2)
    draw_curves(found, tmp_path / "plain.png")
    with matplotlib.rc_context({"lines.antialiased": False, "axes.xmargin": 0.4, "font.size": 30}):
        draw_curves(found, tmp_path / "own.png")
    assert (tmp_path / "own.png").read_bytes() == (tmp_path / "plain.png").read_bytes()


def test_a_curve_that_diverges_is_marked_and_does_not_flatten_the_others():
    found = comparison(3)
    wild = Curve(
        found.curves[0].recipe,
        (*found.curves[0].points[:3], Point(1, 4, 512, 128, 1e30, 0.0, 0.1, 0.1)),
        1.0,
        diverged=5,
    )
    figure = curves_figure(Comparison(found.net, found.images, 3072, 510, (wild, *found.curves[1:])))
    words = [text.get_text() for text in figure.texts]
    assert words.count("diverged") == 3
    loss = figure.axes[1]
    assert loss.get_ylim()[1] < np.log10(10)


@given(
    st.lists(st.floats(0, 500), min_size=1, max_size=12).map(sorted),
    st.floats(1, 30),
)
def test_labels_are_kept_apart_inside_and_in_order(wanted, apart):
    placed = spread(wanted, apart, -20, 520)
    assert all(b - a >= apart - 1e-6 for a, b in pairwise(placed))
    assert placed[0] >= -20 - 1e-6
    assert placed[-1] <= 520 + 1e-6


def test_labels_with_room_stay_where_they_belong():
    assert spread([10, 50, 200], 20, 0, 300) == [10, 50, 200]
    # Two at one place part evenly.
    assert spread([100, 100], 20, 0, 300) == [90, 110]


def test_a_trainer_that_diverges_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command(preset="mlp", data="digits", epochs=1, batch=64, images=640, tests=100, compare="sgd:50,adam")
    first, second, last = capsys.readouterr().out.splitlines()
    assert "diverged at step" in first
    assert second.startswith("adam 0.001")
    assert last == "mlp-trainers.png and mlp-trainers.csv: the curves"
    assert set(rows(tmp_path / "mlp-trainers.csv")) == {("sgd", 50.0), ("adam", 0.001)}


def test_each_trainer_has_the_recipe_that_was_asked_for():
    adamw = engine.preset("vit-tiny", np.random.default_rng(0)).recipe
    job = TrainingJob("vit-tiny", "digits", Path("c.png"), {"epochs": 2, "l2": 1e-4, "momentum": 0.5})
    sgd, kept, nesterov = trainers("sgd:0.3, adamw, nesterov", adamw, job)
    assert (sgd.optimizer, sgd.lr, sgd.momentum, sgd.l2, sgd.epochs) == ("sgd", 0.3, 0.5, 1e-4, 2)
    assert (kept.lr, kept.l2, kept.schedule) == (adamw.lr, 1e-4, adamw.schedule)
    assert (nesterov.lr, nesterov.momentum) == (0.02, 0.5)
    plain = trainers("sgd,adamw", adamw, TrainingJob("vit-tiny", "digits", Path("c.png")))
    assert [recipe.l2 for recipe in plain] == [0.0, adamw.l2]
    same_rate = trainers(
        "sgd,adam:0.1", adamw, TrainingJob("vit-tiny", "digits", Path("c.png"), {"lr": 0.03})
    )
    assert [recipe.lr for recipe in same_rate] == [0.03, 0.1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compare": "adam,magic"}, "unknown optimizer 'magic': known are sgd, momentum, nesterov, adagrad"),
        ({"compare": ""}, "unknown optimizer ''"),
        ({"compare": "adam:fast"}, "--compare adam:fast: 'fast' is no rate: give a number, as in adam:0.002"),
        ({"compare": "adam:-1"}, "learning rate -1.0 must be a number above 0"),
        (
            {"compare": "sgd,adam,sgd"},
            "--compare sgd,adam,sgd: sgd comes twice: give another rate, as sgd:0.01",
        ),
        ({"optimizer": "sgd"}, "--compare names the trainers: leave out --optimizer"),
        ({"half": True}, "--compare names the trainers: leave out --half"),
        ({"out": Path("c.npz")}, "--out c.npz: a picture of curves is saved as a .png file"),
        ({"out": Path("none/c.png")}, "cannot write none/c.png: there is no folder none"),
        ({"data": "nowhere"}, "--data nowhere"),
    ],
)
def test_wrong_values_are_one_line_and_leave_nothing(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    refused(message, **{"preset": "mlp-sigmoid", "data": "digits", "compare": "sgd,adam", **options})
    assert list(tmp_path.iterdir()) == []
