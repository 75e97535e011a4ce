"""Whether somebody is at the window."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

_HAND = {
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.TabletMove,
    QEvent.Type.TouchBegin,
}


class Presence(QObject):
    """Waits for a hand: `come` is told once at its first sign. Else it costs nothing."""

    come = Signal()

    def wait(self) -> None:
        """Wait for the next sign of a hand."""
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
        if event.type() in _HAND:
            self.stop()
            self.come.emit()
        return super().eventFilter(watched, event)
