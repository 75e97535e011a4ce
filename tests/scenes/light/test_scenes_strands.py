"""What is drawn is what is computed: each line of a frame is a synapse of the engine."""

import re

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from scenes import SHOWN, compose
from scenes.light import neurons
from scenes.light.pulse import arrivals, overlap

PRESETS = ("mlp", "mlp-sigmoid", "cnn-draw")


def by_hand(made: engine.Trace, synapses: engine.Synapses, target: str, show: str) -> np.ndarray:
    """Work out what each synapse into a layer comes to, by what is shown."""
    net = made.net
    ids = synapses.target - net.offset(target)
    slope = engine.lead_gradient(made)[target].reshape(-1)[ids]
    start = made.neurons[synapses.source]
    if show == "signal":
        reached = np.abs(made.activation[target].reshape(-1))
        fires = (reached > 0.01 * reached.max()) | (target == net.layers[-1].name)
        return synapses.weight * start * fires[ids]
    return {
        "evidence": synapses.weight * start * slope,
        "contribution": synapses.weight * start,
        "weight": synapses.weight * (synapses.kind <= engine.Kind.FIXED),
        "gradient": start * slope * (synapses.kind == engine.Kind.LEARNED),
    }[show]


@pytest.mark.parametrize("show", ["evidence", "contribution", "weight", "gradient", "signal"])
@pytest.mark.parametrize("preset", PRESETS)
def test_the_drawn_synapses_are_the_strongest_by_brute_force(preset: str, show: str) -> None:
    # Lost otherwise: "the strongest" in the legend would be a lie.
    made = trace(preset)
    scene = compose(made, show="evidence" if show == "signal" else show)
    strands = scene.signal if show == "signal" else scene.drawn
    shares = []
    for (source, target), span in zip(made.net.connections, strands.spans, strict=True):
        every = made.net.synapses(source, target, made)
        product = by_hand(made, every, target, show)
        count = span.stop - span.start
        assert count > 30 or (show in ("gradient", "weight") and target.startswith("pool"))
        drawn = pairs(strands.source[span], strands.target[span])
        assert len(set(drawn.tolist())) == count
        order = np.argsort(pairs(every.source, every.target))
        found = order[np.searchsorted(pairs(every.source, every.target)[order], drawn)]
        np.testing.assert_array_equal(pairs(every.source, every.target)[found], drawn)
        np.testing.assert_allclose(strands.value[span], product[found], rtol=1e-4)
        rest = np.delete(np.abs(product), found)
        if count:
            assert rest.max(initial=0) <= np.abs(product[found]).min() * (1 + 1e-4)
            shares.append(np.abs(product[found]).sum() / np.abs(product).sum())
    if show != "signal":
        told = re.findall(r"(\d+)%", scene.words.key.note)
        exact = 100 * np.mean(shares), 100 * np.min(shares)
        np.testing.assert_allclose([int(part) for part in told], exact, atol=0.51)


