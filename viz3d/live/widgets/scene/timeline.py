"""The card at the bottom: play, scrub, step from beat to beat."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QToolTip, QVBoxLayout

from viz3d.live.widgets.icons import IconButton, PlayButton
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.parts import CENTRE, LEFT, Card, Painted, button, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.scene.beats import NARROW, Beat, Beats, place_names, short
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import CAPTION, Look, font

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_CUTTABLE = 5  # letters of a name, from where on it can be cut
_MARGIN, _LINE = 7.0, 31.0


class Name(NamedTuple):
    """A beat's name as it stands: its box, its text, whether it is the current beat's, and the beat."""

    box: QRectF
    text: str
    now: bool
    beat: Beat


class Track(Painted):
    """The line with the beats' names; `scrubbed` brings the time, in seconds, that a hand chose."""

    role = Role.Slider
    scrubbed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(44)
        self.setMinimumWidth(120)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Time")
        self.setToolTip("When each layer answers: press a name, or drag, to go there")
        self.beats, self.time = Beats(), 0.0
        self._held: float | None = None  # where a name is pressed, until the hand drags

    def show_time(self, beats: Beats, time: float) -> None:
        """Show a time, held within the film."""
        self.beats, self.time = beats, float(np.clip(time, 0.0, beats.seconds))
        self.update()

    def _x(self, t: float) -> float:
        return _MARGIN + (self.width() - 2 * _MARGIN) * self.beats.share(t)

    def go(self, t: float) -> None:
        """Go to a time, as a hand does: with the signal."""
        self.show_time(self.beats, t)
        self.scrubbed.emit(self.time)

    def _go_to(self, event: QMouseEvent) -> None:
        share = (event.position().x() - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        self.go(self.beats.time(float(np.clip(share, 0, 1))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the beat whose name is pressed, or to the place on the line."""
        named = next((name.beat for name in self.names() if name.box.contains(event.position())), None)
        self._held = None if named is None else event.position().x()
        if named is None:
            self._go_to(event)
        else:
            self.go(named.at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag; a hand that presses a name does not stand quite still."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if self._held is None or abs(event.position().x() - self._held) >= QApplication.startDragDistance():
            self._held = None
            self._go_to(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from beat to beat, Home and End to the ends."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.go(self.beats.step(self.time, 1 if event.key() == Qt.Key.Key_Right else -1))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go(0.0 if event.key() == Qt.Key.Key_Home else self.beats.seconds)
        else:
            super().keyPressEvent(event)
            return
        speak(self, self.aloud())

    @property
    def meant(self) -> float:
        """The time that is shown, in seconds."""
        return self.time

    @property
    def ends(self) -> tuple[float, float]:
        """The times of its ends, in seconds."""
        return 0.0, self.beats.seconds

    def aloud(self) -> str:
        """The beat and the time that are shown."""
        now = self.beats.current(self.time)
        name = f"{self.beats.beats[now].name}, " if now >= 0 else ""
        return f"{name}{self.time:.1f} of {self.beats.seconds:.1f} seconds"

    def event(self, event: QEvent) -> bool:
        """Tell a beat's whole name where it is cut or left out."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.beats.beats:
            share = (event.pos().x() - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
            beat = self.beats.beats[self.beats.current(self.beats.time(share))]
            QToolTip.showText(event.globalPos(), f"{beat.name}, from {beat.at:.1f} s", self)
            return True
        return super().event(event)

    def names(self) -> list[Name]:
        """The names as they stand."""
        now = self.beats.current(self.time)
        metrics = QFontMetricsF(font("medium", CAPTION))
        lefts = [self._x(beat.at) - 3 for beat in self.beats.beats]
        arrangements: list[tuple[int, list[str], dict[int, tuple[float, float]]]] = []
        whole_names = [beat.name for beat in self.beats.beats]
        rooms = [right - left - NARROW for left, right in pairwise([*lefts, float(self.width())])]
        fitting = [_fitted(metrics, name, room) for name, room in zip(whole_names, rooms, strict=True)]
        for names in _shorter(whole_names, now, fitting):
            widths = [metrics.horizontalAdvance(name) + 1 for name in names]
            placed = place_names(lefts, widths, now, self.width(), narrow=bool(arrangements))
            whole = sum(wide >= widths[k] for k, (_, wide) in placed.items())
            arrangements.append((whole, names, placed))
            if whole == len(lefts):
                break
        # Short names that are whole tell more than long ones that are cut.
        _, names, placed = max(arrangements, key=lambda each: each[0] - 1.5 * (len(each[2]) - each[0]))
        shown = []
        for k, (left, wide) in sorted(placed.items()):
            if len(names[k]) < _CUTTABLE and wide < metrics.horizontalAdvance(names[k]):
                continue  # nothing would be left of it
            text = metrics.elidedText(names[k], Qt.TextElideMode.ElideMiddle, wide)
            shown.append(Name(QRectF(left, 4, wide, 16), text, k == now, self.beats.beats[k]))
        return shown

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw names, line, beats and handle."""
        x, end = self._x(self.time), self.width() - _MARGIN
        painter.setFont(font("medium", CAPTION))
        for name in self.names():
            painter.setPen(look.accent if name.now else look.soft)
            painter.drawText(name.box, LEFT | Qt.TextFlag.TextDontClip, name.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.track)
        painter.drawRoundedRect(QRectF(_MARGIN, _LINE - 1.5, end - _MARGIN, 3), 1.5, 1.5)
        gone = QLinearGradient(_MARGIN, 0, x + 1, 0)
        gone.setColorAt(0, look.off)
        gone.setColorAt(1, look.accent)
        painter.setBrush(gone)
        painter.drawRoundedRect(QRectF(_MARGIN, _LINE - 1.5, max(x - _MARGIN, 1), 3), 1.5, 1.5)
        for beat in self.beats.beats:
            painter.setBrush(look.text if beat.at <= self.time else look.off)
            painter.drawEllipse(QPointF(self._x(beat.at), _LINE), 3, 3)
        painter.setPen(QPen(look.popup, 2))
        painter.setBrush(look.text)
        painter.drawEllipse(QPointF(x, _LINE), 6.5, 6.5)


def _fitted(metrics: QFontMetricsF, name: str, room: float) -> str:
    """A name whole where it has room, else with its number in its short form, else by its first words."""
    few, words = short(name), name.split()
    if metrics.horizontalAdvance(name) <= room:
        return name
    if few != name:
        return few
    begun = [" ".join(words[:count]) for count in range(len(words) - 1, 0, -1)]
    told = [part for part in begun if len(part) > 2 and metrics.horizontalAdvance(part) <= room]
    return told[0] if told else short(name, words=True)[:3]


def _shorter(names: list[str], now: int, fitting: list[str]) -> Iterator[list[str]]:
    """Names whole; each as it fits; then ever fewer letters of all: but for the current one."""
    yield names
    yield [name if k == now else fitting[k] for k, name in enumerate(names)]
    for words in (False, True):
        yield [name if k == now else short(name, words) for k, name in enumerate(names)]
    yield [name if k == now else short(name, words=True)[:3] for k, name in enumerate(names)]


class Timeline(Card):
    """Play, track, steps, speed, loop. It has no clock: the window's clock tells it the time.

    Signals: `scrubbed` seconds; `playing` whether it shall play; `speed` a factor; `looping` whether the end
    is followed by the beginning. The setters are silent.
    """

    scrubbed = Signal(float)
    playing = Signal(bool)
    speed = Signal(float)
    looping = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Playing")
        self.play, self.track = PlayButton(), Track()
        self.loop = IconButton("loop", "Begin again at the end (L)", checkable=True)
        back = IconButton("back", "The beat before (,)")
        forth = IconButton("forth", "The next beat (.)")
        self._clock = label("", "soft", 104)
        self._clock.setAlignment(CENTRE)
        self.pace = button("1×", "Speed", "quiet")
        for tool, wide in ((back, 24), (forth, 24), (self.pace, 32), (self.loop, 24)):
            tool.setFixedSize(wide, 22)
        self.pace.setStyleSheet("QPushButton { padding: 0; }")
        self.pace.setMenu(self._speeds())
        self.set_speed(1.0)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(0)
        row.addWidget(self.play)
        row.addSpacing(12)
        row.addWidget(self.track, 1)
        row.addSpacing(8)
        tools, column = QHBoxLayout(), QVBoxLayout()
        for each in (back, forth, self.pace, self.loop):
            tools.addWidget(each)
        column.addWidget(self._clock)
        column.addLayout(tools)
        row.addLayout(column)
        self.play.toggled.connect(self._toggled)
        self.loop.toggled.connect(self.looping)
        self.track.scrubbed.connect(self._scrubbed)
        back.clicked.connect(lambda: self.step(-1))
        forth.clicked.connect(lambda: self.step(1))
        self.set_beats(Beats())

    @property
    def time(self) -> float:
        """The time that is shown, in seconds."""
        return self.track.time

    def set_beats(self, beats: Beats) -> None:
        """Show a film's beats; the time stays, within its length."""
        self.track.show_time(beats, self.track.time)
        self.play.setEnabled(beats.seconds > 0)
        self._tell()

    def set_time(self, t: float) -> None:
        """Show a time in seconds."""
        self.track.show_time(self.track.beats, t)
        self._tell()

    def set_playing(self, on: bool) -> None:
        """Show whether it plays."""
        self.play.blockSignals(True)
        self.play.setChecked(on)
        self.play.blockSignals(False)
        self.play.update()

    def set_speed(self, factor: float) -> None:
        """Show a speed."""
        self.pace.setText(f"{factor:g}×")
        self.pace.setAccessibleName(f"Speed {factor:g}")

    def step(self, by: int) -> None:
        """Go to the beat before (-1) or after (1), as if the person had scrubbed there."""
        self.track.go(self.track.beats.step(self.time, by))

    def _speeds(self) -> QMenu:
        menu = Menu(self)
        for factor in SPEEDS:
            action = menu.addAction(f"{factor:g}×")
            action.triggered.connect(lambda _on, chosen=factor: self._paced(chosen))
        return menu

    def _paced(self, factor: float) -> None:
        self.set_speed(factor)
        self.speed.emit(factor)

    def _toggled(self, on: bool) -> None:
        # At the end, play means: once more.
        if on and self.time >= self.track.beats.seconds - 1e-6:
            self.track.go(0.0)
        self.playing.emit(on)

    def _scrubbed(self, t: float) -> None:
        self._tell()
        self.scrubbed.emit(t)

    def _tell(self) -> None:
        self._clock.setText(f"{self.time:.1f} / {self.track.beats.seconds:.1f} s")
