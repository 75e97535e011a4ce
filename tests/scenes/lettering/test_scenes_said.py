"""What a picture says: all of it in the last one, no number half true, and what a window covers makes way."""

import dataclasses
import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scene_fixtures import SIZES, label, trace

import engine
from engine.statistics import NO_CLASS
from scenes import Caption, Frame, Free, Scene, compose, compose_pair, stage_of
from scenes.lettering.fonts import extent
from scenes.lettering.in_space.card_places import edges
from scenes.lettering.names.steps import steps
from scenes.space.page import Box, apart
from scenes.texts import ENGLISH


@pytest.mark.parametrize("size", SIZES)
def test_the_last_picture_says_all(size) -> None:
    made = trace()
    scene = compose(made, size=size, label=label())
    said = [caption.text for caption in scene.frame(scene.seconds).captions]
    for name in ("Input", "Hidden 1", "Hidden 2", "Hidden 3", "PREDICTION", "Neuron activation", "layer max"):
        assert name in said
    for digit, probability in enumerate(made.probabilities):
        assert str(digit) in said
        assert ENGLISH.percent(float(probability)) in said
    assert {"speaks for 3", "speaks against 3"} <= set(said)
    assert min(caption.size for caption in scene.frame(scene.seconds).captions) >= 9


@pytest.mark.parametrize(
    ("language", "told"), [("en", "lead of 9 over 4"), ("de", "der 9 vor der 4"), ("es", "del 9 frente al 4")]
)
def test_whose_lead_weights_would_change_is_told_with_its_rival(language, told) -> None:
    # Lost otherwise: weights on which 9 over 4 depends, under a sentence on the lead of 9 over all.
    scene = compose(trace(), show="gradient", of=9, against=4, language=language)
    assert told in scene.story()[-1][1]
    alone = compose(trace(), show="gradient", of=9, language=language).story()[-1][1]
    assert "4" not in alone


def test_each_layer_is_told_by_what_it_does() -> None:
    # Lost otherwise: the picture would say that a pooling sums weights, which it does not.
    scene = compose(trace("cnn-draw"), source="a test", seconds=120)  # there is time to say all
    none = int((trace("cnn-draw").net.statistics.layers["hidden1"].preferred == NO_CLASS).sum())
    said = {caption.text for t in np.linspace(0, 110, 80) for caption in scene.frame(t).captions}
    assert (
        "Convolution 1: 11,520 neurons look through 5×5 windows, add a bias and keep what is positive" in said
    )
    assert "Max-pool 1: of each 2×2 window the strongest neuron goes on" in said
    assert any("Hidden 1: 256 neurons sum weight × activation" in text for text in said)
    assert any("5×5 conv → max-pool → 5×5 conv → max-pool → 256 → 10" in text for text in said)
    assert {"40 maps · 8 × 8", "28 × 28 pixels", f"256 neurons by digit, {none} prefer none (–)"} <= said
    assert "max; maps: top 1%" in said  # lost otherwise: that the brightest cells of maps are not told apart


def _seen_where_both_meet(scene: Scene, frame: Frame) -> NDArray[np.float64]:
    """Median colours where strands of both signs change a pixel as much: of the faint, of the bright."""
    sign, pictures = np.sign(scene.drawn.value), []
    with stage_of(scene) as stage:
        for kept in ((1, -1), (1,), (-1,), ()):
            rgba = frame.synapse_rgba.copy()
            rgba[~np.isin(sign, kept), :, 3] = 0
            pictures.append(stage.render(dataclasses.replace(frame, synapse_rgba=rgba)).astype(np.float64))
    both, warm, cool, none = pictures
    warm, cool = (np.abs(each - none).sum(axis=2) for each in (warm, cool))
    met = (np.minimum(warm, cool) > 40) & (np.minimum(warm, cool) > 0.4 * np.maximum(warm, cool))
    met &= none.min(axis=2) > 200 if scene.theme.ink else none.max(axis=2) < 45
    colours = both[met]
    strong = np.abs(colours - none[met]).sum(axis=1)
    parts = strong <= np.median(strong), strong > np.quantile(strong, 0.85)
    return np.stack([np.median(colours[part], axis=0) for part in parts])


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_colour_where_warm_and_cool_meet_is_told(theme) -> None:
    # Lost otherwise: bundles of both are pale, on paper dark, and look like a third thing.
    scene = compose(trace("mlp-sigmoid"), size=(640, 360), theme=theme)
    frame = scene.frame(scene.seconds)
    said = {caption.text: caption for caption in frame.captions}
    row = said["where both meet"].at[1]
    (swatch,) = (
        each
        for each in frame.swatches
        if each.box[1] < row < each.box[3] + 0.4 * said["where both meet"].size
    )
    seen = _seen_where_both_meet(scene, frame)
    away = np.abs(swatch.colours.astype(float) - seen[:, None]).max(axis=2).min(axis=1)
    assert (away < 40).all(), f"{seen.round()} are seen, not {swatch.colours[::85].tolist()}"
    for look in ({"sign": 1}, {"sign": -1}, {"size": (480, 270)}):
        other = compose(trace("mlp-sigmoid"), **{"size": (1280, 720), **look})
        assert "where both meet" not in {caption.text for caption in other.frame(other.seconds).captions}


def test_each_half_of_a_pair_tells_the_colour_where_warm_and_cool_meet() -> None:
    # Lost otherwise: its bundles are as pale as those of one net, and nothing says what that is.
    one = trace("mlp-sigmoid")
    pair = compose_pair(
        one, one.net.mutate("ablate hidden1:5").trace(one.activation["input"]), size=(1280, 720)
    )
    for half in (pair.left, pair.right):
        assert "where both meet" in {caption.text for caption in half.frame(half.seconds).captions}


