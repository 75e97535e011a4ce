"""Convolution, ReLU and pooling in one pass: the same numbers as one by one.

Were a number in between wrong, training would still run and learn something else.
"""

import numba
import numpy as np
import pytest
from fused_nets import NETS, SHAPE, batch, near, net_of, passes

import engine
from engine import Conv, DivergedError, MaxPool
from engine.arrays import by_layer
from engine.kernels.maps.conv_pool_shape import Geometry
from engine.kernels.maps.conv_pool_step import ConvPool
from engine.run import Machine
from engine.run.micro_batch import MicroBatch


def fused(net) -> set[str]:
    """The convolutions that training leaves unwritten."""
    return set(MicroBatch(net.layers, by_layer(net.parameters), None, True, net.overlay, True).skipped)


def test_an_image_that_is_pooled_first_is_learned_from():
    net = net_of(MaxPool(2), Conv(4, 3, 3), MaxPool(2))
    assert fused(net) == {"conv1"}
    x, grad = batch(net, 3)
    _, gradients, _, _ = passes(net, x, grad, lean=True)
    _, expected, _, _ = passes(net.astype(np.float64), x.astype(float), grad.astype(float), lean=False)
    for name, array in expected.items():
        assert near(gradients[name], array), name


@pytest.mark.parametrize(("shape", "blocks"), NETS.values(), ids=NETS)
def test_one_pass_gives_what_three_give(shape, blocks):
    net = net_of(*blocks, shape=shape)
    assert len(fused(net)) == 2
    x, grad = batch(net, 11)
    out, gradients, _, machine = passes(net, x, grad, lean=True)
    exact, expected, _, _ = passes(net.astype(np.float64), x.astype(float), grad.astype(float), lean=False)
    assert not fused(net) & machine.pre.keys()
    assert near(out, exact)
    for name, array in expected.items():
        assert near(gradients[name], array), name


def by_hand(x, weight, bias, grad):
    """3x3 convolution with a border of one, ReLU and pools of 2x2: what it gives, and all gradients."""
    n, down, across, maps = grad.shape
    padded, height, width = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), 2 * down, 2 * across
    places = [(i, j, np.s_[:, i : i + height, j : j + width]) for i in range(3) for j in range(3)]
    sums = bias + sum(padded[at] @ weight[i, j] for i, j, at in places)
    cells = sums.reshape(n, down, 2, across, 2, maps)
    most = cells.max(axis=(2, 4), keepdims=True)
    felt = np.where((cells == most) & (most > 0), grad[:, :, None, :, None], 0).reshape(sums.shape)
    by_weight, back = np.empty_like(weight), np.zeros_like(padded)
    for i, j, at in places:
        by_weight[i, j] = np.einsum("nyxc,nyxm->cm", padded[at], felt)
        back[at] += felt @ weight[i, j].T
    return np.maximum(most[:, :, 0, :, 0], 0), by_weight, felt.sum(axis=(0, 1, 2)), back[:, 1:-1, 1:-1]


SUMMED = (False, 1, 20)  # back, channels, maps: the only one that asks for no input's gradient
PARTLY = (True, 9, 11)  # maps that no vector divides
IN_PARTS = (True, 150, 2)  # weights that no registers hold


