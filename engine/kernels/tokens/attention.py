"""Attention, scores to mixed values, in one pass each way. Like `engine.kernels`, import it late.

A head's matrices are small (17 x 16, say): a library of products takes as long to begin one as to do it, and
what lies in between is written and read again. Here a head stays in the processor's nearest cache from its
queries to its answer; its sums and its softmax stay in registers. Examples (n, tokens, d) with heads side by
side in d, attention (n, heads, queries, keys), float32; PARTS take turns at a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.parts import PARTS, Addresses, once, part_loop, run_parts
from engine.kernels.registers.blocks import floats, load, repeat, scaled, store, store_apart
from engine.kernels.registers.emit import cut, processor
from engine.kernels.registers.images import add_outer
from engine.kernels.registers.softmax import softmax, softmax_slopes
from engine.kernels.registers.totals import turn

LARGEST = 64
"""Tokens, and numbers of a head, up to which these loops are used: beyond, a library does as well."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of attention; part: numbers of a head."""

    heads: int
    queries: int
    keys: int
    part: int

    @property
    def spare(self) -> int:
        """Numbers that a part of a batch works in: a head turned, and its scores."""
        return (self.part + self.queries) * self.keys

    def square(self, lanes: int) -> int:
        """So many keys are turned in square blocks, the rest one by one."""
        return 0 if self.part % lanes else self.keys // lanes * lanes

    def rows(self, of: int, run: int, lanes: int, room: int) -> int:
        """So many of `of` rows of `run` sums at once, shared out evenly, as registers hold."""
        most = max(1, room // len(cut(run, lanes)))
        return -(-of // -(-of // most))


class AttentionStep:
    """The step for some sizes, with its buffers; lanes, room: as of `processor`, by default this one's."""

    def __init__(self, sizes: Sizes, lanes: int = 0, room: int = 0):
        if not lanes:
            lanes, room = processor()
        self._made = sizes, lanes, room
        self.fits = max(sizes.queries, sizes.keys, sizes.part) <= LARGEST
        zeros = max(sizes.keys, sizes.part)
        self._spare = aligned(zeros + PARTS * sizes.spare, np.float32)
        self._spare[:zeros] = 0
        self._attention = np.empty(0, np.float32)
        self._scale = np.array([1 / np.sqrt(sizes.part)], np.float32)
        self._forward, self._backward = Addresses(), Addresses()

    def forward(self, query: Array, key: Array, value: Array, out: Array) -> None:
        """Write out (n, queries, d) from queries, keys and values (n, tokens, d); attention is kept."""
        sizes = self._made[0]
        count = len(query) * sizes.heads * sizes.queries * sizes.keys
        if self._attention.size < count:
            self._attention = aligned(count, np.float32)
        table = self._forward.of(query, key, value, out, self._attention, self._spare, self._scale)
        run_parts(count * sizes.part, self._forward_loop, len(query), table)

    def backward(self, grad: Array, inputs: Sequence[Array], back: Sequence[Array]) -> None:
        """From grad (n, queries, d), by out, write the gradients by queries, keys and values, the inputs."""
        sizes = self._made[0]
        table = self._backward.of(*inputs, grad, self._attention, self._spare, self._scale, *back)
        work = len(grad) * sizes.heads * sizes.queries * sizes.keys * sizes.part
        run_parts(work, self._backward_loop, len(grad), table)

    @cached_property
    def _forward_loop(self) -> Any:
        return forward_loop(*self._made)

    @cached_property
    def _backward_loop(self) -> Any:
        return backward_loop(*self._made)


@once
def forward_loop(s: Sizes, lanes: int, room: int) -> Any:
    """Arrays: query, key, value, out, attention, spare, scale."""
    heads, queries, keys, size, width = s.heads, s.queries, s.keys, s.part, s.heads * s.part
    zeros, spare_size, square = max(s.keys, s.part), s.spare, s.square(lanes)
    some, many = s.rows(queries, keys, lanes, room), s.rows(queries, size, lanes, room)

    def attention_forward(part: int, n: int, table: Any) -> None:
        query, key, value, out = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        attention, spare, scale = floats(table[4]), floats(table[5]), floats(table[6])[0]
        own = zeros + part * spare_size
        for e in range(part * n // PARTS, (part + 1) * n // PARTS):
            for head in range(heads):
                q, k = e * queries * width + head * size, e * keys * width + head * size
                a = (e * heads + head) * queries * keys
                for j in range(0, square, lanes):
                    for c in range(0, size, lanes):
                        turn(key, k + j * width + c, width, spare, own + c * keys + j, keys, lanes)
                for j in range(square, keys):
                    store_apart(load(key, k + j * width, size, 1, size, lanes), spare, own + j, keys)
                for top in range(0, queries, some):
                    # A last block that does not fit begins earlier: the same sums once more.
                    i = min(top, queries - some)
                    sums = repeat(spare, 0, keys, some, lanes)
                    for c in range(size):
                        x, w = q + i * width + c, own + c * keys
                        sums = add_outer(sums, query, x, width, 0, some, 1, spare, w, keys, lanes)
                    sums = softmax(scaled(sums, scale), some, keys, lanes)
                    store(sums, attention, a + i * keys, keys, some, keys, lanes)
                for top in range(0, queries, many):
                    i = min(top, queries - many)
                    sums = repeat(spare, 0, size, many, lanes)
                    for j in range(keys):
                        x, w = a + i * keys + j, k + j * width
                        sums = add_outer(sums, attention, x, keys, 0, many, 1, value, w, size, lanes)
                    store(sums, out, q + i * width, width, many, size, lanes)

    return part_loop(attention_forward)


@once
def backward_loop(s: Sizes, lanes: int, room: int) -> Any:
    """Arrays: query, key, value, grad, attention, spare, scale, gradients by query, by key and by value."""
    heads, queries, keys, size, width = s.heads, s.queries, s.keys, s.part, s.heads * s.part
    zeros, spare_size, turned = max(s.keys, s.part), s.spare, s.part * s.keys
    square = s.square(lanes)
    some, many = s.rows(queries, keys, lanes, room), s.rows(queries, size, lanes, room)
    others = s.rows(keys, size, lanes, room)

    def attention_backward(part: int, n: int, table: Any) -> None:
        query, key, value, grad = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        attention, spare, scale = floats(table[4]), floats(table[5]), floats(table[6])[0]
        by_query, by_key, by_value = floats(table[7]), floats(table[8]), floats(table[9])
        own = zeros + part * spare_size
        slopes = own + turned
        for e in range(part * n // PARTS, (part + 1) * n // PARTS):
            for head in range(heads):
                q, k = e * queries * width + head * size, e * keys * width + head * size
                a = (e * heads + head) * queries * keys
                for j in range(0, square, lanes):
                    for c in range(0, size, lanes):
                        turn(value, k + j * width + c, width, spare, own + c * keys + j, keys, lanes)
                for j in range(square, keys):
                    store_apart(load(value, k + j * width, size, 1, size, lanes), spare, own + j, keys)
                for top in range(0, queries, some):
                    i = min(top, queries - some)
                    sums = repeat(spare, 0, keys, some, lanes)
                    for c in range(size):
                        x, w = q + i * width + c, own + c * keys
                        sums = add_outer(sums, grad, x, width, 0, some, 1, spare, w, keys, lanes)
                    sums = softmax_slopes(sums, scale, attention, a + i * keys, some, keys, lanes)
                    store(sums, spare, slopes + i * keys, keys, some, keys, lanes)
                for top in range(0, queries, many):
                    i = min(top, queries - many)
                    sums = repeat(spare, 0, size, many, lanes)
                    for j in range(keys):
                        x, w = slopes + i * keys + j, k + j * width
                        sums = add_outer(sums, spare, x, keys, 0, many, 1, key, w, size, lanes)
                    store(sums, by_query, q + i * width, width, many, size, lanes)
                for top in range(0, keys, others):
                    j = min(top, keys - others)
                    sums = repeat(spare, 0, size, others, lanes)
                    for i in range(queries):
                        x, w = slopes + i * keys + j, q + i * width
                        sums = add_outer(sums, spare, x, 1, 0, others, 1, query, w, size, lanes)
                    store(sums, by_key, k + j * width, width, others, size, lanes)
                    sums = repeat(spare, 0, size, others, lanes)
                    for i in range(queries):
                        x, w = a + i * keys + j, q + i * width
                        sums = add_outer(sums, attention, x, 1, 0, others, 1, grad, w, size, lanes)
                    store(sums, by_value, k + j * width, width, others, size, lanes)

    return part_loop(attention_backward)
