"""Compiled loops of convolution, ReLU and max-pooling in one pass. Like `engine.kernels`, import it late.

Stride 1, pooling windows side by side, float32, channels last. The activations between convolution and
pooling are never written: what goes back is the tap that won each pooling window, one byte each, and nothing
passes but at those winners. A loop is made for a `Geometry`: the numbers that its closure holds are constants
of the code, and part of the key under which it is kept on disk.

x (n, h, w, channels), out, grad and winner (n, down, across, maps) lie flat; PARTS take turns at a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from engine.kernels.maps.conv_pool_shape import Chunk, Geometry, Plan
from engine.kernels.parts import PARTS, once, part_loop
from engine.kernels.registers.blocks import (
    add_to_window,
    add_window,
    floats,
    integers,
    load,
    octets,
    repeat,
    store,
)
from engine.kernels.registers.emit import SILENT
from engine.kernels.registers.images import add_outer, add_won, pool

_inline: Callable[..., Any] = numba.njit(inline="always", error_model="numpy")


@_inline
def _copy(x: Any, at: int, step: int, to: Any, to_at: int, to_step: int, rows: int, run: int) -> None:
    """Copy rows of `run` numbers that lie `step` apart to where they lie `to_step` apart."""
    for y in range(rows):
        for i in range(run):
            to[to_at + y * to_step + i] = x[at + y * step + i]


@_inline
def _clear(x: Any, first: int, end: int) -> None:
    for i in range(first, end):
        x[i] = np.float32(0)


@once
def forward_loop(g: Geometry, plan: Plan, pooled: bool) -> Any:
    """Arrays: x, weight (taps down, taps across, channels, maps), bias, out, winner, frames.

    Not pooled, where windows are of one sum: the sums as they are, and no winners.
    """
    framed, row, run, image, channels = g.framed, g.row, g.run, g.image, g.channels
    line, high, first, frame_size = g.line, g.high, g.first, g.frame_size
    down, across, maps, size, taps = g.down, g.across, g.maps, g.size, g.height
    lanes, some, cells = plan.lanes, plan.some, plan.cells
    columns, pixels, step = size * cells, size * size * cells, size * channels

    def conv_pool_forward(part: int, n: int, table: Any) -> None:
        x, weight, bias, out = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        winner, frames = octets(table[4]), floats(table[5])
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            source, base = x, b * image
            if framed:
                source, base = frames, part * frame_size
                _copy(x, b * image, line, frames, base + first, row, high, line)
            for chunk in range(0, maps, some):
                # A last chunk that does not fit begins earlier: the same sums once more.
                m = min(chunk, maps - some)
                for py in range(down):
                    for block in range(0, across, cells):
                        px = min(block, across - cells)
                        top = base + py * size * row + px * step
                        sums = repeat(bias, m, some, pixels, lanes)
                        for ky in range(taps):
                            for i in range(run):
                                at = top + ky * row + i
                                to = (ky * run + i) * maps + m
                                sums = add_outer(
                                    sums, source, at, row, channels, size, columns, weight, to, some, lanes
                                )
                        at = ((b * down + py) * across + px) * maps + m
                        if pooled:
                            pool(sums, size, cells, maps, out, winner, at, some, lanes)
                        else:
                            store(sums, out, at, maps, pixels, some, lanes)

    return part_loop(conv_pool_forward)


@once
def by_maps_loop(g: Geometry, plan: Plan, chunk: Chunk) -> Any:
    """Gradient of weights and bias where a window's row holds few numbers: dense, maps side by side.

    Arrays: x, grad, winner, total (PARTS, taps down / rows, rows * run + 1, maps), frames. Each group of a
    window's rows ends with the bias.
    """
    framed, row, run, image, channels = g.framed, g.row, g.run, g.image, g.channels
    line, high, first, frame_size = g.line, g.high, g.first, g.frame_size
    down, across, maps, size, groups = g.down, g.across, g.maps, g.size, g.height // plan.rows
    lanes, rows, (begin, end, some) = plan.lanes, plan.rows, chunk
    places, step = rows * run + 1, size * channels

    def conv_pool_by_maps(part: int, n: int, table: Any) -> None:
        x, grad, winner = floats(table[0]), floats(table[1]), octets(table[2])
        total, frames = floats(table[3]), floats(table[4])
        own = part * groups * places * maps
        for group in range(groups):
            for some_first in range(begin, end, some):
                m = min(some_first, end - some)
                to = own + group * places * maps + m
                for i in range(places):
                    _clear(total, to + i * maps, to + i * maps + some)
                sums = load(total, to, maps, places, some, lanes)
                for b in range(part * n // PARTS, (part + 1) * n // PARTS):
                    source, base = x, b * image
                    if framed:
                        source, base = frames, part * frame_size
                        _copy(x, b * image, line, frames, base + first, row, high, line)
                    for py in range(down):
                        for px in range(across):
                            at = ((b * down + py) * across + px) * maps + m
                            top = base + (py * size + group * rows) * row + px * step
                            for tap in range(size * size):
                                x_at = top + tap // size * row + tap % size * channels
                                sums = add_won(
                                    sums, grad, winner, at, tap, source, x_at, row, rows, run, some, lanes
                                )
                store(sums, total, to, maps, places, some, lanes)

    return part_loop(conv_pool_by_maps)


@once
def by_winners_loop(g: Geometry, plan: Plan, back: bool) -> Any:
    """Gradients from the winners alone; of the input too where `back`.

    Arrays: x, grad, winner, total (PARTS, maps * window + maps), frames, weight (maps, window), dx, back
    frames, places and values (PARTS, cells + 1).
    """
    framed, row, run, image, channels = g.framed, g.row, g.run, g.image, g.channels
    line, high, first, frame_size = g.line, g.high, g.first, g.frame_size
    down, across, maps, size, taps = g.down, g.across, g.maps, g.size, g.height
    lanes, rows, piece, window, step = (
        plan.lanes,
        plan.rows,
        plan.piece,
        g.height * g.run,
        g.size * g.channels,
    )
    cells, silent = down * across, SILENT

    def conv_pool_by_winners(part: int, n: int, table: Any) -> None:
        x, grad, winner = floats(table[0]), floats(table[1]), octets(table[2])
        total, frames, weight = floats(table[3]), floats(table[4]), floats(table[5])
        dx, back_frames = floats(table[6]), floats(table[7])
        places, values = integers(table[8]), floats(table[9])
        own, mine = part * maps * (window + 1), part * (cells + 1)
        bias_at = own + maps * window
        _clear(total, own, bias_at + maps)
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            source, base, target = x, b * image, dx
            if framed:
                source, base, target = frames, part * frame_size, back_frames
                _copy(x, b * image, line, frames, base + first, row, high, line)
            if back:
                _clear(target, base, base + (frame_size if framed else image))
            for m in range(maps):
                k, bias = mine, np.float32(0)
                for py in range(down):
                    for px in range(across):
                        # Writing always and advancing only at a winner has no branch to mispredict.
                        at = ((b * down + py) * across + px) * maps + m
                        tap = np.int64(winner[at])
                        here = base + py * size * row + px * step
                        places[k] = here + tap // size * row + tap % size * channels
                        values[k] = grad[at]
                        on = tap != silent
                        bias += grad[at] if on else np.float32(0)
                        k += on
                total[bias_at + m] += bias
                for ky in range(0, taps, rows):
                    for c in range(0, run, piece):
                        to, over = m * window + ky * run + c, ky * row + c
                        sums = load(total, own + to, run, rows, piece, lanes)
                        for i in range(mine, k):
                            sums = add_window(
                                sums, values[i], source, places[i] + over, row, rows, piece, lanes
                            )
                        store(sums, total, own + to, run, rows, piece, lanes)
                        if back:
                            kernel = load(weight, to, run, rows, piece, lanes)
                            for i in range(mine, k):
                                add_to_window(
                                    kernel, values[i], target, places[i] + over, row, rows, piece, lanes
                                )
            if back and framed:
                _copy(back_frames, base + first, row, dx, b * image, line, high, line)

    return part_loop(conv_pool_by_winners)
