"""What a hand did in the browser, done to the window: pointer, wheel, keys, text, size."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QInputMethodEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.live.places import LEAST
from viz3d.live.web.pictures import windows

MOST = QSize(3840, 2160)  # of the window
LONGEST = 4096  # characters of a text
_BUTTONS = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)  # in the order of browsers
_HELD = {1: _BUTTONS[0], 2: _BUTTONS[2], 4: _BUTTONS[1]}  # bits of `buttons` there
_KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Escape": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Backspace": Qt.Key.Key_Backspace,
    "Delete": Qt.Key.Key_Delete,
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "PageUp": Qt.Key.Key_PageUp,
    "PageDown": Qt.Key.Key_PageDown,
    "ArrowLeft": Qt.Key.Key_Left,
    "ArrowRight": Qt.Key.Key_Right,
    "ArrowUp": Qt.Key.Key_Up,
    "ArrowDown": Qt.Key.Key_Down,
    "Shift": Qt.Key.Key_Shift,
    "Control": Qt.Key.Key_Control,
    "Alt": Qt.Key.Key_Alt,
    "F1": Qt.Key.Key_F1,
}
_MODIFIERS = {
    "shift": Qt.KeyboardModifier.ShiftModifier,
    "ctrl": Qt.KeyboardModifier.ControlModifier,
    "alt": Qt.KeyboardModifier.AltModifier,
}
_POINTER = {
    "down": QEvent.Type.MouseButtonPress,
    "double": QEvent.Type.MouseButtonDblClick,
    "up": QEvent.Type.MouseButtonRelease,
    "move": QEvent.Type.MouseMove,
}


class WrongDeedError(Exception):
    """What came is no deed of a hand."""


@dataclass(frozen=True)
class Hands:
    """Does to a window what came from a browser, in the window's thread."""

    window: QWidget

    def do(self, deed: dict[str, Any]) -> None:
        """One deed: {"do": "down" | "double" | "up" | "move" | "wheel" | "key" | "text" | "size", ...}.

        Of a pointer x, y (px of the window), button, buttons as in browsers; of a wheel x, y, dx, dy (px);
        of a key its name, and pressed; of a text the text; of a size width and height. Beside them shift,
        ctrl, alt.
        WrongDeedError where it is none of these, and nothing was done.
        """
        try:
            known: dict[str, Callable[[dict[str, Any]], None]] = {
                **dict.fromkeys(_POINTER, self._point),
                "wheel": self._roll,
                "key": self._press,
                "text": self._write,
                "size": self._resize,
            }
            known[deed["do"]](deed)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            raise WrongDeedError(f"{error!s:.80}") from error

    def _point(self, deed: dict[str, Any]) -> None:
        place, kind = _place(deed), deed["do"]
        button = Qt.MouseButton.NoButton if kind == "move" else _BUTTONS[_whole(deed["button"], 2)]
        held, bits = Qt.MouseButton.NoButton, _whole(deed["buttons"], 255)
        for bit, each in _HELD.items():
            held |= each if bits & bit else Qt.MouseButton.NoButton
        window = self._under(place)
        near = place - QPointF(window.position() - self._main.position())
        event = QMouseEvent(_POINTER[kind], near, self._global(place), button, held, _modifiers(deed))
        QApplication.sendEvent(window, event)

    def _roll(self, deed: dict[str, Any]) -> None:
        place = _place(deed)
        # A notch of a wheel is 100 px in browsers and 120 eighths of a degree here.
        turned = QPoint(*(round(-1.2 * _number(deed[name], 2000)) for name in ("dx", "dy")))
        window = self._under(place)
        near = place - QPointF(window.position() - self._main.position())
        event = QWheelEvent(
            near,
            self._global(place),
            QPoint(),
            turned,
            Qt.MouseButton.NoButton,
            _modifiers(deed),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(window, event)

    def _press(self, deed: dict[str, Any]) -> None:
        name, held = deed["key"], _modifiers(deed)
        if name in _KEYS:
            key, text = _KEYS[name], ""
        elif len(name) == 1 and name.isprintable():
            code = ord(name.upper()[0])
            key, text = Qt.Key(code) if code < 256 else Qt.Key.Key_unknown, name
        else:
            return  # a key that the window has no use for
        action = QTest.KeyAction.Press if deed["pressed"] else QTest.KeyAction.Release
        plain = not held & ~Qt.KeyboardModifier.ShiftModifier
        QTest.sendKeyEvent(action, self._reader(), key, text if plain else "", held)

    def _write(self, deed: dict[str, Any]) -> None:
        text = deed["text"]
        if not isinstance(text, str) or len(text) > LONGEST:
            raise ValueError(f"a text has {LONGEST:,} characters at most")
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self._reader(), event)

    def _resize(self, deed: dict[str, Any]) -> None:
        size = QSize(*(round(_number(deed[name], 1e5)) for name in ("width", "height")))
        self.window.resize(size.expandedTo(LEAST).boundedTo(MOST))

    @property
    def _main(self) -> QWindow:
        return self.window.windowHandle()

    def _global(self, place: QPointF) -> QPointF:
        return place + QPointF(self._main.position())

    def _under(self, place: QPointF) -> QWindow:
        """The window that lies uppermost at a place: a menu, a dialog, or the window itself."""
        at = self._global(place).toPoint()
        tips = (Qt.WindowType.ToolTip, Qt.WindowType.SplashScreen)
        there = [each for each in windows() if each.geometry().contains(at) and each.type() not in tips]
        over = [each for each in there if each is not self._main]
        return over[-1] if over else self._main

    def _reader(self) -> QWidget:
        """What reads the keys."""
        if popup := QApplication.activePopupWidget():
            return popup
        owner = QApplication.activeModalWidget() or self.window
        if QApplication.activeWindow() is not owner:
            # A menu that went leaves no window active where there is no screen: shortcuts would be dead.
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                QApplication.setActiveWindow(owner)  # the other ways wait for a system's answer
        return QApplication.focusWidget() or owner


def _place(deed: dict[str, Any]) -> QPointF:
    return QPointF(_number(deed["x"], 1e5), _number(deed["y"], 1e5))


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        raise ValueError(f"{value!r:.20} is no number up to {most:g}")
    return float(value)


def _whole(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{value!r:.20} is none of 0 to {most}")
    return value


def _modifiers(deed: dict[str, Any]) -> Qt.KeyboardModifier:
    held = Qt.KeyboardModifier.NoModifier
    for name, modifier in _MODIFIERS.items():
        if deed.get(name) is True:
            held |= modifier
    return held
