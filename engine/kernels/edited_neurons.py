"""Compiled loops over a layer of which many neurons are edited: whole rows, with a number for each neuron.

float32 only. Like `engine.kernels`, import it late. What is done to a neuron stands in tables (size,), so
that edited neurons and others are worked out side by side, by vectors and without a branch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, cast

import numpy as np

from engine.arrays import Array
from engine.kernels.functions import FUNCTIONS
from engine.kernels.parts import PARTS, each_part, once, part_loop
from engine.kernels.registers.blocks import floats, integers

OWN, HERE, LEFT = range(3)
"""What a loop does with a neuron: it keeps its layer's function, has the loop's, or is left alone."""
_value, _slope = FUNCTIONS["leaky"]


def _around(loop: Callable[[int, int, Any], None], name: str) -> Any:
    """The loop with a function's value and slope as what it calls `_value` and `_slope`, compiled."""
    origin, (value, slope) = cast(FunctionType, loop), FUNCTIONS[name]
    told = {**origin.__globals__, "_value": value, "_slope": slope}
    made = FunctionType(origin.__code__, told, origin.__name__, None, origin.__closure__)
    # Numba's cache tells loops apart by name: what they call does not count.
    made.__qualname__, made.__module__ = f"{origin.__qualname__}.{name}", origin.__module__
    return part_loop(made)


@once
def _act_loop(name: str) -> Any:
    """Arrays: pre, act, told, gain, offset, leak, size."""

    def edited_act(part: int, n: int, table: Any) -> None:
        pre, act, told = floats(table[0]), floats(table[1]), integers(table[2])
        gain, offset, leak = floats(table[3]), floats(table[4]), floats(table[5])[0]
        size = np.int64(integers(table[6])[0])
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            at = b * size
            for j in range(size):
                x, before = pre[at + j], act[at + j]
                value = _value(x, leak)
                # What is held to a range loses NaN, which is to go on and be found.
                value = value if x == x else x  # noqa: PLR0124
                value = value if told[j] == HERE else before
                # Of a neuron that is clamped not even infinity may be left.
                edited = gain[j] * value + offset[j] if gain[j] != 0 else offset[j]
                act[at + j] = before if told[j] == LEFT else edited

    return _around(edited_act, name)


@once
def _back_loop(name: str, rectified: bool) -> Any:
    """Arrays: grad, pre, told, gain, leak, size."""

    def edited_back(part: int, n: int, table: Any) -> None:
        grad, pre, told = floats(table[0]), floats(table[1]), integers(table[2])
        gain, leak = floats(table[3]), floats(table[4])[0]
        size = np.int64(integers(table[5])[0])
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            at = b * size
            for j in range(size):
                x = pre[at + j]
                own = np.float32(1) if x > 0 or not rectified else np.float32(0)
                slope = _slope(x, leak) if told[j] == HERE else own
                grad[at + j] *= slope * gain[j] if told[j] != LEFT else np.float32(1)

    return _around(edited_back, name)


def act(name: str, pre: Array, values: Array, tables: Sequence[Array]) -> None:
    """Edit activations (n, ...) in place, from sums of that shape, both contiguous: gain f + offset.

    name: of the function in `FUNCTIONS`. tables: told (size,) int32, gain and offset (size,), leak (1,).
    """
    told, gain, offset, leak = tables
    arrays = (pre, values, told, gain, offset, leak, np.array([len(told)], np.int32))
    each_part(pre.size, _act_loop(name), len(pre), arrays)


def back(name: str, grad: Array, pre: Array, tables: Sequence[Array], rectified: bool) -> None:
    """Turn the gradient by edited activations into that by the sums, in place, in the same way.

    rectified: whether the neurons that keep their function have ReLU; else that is left to others.
    """
    told, gain, _, leak = tables
    arrays = (grad, pre, told, gain, leak, np.array([len(told)], np.int32))
    each_part(pre.size, _back_loop(name, rectified), len(pre), arrays)
