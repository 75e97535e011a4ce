"""Boxes of windows, and the cells that these read: what is cut out of an image to work on them alone.

What is cut out is framed: cells outside of the image are part of it, and there is nothing in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.blocks import Conv, MaxPool
from engine.blocks.window import Axis
from engine.graph.layer import Layer
from engine.graph.region import Region, Slices


@dataclass(frozen=True)
class Box:
    """Windows of a layer, and the part of its source that they read, as slices ahead of which (n,) stands.

    places: the windows in their layer. read: the cells that they read, in the source; inside: where these lie
    in what is cut out, of this shape; given: the bundle's own cells among them, in the source; cells: where
    these lie in what is cut out.
    """

    places: Slices
    read: Slices
    inside: Slices
    shape: tuple[int, int, int]
    given: Slices
    cells: Slices


def box_between(source: Layer, target: Layer, starts: Region | None, ends: Region | None) -> Box | None:
    """The box of synapses from some cells to some windows, of which one reads one at least.

    None where they are no box, and of blocks without windows; of a convolution also where they are all of the
    source (None), of a maximum where they are all of both. Windows that read none of the cells are left out.
    """
    block = target.block
    if not isinstance(block, Conv | MaxPool) or (
        starts is None and (ends is None or isinstance(block, Conv))
    ):
        return None
    cells, places = (
        [(0, length - 1) for length in layer.shape] if chosen is None else chosen.box
        for layer, chosen in ((source, starts), (target, ends))
    )
    if cells is None or places is None:
        return None
    axes = block.axes(source.shape)
    places = [*(axis.reading(places[k], cells[k]) for k, axis in enumerate(axes)), places[2]]
    maps = cells[2]
    if isinstance(block, MaxPool):
        # A window reads one map.
        maps = places[2] = max(maps[0], places[2][0]), min(maps[1], places[2][1])
    sides = [_side(axis, *places[k]) for k, axis in enumerate(axes)]
    read = [*((max(first, 0), min(last, source.shape[k] - 1)) for k, (first, last) in enumerate(sides)), maps]
    begin = (sides[0][0], sides[1][0], maps[0])
    mine = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(cells, read, strict=True)]
    shape = (sides[0][1] - sides[0][0] + 1, sides[1][1] - sides[1][0] + 1, maps[1] - maps[0] + 1)
    inside = _slices(read, begin), shape, _slices(mine), _slices(mine, begin)
    return Box(_slices(places), _slices(read), *inside)


def _side(axis: Axis, first: int, last: int) -> tuple[int, int]:
    """The first and the last cell that these windows read, of which some may lie outside of the image."""
    return first * axis.stride - axis.before, last * axis.stride - axis.before + axis.taps - 1


def _slices(ranges: list[tuple[int, int]], begin: tuple[int, int, int] = (0, 0, 0)) -> Slices:
    (a, b), (c, d), (e, f) = ranges
    i, j, k = begin
    return slice(None), slice(a - i, b + 1 - i), slice(c - j, d + 1 - j), slice(e - k, f + 1 - k)
