"""Reach: the patch of the digit that one neuron of a convolution sees, and lines from it to the neuron."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Conv, Net
from engine.graph.receptive_field import receptive_field
from scenes.space.layout import Layout
from scenes.space.panel import Panel

Floats = NDArray[np.float32]
_BENDS = 5  # points of each line


@dataclass(frozen=True, eq=False)
class Reach:
    """One neuron at work, and the steps of its map's window up to it.

    Attributes:
        neuron: its global id.
        steps: float32 (S, 6, 5, 3), for each place of its window six lines of five points in scene units:
            around the patch, around the map, and from the patch's corners to the neuron there. The last is
            its own.
    """

    neuron: int
    steps: Floats


def looks_at_pixels(net: Net) -> str | None:
    """The first layer whose kernels lie on the digit itself, one plane of pixels; None for none.

    A kernel of one pixel shows nothing: it only scales, as where an imported net wants other pixels.
    """
    first = net.layers[0]
    if len(first.shape) == 3 and first.shape[2] != 1:
        return None
    found = (
        layer
        for layer in net.layers
        if isinstance(layer.block, Conv)
        and layer.sources == (first.name,)
        and layer.block.height * layer.block.width > 1
    )
    return next((layer.name for layer in found), None)


def reach(net: Net, layout: Layout, neuron: int, most: int = 5) -> Reach:
    """What a neuron of a layer that `looks_at_pixels` sees; most: how many places of its window, at most."""
    panels = {panel.layer: panel for panel in layout.panels}
    panel = next(each for each in layout.panels if each.start <= neuron < each.stop)
    maps = net.layer(panel.layer).shape[2]
    index = neuron - panel.start
    column = index // maps % net.layer(panel.layer).shape[1]
    places = [index - back * maps for back in range(min(most, column + 1))][::-1]
    pixels = panels[net.layers[0].name]
    wall = panel.outlines()[index % maps if panel.raster.walled else 0]
    steps = []
    for place in places:
        patch = _corners(pixels, *receptive_field(net.graph, panel.layer, place))
        steps.append(_lines(patch, wall, layout.positions[panel.start + place]))
    return Reach(neuron, np.stack(steps))


def _lines(patch: Floats, wall: Floats, end: Floats) -> Floats:
    share = np.linspace(0.0, 1.0, _BENDS, dtype=np.float32)[:, None]
    ways = [corner + (end - corner) * share for corner in patch]
    return np.stack([_closed(patch), _closed(wall), *ways]).astype(np.float32)


def _closed(corners: Floats) -> Floats:
    return np.concatenate([corners, corners[:1]])


def _corners(panel: Panel, top: int, left: int, bottom: int, right: int) -> Floats:
    """Corners of a rectangle of a panel's cells: float32 (4, 3), as Panel.corners has them."""
    cells, (wide, high) = panel.raster, panel.raster.cell
    x0, x1 = (left - cells.cols / 2) * wide, (right + 1 - cells.cols / 2) * wide
    y0, y1 = (cells.rows / 2 - bottom - 1) * high, (cells.rows / 2 - top) * high
    # A little before the pixels, lest they hide it.
    ahead = 0.15 * np.cross(panel.right, panel.up)
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    found: Floats = np.array(
        [panel.centre + x * panel.right + y * panel.up + ahead for x, y in corners], np.float32
    )
    return found
