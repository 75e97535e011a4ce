"""Text can be read: nothing is cut, nothing overlaps, and no number is half true."""

import dataclasses
import itertools

import numpy as np
import pytest
from scene_fixtures import label, outputs_only, trace
from slow_cases import slow_but

import data
from scenes import SHOWN, Caption, Free, compose
from scenes.lettering.cards import edges
from scenes.lettering.fonts import extent
from scenes.lettering.words import percent
from scenes.space.page import Box, apart

SIZES = (
    (1920, 1080),
    (1280, 720),
    (640, 360),
    (1080, 1080),
    (1080, 1920),
    (720, 1280),
    (3840, 2160),
    (960, 1080),
    (640, 720),
)
NAMED = (
    (320, 180),
    (426, 240),
    (480, 270),
    (400, 400),
    (270, 480),
    (300, 1200),
    (640, 360),
    (1024, 700),
    (1280, 720),
    (1920, 1080),
    (1080, 1080),
    (720, 1280),
)
SMALL = (
    (160, 90),
    (240, 135),
    (320, 180),
    (426, 240),
    (480, 270),
    (400, 400),
    (320, 360),
    (90, 160),
    (270, 480),
    (300, 1200),
    (360, 640),
)


@pytest.mark.parametrize("size", slow_but([(640, 360), (1080, 1920), (320, 180), (270, 480)], SIZES + SMALL))
@pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny"])
def test_no_text_is_cut_and_none_overlaps(size, preset) -> None:
    # Lost otherwise: a film that cannot be shown, for one label over another.
    scene = compose(trace(preset), size=size, label=label(), source="MNIST test image #1166")
    for t in np.linspace(0, scene.seconds, 43):
        visible = [caption for caption in scene.frame(t).captions if caption.alpha > 0.15]
        boxes = [extent(caption) for caption in visible]
        for caption, box in zip(visible, boxes, strict=True):
            assert box[0] >= 0, f"{caption.text!r} is cut at {t:.2f} s"
            assert box[1] >= 0, f"{caption.text!r} is cut at {t:.2f} s"
            assert box[2] <= size[0], f"{caption.text!r} is cut at {t:.2f} s"
            assert box[3] <= size[1], f"{caption.text!r} is cut at {t:.2f} s"
        for (one, a), (other, b) in itertools.combinations(zip(visible, boxes, strict=True), 2):
            assert apart(a, b) >= 0, f"{one.text!r} and {other.text!r} overlap at {t:.2f} s"


@pytest.mark.parametrize("preset", slow_but(["mlp", "cnn-draw", "vit-tiny"], sorted(data.bundled_models())))
def test_names_of_layers_stand_apart_and_none_is_half_faded_at_the_end(preset) -> None:
    # Lost otherwise: names that run into each other, "28 x 28 pixels Convolution 1", or are ghosts for good.
    for size in NAMED:
        scene = compose(trace(preset), size=size, label=label(), source="MNIST test image #1166")
        frame = scene.frame(scene.seconds)
        seen = [caption for caption in frame.captions if caption.alpha > 0.05]
        cards = {
            text: card for card in scene.words.cards if not card.minor for text in (card.name, card.detail)
        }
        for caption in seen:
            left, top, right, bottom = extent(caption)
            assert 0 <= left < right <= size[0], (size, caption.text)
            assert 0 <= top < bottom <= size[1], (size, caption.text)
            if (card := cards.get(caption.text)) is None:
                continue
            assert caption.alpha == 1.0, (size, caption.text)
            for other in seen:
                if other is not caption and other.text not in (card.name, card.detail):
                    room = apart(extent(caption), extent(other))
                    assert room >= 0.3 * min(caption.size, other.size), (size, caption.text, other.text)
        if min(size) >= 700:
            assert {card.name for card in cards.values()} - {"Output"} <= {
                caption.text for caption in seen
            }, size


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (720, 1280)])
@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_what_the_legend_says_of_one_beat_has_gone_before_that_of_the_next_comes(preset, size) -> None:
    # Lost otherwise: "speaks for 3" through "signal", for a third of a second.
    scene = compose(trace(preset), size=size, label=label())
    back = scene.timeline.back[0]
    for t in np.linspace(back - 0.1, back + 0.5, 25):
        visible = [caption for caption in scene.frame(t).captions if caption.alpha > 0.004]
        for one, other in itertools.combinations(visible, 2):
            assert apart(extent(one), extent(other)) >= 0, (one.text, other.text, t)


