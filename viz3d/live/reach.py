"""What keys can reach: not what another panel lies over, nor what has gone."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from viz3d.live.widgets.parts import scrolled_by

_AROUND = 8  # px that are seen around what keys reach: its frame tells that it has them


def is_covered(widget: QWidget, root: QWidget) -> bool:
    """Whether a widget lies wholly under another panel, a child of `root` that stands above its own."""
    panel: QWidget | None = widget
    while panel is not None and panel.parentWidget() is not root:
        panel = panel.parentWidget()
    if panel is None:
        return False
    # What is scrolled away comes into sight when it is reached.
    spot = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size()) & panel.geometry()
    spot = panel.geometry() if spot.isEmpty() else spot
    panels = [child for child in root.children() if isinstance(child, QWidget)]
    above = panels[panels.index(panel) + 1 :]
    return any(each.isVisible() and each.geometry().contains(spot) for each in above)


def scroll_to(widget: QWidget) -> None:
    """Scroll to what keys have reached: Qt does so within a page that scrolls, but not on the way into it."""
    scroll = scrolled_by(widget)
    while scroll is not None:
        scroll.ensureWidgetVisible(widget, _AROUND, _AROUND)
        scroll = scrolled_by(scroll)


def neighbour(hidden: QWidget, root: QWidget) -> QWidget | None:
    """Who takes the keys of a widget that has gone from its part of a panel: the nearest there, or None.

    Where all of the part has gone, nobody there does: what follows it is another thing, which keys would
    change. Nor does a text field, which would take letters that are shortcuts. root: what the panels are in.
    """
    part = hidden.parentWidget()
    if part is None or not part.isVisible():
        return None
    middle = hidden.mapTo(root, hidden.rect().center())
    near = [each for each in part.findChildren(QWidget) if _takes_keys(each)]
    return min(
        near,
        key=lambda each: (each.mapTo(root, each.rect().center()) - middle).manhattanLength(),
        default=None,
    )


def _takes_keys(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QLineEdit)
