"""Two fingers on the scene: they come near or go away, and shift it along."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

_PINCH = Qt.GestureType.PinchGesture
_BEGUN, _OVER = (
    Qt.GestureState.GestureStarted,
    (
        Qt.GestureState.GestureFinished,
        Qt.GestureState.GestureCanceled,
    ),
)
_MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)


class Pinch(QObject):
    """Watches a widget for two fingers; one alone is a mouse to it, as Qt has it.

    begun: called when the second finger comes: what the first has begun as a mouse is to be let go. moved:
    called with how many times as far apart the fingers are now, the place between them in the widget, and
    the way that this has gone, px.
    """

    def __init__(
        self, view: QWidget, begun: Callable[[], object], moved: Callable[[float, QPointF, QPointF], object]
    ) -> None:
        super().__init__(view)
        self._view, self._begun, self._moved, self._on = view, begun, moved, False
        view.grabGesture(_PINCH)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the pinch, and keep from the widget the mouse that Qt makes of its first finger."""
        if event.type() == QEvent.Type.Gesture and isinstance(event, QGestureEvent):
            pinch = event.gesture(_PINCH)
            if isinstance(pinch, QPinchGesture):
                self._take(pinch)
                event.accept(pinch)
                return True
        return self._on and event.type() in _MOUSE

    def _take(self, pinch: QPinchGesture) -> None:
        if pinch.state() == _BEGUN:
            self._on = True
            self._begun()
        middle = self._view.mapFromGlobal(pinch.centerPoint())
        if pinch.state() not in _OVER:
            self._moved(pinch.scaleFactor(), middle, pinch.centerPoint() - pinch.lastCenterPoint())
        else:
            self._on = False
