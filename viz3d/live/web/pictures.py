"""Pictures of the window as they are sent: made while somebody waits for one, and when something changed."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

import numpy as np
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.live.web.tiles import Mask, all_tiles, changed_tiles, rectangles

_TICK = 33  # ms between two looks at the window
_REST = 100  # looks for nobody, after which none follow
_STILL = 5  # looks without a change, after which what was sent in haste is sent well
_QUALITY, _HASTE = 92, 60  # of JPEG: small text stays sharp; while things move it is a third of the bytes
_REMEMBERED = 64  # changes: who has seen none of them is sent all


@dataclass(frozen=True)
class Sent:
    """What is new in the window since a picture, and the shape of its pointer.

    number: of the newest picture. size: of all of it, px. ratio: how many of these a pixel of the window has.
    parts: what changed, each with its JPEG. copied: how often something was copied in the window.
    """

    number: int
    size: QSize
    ratio: float
    parts: tuple[tuple[QRect, bytes], ...]
    cursor: str
    copied: int


@dataclass(frozen=True)
class _Known:
    """What one who waits can see has changed."""

    number: int = 0
    cursor: str = "default"
    copied: int = 0


class Pictures(QObject):
    """The newest picture and its number; the window's thread makes them, any other may wait for one.

    cursor: tells the shape of the pointer.

    `wanted` may be told in any thread; `left` when nobody has waited for a while.
    """

    wanted = Signal()
    left = Signal()

    def __init__(self, window: QWidget, cursor: Callable[[], str]) -> None:
        super().__init__()
        self._window, self._cursor = window, cursor
        self._changed, self._idle, self._still = True, 0, 0
        self._count = 0  # of windows over it, such as menus
        self._hasty: Mask = np.zeros((0, 0), dtype=bool)  # tiles that were sent in haste alone
        self._fresh, self._waiting, self.closed = Condition(), 0, False
        self._image, self._known = QImage(), _Known()
        self._changes: deque[tuple[int, Mask, int]] = deque(maxlen=_REMEMBERED)
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

    def after(self, number: int, cursor: str, copied: int, patience: float) -> Sent | None:
        """What is new for one who has these; None where nothing is in the end, or the window has gone."""
        had = _Known(number, cursor, copied)
        with self._fresh:
            self._waiting += 1
            self.wanted.emit()
            self._fresh.wait_for(lambda: self._news(had) or self.closed, patience)
            self._waiting -= 1
            if not self._news(had) or self.closed:
                return None
            known, image = self._known, self._image
            mask, quality = self._since(number)
        parts = tuple((box, as_jpeg(image.copy(box), quality)) for box in rectangles(mask, image.size()))
        return Sent(known.number, image.size(), image.devicePixelRatio(), parts, known.cursor, known.copied)

    def wake(self) -> None:
        """Let nobody wait longer: who may look has changed."""
        with self._fresh:
            self._known = _Known(self._known.number, "", self._known.copied)
            self._fresh.notify_all()
        self.wanted.emit()

    def tell_copied(self, copied: int) -> None:
        """Let those who wait know how often something was copied."""
        self._tell(_Known(self._known.number, self._known.cursor, copied))

    def close(self) -> None:
        """Make no more, and let nobody wait."""
        self._timer.stop()
        for each in (self._window, self._window.windowHandle()):
            each.removeEventFilter(self)
        with self._fresh:
            self.closed = True
            self._fresh.notify_all()

    def _news(self, had: _Known) -> bool:
        return self._known.number > 0 and self._known != had

    def _since(self, number: int) -> tuple[Mask, int]:
        """The tiles that changed after a picture, and how well they are to be sent."""
        if number == self._known.number:
            return np.zeros((0, 0), dtype=bool), _QUALITY
        later = [change for change in self._changes if change[0] > number]
        whole = all_tiles(self._image.size())
        # Of a picture that is not remembered all may have changed, or its size.
        if len(later) != self._known.number - number or any(
            each.shape != whole.shape for _, each, _ in later
        ):
            return whole, _QUALITY
        return np.logical_or.reduce([mask for _, mask, _ in later]), later[-1][2]

    def _begin(self) -> None:
        if not self.closed:
            self._idle = 0
            self._timer.start()

    def _look(self) -> None:
        self._idle = 0 if self._waiting else self._idle + 1
        if self._idle > _REST:
            self._timer.stop()
            self.left.emit()
        if not self._waiting:
            return
        self._tell(_Known(self._known.number, self._cursor(), self._known.copied))
        over = [each for each in windows() if each is not self._window.windowHandle()]
        if self._changed or over or self._count != len(over):
            self._changed, self._count = False, len(over)
            image = self._seen(over)
            mask = changed_tiles(self._image, image)
            if mask.any():
                self._still = 0
                self._publish(image, mask, _QUALITY if self._image.size() != image.size() else _HASTE)
                return
        self._still += 1
        if self._still >= _STILL and self._hasty.any():
            self._publish(self._image, self._hasty.copy(), _QUALITY)

    def _publish(self, image: QImage, mask: Mask, quality: int) -> None:
        if quality == _QUALITY or self._hasty.shape != mask.shape:
            self._hasty = np.zeros_like(mask)
        if quality == _HASTE:
            self._hasty |= mask
        with self._fresh:
            number = self._known.number + 1
            self._image = image
            self._changes.append((number, mask, quality))
        self._tell(_Known(number, self._known.cursor, self._known.copied))

    def _tell(self, known: _Known) -> None:
        with self._fresh:
            if known != self._known:
                self._known = known
                self._fresh.notify_all()

    def _seen(self, over: list[QWindow]) -> QImage:
        """The window with what lies over it."""
        main = self._window.windowHandle()
        widgets = QApplication.topLevelWidgets()  # held: a window's wrapper goes with that of its widget
        image = _painted(main, widgets)
        if image.isNull():  # it closes
            return self._image
        with QPainter(image) as painter:
            for each in over:
                _bring_within(each, main.geometry())
                painter.drawImage(QPoint(each.position() - main.position()), _painted(each, widgets))
        return image


def _painted(window: QWindow, widgets: list[QWidget]) -> QImage:
    """What the window of one of these widgets has painted last, in its own fineness."""
    for widget in widgets:
        store = widget.backingStore() if widget.windowHandle() is window else None
        image = store.paintDevice() if store is not None else None
        if isinstance(image, QImage):
            return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied).copy()
    return QImage()


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


def as_jpeg(image: QImage, quality: int = _QUALITY) -> bytes:
    """An image as the bytes of a file."""
    return _bytes(image, "JPEG", quality)


def as_png(image: QImage) -> bytes:
    """The same without loss."""
    return _bytes(image, "PNG", -1)


def _bytes(image: QImage, kind: str, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind, quality)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
