"""From where the window's camera stands, labels in space can still be told apart."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from engine.task import Task
from scenes import compose
from scenes.camera.orbit_moves import turned, view_from
from scenes.frame import Caption
from scenes.lettering.captions import _named
from scenes.lettering.fonts import extent
from scenes.space.page import Free, apart, free_page

_CLOTHES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw"])
def test_from_the_front_no_band_is_taken_for_a_bar(preset) -> None:
    # Lost otherwise: two columns of digits before the bars, of which one is that of a hidden layer.
    size, box = (1280, 800), (60.0, 80.0, 1240.0, 760.0)
    scene = compose(trace(preset), size=size, ended=True, card=False)
    poses = {
        view: view_from(view, scene.layout, size, (80, 120, 1150, 690)) for view in ("home", "side", "front")
    }
    shown = {}
    for view, pose in poses.items():
        frame = scene.frame(scene.seconds, pose, Free(box))
        assert len(frame.ticks) == sum(len(panel.ticks) for panel in scene.layout.panels)
        shown[view] = [tick for tick in frame.ticks if tick.alpha > 0]
    assert len(shown["side"]) == len(frame.ticks), "all of them where there is room"
    assert len(shown["front"]) < len(frame.ticks)
    ends = scene.layout.bars.base + scene.layout.bars.length * scene.layout.bars.along
    bars = poses["front"].project(np.concatenate([scene.layout.bars.label, ends]), size)
    at = poses["front"].project(np.array([tick.at for tick in shown["front"]]).reshape(-1, 3), size)
    inside = (at > bars.min(axis=0)).all(axis=1) & (at < bars.max(axis=0)).all(axis=1)
    assert inside.sum() <= 1


@pytest.mark.parametrize("view", ["home", "front"])
def test_names_of_layers_stand_apart_where_a_panel_narrows_the_window(view) -> None:
    # Lost otherwise: "128 neurons by digit, 1 prefer none (–) Output", read as one line.
    size, box = (1280, 800), (60.0, 80.0, 820.0, 760.0)
    scene = compose(trace("mlp"), size=size, ended=True, card=False)
    pose = view_from(view, scene.layout, size, (80, 120, 730, 690))
    named = [each for each in scene.frame(scene.seconds, pose, Free(box)).captions if each.outline]
    boxes = {each.text: extent(each) for each in named if each.font == "semibold" or "by digit" in each.text}
    assert {"Hidden 3", "Output"} <= set(boxes)
    last = [box for text, box in boxes.items() if "128 neurons" in text or text == "Output"]
    assert len(last) < 2 or apart(*last) >= 10


@pytest.mark.parametrize("view", ["home", "front", "side", "top"])
def test_names_on_one_line_are_not_read_as_one(view) -> None:
    # Lost otherwise: "Block 1 4 heads", though the heads are those of the attention beside it.
    size, box = (1024, 700), (16.0, 64.0, 680.0, 430.0)
    scene = compose(trace("vit-small"), size=size, ended=True, card=False)
    pose = view_from(view, scene.layout, size, (24, 124, 620, 390))
    frame = scene.frame(scene.seconds, pose, Free(box))
    names = {card.name for card in scene.words.cards}
    named = _cards(scene, frame)
    shown = [each for each in named if each.text in names]
    assert len(shown) >= (len(names) - 1 if view != "front" else 6)
    _read_apart(named)


def test_a_detail_makes_way_for_a_name_that_has_no_line_below_it() -> None:
    # Lost otherwise: "12 neurons by class, 5 prefer none (–)Hidden 2" over the sliders of a window.
    sheet = free_page((1280, 800), False, (16.0, 64.0, 936.0, 512.0))

    def line(text, at, font="semibold"):
        return Caption(text, at, 12.0, font, (0, 0, 0), 1.0, "mm")

    def told(x):
        cards = [
            [
                line("Hidden 1", (295.0, 480.0)),
                line("12 neurons by class, 5 prefer none (–)", (295.0, 497.0), "medium"),
            ],
            [line("Hidden 2", (x, 499.0))],
        ]
        return [each.text for each in _named(cards, [], [], sheet) if each.alpha > 0]

    assert told(432.0) == ["Hidden 1", "Hidden 2"]
    assert len(told(470.0)) == 3


def _cards(scene, frame):
    told = {text for card in scene.words.cards for text in (card.name, card.detail)} - {""}
    return [each for each in frame.captions if each.text in told]


def _read_apart(named):
    for k, first in enumerate(named):
        for second in named[k + 1 :]:
            a, b = extent(first), extent(second)
            on_one_line = min(a[3], b[3]) - max(a[1], b[1]) > 2
            if on_one_line:
                assert max(a[0], b[0]) - min(a[2], b[2]) >= 10, (first.text, second.text)


@pytest.mark.parametrize("azimuth", [120, 200, 240])
def test_from_behind_names_of_classes_are_not_written_into_their_numbers(azimuth) -> None:
    # Lost otherwise: "T-shirt99.2%", "Pul0.3%r": neither can be read once the scene is turned.
    images = data.load("digits")
    net = engine.build("input 28x28 | dense 16 relu | dense 10 softmax", np.random.default_rng(0))
    net = replace(net, task=Task("image", "clothes", _CLOTHES))
    scene = compose(net.trace(images.images[3]), size=(1280, 800), ended=True, card=False)
    pose = view_from("home", scene.layout, (1280, 800), (80, 120, 820, 690))
    pose = turned(pose, scene.layout.positions.mean(axis=0), azimuth - pose.azimuth, 0.0)
    captions = scene.frame(scene.seconds, pose, Free((-2000.0, -2000.0, 3000.0, 3000.0))).captions
    names = [extent(each) for each in captions if each.text in _CLOTHES and each.anchor in ("lm", "rm")]
    numbers = [extent(each) for each in captions if each.text.endswith("%")]
    assert min(len(names), len(numbers)) >= 7
    for a, b in product(names, numbers):
        both = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert min(both) <= 2, (a, b)
