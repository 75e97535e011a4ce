"""Names of layers: small pictures keep them all where they can, in a shorter form and a little aside."""

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from scenes import compose, compose_pair
from scenes.lettering.fonts import extent
from scenes.lettering.names.naming import structure
from scenes.space.page import LEGIBLE, READABLE
from scenes.texts import LANGUAGES

SIZES = [(1280, 720), (640, 360), (480, 270), (426, 240), (320, 180), (400, 400)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "cnn-crop", "vit-tiny", "vit-small"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layer_keeps_its_name_in_a_small_picture(preset: str, size, language) -> None:
    # Lost otherwise: a wall of feature maps that nobody can call by a name.
    scene = compose(trace(preset), size=size, label=3, source="MNIST test image #32", language=language)
    assert all(card.drop >= 0 for card in scene.words.cards)


def test_names_are_short_only_where_long_ones_have_no_room_and_then_all_of_them() -> None:
    # Lost otherwise: "Convolution 1" beside "Conv 2", or short names in a large picture.
    roomy, small = (compose(trace("cnn-draw"), size=size).words.cards for size in (SIZES[0], (320, 180)))
    assert [card.name for card in roomy[1:5]] == [
        "Convolution 1",
        "Max-pool 1",
        "Convolution 2",
        "Max-pool 2",
    ]
    assert [card.name for card in small[1:5]] == ["Conv 1", "Pool 1", "Conv 2", "Pool 2"]
    assert all(card.aside == 0 for card in roomy)
    assert small[5].name == roomy[5].name == "Hidden 1"


@pytest.mark.parametrize("size", [(640, 1280), (540, 1200), (480, 1040), (1080, 1920)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deck_of_a_tall_picture_has_its_name(size, language) -> None:
    # Lost otherwise: the names beside the widest decks, which reach nearly to the page's edge.
    scene = compose(trace("vit-small"), size=size, label=3, language=language)
    shown = {each.text: each for each in scene.frame(scene.seconds).captions}
    for card in scene.words.cards[:-1]:
        assert extent(shown[card.name])[2] < size[0]
        assert shown[card.name].size >= (11.0 if size[0] >= 640 and language == "en" else READABLE)
        assert shown[card.name].alpha == 1
    told = scene.words.tokens
    if size[0] >= 1080 or (size == (540, 1200) and language == "en"):
        # Green and tiles are explained, too.
        assert {told.face, told.tile} <= set(shown)


def test_of_a_name_that_has_little_room_the_details_give_way_first() -> None:
    # Lost otherwise: while its digit is written the input has no name, for its size is in the way.
    scene = compose(trace("vit-tiny"), size=(960, 540), label=3, show="contribution")
    begins, ends = scene.timeline.digit
    captions = scene.frame((begins + ends) / 2).captions
    name = [caption.alpha for caption in captions if caption.text == "Input"]
    assert name == [1.0]
    assert not any("patches of" in caption.text for caption in captions)


@pytest.mark.parametrize(
    ("preset", "size"),
    [("vit-tiny", (960, 540)), ("cnn-draw", (720, 720)), ("mlp", (640, 360)), ("vit-small", (640, 360))],
)
def test_the_digit_has_its_name_while_it_is_written(preset: str, size) -> None:
    # Lost otherwise: the camera stands so close to it that its name lies under the legend.
    scene = compose(trace(preset), size=size)
    captions = scene.frame(scene.timeline.digit[1]).captions
    assert [caption.alpha for caption in captions if caption.text == "Input"] == [1.0]
    assert not any(0 < caption.alpha < 1 for caption in captions if caption.text == "Tokens")


def test_names_beside_decks_that_are_still_to_come_can_be_read() -> None:
    # Lost otherwise: 9 px beside names of 16, for the camera stands close and the page ends there.
    scene = compose(trace("vit-small"), size=(720, 1280))
    names = {card.name for card in scene.words.cards}
    sizes = [
        caption.size
        for t in np.arange(0.5, 4.0, 0.5)
        for caption in scene.frame(t).captions
        if caption.text in names and caption.alpha > 0.1
    ]
    assert min(sizes) >= LEGIBLE


def test_a_square_picture_tells_the_size_of_every_wall_of_maps() -> None:
    # Lost otherwise: between names that chose before it the second convolution stands with its name alone.
    cards = compose(trace("cnn-draw"), size=(900, 900)).words.cards
    assert [card.name for card in cards if not card.detail] == []


@pytest.mark.parametrize(
    ("middle", "told"),
    [
        (["conv 2 3x3 pad same"] * 28, "28 × 3×3 conv → mean-pool → 10"),
        (["conv 2 3x3 pad same"] * 2, "3×3 conv → 3×3 conv → mean-pool → 10"),
        (
            ["conv 2 3x3 pad same", "maxpool 1"] * 9,
            "3×3 conv → max-pool → 3×3 conv → max-pool → … → 3×3 conv → max-pool → mean-pool → 10",
        ),
    ],
)
def test_a_deep_network_is_told_in_a_few_words(middle, told) -> None:
    # Lost otherwise: the end of a row of thirty layers, and the rest in letters that nobody can read.
    text = " | ".join(["input 8x8", *middle, "avgpool 8", "dense 10 softmax"])
    assert structure(engine.build(text, np.random.default_rng(0)))[0] == told


@pytest.mark.parametrize("presets", [("mlp", "mlp"), ("mlp", "cnn-draw")])
@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920)])
def test_no_name_of_a_layer_stands_before_the_foot_of_another(presets, size) -> None:
    # Lost otherwise: in a pair, whose panels are narrow, the size of one layer is written over the next one.
    pair = compose_pair(*(trace(preset) for preset in presets), size=size)
    for scene in (pair.left, pair.right):
        frame = scene.frame(scene.seconds)
        told = {text for card in scene.words.cards[:-1] for text in (card.name, card.detail) if text}
        boxes = {each.text: extent(each) for each in frame.captions if each.text in told and each.alpha == 1}
        assert len(boxes) >= 4
        for panel, card in zip(scene.layout.panels, scene.words.cards, strict=True):
            corners = frame.camera.project(panel.corners(), scene.size)
            (x0, y0), (x1, y1) = corners[0], corners[1]
            for text, (left, top, right, _) in boxes.items():
                if text in (card.name, card.detail):
                    continue
                across = (
                    np.linspace(max(left, x0), min(right, x1), 9) if max(left, x0) < min(right, x1) else []
                )
                feet = np.interp(across, [x0, x1], [y0, y1])
                assert not len(feet) or top >= feet.max() - 0.5, f"{text} before {panel.layer}"
