"""The digit, drawn straight on the input's plane in the scene."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from viz3d.live.control.desk import Desk
from viz3d.live.control.digit.drawing import DrawingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.drawing.drawing_panel import DrawingPanel
from viz3d.live.widgets.pictures import Picture
from viz3d.session.acts.drawing import Drawing

_SHARE = 1 / 280 / 2  # from the brush's width on the pad to its radius in shares of a picture's longer side
_BLANK = np.zeros((28, 28))
Point = tuple[float, float]


class PlaneControl(QObject):
    """Joins a pen over the input's plane to the session: each stroke is an act."""

    def __init__(self, desk: Desk, view: SceneView, panel: DrawingPanel, digits: DrawingControl) -> None:
        super().__init__()
        self._desk, self._view, self._panel, self._digits = desk, view, panel, digits
        self._ground: Picture = _BLANK.astype(np.uint8)
        self._ink: NDArray[np.float32] = _BLANK.astype(np.float32)
        self._last: Point | None = None
        self._erases = False
        self._below: Picture | None = None  # what was read when the pen was set down; None while it is up
        desk.acted.connect(self._go_on)
        panel.in_scene.toggled.connect(self._switch)
        view.pen_down.connect(self._begin)
        view.pen_moved.connect(self._draw_to)
        view.pen_lifted.connect(self._finish)
        view.pen_dropped.connect(self._give_up)

    def _switch(self, on: bool) -> None:
        """Draw in the scene, or no longer; where the plane is not in view, go there."""
        self._view.draws = on
        if on:
            self._view.show_input()

    def _begin(self, row: float, column: float, erases: bool) -> None:
        empty = self._panel.pad.empty
        # With its ink in white, whatever it is in what is read.
        seen = self._digits.turned(self._desk.session.digit.image)
        self._ground = np.zeros_like(seen) if empty else seen
        self._ink = np.zeros(seen.shape, np.float32)
        self._erases = erases or self._panel.pad.erases
        self._last = None
        self._below = self._desk.session.digit.image
        self._panel.drawn_in_scene()
        self._draw_to(row, column)

    def _go_on(self) -> None:
        """After an act amid a stroke: another network reads it, and another digit ends it."""
        if self._below is None:
            return
        if self._below is self._desk.session.digit.image:
            self._digits.preview(self._picture())
        else:
            self._below = None

    def _draw_to(self, row: float, column: float) -> None:
        if self._below is None:
            return
        margin = self._margin()
        at = row + margin[0], column + margin[1]
        start, self._last = self._last or at, at
        radius = self._panel.pad.brush * _SHARE * max(self._ink.shape)
        self._ink = np.maximum(self._ink, covered(start, at, radius, self._ink.shape))
        self._digits.preview(self._picture())

    def _finish(self) -> None:
        if self._below is None:
            return
        self._below = None
        picture = self._picture()
        if np.array_equal(picture, self._desk.session.digit.image):
            self._desk.try_out(None)
        else:
            self._desk.do(Drawing.of(picture))

    def _give_up(self) -> None:
        """Show again what was read before the stroke."""
        if self._below is not None:
            self._below = None
            self._desk.try_out(None)

    def _picture(self) -> Picture:
        ink = np.rint(255 * self._ink).astype(np.uint8)
        drawn = np.minimum(self._ground, 255 - ink) if self._erases else np.maximum(self._ground, ink)
        return self._digits.turned(drawn)

    def _margin(self) -> tuple[int, int]:
        """Rows and columns of the digit before those that the network sees: it may see the middle alone."""
        shape = self._desk.session.net.layers[0].shape
        high, wide = self._ink.shape
        rows, columns = shape[:2] if len(shape) == 3 else (high, wide)
        return (high - rows) // 2, (wide - columns) // 2


def covered(start: Point, end: Point, radius: float, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """How much of each pixel of (h, w) a round brush covers on its way between two places, 0..1.

    start, end: (row, column), pixel 0 from 0 to 1. radius: pixels. Soft over the width of a pixel.
    """
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    way = end[0] - start[0], end[1] - start[1]
    along = (rows - start[0]) * way[0] + (columns - start[1]) * way[1]
    share = np.clip(along / max(way[0] ** 2 + way[1] ** 2, 1e-9), 0, 1)
    away = np.hypot(rows - start[0] - share * way[0], columns - start[1] - share * way[1])
    cover: NDArray[np.float32] = np.clip(radius + 0.5 - away, 0, 1).astype(np.float32)
    return cover