@pytest.mark.parametrize("size", SMALL)
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_small_picture_says_what_it_can_so_that_it_can_be_read(size, preset) -> None:
    # Lost otherwise: type of three pixels, a legend over itself, and a net as small as a stamp.
    scene = compose(trace(preset), size=size, label=label(), source="MNIST test image #1166")
    frame = scene.frame(scene.seconds)
    said = [caption.text for caption in frame.captions]
    assert min(caption.size for caption in frame.captions) >= 9
    assert {str(scene.prediction), scene.words.confidence} <= set(said)
    corners = frame.camera.project(scene.layout.bounds(), size)
    reach = (corners.max(axis=0) - corners.min(axis=0)) / size
    assert max(reach) >= 0.4
    if min(size) >= 180:
        assert {scene.words.key.warm, scene.words.key.cool, scene.words.scale.title} <= set(said)
        assert scene.words.title in said


@pytest.mark.parametrize("size", SIZES)
def test_the_last_picture_says_all(size) -> None:
    made = trace()
    scene = compose(made, size=size, label=label())
    said = [caption.text for caption in scene.frame(scene.seconds).captions]
    for name in ("Input", "Hidden 1", "Hidden 2", "Hidden 3", "PREDICTION", "Neuron activation", "layer max"):
        assert name in said
    for digit, probability in enumerate(made.probabilities):
        assert str(digit) in said
        assert percent(float(probability)) in said
    assert {"speaks for 3", "speaks against 3"} <= set(said)
    assert min(caption.size for caption in scene.frame(scene.seconds).captions) >= 9


def test_each_layer_is_told_by_what_it_does() -> None:
    # Lost otherwise: the picture would say that a pooling sums weights, which it does not.
    scene = compose(trace("cnn-draw"), source="a test")
    said = {caption.text for t in np.linspace(0, 10.5, 80) for caption in scene.frame(t).captions}
    assert (
        "Convolution 1: 11,520 neurons look through 5×5 windows, add a bias and keep what is positive" in said
    )
    assert "Max-pool 2: of each 2×2 window the strongest neuron goes on" in said
    assert any("Hidden 1: 256 neurons sum weight × activation" in text for text in said)
    assert any("5×5 conv → max-pool → 5×5 conv → max-pool → 256 → 10" in text for text in said)
    assert {"40 maps · 8 × 8", "28 × 28 pixels", "256 neurons by digit, 16 by none (–)"} <= said


def test_percentages_appear_only_when_their_bars_have_grown() -> None:
    made = trace()
    scene = compose(made)
    true = {percent(float(p)) for p in made.probabilities}
    for t in np.linspace(0, scene.seconds, 80):
        frame = scene.frame(t)
        numbers = {caption.text for caption in frame.captions if caption.text.endswith("%")}
        assert numbers <= true
        if numbers:
            assert np.abs(frame.bars - made.probabilities).max() < 0.01


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_the_verdict_names_the_truth(size) -> None:
    best = trace().prediction
    wrong = (best + 1) % 10

    def said(given: int | None) -> list[str]:
        scene = compose(trace(), size=size, label=given)
        return [caption.text for caption in scene.frame(scene.seconds).captions]

    assert f"label: {best}  ✓" in said(best)
    assert f"label: {wrong}  ✗" in said(wrong)
    scene = compose(trace(), size=size, label=wrong)
    told = [caption.text for caption in scene.frame(scene.timeline.back[0] - 0.3).captions]
    assert f"The longest bar is the answer: {best}, but it was meant as a {wrong}" in told
    assert not any("label" in text for text in said(None))


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "<0.1%"),
        (0.0004, "<0.1%"),
        (0.0005, "0.1%"),
        (0.809, "80.9%"),
        (0.9994, "99.9%"),
        (0.9999, ">99.9%"),
    ],
)
def test_a_percentage_never_rounds_to_a_false_certainty(share, text) -> None:
    assert percent(share) == text


