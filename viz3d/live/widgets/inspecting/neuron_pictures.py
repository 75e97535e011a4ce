"""Pictures of a neuron: what it can see, what it looks for, and what it finds there."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.inspecting.neuron_card import NeuronCard
from viz3d.live.widgets.parts import label
from viz3d.live.widgets.pictures import PICTURE, FieldPicture, SignedPicture

_SMALL = 84  # px of three pictures beside each other


class NeuronPictures(QWidget):
    """Two or three pictures side by side, each with its name below; of a neuron without any nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.weights, self.products = (
            FieldPicture(PICTURE),
            SignedPicture(PICTURE),
            SignedPicture(PICTURE),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 8)
        row.setSpacing(10)
        named = (
            (self.field, "receptive field"),
            (self.weights, "weights"),
            (self.products, "weight × input"),
        )
        self._columns: list[QWidget] = []
        for picture, name in named:
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            picture.setAccessibleName(name)
            column.addWidget(picture)
            column.addWidget(label(name, "faint"))
            row.addWidget(part)
            self._columns.append(part)
        row.addStretch(1)

    def set_card(self, card: NeuronCard) -> None:
        """Show those of a neuron: three are smaller than two."""
        seen, weighs = card.pixels is not None, card.weights is not None
        self.setVisible(seen or weighs)
        for part, shown in zip(self._columns, (seen, weighs, weighs), strict=True):
            part.setVisible(shown)
        side = _SMALL if seen else PICTURE
        for picture in (self.field, self.weights, self.products):
            picture.setFixedSize(side, side)
        if card.pixels is not None:
            self.field.set_field(card.pixels, card.field)
        self.weights.set_values(card.weights)
        self.products.set_values(card.products)
