"""Edited synapses of a convolution in training, by its own loops with other weights: the plain way's numbers.

Were one of them wrong, training beside such an edit would still run and learn something else.
"""

import numba
import numpy as np
import pytest
from fused_nets import NETS, batch, net_of, passes

from engine.arrays import by_layer
from engine.run.micro_batch import MicroBatch
from engine.run.shortcuts import edited_conv
from engine.run.shortcuts.edited_conv import EditedConv
from engine.run.shortcuts.edited_windows import EditedWindows

RANGES = ("{0} -> {1}", "{0}:1-2,*,0 -> {1}", "{0} -> {1}:0-1,0-2,0-1", "{0}:0-2,1-2,* -> {1}:*,0-1,0-3",
          "{0}:1,1,0 -> {1}:*,*,0-1", "{0}:0-1,* -> {1}:0-1,*,*", "{0} -> {1}:1-2,*,*")  # fmt: skip
VERBS = ("cut {}", "set {} 0.2", "scale {} -3", "nudge {} 0.1", "scale {0} 0.5; nudge {0} -0.2")


OVERLAPS = (
    "cut {0}:0-1,*,0 -> {1}; set {0} -> {1} 0.2",
    "set {0} -> {1}:0-2,*,0-1 0.2; scale {0} -> {1}:1-3,*,* 3",
    "scale {0}:0-3,*,* -> {1}:*,*,0-2 2; cut {0}:2-4,*,* -> {1}:*,*,1-3",
    "cut {0}:*,0-1,* -> {1}:0-1,*,1-2; nudge {0}:1-2,*,* -> {1} -0.3; scale {0} -> {1}:*,*,0-1 -2",
    "nudge {0} -> {1} 0.1; cut {0}:1,1,0 -> {1}:0,0,1; set {0} -> {1}:*,1-3,2 0.4; scale {0}:*,*,0 -> {1} -1",
)


def steps_of(net):
    parts = MicroBatch(net.layers, by_layer(net.parameters), dict(net.parameters), True, net.overlay, True)
    return parts._apart


def near(found, expected):
    return np.abs(found - expected).max() <= 2e-5 * max(1e-2, np.abs(expected).max())


def cases():
    for kind in ("two in a row", "padded"):
        for source, target in (("input", "conv0"), ("max-pool1", "conv2")):
            for where in RANGES:
                yield kind, source, target, where


def check(net, pool, told):
    """A lean pass learns what a whole one does in float64, with gradients kept and without."""
    x, grad = batch(net, 7)
    wide = net.astype(np.float64)
    _, expected, felt, plain = passes(wide, x.astype(float), grad.astype(float), lean=False, keep=True)
    for keep in (False, True):
        _, gradients, mine, machine = passes(net, x, grad, lean=True, keep=keep)
        assert near(machine.pre[pool], plain.pre[pool])
        for parameter, array in expected.items():
            assert near(gradients[parameter], array), (told, parameter)
        # Of cells that are equal in float32 a window may choose another.
        assert not keep or near(mine["input"], felt["input"])


@pytest.mark.parametrize("verb", VERBS)
def test_ranges_of_a_convolutions_synapses_learn_what_they_learn_one_by_one(verb):
    taken = 0
    for kind, source, target, where in cases():
        shape, blocks = NETS[kind]
        net = net_of(*blocks, shape=shape)
        pool = net.layers[[layer.name for layer in net.layers].index(target) + 1].name
        # Another function keeps the convolution and its pooling apart, whatever is edited between.
        net = net.mutate(f"function {target}:0,0,0 tanh; {verb.format(where.format(source, target))}")
        taken += isinstance(steps_of(net).get(target), EditedConv)
        check(net, pool, where)
    assert taken > 12


@pytest.mark.parametrize("where", ["input -> conv0:0-5,*,1-3", "input -> conv0"])
def test_where_all_that_is_read_is_cut_nothing_is_left_of_it(where):
    shape, blocks = NETS["two in a row"]
    net = net_of(*blocks, shape=shape).mutate(f"function conv0:0,0,0 tanh; cut {where}")
    x, grad = batch(net, 7)
    sums = passes(net, 1e6 * x, grad, lean=True)[3].pre["conv0"][:, :6, :, 1:4]
    assert (sums == net.parameters["conv0.bias"][1:4]).all()


@pytest.mark.parametrize("edits", OVERLAPS)
@pytest.mark.parametrize(("source", "target"), [("input", "conv0"), ("max-pool1", "conv2")])
def test_edits_that_overlap_learn_what_they_learn_one_by_one(edits, source, target, monkeypatch):
    # However many runs they take, and however few synapses they are.
    monkeypatch.setattr(edited_conv, "MOST", 9)
    monkeypatch.setattr(edited_conv, "QUICKER", 1000)
    shape, blocks = NETS["two in a row"]
    net = net_of(*blocks, shape=shape).mutate(f"function {target}:0,0,0 tanh; {edits.format(source, target)}")
    assert isinstance(steps_of(net)[target], EditedConv), "taken one by one"
    check(net, net.layers[[layer.name for layer in net.layers].index(target) + 1].name, edits)


@pytest.mark.parametrize(
    "edits",
    [
        "cut conv0:0-4,1-3,0 -> max-pool1; nudge input:1-2,*,0 -> conv0:1-3,*,* 0.2",
        "scale conv0 -> max-pool1 -1; cut conv0:0,*,* -> max-pool1; function conv0:2-5,*,1 gelu",
        "set conv0:3,3,1 -> max-pool1 0; cut conv0:0-1,0-1,2 -> max-pool1; function conv0:0,0,0 identity",
    ],
)
def test_windows_edited_behind_edited_sums_choose_as_they_do_one_by_one(edits):
    shape, blocks = NETS["two in a row"]
    net = net_of(*blocks, shape=shape).mutate(edits)
    assert isinstance(steps_of(net)["max-pool1"], EditedWindows)
    check(net, "max-pool1", edits)


def test_weights_that_are_the_same_everywhere_stay_within_one_pass():
    shape, blocks = NETS["two in a row"]
    for edit in ("cut input -> conv0:map1", "nudge input:map0 -> conv0 0.3; ablate conv0:1,1,1"):
        net = net_of(*blocks, shape=shape).mutate(edit)
        assert not steps_of(net)
        check(net, "max-pool1", edit)


@pytest.mark.parametrize("edits", OVERLAPS)
def test_two_threads_learn_the_same_bits_of_edits_that_overlap(edits):
    shape, blocks = NETS["two in a row"]
    edits = f"{edits.format('max-pool1', 'conv2')}; cut conv0:0-4,1-3,0 -> max-pool1; function conv0 tanh"
    net = net_of(*blocks, shape=shape).mutate(edits)
    x, grad = batch(net, 32)
    told, before = [], numba.get_num_threads()
    for count in (1, min(2, before)):
        numba.set_num_threads(count)
        told.append(passes(net, x, grad, lean=True)[1])
    numba.set_num_threads(before)
    assert all((array == told[1][name]).all() for name, array in told[0].items())
