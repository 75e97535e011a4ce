"""Layout: where each neuron of a net stands in space, see `arrange`."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, radians, sin
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenes.errors import SceneError, check_sides
from scenes.space.groups import groups
from scenes.space.panel import Panel, Vector
from scenes.space.tokens.faces import Face

_SQUARE = 0.95, 1.06  # of its height, width of a square picture
_TALL = 1.28  # of its width, height of a tall picture: in 4:5 a net that falls leaves half of it empty
LABEL_AT, BAR_AT = 2.9, 4.7  # scene units from an output to its bar's label, and to the bar


@dataclass(frozen=True)
class Orientation:
    """Axes of a layout: the flow of the signal, and each panel's own right and up.

    slim: by how much panels that are no decks are higher than in a wide picture, and less wide.
    aspect: length of a net that fills the picture, of its height: its panels are slim for that, and longer
        decks stand in two lines. 0 for any.
    long: by how much they are higher than in a tall picture, and farther apart.
    """

    name: Literal["landscape", "portrait"]
    flow: tuple[float, float, float]
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    slim: float = 1.0
    aspect: float = 0.0
    long: float = 1.0


LANDSCAPE = Orientation("landscape", flow=(1, 0, 0), right=(0, 1, 0), up=(0, 0, 1))
# About as high as wide: the signal runs as in landscape, through panels that are higher and less wide.
TALL = replace(LANDSCAPE, slim=1.6, aspect=1.55)
# Hardly less wide than high, and hardly wider: as halves of a film are. And on the way to a wide picture, as
# slides and photos are: each fills the pictures up to its width, of their height.
_NARROWER = replace(TALL, aspect=1.3)
_BROADER = (
    (1.13, replace(TALL, aspect=1.6)),
    (1.2, replace(TALL, aspect=1.7)),
    (1.27, replace(LANDSCAPE, aspect=1.95)),
    (1.36, replace(LANDSCAPE, aspect=2.15)),
    (1.46, replace(LANDSCAPE, aspect=2.4)),
    (1.58, replace(LANDSCAPE, aspect=2.65)),
)
# In portrait the signal falls. Panels lean back, so that a camera in front and above sees their faces.
LEAN = radians(36)
PORTRAIT = Orientation("portrait", flow=(0, 0, -1), right=(1, 0, 0), up=(0, cos(LEAN), sin(LEAN)))
# As high for their width as a telephone's whole screen, and higher: else much of them stays empty.
_TALLER = tuple(
    (height, replace(PORTRAIT, long=long))
    for height, long in ((3.8, 2.2), (3.4, 1.9), (2.7, 1.5), (2.1, 1.2))
)


def orientation(size: tuple[int, int]) -> Orientation:
    """Choose the orientation for a frame of `size` (width, height), pixels; SceneError where it has none."""
    check_sides(size)
    if size[1] > _TALL * size[0]:
        return next((axes for height, axes in _TALLER if size[1] > height * size[0]), PORTRAIT)
    ratio = size[0] / size[1]
    if ratio > _SQUARE[1]:
        return next((axes for width, axes in _BROADER if ratio <= width), LANDSCAPE)
    return TALL if ratio >= _SQUARE[0] else _NARROWER


@dataclass(frozen=True, eq=False)
class Bars:
    """The bars, see `rows`: bar d grows from `base[d]` along `along` to `length` for probability 1.

    Attributes:
        label: float32 (bars, 3), centre of each class label.
        base: float32 (bars, 3), where each bar begins.
        along, thick: float32 (3,), unit direction of growth, and half the thickness as a vector.
        length: scene units for probability 1.
    """

    label: Vector
    base: Vector
    along: Vector
    thick: Vector
    length: float

    def quads(self, share: NDArray[np.float32], zero: float = 0.0) -> Vector:
        """Corners of the bars from `zero` to `share` (bars,) of their length: float32 (bars, 4, 3)."""
        root = self.base + np.float32(zero * self.length) * self.along
        tip = self.base + share[:, None] * self.length * self.along
        return np.stack(
            [root - self.thick, tip - self.thick, tip + self.thick, root + self.thick], axis=1
        ).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Layout:
    """Places of all neurons of a net.

    Attributes:
        orientation: the axes.
        panels: one for each layer, in the net's order.
        positions: float32 (N, 3), centre of every neuron by global id.
        bars: the probability bars.
        faces: what a class token attends to, drawn on the digit; none where there is no attention.
        corridor: whether some neurons stand in bands or all panels are walls, and all are of one height.
        named: scene units to the left of the first panel that the names of its numbers need.
        rows: whether its decks stand in many rows, with their names beside them, see `stacked`.
        rises: scene units from the top of each panel to that of the strands which pass over it, 0 for none.
        opened: name of the layer that stands apart in its deck, "" for none, see `arrange`.
    """

    orientation: Orientation
    panels: tuple[Panel, ...]
    positions: Vector
    bars: Bars
    faces: tuple[Face, ...] = ()
    corridor: bool = False
    named: float = 0.0
    rows: bool = False
    rises: tuple[float, ...] = ()
    opened: str = ""

    @cached_property
    def corners(self) -> Vector:
        """Corners of all panels: float32 (layers, 4, 3), each in the order of Panel.corners."""
        return np.stack([panel.corners() for panel in self.panels])

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """Of each neuron, int64 (N,), the number of those that it stands with; see `scenes.space.groups`."""
        return groups(self.panels)

    @property
    def long(self) -> float:
        """Scene units from the middle of the first panel to that of the last, along the flow."""
        return float((self.panels[-1].centre - self.panels[0].centre) @ np.array(self.orientation.flow))

    @cached_property
    def decks(self) -> bool:
        """Whether its layers stand in decks, see `stacked`."""
        return any(panel.raster.seam for panel in self.panels)

    @cached_property
    def folded(self) -> bool:
        """Whether its decks stand in two lines, see `stacked`: then the outputs do not end the first."""
        flow = np.array(self.orientation.flow, dtype=np.float32)
        return self.decks and bool(max(p.centre @ flow for p in self.panels) > self.panels[-1].centre @ flow)

    def panel_of(self, neuron: int) -> Panel:
        """The panel of a neuron, by its number in the net; SceneError where there is none such."""
        for panel in self.panels:
            if panel.start <= neuron < panel.stop:
                return panel
        raise SceneError(f"no neuron {neuron}: the net has those from 0 to {self.panels[-1].stop - 1:,}")

    @cached_property
    def even(self) -> bool:
        """Whether all panels are of one height: those of a corridor are, and decks."""
        return self.corridor or self.decks

    @cached_property
    def arcs(self) -> Vector:
        """How high strands pass over each panel in landscape: float32 (layers, 3); (0, 3) where none do."""
        over = any(self.rises) and self.orientation.name != "portrait"
        tops = self.corners[: len(self.panels) if over else 0, 2]
        rises = np.array(self.rises[: len(tops)], dtype=np.float32)
        return tops + rises[:, None] * np.array(self.orientation.up, dtype=np.float32)

    def bounds(self) -> Vector:
        """Points that enclose all that is drawn: float32 (P, 3)."""
        ends = self.bars.quads(np.ones(len(self.bars.base), dtype=np.float32)).reshape(-1, 3)
        faces = [each.panel.corners() for each in self.faces]
        if self.folded:
            # Two lines are as high as the page.
            faces.append(self.arcs)
        if self.named:
            faces.append(self.corners[0] - np.float32(self.named) * self.panels[0].right)
        return np.concatenate([self.corners.reshape(-1, 3), *faces, ends])
