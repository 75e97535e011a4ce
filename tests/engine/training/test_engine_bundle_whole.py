"""Ranges of a convolution's synapses in training, by its own loops run once more: the plain way's numbers.

Were one of them wrong, training beside such an edit would still run and learn something else.
"""

import numpy as np
import pytest
from fused_nets import NETS, batch, net_of, passes

from engine.arrays import by_layer
from engine.edits.synapses import bundle_whole
from engine.run.micro_batch import MicroBatch

RANGES = ("{0} -> {1}", "{0}:1-2,*,0 -> {1}", "{0} -> {1}:0-1,0-2,0-1", "{0}:0-2,1-2,* -> {1}:*,0-1,0-3",
          "{0}:1,1,0 -> {1}:*,*,0-1", "{0}:0-1,* -> {1}:0-1,*,*", "{0} -> {1}:1-2,*,*")  # fmt: skip
VERBS = ("cut {}", "set {} 0.2", "scale {} -3", "nudge {} 0.1", "scale {0} 0.5; nudge {0} -0.2")


def sums_of(net, name):
    parts = MicroBatch(net.layers, by_layer(net.parameters), dict(net.parameters), True, net.overlay, True)
    return parts._scratch[name].kept.get("sums")


def near(found, expected):
    return np.abs(found - expected).max() <= 2e-5 * max(1e-2, np.abs(expected).max())


def cases():
    for kind in ("two in a row", "padded"):
        for source, target in (("input", "conv0"), ("max-pool1", "conv2")):
            for where in RANGES:
                yield kind, source, target, where


@pytest.mark.parametrize("verb", VERBS)
def test_ranges_of_a_convolutions_synapses_learn_what_they_learn_one_by_one(verb):
    taken = 0
    for kind, source, target, where in cases():
        shape, blocks = NETS[kind]
        net = net_of(*blocks, shape=shape)
        pool = net.layers[[layer.name for layer in net.layers].index(target) + 1].name
        # Another function keeps the convolution and its pooling apart, whatever is edited between.
        net = net.mutate(f"function {target}:0,0,0 tanh; {verb.format(where.format(source, target))}")
        bundle = net.overlay.bundles.get(target)
        taken += bundle is not None and bundle_whole.fits(bundle, sums_of(net, target))
        x, grad = batch(net, 7)
        _, expected, felt, plain = passes(
            net.astype(np.float64), x.astype(float), grad.astype(float), lean=False, keep=True
        )
        for keep in (False, True):
            _, gradients, mine, machine = passes(net, x, grad, lean=True, keep=keep)
            assert near(machine.pre[pool], plain.pre[pool])
            for parameter, array in expected.items():
                assert near(gradients[parameter], array), (kind, where, parameter)
            # Of cells that are equal in float32 a window may choose another.
            assert not keep or near(mine["input"], felt["input"])
    assert taken > 12


@pytest.mark.parametrize("where", ["input -> conv0:0-5,*,1-3", "input -> conv0"])
def test_where_all_that_is_read_is_cut_nothing_is_left_of_it(where):
    shape, blocks = NETS["two in a row"]
    net = net_of(*blocks, shape=shape).mutate(f"function conv0:0,0,0 tanh; cut {where}")
    x, grad = batch(net, 7)
    sums = passes(net, 1e6 * x, grad, lean=True)[3].pre["conv0"][:, :6, :, 1:4]
    assert (sums == net.parameters["conv0.bias"][1:4]).all()
