"""A neuron's own synapses are lit, and all others step back."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from scenes import Stage, compose, focus_on, focus_on_class, focus_on_group
from scenes.lettering.keys.strand_key import key_of_focus
from scenes.light.focus import MOST, MOST_OF_CLASS, MOST_OF_GROUP, focus_on_synapse
from scenes.texts import ENGLISH

SIZE = (320, 200)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_focus_holds_the_strongest_synapses_in_and_out(preset) -> None:
    # Lost otherwise: what is lit is not what decides.
    found = trace(preset)
    scene, net = compose(found, size=SIZE, synapses=100), found.net
    for layer in net.layers[1:-1]:
        index = int(np.argmax(np.abs(found.display(layer.name).reshape(-1))))
        neuron = net.offset(layer.name) + index
        focus = focus_on(found, scene.layout, scene.theme, neuron)
        into = net.synapses_into(layer.name, index, found)
        value = np.abs(into.weight * found.neurons[into.source])
        inward = focus.target == neuron
        best = np.sort(value[value > 0])[-MOST:]
        np.testing.assert_allclose(np.abs(focus.value[inward]), best, rtol=1e-6)
        assert (focus.target[~inward] != neuron).all()
        np.testing.assert_allclose(
            focus.curves[inward, -1], scene.layout.positions[[neuron] * len(best)], atol=1e-3
        )
        assert 0 < len(focus.value) <= 2 * MOST


def test_of_a_silent_neuron_the_weights_are_lit_that_would_carry_it() -> None:
    found = trace()
    neuron = found.net.offset("hidden1") + 201
    image = data.load("digits").images[3]
    silent = found.net.mutate("ablate hidden1:201").trace(image)
    scene = compose(silent, size=SIZE, synapses=100)
    focus = focus_on(silent, scene.layout, scene.theme, neuron)
    assert (focus.source == neuron).sum() == MOST


@pytest.mark.parametrize(
    ("edits", "warm", "note"),
    [
        ("clamp hidden1:201 1", "excites its target (w·a > 0)", ""),
        ("ablate hidden1:201", "weight above 0", "its source is silent: it is lit by weight"),
    ],
)
def test_a_synapse_of_a_silent_source_is_not_said_to_excite_or_inhibit(edits, warm, note) -> None:
    # Lost otherwise: "inhibits its target (w·a < 0)" beside a line that carries nothing.
    found = trace().net.mutate(edits).trace(data.load("digits").images[3])
    scene, net = compose(found, size=SIZE, synapses=100), found.net
    ends = net.offset("hidden1") + 201, net.offset("hidden2") + 5
    key = key_of_focus(focus_on_synapse(found, scene.layout, scene.theme, *ends), ENGLISH)
    assert (key.warm, key.note) == (warm, note)
    whole = key_of_focus(focus_on(found, scene.layout, scene.theme, ends[0]), ENGLISH)
    assert whole.warm == "excites its target (w·a > 0)", "what reaches it does"


@pytest.mark.parametrize(
    ("preset", "where", "edits"),
    [
        ("cnn-draw", "conv2:map3", ""),
        ("cnn-draw", "pool1:map3", "scale conv1:map3 -> pool1 2"),
        ("vit-tiny", "block1.attention:head1", ""),
        ("mlp", "hidden2:3-17", "set hidden1:5 -> hidden2:17 3; cut hidden1 -> hidden2:3"),
    ],
)
def test_of_a_group_the_strongest_into_it_and_out_of_it_are_lit(preset, where, edits) -> None:
    # Lost otherwise: a map that was picked has no synapse of its own to be seen, or another map's.
    found = trace(preset)
    if edits:
        found = found.net.mutate(edits).trace(data.load("digits").images[3])
    scene, net = compose(found, size=SIZE, synapses=100), found.net
    numbers, layer = net.neuron(where).numbers, where.partition(":")[0]
    focus = focus_on_group(found, scene.layout, scene.theme, numbers)
    inward = np.isin(focus.target, numbers)
    for into, mine in ((True, inward), (False, ~inward)):
        read = net.synapses_into if into else net.synapses_out_of
        each = [read(layer, number - net.offset(layer), found) for number in numbers]
        values = np.concatenate([some.weight * found.neurons[some.source] for some in each])
        best = np.sort(np.abs(values[values != 0]))[-MOST_OF_GROUP:]
        np.testing.assert_allclose(np.sort(np.abs(focus.value[mine])), best, rtol=1e-5)
    assert np.isin(focus.source[~inward], numbers).all()
    assert (focus.about, focus.synapse) == (numbers, False)


def test_of_a_silent_group_the_weights_are_lit_that_would_carry_it() -> None:
    found = trace()
    found = found.net.mutate("ablate hidden2:3-17").trace(data.load("digits").images[3])
    scene, numbers = compose(found, size=SIZE, synapses=100), found.net.neuron("hidden2:3-17").numbers
    focus = focus_on_group(found, scene.layout, scene.theme, numbers)
    assert np.isin(focus.source, numbers).sum() == MOST_OF_GROUP
    assert focus.silent
    assert key_of_focus(focus, ENGLISH).warm == "excites its target (w·a > 0)", "what reaches them does"


def test_all_other_synapses_step_back_and_the_stage_draws_the_focus(screen) -> None:
    found = trace()
    scene = compose(found, size=SIZE, synapses=300)
    moment, neuron = scene.moment(scene.seconds), found.net.offset("hidden2") + 17
    focus = focus_on(found, scene.layout, scene.theme, neuron)
    plain, lit = scene.seen(moment), scene.seen(moment, focus=focus)
    assert (lit.synapse_rgba[..., 3] <= 0.28 * plain.synapse_rgba[..., 3] + 1).all()
    with Stage(scene) as stage:
        before = stage.render(plain)
        dim = stage.render(replace(lit, focus=None))
        drawn = stage.render(lit)
        assert dim.mean() < before.mean()
        assert drawn.mean() > dim.mean()
        np.testing.assert_array_equal(stage.render(plain), before)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_what_is_lit_for_a_class_has_the_most_evidence_for_it_or_against_it(preset) -> None:
    # Lost otherwise: what is lit does not decide for that class.
    found = trace(preset)
    scene, net = compose(found, size=SIZE, synapses=100), found.net
    label = int(np.argsort(-found.probabilities)[1])
    focus = focus_on_class(found, scene.layout, scene.theme, label)
    assert (focus.about, focus.label) == ((), label)
    assert 0 < len(focus.value) <= MOST_OF_CLASS
    starts = np.array([net.offset(layer.name) for layer in net.layers])
    of = [np.searchsorted(starts, ends, side="right") - 1 for ends in (focus.source, focus.target)]
    known = [layer.name for layer in net.layers]
    reached = {(known[a], known[b]) for a, b in zip(*of, strict=True)}
    assert (known[-2] if preset == "mlp" else net.layers[-1].sources[0], "output") in reached
    source, target = net.layers[-1].sources[0], "output"
    mine = of[1] == len(known) - 1
    best = engine.strongest(found, int(mine.sum()), source, target, by="evidence", of=label)[1]
    np.testing.assert_allclose(focus.value[mine][::-1], best, rtol=1e-6)
    warm = focus.rgba[:, 0, 0].astype(int) > focus.rgba[:, 0, 2]
    np.testing.assert_array_equal(warm, focus.value > 0)
    inputs = net.layers[0].size
    lit = focus.left(net.neuron_count, inputs) == 1
    ends = {*focus.source.tolist(), *focus.target.tolist()}
    assert set(np.flatnonzero(lit)) == ends | set(range(inputs)), "others are dimmed"


def test_of_a_net_of_many_connections_no_more_is_lit_for_a_class_than_there_is_room_for(screen) -> None:
    found = trace("vit-small")
    scene = compose(found, size=SIZE, synapses=100)
    focus = focus_on_class(found, scene.layout, scene.theme, 3)
    assert len(focus.value) <= MOST_OF_CLASS
    with Stage(scene) as stage:
        dark = stage.render(scene.seen(scene.moment(scene.seconds)))
        assert (stage.render(scene.seen(scene.moment(scene.seconds), focus=focus)) != dark).any()
