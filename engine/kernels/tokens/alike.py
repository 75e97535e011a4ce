"""Attention of a first block, each of its tokens that are alike in several images worked on once.

Before the first attention a token knows its own patch alone: the class token is the same in all images, and
so are blank patches at one place. Norm, queries, keys and values are made of those that differ, and the
gradients of those that are alike are summed up before they go back. Like `engine.kernels`, import it late.

Tokens x (n, tokens, d), queries, keys, values (n, tokens, width); float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels import layer_norm
from engine.kernels.parts import PARTS, Addresses, each_part, late_part_loop, run_parts
from engine.kernels.products import DenseProducts
from engine.kernels.registers.blocks import floats, integers, wholes
from engine.kernels.tokens.attention import AttentionStep


@dataclass(frozen=True)
class Rows:
    """Sizes. tokens: of an image. d: numbers of a token. width: numbers of its query, key or value.

    ahead: class tokens, 0 or 1. size: rows of pixels in a patch. row: numbers in a row of an image. depth:
    numbers in a row of a patch.
    """

    tokens: int
    d: int
    width: int
    ahead: int
    size: int
    row: int
    depth: int


@late_part_loop
def _find(part: int, n: int, table: Any) -> None:
    """Find the tokens that differ. Arrays: x, images, number, rows, first, heads, count; numbers: see `Rows`.

    number (n * tokens,): for each token, which of those that differ it is; rows: where each of those stands
    in x; first (tokens + 1,): where those of each place begin, which lie side by side; heads: room for the
    bits of each one's first number; count: how many there are. Tokens are alike where their patches are: a
    token alone may hide a difference that the gradients by weights need.
    """
    x, images, number, rows = integers(table[0]), integers(table[1]), wholes(table[2]), wholes(table[3])
    first, heads, count = wholes(table[4]), integers(table[5]), wholes(table[6])
    tokens, d, ahead, size, row, depth = table[7], table[8], table[10], table[11], table[12], table[13]
    across = row // depth
    image = (tokens - ahead) // across * size * row
    if part != 0:
        return
    found = 0
    for token in range(tokens):
        first[token] = found
        corner = (token - ahead) // across * size * row + (token - ahead) % across * depth
        for e in range(n):
            at, mine = (e * tokens + token) * d, found
            for k in range(first[token], found):
                if heads[k] == x[at]:
                    differing = 0
                    if token >= ahead:
                        here, there = e * image + corner, rows[k] // tokens * image + corner
                        for y in range(0, size * row, row):
                            for i in range(y, y + depth):
                                differing |= images[here + i] ^ images[there + i]
                    if differing == 0:
                        mine = k
                        break
            if mine == found:
                rows[found] = e * tokens + token
                heads[found] = x[at]
                found += 1
            number[e * tokens + token] = mine
    first[tokens] = found
    count[0] = found


@late_part_loop
def _take(part: int, n: int, table: Any) -> None:
    """The first n of out: the rows of x that these numbers tell. Arrays: x, rows, out. Number: d."""
    x, rows, out, d = floats(table[0]), wholes(table[1]), floats(table[2]), table[3]
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        at = rows[i] * d
        for j in range(d):
            out[i * d + j] = x[at + j]


@late_part_loop
def _give(part: int, n: int, table: Any) -> None:
    """Add the first n rows of grad to those of total that these numbers tell. Arrays: grad, rows, total."""
    grad, rows, total, d = floats(table[0]), wholes(table[1]), floats(table[2]), table[3]
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        at = rows[i] * d
        for j in range(d):
            total[at + j] += grad[i * d + j]


@late_part_loop
def _clear(part: int, n: int, table: Any) -> None:
    """Write n zeros. Array: out."""
    out = floats(table[0])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        out[i] = np.float32(0)


@late_part_loop
def _gather(part: int, n: int, table: Any) -> None:
    """Sums of grad over the tokens that are alike. Arrays: grad, number, first, sums. Numbers: tokens, d."""
    grad, number, first, sums = floats(table[0]), wholes(table[1]), wholes(table[2]), floats(table[3])
    tokens, d = table[4], table[5]
    for token in range(part * tokens // PARTS, (part + 1) * tokens // PARTS):
        for i in range(first[token] * d, first[token + 1] * d):
            sums[i] = np.float32(0)
        for e in range(n):
            at, to = (e * tokens + token) * d, number[e * tokens + token] * d
            for j in range(d):
                sums[to + j] += grad[at + j]


class AlikeAttention:
    """The step for rows of some sizes; attention: see `AttentionStep`.

    `fits` is False where it is not to be used; nothing else may be asked then.
    """

    def __init__(self, sizes: Rows, eps: float, attention: AttentionStep):
        self._products = [DenseProducts(sizes.d, sizes.width) for _ in "qkv"]
        self.fits = attention.fits and self._products[0].fits
        self._sizes, self._attention = sizes, attention
        self._tokens, self._d, self._width = sizes.tokens, sizes.d, sizes.width
        self._eps = np.array([eps], np.float32)
        self._count, self._first = np.zeros(1, np.int64), np.zeros(sizes.tokens + 1, np.int64)
        self._norms = Addresses(), Addresses()
        self._n = 0

    def _room(self, n: int) -> None:
        if n <= self._n:
            return
        self._n, rows = n, n * self._tokens
        self._number, self._rows = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        self._heads = np.zeros(rows, np.int32)
        self._roots = aligned(rows, np.float32), aligned(rows, np.float32)
        # Tokens that differ, normed, and the gradients by both.
        self._narrow = [aligned(rows * self._d, np.float32).reshape(rows, self._d) for _ in range(4)]
        self._wide = aligned(rows * self._width, np.float32).reshape(rows, self._width)
        shape = n, self._tokens, self._width
        self._made = [aligned(rows * self._width, np.float32).reshape(shape) for _ in range(6)]

    def forward(self, x: Array, images: Array, own: Sequence[Mapping[str, Array]], out: Array) -> None:
        """Write out (n, tokens, width); own: parameters of the norm, queries, keys and values.

        images (n, height, width, channels): those of whose patches the tokens were made.
        """
        n, count = len(x), self._count
        self._room(n)
        places = self._number, self._rows, self._first, self._heads
        each_part(0, _find(), n, (x, images, *places, count), astuple(self._sizes))
        plain, normed = self._narrow[:2]
        self._moved(_take(), (x, self._rows, plain), self._d)
        known = own[0]["scale"], own[0]["shift"], self._eps
        layer_norm.forward(plain, known, normed, self._roots, self._norms[0], count)
        made = [array[:n] for array in self._made[:3]]
        for products, parameters, array in zip(self._products, own[1:], made, strict=True):
            products.forward(normed, parameters["weight"], parameters["bias"], None, self._wide, count)
            each_part(
                array.size, _take(), n * self._tokens, (self._wide, self._number, array), (self._width,)
            )
        query, key, value = made
        self._attention.forward(query, key, value, out)

    def backward(
        self,
        grad: Array,
        own: Sequence[Mapping[str, Array]],
        learn: Sequence[Mapping[str, Array]],
        back: Array,
        adding: bool,
    ) -> None:
        """From grad (n, tokens, width), by out, write learn, by the parameters, and back, by x, or add to it.

        What tokens that are alike get is given to one of them: all that are ahead of them is the same.
        """
        n, count, made = len(grad), self._count, [array[: len(grad)] for array in self._made]
        self._attention.backward(grad, made[:3], made[3:])
        plain, normed, by_normed, by_plain = self._narrow
        for i, (products, array) in enumerate(zip(self._products, made[3:], strict=True)):
            arrays = array, self._number, self._first, self._wide
            each_part(array.size, _gather(), n, arrays, (self._tokens, self._width))
            wanted = learn[1 + i]
            products.weights(normed, self._wide, wanted["weight"], wanted["bias"], count)
            products.back(self._wide, own[1 + i]["weight"], by_normed, i > 0, count)
        answer = by_plain, learn[0]["scale"], learn[0]["shift"]
        layer_norm.backward(
            by_normed, plain, own[0]["scale"], self._roots, answer, False, self._norms[1], count
        )
        if not adding:
            each_part(back.size, _clear(), back.size, (back,))
        self._moved(_give(), (by_plain, self._rows, back), self._d)

    def _moved(self, loop: Any, arrays: tuple[Array, ...], d: int) -> None:
        run_parts(arrays[0].size, loop, self._count, Addresses().of(*arrays, numbers=(d,)))
