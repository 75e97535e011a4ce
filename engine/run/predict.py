"""Answers of a net: probabilities, averaged over several views of an image where the net sees only a part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from math import isqrt

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_generator, check_whole
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.inputs import as_inputs, as_numbers, probabilities
from engine.run.machine import Machine
from engine.run.sizes import compiled_gains, fitting
from engine.run.whole_digits import DIGIT, INK, framing_of


def predict(
    net: Net, images: Array, batch: int, crops: int = 1, rng: np.random.Generator | None = None
) -> Array:
    """Probabilities (B, classes); see Net.predict."""
    batch, crops = check_whole(batch, "batch", 1), check_whole(crops, "crops", 1)
    if rng is not None:
        check_generator(rng)
    images = np.atleast_1d(as_numbers(net, images))
    batch = fitting(net, min(batch, max(len(images), 1)))
    fast = compiled_gains(net, len(images), crops)
    machine = Machine(net.layers, net.parameters, batch, fast=fast, lean=True, overlay=net.overlay)
    probability = np.zeros((len(images), net.layers[-1].size), net.dtype)
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        for view in views(net, images[part], crops, rng):
            with one_blas_thread() if fast else nullcontext():
                act = machine.forward(view)
            probability[part] += probabilities(net, act) / net.dtype.type(crops)
    return probability


def views(net: Net, images: Array, crops: int, rng: np.random.Generator | None) -> Iterator[Array]:
    """`crops` input batches (B, *input shape) of the same images; one crop is the centre.

    Without rng they lie on an even grid, 2 x 2 for four: of the 5 places along a side of 28 that 24 pixels
    have, the second and the fourth. With rng every image has its own places. EngineError where the net sees
    whole digits, or crops make no grid.
    """
    if crops == 1:
        yield as_inputs(net, images)
        return
    shape = net.layers[0].shape
    if framing_of(shape, net.framing) != "middle":
        raise EngineError(
            f"{crops} crops: {net.name} looks at {'x'.join(map(str, shape))}; give 1, or more than 1 for a "
            f"net that looks at a part of a digit, such as {INK + 4}x{INK + 4}"
        )
    room = (DIGIT[0] - shape[0], DIGIT[1] - shape[1])
    if images.shape[1:3] != DIGIT:
        raise EngineError(f"crops are taken from whole digits (B, 28, 28), got {images.shape}")
    windows = np.lib.stride_tricks.sliding_window_view(images, shape[:2], (1, 2))
    every = np.arange(len(images))
    for top, left in _drawn(len(images), room, crops, rng) if rng is not None else _grid(room, crops):
        yield as_inputs(net, windows[every, top, left])


def _drawn(count: int, room: tuple[int, int], crops: int, rng: np.random.Generator) -> Iterator[list[Array]]:
    for _ in range(crops):
        yield [rng.integers(0, most + 1, count) for most in room]


def _grid(room: tuple[int, int], crops: int) -> Iterator[tuple[int, int]]:
    side = isqrt(crops)
    if side * side != crops:
        raise EngineError(f"{crops} crops make no square grid: give 4, 9, 16 or 25")
    for index in np.ndindex(side, side):
        top, left = (round((i + 0.5) / side * most) for i, most in zip(index, room, strict=True))
        yield top, left