@pytest.mark.parametrize(
    ("lanes", "room", "asked"),
    [
        (16, 28, [SUMMED]),
        (8, 13, [SUMMED, PARTLY, IN_PARTS]),
        (4, 26, [SUMMED, PARTLY]),
        (4, 13, [PARTLY, IN_PARTS]),
    ],
)
def test_every_width_of_vectors_gives_the_same(lanes, room, asked):
    # Of other processors, too: LLVM splits what this one has no registers for.
    rng = np.random.default_rng(0)
    for back, channels, maps in asked:
        geometry = Geometry(10, 10, channels, 3, 3, 1, 1, 10, 10, maps, 2)
        x = rng.standard_normal((9, 10, 10, channels)).astype(np.float32)
        weight = rng.standard_normal((3, 3, channels, maps)).astype(np.float32)
        bias, grad = rng.standard_normal(maps).astype(np.float32), rng.standard_normal((9, 5, 5, maps))
        step = ConvPool(geometry, back, lanes, room)
        assert step.fits
        out, dx = np.empty((9, 5, 5, maps), np.float32), np.empty_like(x)
        by_weight, by_bias = np.empty_like(weight), np.empty_like(bias)
        step.forward(x, weight, bias, out)
        step.backward(grad.astype(np.float32), x, weight, by_weight, by_bias, dx if back else None)
        expected = by_hand(x.astype(float), weight.astype(float), bias, grad)
        for mine, other in zip((out, by_weight, by_bias, dx)[: 3 + back], expected, strict=False):
            assert near(mine, other)


def test_a_pooling_that_no_register_holds_is_left_to_the_plain_way():
    assert not fused(net_of(Conv(4, 3, 3), MaxPool(5)))
    assert not fused(net_of(Conv(4, 3, 3), MaxPool(6)))


@pytest.mark.parametrize(
    ("blocks", "of"),
    [
        ([Conv(4, 3, 3, 2), MaxPool(2)], {}),
        ([Conv(4, 3, 3), MaxPool(2, 1)], {}),
        ([Conv(4, 3, 3), MaxPool(2, None, 1)], {}),
        ([Conv(4, 3, 3), MaxPool(2)], {"activation": "tanh"}),
        ([Conv(4, 3, 3), MaxPool(2)], {"dropout": 0.2}),
        ([Conv(4, 3, 3), Conv(4, 3, 3)], {}),
    ],
)
def test_what_cannot_be_done_in_one_pass_is_not(blocks, of):
    assert not fused(net_of(*blocks, **of))


@pytest.mark.parametrize(
    "edit",
    [
        "function conv0:1,1,1 tanh",
        "cut input:1,1,0 -> conv0:1,1,1",
        "add conv0:1,1,1 -> output:2 0.5",
        "set input:map0 -> conv0 0.5",
        "ablate conv0:1,1,1; nudge input:1,1,0 -> conv0 0.5",
    ],
)
def test_an_edit_sees_the_neurons_that_it_needs(edit):
    net = net_of(Conv(4, 3, 3), MaxPool(2))
    assert fused(net) == {"conv0"}
    assert not fused(net.mutate(edit))
    assert fused(net.mutate("shift output:1 1; add input:1,1,0 -> output:2 1")) == {"conv0"}


@pytest.mark.parametrize(
    "edit",
    [
        "ablate conv0:1,1,1",
        "scale conv0:2-3,1-2,1 -1.5; shift conv0:2-3,3,1 4; shift conv0:map2 -3",  # few cells
        "scale conv0:*,0-6,* 0.5; shift conv0:1-8,*,0-2 0.4; clamp conv0:4,5,* 2",  # all are written
        "cut conv0:0-1,0-1,1 -> max-pool1; scale conv0:0-1,2-3,1 -> max-pool1 -2; "
        "cut conv0:0,3,1 -> max-pool1; scale max-pool1:0,0,0 2",
        "cut conv0:0-4,* -> max-pool1:*,1-3,*; scale conv0:5,*,* -1; cut conv0:7,2,1 -> max-pool1; "
        "shift max-pool1:0,1,1 1",
        "scale conv0 -> max-pool1 -1; set conv0:0,1,1 -> max-pool1:0,0,1 3; shift conv0:8,8,* 1",
        "scale conv0:map1 -> max-pool1 2; scale conv0:2-4,* -3; clamp conv0:2,*,1 3; cut input:map0 -> conv0",
    ],
)
@pytest.mark.parametrize("padding", ["valid", 1])
def test_cells_and_windows_are_edited_within_one_pass(edit, padding):
    net = net_of(Conv(4, 3, 3, 1, padding), MaxPool(2), Conv(3, 2, 2)).mutate(edit)
    assert fused(net) == {"conv0"}
    x, grad = batch(net, 21)
    _, expected, _, plain = passes(net.astype(np.float64), x.astype(float), grad.astype(float), lean=False)
    _, gradients, _, machine = passes(net, -x, grad, lean=True)
    # A smaller batch after another one, as at the end of an epoch.
    machine.forward(x[:8])
    assert near(machine.pre["output"], plain.pre["output"][:8])
    machine.forward(x)
    assert near(machine.pre["output"], plain.pre["output"])
    machine.backward(grad)
    for name, array in expected.items():
        assert near(gradients[name], array), name


