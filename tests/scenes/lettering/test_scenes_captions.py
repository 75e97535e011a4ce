"""Text can be read: nothing is cut, and nothing overlaps."""

import dataclasses
import itertools

import numpy as np
import pytest
from scene_fixtures import SIZES, label, outputs_only, trace
from slow_cases import slow_but

import data
from scenes import SHOWN, compose
from scenes.lettering.fonts import extent
from scenes.space.page import LEGIBLE, apart

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


FEW = ((640, 360), (1080, 1920), (320, 180), (270, 480))
# A net of each kind in all sizes, its smaller ones in a few.
DRAWN = [
    *((preset, size) for preset in ("mlp", "cnn-draw", "vit-tiny") for size in SIZES + SMALL),
    *((preset, size) for preset in ("mlp-sigmoid", "cnn-fast") for size in FEW),
]


@pytest.mark.parametrize("drawn", slow_but([each for each in DRAWN if each[1] in FEW], DRAWN), ids=str)
def test_no_text_is_cut_and_none_overlaps(drawn) -> None:
    # Lost otherwise: a film that cannot be shown, for one label over another.
    preset, size = drawn
    scene = compose(trace(preset), size=size, label=label(), source="MNIST test image #1166")
    # Of words that a few pictures alone would show over one another, one of these sizes shows it.
    for t in np.linspace(0, scene.seconds, 43 if size in FEW else 22):
        visible = [caption for caption in scene.frame(t).captions if caption.alpha > 0.15]
        boxes = [extent(caption) for caption in visible]
        for caption, box in zip(visible, boxes, strict=True):
            assert box[0] >= 0, f"{caption.text!r} is cut at {t:.2f} s"
            assert box[1] >= 0, f"{caption.text!r} is cut at {t:.2f} s"
            assert box[2] <= size[0], f"{caption.text!r} is cut at {t:.2f} s"
            assert box[3] <= size[1], f"{caption.text!r} is cut at {t:.2f} s"
        for (one, a), (other, b) in itertools.combinations(zip(visible, boxes, strict=True), 2):
            assert apart(a, b) >= 0, f"{one.text!r} and {other.text!r} overlap at {t:.2f} s"


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_no_name_of_a_layer_hangs_on_the_legend_while_the_camera_walks(size) -> None:
    # Lost otherwise: the demo's first seconds, with a pale name that hangs on the count of synapses, or one
    # that reads as its heading: "Hidden 2: 64 neurons, 4,288 of 109,184 synapses drawn".
    scene = compose(trace("mlp"), size=size, label=label(), source="MNIST test image #1166")
    names = {text for card in scene.words.cards for text in (card.name, card.detail)}
    for t in np.linspace(0, 0.4 * scene.seconds, 24):
        seen = [caption for caption in scene.frame(t).captions if caption.alpha > 0.05]
        for name, other in itertools.product(seen, seen):
            if name.text in names and other.text not in names:
                room = apart(extent(name), extent(other))
                least = 0.7 if other.text == scene.words.key.sent else 0.2
                assert room >= least * other.size, (t, name.text, name.alpha, other.text)


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


@pytest.mark.parametrize(("size", "least"), [((720, 1280), LEGIBLE), ((600, 1000), 8.6)])
def test_percentages_side_by_side_are_as_large_as_there_is_room(size, least) -> None:
    # Lost otherwise: numbers of 8 px with a gap between them.
    scene = compose(trace("vit-small"), size=size)
    shares = [each for each in scene.frame(scene.seconds).captions if each.text in scene.words.shares]
    assert min(each.size for each in shares) >= least
    for one, other in itertools.combinations(shares, 2):
        assert apart(extent(one), extent(other)) >= 0


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


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_shown_is_told_without_overlaps(size, show) -> None:
    scene = compose(trace(), size=size, show=show, label=label())
    for t in (scene.timeline.back[0] + 0.15, scene.seconds):
        shown = [caption for caption in scene.frame(t).captions if caption.alpha > 0.5]
        for one, other in itertools.combinations(shown, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} overlap"


@pytest.mark.parametrize("size", [(960, 540), (1280, 720), (800, 800)])
def test_long_titles_facts_and_captions_end_before_the_answer(size) -> None:
    # Lost otherwise: a network of another's, whose facts run under what it answers.
    scene = compose(
        trace("vit-tiny"), size=size, label=label(), title="A title " * 20, caption="A word " * 40
    )
    facts = ("A vision transformer of another's, " + "with many blocks, " * 9, "94,634 neurons", "image 3")
    for words in (scene.words, dataclasses.replace(scene.words, facts=facts)):
        frame = dataclasses.replace(scene, words=words).frame(scene.seconds)
        shown = [each for each in frame.captions if each.alpha > 0.15]
        assert sum(each.at[0] == shown[0].at[0] and each.at[1] < 0.25 * size[1] for each in shown) >= 3
        for one, other in itertools.combinations(shown, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} overlap"


@pytest.mark.parametrize("size", [(540, 960), (1080, 1920), (300, 1200)])
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_what_happens_in_a_tall_picture_is_told_in_type_as_large_as_the_facts(size, language) -> None:
    # Lost otherwise: on a telephone a long sentence is much smaller than the lines around it, or is missing.
    scene = compose(trace("cnn-draw"), size=size, language=language)
    facts = min(each.size for each in scene.frame(0).captions if scene.words.facts[-1] in each.text)
    top = scene.site.path.end.project(scene.layout.corners[0], size)[:, 1].min()
    for start, text in scene.story():
        said = scene.frame(start + 0.45).captions
        lines = [each for each in said if each.font == "medium" and each.text in text and each.at[1] < top]
        assert " ".join(each.text for each in lines) == text
        assert min(each.size for each in lines) >= 0.8 * facts


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1080, 1080), (480, 270)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-accuracy", "vit-small"])
def test_the_answers_label_stands_clear_of_its_ball_and_its_bar(preset, size) -> None:
    # Lost otherwise: a numeral pressed between the two, over the ball's edge and the bar's.
    scene = compose(trace(preset), size=size, label=label())
    frame, outputs = scene.frame(scene.seconds), scene.layout.panels[-1]
    named = next(c for c in frame.captions if c.anchor == "mm" and c.text == str(scene.prediction))
    box = extent(named)
    middle, bar = frame.camera.project(
        np.stack(
            [
                scene.layout.positions[outputs.start + scene.prediction],
                scene.layout.bars.base[scene.prediction],
            ]
        ),
        size,
    )
    ball = float(frame.neuron_size[outputs.start + scene.prediction])
    edge = ball * frame.camera.scale_at(outputs.centre, size)
    along = int(scene.layout.orientation.name == "portrait")
    assert box[along] >= middle[along] + edge
    assert box[along + 2] <= bar[along]
