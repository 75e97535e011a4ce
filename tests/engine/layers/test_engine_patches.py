"""Patches embedded by compiled loops: the same tokens and gradients as by the plain way."""

import numpy as np
import pytest

from engine import PatchEmbedding
from engine.blocks import Scratch
from engine.blocks.in_registers import FEW
from engine.kernels.tokens.patches import Grid, PatchStep


def numbers(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def near(found, expected):
    return np.abs(found - expected).max() <= 4e-6 * max(1, np.abs(expected).max())


# The presets' patches; three across, so that no tile is whole; patches of one row, of one number; wide
# tokens, colours.
SIZES = [(4, 4, 7, 1, 64), (4, 3, 5, 1, 32), (2, 14, 1, 3, 16), (3, 5, 1, 1, 48), (2, 2, 14, 3, 256)]


# A class token and places by each of them; other processors' vectors and none of both by two.
WIDTHS = [*((*size, True, 16, 28) for size in SIZES), (*SIZES[1], False, 16, 28), (*SIZES[3], True, 8, 13)]
WIDTHS += [(*SIZES[2], False, 8, 13)]


@pytest.mark.parametrize(
    ("down", "across", "size", "channels", "units", "ahead", "lanes", "room"), WIDTHS, ids=str
)
def test_patches_by_compiled_loops_are_those_of_the_plain_way(
    down, across, size, channels, units, ahead, lanes, room
):
    rng, n = np.random.default_rng(0), 11
    block = PatchEmbedding(size, units, class_token=ahead, positions=ahead)
    x = numbers(rng, n, down * size, across * size, channels)
    shapes = block.parameter_shapes([x.shape[1:]])
    parameters = {name: numbers(rng, *shape) for name, shape in shapes.items()}
    exact = {name: array.astype(np.float64) for name, array in parameters.items()}
    expected = np.zeros((n, *block.shape([x.shape[1:]])))
    block.forward([x.astype(np.float64)], exact, expected, Scratch())
    step = PatchStep(Grid(down, across, size, size * channels, units, int(ahead)), lanes, room)
    assert step.fits
    found = np.full(expected.shape, np.nan, np.float32)
    constants = parameters["bias"], parameters.get("class"), parameters.get("position")
    step.forward(x, parameters["weight"], constants, found)
    assert near(found, expected)
    grad = numbers(rng, *expected.shape)
    slopes = {name: np.zeros_like(array) for name, array in exact.items()}
    block.backward(grad.astype(np.float64), [x.astype(np.float64)], exact, Scratch(), slopes, [None])
    by_weight, by_token = (np.full(a.shape, np.nan, np.float32) for a in (slopes["weight"], expected[0]))
    by_bias = np.full(units, np.nan, np.float32)
    by_class = np.full(units, np.nan, np.float32) if ahead else None
    step.backward(x, grad, by_weight)
    step.sums(grad, by_token, by_bias, by_class)
    assert near(by_weight, slopes["weight"])
    assert near(by_bias, slopes["bias"])
    assert by_class is None or near(by_class, slopes["class"])
    assert near(by_token, grad.sum(axis=0, dtype=np.float64))


# Enough numbers for the compiled loops, too few, a width that no vector divides; images that lie apart.
@pytest.mark.parametrize(
    ("n", "units", "apart"), [(64, 64, False), (1, 64, False), (64, 60, False), (64, 64, True)]
)
def test_a_fast_pass_gives_all_gradients_that_a_plain_one_gives(n, units, apart):
    rng, block = np.random.default_rng(0), PatchEmbedding(7, units)
    x = numbers(rng, n, 28, 28, 1)
    x = np.asfortranarray(x) if apart else x
    assert (n * 17 * units * 49 >= FEW) == (n > 1)
    parameters = {name: numbers(rng, *shape) for name, shape in block.parameter_shapes([(28, 28, 1)]).items()}
    grad, found = numbers(rng, n, 17, units), []
    for fast in (False, True):
        scratch, out, back = Scratch(fast), np.zeros((n, 17, units), np.float32), np.zeros((n, 28, 28, 1))
        slopes = {name: np.full_like(array, np.nan) for name, array in parameters.items()}
        back = back.astype(np.float32)
        block.forward([x], parameters, out, scratch)
        block.backward(grad, [x], parameters, scratch, slopes, [back])
        found.append([out, back, *slopes.values()])
    assert all(map(near, *found))
