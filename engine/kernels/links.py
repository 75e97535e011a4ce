"""Compiled loops over many edited synapses. Like `engine.kernels`, import it late.

Batches lie column by column: STRIP examples of one neuron in one piece, so that one weight is multiplied by
all of them at once. Synapses come in groups, by the neuron or the parameter that gathers them; a group is
summed up by one thread, in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.parts import PARTS, each_part, once, part_loop
from engine.kernels.registers.blocks import add_product, add_window, floats, integers, load, store
from engine.kernels.registers.emit import processor
from engine.kernels.registers.totals import total

STRIP = 64
"""Examples that are worked on at once."""


def columns(x: Array) -> Array:
    """A batch (B, n) column by column: (strips, n, STRIP), zeros where a strip is not full."""
    strips = -(-len(x) // STRIP)
    out = aligned(strips * x.shape[1] * STRIP, np.float32).reshape(strips, x.shape[1], STRIP)
    for strip in range(strips):
        part = x[strip * STRIP : (strip + 1) * STRIP]
        out[strip, :, : len(part)] = part.T
    return out


@once
def _sums_loop(lanes: int) -> Any:
    strip = STRIP

    def link_sums(part: int, n: int, table: Any) -> None:
        x, weight, out = floats(table[0]), floats(table[1]), floats(table[2])
        first, index, parameter = integers(table[3]), integers(table[4]), integers(table[5])
        more, offset, sizes = floats(table[6]), floats(table[7]), integers(table[8])
        one, other = np.int64(sizes[2]), np.int64(sizes[3])
        for s in range(sizes[0]):
            base = np.int64(s) * sizes[1]
            for g in range(part * n // PARTS, (part + 1) * n // PARTS):
                to = (np.int64(s) * n + g) * strip
                sums = load(out, to, strip, 1, strip, lanes)
                for e in range(first[g], first[g + 1]):
                    value = more[e * one] * weight[parameter[e]] + offset[e * other]
                    sums = add_window(sums, value, x, (base + index[e]) * strip, strip, 1, strip, lanes)
                store(sums, out, to, strip, 1, strip, lanes)

    return part_loop(link_sums)


@once
def _slopes_loop(lanes: int) -> Any:
    strip = STRIP

    def link_slopes(part: int, n: int, table: Any) -> None:
        x, y, out, zeros = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        first, start, end = integers(table[4]), integers(table[5]), integers(table[6])
        more, sizes = floats(table[7]), integers(table[8])
        one = np.int64(sizes[3])
        for g in range(part * n // PARTS, (part + 1) * n // PARTS):
            sums = load(zeros, 0, strip, 1, strip, lanes)
            for s in range(sizes[0]):
                xs, ys = np.int64(s) * sizes[1], np.int64(s) * sizes[2]
                for e in range(first[g], first[g + 1]):
                    a, b = (xs + start[e]) * strip, (ys + end[e]) * strip
                    sums = add_product(sums, more[e * one], x, a, y, b, strip, lanes)
            out[g] = total(sums)

    return part_loop(link_slopes)


def sums(x: Array, weight: Array, first: Array, synapses: Sequence[Array], n: int) -> Array:
    """Each group's sum for each example, (n, groups): change of weight times x.

    x: `columns` of n examples. first (groups + 1,): where each group begins. synapses, each (e,) and in the
    order of the groups: index of x, parameter (flat index into weight), more, offset; the change of weight is
    more * weight[parameter] + offset. more and offset may be (1,), for all alike.
    """
    index, parameter, more, offset = synapses
    groups = len(first) - 1
    out = aligned(x.shape[0] * groups * STRIP, np.float32)
    sizes = np.array((*x.shape[:2], len(more) > 1, len(offset) > 1), np.int32)
    arrays = (x, weight, out, first, index, parameter, more, offset, sizes)
    each_part(len(index) * STRIP, _sums_loop(processor()[0]), groups, arrays)
    strips = out.reshape(x.shape[0], groups, STRIP)
    return np.concatenate([strip.T for strip in strips])[:n]


def slopes(x: Array, y: Array, first: Array, start: Array, end: Array, more: Array) -> Array:
    """Each group's sum over its synapses and all examples, (groups,): more * x[start] * y[end].

    more may be (1,), for all alike.
    """
    groups = len(first) - 1
    sizes = np.array((*x.shape[:2], y.shape[1], len(more) > 1), np.int32)
    out, zeros = np.empty(groups, np.float32), aligned(STRIP, np.float32)
    arrays = (x, y, out, zeros, first, start, end, more, sizes)
    each_part(len(start) * STRIP, _slopes_loop(processor()[0]), groups, arrays)
    return out
