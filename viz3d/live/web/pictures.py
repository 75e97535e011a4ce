"""Pictures of the window as they are sent: made while somebody waits for one, and when something changed."""

from threading import Condition

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWindow
from PySide6.QtWidgets import QWidget

_TICK = 33  # ms between two looks at the window
_REST = 100  # looks for nobody, after which none follow
_QUALITY = 92  # of JPEG: small text stays sharp


class Pictures(QObject):
    """The newest picture and its number; the window's thread makes them, any other may wait for one.

    `wanted` may be told in any thread.
    """

    wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self._changed, self._idle, self._last = True, 0, QImage()
        self._count = 0  # of windows over it, such as menus
        self._fresh, self._waiting, self._closed = Condition(), 0, False
        self._number, self._picture = 0, b""
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._look)
        self.wanted.connect(self._begin)
        for each in (window, window.windowHandle()):
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that the window is painted anew."""
        if event.type() in (QEvent.Type.UpdateRequest, QEvent.Type.Expose, QEvent.Type.Resize):
            self._changed = True
        return False

    def after(self, number: int, patience: float) -> tuple[int, bytes]:
        """The newest picture and its number, as JPEG; b"" where it is still that one in the end."""
        with self._fresh:
            self._waiting += 1
            self.wanted.emit()
            self._fresh.wait_for(lambda: self._number != number or self._closed, patience)
            self._waiting -= 1
            same = self._number == number or self._closed
            return self._number, b"" if same else self._picture

    def close(self) -> None:
        """Make no more, and let nobody wait."""
        self._timer.stop()
        for each in (self._window, self._window.windowHandle()):
            each.removeEventFilter(self)
        with self._fresh:
            self._closed = True
            self._fresh.notify_all()

    def _begin(self) -> None:
        if not self._closed:
            self._idle = 0
            self._timer.start()

    def _look(self) -> None:
        self._idle = 0 if self._waiting else self._idle + 1
        if self._idle > _REST:
            self._timer.stop()
        over = [each for each in windows() if each is not self._window.windowHandle()]
        if not self._waiting or not (self._changed or over or self._count != len(over)):
            return
        self._changed, self._count = False, len(over)
        image = self._seen(over)
        if image != self._last:
            self._last = image
            self._publish(as_jpeg(image))

    def _seen(self, over: list[QWindow]) -> QImage:
        """The window with what lies over it."""
        main = self._window.windowHandle()
        image = main.screen().grabWindow(main.winId()).toImage()
        if image.isNull():  # it closes
            return self._last
        with QPainter(image) as painter:
            for each in over:
                _bring_within(each, main.geometry())
                place = each.position() - main.position()
                painter.drawPixmap(QPoint(place), each.screen().grabWindow(each.winId()))
        return image

    def _publish(self, picture: bytes) -> None:
        with self._fresh:
            self._number, self._picture = self._number + 1, picture
            self._fresh.notify_all()


def _bring_within(window: QWindow, whole: QRect) -> None:
    """Move a menu or a dialog to where all of it is seen: the screen that is not there reaches further."""
    there = window.geometry()
    left = max(min(there.left(), whole.right() - there.width()), whole.left())
    top = max(min(there.top(), whole.bottom() - there.height()), whole.top())
    if there.topLeft() != QPoint(left, top):
        window.setPosition(left, top)


def windows() -> list[QWindow]:
    """All windows that are seen, later ones above."""
    return [each for each in QGuiApplication.topLevelWindows() if each.isVisible()]


def as_jpeg(image: QImage) -> bytes:
    """An image as the bytes of a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", _QUALITY)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
