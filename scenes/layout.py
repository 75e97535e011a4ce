"""Layout: where each neuron of a net stands in space.

A layer is drawn by its shape alone: (n,) folds into a grid of neurons, (h, w, c) becomes a wall of feature
maps, (tokens, d) one row for each token. Layers stand one behind another along the flow of the signal.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine import Net
from scenes.errors import SceneError
from scenes.raster import Kind, Raster, raster

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Orientation:
    """Axes of a layout: the flow of the signal, and each panel's own right and up."""

    name: Literal["landscape", "portrait"]
    flow: tuple[float, float, float]
    right: tuple[float, float, float]
    up: tuple[float, float, float]


LANDSCAPE = Orientation("landscape", flow=(1, 0, 0), right=(0, 1, 0), up=(0, 0, 1))
# In portrait the signal falls. Panels lean back, so that a camera in front and above sees their faces.
_LEAN = radians(36)
PORTRAIT = Orientation("portrait", flow=(0, 0, -1), right=(1, 0, 0), up=(0, cos(_LEAN), sin(_LEAN)))


def orientation(size: tuple[int, int]) -> Orientation:
    """Choose the orientation for a frame of `size` (width, height) in pixels."""
    return PORTRAIT if size[1] > 1.15 * size[0] else LANDSCAPE


@dataclass(frozen=True, eq=False)
class Panel:
    """The plane of one layer: a raster of cells, of which each neuron fills one.

    Attributes:
        layer: the layer's name.
        kind: "tiles" are flat cells, "neurons" are balls, "outputs" are the balls that carry the bars.
        start: global id of the layer's first neuron.
        rows, cols: size of the raster in cells.
        row, col: int32 (n,), the cell of each neuron.
        maps: int32 (m, 4), first and last row, first and last column of each map; the whole raster where
            the layer has no maps.
        pitch: distance between neighbouring cells, in scene units.
        centre, right, up: float32 (3,), the plane.
    """

    layer: str
    kind: Kind
    start: int
    rows: int
    cols: int
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    maps: NDArray[np.int32]
    pitch: float
    centre: Vector
    right: Vector
    up: Vector

    @property
    def stop(self) -> int:
        """Global id after the layer's last neuron."""
        return self.start + len(self.row)

    @property
    def half(self) -> tuple[float, float]:
        """Half the width and half the height of the panel with its margin, in scene units."""
        margin = 0.65 * max(self.pitch, 1.0)
        return self.cols * self.pitch / 2 + margin, self.rows * self.pitch / 2 + margin

    def corners(self) -> Vector:
        """Corners of the panel: float32 (4, 3), bottom left, bottom right, top right, top left."""
        width, height = self.half
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)
        local = signs * np.array([width, height], dtype=np.float32)
        corners: Vector = self.centre + local[:, :1] * self.right + local[:, 1:] * self.up
        return corners

    def outlines(self) -> Vector:
        """Corners of each map with its margin: float32 (m, 4, 3), in the order of `corners`."""
        if len(self.maps) == 1:
            return self.corners()[None]
        top, bottom, left, right = (self.maps.T + np.array([[0], [1], [0], [1]])) * self.pitch
        margin = 0.25 * self.pitch
        x0, x1 = left - self.cols * self.pitch / 2 - margin, right - self.cols * self.pitch / 2 + margin
        y0, y1 = self.rows * self.pitch / 2 - bottom - margin, self.rows * self.pitch / 2 - top + margin
        across = np.stack([x0, x1, x1, x0], axis=1)[..., None]
        above = np.stack([y0, y0, y1, y1], axis=1)[..., None]
        outlines: Vector = (self.centre + across * self.right + above * self.up).astype(np.float32)
        return outlines

    def positions(self) -> Vector:
        """Centres of the neurons: float32 (n, 3), in id order."""
        across = ((self.col - (self.cols - 1) / 2) * self.pitch).astype(np.float32)
        above = (((self.rows - 1) / 2 - self.row) * self.pitch).astype(np.float32)
        places: Vector = self.centre + across[:, None] * self.right + above[:, None] * self.up
        return places


