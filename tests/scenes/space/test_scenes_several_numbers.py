"""A net that gives several numbers: each has a bar of its own from a line at zero, and its own value."""

import dataclasses

import numpy as np
import pytest

import engine
from engine.foreign.outputs import in_numbers
from engine.graph.graph import Weights
from engine.task import Task
from scenes import Look, compose, compose_pair, shoot
from scenes.light.level import levels
from scenes.space.rows import row_classes, row_shares, zero_of

VALUES = np.array([0.5, -2.0, 1.0], np.float32)


@pytest.fixture(scope="module")
def net():
    made = engine.build("input 4 | dense 3", np.random.default_rng(0))
    weights = Weights(made.graph, {"output.weight": np.zeros((4, 3), np.float32), "output.bias": VALUES})
    task = Task("example", "", ("weight", "waist", "pulse"), ("a", "b", "c", "d"), numbers=True)
    return dataclasses.replace(made, weights=weights, task=task)


@pytest.fixture(scope="module")
def scene(net):
    return compose(net.trace(np.ones(4, np.float32)), size=(640, 360))


def test_bars_reach_from_zero_to_either_side(scene):
    assert scene.zero == 0.5
    assert np.allclose(scene.shares, [0.625, 0.0, 0.75])
    assert np.allclose(scene.frame(scene.seconds).bars, scene.shares)
    assert np.allclose(scene.frame(0.5).bars, 0.5)
    quads = scene.layout.bars.quads(scene.shares, scene.zero)
    roots = (quads[:, 0] + quads[:, 3]) / 2
    middle = scene.layout.bars.base + 0.5 * scene.layout.bars.length * scene.layout.bars.along
    assert np.allclose(roots, middle, atol=1e-4)


def test_bars_of_a_pair_have_one_scale(net):
    """Each half had its own: the same number stood longer where it was the furthest."""
    traces = [
        net.trace(np.ones(4, np.float32)),
        net.mutate("shift output:1 -6").trace(np.ones(4, np.float32)),
    ]
    assert traces[1].probabilities.tolist() == [0.5, -8.0, 1.0]
    pair = compose_pair(*traces, size=(640, 360))
    assert pair.left.zero == pair.right.zero == 0.5
    assert np.allclose(pair.left.shares, 0.5 + np.array([0.5, -2, 1]) / 16)
    assert np.allclose(pair.right.shares, 0.5 + np.array([0.5, -8, 1]) / 16)


def test_a_shot_has_room_for_numbers_that_were_further(net):
    """The tick of what was further than all that is stood at the bar's end."""
    shot = shoot(
        net.trace(np.ones(4, np.float32)), size=(640, 360), before=np.array([0.5, -4, 3], np.float32)
    )
    assert np.allclose(shot.scene.shares, 0.5 + np.array([0.5, -2, 1]) / 8)


def test_where_none_is_below_zero_bars_begin_at_their_beginning():
    assert zero_of(np.array([1.0, 3.0], np.float32), numbers=True) == 0
    assert np.allclose(row_shares(VALUES**2, VALUES**2, numbers=True), [1 / 16, 1, 1 / 4])


def test_each_number_is_told_with_its_name_and_none_as_a_share(scene):
    words = scene.words
    assert [name for name, _ in words.bars] == ["weight", "waist", "pulse"]
    assert words.shares == ("0.5", "\N{MINUS SIGN}2", "1")
    assert (words.classes[words.prediction], words.confidence, words.head) == (
        "waist",
        "\N{MINUS SIGN}2",
        "LONGEST BAR",
    )
    texts = [caption.text for caption in scene.frame(scene.seconds).captions]
    assert not any("%" in text and "drawn" not in text and "carry" not in text for text in texts)
    assert any(ghost.start != ghost.end for ghost in scene.frame(scene.seconds).ghosts)
    assert repr(scene).endswith("gives -2>")


def test_the_number_that_is_asked_for_is_the_one_that_is_told(net):
    """The end told the longest bar, while headline and light were of another."""
    scene = compose(net.trace(np.ones(4, np.float32)), size=(1280, 720), of=0)
    told = [text for _, text in scene.beats()]
    assert "The number of weight: 0.5" in told
    assert not any("longest bar is that" in text for text in told)
    usual = compose(net.trace(np.ones(4, np.float32)), size=(1280, 720))
    assert "The longest bar is that of waist: \N{MINUS SIGN}2" in [text for _, text in usual.beats()]


def test_neurons_of_numbers_are_lit_as_their_bars_are_long(net):
    """All beyond 1 were lit alike, however far apart their numbers were."""
    lit, below = levels(net.trace(np.ones(4, np.float32)))
    assert np.allclose(lit[-3:], [0.25, 1, 0.5])
    assert below[-3:].tolist() == [False, True, False]


def test_of_many_numbers_those_furthest_from_zero_have_a_bar():
    many = np.linspace(-3, 1, 30, dtype=np.float32)
    assert row_classes(many, numbers=True) == list(range(10))
    ends = row_shares(many, many, numbers=True)
    assert len(ends) == 11
    assert (ends[0], ends[-1]) == (0.0, 0.5)


def test_inputs_of_a_short_row_are_numbers_in_a_column(net, scene):
    assert net.reads_numbers
    assert scene.layout.panels[0].raster.kind == "neurons"
    assert scene.words.inputs[0] == "a 1"


def test_the_number_that_is_asked_for_is_told_and_lit(net):
    """The head told of the longest bar, whichever number the light explains."""
    scene = compose(net.trace(np.ones(4, np.float32)), Look(of=0), size=(640, 360))
    words = scene.words
    assert (words.head, words.classes[words.prediction], words.confidence) == ("OUTPUT", "weight", "0.5")
    assert scene.prediction == scene.frame(scene.seconds).prediction == 0
    assert repr(scene).endswith("gives 0.5>")


def test_of_many_numbers_one_without_a_bar_of_its_own_leaves_the_head_to_the_furthest():
    net = in_numbers(engine.build("input 4 | dense 30", np.random.default_rng(0)))
    trace = net.trace(np.ones(4, np.float32))
    far = np.argsort(np.abs(trace.probabilities))
    scene = compose(trace, Look(of=int(far[0])), size=(640, 360))
    assert scene.prediction == far[-1]
    assert scene.words.head == "LONGEST BAR"
