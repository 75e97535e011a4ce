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
    maps, into = cells[2], places[2]
    if isinstance(block, MaxPool):
        # A window reads one map.
        maps = into = max(maps[0], into[0]), min(maps[1], into[1])
    down, across = map(_side, block.axes(source.shape), places[:2], cells[:2])
    count, mine = maps[1] - maps[0] + 1, slice(maps[0], maps[1] + 1)
    every, cut = slice(None), slice(0, count)
    return Box(
        places=(every, down[0], across[0], slice(into[0], into[1] + 1)),
        read=(every, down[1], across[1], mine),
        inside=(every, down[2], across[2], cut),
        shape=(down[5], across[5], count),
        given=(every, down[3], across[3], mine),
        cells=(every, down[4], across[4], cut),
    )


def _side(
    axis: Axis, places: tuple[int, int], cells: tuple[int, int]
) -> tuple[slice, slice, slice, slice, slice, int]:
    """The parts of a Box along an axis, in their order, and how many cells are cut out.

    places, cells: the first and the last window, and the first and the last of the bundle's own cells.
    """
    first, last = axis.reading(places, cells)
    begin, end = first * axis.stride - axis.before, last * axis.stride - axis.before + axis.taps
    low, high = max(begin, 0), min(end, axis.size)
    mine, ahead = max(cells[0], low), min(cells[1] + 1, high)
    inside, own = slice(low - begin, high - begin), slice(mine - begin, ahead - begin)
    return slice(first, last + 1), slice(low, high), inside, slice(mine, ahead), own, end - begin
