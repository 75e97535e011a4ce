"""Products in registers: the same numbers as a library's, whatever is added to them on the way.

Were a number wrong, training would still run and learn something else.
"""

import numpy as np
import pytest

import engine
from engine.kernels.products import WIDEST, DenseProducts
from engine.run import Machine

MACHINES = [(16, 28), (8, 13), (4, 26), (4, 13)]
# Rows that fall into whole tiles and that do not, fewer than a tile, columns of one to four vectors.
SIZES = [(68, 64, 128), (67, 48, 16), (3, 16, 64), (1, 32, 48), (70, 256, 80)]


def near(found, expected):
    return np.abs(found - expected).max() <= 3e-6 * np.abs(expected).max()


def numbers(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


@pytest.mark.parametrize(("lanes", "room"), MACHINES)
@pytest.mark.parametrize(("n", "inner", "columns"), SIZES)
def test_all_products_of_a_layer_are_those_of_numpy(n, inner, columns, lanes, room):
    products = DenseProducts(inner, columns, lanes, room)
    assert products.fits
    x, w, bias, more, grad = numbers((n, inner), (inner, columns), columns, (n, columns), (n, columns))
    out, by_weight, by_bias, back = (np.full_like(like, np.nan) for like in (grad, w, bias, x))
    exact = x.astype(np.float64) @ w + bias
    products.forward(x, w, bias, None, out)
    assert near(out, exact)
    products.forward(x, w, bias, more, out)
    assert near(out, exact + more)
    products.weights(x, grad, by_weight, by_bias)
    assert near(by_weight, x.T.astype(np.float64) @ grad)
    assert near(by_bias, grad.sum(axis=0, dtype=np.float64))
    products.back(grad, w, back, add=False)
    exact = grad.astype(np.float64) @ w.T
    assert near(back, exact)
    products.back(grad, w, back, add=True)
    assert near(back, 2 * exact)


def test_where_vectors_are_short_a_library_multiplies(monkeypatch):
    # Loops of four floats take twice what a BLAS takes: training there would be slower than without them.
    for lanes, gains in ((4, False), (8, True), (16, True)):
        monkeypatch.setattr("engine.kernels.products.processor", lambda lanes=lanes: (lanes, 13))
        assert DenseProducts(32, 16).fits == gains


def test_each_call_reads_the_arrays_that_it_is_given():
    # Addresses are kept from call to call; weights change where they lie.
    products, (x, w, grad) = DenseProducts(32, 16, 8, 13), numbers((8, 32), (32, 16), (8, 16))
    bias, out, back = np.zeros(16, np.float32), np.empty_like(grad), np.empty_like(x)
    for seed in (1, 2):
        other = numbers((8, 32), seed=seed)[0]
        w += np.float32(1)
        products.forward(other, w, bias, None, out)
        assert near(out, other @ w)
        products.back(grad, w, back, add=False)
        assert near(back, grad @ w.T)
    products.forward(x, w, bias, grad, out)
    assert near(out, x @ w + grad)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_none_is_not_hidden(value):
    products, (x, w) = DenseProducts(16, 32, 8, 13), numbers((9, 16), (16, 32))
    bias, out = np.zeros(32, np.float32), np.empty((9, 32), np.float32)
    x[8, 15] = value
    products.forward(x, w, bias, None, out)
    assert np.isfinite(out[:8]).all()
    assert not np.isfinite(out[8]).any()


def test_what_does_not_fall_into_vectors_or_is_large_is_left_to_the_library():
    assert DenseProducts(16, WIDEST, 16, 28).fits
    for inner, columns in ((10, 16), (16, 10), (16, 2 * WIDEST), (2 * WIDEST, 16)):
        assert not DenseProducts(inner, columns, 16, 28).fits


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("edit", ["", "ablate block1.hidden:0,1", "cut block1.norm1:1,2 -> block1.key:1,3"])
def test_gradients_are_those_of_the_plain_pass(edit, keep):
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    net = net.mutate(edit) if edit else net
    x = np.random.default_rng(1).random((40, 28, 28, 1))
    grad = np.random.default_rng(2).standard_normal((40, 10))
    found = []
    for dtype, fast in ((np.float64, False), (np.float32, True)):
        own = net.astype(dtype)
        gradients = {name: np.zeros_like(array) for name, array in own.parameters.items()}
        machine = Machine(
            own.layers, own.parameters, 40, gradients=gradients, fast=fast, lean=fast, overlay=own.overlay
        )
        machine.forward(x.astype(dtype))
        machine.backward(grad.astype(dtype), keep=keep)
        found.append(gradients)
    # Keys' biases move nothing: of their gradient only rounding is there.
    least = 0.01 * max(np.abs(exact).max() for exact in found[0].values())
    for name, exact in found[0].items():
        assert np.abs(found[1][name] - exact).max() <= 2e-5 * max(least, np.abs(exact).max()), name
