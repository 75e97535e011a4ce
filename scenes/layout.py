"""Layout: where each neuron of a net stands in space.

A layer is drawn by its shape alone: (n,) folds into a grid of neurons, (h, w, c) becomes a wall of feature
maps, (tokens, d) one row for each token. Layers stand one behind another along the flow of the signal.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, radians, sin, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine import Layer, Net
from scenes.errors import SceneError

Vector = NDArray[np.float32]
Kind = Literal["tiles", "neurons", "outputs"]


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

    def panel(self, layer: str) -> Panel:
        """Return the panel of the layer with this name."""
        return next(panel for panel in self.panels if panel.layer == layer)

    def bounds(self) -> Vector:
        """Points that enclose all that is drawn: float32 (P, 3)."""
        ends = self.bars.quads(np.ones(len(self.bars.base), dtype=np.float32)).reshape(-1, 3)
        return np.concatenate([panel.corners() for panel in self.panels] + [ends])


@dataclass(frozen=True, eq=False)
class _Raster:
    kind: Kind
    rows: int
    cols: int
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    pitch: float
    maps: NDArray[np.int32] | None = None

    @property
    def walled(self) -> bool:
        """Whether it is a wall of several maps."""
        return self.maps is not None


def _fold(n: int, portrait: bool) -> _Raster:
    """Fold n neurons into a grid: 16 rows high, or in portrait about 50 units wide."""
    pitch = float(np.clip(1.25 * (512 / n) ** 0.22, 0.6, 2.2))
    if portrait:
        pitch *= 0.84
        rows = max(1, round(n * pitch / 50))
    else:
        rows = max(16, ceil(sqrt(n / 2))) if n >= 100 else ceil(sqrt(n))
    cols = ceil(n / rows)
    row, col = np.divmod(np.arange(n, dtype=np.int32), np.int32(cols))
    return _Raster("neurons", ceil(n / cols), cols, row, col, pitch)


def _wall(h: int, w: int, maps: int, portrait: bool) -> _Raster:
    """Tile feature maps as a wall, wider than high, with a gap between maps; in portrait wide and low."""
    gap = max(1, round(h / 8)) if maps > 1 else 0
    aspect = 4.5 if portrait else 1.25
    tile_cols = min(maps, ceil(sqrt(maps * aspect * (h + gap) / (w + gap))))
    tile_rows = ceil(maps / tile_cols)
    # No wall ends in a row of its own for the last map or two where fewer columns do.
    tile_cols = ceil(maps / tile_rows)
    rows, cols = tile_rows * (h + gap) - gap, tile_cols * (w + gap) - gap
    y, x, c = np.meshgrid(np.arange(h), np.arange(w), np.arange(maps), indexing="ij")
    row = (c // tile_cols) * (h + gap) + y
    col = (c % tile_cols) * (w + gap) + x
    high, wide = (16, 48) if portrait and maps > 1 else (28, 46)
    pitch = min(high / rows, wide / cols, 1.7)
    each = np.arange(maps)
    top, left = each // tile_cols * (h + gap), each % tile_cols * (w + gap)
    walls = np.stack([top, top + h - 1, left, left + w - 1], axis=1).astype(np.int32)
    places = row.ravel().astype(np.int32), col.ravel().astype(np.int32)
    return _Raster("tiles", rows, cols, *places, pitch, walls if maps > 1 else None)


def _token_rows(tokens: int, d: int) -> _Raster:
    row, col = np.divmod(np.arange(tokens * d, dtype=np.int32), np.int32(d))
    return _Raster("tiles", tokens, d, row, col, min(28 / tokens, 40 / d, 1.7))


def _output(n: int, portrait: bool) -> _Raster:
    index, zero = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    if portrait:
        return _Raster("outputs", 1, n, zero, index, 4.9 * 10 / max(n, 10))
    return _Raster("outputs", n, 1, index, zero, 2.75 * 10 / max(n, 10))


def _raster(layer: Layer, last: bool, portrait: bool) -> _Raster:
    match layer.shape:
        case (n,):
            return _output(n, portrait) if last else _fold(n, portrait)
        case (tokens, d):
            return _token_rows(tokens, d)
        case (h, w, c):
            return _wall(h, w, c, portrait)
    raise SceneError(
        f"layer '{layer.name}' has shape {layer.shape}: a layer that is drawn has 1, 2 or 3 dimensions"
    )


def _gap(before: _Raster, after: _Raster, portrait: bool) -> float:
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
    rasters = [_raster(layer, layer is net.layers[-1], portrait) for layer in net.layers]
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
