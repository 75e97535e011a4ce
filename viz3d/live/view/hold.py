"""A finger that rests on the scene: what the right button is to a mouse."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QApplication, QWidget


class Hold(QObject):
    """Watches a widget for a finger that rests; one that moves, is lifted soon or gets company does not.

    held: called with where it rests in the widget and on the screen.
    """

    def __init__(self, view: QWidget, held: Callable[[QPointF, QPoint], object]) -> None:
        super().__init__(view)
        self._from = self._screen = QPointF()
        self._rests = QTimer(self)
        self._rests.setSingleShot(True)
        self._rests.timeout.connect(lambda: held(self._from, self._screen.toPoint()))
        view.installEventFilter(self)

    def give_up(self) -> None:
        """Wait no longer."""
        self._rests.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the finger as the mouse that Qt makes of it; keep nothing from the widget."""
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            finger = event.pointerType() == QPointingDevice.PointerType.Finger
            if finger and event.button() == Qt.MouseButton.LeftButton:
                self._from, self._screen = event.position(), event.globalPosition()
                self._rests.start(QGuiApplication.styleHints().mousePressAndHoldInterval())
        elif event.type() != QEvent.Type.MouseMove or self._far(event.position()):
            self.give_up()
        return False

    def _far(self, at: QPointF) -> bool:
        return (at - self._from).manhattanLength() >= QApplication.startDragDistance() / 2
