"""Panels that float over a view are copied, not painted, while a hand turns what is seen beneath them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QGraphicsEffect, QWidget

from viz3d.live.view.drawn_view import DrawnView

_REST = 200  # ms without a move, after which panels are painted again
_FRESH = 250  # ms from one copy to the next: what changes in a panel meanwhile is seen by then


class CopiedPanels(QObject):
    """Panels are translucent: Qt paints all of them again, some hundred widgets, for each picture beneath.

    That took longer than all else of a picture while the camera turns. While a hand leads it, and is at none
    of them, each is painted four times a second, and else copied, with the little that shines through it.
    """

    def __init__(self, view: DrawnView, panels: Sequence[QWidget]) -> None:
        super().__init__(view)
        self._view, self._copies = view, [_Copy(view, panel) for panel in panels]
        for panel, copy in zip(panels, self._copies, strict=True):
            copy.setEnabled(False)
            panel.setGraphicsEffect(copy)
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(self._end)
        self._ageing = QTimer(self, interval=_FRESH)
        self._ageing.timeout.connect(self._forget)
        view.camera.moved.connect(self._moved)

    def _moved(self) -> None:
        if not self._view.leads:
            return
        self._resting.start()
        if not self._ageing.isActive():
            self._ageing.start()
            self._forget()
            for copy in self._copies:
                copy.setEnabled(True)

    def _forget(self) -> None:
        for copy in self._copies:
            copy.forget()

    def _end(self) -> None:
        self._ageing.stop()
        for copy in self._copies:
            copy.setEnabled(False)
        self._forget()


class _Copy(QGraphicsEffect):
    """Draws a panel with all in it as it was when last painted, over what the view then showed."""

    def __init__(self, view: DrawnView, panel: QWidget) -> None:
        super().__init__(panel)
        self._view, self._panel, self._copy = view, panel, QImage()

    def forget(self) -> None:
        """Let it be painted the next time."""
        self._copy = QImage()

    def draw(self, painter: QPainter) -> None:
        """Draw the copy."""
        if self._copy.isNull():
            self._copy = self._view.under(self._panel.geometry())
            self._panel.render(self._copy, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        painter.drawImage(0, 0, self._copy)
