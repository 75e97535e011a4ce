"""The bar at the top, and the one for messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from engine import Net
from viz3d.command.wording import counted
from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.widgets.icons import HelpButton, MenuButton
from viz3d.live.widgets.mark import Mark
from viz3d.live.widgets.menu import Entries, Menu, menu_of
from viz3d.live.widgets.parts import Card, button, elided, label
from viz3d.live.widgets.presence import Presence
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import Look, font

_SHOWN = 8000  # ms that a message stays while somebody is there
_KEPT = 100
_BOX, _LINE, _GAP = 360, 32, 8  # widest box for commands, height of its line, least distance
_NAME, _SHORT_NAME = 240, 144  # px of the button with a network's name, which a file's may fill
_ROOMY = 1200  # px of a bar that has room for all facts


@dataclass(frozen=True)
class Offer:
    """A network to choose: its name, and what is told of it."""

    name: str
    facts: str


@dataclass(frozen=True)
class OwnFile:
    """A file of the person's own, and what is told of it."""

    path: Path
    facts: str = ""


class TopBar(QWidget):
    """Name, choice of network, facts; at the right the page that is shown, and what can be taken away.

    Signals: `preset` brings a network's name; `own` the path of a file of the person's; `file_wanted`;
    `page` "inspect", "train" or "code". The button `layers` is pressed while the sheet of all layers lies
    over the scene.
    """

    preset = Signal(str)
    own = Signal(str)
    file_wanted = Signal()
    page = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        brand = label("viz3d")
        brand.setFont(font("bold", 16))
        self.networks = MenuButton("", "Choose a network, or open one (Ctrl+O)", "Network")
        self.facts = elided("soft")
        self.facts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.inspect = button("Inspect", "Look into the network and change it", "quiet", checkable=True)
        self.train = button("Train", "Train the network, and watch it learn", "quiet", checkable=True)
        self._going = Mark(self.train)
        self.code = button("Code", "Read the network as text or as PyTorch", "quiet", checkable=True)
        self.layers = button(
            "Layers", "All layers with their values, weights and gradients", "quiet", checkable=True
        )
        self.export = MenuButton("Export…", "Save or copy what you have made")
        self._counts: tuple[str, ...] = ()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)  # as the panels and the headline stand
        row.setSpacing(8)
        row.addWidget(brand)
        row.addSpacing(8)
        row.addWidget(self.networks)
        row.addSpacing(4)
        row.addWidget(self.facts)
        row.addStretch(1)
        self.help = HelpButton("Help: how it works, the tour, the keys, the colours")
        for each in (self.layers, self.inspect, self.train, self.code, self.export, self.help):
            row.addWidget(each)
        self.inspect.setChecked(True)
        self.inspect.clicked.connect(lambda _on: self._turn_to("inspect"))
        self.train.clicked.connect(lambda _on: self._turn_to("train"))
        self.code.clicked.connect(lambda _on: self._turn_to("code"))

    def set_training(self, going: bool) -> None:
        """Mark the page behind which a run is under way: it goes on, whatever is looked at."""
        self._going.setVisible(going)
        self.train.setAccessibleName("Train, a run is under way" if going else "Train")

    def toggle_code(self) -> None:
        """Turn to the page of code, or from it to the inspector."""
        (self.inspect if self.code.isChecked() else self.code).click()

    def offer(self, offers: Sequence[Offer], own: Callable[[], Sequence[OwnFile]]) -> None:
        """Offer these networks, the person's own files as they are when it is looked at, and any file."""
        menu = Menu(self)
        menu.setToolTipsVisible(True)

        def fill() -> None:
            menu.clear()
            for each in offers:
                action = menu.addAction(f"{each.name}\t{each.facts}")
                action.triggered.connect(lambda _on, name=each.name: self.preset.emit(name))
            menu.addSeparator()
            files = own()
            for file in files:
                action = menu.addAction(f"{file.path.name}\t{file.facts}")
                action.setToolTip(str(file.path))
                action.triggered.connect(lambda _on, path=str(file.path): self.own.emit(path))
            if files:
                menu.addSeparator()
            menu.addAction("Open…\tCtrl+O").triggered.connect(lambda _on: self.file_wanted.emit())

        menu.aboutToShow.connect(fill)
        fill()
        self.networks.setMenu(menu)

    def offer_help(self, menu: QMenu) -> None:
        """Offer help behind the sign at the right end."""
        self.help.setMenu(menu)

    def offer_export(self, entries: Entries) -> None:
        """Offer these ways to take something away; None is a line between them."""
        self.export.setMenu(menu_of(self, entries))

    def set_net(self, net: Net, name: str) -> None:
        """Tell which network is shown."""
        counts = {"neuron": net.neuron_count, "synapse": net.edge_count, "parameter": net.parameter_count}
        self.networks.setText(name)
        self._counts = tuple(counted(count, what) for what, count in counts.items())
        self._tell()

    def gap(self, high: Callable[[int], int]) -> QRect:
        """Where a box has its room between the facts and the pages; high: its height at a width."""
        self._row.activate()
        left, right = self.facts.geometry().right() + _GAP, self.layers.x() - _GAP
        wide = min(right - left, _BOX)
        return QRect((left + right - wide) // 2, (self.height() - _LINE) // 2 - 8, wide, high(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell less where the bar is narrow: the box for commands needs its room."""
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        roomy = self.width() >= _ROOMY
        self.networks.setMaximumWidth(_NAME if roomy else _SHORT_NAME)
        told = "   ·   ".join(self._counts[: 3 if roomy else 2])
        if told != self.facts.text():
            self.facts.setText(told)
            self.facts.setToolTip("   ·   ".join(self._counts))

    def _turn_to(self, page: str) -> None:
        self.inspect.setChecked(page == "inspect")
        self.train.setChecked(page == "train")
        self.code.setChecked(page == "code")
        self.page.emit(page)


class CommandCard(Card):
    """The box for commands in the bar; where it tells more than its line, on a card over the scene.

    `grown`: it needs more room than before, or less.
    """

    grown = Signal()
    opaque = True  # the answer lies under what it tells

    def __init__(self, box: CommandBox) -> None:
        super().__init__()
        self.setAccessibleName("Commands")
        self._box = box
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(box)

    def high(self, width: int) -> int:
        """Its height at a width: narrow, what is wrong with a line takes several."""
        return self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the card where there is more than the line."""
        if self.height() > self._box.line.height() + 24:
            super().paint(painter, look)

    def event(self, event: QEvent) -> bool:
        """Tell when what the box tells needs other room."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.raise_()  # what it tells is not to lie under a panel
            self.grown.emit()
        return handled


class MessageBar(Card):
    """One line for the person, which goes away by itself or by a click; `messages` has the last hundred.

    What comes while nobody is at the window, such as the end of a long film, stays until somebody was.
    """

    role = Role.AlertMessage
    placed = Signal()
    opaque = True  # the headline lies under it

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self._unread: list[str] = []  # the one that is shown, and those before it while it stood
        self._text = label("", "")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._count = label("", "faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(16)
        row.addWidget(self._text, 1)
        row.addWidget(self._count)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN)
        self._timer.timeout.connect(self._expire)
        self._presence, self._pointer, self._missed = Presence(self), QPoint(), True
        self._presence.come.connect(self._come)
        self.setAccessibleName("Message")
        self.hide()

    def say(self, words: str) -> None:
        """Show a message."""
        self.messages = [*self.messages[1 - _KEPT :], words]
        speak(self, words)
        self._show([*self._unread, words] if self.isVisible() else [words])
        self._pointer, self._missed = QCursor.pos(), True
        self._presence.wait(moves=False)
        self._timer.start()

    def withdraw(self, words: str) -> None:
        """Take away what holds no more; what was said before it, and not closed, is shown again."""
        if not self.isVisible() or words not in self._unread:
            return
        left = [each for each in self._unread if each != words]
        if left:
            self._show(left)
        else:
            self.close_message()

    def _show(self, unread: list[str]) -> None:
        self._unread, count = unread[-_KEPT:], len(unread)
        self._text.setText(unread[-1])
        self._count.setText(f"{count} messages" if count > 1 else "")
        self.setToolTip("\n".join(unread[-12:]) if count > 1 else "Click to close")
        self.show()
        self.raise_()
        self.placed.emit()

    def size_within(self, width: int) -> QSize:
        """The size that shows all of the message in so much room."""
        # Between text and count there is a gap though the count be empty.
        room = 48 + (self._count.sizeHint().width() if self._count.text() else 0)
        metrics, words = self._text.fontMetrics(), self._text.text()
        most = QRect(0, 0, width - room, 1000)
        # What is only just too long for a line would be cut by a rounding: half a letter is left free.
        needed = metrics.boundingRect(most.adjusted(0, 0, -8, 0), Qt.TextFlag.TextWordWrap, words)
        return QSize(min(needed.width() + 12, most.width()) + room, needed.height() + 20)

    def close_message(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._presence.stop()
        self.hide()

    def _come(self) -> None:
        self._missed = False
        if not self._timer.isActive():
            self._timer.start()

    def _expire(self) -> None:
        if self._missed and QCursor.pos() == self._pointer:
            self._presence.wait()
        else:
            self.close_message()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the message away."""
        event.accept()
        self.close_message()