@pytest.mark.parametrize(
    "edit",
    [
        "",
        "scale max-pool1:map1 -> conv2 -2; cut input:2-3,* -> conv0",
        "cut conv0 -> max-pool1:map1; scale conv2 -> max-pool3:map2-4 2; cut max-pool1:map2 -> conv2",
        "shift conv0:1-5,*,* 0.3; ablate conv0:3,4,*; cut input:2-3,* -> conv0; scale conv2 -> max-pool3 -1",
    ],
)
def test_gradients_that_are_kept_are_those_of_every_layer(edit):
    net = net_of(*NETS["two in a row"][1], shape=NETS["two in a row"][0]).mutate(edit)
    assert fused(net) == {"conv0", "conv2"}
    x, grad = batch(net, 7)
    _, gradients, felt, machine = passes(net, x, grad, lean=True, keep=True)
    _, expected, all_felt, plain = passes(net, x, grad, lean=False, keep=True)
    assert felt.keys() == all_felt.keys()
    for name, array in all_felt.items():
        assert near(felt[name], array), name
        assert near(machine.activation[name], plain.activation[name]), name
    # An update after that needs no new pass forward, and one after a new pass is lean again.
    machine.backward(grad)
    for name, array in expected.items():
        assert near(gradients[name], array), name
    machine.forward(x)
    assert "conv0" not in machine.pre
    machine.backward(grad)
    for name, array in expected.items():
        assert near(gradients[name], array), name


def trained(name, steps=4):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 255, (90, 28, 28), np.uint8), rng.integers(0, 10, 90)
    run = engine.fit(engine.preset(name, rng), images, labels, rng=rng, epochs=2, batch=60)
    *_, last = (step for _, step in zip(range(steps), run, strict=False))
    return last.snapshot().parameters


@pytest.mark.parametrize("name", ["cnn-crop", "cnn-draw"])
def test_training_has_the_same_bits_on_one_thread_and_on_two(name):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core only")
    before, found = numba.get_num_threads(), []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append(trained(name))
    numba.set_num_threads(before)
    for parameter, array in found[0].items():
        assert np.array_equal(array, found[1][parameter]), parameter


def test_an_image_is_read_alike_in_every_batch():
    net = net_of(Conv(5, 3, 3, 1, 1), MaxPool(2))
    x, _ = batch(net, 13)
    machine = Machine(net.layers, net.parameters, 13, fast=True, lean=True)
    machine.forward(x)
    whole = machine.activation["max-pool1"][:3].copy()
    # Also where the numbers lie apart, as those of a picture's middle do.
    wide = np.zeros((3, 12, 14, 2), np.float32)
    wide[:, :, 1:-1] = x[:3]
    machine.forward(wide[:, :, 1:-1])
    assert np.array_equal(machine.activation["max-pool1"], whole)


def test_a_divergence_names_the_convolution_that_is_never_written():
    net = net_of(Conv(4, 3, 3), MaxPool(2))
    broken = {name: array.copy() for name, array in net.parameters.items()}
    broken["conv0.weight"][0, 0, 0, 0] = np.nan
    images, labels = np.ones((6, *SHAPE), np.float32), np.zeros(6, np.int64)
    run = engine.fit(net.replace(broken), images, labels, rng=np.random.default_rng(0), epochs=1, batch=6)
    with pytest.raises(DivergedError, match="step 1: conv0 is no longer finite"):
        next(run)
