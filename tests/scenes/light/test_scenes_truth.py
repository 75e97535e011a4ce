"""What is drawn is what is computed: colours, sizes and bars of neurons are values of the engine."""

import dataclasses

import numpy as np
import pytest
from scene_fixtures import label, trace

import data
import engine
from scenes import THEMES, compose
from scenes.light import neurons
from scenes.light.level import levels
from scenes.light.theme import sample

PRESETS = ("mlp", "mlp-sigmoid", "cnn-draw")
TIMES = (0.0, 0.9, 2.1, 3.7, 5.5, 7.4, 8.3, 10.5)


def shown(made: engine.Trace) -> np.ndarray:
    """Work out from the engine what each neuron should show: |activation| over its layer's maximum.

    Of maps over what 99 % of the layer do not exceed: the 1 % above are as bright as can be.
    """
    parts = []
    for layer in made.net.layers[:-1]:
        values = np.abs(made.activation[layer.name].ravel())
        if layer.activation == "sigmoid":
            # Neurons that are always on show how far they are from their usual value: 1 sigma to 4 sigma.
            known = made.net.statistics.layers[layer.name]
            away = np.abs(made.activation[layer.name].ravel() - known.mean) / known.deviation
            parts.append(np.clip((away - 1) / 3, 0, 1))
            continue
        maps = layer.name.startswith(("conv", "pool"))
        parts.append(np.minimum(values / (np.percentile(values, 99) if maps else values.max()), 1))
    return np.concatenate([*parts, made.probabilities])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_neuron_ends_at_its_activation(preset: str) -> None:
    # Lost otherwise: the promise that a bright neuron is an active one.
    scene = compose(trace(preset))
    np.testing.assert_allclose(scene.frame(scene.seconds).level, shown(trace(preset)), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("t", TIMES)
def test_a_neuron_shows_nothing_before_its_signal_and_its_activation_after(preset: str, t: float) -> None:
    scene = compose(trace(preset))
    level, final = scene.frame(t).level, shown(trace(preset))
    fires, rise = scene.neurons.fires, scene.neurons.rise
    assert np.all(level[fires >= t] == 0)
    lit = fires + rise <= t
    np.testing.assert_allclose(level[lit], final[lit], rtol=1e-6, atol=1e-7)
    assert np.all(level <= final + 1e-6)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_neuron_lights_before_the_light_of_a_pulse_has_come_to_it(preset: str) -> None:
    # Lost otherwise: the story of the film, that neurons light because of what reaches them.
    scene = compose(trace(preset))
    waits, reached = np.zeros((2, len(scene.neurons.level)), dtype=bool)
    waits[scene.signal.target] = True
    for t in np.arange(0.0, scene.seconds, 0.05):
        frame = scene.frame(t)
        reached[scene.signal.target[frame.signal_rgba[:, -1, 3] > 0]] = True
        assert not frame.level[waits & ~reached].any(), f"a neuron lights too early at {t:.2f} s"
    assert reached[waits].all()


@pytest.mark.parametrize("preset", ["mlp-sigmoid", "vit-tiny"])
def test_a_neuron_below_its_usual_value_is_told_from_one_above(preset: str) -> None:
    # Lost otherwise: half of what a signed neuron says.
    made = trace(preset)
    scene = compose(made)
    frame = scene.frame(scene.seconds)
    for layer in made.net.layers[1:-1]:
        if layer.name not in made.net.statistics.layers:
            continue
        known, start = made.net.statistics.layers[layer.name], made.net.offset(layer.name)
        away = (made.activation[layer.name].ravel() - known.mean) / np.where(
            known.deviation > 0, known.deviation, 1
        )
        rgb = frame.neuron_rgb[start : start + layer.size].astype(int)
        for side, ramp in ((away > 1.9, scene.theme.heat), (away < -1.9, scene.theme.chill)):
            warm = ramp is scene.theme.heat
            assert np.all((rgb[side, 0] > rgb[side, 2]) == warm)
    assert scene.words.scale.ends == ("−4σ", "±1σ", "+4σ")


def test_what_is_below_zero_is_told_where_no_usual_values_are_known() -> None:
    net = dataclasses.replace(trace("mlp-sigmoid").net, statistics=None)
    made = net.mutate("clamp hidden1:3 -0.7").trace(data.load("digits").images[3])
    scene = compose(made)
    rgb = scene.frame(scene.seconds).neuron_rgb[net.offset("hidden1") + 3].astype(int)
    assert rgb[2] > rgb[0]
    assert scene.words.scale.ends == ("−max", "0", "max")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("t", TIMES)
def test_colour_and_size_follow_the_level(theme: str, t: float) -> None:
    scene = compose(trace(), theme=theme)
    frame = scene.frame(t)
    balls = ~scene.neurons.flat
    ground = np.array(scene.theme.background if scene.theme.ink else (0, 0, 0), dtype=np.float64)
    heat = sample(scene.theme.heat, frame.level[balls] ** 0.75 * 0.965).astype(np.float64)
    fog = neurons.fog(scene.neurons, scene.layout, frame.camera)[balls, None]
    np.testing.assert_allclose(frame.neuron_rgb[balls], heat * fog + ground * (1 - fog), atol=1.01)
    rested = frame.t > scene.neurons.fires + 3 * scene.neurons.rise
    for panel in scene.layout.panels[1:-1]:
        ids = np.arange(panel.start, panel.stop)[rested[panel.start : panel.stop]]
        order = np.argsort(frame.level[ids])
        assert np.all(np.diff(frame.neuron_size[ids][order]) >= -1e-6), (
            f"{panel.layer}: a brighter ball is smaller"
        )


@pytest.mark.parametrize("preset", PRESETS)
def test_bars_end_at_the_probabilities_and_never_pass_them(preset: str) -> None:
    scene = compose(trace(preset))
    logits = trace(preset).pre["output"].astype(np.float64)
    exact = 1 / (1 + np.exp(-logits)) if preset == "mlp-sigmoid" else np.exp(logits - logits.max())
    exact /= exact.sum()
    np.testing.assert_allclose(scene.frame(scene.seconds).bars, exact, atol=1e-6)
    grown = np.array([scene.frame(t).bars for t in np.linspace(0, scene.seconds, 60)])
    assert np.all(grown[0] == 0)
    assert np.all(np.diff(grown, axis=0) >= 0)


def test_a_frame_depends_on_its_time_alone() -> None:
    # Lost otherwise: films drawn by several processes, and scrubbing.
    scene = compose(trace(), label=label())
    first = scene.frame(4.2)
    scene.frame(9.0)
    again = scene.frame(4.2)
    np.testing.assert_array_equal(first.signal_rgba, again.signal_rgba)
    np.testing.assert_array_equal(first.neuron_rgb, again.neuron_rgb)
    assert first.captions == again.captions
    assert first.camera == again.camera


def test_how_far_a_neuron_is_from_its_usual_value_is_by_what_is_known_of_its_own_net() -> None:
    # Lost otherwise: statistics worked out anew, and sigmas of the old ones on the screen.
    made = trace("mlp-sigmoid")
    known = made.net.statistics
    moved = {
        name: dataclasses.replace(each, mean=each.mean + each.deviation)
        for name, each in known.layers.items()
    }
    anew = dataclasses.replace(made.net, statistics=dataclasses.replace(known, layers=moved))
    other = anew.trace(data.load("digits").images[3])
    for each in (made, other, made):
        np.testing.assert_allclose(levels(each)[0], shown(each), rtol=1e-5, atol=1e-6)
    assert np.abs(levels(other)[0] - levels(made)[0]).max() > 0.2
