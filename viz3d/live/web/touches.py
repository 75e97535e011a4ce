"""Fingers on the page of a browser, as those of a touch screen are to the window."""

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QTouchEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

MOST = 10  # fingers
_DEEDS = {
    "down": QTest.QTouchEventSequence.press,
    "move": QTest.QTouchEventSequence.move,
    "up": QTest.QTouchEventSequence.release,
    "cancel": QTest.QTouchEventSequence.release,
}
PHASES = tuple(_DEEDS)


class Touches:
    """The fingers that are down, and the window that the first of them came down on."""

    def __init__(self) -> None:
        self._device = QTest.createTouchDevice()
        self._down: dict[int, tuple[int, QPoint]] = {}  # by the browser's numbers: ours and the place
        self._window: QWindow | None = None

    def tell(self, window: QWindow, number: int, phase: str, place: QPoint) -> None:
        """One finger comes down, moves or goes.

        window: what lies under it; the first one's has all of them. place: on the screen, px. cancel: it goes
        and shall do nothing. What is told of a finger that is not down is left out.
        """
        if phase == "down" and number not in self._down and len(self._down) < MOST:
            if not self._down:
                self._window = window
            ours = min(set(range(MOST)) - {each for each, _ in self._down.values()})
            self._down[number] = ours, place
        elif number not in self._down:
            return
        elif phase == "down":
            phase = "move"
        if phase == "cancel" and self._window is not None:
            QApplication.sendEvent(self._window, QTouchEvent(QEvent.Type.TouchCancel, self._device))
        self._send(number, phase, place)

    def let_go(self) -> None:
        """Lift all: whoever's they are has gone."""
        for number, (_, place) in list(self._down.items()):
            if self._window is not None:
                self.tell(self._window, number, "cancel", place)

    def _send(self, number: int, phase: str, place: QPoint) -> None:
        assert self._window is not None
        changed = self._down[number][0]
        self._down[number] = changed, place
        event = QTest.touchEvent(self._window, self._device, False)
        for ours, at in self._down.values():
            # Each event tells of all fingers; one that stays is one that moves by nothing.
            deed = _DEEDS[phase] if ours == changed else _DEEDS["move"]
            deed(event, ours, self._window.mapFromGlobal(at), self._window)
        if phase in ("up", "cancel"):
            del self._down[number]
        event.commit(False)
