"""Whether somebody is at the window."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

_PUSHED = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.TabletPress,
    QEvent.Type.TouchBegin,
}
_HAND = _PUSHED | {QEvent.Type.MouseMove, QEvent.Type.TabletMove}


class Presence(QObject):
    """Waits for a hand: `come` is told once at its first sign. Else it costs nothing."""

    come = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._signs = _HAND

    def wait(self, *, moves: bool = True) -> None:
        """Wait for the next sign of a hand; without `moves` it must press something."""
        self._signs = _HAND if moves else _PUSHED
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """Wait no more."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at an event on its way, and let it pass."""
        if event.type() in self._signs:
            self.stop()
            self.come.emit()
        return super().eventFilter(watched, event)
