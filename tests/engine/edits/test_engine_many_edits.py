"""Many edited synapses: training takes them by compiled loops, and learns what it learns one by one."""

import numpy as np
import pytest
from image_nets import stack

import engine
from engine import Conv, Dense, MaxPool
from engine.run import Machine

CONV = stack((8, 8, 2), [Conv(4, 3, 3, 1, 1), MaxPool(2), Conv(5, 3, 3)], activation="relu").astype(
    np.float32
)
DENSE = stack((6, 6, 1), [Dense(40), Dense(30)], activation="tanh").astype(np.float32)

EDITS = {
    "maps cut off": (CONV, "cut max-pool1:map1 -> conv2"),
    "all cut": (CONV, "cut max-pool1 -> conv2"),
    "all set": (CONV, "set max-pool1 -> conv2 0.25"),
    "cut off but for what is added": (
        CONV,
        "cut max-pool1 -> conv2; add max-pool1:1,1,2 -> conv2:0,0,1 2; add input:1,1,1 -> conv2:0,0,0 2",
    ),
    "scaled and nudged": (
        CONV,
        "scale max-pool1:map1 -> conv2 0.5; nudge max-pool1 -> conv2:map3 0.1",
    ),
    "a map that sees nothing": (
        CONV,
        "cut max-pool1 -> conv2:map2; cut input -> conv0:map1; shift conv0:0,0,1 1",
    ),
    "windows": (
        CONV,
        "cut conv0 -> max-pool1:map1; scale conv0:map2 -> max-pool1 2; cut conv0:0,0,3 -> max-pool1",
    ),
    "much of a matrix": (DENSE, "cut input -> dense0"),
    "a matrix scaled": (DENSE, "scale input -> dense0 2; set dense0:3 -> dense1 0.5; cut dense0 -> dense1:4"),
    "rows of a matrix": (DENSE, "scale dense0:3-9 -> dense1 -2; cut input:1-3,* -> dense0:0-30"),
    "columns of a matrix": (DENSE, "nudge input -> dense0:3-9 0.1; scale dense0 -> dense1:2-20 0"),
    "kernels": (CONV, "nudge max-pool1 -> conv2:map1-3 0.2; scale input -> conv0 -1.5"),
    "maps nudged": (CONV, "nudge max-pool1:map1-2 -> conv2 0.3; set input:map1 -> conv0 0.2"),
    "windows weighted": (CONV, "scale conv0 -> max-pool1 -1.5"),
    "windows of some maps": (CONV, "nudge conv0:map1-2 -> max-pool1 -2.5"),
    "windows of one map": (CONV, "scale conv0 -> max-pool1:map2 0.5"),
    "some of a bundle apart": (
        DENSE,
        "scale input -> dense0 2; cut input:1,* -> dense0:0-1; nudge dense0 -> dense1 0.1",
    ),
    "some of all kernels apart": (CONV, "nudge max-pool1 -> conv2 0.02; cut max-pool1:1,1,* -> conv2:0,0,*"),
    "windows apart": (
        CONV,
        "scale conv0 -> max-pool1 -1.5; cut conv0:0,0,* -> max-pool1:0,0,1; shift conv0 1",
    ),
    "windows cut off": (CONV, "cut conv0 -> max-pool1; shift max-pool1 0.5"),
    "boxes of windows": (
        CONV,
        "set input:1-5,2-6,1 -> conv0:0-4,1-7,1-2 0.4; nudge max-pool1:0-2,1-3,1-3 -> conv2:*,0-1,2-4 0.3",
    ),
    "boxes of cells": (CONV, "set input:2-6,0-3,* -> conv0 -0.3; scale max-pool1:1-2,* -> conv2 1.5"),
    "boxes of sums": (CONV, "set input -> conv0:2-5,1-6,1-2 0.2; scale max-pool1 -> conv2:0-1,*,1-3 0.5"),
    "some cells into all windows": (CONV, "scale conv0:2-5,1-3,1-2 -> max-pool1 -2"),
    "all cells into a box of windows": (CONV, "scale conv0 -> max-pool1:0-1,1-2,1-2 -2"),
    "crossing ranges of a matrix": (
        DENSE,
        "cut input:0-2,* -> dense0; scale input:2-5,* -> dense0:5-30 2; add input:0,1 -> dense0:7 0.3; "
        "cut dense0:0-20 -> dense1; nudge dense0:10-30 -> dense1:3-25 0.1",
    ),
    "some of a matrix": (DENSE, "cut input:2,2 -> dense0; nudge dense0:5 -> dense1 -0.1"),
}


