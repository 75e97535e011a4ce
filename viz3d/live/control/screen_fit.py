"""Keeps the window within the screen that it is on, whatever becomes of that."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from viz3d.live.places import least

_FRAME = QSize(8, 40)  # px, a title bar's height and some of the sides


def within(size: QSize, screen: QScreen) -> QSize:
    """A size of the window that a screen has room for, with the frame that desktops put around it."""
    room = screen.availableSize() - _FRAME
    return size.boundedTo(room).expandedTo(least(room))


class ScreenFit(QObject):
    """Watches a window's screen: on a low one it may be lower, and where it becomes too large it shrinks."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._screen = window, window.screen()
        self._screen.availableGeometryChanged.connect(self._fit)
        window.setMinimumSize(within(QSize(), self._screen))
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go along to another screen."""
        if event.type() == QEvent.Type.Show:
            handle = self._window.windowHandle()
            handle.screenChanged.connect(self._go_to)
            self._go_to(handle.screen())
            self._window.removeEventFilter(self)
        return False

    def _go_to(self, screen: QScreen) -> None:
        if screen is not self._screen:
            self._screen.availableGeometryChanged.disconnect(self._fit)
            screen.availableGeometryChanged.connect(self._fit)
            self._screen = screen
            self._fit()

    def _fit(self) -> None:
        window = self._window
        window.setMinimumSize(within(QSize(), self._screen))
        if not window.isMaximized() and not window.isFullScreen():
            window.resize(within(window.size(), self._screen))
