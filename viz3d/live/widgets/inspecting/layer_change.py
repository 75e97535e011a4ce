"""The page of a layer: what it is, and what changes it as a whole."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from viz3d.command.wording import percent
from viz3d.findings.layers import LayerPanel as LayerFacts
from viz3d.live.widgets.inspecting.change import Steps
from viz3d.live.widgets.layers.layer_card import LayerCard
from viz3d.live.widgets.parts import button, elided, label
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import TEXT, font

_TOLD = 0.005  # share of weights that are 0 from which on it is told


@dataclass(frozen=True)
class LayerChange:
    """A layer that can be changed.

    Attributes:
        name: as people type it, `hidden1`.
        learned: whether it has weights; resizable: whether neurons can join and leave it.
        zeros: share of its weights that are 0.
    """

    name: str
    learned: bool
    resizable: bool
    zeros: float = 0.0


class LayerPanel(QWidget):
    """One layer.

    Signals: `sliding` and `chosen` bring "prune" and a share in percent or "noise" and a spread, the first at
    each move, the second once when the hand rests; `grow` how many neurons shall join, `remove` which shall
    leave, both as they are typed.

    Attributes:
        card: what is shown, None for nothing.
        steps: a step back and forth; the list of edits is below all that a layer holds.
        values: its facts, its histogram and its values as pictures; see `tell`.
    """

    sliding = Signal(str, float)
    chosen = Signal(str, float)
    grow = Signal(str)
    remove = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.card: LayerChange | None = None
        self.steps = Steps()
        self._name, self.values = elided("name"), LayerCard(part=True)
        self.prune = Setting(
            "Prune", Scale(0, 100), lambda x: f"{x:.0f}%", "Take the weakest weights away, this share"
        )
        self.noise = Setting(
            "Noise", Scale(0, 2), lambda x: f"× {x:.2f}", "Shake the weights by so much of their spread"
        )
        self.count, self.which = QLineEdit("8"), QLineEdit()
        self.more = button("Grow", "Let so many neurons join it; they send nothing yet")
        self.less = button("Remove", "Take these neurons, or maps, out of the network")
        self._note = label("", "faint")
        self._note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addSpacing(4)
        column.addLayout(self.steps.beside("CHANGE IT"))
        for verb, setting in (("prune", self.prune), ("noise", self.noise)):
            column.addWidget(setting)
            setting.sliding.connect(lambda value, of=verb: self.sliding.emit(of, value))
            setting.chosen.connect(lambda value, of=verb: self.chosen.emit(of, value))
        column.addSpacing(4)
        column.addLayout(_row(self.count, self.more))
        column.addLayout(_row(self.which, self.less))
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addWidget(label("WHAT IT HOLDS", "section"))
        column.addSpacing(4)
        column.addWidget(self.values)
        column.addStretch(1)
        self._set_up_fields()

    def _set_up_fields(self) -> None:
        self.count.setAccessibleName("How many neurons shall join")
        self.count.setToolTip("How many neurons shall join the layer; Enter lets them")
        self.count.setPlaceholderText("how many")
        self.which.setPlaceholderText("0-7, or 3")
        self.which.setAccessibleName("Which neurons shall leave")
        self.which.setToolTip("Which neurons or maps shall leave it, by number; Enter takes them out")
        for field in (self.count, self.which):
            field.setFont(font("medium", TEXT))
        self.more.clicked.connect(lambda _on: self._take_in())
        self.count.returnPressed.connect(self._take_in)
        self.less.clicked.connect(lambda _on: self._take_out())
        self.which.returnPressed.connect(self._take_out)

    def set_card(self, card: LayerChange | None) -> None:
        """Show a layer, or with None nothing."""
        if card is None or self.card is None or card.name != self.card.name:
            self.which.clear()  # numbers of another layer
        self.card = card
        if card is None:
            return
        self._name.setText(card.name)
        for setting in (self.prune, self.noise):
            setting.setEnabled(card.learned)
            setting.set_value(0.0)
        for part in (self.count, self.which, self.more, self.less):
            part.setEnabled(card.resizable)
        told = [f"{percent(card.zeros, 0)} of its weights are 0."] if card.zeros >= _TOLD else []
        told += [] if card.learned else ["It has learned no weights."]
        told += [] if card.resizable else ["No neuron can join it or leave it."]
        self._note.setText(" ".join(told))
        self._note.setVisible(bool(told))

    def tell(self, facts: LayerFacts) -> None:
        """Show how the layer is made and what it holds, where that is the layer that is shown."""
        if self.card is not None and facts.layer.name == self.card.name:
            self.values.set_panel(facts)

    def _take_in(self) -> None:
        if self.count.text().strip():
            self.grow.emit(self.count.text().strip())

    def _take_out(self) -> None:
        if self.which.text().strip():
            self.remove.emit(self.which.text())


def _row(field: QWidget, press: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(field, 1)
    row.addWidget(press, 1)
    return row
