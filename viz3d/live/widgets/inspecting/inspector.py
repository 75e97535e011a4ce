"""The card at the right: the neuron that was picked, why it says what it says, and what to do with it."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.icons import IconButton
from viz3d.live.widgets.inspecting.change import ChangePanel, EditsList, Steps
from viz3d.live.widgets.inspecting.group_card import GroupCard, GroupPanel
from viz3d.live.widgets.inspecting.layer_change import LayerChange, LayerPanel
from viz3d.live.widgets.inspecting.neuron_card import NeuronCard
from viz3d.live.widgets.inspecting.neuron_charts import PushBars, SumBar
from viz3d.live.widgets.inspecting.neuron_pictures import NeuronPictures
from viz3d.live.widgets.inspecting.over_data import OverDataPanel
from viz3d.live.widgets.inspecting.search import SearchLine
from viz3d.live.widgets.inspecting.synapse_change import SynapseChange, SynapsePanel
from viz3d.live.widgets.inspecting.synapse_table import SynapseTable
from viz3d.live.widgets.parts import Card, Clauses, button, elided, label, page_of, recolour, scrolled_by
from viz3d.live.widgets.style import SIDE_PANEL, number

_LOW = 800  # px of a card in which not all of a neuron can be seen at once
_LOWER = 776  # px of one that leaves the list of edits below its edge
_HINT = "Click a neuron, a strand or a layer’s name: read it, change it. Ctrl+drag joins two neurons."


class Inspector(Card):
    """One neuron, synapse, layer or group, and the list of edits.

    Signals: `followed` the number of a neuron whose row is clicked, `hovered` of that under the pointer
    or -1; `joined` the same number where the synapse is meant, and whether it leaves the neuron shown;
    `back`, `forth` through what was looked at; `heightened` the pixels that it is high now. `search`,
    `change`, `synapse`, `layer`, `group` and `edits` have their own.
    """

    followed = Signal(int)
    joined = Signal(int, bool)
    hovered = Signal(int)
    back = Signal()
    forth = Signal()
    heightened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Inspector")
        self.setFixedWidth(SIDE_PANEL)
        self.sum, self.pushes, self.table = SumBar(), PushBars(), SynapseTable()
        self.change, self.edits, self.over_data = ChangePanel(), EditsList(), OverDataPanel()
        self.search, self.synapse, self.layer = SearchLine(), SynapsePanel(), LayerPanel()
        self.group = GroupPanel()
        self._card: NeuronCard | None = None
        self._turned = dict[QWidget, str]()  # pages by the kind that they show
        self._tab = 0  # that a person chose last
        self._idle = QWidget()
        self._idle_room = QVBoxLayout(self._idle)
        self._idle_room.setContentsMargins(0, 8, 0, 0)
        self._facts = QWidget()
        self._hint = label(_HINT, "soft")
        self._hint.setWordWrap(True)
        column = page_of(self)
        column.addLayout(self._head())
        column.addSpacing(4)
        column.addWidget(self._hint)
        column.addWidget(self._idle)
        column.addWidget(self._facts, 100)
        for page in (self.synapse, self.layer, self.group):
            column.addWidget(page)
        column.addSpacing(4)
        column.addWidget(self.edits, 1)
        self._fill_facts()
        self.table.followed.connect(self.followed)
        self.table.hovered.connect(self.hovered)
        self.table.joined.connect(lambda neuron: self.joined.emit(neuron, self._tabs[1].isChecked()))
        self.set_trail(False, False)
        self.synapse.hide()
        self.layer.hide()
        self.group.hide()
        self.set_card(None)

    def set_synapse(self, card: SynapseChange | None) -> None:
        """Show a synapse; None for none."""
        self.synapse.set_card(card)
        self._turn(self.synapse, "SYNAPSE" if card else "")

    def set_layer(self, card: LayerChange | None) -> None:
        """Show a layer; None for none."""
        self.layer.set_card(card)
        self._turn(self.layer, "LAYER" if card else "")

    def set_group(self, card: GroupCard | None) -> None:
        """Show a group of neurons; None for none."""
        self.group.set_card(card)
        self._turn(self.group, card.kind if card else "")

    def _turn(self, page: QWidget, kind: str) -> None:
        """Show a page of a kind, in capitals; where it has none, hide it."""
        if not kind and self._turned.get(page) == "":
            return  # it had none before: so it is at each move of a pen
        self._turned[page] = kind
        page.setVisible(bool(kind))
        pages = self.synapse, self.layer, self.group
        shown = bool(self._card) or any(page.card is not None for page in pages)
        if kind:
            self._kind.setText(kind)
        elif not shown:
            self._kind.setText("ANSWER")
        self._hint.setVisible(not shown)
        self._idle.setVisible(not shown)

    def set_card(self, card: NeuronCard | None) -> None:
        """Show a neuron, or with None how to pick one."""
        self._card = card
        self._turn(self._facts, card.kind if card else "")
        if card is None:
            return
        self._name.setText(card.address)
        self._value.setText(number(card.value))
        recolour(self._value, "accent" if card.edited else "name")
        self._note.setText(card.note)
        self._without.setText(card.without)
        self._without.setVisible(bool(card.without))
        self.sum.set_card(card)
        self.sum.setVisible(card.sums)
        self._tabs[self._tab if card.sums else 1].setChecked(True)  # nothing reaches a pixel
        self._pictures.set_card(card)
        self._tabs[0].setText(f"In  {len(card.incoming.names):,}")
        self._tabs[1].setText(f"Out  {len(card.outgoing.names):,}")
        self.table.keep_room(max(len(card.incoming.names), len(card.outgoing.names)))
        self._show_rows()
        self.pushes.set_card(card)
        self.change.set_card(card)

    def show_top(self) -> None:
        """Have the name of what is looked at in sight, where the page was scrolled."""
        scroll = scrolled_by(self._facts)
        assert scroll is not None
        scroll.verticalScrollBar().setValue(0)

    def rest_with(self, part: QWidget) -> None:
        """Show a part in place of the neuron while none is picked."""
        self._idle_room.addWidget(part)
        self._turn(self._facts, self._card.kind if self._card else "")

    def aloud(self) -> str:
        """What is looked at, in a line; "" where that is the answer."""
        card, synapse = self._card, self.synapse.card
        if card is not None:
            return ", ".join(filter(None, (card.address, number(card.value), card.note)))
        if synapse is not None:
            return f"{synapse.address}, " + ("none" if synapse.weight is None else number(synapse.weight, 3))
        named = self.layer.card or self.group.card
        return "" if named is None else named.name

    def set_trail(self, back: bool, forth: bool) -> None:
        """Whether there are neurons to go back and forth to."""
        self._back.setEnabled(back)
        self._forth.setEnabled(forth)

    def set_edits(self, edits: Sequence[str], done: int) -> None:
        """Show edits in words, of which the first `done` hold."""
        self.edits.set_edits(edits, done)
        for steps in (self.steps, self.layer.steps):
            steps.set_edits(len(edits), done)

    def _head(self) -> QHBoxLayout:
        self._kind = label("ANSWER", "section")
        self._back = IconButton("left", "What was looked at before (Alt+Left)")
        self._forth = IconButton("right", "What was looked at after (Alt+Right)")
        self._back.clicked.connect(lambda _on: self.back.emit())
        self._forth.clicked.connect(lambda _on: self.forth.emit())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._kind)
        row.addSpacing(12)
        row.addWidget(self.search, 1)
        row.addSpacing(4)
        row.addWidget(self._back)
        row.addWidget(self._forth)
        return row

    def _fill_facts(self) -> None:
        self._name, self._value = elided("name"), label("", "name")
        self._note, self._without = elided("soft", kind=Clauses), elided("soft", kind=Clauses)
        self._without.setToolTip("The answer with this neuron silent: Ablate makes it so")
        names = QHBoxLayout()
        names.addWidget(self._name, 1)
        names.addWidget(self._value)
        column = QVBoxLayout(self._facts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(names)
        column.addWidget(self._note)
        column.addWidget(self._without)
        column.addSpacing(12)
        column.addWidget(self.sum)
        column.addSpacing(8)
        self._pictures = NeuronPictures()
        self.steps = Steps()  # of its own, for where the list of edits is out of sight
        for steps in (self.steps, self.layer.steps):
            steps.undo.connect(self.edits.undo)
            steps.redo.connect(self.edits.redo)
        pushes = _titled(label("PUSHES EACH SCORE", "section"), self.pushes)
        self._changing = _titled(self.steps.beside("CHANGE IT"), self.change)
        self._places = {True: column.count(), False: column.count() + 4}  # of what changes it: low or not
        column.addWidget(self._pictures)
        column.addLayout(self._two_tabs())
        column.addWidget(self.table, 100)
        for part in (pushes, self._changing, _titled(None, self.over_data)):
            column.addWidget(part)
        column.addStretch(1)  # what a table of few rows leaves
        self._chain(low=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the card is low, put what changes a neuron in sight: below its sum, above its pictures."""
        super().resizeEvent(event)
        self.heightened.emit(self.height())
        low, column = self.height() < _LOW, self._facts.layout()
        assert isinstance(column, QVBoxLayout)
        self.steps.setVisible(self.height() < _LOWER)
        self.edits.keep_lines(1 if low else 2)  # so that the step that it is at is in sight
        if column.indexOf(self._changing) != self._places[low]:
            column.removeWidget(self._changing)
            column.insertWidget(self._places[low], self._changing)
            self._changing.setContentsMargins(0, 0, 0, 12 if low else 0)
            self._chain(low=low)

    def _chain(self, *, low: bool) -> None:
        """Let Tab go from part to part as they stand."""
        facts: list[QWidget] = [*self._tabs, self.table]
        parts = [self._changing, *facts] if low else [*facts, self._changing]
        focusable = [
            each
            for part in [*parts, self.over_data, self.edits]
            for each in (part, *part.findChildren(QWidget))
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        for one, other in pairwise(focusable):
            QWidget.setTabOrder(one, other)

    def _two_tabs(self) -> QHBoxLayout:
        group, row = QButtonGroup(self), QHBoxLayout()
        tips = ("Synapses that reach it", "Synapses that leave it")
        self._tabs = [button("", tip, "quiet", checkable=True) for tip in tips]
        row.setSpacing(4)
        for tab in self._tabs:
            group.addButton(tab)
            row.addWidget(tab)
        row.addStretch()
        row.setContentsMargins(0, 0, 0, 4)
        self._tabs[0].setChecked(True)
        group.buttonClicked.connect(lambda _tab: self._choose())
        return row

    def _choose(self) -> None:
        self._tab = int(self._tabs[1].isChecked())
        self._show_rows()

    def _show_rows(self) -> None:
        if self._card:
            outgoing = self._tabs[1].isChecked()
            self.table.set_rows(self._card.outgoing if outgoing else self._card.incoming, outgoing)


def _titled(title: QWidget | QHBoxLayout | None, part: QWidget) -> QWidget:
    """A part with its title above it, if it has one, apart from what stands above both."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(6)
    if isinstance(title, QWidget):
        column.addWidget(title)
    elif title is not None:
        column.addLayout(title)
    column.addWidget(part)
    return whole
