"""What a hand did in the browser, done to the window: pointer, wheel, keys, text, size."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.live.places import LEAST
from viz3d.live.web.names import BUTTONS, CURSORS, HELD, KEYS, MODIFIERS, POINTER
from viz3d.live.web.pictures import windows
from viz3d.live.web.touches import PHASES, Touches

MOST = QSize(3840, 2160)  # of the window's picture, px
LONGEST = 4096  # characters of a text


class WrongDeedError(Exception):
    """What came is no deed of a hand."""


class Hands:
    """Does to a window what came from a browser, in the window's thread; knows what is held down."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self._at, self._held = QPointF(), 0
        self._keys: set[str] = set()
        self._touches = Touches()

    def do(self, deed: dict[str, Any]) -> None:
        """One deed: {"do": "down" | "double" | "up" | "move" | "finger" | "wheel" | "key" | "text" | "size"}.

        Beside that: of a pointer x, y (px of the window), button, buttons as in browsers; of a finger x, y,
        its number and its phase ("down" | "move" | "up" | "cancel"); of a wheel x, y, dx, dy (px); of a key
        its name, and pressed; of a text the text; of a size width and height, and the ratio of the browser's
        pixels to these, if that is told. With all of them shift, ctrl, alt.
        WrongDeedError where it is none of these, and nothing was done.
        """
        try:
            known: dict[str, Callable[[dict[str, Any]], None]] = {
                **dict.fromkeys(POINTER, self._point),
                "finger": self._touch,
                "wheel": self._roll,
                "key": self._press,
                "text": self._write,
                "size": self._resize,
            }
            known[deed["do"]](deed)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            raise WrongDeedError(f"{error!s:.80}") from error

    def ready(self) -> bool:
        """Whether a deed finds the window active; if not, ask for that: it comes with the next turns.

        A menu that went leaves no window active where there is no screen: shortcuts would be dead.
        """
        owner = self._owner
        if QApplication.activePopupWidget() or QApplication.activeWindow() is owner or not owner.isVisible():
            return True
        owner.activateWindow()
        return False

    def let_go(self) -> None:
        """Let go of the keys and buttons that are held: whoever held them has gone."""
        for name in list(self._keys):
            self.do({"do": "key", "key": name, "pressed": False})
        place = {"x": self._at.x(), "y": self._at.y(), "buttons": 0}
        for bit, button in HELD.items():
            if self._held & bit:
                self.do({"do": "up", "button": BUTTONS.index(button), **place})
        self._held = 0
        self._touches.let_go()

    def cursor(self) -> str:
        """The shape of the pointer, by its name in browsers."""
        return CURSORS.get(self._under(self._at).cursor().shape(), "default")

    def _point(self, deed: dict[str, Any]) -> None:
        place, kind = _place(deed), deed["do"]
        button = Qt.MouseButton.NoButton if kind == "move" else BUTTONS[_whole(deed["button"], 2)]
        held, bits = Qt.MouseButton.NoButton, _whole(deed["buttons"], 255)
        for bit, each in HELD.items():
            held |= each if bits & bit else Qt.MouseButton.NoButton
        self._at, self._held = place, bits
        window = self._under(place)
        near = place - QPointF(window.position() - self._main.position())
        event = QMouseEvent(POINTER[kind], near, self._global(place), button, held, _modifiers(deed))
        QApplication.sendEvent(window, event)

    def _touch(self, deed: dict[str, Any]) -> None:
        place, number, phase = _place(deed), deed["number"], deed["phase"]
        if phase not in PHASES:
            raise ValueError(f"{phase!r:.20} is none of {', '.join(PHASES)}")
        self._at = place
        whole = self._global(place).toPoint()
        self._touches.tell(self._under(place), int(_number(number, 2**53)), phase, whole)

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
        if name in KEYS:
            key, text = KEYS[name], ""
        elif len(name) == 1 and name.isprintable():
            code = ord(name.upper()[0])
            key, text = Qt.Key(code) if code < 256 else Qt.Key.Key_unknown, name
        else:
            return  # a key that the window has no use for
        (self._keys.add if deed["pressed"] else self._keys.discard)(name)
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
        page = QSize(*(round(_number(deed[name], 1e5)) for name in ("width", "height")))
        ratio, size = _number(deed.get("ratio", 1), 100), room_of(page)
        # A page that is too small for the window shows it smaller.
        self._refine(ratio * min(page.width() / size.width(), 1))
        most = MOST / self._main.devicePixelRatio()
        self.window.resize(size.expandedTo(LEAST).boundedTo(most.expandedTo(LEAST)))

    def _refine(self, ratio: float) -> None:
        """Go to the screen whose fineness is nearest to a ratio; where there is one screen, stay."""
        screens = QGuiApplication.screens()
        best = min(screens, key=lambda screen: abs(screen.devicePixelRatio() - ratio))
        if best is not self._main.screen() and best.name() != self._main.screen().name():
            self._main.setScreen(best)
            self._main.setPosition(best.geometry().topLeft())

    @property
    def _main(self) -> QWindow:
        return self.window.windowHandle()

    @property
    def _owner(self) -> QWidget:
        return QApplication.activeModalWidget() or self.window

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
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self._owner


def room_of(page: QSize) -> QSize:
    """The size of a window that fills a page: larger than it, of its shape, where it is too small for one."""
    if page.expandedTo(LEAST) == page or page.isEmpty():
        return page.expandedTo(LEAST)
    return page.scaled(LEAST, Qt.AspectRatioMode.KeepAspectRatioByExpanding)


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
    for name, modifier in MODIFIERS.items():
        if deed.get(name) is True:
            held |= modifier
    return held
