"""What decides between two classes: found among all hidden layers, and measured by silencing it."""

from dataclasses import replace

import numpy as np
import pytest

import data
import engine
from engine import EngineError
from engine.studies.deciders import _told_once

NETS = {name: engine.load(data.model_path(name)) for name in ("mlp", "cnn-draw", "cnn-fast", "vit-tiny")}
DIGITS = data.load("digits", "test")
MISREAD = DIGITS.images[111]  # a four that mlp reads as a nine
EDITS = "clamp hidden3:5 2; add hidden1:3 -> output:4 0.5; ablate hidden1:17"


@pytest.mark.parametrize(
    ("name", "edits"), [("mlp", ""), ("mlp", EDITS), ("cnn-draw", "scale conv2:map3 2"), ("vit-tiny", "")]
)
def test_what_is_told_of_each_is_what_ablate_makes_of_it(name, edits):
    # Lost otherwise: "without it a four", and whoever ablates it sees something else.
    net = NETS[name].mutate(edits)
    trace = net.trace(MISREAD)
    found = engine.deciders(trace)
    assert found.lead == pytest.approx(engine.lead(trace, found.ahead, found.behind))
    assert (found.ahead, found.behind) == tuple(np.argsort(-trace.probabilities)[:2])
    for each in (*found.neurons[:5], *found.neurons[-2:], *found.groups[:3], *found.groups[-1:]):
        silent = net.mutate(f"ablate {each.where}").trace(MISREAD)
        np.testing.assert_allclose(each.probabilities, silent.probabilities, atol=2e-5, err_msg=each.where)
        left = engine.lead(silent, found.ahead, found.behind)
        assert each.lost == pytest.approx(found.lead - left, abs=2e-4), each.where
        assert each.answer == silent.prediction
        assert each.lost > 0
        assert len(each.neurons) == 1 or each.each in each.where
    for some in (found.neurons, found.groups):
        order = [(each.answer == trace.prediction, -each.lost) for each in some]
        assert order == sorted(order), "those that turn the answer come first, then the most costly"


@pytest.mark.parametrize(("name", "number"), [("mlp", 111), ("mlp", 4), ("cnn-fast", 80)])
def test_no_neuron_of_any_layer_costs_more_than_the_first(name, number):
    # Lost otherwise: the last layer's five, of which none moves the bars.
    net = NETS[name]
    trace = net.trace(DIGITS.images[number])
    found = engine.deciders(trace)
    best = max(
        float(engine.margins(trace, layer.name, found.ahead, found.behind).push.max())
        for layer in net.layers[1:-1]
    )
    assert max(each.lost for each in found.neurons) == pytest.approx(best, abs=1e-3)


def test_the_rivals_side_is_what_holds_the_lead_down():
    trace = NETS["mlp"].trace(MISREAD)
    found = engine.deciders(trace, 4, 9)
    assert found.lead < 0
    first = found.neurons[0]
    silent = NETS["mlp"].mutate(f"ablate {first.where}").trace(MISREAD)
    assert engine.lead(silent, 4, 9) < found.lead - 0.9 * first.lost


def test_a_pooled_neuron_that_passes_another_on_is_told_once():
    net = NETS["cnn-draw"]
    for number in (0, 1, 4, 80):
        found = engine.deciders(net.trace(DIGITS.images[number]))
        told = {(each.where.partition(":")[0], round(each.lost, 4)) for each in found.neurons}
        for pooled, seen in (("pool1", "conv1"), ("pool2", "conv2")):
            assert not {lost for layer, lost in told if layer == pooled} & {
                lost for layer, lost in told if layer == seen
            }


def test_a_pooled_neuron_is_told_beside_another_that_by_chance_costs_as_much():
    # Lost otherwise: one that decides goes unsaid, as a neuron that it never hears costs the same.
    net = NETS["cnn-draw"]
    trace = net.trace(DIGITS.images[41])
    pooled = next(each for each in engine.deciders(trace).neurons if each.where.startswith("pool2:"))
    heard = net.synapses_into("pool2", int(pooled.neurons[0]) - net.offset("pool2"), trace).source
    for source, count in ((int(heard[0]), 1), (int(heard[0]) + 1, 2)):  # of the same map, and of the next
        assert (source in heard) == (count == 1)
        other = replace(pooled, where="conv2:0,0,0", neurons=np.array([source]))
        assert len(list(_told_once(trace, [other, pooled]))) == count


def test_whole_maps_and_heads_are_tried_where_there_are_any():
    assert not engine.deciders(NETS["mlp"].trace(MISREAD)).groups
    for name, words in (("cnn-draw", "conv"), ("vit-tiny", "attention:head")):
        groups = engine.deciders(NETS[name].trace(MISREAD)).groups
        assert groups
        assert all(words in each.where for each in groups)


def test_where_nothing_is_hidden_nothing_decides_and_a_class_is_no_rival_of_itself():
    trace = NETS["mlp"].mutate("ablate hidden3").trace(MISREAD)
    found = engine.deciders(trace)
    assert (found.neurons, found.groups) == ((), ())
    with pytest.raises(EngineError, match="its own rival"):
        engine.deciders(trace, 4, 4)


def test_it_can_be_left_off_between_two_steps():
    # Lost otherwise: a pen waits until all of an older drawing's candidates are measured.
    steps = engine.deciders_in_steps(NETS["vit-tiny"].trace(MISREAD))
    assert [next(steps) for _ in range(5)] == [None] * 5
    steps.close()