def pairs(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """One number for each pair of neurons."""
    return source.astype(np.int64) << 32 | target


@pytest.mark.parametrize("preset", PRESETS)
def test_a_synapse_is_as_bright_as_its_evidence(preset: str) -> None:
    scene = compose(trace(preset))
    frame = scene.frame(scene.seconds)
    strands, alpha = scene.drawn, frame.synapse_rgba[..., 3].astype(float)
    fog = neurons.fog(scene.neurons, scene.layout, frame.camera)
    for span in strands.spans:
        size = np.abs(strands.value[span])
        np.testing.assert_allclose(strands.strength[span], size / size.max(), rtol=1e-5)
        for sign in (True, False):
            these = np.flatnonzero((strands.value[span] > 0) == sign)
            light = alpha[span][these, -1] / fog[strands.target[span]][these]
            order = np.argsort(size[these])
            # One step of 8 bits is all that rounding may take back.
            assert np.all(np.diff(light[order]) >= -2.1), "a stronger synapse is drawn fainter"
        bright = alpha[span][:, -1] / fog[strands.target[span]]
        assert np.median(bright) < 0.35 * bright.max(), "the strong do not stand out"


@pytest.mark.parametrize("show", SHOWN)
def test_the_colour_of_a_synapse_tells_its_sign_and_the_signal_has_none(show: str) -> None:
    scene = compose(trace(), show=show)
    rgb = scene.frame(scene.seconds).synapse_rgba[:, 0, :3].astype(int)
    warm = scene.drawn.value > 0
    assert warm.any()
    assert not warm.all()
    assert np.all(rgb[warm, 0] > rgb[warm, 2])
    assert np.all(rgb[~warm, 2] > rgb[~warm, 0])
    pale = scene.frame(5.0).signal_rgba[:, 0, :3].astype(int)
    assert np.ptp(pale, axis=1).max() < 40
    # Not the white of a neuron at its highest, which is warm.
    assert np.all(pale[:, 2] > pale[:, 0])


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
@pytest.mark.parametrize("preset", [*PRESETS, "vit-tiny"])
def test_a_strand_runs_from_its_source_to_its_target(preset: str, size) -> None:
    # Lost otherwise: strands that end in the neuron beside, or in another layer.
    scene = compose(trace(preset), size=size)
    places = scene.layout.positions
    for drawn in (scene.drawn, scene.signal):
        np.testing.assert_allclose(drawn.curves[:, 0], places[drawn.source], atol=1e-3)
        np.testing.assert_allclose(drawn.curves[:, -1], places[drawn.target], atol=1e-3)
        bounds = {panel.layer: (panel.start, panel.stop) for panel in scene.layout.panels}
        for (_, target), span in zip(trace(preset).net.connections, drawn.spans, strict=True):
            low, high = bounds[target]
            assert ((drawn.target[span] >= low) & (drawn.target[span] < high)).all()


def test_a_strand_leaves_its_source_unlit() -> None:
    # Lost otherwise: the pixels that most strands leave from are bleached, to a white that is no activation.
    scene = compose(trace())
    rgba = scene.frame(scene.seconds).synapse_rgba[..., 3].astype(float)
    strong = rgba.max(axis=1) > 60
    assert strong.sum() > 100
    assert (rgba[strong, 0] == 0).all()
    assert (rgba[strong, 1] <= 0.15 * rgba[strong].max(axis=1)).all()


@pytest.mark.parametrize("sign", [-1, 1])
def test_one_sign_alone_is_drawn_where_that_is_asked_for(sign: int) -> None:
    scene = compose(trace(), sign=sign)
    assert len(scene.drawn) > 500
    assert np.all(scene.drawn.value * sign > 0)
    assert bool(scene.words.key.warm) == (sign > 0)
    assert bool(scene.words.key.cool) == (sign < 0)
    told = "speaks for 3," if sign > 0 else "speaks against 3,"
    assert told in compose(trace(), sign=sign).words.ends[2].text
    rival = "for 3 and not for 5" if sign > 0 else "for 5 and not for 3"
    assert rival in compose(trace(), sign=sign, against=5).words.ends[2].text


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_where_nothing_is_lit_nothing_is_said_to_be(language: str) -> None:
    """A dead net's picture said "Lit: what speaks for 0", and not one synapse was."""
    dead = trace().net.mutate("ablate hidden3").trace(trace().activation["input"])
    told = {
        show: compose(dead, show=show, language=language).words.ends[2].text
        for show in ("evidence", "contribution")
    }
    nothing = {"en": "Nothing is lit: ", "de": "Nichts ist hell: ", "es": "Nada se ilumina: "}[language]
    assert told["evidence"].startswith(nothing)
    assert not told["contribution"].startswith(nothing), "of the layers ahead of it something is"
    assert not compose(trace(), language=language).words.ends[2].text.startswith(nothing)


def test_evidence_is_for_the_class_that_is_asked_for() -> None:
    made = trace()
    strands = compose(made, of=9, against=4).drawn
    slope = engine.lead_gradient(made, 9, 4)["output"]
    last = strands.spans[-1]
    ids = strands.target[last] - made.net.offset("output")
    assert set(ids.tolist()) == {9, 4}
    weights = made.net.parameters["output.weight"]
    product = weights[strands.source[last] - made.net.offset("hidden3"), ids]
    exact = product * made.neurons[strands.source[last]] * slope[ids]
    np.testing.assert_allclose(strands.value[last], exact, rtol=1e-5)


def test_the_share_that_is_told_is_that_of_what_is_asked_for() -> None:
    # Lost otherwise: strands for 9 against 4 beside the share of those for the answer.
    made = trace()
    scene, other = (compose(made, synapses=600, **asked) for asked in ({"of": 9, "against": 4}, {}))
    shares = []
    for (source, target), span in zip(made.net.connections, scene.drawn.spans, strict=True):
        total = np.abs(engine.evidence(made, made.net.synapses(source, target, made), 9, 4)).sum()
        shares.append(np.abs(scene.drawn.value[span]).sum() / total)
    told = [int(part) for part in re.findall(r"(\d+)%", scene.words.key.note)]
    assert abs(np.mean(shares) - np.median(shares)) > 0.02
    np.testing.assert_allclose(told, (100 * np.mean(shares), 100 * np.min(shares)), atol=0.51)
    assert told != [int(part) for part in re.findall(r"(\d+)%", other.words.key.note)]


def test_the_legend_counts_the_strands_of_its_own_beat() -> None:
    made = trace("cnn-draw", 0)
    scene = compose(made)
    assert len(scene.drawn) != len(scene.signal)
    assert scene.words.key.drawn.startswith(f"{len(scene.drawn):,} of {made.net.edge_count:,} ")
    assert scene.words.key.sent.startswith(f"{len(scene.signal):,} of {made.net.edge_count:,} ")


def test_evidence_appears_from_the_answer_back_to_the_ink_once_the_answer_stands() -> None:
    # Lost otherwise: the second half of the story, and one meaning for each colour at a time.
    scene = compose(trace())
    starts = []
    for number in range(len(scene.drawn.spans)):
        begin, end = scene.timeline.backs[number]
        light = [
            scene.frame(t).synapse_rgba[scene.drawn.spans[number], :, 3].astype(float) for t in (begin, end)
        ]
        assert not light[0].any(), "evidence shines before the way back has come to it"
        assert light[1].any()
        middle = scene.frame((begin + end) / 2).synapse_rgba[scene.drawn.spans[number], :, 3].astype(float)
        assert middle[:, -1].sum() > 0
        assert middle[:, 3].sum() < 0.5 * light[1][:, 3].sum()
        starts.append(begin)
    assert starts == sorted(starts, reverse=True)
    assert scene.timeline.answer[1] <= starts[-1]
    assert not scene.frame(scene.seconds).signal_rgba[..., 3].any()
    assert not scene.frame(scene.timeline.back[0]).synapse_rgba[..., 3].any()


def test_the_signal_travels_layer_by_layer() -> None:
    scene = compose(trace())
    firsts = [scene.neurons.fires[panel.start : panel.stop].min() for panel in scene.layout.panels]
    assert firsts == sorted(firsts)
    assert np.all(arrivals(scene.signal, scene.timeline) <= scene.timeline.bars[0] + 1e-5)
    for number, (start, end) in enumerate(scene.timeline.pulses):
        span = scene.signal.spans[number]
        before = scene.frame(start).signal_rgba[span, :, 3]
        assert not before.any(), "a synapse shines before its source has fired"
        middle = scene.frame((start + end) / 2).signal_rgba[span, :, 3].astype(float)
        place = (middle * np.arange(middle.shape[1])).sum() / middle.sum()
        later = scene.frame(end).signal_rgba[span, :, 3].astype(float)
        assert (later * np.arange(later.shape[1])).sum() / later.sum() > place


@pytest.mark.parametrize("preset", ["mlp", "cnn-fast", "cnn-balanced", "cnn-crop"])
def test_no_front_of_pulses_turns_to_a_white_blot(preset) -> None:
    # Lost otherwise: as a layer fires, the strands are one white patch that hides where each goes.
    scene = compose(trace(preset))
    for drawn, light in ((scene.signal, scene.signal_light), (scene.drawn, scene.light)):
        # As the camera sees it: where strands stand before each other, it is their sum that turns white.
        sight = np.stack(scene.path.end.axes()[:2]).astype(np.float32)
        for place in (2, 6, 10):
            meets = overlap(drawn, light.front[:, place], sight)[:, place]
            assert meets.max() <= 0.701
        for span in drawn.spans:
            assert (np.diff(light.front[span], axis=0) >= 0).all(), (
                "the strongest shine brightest all the same"
            )
        assert light.front.max() >= 0.25, "where few meet, each has its light"


def test_a_blank_input_makes_a_picture_without_synapses_from_it() -> None:
    made = trace().net.trace(np.zeros((28, 28), dtype=np.uint8))
    scene = compose(made)
    assert scene.drawn.spans[0].stop == scene.signal.spans[0].stop == 0
    assert np.isfinite(scene.frame(5.0).level).all()
