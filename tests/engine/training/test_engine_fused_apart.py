"""Convolutions and poolings that edits keep apart in training: the numbers of the plain way.

Were one of them wrong, training beside an edit would still run and learn something else.
"""

import numpy as np
import pytest
from fused_nets import NETS, batch, near, net_of, passes

from engine import Conv, MaxPool
from engine.arrays import by_layer
from engine.blocks import Scratch
from engine.kernels.maps.conv_pool_shape import Geometry
from engine.kernels.maps.conv_sums import ConvSums
from engine.kernels.maps.max_apart import MaxApart
from engine.run.micro_batch import MicroBatch

APART = (
    "cut input:1,1,0 -> conv0:1,1,1; scale input:2,2,0 -> conv0:2,2,0 -3",
    "function conv0:0-3,*,1 tanh; clamp conv0:1,2,0 0.5; scale conv0:2,*,0 -1; cut conv0:0,0,1 -> max-pool1",
    "add conv0:1,1,1 -> output:2 0.5; add input:0,0,0 -> conv0:3,3,1 2; set input:3,3,0 -> conv0 0.1",
)


@pytest.mark.parametrize("lanes", [4, 8, 16])
@pytest.mark.parametrize(("channels", "maps", "wide"), [(1, 5, 7), (3, 19, 4), (9, 11, 1)])
def test_sums_that_edits_ask_for_are_written_by_every_width_of_vectors(lanes, channels, maps, wide):
    rng, block = np.random.default_rng(0), Conv(maps, 3, wide, 1, "same")
    geometry = Geometry(9, 8, channels, 3, wide, 1, (wide - 1) // 2, 9, 8, maps, 2)
    own = {"weight": rng.standard_normal((3, wide, channels, maps)), "bias": rng.standard_normal(maps)}
    sums = ConvSums(geometry, lanes, 13)
    assert sums.fits
    for count in (5, 1):
        x, grad = rng.standard_normal((count, 9, 8, channels)), rng.standard_normal((count, 9, 8, maps))
        grad[rng.random(grad.shape) < 0.7] = 0
        out, scratch, dx = np.empty_like(grad), Scratch(), np.empty_like(x)
        by = {name: np.empty_like(array) for name, array in own.items()}
        block.forward([x], own, out, scratch)
        block.backward(grad, [x], own, scratch, by, [dx])
        x, grad, weight, bias = (a.astype(np.float32) for a in (x, grad, own["weight"], own["bias"]))
        found = [np.full(a.shape, np.nan, np.float32) for a in (out, by["weight"], by["bias"], dx)]
        sums.forward(x, weight, bias, found[0])
        for back in (found[3], None):
            sums.backward(grad, x, weight, *found[1:3], back)
            for mine, other in zip(found, (out, by["weight"], by["bias"], dx), strict=True):
                assert near(mine, other)


@pytest.mark.parametrize("lanes", [4, 8, 16])
@pytest.mark.parametrize(("maps", "size"), [(1, 1), (5, 2), (21, 3), (70, 2)])
def test_windows_side_by_side_have_the_winners_that_others_have(lanes, maps, size):
    rng, block = np.random.default_rng(0), MaxPool(size)
    windows = MaxApart(Geometry(11, 9, 1, 1, 1, 0, 0, 11, 9, maps, size), lanes)
    assert windows.fits
    x = rng.integers(-2, 3, (5, 11, 9, maps)).astype(np.float32)  # many are equal
    x[0, 0, 0], x[1], x[2, 1, 1], x[3] = np.nan, -np.inf, np.inf, -1
    out, scratch = np.empty((5, 11 // size, 9 // size, maps), np.float32), Scratch(fast=True)
    block.forward([x], {}, out, scratch)
    found, winner = np.empty_like(out), np.empty(out.shape, np.uint8)
    windows.forward(x, found, winner)
    assert np.array_equal(found, out, equal_nan=True)
    assert np.array_equal(winner, scratch.kept["winner"])


@pytest.mark.parametrize("name", ["two in a row", "padded", "cells left over"])
@pytest.mark.parametrize("edit", APART)
def test_edits_between_layers_that_are_taken_apart_give_what_plain_passes_give(name, edit):
    shape, blocks = NETS[name]
    net = net_of(*blocks, shape=shape).mutate(edit)
    parts = MicroBatch(net.layers, by_layer(net.parameters), dict(net.parameters), True, net.overlay, True)
    assert "conv0" not in parts.skipped
    assert "sums" in parts._scratch["conv0"].kept
    assert "windows" in parts._scratch["max-pool1"].kept
    x, grad = batch(net, 9)
    # Of float32 as well: there a tanh is 1 in several cells, and the first of them wins.
    _, expected, felt, plain = passes(net, x, grad, lean=False, keep=True)
    for keep in (False, True):
        _, gradients, mine, machine = passes(net, x, grad, lean=True, keep=keep)
        assert near(machine.pre["output"], plain.pre["output"])
        for parameter, array in expected.items():
            assert near(gradients[parameter], array), parameter
        if keep:
            assert all(near(mine[layer], array) for layer, array in felt.items())


@pytest.mark.parametrize(
    "edit", ["scale conv0:*,0-4,* -2", "scale conv0:*,1-3,* 3; shift conv0 0.2; scale conv0:0,*,1 -1"]
)
def test_a_batch_has_many_of_a_layers_neurons_edited_as_each_of_its_images_has(edit):
    net = net_of(Conv(4, 3, 3, 2, 1), Conv(3, 2, 2)).mutate(edit)
    x, grad = batch(net, 9)
    out, gradients, _, _ = passes(net, x, grad, lean=False)
    each = [passes(net, x[i : i + 1], grad[i : i + 1], lean=False) for i in range(9)]
    assert near(out, np.concatenate([one[0] for one in each]))
    for parameter, array in gradients.items():
        assert near(array, sum(one[1][parameter] for one in each)), parameter


@pytest.mark.parametrize("stride", [1, 2])
def test_all_that_a_few_neurons_read_is_nudged(stride):
    net = net_of(Conv(4, 3, 5, stride, 2), Conv(3, 2, 2))
    x, grad = batch(net, 5)
    places = net.layers[1].shape[1]
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))
    before = passes(net, x, grad, lean=False)[3].pre["conv0"]
    for row, column in ((0, 0), (0, places - 2), (2, 1)):
        edited = net.mutate(f"nudge input -> conv0:{row},{column}-{column + 1},1 0.3")
        more = passes(edited, x, grad, lean=False)[3].pre["conv0"] - before
        for j in (column, column + 1):
            read = padded[:, row * stride : row * stride + 3, j * stride : j * stride + 5]
            assert np.allclose(more[:, row, j, 1], 0.3 * read.sum(axis=(1, 2, 3)), atol=1e-5)
            more[:, row, j, 1] = 0
        assert not more.any()
