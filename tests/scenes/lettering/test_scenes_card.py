"""The card in the foot: it has room beside the legend, names and counts, in pictures of every shape."""

import itertools

import pytest
from scene_fixtures import label, trace

from scenes import compose, compose_pair
from scenes.lettering.card.exhibit import lay_out
from scenes.lettering.fonts import extent
from scenes.space.page import apart
from scenes.texts import LANGUAGES

CONVOLUTIONS = ("cnn-fast", "cnn-balanced", "cnn-accuracy", "cnn-draw", "cnn-crop")


@pytest.mark.parametrize(
    "size",
    [
        (1920, 1080),
        (1280, 720),
        (1080, 1080),
        (1080, 1920),
        (720, 1280),
        (640, 360),
        (960, 540),
        (1024, 768),
        (800, 900),
    ],
)
@pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny"])
def test_the_card_touches_nothing_and_hides_no_name(preset, size) -> None:
    made = trace(preset)
    scene = compose(made, size=size, label=label())
    frame = scene.frame(scene.seconds)
    shown = [extent(caption) for caption in frame.captions if caption.alpha > 0.3]
    boxes = [inset.box for inset in frame.insets]
    for box, other in itertools.product(boxes, shown):
        if "×" not in {c.text for c in frame.captions if extent(c) == other}:
            assert apart(box, other) >= 0
    for box, swatch in itertools.product(boxes, frame.swatches):
        # A tall picture has a row for the card alone; elsewhere they would look like one.
        assert apart(box, swatch.box) >= (7 if size[1] < 1.5 * size[0] else 0)
    for panel, box in itertools.product(scene.layout.corners, boxes):
        seen = frame.camera.project(panel, size)
        assert apart(box, (*seen.min(axis=0), *seen.max(axis=0))) >= 0
    bare = compose(made, size=size, label=label(), show="contribution").frame(scene.seconds)
    names = [caption.text for caption in bare.captions if caption.font == "semibold" and caption.alpha > 0.5]
    assert set(names) <= {caption.text for caption in frame.captions if caption.alpha > 0.5}


@pytest.mark.parametrize(
    ("size", "presets"),
    [
        ((1080, 1920), ("mlp", "cnn-fast", "cnn-draw", "vit-tiny")),
        ((720, 1280), ("mlp", "cnn-fast", "cnn-draw", "vit-tiny")),
        ((1080, 1080), ("mlp", "cnn-fast", "cnn-draw", "vit-tiny")),
        ((1024, 768), ("cnn-fast", "cnn-draw")),
        ((960, 540), ("mlp", "cnn-fast", "cnn-draw", "vit-tiny")),
        ((720, 720), ("cnn-draw", "vit-tiny")),
        ((800, 450), ("mlp", "cnn-draw")),
        ((640, 360), ("mlp",)),
    ],
)
def test_the_card_is_in_every_picture_that_has_room_for_it(size, presets) -> None:
    for preset in presets:
        scene = compose(trace(preset), size=size, label=label())
        frame = scene.frame(scene.seconds)
        said = " ".join(caption.text for caption in frame.captions)
        card = scene.words.exhibit
        assert card is not None, preset
        assert card.title in said
        pictures = [inset for inset in frame.insets if any(inset.cells is each for each in card.pictures)]
        assert len(pictures) == len(card.pictures)
        if card.place.lines:
            assert all(line in said for line in card.lines), preset


