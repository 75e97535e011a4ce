"""Many edited neurons of a layer in training, worked out by whole rows: the numbers of the plain way.

Were one of them wrong, training with another function would still run and learn something else.
"""

import numpy as np
import pytest
from fused_nets import batch, near, net_of, passes

from engine import Conv, MaxPool
from engine.arrays import by_layer
from engine.blocks.activations import activation, activations
from engine.kernels import edited_neurons
from engine.run import Machine
from engine.run.micro_batch import MicroBatch

FUNCTIONS = [name for name in (*activations(), "leaky-relu-0.3") if not activation(name).rowwise]
SOME = "{0}; scale conv0:*,2-4,* -1.5; clamp conv0:0-3,*,1 0.25; function conv0:5,*,* elu; shift conv0 0.1"


def rows_of(net):
    parts = MicroBatch(net.layers, by_layer(net.parameters), dict(net.parameters), True, net.overlay, True)
    return parts._rows


@pytest.mark.parametrize("own", ["relu", "identity", "gelu-tanh", "sigmoid"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_neurons_with_another_function_learn_what_they_learn_one_by_one(own, name):
    net = net_of(Conv(4, 3, 3), MaxPool(2), activation=own)
    edits = (f"function conv0 {name}", SOME.format(f"function conv0:0-6,*,0-2 {name}"))
    for edit in (*edits, f"function max-pool1 {name}; scale max-pool1:*,1,* 3"):
        edited = net.mutate(edit)
        assert list(rows_of(edited)) == [edit.split()[1].partition(":")[0]]
        x, grad = batch(net, 9)
        exact = edited.astype(np.float64)
        _, expected, felt, plain = passes(exact, x.astype(float), grad.astype(float), lean=False, keep=True)
        for keep in (False, True):
            _, gradients, mine, machine = passes(edited, x, grad, lean=True, keep=keep)
            assert near(machine.pre["output"], plain.pre["output"])
            for parameter, array in expected.items():
                assert near(gradients[parameter], array), parameter
            # Between the two a window may choose another of cells that are equal in float32.
            assert not keep or near(mine["input"], felt["input"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_and_its_slope_are_the_plain_ones_far_out_and_near_zero(name):
    x = np.concatenate(
        [np.linspace(-90, 90, 3001), [0], *([s * 10.0**-k for s in (-1, 1)] for k in range(9))]
    )
    plain, exact = activation(name), np.empty_like(x)
    plain.forward(x, exact)
    slopes, x32 = np.ones_like(x), x.astype(np.float32)
    plain.backward(slopes, x, exact, slopes)
    tables = [np.full(len(x), edited_neurons.HERE, np.int32)]
    tables += [np.full(n, number, np.float32) for n, number in ((len(x), 1), (len(x), 0), (1, 0.3))]
    kind = {"leaky-relu": "leaky", "leaky-relu-0.3": "leaky", "identity": "leaky"}.get(name, name)
    tables[3][:] = {"leaky-relu": 0.01, "identity": 1}.get(name, 0.3)
    values, back = np.zeros((1, len(x)), np.float32), np.ones((1, len(x)), np.float32)
    edited_neurons.act(kind, x32[None], values, tables)
    edited_neurons.back(kind, back, x32[None], tables, False)
    # The jumps of straight pieces lie between numbers that are looked at.
    assert np.allclose(values[0], exact, rtol=1e-6, atol=6e-7)
    assert np.allclose(back[0], slopes, rtol=2e-6, atol=3e-6)
    values[:] = 0
    edited_neurons.act(kind, np.full((1, len(x)), np.nan, np.float32), values, tables)
    assert np.isnan(values).all()


@pytest.mark.parametrize("own", ["relu", "identity", "gelu"])
def test_neurons_with_another_function_are_not_dropped_and_others_are(own):
    net = net_of(Conv(4, 3, 3), MaxPool(2), activation=own, dropout=0.5)
    net = net.mutate("function conv0:*,*,0-1 tanh; scale conv0:*,*,2 2; function max-pool1:0-2 sigmoid")
    assert list(rows_of(net)) == ["conv0", "max-pool1"]
    x, grad = batch(net, 9)
    told = []
    for fast in (False, True):
        gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
        of = {"gradients": gradients, "fast": fast, "lean": fast, "overlay": net.overlay}
        machine = Machine(net.layers, net.parameters, len(x), **of)
        out = machine.forward(x, np.random.default_rng(3)).copy()
        assert (machine.activation["conv0"][..., :2] != 0).all()
        assert (machine.activation["conv0"][..., 2:] == 0).mean() > 0.2
        machine.backward(grad)
        told.append((out, gradients))
    (expected, plain), (found, mine) = told
    assert near(found, expected)
    assert all(near(mine[name], array) for name, array in plain.items())


def test_a_few_edited_neurons_are_not_worked_out_by_rows():
    net = net_of(Conv(4, 3, 3), MaxPool(2))
    assert not rows_of(net)
    assert not rows_of(net.mutate("scale conv0:0,0-9,* 2; shift conv0 1; function conv0:0,0,0-3 tanh"))