@pytest.mark.parametrize("size", [(1920, 1080), (640, 360), (1080, 1920)])
def test_the_widest_percentages_still_fit(size) -> None:
    certain = np.full(10, 1e-6)
    certain[9] = 1 - 9e-6
    even = np.full(10, 0.1)
    for probabilities in (certain, even):
        scene = compose(outputs_only(probabilities), size=size)
        visible = [caption for caption in scene.frame(scene.seconds).captions if caption.alpha > 0.15]
        assert sum(caption.text.endswith("%") for caption in visible) == 11
        for one, other in itertools.combinations(visible, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} overlap"


@pytest.mark.parametrize("size", SIZES)
def test_the_count_of_synapses_is_told_and_true(size) -> None:
    made = trace()
    scene = compose(made, size=size, synapses=1000)
    for t, strands in ((3.0, scene.signal), (scene.seconds, scene.drawn)):
        said = " ".join(caption.text for caption in scene.frame(t).captions)
        assert f"{len(strands):,} of 566,528 synapses drawn" in said


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (540, 960), (1000, 1200)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_counts_of_a_tall_picture_can_be_read(preset, size, language) -> None:
    # Lost otherwise: a line that shrinks until it fits, and is a row of dots on a telephone.
    scene = compose(trace(preset), size=size, language=language)
    key = scene.words.key
    rows = [
        caption
        for caption in scene.frame(scene.seconds).captions
        if caption.text.startswith(key.drawn) or caption.text == key.note
    ]
    assert min(row.size for row in rows) >= max(11 * size[1] / 1280, 9)
    assert key.drawn in " ".join(row.text for row in rows)
    if min(size) >= 720:
        assert key.note in " ".join(row.text for row in rows)


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280)])
def test_the_answer_of_a_tall_picture_stands_beside_its_legend(size) -> None:
    scene = compose(trace(), size=size, label=label())
    frame = scene.frame(scene.seconds)

    def largest(text: str) -> tuple[float, float, float, float]:
        return extent(max((c for c in frame.captions if c.text == text), key=lambda caption: caption.size))

    said = str(scene.prediction), scene.words.confidence, scene.words.key.warm
    answer, confidence, warm = map(largest, said)
    assert warm[2] < confidence[0] < confidence[2] < answer[0]
    assert answer[1] < warm[1] < answer[3]
    assert answer[2] <= size[0] - 0.04 * size[0]


def test_the_legend_follows_the_beat() -> None:
    # Lost otherwise: one meaning for each colour at a time.
    scene = compose(trace())
    forth, back = ({c.text for c in scene.frame(t).captions} for t in (4.0, scene.seconds))
    assert "signal: |weight × activation|" in forth - back
    assert {"speaks for 3", "speaks against 3"} <= back - forth
    assert "the strongest signals into neurons that fire" in forth - back
    assert any(text.startswith("they carry ") for text in back - forth)


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_shown_is_told_without_overlaps(size, show) -> None:
    scene = compose(trace(), size=size, show=show, label=label())
    for t in (scene.timeline.back[0] + 0.15, scene.seconds):
        shown = [caption for caption in scene.frame(t).captions if caption.alpha > 0.5]
        for one, other in itertools.combinations(shown, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} overlap"


