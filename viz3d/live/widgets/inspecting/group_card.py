"""The page of a group of neurons: what they do together, and what changes all of them."""

from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.findings.layer_strips import Strip
from viz3d.live.widgets.parts import button, elided, label
from viz3d.live.widgets.pictures import PICTURE, StripPicture
from viz3d.live.widgets.setting import Scale, Setting


@dataclass(frozen=True)
class GroupCard:
    """A group that is read.

    Attributes:
        kind: what they are together, in capitals.
        name: as people type it, `hidden1:0-15`.
        facts: how many there are, and how active they are, a line each.
        without: what the answer is when all of them are silent.
        ablated, frozen: whether edits of the group itself make it so.
        largest: the number of the most active one, and its address.
        strips: pictures of what they do, two at most.
    """

    kind: str
    name: str
    facts: tuple[str, ...]
    without: str
    ablated: bool
    frozen: bool
    largest: tuple[int, str]
    strips: tuple[Strip, ...] = ()


class GroupPanel(QWidget):
    """One group.

    Signals: `sliding` and `chosen` bring what all are multiplied by, the first at each move, the second once
    when the hand rests; `turned` "ablate" or "freeze", and whether that shall hold; `reset`; `followed` the
    number of a neuron to look at.

    Attributes:
        card: what is shown, None for nothing.
    """

    sliding = Signal(float)
    chosen = Signal(float)
    turned = Signal(str, bool)
    reset = Signal()
    followed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.card: GroupCard | None = None
        self._name, self._facts, self._without = elided("name"), label("", "soft"), label("", "soft")
        for line in (self._facts, self._without):
            line.setWordWrap(True)
        self.largest = button("", "Look at the most active one", "row")
        self.scale = Setting("Scale", Scale(0, 4), lambda x: f"× {x:.2f}", "Multiply all their activations")
        self.ablate = button("Ablate all", "Silence all of them, or take that back", checkable=True)
        self.freeze = button("Freeze all", "Let training leave them as they are", checkable=True)
        again = button("Reset", "Take all changes of this group back", "quiet")
        self.pictures = StripPicture(PICTURE), StripPicture(PICTURE)
        self._seen, column, row = QWidget(), QVBoxLayout(self), QHBoxLayout()
        side = QHBoxLayout(self._seen)
        side.setContentsMargins(0, 8, 0, 0)
        side.setSpacing(10)
        for picture in self.pictures:
            side.addWidget(picture)
        side.addStretch(1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._name, self._facts, self.largest, self._seen):
            column.addWidget(part)
        column.addSpacing(8)
        column.addWidget(label("WITHOUT THEM", "section"))
        column.addWidget(self._without)
        column.addSpacing(8)
        column.addWidget(label("CHANGE THEM", "section"))
        column.addWidget(self.scale)
        row.setSpacing(8)
        for press in (self.ablate, self.freeze, again):
            row.addWidget(press, 1)
        column.addLayout(row)
        column.addStretch(1)
        self.scale.sliding.connect(self.sliding)
        self.scale.chosen.connect(self.chosen)
        self.ablate.clicked.connect(lambda on: self.turned.emit("ablate", on))
        self.freeze.clicked.connect(lambda on: self.turned.emit("freeze", on))
        again.clicked.connect(lambda _on: self.reset.emit())
        self.largest.clicked.connect(lambda _on: self.card and self.followed.emit(self.card.largest[0]))

    def set_card(self, card: GroupCard | None) -> None:
        """Show a group, or with None nothing."""
        changed = card is not None and (self.card is None or self.card.name != card.name)
        self.card = card
        if card is None:
            return
        self._name.setText(card.name)
        self._facts.setText("\n".join(card.facts))
        self._without.setText(card.without)
        self._seen.setVisible(bool(card.strips))
        for picture, strip in zip_longest(self.pictures, card.strips):
            picture.set_strip(strip)
        self.largest.setText(f"most active: {card.largest[1]}")
        self.ablate.setChecked(card.ablated)
        self.freeze.setChecked(card.frozen)
        if changed:
            self.scale.set_value(1.0)
