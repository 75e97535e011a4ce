"""What is meant: ten small fields, or a menu of names, and a button that keeps a digit as a sample."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viz3d.live.widgets.icons import MenuButton
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.parts import CENTRE, Painted, button, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import TEXT, Look, font, with_alpha

_SIDE = 22
_COUNT = 10
_UNKNOWN = "nobody said"


class Digits(Painted):
    """The fields 0 to 9. `chosen` brings the one that is clicked or entered, -1 if it was chosen before."""

    role = Role.List
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._current = self._under = -1
        self.setFixedSize(_COUNT * _SIDE, _SIDE)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("What the digit is meant as")
        self.setToolTip("Say which digit is meant: right, wrong and loss are told against it")

    def set_current(self, digit: int) -> None:
        """Mark a digit, or with -1 none."""
        self._current = digit
        self.update()

    def aloud(self) -> str:
        """The digit that is meant."""
        return f"{self._current} is meant" if self._current >= 0 else "no digit is meant"

    def _choose(self, digit: int) -> None:
        if 0 <= digit < _COUNT:
            self.chosen.emit(-1 if digit == self._current else digit)

    def _light(self, digit: int) -> None:
        self._under = digit
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a digit."""
        self._choose(int(event.position().x() // _SIDE))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer."""
        self._light(int(event.position().x() // _SIDE))

    def leaveEvent(self, event: QEvent) -> None:
        """Light up nothing."""
        self._light(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Light up nothing."""
        super().focusOutEvent(event)
        self._light(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys, choose with Enter."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            start = self._current if self._under < 0 else self._under
            self._light(min(max(start + step, 0), _COUNT - 1))
            speak(self, f"{self._under}")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._under)
        else:
            super().keyPressEvent(event)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the fields."""
        for digit in range(_COUNT):
            box = QRectF(digit * _SIDE, 0, _SIDE, _SIDE).adjusted(1.5, 1.5, -1.5, -1.5)
            chosen = digit == self._current
            if chosen or digit == self._under:
                painter.setPen(QPen(with_alpha(look.accent, 0.55), 1) if chosen else Qt.PenStyle.NoPen)
                painter.setBrush(look.chosen if chosen else look.hover)
                painter.drawRoundedRect(box, 5, 5)
            painter.setPen(look.accent if chosen else look.soft)
            painter.setFont(font("semibold" if chosen else "medium", TEXT))
            painter.drawText(box, CENTRE, str(digit))


class Names(MenuButton):
    """A menu of classes that have names. `chosen` brings the number of one, -1 for none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(_UNKNOWN, "Say what is meant: right, wrong and loss are told against it")
        self.setAccessibleName("What is meant")
        self.setFixedWidth(_COUNT * _SIDE)
        self._names: tuple[str, ...] = ()

    def offer(self, names: Sequence[str]) -> None:
        """Offer these classes."""
        self._names = tuple(names)
        menu = Menu(self)
        for number, name in ((-1, _UNKNOWN), *enumerate(names)):
            # An ampersand would underline the letter behind it.
            entry = menu.addAction(name.replace("&", "&&"))
            entry.triggered.connect(lambda _on, of=number: self.chosen.emit(of))
        self.setMenu(menu)

    def set_current(self, number: int) -> None:
        """Tell which one is meant, -1: nobody said."""
        name = self._names[number] if 0 <= number < len(self._names) else _UNKNOWN
        room = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, self.width() - 40)
        self.setText(room.replace("&", "&&"))


class Meant(QWidget):
    """Fields or menu, and a button. Signals: `chosen` the number of a class, -1 for none; `keep_wanted`."""

    chosen = Signal(int)
    keep_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.digits, self.names = Digits(), Names()
        self.keep = button("Keep as sample", "Keep this digit, as it is meant, to train with", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("MEANT AS", "section"))
        row.addWidget(self.digits)
        row.addWidget(self.names)
        row.addStretch()
        row.addWidget(self.keep)
        self.digits.chosen.connect(self.chosen)
        self.names.chosen.connect(self.chosen)
        self.keep.clicked.connect(lambda _on: self.keep_wanted.emit())
        self.offer(())

    def offer(self, names: Sequence[str], *, kept: bool = True) -> None:
        """Offer classes by name; none: the digits. kept: whether what is shown can be kept as a sample."""
        self.digits.setVisible(not names)
        self.names.setVisible(bool(names))
        if names:
            self.names.offer(names)
        self.keep.setVisible(kept)

    def set_label(self, number: int | None) -> None:
        """Mark what is meant; None: nobody knows."""
        for each in (self.digits, self.names):
            each.set_current(-1 if number is None else number)
