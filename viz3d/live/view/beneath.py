"""What of a view is painted while pictures follow each other, or a pointer moves: what nothing lies over."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QPushButton, QWidget

from viz3d.live.widgets.parts import Painted


def beneath_nothing(view: QWidget) -> QRegion:
    """The part of a view over which no panel and no button of a bar lies.

    Panels are translucent: Qt paints all of them again, some hundred widgets, for a picture beneath them.
    That takes longer than all else of a picture. What stands in the scene without a ground of its own, such
    as a line of text or the buttons in its corner, does not count: there the scene is seen.
    """
    part, parent = QRegion(view.rect()), view.parentWidget()
    if parent is None:
        return part
    beside = [each for each in parent.children() if isinstance(each, QWidget)]
    for over in beside[beside.index(view) + 1 :]:
        for solid in filter(QWidget.isVisible, _solid(over)):
            part -= QRegion(QRect(solid.mapTo(parent, QPoint()) - view.pos(), solid.size()))
    return part


def _solid(over: QWidget) -> list[QWidget]:
    """What hides the scene: a card as a whole, of a bar its buttons, of what is clear nothing."""
    if over.property("clear"):
        return []
    return [over] if isinstance(over, Painted) else over.findChildren(QPushButton)
