"""The page of a synapse: its ends, its weight, what is told of it, and what changes it."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.inspecting.synapse_card import SharersPart, SynapseCard, SynapseFactsPart
from viz3d.live.widgets.parts import button, elided, label, recolour
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import number


@dataclass(frozen=True)
class SynapseChange:
    """A synapse that can be changed, for one image.

    Attributes:
        address: as people type it, `hidden1:201 -> hidden2:5`.
        weight: None where there is no such synapse.
        offered: the weight that the slider begins at where there is none.
        most: the largest weight of either sign that the slider offers.
        step: what a nudge adds.
        activation: of the neuron that it comes from.
        edited: whether a person changed it.
    """

    address: str
    weight: float | None
    offered: float
    most: float
    step: float
    activation: float
    edited: bool = False

    @property
    def there(self) -> bool:
        """Whether there is such a synapse."""
        return self.weight is not None


class SynapsePanel(QWidget):
    """One synapse, whether it is there or not.

    Signals: `sliding` and `chosen` bring a weight, the first at each move, the second once when the hand
    rests; `nudged` what is to be added to it; `cut` whether it shall be cut; `followed` the address of an
    end, or of a synapse that shares the weight, which is clicked.

    Attributes:
        card: what is shown, None for nothing.
        facts, sharers: the parts that `tell` fills.
    """

    sliding = Signal(float)
    chosen = Signal(float)
    nudged = Signal(float)
    cut = Signal(bool)
    followed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.card: SynapseChange | None = None
        self._source, self._target = (button("", "Go to this neuron", "row") for _ in range(2))
        self._value, self._note = label("", "name"), elided("soft")
        self.facts, self.sharers = SynapseFactsPart(), SharersPart()
        self.weight = Setting("Set to", Scale(-1, 1), lambda x: number(x, 3, signed=True), "Give it a weight")
        self.down, self.up = button("", "Make its weight less"), button("", "Make its weight more")
        self.gone = button("Cut", "Take it away (Delete)", checkable=True)
        self._fill()
        self.weight.sliding.connect(self.sliding)
        self.weight.chosen.connect(self.chosen)
        self.down.clicked.connect(lambda _on: self.nudged.emit(-self.card.step if self.card else 0.0))
        self.up.clicked.connect(lambda _on: self.nudged.emit(self.card.step if self.card else 0.0))
        self.gone.clicked.connect(self.cut)
        self._source.clicked.connect(lambda _on: self.followed.emit(self._source.text()))
        self._target.clicked.connect(lambda _on: self.followed.emit(self._target.text()))
        self.sharers.followed.connect(self.followed)

    def _fill(self) -> None:
        values, names, row, column = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        values.addWidget(label("Weight", "head"), 1)
        values.addWidget(self._value)
        names.addWidget(self._source)
        names.addStretch(1)
        names.addWidget(self._target)
        row.setSpacing(8)
        for each in (self.down, self.up, self.gone):
            row.addWidget(each, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(values)
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addLayout(names)
        column.addWidget(self.facts)
        column.addWidget(label("CHANGE IT", "section"))
        column.addWidget(self.weight)
        column.addSpacing(4)
        column.addLayout(row)
        column.addWidget(self.sharers)
        column.addStretch(1)

    def tell(self, card: SynapseCard | None) -> None:
        """Tell what was found out of the synapse that is shown; with None nothing."""
        self.facts.setVisible(card is not None)
        self.sharers.setVisible(card is not None and card.shared > 1)
        if card is not None:
            self.facts.set_card(card)
            self.sharers.set_card(card)

    def set_card(self, card: SynapseChange | None) -> None:
        """Show a synapse, or with None nothing."""
        known, self.card = self.card, card
        if card is None or known is None or known.address != card.address or not card.there:
            self.tell(None)  # what was told is of another
        if card is None:
            return
        for end, name in zip((self._source, self._target), card.address.split(" -> "), strict=True):
            end.setText(name)
            end.setAccessibleName(f"Go to {name}")
        self._value.setText("–" if card.weight is None else number(card.weight, 3, signed=True))
        recolour(self._value, "accent" if card.edited else "name")
        self._note.setText(_note(card))
        self.weight.set_scale(Scale(-card.most, card.most))
        self.weight.set_value(card.weight or 0.0)
        for each, sign in ((self.down, "−"), (self.up, "+")):
            each.setText(f"Nudge {sign}{card.step:g}")
            each.setAccessibleName(each.text())
            each.setEnabled(card.there)
        self.gone.setChecked(not card.there)
        self.gone.setText("Cut" if card.there else "Put back" if card.edited else "Add it")
        self.gone.setToolTip("Take it away (Delete)" if card.there else "Put a synapse here (Delete)")


def _note(card: SynapseChange) -> str:
    if card.weight is None:
        return "not there: give it a weight"
    product = number(card.weight * card.activation, 3, signed=True)
    return f"weight × activation: {number(card.weight, 3)} × {number(card.activation)} = {product}"
