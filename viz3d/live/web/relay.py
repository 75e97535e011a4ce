"""Between the server's threads and the window's: deeds and files come in, what is copied goes out."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.live.control.keeping.opening import PASSING
from viz3d.live.web.hands import Hands, WrongDeedError
from viz3d.live.web.pictures import as_png

MOST_COPIED = 1 << 22  # characters
_LATER = 50  # ms after which it is looked again whether the window obeys
_TURNS = 20  # of the window's loop, that a deed waits for the window to be active


class Relay(QObject):
    """Brings deeds and files to a window; said: hears of what was none.

    held: whether the window waits for something, so that what a hand does comes after that.

    Signals, for any thread: `came` a list of deeds, and what is then set; `brought` a file, and what is then
    set; `left` when whoever used the window has gone.
    """

    came = Signal(object, object)
    brought = Signal(object, object)
    left = Signal()

    def __init__(self, window: QWidget, said: Callable[[str], None], held: Callable[[], bool]) -> None:
        super().__init__()
        self.hands, self._window, self._said, self._held = Hands(window), window, said, held
        self._deeds: deque[dict[str, Any]] = deque()
        self._turns = 0
        self.came.connect(self._take)
        self.brought.connect(self._drop)
        self.left.connect(self.hands.let_go)

    def _take(self, deeds: list[dict[str, Any]], done: Event) -> None:
        done.set()  # a dialog that a deed opens lasts longer than a request
        self._deeds.extend(deeds)
        self._next()

    def _next(self) -> None:
        while self._deeds:
            if self._held():
                QTimer.singleShot(_LATER, self, self._next)
                return
            if self._turns < _TURNS and not self.hands.ready():
                self._turns += 1
                QTimer.singleShot(0, self._next)
                return
            self._turns = 0
            deed = self._deeds.popleft()
            try:
                self.hands.do(deed)
            except WrongDeedError as error:
                self._said(f"the browser sent what is no deed of a hand: {error}")
                self._deeds.clear()

    def _drop(self, file: Path, done: Event) -> None:
        """Drop a file on the window, as a person does from another program."""
        done.set()
        brought = QMimeData()
        brought.setUrls([QUrl.fromLocalFile(str(file))])
        brought.setData(PASSING, b"1")
        how = Qt.DropAction.CopyAction, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        place = self._window.rect().center()
        for event in (QDragEnterEvent(QPoint(place), *how), QDropEvent(QPointF(place), *how)):
            QApplication.sendEvent(self._window, event)


class Copied(QObject):
    """What was last copied in the window; `changed` brings how often something was."""

    changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._count = Lock(), 0
        self._last: str | QImage | None = None
        QGuiApplication.clipboard().dataChanged.connect(self._note)

    def close(self) -> None:
        """Listen no more."""
        QGuiApplication.clipboard().dataChanged.disconnect(self._note)

    def last(self) -> tuple[str, bytes] | None:
        """Its kind and its bytes: a text or a PNG; None where nothing was copied. In any thread."""
        with self._lock:
            last = self._last
        if isinstance(last, QImage):
            return "image/png", as_png(last)
        return None if last is None else ("text/plain; charset=utf-8", last.encode("utf-8", "replace"))

    def _note(self) -> None:
        there = QGuiApplication.clipboard().mimeData()
        last: str | QImage | None = None
        if there is not None and there.hasImage():
            last = QImage(there.imageData())
        elif there is not None and there.hasText():
            last = there.text()[:MOST_COPIED]
        if last is None:
            return
        with self._lock:
            self._last, self._count = last, self._count + 1
        self.changed.emit(self._count)
