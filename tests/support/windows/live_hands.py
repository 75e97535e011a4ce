"""What a person's hand does in the live window's tests."""

from live_views import spot
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

LEFT = Qt.MouseButton.LeftButton
PEN = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""Keys with which a drag draws on the input's plane."""


def drag(widget: QWidget, *points: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first point, move through the others, let go at the last."""
    QTest.mousePress(widget, button, pos=QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(widget, QPoint(*point))
    QTest.mouseRelease(widget, button, pos=QPoint(*points[-1]))


def click(widget: QWidget, x: int, y: int) -> None:
    """Click with the left button."""
    QTest.mouseClick(widget, LEFT, pos=QPoint(x, y))


def click_on(widget: QWidget) -> None:
    """Click into the middle."""
    click(widget, widget.width() // 2, widget.height() // 2)


def stroke(window, *pixels, keys=PEN, button=LEFT):
    """Drag in the scene from one pixel (row, column) of the input's plane to the next."""
    view = window.view
    QTest.mousePress(view, button, keys, spot(window, *pixels[0]))
    for pixel in pixels[1:]:
        QTest.mouseMove(view, spot(window, *pixel))
    QTest.mouseRelease(view, button, keys, spot(window, *pixels[-1]))