def test_what_does_as_another_did_is_told_in_a_few_words() -> None:
    # Lost otherwise: 80 letters for half a second, layer after layer, or an ELU that is said to do as a SiLU.
    maps, flat = (
        "conv 2 3x3 relu | conv 2 3x3 relu | conv 2 5x5 relu",
        "dense 4 relu | dense 3 silu | dense 1 silu | dense 2 elu",
    )
    net = engine.build(f"input 28x28 | {maps} | {flat} | dense 2 softmax", np.random.default_rng(0))
    told = [said.text for _, said in steps(net)][1:]
    assert [text.split(": as in ")[1:] for text in told] == [
        *([], ["Convolution 1"], []),
        *([], [], ["Hidden 2"], [], []),
    ]
    sentences = [said.text for _, said in steps(trace("vit-tiny").net)]
    blocks = [text for text in sentences if text.startswith("Block ")]
    assert blocks[1:] == [f"Block {number}: as in Block 1" for number in range(2, len(blocks) + 1)]


def test_percentages_appear_only_when_their_bars_have_grown() -> None:
    made = trace()
    scene = compose(made)
    true = {ENGLISH.percent(float(p)) for p in made.probabilities}
    for t in np.linspace(0, scene.seconds, 80):
        frame = scene.frame(t)
        numbers = {caption.text for caption in frame.captions if caption.text.endswith("%")}
        assert numbers <= true
        if numbers:
            assert np.abs(frame.bars - made.probabilities).max() < 0.01


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_of_an_empty_picture_the_answer_is_no_loud_claim(size) -> None:
    # Lost otherwise: a bright 5 over a pad on which nothing is drawn.
    net = trace().net
    empty = net.trace(np.zeros((28, 28), np.uint8))
    scene = compose(empty, size=size)
    told = {caption.text: caption for caption in scene.frame(scene.seconds).captions}
    assert told["nothing is drawn"].colour == scene.theme.text_soft
    answer = max(scene.frame(scene.seconds).captions, key=lambda each: each.size)
    assert (answer.text, answer.colour) == (str(empty.prediction), scene.theme.text_faint)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_the_verdict_names_the_truth(size) -> None:
    best = trace().prediction
    wrong = (best + 1) % 10

    def said(given: int | None) -> list[str]:
        scene = compose(trace(), size=size, label=given)
        return [caption.text for caption in scene.frame(scene.seconds).captions]

    assert f"label: {best}  ✓" in said(best)
    assert f"label: {wrong}  ✗" in said(wrong)
    sentence = f"The longest bar is the answer: {best}, but it was meant as a {wrong}"
    for seconds, expected in ((11.5, f"Answer: {best}, label: {wrong}"), (60, sentence)):
        scene = compose(trace(), size=size, label=wrong, seconds=seconds)
        told = [caption.text for caption in scene.frame(scene.timeline.back[0] - 0.3).captions]
        assert expected in told
    assert not any("label" in text for text in said(None))


def test_of_many_classes_the_bar_of_all_others_may_be_the_longest() -> None:
    # Lost otherwise: of 1,000 classes the longest bar is called the answer, and is that of 990 others.
    net = engine.build("input 4x4 | dense 40 softmax", np.random.default_rng(0))
    sure = {**net.parameters, "output.bias": np.where(np.arange(40) == 3, 9, 0).astype(np.float32)}
    for each, told in ((net, "The likeliest class is"), (net.replace(sure), "The longest bar is")):
        made = compose(each.trace(np.ones((4, 4), np.float32)), label=7)
        assert made.words.ends[1].text.startswith(f"{told} the answer: ")
        assert "it is 7" in made.words.ends[1].text


def test_a_picture_is_called_empty_where_nothing_came_in_not_where_an_edit_took_it_away() -> None:
    # Lost otherwise: the true label of a digit whose input is silenced, under words that are not so.
    net = trace().net
    silenced = compose(net.mutate("ablate input").trace(np.eye(28, dtype=np.uint8) * 255), label=3)
    empty = compose(net.trace(np.zeros((28, 28), dtype=np.uint8)))
    assert silenced.words.verdict.startswith("label: 3")
    assert empty.words.verdict == "nothing is drawn"


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
    assert ENGLISH.percent(share) == text


@pytest.mark.parametrize("size", SIZES)
def test_the_count_of_synapses_is_told_and_true(size) -> None:
    made = trace()
    scene = compose(made, size=size, synapses=1000)
    for t, strands in ((3.0, scene.signal), (scene.seconds, scene.drawn)):
        said = " ".join(caption.text for caption in scene.frame(t).captions)
        assert f"{len(strands):,} of 566,528 synapses drawn" in said


def test_the_legend_follows_the_beat() -> None:
    # Lost otherwise: one meaning for each colour at a time.
    scene = compose(trace())
    forth, back = ({c.text for c in scene.frame(t).captions} for t in (4.0, scene.seconds))
    assert "signal: |weight × activation|" in forth - back
    assert {"speaks for 3", "speaks against 3"} <= back - forth
    assert "the strongest signals into neurons that fire" in forth - back
    assert any(text.startswith("they carry ") for text in back - forth)


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


def test_a_stop_at_a_convolution_tells_as_much_as_can_be_read_in_it() -> None:
    # Lost otherwise: two seconds in which a picture stands still under half a sentence.
    for language, told in (("en", "and keep what is positive"), ("de", "und behalten Positives")):
        said = compose(trace("cnn-draw"), pause={"conv1": 2.5}, language=language).story()
        assert any("5×5" in text and told in text for _, text in said)
