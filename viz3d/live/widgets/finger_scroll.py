"""A finger on what scrolls: dragged along it scrolls, and nothing that it passes is pressed."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QScrollBar, QWidget

_NONE, _LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
_PRESS, _MOVE, _RELEASE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)
_BEGIN, _UPDATE, _END, _CANCEL = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
_FAR = 8  # px that a finger goes before it is told what it does


class FingerScroll(QObject):
    """Watches what scrolls for a finger: one that goes along scrolls it, or at its end what it lies in.

    One that goes across, rests or is lifted is a mouse to what it lies on, from where it came down: a slider
    can be dragged, and is not moved by who scrolls past it. Where nothing scrolls it is Qt's own mouse.
    """

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._from = self._at = QPointF()
        self._open = False  # whether it is still to be told what a finger does
        self._held: _Held | None = None  # what it scrolls
        self._mouse = False  # whether it is a mouse
        self._rests = QTimer(self)
        self._rests.setSingleShot(True)
        self._rests.timeout.connect(self._press)
        area.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        area.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the finger; leave it to Qt where there is nothing to scroll."""
        kind = event.type()
        if kind not in (_BEGIN, _UPDATE, _END, _CANCEL) or not isinstance(event, QTouchEvent):
            return False
        if kind == _BEGIN and not any(_can_scroll(each) for each in self._around()):
            event.ignore()
            return True
        event.accept()
        if kind == _CANCEL:
            self._open = False
            self._end()
        elif event.points():
            at = event.points()[0].globalPosition()
            (self._begin if kind == _BEGIN else self._move)(at)
            if kind == _END:
                self._end()
        return True

    def _begin(self, at: QPointF) -> None:
        self._from, self._at = at, at
        self._held, self._mouse, self._open = None, False, True
        self._rests.start(QGuiApplication.styleHints().mousePressAndHoldInterval())

    def _move(self, at: QPointF) -> None:
        self._at, way = at, at - self._from
        if self._open and max(abs(way.x()), abs(way.y())) >= _FAR:
            self._tell(way)
        if self._held is not None:
            self._held.follow(way)
        if self._mouse:
            self._send(_MOVE, at, _LEFT)

    def _tell(self, way: QPointF) -> None:
        """Find out what a finger that goes some way does: scroll, be a mouse, or nothing at an end."""
        across = abs(way.x()) > abs(way.y())
        held = (_Held(each, across) for each in self._around())
        self._held = next((each for each in held if each.has_room(way)), None)
        if self._held is None and across:
            self._press()
        self._open = False
        self._rests.stop()

    def _end(self) -> None:
        """The finger is lifted: what it held is let go; one that went nowhere has clicked."""
        if self._open:
            self._press()
        self._rests.stop()
        self._held = None
        if self._mouse:
            self._mouse = False
            self._send(_RELEASE, self._at, _NONE, _LEFT)

    def _press(self) -> None:
        """Become a mouse, where the finger came down."""
        self._open, self._mouse = False, True
        self._send(_MOVE, self._from, _NONE)
        self._send(_PRESS, self._from, _LEFT, _LEFT)

    def _send(
        self, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton, button: Qt.MouseButton = _NONE
    ) -> None:
        """Give the window a mouse, as Qt makes one of a finger that nobody takes."""
        window = self._area.window().windowHandle()
        if window is not None:
            near, keys = window.mapFromGlobal(at), QGuiApplication.keyboardModifiers()
            QApplication.sendEvent(window, QMouseEvent(kind, near, at, button, held, keys))

    def _around(self) -> list[QAbstractScrollArea]:
        """The area, and what it lies in that scrolls, from the inside."""
        found: list[QAbstractScrollArea] = []
        each: QWidget | None = self._area
        while each is not None:
            if isinstance(each, QAbstractScrollArea):
                found.append(each)
            each = each.parentWidget()
        return found


class _Held:
    """A bar of an area and where it stood: it follows a finger so that what lies under that stays there."""

    def __init__(self, area: QAbstractScrollArea, across: bool) -> None:
        self._across = across
        self._bar: QScrollBar = area.horizontalScrollBar() if across else area.verticalScrollBar()
        seen = area.viewport().width() if across else area.viewport().height()
        self._step = self._bar.pageStep() / max(seen, 1)  # of the bar, a px: some count lines
        self._value = self._bar.value()
        policy = area.horizontalScrollBarPolicy() if across else area.verticalScrollBarPolicy()
        self._hidden = policy == Qt.ScrollBarPolicy.ScrollBarAlwaysOff

    def has_room(self, way: QPointF) -> bool:
        """Whether it can go where a finger leads it, px."""
        if self._hidden:
            return False
        led = self._led(way)
        return self._value > self._bar.minimum() if led > 0 else self._value < self._bar.maximum()

    def follow(self, way: QPointF) -> None:
        """Go there."""
        self._bar.setValue(round(self._value - self._led(way) * self._step))

    def _led(self, way: QPointF) -> float:
        return way.x() if self._across else way.y()


def _can_scroll(area: QAbstractScrollArea) -> bool:
    bars = area.horizontalScrollBar(), area.verticalScrollBar()
    return any(bar.maximum() > bar.minimum() for bar in bars)
