"""Nets of many classes: the likeliest have a bar each, and all others one together."""

import itertools
from functools import cache

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from scenes import compose, compose_pair, stage_of
from scenes.lettering.fonts import extent
from scenes.space.page import apart, page
from scenes.space.rows import row_shares
from scenes.texts import ENGLISH


@cache
def made(classes: int, seed: int = 0) -> engine.Trace:
    """Trace a digit through a net that has learned nothing, but is sure of something."""
    net = engine.build(f"input 28x28 | dense 64 relu | dense {classes} softmax", np.random.default_rng(seed))
    weights = dict(net.parameters)
    weights["output.weight"] = 8 * weights["output.weight"]
    return net.replace(parameters=weights).trace(data.load("digits").images[3])


@pytest.mark.parametrize("classes", [26, 1000])
@pytest.mark.parametrize("size", [(1280, 720), (960, 1080), (1080, 1920)])
def test_the_ten_likeliest_have_bars_with_names_and_the_others_one(size, classes) -> None:
    # Lost otherwise: a thousand names over each other, and bars of half a pixel.
    one = made(classes)
    scene = compose(one, size=size)
    frame, shares = scene.frame(scene.seconds), one.probabilities
    best = np.argsort(-shares, kind="stable")[:10]
    assert len(frame.bars) == len(scene.layout.bars.base) == 11
    np.testing.assert_allclose(frame.bars[:10], shares[best], atol=1e-7)
    assert frame.bars.sum() == pytest.approx(1, abs=1e-5)
    said = [caption.text for caption in frame.captions]
    others = f"+{classes - 10}" if size[1] > size[0] * 1.2 else f"+{classes - 10} others"
    assert {*map(str, best.tolist()), others} <= set(said)
    assert ENGLISH.percent(float(1 - shares[best].sum(dtype=np.float64))) in said
    for a, b in itertools.combinations([c for c in frame.captions if c.alpha > 0.15], 2):
        assert apart(extent(a), extent(b)) >= 0, f"{a.text!r} and {b.text!r} overlap"
    assert min(caption.size for caption in frame.captions) >= 9


def test_up_to_twelve_classes_all_have_their_bars_in_order() -> None:
    one = made(12)
    scene = compose(one, size=(1280, 720))
    np.testing.assert_array_equal(scene.frame(scene.seconds).bars, one.probabilities)
    assert scene.rows == list(range(12))
    assert compose(trace()).rows == list(range(10))


@pytest.mark.usefixtures("screen")
def test_many_classes_are_drawn_and_the_answers_bar_is_the_warm_one() -> None:
    scene = compose(made(26), size=(640, 360))
    frame, bars = scene.frame(scene.seconds), scene.layout.bars
    with stage_of(scene, 2) as stage:
        picture = stage.draw(frame).astype(int)
    ends = bars.base + (0.5 * frame.bars * bars.length)[:, None] * bars.along
    x, y = frame.camera.project(ends, scene.size).round().astype(int)[0]
    assert scene.rows[0] == scene.prediction
    assert picture[y, x, 0] - picture[y, x, 2] > 60


def test_ticks_of_before_follow_the_bars_of_after() -> None:
    # Lost otherwise: a tick at the bar of another class, for the likeliest are others now.
    one, other = made(26), made(26, 1)
    both = compose_pair(one, other, size=(1280, 720))
    frame, bars = both.frame(both.seconds).right, both.right.layout.bars
    before = row_shares(one.probabilities, other.probabilities)
    moved = np.abs(before - both.right.shares) >= 0.004
    ends = (bars.base + (before * bars.length)[:, None] * bars.along)[moved]
    ticks = [ghost for ghost in frame.ghosts if ghost.colour == both.right.theme.mark]
    ticks = np.array([np.add(ghost.start, ghost.end) / 2 for ghost in ticks])
    assert len(ticks) == moved.sum() + 1
    for place in frame.camera.project(ends, both.right.size):
        assert np.linalg.norm(ticks - place, axis=1).min() < 1


@pytest.mark.parametrize("size", [(320, 180), (480, 270), (270, 480), (400, 400)])
def test_a_class_that_is_a_number_is_written_whole_or_not_at_all(size) -> None:
    # Lost otherwise: "4…" beside the bar of class 478, which reads as a four.
    net = made(1000).net
    scores = np.full(1000, -9.0, np.float32)
    scores[[478, 770, 999]] = 0.1, 0.0, 0.0
    one = net.replace(parameters=dict(net.parameters) | {"output.bias": 90 * scores}).trace(
        data.load("digits").images[3]
    )
    assert one.prediction == 478
    scene = compose(one, size=size)
    frame = scene.frame(scene.seconds)
    shown = [caption for caption in frame.captions if caption.alpha > 0.15 and caption.text]
    assert not [
        caption.text for caption in shown if "…" in caption.text and any(map(str.isdecimal, caption.text))
    ]
    assert sum(caption.text == str(one.prediction) for caption in shown) >= 1 + (size[0] >= size[1])
    for a, b in itertools.combinations(shown, 2):
        assert apart(extent(a), extent(b)) >= 0, f"{a.text!r} and {b.text!r} overlap"


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_a_line_leads_from_the_answers_neuron_to_its_bar_where_bars_are_in_another_order(size) -> None:
    # Lost otherwise: all strands meet beside the bar of another class.
    scene = compose(made(26), size=size)
    frame = scene.frame(scene.seconds)
    assert "How a neural network reads its input" in [caption.text for caption in frame.captions]
    (line,) = frame.ghosts
    neuron = frame.camera.project(scene.layout.panels[-1].positions(), size)[scene.prediction]
    np.testing.assert_allclose(line.start, neuron, atol=1e-3)
    label = frame.camera.project(scene.layout.bars.label[:1], size)[0]
    assert np.linalg.norm(np.subtract(line.end, label)) < 0.06 * max(size)
    assert scene.rows[0] == scene.prediction
    assert not scene.frame(4.0).ghosts, "the answer does not stand yet"
    ten = compose(trace(), size=size)
    assert not ten.frame(ten.seconds).ghosts


@pytest.mark.parametrize("size", [(1280, 720), (900, 900), (960, 540), (640, 360), (1024, 768)])
@pytest.mark.parametrize("classes", [2, 10])
def test_the_answers_number_has_room_to_the_edge_of_the_picture(classes, size) -> None:
    # Lost otherwise: of two classes, or of a sure digit, the percentage all but touches the picture's edge.
    scene = compose(made(classes) if classes == 2 else trace(number=0), size=size)
    numbers = [c for c in scene.frame(scene.seconds).captions if c.text in scene.words.shares]
    edge = max(extent(caption)[2] for caption in numbers)
    assert size[0] - edge >= 0.4 * page(size, portrait=False).margin[0]