def test_labels_make_way_for_what_a_window_writes_and_a_card_goes_lower_or_keeps_its_name() -> None:
    # Lost otherwise: the window's own texts and the net's labels run into each other, or layers have no name.
    scene = compose(trace(), size=(1280, 720))
    moment, pose = scene.moment(scene.seconds), scene.path.end

    def said(*taken: Box, foot: float = 720.0) -> dict[str, Caption]:
        free = Free((0.0, 0.0, 1280.0, foot), taken)
        return {caption.text: caption for caption in scene.seen(moment, pose, free).captions}

    shown = said()
    assert {"Input", "28 × 28 pixels", "Hidden 2", *"0123456789"} <= set(shown)
    assert not {scene.words.title, "PREDICTION", scene.words.key.drawn} & set(shown)
    box = extent(shown["28 × 28 pixels"])
    lower = said(box)
    assert set(lower) == set(shown)
    assert min(apart(extent(lower[text]), box) for text in ("Input", "28 × 28 pixels")) > 0
    over = box[0], extent(shown["Input"])[1], box[2], 720.0
    assert set(shown) - set(said((*box[:3], 720.0))) == {"28 × 28 pixels"}
    assert set(shown) - set(said(over)) == {"Input", "28 × 28 pixels"}
    _, top, _, name = extent(shown["Hidden 3"])
    assert "Hidden 3" in said(foot=name + 12.0)
    assert not any(text.startswith("128 neurons by digit") for text in said(foot=name + 12.0))
    assert "Hidden 3" not in said(foot=top)


@pytest.mark.parametrize("size", [(900, 640), (800, 600)])
def test_what_is_told_of_a_layer_in_a_window_crosses_no_edge_of_the_next_panel(size) -> None:
    scene = compose(trace(), size=size)
    seen = scene.seen(scene.moment(scene.seconds), scene.path.end, Free((0.0, 0.0, *map(float, size))))
    cards = [each for each in seen.captions if "neurons by digit" in each.text]
    assert len(cards) == 3
    for card, edge in itertools.product(cards, edges(scene.layout, scene.path.end, size)):
        assert apart(extent(card), edge) > 0, card.text


@pytest.mark.parametrize("azimuth", [-150, -60, 90, 150])
def test_percentages_stand_beyond_their_bars_from_every_side(azimuth) -> None:
    scene = compose(trace(), size=(1280, 720))
    pose = dataclasses.replace(scene.path.end, azimuth=azimuth)
    free = Free((-5000.0, -5000.0, 5000.0, 5000.0))
    captions = scene.seen(scene.moment(scene.seconds), pose, free).captions
    labels = [extent(c) for c in captions if c.text in set("0123456789")]
    shares = [extent(c) for c in captions if c.text.endswith("%")]
    assert labels
    for one, other in zip(labels, shares, strict=True):
        assert max(one[0] - other[2], other[0] - one[2]) > 0


def test_bars_too_close_to_be_read_leave_the_answers_text_alone() -> None:
    scene = compose(trace(), size=(1280, 720))
    pose = dataclasses.replace(scene.path.end, elevation=86.0)
    free = Free((0.0, 0.0, 1280.0, 720.0))
    captions = scene.seen(scene.moment(scene.seconds), pose, free).captions
    digits = [caption for caption in captions if caption.text in set("0123456789")]
    assert [caption.text for caption in digits] == [str(scene.prediction)]
    assert digits[0].size >= 9


def test_numbers_beside_the_bars_make_way_for_what_a_window_writes() -> None:
    # Lost otherwise: a percentage half hidden by the window's own answer, once the net is turned.
    scene = compose(trace(), size=(1280, 720))
    moment, pose = scene.moment(scene.seconds), scene.path.end
    free = Free((0.0, 0.0, 1280.0, 720.0))
    shown = {caption.text: caption for caption in scene.seen(moment, pose, free).captions}
    taken = Free(free.box, (extent(shown["7"]),))
    assert "7" not in {caption.text for caption in scene.seen(moment, pose, taken).captions}
    narrow = Free((0.0, 0.0, extent(shown["7"])[2] + 30.0, 720.0))
    assert not [c for c in scene.seen(moment, pose, narrow).captions if c.text.endswith("%")]
