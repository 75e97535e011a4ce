"""Cards that go with Esc, and sheets for what is read closely."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from viz3d.live.widgets.parts import Card


class Leavable(Card):
    """A card that goes with Esc, which it takes from the window's own keys: `leave` is what it then does.

    The keys then go back to what had them before it came.
    """

    _before: QWidget | None = None

    def setVisible(self, visible: bool) -> None:
        """Remember who has the keys, and give them back: Qt would hand them to whatever comes next."""
        now = self.window().focusWidget()
        mine = now is not None and (now is self or self.isAncestorOf(now))
        if visible and not mine:
            self._before = now
        super().setVisible(visible)
        if not visible and mine:
            before = self._before
            back = before if before is not None and isValid(before) and before.isVisible() else self.window()
            back.setFocus()

    def leave(self) -> None:
        """Go away."""
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Take Esc from the window's own."""
        overrides = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if overrides and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


class Sheet(Leavable):
    """A card that nothing shines through, for what is read closely. `closed`: it shall go, by Esc say."""

    closed = Signal()
    opaque = True

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def leave(self) -> None:
        """Ask to be closed."""
        self.closed.emit()
