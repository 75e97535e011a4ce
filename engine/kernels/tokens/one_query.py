"""Attention of one query to all tokens, whose keys and values are never made. Import it late.

Where one token alone asks, key and value of each token take more products than what is done with them. With
K = X Wk + bk and V = X Wv + bv, head by head:

    q . K = X (Wk q) + q . bk      the last is the same for all keys, and softmax knows no such thing
    a V   = (a X) Wv + bv          as attention sums up to 1

so Wk and Wv are gone through once an image rather than once a token. bk changes no answer: its gradient is 0.
Tokens x (n, keys, inner); queries and answers (n, 1, heads x part), heads side by side; float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.parts import PARTS, each_part, once, part_loop
from engine.kernels.products import LEAST, WIDEST, product_loop, tile, turn_loop
from engine.kernels.registers.blocks import floats, load, repeat, store
from engine.kernels.registers.emit import processor
from engine.kernels.registers.images import add_outer
from engine.kernels.registers.softmax import softmax, softmax_slopes
from engine.kernels.registers.totals import product_total
from engine.kernels.tokens.attention import LARGEST, Sizes

_HEADS = 16
"""Heads up to which it is used: each goes over all tokens."""
_KEPT = ("asked", "mixed", "by mixed", "by asked")


class OneQuery:
    """The step for some sizes, with its buffers; lanes, room: as of `processor`, by default this one's.

    `fits` is False where keys and values are to be made; nothing else may be asked then.
    """

    def __init__(self, sizes: Sizes, inner: int, lanes: int = 0, room: int = 0):
        gains = bool(lanes) or processor()[0] >= LEAST
        if not lanes:
            lanes, room = processor()
        width, whole = sizes.heads * sizes.part, not (inner % lanes or sizes.part % lanes)
        narrow = max(inner, width) <= WIDEST and sizes.keys <= LARGEST and sizes.heads <= _HEADS
        self.fits = gains and whole and narrow and sizes.queries == 1
        self._made, self._sizes, self._inner, self._width = (lanes, room), sizes, inner, width
        self._zeros = aligned(max(inner, width) if self.fits else 0, np.float32)
        self._scale = np.array([1 / np.sqrt(sizes.part)], np.float32)
        self._spare = aligned(PARTS * sizes.heads * sizes.keys, np.float32)
        self._turned = aligned(inner * width if self.fits else 0, np.float32)
        self._attention, self._kept = np.empty(0, np.float32), dict[str, Array]()

    def forward(self, query: Array, x: Array, key: Array, value: Array, bias: Array, out: Array) -> None:
        """Write out (n, 1, width); key, value: weights (inner, width), bias (width,) that of the values."""
        n = len(x)
        if self._attention.size < n * self._spare.size // PARTS:
            self._attention = aligned(n * self._spare.size // PARTS, np.float32)
            shape = n, self._sizes.heads, self._inner
            self._kept = {name: aligned(int(np.prod(shape)), np.float32).reshape(shape) for name in _KEPT}
        self._turn(key)
        self._widen(query, self._kept["asked"])
        given = self._kept["asked"], x, self._attention, self._kept["mixed"]
        self._mix(_there_loop, n, *given)
        self._narrow(self._kept["mixed"], value, bias, out)

    def backward(
        self,
        grad: Array,
        query: Array,
        x: Array,
        weights: tuple[Array, Array],
        learn: tuple[Mapping[str, Array], Mapping[str, Array]],
        back: tuple[Array, Array],
    ) -> None:
        """From grad (n, 1, width), by out, write learn, by keys' and values' parameters, and back, by inputs.

        weights: of keys and values; back: the gradients by query and x.
        """
        n, kept = len(x), self._kept
        self._turn(weights[1])
        self._widen(grad, kept["by mixed"])
        slopes = kept["by mixed"], kept["by asked"], back[1], learn[0]["bias"]
        given = kept["asked"], x, self._attention, *slopes
        self._mix(_back_loop, n, *given)
        self._narrow(kept["by asked"], weights[0], self._zeros, back[0])
        self._weights(kept["by asked"], query, learn[0]["weight"], None)
        self._weights(kept["mixed"], grad, learn[1]["weight"], learn[1]["bias"])

    def _mix(self, loop: Any, n: int, *arrays: Array) -> None:
        sizes, inner = self._sizes, self._inner
        work = n * sizes.heads * sizes.keys * inner
        each_part(work, loop(sizes, inner, *self._made), n, (*arrays, self._spare, self._scale, self._zeros))

    def _turn(self, weight: Array) -> None:
        each_part(weight.size, turn_loop(self._made[0]), self._inner, (weight, self._turned), (self._width,))

    def _widen(self, narrow: Array, wide: Array) -> None:
        """Write wide (n, heads, inner): each head of narrow (n, 1, width) by its part of the weights."""
        inner, part, width, heads = self._inner, self._sizes.part, self._width, self._sizes.heads
        for head in range(heads):
            x, w = narrow[:, 0, head * part :], self._turned[head * part * inner :]
            numbers = part, inner, width, 1, inner, heads * inner, 0
            self._product(inner, len(narrow), (x, w, self._zeros, wide, wide[:, head]), numbers)

    def _narrow(self, wide: Array, weight: Array, first: Array, narrow: Array) -> None:
        """Write narrow (n, 1, width): first, and each head of wide (n, heads, inner) by its own columns."""
        inner, part, width, heads = self._inner, self._sizes.part, self._width, self._sizes.heads
        for head in range(heads):
            begin = head * part
            arrays = wide[:, head], weight[:, begin:], first[begin:], narrow, narrow[:, 0, begin:]
            self._product(part, len(narrow), arrays, (inner, part, heads * inner, 1, width, width, 0))

    def _weights(self, wide: Array, narrow: Array, answer: Array, bias: Array | None) -> None:
        """Write the gradients by weights (inner, width), and by a bias (width,), over all examples."""
        inner, part, width, heads = self._inner, self._sizes.part, self._width, self._sizes.heads
        for head in range(heads):
            begin, use = head * part, 0 if bias is None else 2
            more = answer if bias is None else bias[begin:]
            arrays = wide[:, head], narrow[:, 0, begin:], self._zeros, more, answer[:, begin:]
            self._product(part, inner, arrays, (len(narrow), part, 1, heads * inner, width, width, use))

    def _product(self, columns: int, n: int, arrays: tuple[Array, ...], numbers: tuple[int, ...]) -> None:
        loop = product_loop(*tile(columns, *self._made), self._made[0])
        each_part(n * numbers[0] * columns, loop, n, arrays, numbers)


def _whole(s: Sizes, lanes: int, room: int) -> int:
    """So many heads' scores at once as registers hold, and heads are made up of."""
    return next(k for k in range(s.rows(s.heads, s.keys, lanes, room), 0, -1) if s.heads % k == 0)


