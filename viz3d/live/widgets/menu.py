"""A menu that opens over the window that it belongs to, and not beside it where nothing else is."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu

_EDGE = 8  # px


class Menu(QMenu):
    """A menu whose right end stays within its window, as far as that has room for it."""

    def showEvent(self, event: QShowEvent) -> None:
        """Move to the left where the window ends."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None:
            return
        window = parent.window()
        left, right = (
            window.mapToGlobal(at).x() for at in (window.rect().topLeft(), window.rect().topRight())
        )
        over = self.x() + self.width() - (right - _EDGE)
        if 0 < over <= self.x() - left:
            self.move(self.x() - over, self.y())
