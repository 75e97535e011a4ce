"""The sheet of all layers over the scene: it scrolls, and follows what the network does."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.findings.layers import LayersFacts
from viz3d.live.widgets.layers.layer_card import LayerCard
from viz3d.live.widgets.leavable import Sheet
from viz3d.live.widgets.parts import elided, inside, label, page_of, scrolled_by
from viz3d.live.widgets.style import RADIUS, Look


class LayersSheet(Sheet):
    """A card for each layer.

    Signals: `chosen` a layer's name; `picked` its name and a neuron's flat index.
    """

    chosen = Signal(str)
    picked = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[LayerCard] = []
        self._page = page_of(self)
        self._told = elided("faint")
        head = QHBoxLayout()
        head.setContentsMargins(0, 4, 0, 8)
        head.setSpacing(16)
        head.addWidget(label("LAYERS", "section"))
        head.addWidget(self._told, 1)
        self._page.addLayout(head)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._page.addLayout(self._column)
        self._page.addStretch(1)
        self.setAccessibleName("Layers")
        self.setAccessibleDescription("What each layer holds, in pictures; arrows scroll, Esc closes")

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the surface: many small pictures need a ground through which nothing shines."""
        painter.setBrush(look.popup)
        painter.setPen(QPen(look.line, 1))
        painter.drawRoundedRect(inside(self), RADIUS, RADIUS)

    def set_facts(self, facts: LayersFacts) -> None:
        """Show all layers; what is scrolled to stays where it is, unless there are other layers now."""
        names = [panel.layer.name for panel in facts.panels]
        scroll = scrolled_by(self._told)
        if scroll is not None and names != [card.panel and card.panel.layer.name for card in self.cards]:
            scroll.verticalScrollBar().setValue(0)
        self._told.setText(f"{facts.gradients}  ·  click a layer to fly there, a cell for its neuron")
        for _ in facts.panels[len(self.cards) :]:
            card = LayerCard()
            card.chosen.connect(self.chosen)
            card.picked.connect(self.picked)
            self.cards.append(card)
            self._column.addWidget(card)
        for card in self.cards[len(facts.panels) :]:
            _drop(card)
        self.cards = self.cards[: len(facts.panels)]
        for card, panel in zip(self.cards, facts.panels, strict=True):
            card.set_panel(panel)


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
