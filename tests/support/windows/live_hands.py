"""What a person's hand does in the live window's tests."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

LEFT = Qt.MouseButton.LeftButton


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