@pytest.mark.parametrize("preset", CONVOLUTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_film_of_convolutions_has_its_neuron_at_work(preset, language) -> None:
    # The count of synapses gives way where both have no room: side by side they would read as one.
    scene = compose(trace(preset), size=(640, 360), label=3, language=language)
    frame = scene.frame(scene.seconds)
    assert len(frame.insets) == 2
    title = next(each for each in frame.captions if each.text == scene.words.exhibit.title)
    others = [extent(each) for each in frame.captions if each is not title]
    count = [extent(each) for each in frame.captions if each.text == scene.words.key.drawn]
    boxes = [extent(title), *(inset.box for inset in frame.insets)]
    assert all(apart(box, other) > 1 for box in boxes for other in others)
    assert all(apart(box, other) > 3 for box in boxes for other in count)
    forward = scene.frame(scene.timeline.bars[0]).captions
    assert scene.words.key.sent in [each.text for each in forward], "there is room before the card comes"


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw"])
@pytest.mark.parametrize("size", [(1080, 1920), (1280, 720), (1920, 1080)])
def test_a_card_beside_the_key_to_a_change_keeps_all_its_lines(preset, size) -> None:
    made = trace(preset)
    after = made.net.mutate("prune hidden1 60%").trace(made.activation["input"].reshape(28, 28))
    pair = compose_pair(made, after, size=size)
    right = pair.frame(pair.seconds).right
    card, said = pair.right.words.exhibit, " ".join(each.text for each in right.captions)
    assert card is not None
    # Lost otherwise: in one half it stands beside the legend, in the other over it.
    assert pair.left.words.exhibit.place.corner == card.place.corner
    assert card.title in said
    if card.place.lines:
        assert all(line in said for line in card.lines)


@pytest.mark.parametrize("preset", CONVOLUTIONS)
def test_a_small_tall_picture_has_the_neuron_at_work_by_its_title(preset) -> None:
    # Lost otherwise: the window on the digit is explained by nothing.
    scene = compose(trace(preset), size=(540, 960))
    frame = scene.frame(scene.seconds)
    assert len(frame.insets) == 2
    assert "One neuron at work" in {caption.text for caption in frame.captions}


@pytest.mark.parametrize(
    ("preset", "size"),
    [("cnn-fast", (720, 720)), ("cnn-balanced", (720, 720)), ("cnn-draw", (1080, 960))],
)
def test_a_card_stands_over_the_legend_rather_than_pressed_against_it(preset, size) -> None:
    # Lost otherwise: "speaks against 8" runs into the first picture of the card.
    scene = compose(trace(preset), size=size)
    frame = scene.frame(scene.seconds)
    texts = [extent(each) for each in frame.captions if each.text not in ("", "×")]
    left = min(frame.insets, key=lambda inset: inset.box[0]).box
    assert min(apart(left, text) for text in texts) >= 8


def test_a_card_in_a_slide_hardly_wider_than_high_tells_its_lines() -> None:
    # Lost otherwise: the title alone, though there is room over the counts.
    scene = compose(trace("vit-small"), size=(864, 720))
    assert len(lay_out(scene.words.exhibit, scene.theme, 1.0)[0]) == 3


def test_a_name_beside_a_card_is_not_read_with_it() -> None:
    # Lost otherwise: "Why 5?   5 layers in a deck" on one line.
    scene = compose(trace("vit-tiny"), size=(900, 900))
    told = lay_out(scene.words.exhibit, scene.theme, 1.0)[0]
    title, mine = extent(told[0]), {each.text for each in told}
    others = [each for each in scene.frame(scene.seconds).captions if each.text not in mine]
    title = (*title[:2], title[2] + 4 * told[0].size, title[3])
    assert min(apart(title, extent(other)) for other in others) > 0


@pytest.mark.parametrize(
    ("preset", "size", "language"), [("mlp", (720, 1280), "en"), ("mlp", (560, 1200), "es")]
)
def test_a_line_of_a_tall_card_breaks_in_its_middle(preset, size, language) -> None:
    # Lost otherwise: "(cool):" alone on a line, which nobody takes for the end of the one above.
    scene = compose(trace(preset), size=size, label=3, language=language)
    told = lay_out(scene.words.exhibit, scene.theme, 1.0)[0]
    lines = [caption.text for caption in told if caption.font == "regular"]
    assert len(lines) == 3
    assert min(map(len, lines[:2])) > 0.6 * max(map(len, lines[:2])), lines


@pytest.mark.parametrize("width", [940, 860])
def test_a_number_stays_on_the_line_of_its_word(width) -> None:
    # Lost otherwise: "the kernel of map" ends a line, and "1, summed" begins the next.
    scene = compose(trace("cnn-fast"), size=(width, 16 * width // 9))
    told = [caption.text for caption in lay_out(scene.words.exhibit, scene.theme, 1.0)[0]]
    assert any("of map " in line for line in told)
    assert not any(line[:1].isdigit() for line in told[told.index("×") + 3 :])


@pytest.mark.parametrize("size", [(960, 540), (854, 480), (1280, 720)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_more_than_its_title_in_each_language(language, preset, size) -> None:
    # Lost otherwise: in German, whose lines are long, a question is left without its answer.
    scene = compose(
        trace(preset), size=size, label=label(), language=language, source="MNIST test image #7233"
    )
    shown, frame = scene.words.exhibit, scene.frame(scene.seconds)
    said = " ".join(caption.text for caption in frame.captions if caption.alpha == 1)
    assert shown.lines
    assert all(line in said for line in (shown.title, *shown.lines))
    assert not shown.lines[-1].endswith(":"), "nothing follows"


@pytest.mark.parametrize("preset", ["mlp", "cnn-fast"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_without_room_for_its_lines_says_what_it_shows_in_a_few_words(language, preset) -> None:
    # Lost otherwise: "Why 3?" in a small film, beside a picture of which nothing is said.
    scene = compose(trace(preset), size=(640, 360), label=label(), language=language, source="MNIST test")
    shown = scene.words.exhibit
    assert shown.place.lines >= 1
    assert all(line in " ".join(_told(scene)) for line in shown.lines)


def _told(scene) -> list[str]:
    return [caption.text for caption in lay_out(scene.words.exhibit, scene.theme, 1.0)[0]]


def test_lines_on_tiles_are_told_in_few_words_where_a_card_is_larger_for_it() -> None:
    # Lost otherwise: over long lines a transformer's card is so small that its digit is hardly seen.
    scene = compose(trace("vit-tiny"), size=(1280, 720), label=label())
    place, key = scene.words.exhibit.place, scene.words.tokens
    assert place.side >= 6 * place.size
    assert key.face_line == key.face != ""
    large = compose(trace("vit-tiny"), size=(1920, 1080), label=label())
    assert len(large.words.tokens.face_line) > len(large.words.tokens.face)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_line_of_the_card_is_not_read_with_the_name_of_a_layer(preset) -> None:
    # Lost otherwise: "128 neurons by digit" goes on with "The ink that speaks for 3" close below it.
    scene = compose(trace(preset), size=(1280, 720), label=label())
    shown = scene.words.exhibit
    assert shown is not None
    assert shown.place is not None
    assert shown.place.side >= 6 * shown.place.size
    texts = [caption for caption in scene.frame(scene.seconds).captions if caption.alpha > 0.3]
    told = {card.name for card in scene.words.cards} | {card.detail for card in scene.words.cards}
    lines, _ = lay_out(shown, scene.theme, 1.0)
    for line, name in itertools.product(lines, [each for each in texts if each.text in told]):
        left, top, right, _ = extent(line)
        start, _, end, foot = extent(name)
        if left < end and right > start:
            assert top - foot >= 1.1 * shown.place.size, (line.text, name.text)