@pytest.mark.parametrize(("net", "text"), EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("count", [3, 70])
@pytest.mark.parametrize("bundled", [False, True])
def test_many_edits_at_once_are_as_good_as_one_by_one(net, text, count, bundled, monkeypatch):
    monkeypatch.setattr("engine.edits.synapses.links.MANY", 8)
    rng = np.random.default_rng(0)
    wide, edited, single = net.astype(np.float64), [], []
    edited += [net.mutate(text), wide.mutate(text)] if bundled else []
    monkeypatch.setattr("engine.edits.compile.bundle_of", lambda *_: None)
    edited += [net.mutate(text)] if not bundled else []
    single = wide.mutate(text)
    x = rng.standard_normal((count, *net.layers[0].shape)).astype(np.float32)
    grad = rng.standard_normal((count, 3)).astype(np.float32)
    found = []
    for of in (*edited, single):
        kind, fast = of.dtype, of.dtype == np.float32
        gradients = {name: np.full_like(array, np.nan) for name, array in of.parameters.items()}
        machine = Machine(of.layers, of.parameters, count, gradients=gradients, fast=fast, overlay=of.overlay)
        out = machine.forward(x.astype(kind))
        felt = machine.backward(grad.astype(kind), keep=True)
        found.append({"out": out, **gradients, **{f"by {name}": array for name, array in felt.items()}})
    for name, array in found[-1].items():
        for each in found[:-1]:
            assert np.abs(each[name] - array).max() <= 1e-5 * max(1, np.abs(array).max()), name


def test_every_synapse_between_two_layers_may_be_cut_at_once():
    net = engine.preset("mlp", np.random.default_rng(0)).mutate("cut input -> hidden1")
    assert net.synapse_count("input", "hidden1") == 0
    image = np.full((28, 28), 200, np.uint8)
    bias = net.parameters["hidden1.bias"]
    assert np.allclose(net.trace(image).pre["hidden1"], bias, atol=1e-5)
    # One more is an edit like any other, and what was cut may be added again.
    again = net.mutate("add input:14,14 -> hidden1:3 0.5")
    assert again.synapse_count("input", "hidden1") == 1
    assert again.trace(image).pre["hidden1"][3] == pytest.approx(bias[3] + 0.5 * 200 / 255, abs=1e-5)


def test_edits_of_whole_layers_one_after_the_other_leave_the_net_before_as_it_was():
    net = engine.preset("mlp", np.random.default_rng(0)).mutate("nudge hidden3 -> output 0.5")
    before = net.synapses("hidden3", "output").weight
    both = net.mutate("scale hidden3 -> output 2; nudge hidden3 -> output 1; cut hidden3:3 -> output:4")
    after = dict(
        zip(
            both.draft.synapses("hidden3 -> output")[2].ends,
            both.synapses("hidden3", "output").weight,
            strict=True,
        )
    )
    assert len(after) == len(before) - 1
    assert (3, 4) not in after
    assert after[5, 6] == pytest.approx(2 * before[5 * 10 + 6] + 1)
    np.testing.assert_array_equal(net.synapses("hidden3", "output").weight, before)


def test_edits_of_maps_and_single_neurons_compose_in_their_order():
    text = (
        "scale conv0 2; clamp conv0:map1 0.5; scale conv0:2,2,1 3; ablate conv0:4-5,*,2; shift conv0:0,0,0 1"
    )
    edited = CONV.mutate(text)
    x = np.random.default_rng(0).standard_normal((8, 8, 2)).astype(np.float32)
    plain, traced = CONV.trace(x), edited.trace(x)
    expected = 2 * plain.activation["conv0"]
    expected[..., 1] = 0.5
    expected[2, 2, 1] = 1.5
    expected[4:6, :, 2] = 0
    expected[0, 0, 0] = 2 * max(0, plain.pre["conv0"][0, 0, 0] + 1)
    np.testing.assert_array_equal(traced.activation["conv0"], expected)


CROSSING = "cut input:0-2,* -> dense0; scale input:2-5,* -> dense0:5-30 2; add input:0,1 -> dense0:7 0.3"


@pytest.mark.parametrize("gradients_of", [None, 2])
def test_ranges_that_cross_and_are_edited_otherwise_are_what_each_synapse_alone_comes_to(gradients_of):
    # A net of float64 takes them one by one.
    x = np.random.default_rng(0).standard_normal((6, 6, 1)).astype(np.float32)
    for net in (DENSE.mutate(CROSSING), DENSE.mutate("noise dense0 0.1").mutate(CROSSING)):
        double = net.astype(np.float64)
        fast, slow = (each.trace(x, gradients_of) for each in (net, double))
        for name in ("dense0", "dense1"):
            np.testing.assert_allclose(fast.pre[name], slow.pre[name], rtol=1e-4, atol=1e-5)
            if gradients_of is not None:
                found = fast.gradient["input"], slow.gradient["input"]
                np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-5)


def test_ranges_that_cross_cost_one_product_and_not_a_sum_by_each_synapse(monkeypatch):
    # Lost otherwise: a trace takes 18 times as long, and an evaluation gigabytes.
    net = DENSE.mutate(CROSSING)
    added = []
    monkeypatch.setattr("engine.edits.synapses.link_sums.add_columns", lambda *given: added.append(given))
    net.trace(np.ones((6, 6, 1), np.float32))
    net.predict(np.ones((5, 6, 6, 1), np.float32))
    assert not added


def test_while_a_net_learns_the_ranges_follow_its_weights():
    # Lost otherwise: what was kept for the weights of before is added to those of after.
    edited = DENSE.mutate(CROSSING)
    links, weight = edited.overlay.links_apart["dense0"][0], edited.parameters["dense0.weight"]
    sent = np.random.default_rng(1).standard_normal((2, 36)).astype(np.float32)

    def added(weight):
        sums = np.zeros((2, 40), np.float32)
        links.add_up(sums, sent, {"weight": weight})
        return sums

    once, learning = added(weight), weight.copy()
    learning *= 2
    twice = added(learning)
    learning *= 0
    np.testing.assert_allclose(twice - once, once - added(learning), rtol=1e-4, atol=1e-5)
    assert np.abs(twice - once).max() > 0.1