@dataclass(frozen=True, eq=False)
class Bars:
    """The ten probability bars: bar d grows from `base[d]` along `along` to `length` for probability 1.

    Attributes:
        label: float32 (classes, 3), centre of each class label.
        base: float32 (classes, 3), where each bar begins.
        along, thick: float32 (3,), unit direction of growth, and half the thickness as a vector.
        length: scene units for probability 1.
    """

    label: Vector
    base: Vector
    along: Vector
    thick: Vector
    length: float

    def quads(self, share: NDArray[np.float32]) -> Vector:
        """Corners of the bars grown to `share` (classes,) of their length: float32 (classes, 4, 3)."""
        tip = self.base + share[:, None] * self.length * self.along
        return np.stack(
            [self.base - self.thick, tip - self.thick, tip + self.thick, self.base + self.thick], axis=1
        ).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Layout:
    """Places of all neurons of a net.

    Attributes:
        orientation: the axes.
        panels: one for each layer, in the net's order.
        positions: float32 (N, 3), centre of every neuron by global id.
        bars: the probability bars.
    """

    orientation: Orientation
    panels: tuple[Panel, ...]
    positions: Vector
    bars: Bars

    def bounds(self) -> Vector:
        """Points that enclose all that is drawn: float32 (P, 3)."""
        ends = self.bars.quads(np.ones(len(self.bars.base), dtype=np.float32)).reshape(-1, 3)
        return np.concatenate([panel.corners() for panel in self.panels] + [ends])


def _gap(before: Raster, after: Raster, portrait: bool) -> float:
    """Distance between two panels' centres: wide panels need room, so that they do not hide each other."""
    if portrait:
        lean = sin(_LEAN + radians(24))  # the share of a panel's height that the camera sees
        room = 8.0 if before.walled or after.walled else 6.3  # for the line of text under a panel
        return room + 0.5 * lean * (before.rows * before.pitch + after.rows * after.pitch)
    share = 0.30 if before.walled or after.walled else 0.25
    return 12.0 + share * (before.cols * before.pitch + after.cols * after.pitch)


def arrange(net: Net, axes: Orientation) -> Layout:
    """Place the neurons of `net` along the axes.

    Raises:
        SceneError: a layer's shape has no drawing, or the net does not end in a layer of classes.
    """
    if len(net.layers[-1].shape) != 1:
        raise SceneError(
            f"the last layer has shape {net.layers[-1].shape}: it must be (classes,) to end in bars"
        )
    portrait = axes.name == "portrait"
    rasters = [raster(layer, layer is net.layers[-1], portrait) for layer in net.layers]
    gaps = [_gap(a, b, portrait) for a, b in pairwise(rasters)]
    along = np.concatenate([[0.0], np.cumsum(gaps)]).astype(np.float32)
    flow, right, up = (np.array(v, dtype=np.float32) for v in (axes.flow, axes.right, axes.up))
    panels = tuple(
        Panel(
            layer.name, r.kind, net.offset(layer.name), r.rows, r.cols, r.row, r.col,
            np.array([[0, r.rows - 1, 0, r.cols - 1]], np.int32) if r.maps is None else r.maps, r.pitch,
            centre=x * flow, right=right, up=up,
        )
        for layer, r, x in zip(net.layers, rasters, along, strict=True)
    )  # fmt: skip
    positions = np.concatenate([panel.positions() for panel in panels])
    return Layout(axes, panels, positions, _bars(panels[-1], flow, portrait))


def _bars(outputs: Panel, flow: Vector, portrait: bool) -> Bars:
    """Bars lie along the flow, behind the neurons that they belong to."""
    neurons = outputs.positions()
    if portrait:
        return Bars(
            neurons + 2.9 * flow, neurons + 4.7 * flow, flow, 0.30 * outputs.pitch * outputs.right, 9.0
        )
    return Bars(neurons + 2.9 * flow, neurons + 4.6 * flow, flow, 0.20 * outputs.pitch * outputs.up, 11.5)
