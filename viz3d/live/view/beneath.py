"""What of a view is painted while pictures follow each other: what nothing lies over."""

from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from viz3d.live.widgets.parts import Painted


def beneath_nothing(view: QWidget) -> QRegion:
    """The part of a view over which no panel, button or line of text lies.

    Panels are translucent: Qt paints all of them again, some hundred widgets, for a picture beneath them.
    That takes longer than all else of a picture. What stands in the scene without a ground of its own, such
    as the buttons in its corner, does not count: there the scene is seen.
    """
    part, parent = QRegion(view.rect()), view.parentWidget()
    beside = [] if parent is None else [each for each in parent.children() if isinstance(each, QWidget)]
    for over in beside[beside.index(view) + 1 :] if view in beside else ():
        if over.isVisible():
            place = over.pos() - view.pos()
            for solid in _solid(over):
                part -= QRegion(solid.geometry().translated(place) if solid is not over else over.geometry())
    return part


def _solid(over: QWidget) -> list[QWidget]:
    """What hides the scene: a card as a whole, of a bar what stands in it, of what is clear nothing."""
    if isinstance(over, Painted):
        return [over]
    if over.property("clear"):
        return []
    return [each for each in over.children() if isinstance(each, QWidget) and each.isVisible()]
