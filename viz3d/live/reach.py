"""What keys can reach: not what another panel lies over."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget


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