@once
def _there_loop(s: Sizes, inner: int, lanes: int, room: int) -> Any:
    """Arrays: asked, x, attention, mixed; spare, scale, zeros."""
    heads, keys, run = s.heads, s.keys, tile(inner, lanes, room)[1]
    some, many = _whole(s, lanes, room), s.rows(heads, run, lanes, room)

    def one_query_forward(part: int, n: int, table: Any) -> None:
        asked, x, attention, mixed = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        spare, scale, zeros = floats(table[4]), floats(table[5])[0], floats(table[6])
        own = part * heads * keys
        for e in range(part * n // PARTS, (part + 1) * n // PARTS):
            for head in range(heads):
                line = load(asked, (e * heads + head) * inner, inner, 1, inner, lanes)
                for j in range(keys):
                    spare[own + head * keys + j] = scale * product_total(line, x, (e * keys + j) * inner)
            for head in range(0, heads, some):
                shares = load(spare, own + head * keys, keys, some, keys, lanes)
                shares = softmax(shares, some, keys, lanes)
                store(shares, attention, (e * heads + head) * keys, keys, some, keys, lanes)
            for top in range(0, heads, many):
                # A last block that does not fit begins earlier: the same sums once more.
                head = min(top, heads - many)
                for i in range(0, inner, run):
                    sums = repeat(zeros, 0, run, many, lanes)
                    for j in range(keys):
                        a, w = (e * heads + head) * keys + j, (e * keys + j) * inner + i
                        sums = add_outer(sums, attention, a, keys, 0, many, 1, x, w, run, lanes)
                    store(sums, mixed, (e * heads + head) * inner + i, inner, many, run, lanes)

    return part_loop(one_query_forward)


@once
def _back_loop(s: Sizes, inner: int, lanes: int, room: int) -> Any:
    """Arrays: asked, x, attention, gradients by mixed, asked, x and the keys' bias; spare, scale, zeros."""
    heads, keys, size, run = s.heads, s.keys, s.part, tile(inner, lanes, room)[1]
    some, many = _whole(s, lanes, room), s.rows(heads, run, lanes, room)
    others = s.rows(keys, run, lanes, room)

    def one_query_backward(part: int, n: int, table: Any) -> None:
        asked, x, attention = floats(table[0]), floats(table[1]), floats(table[2])
        by_mixed, by_asked, by_x = floats(table[3]), floats(table[4]), floats(table[5])
        by_bias, spare, scale, zeros = (
            floats(table[6]),
            floats(table[7]),
            floats(table[8])[0],
            floats(table[9]),
        )
        own = part * heads * keys
        for i in range(part * heads // PARTS * size, (part + 1) * heads // PARTS * size):
            by_bias[i] = np.float32(0)
        for e in range(part * n // PARTS, (part + 1) * n // PARTS):
            first = e * heads
            for head in range(heads):
                line = load(by_mixed, (first + head) * inner, inner, 1, inner, lanes)
                for j in range(keys):
                    spare[own + head * keys + j] = product_total(line, x, (e * keys + j) * inner)
            for head in range(0, heads, some):
                at = own + head * keys
                felt = load(spare, at, keys, some, keys, lanes)
                felt = softmax_slopes(felt, scale, attention, (first + head) * keys, some, keys, lanes)
                store(felt, spare, at, keys, some, keys, lanes)
            for top in range(0, heads, many):
                head = min(top, heads - many)
                for i in range(0, inner, run):
                    sums = repeat(zeros, 0, run, many, lanes)
                    for j in range(keys):
                        a, w = own + head * keys + j, (e * keys + j) * inner + i
                        sums = add_outer(sums, spare, a, keys, 0, many, 1, x, w, run, lanes)
                    store(sums, by_asked, (first + head) * inner + i, inner, many, run, lanes)
            for top in range(0, keys, others):
                j = min(top, keys - others)
                for i in range(0, inner, run):
                    sums = repeat(zeros, 0, run, others, lanes)
                    for head in range(heads):
                        a, w = (first + head) * keys + j, (first + head) * inner + i
                        sums = add_outer(sums, attention, a, 1, 0, others, 1, by_mixed, w, run, lanes)
                        a = own + head * keys + j
                        sums = add_outer(sums, spare, a, 1, 0, others, 1, asked, w, run, lanes)
                    store(sums, by_x, (e * keys + j) * inner + i, inner, others, run, lanes)

    return part_loop(one_query_backward)
