"""A neuron's synapses as rows: thousands, of which Qt asks for those that are seen."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viz3d.live.widgets.inspecting.neuron_card import SynapseRows
from viz3d.live.widgets.parts import LEFT, RIGHT
from viz3d.live.widgets.style import number

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NAME, WEIGHT, ACTIVATION, BAR, PRODUCT = range(5)
_TIPS = (
    "The neuron at the other end: click to go there, with Ctrl to the synapse",
    "Weight of the synapse: click a number to go to the synapse",
    "Activation of the neuron that it comes from",
    "Weight × activation, by size",
    "Weight × activation",
)


class SynapseModel(QAbstractTableModel):
    """Rows of synapses in an order that can be chosen; at first the largest contribution of either sign."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows, self._names = SynapseRows(), ("from", "weight", "act.", "", "w·a")
        self._order = np.zeros(0, np.int64)
        self._top = 1.0
        self._sorted = (BAR, Qt.SortOrder.DescendingOrder)

    def set_rows(self, rows: SynapseRows, outgoing: bool) -> None:
        """Show synapses, in the order of before."""
        self.beginResetModel()
        self._rows = rows
        self._names = ("to" if outgoing else "from", *self._names[1:])
        self._top = float(np.abs(rows.contribution).max(initial=0)) or 1.0
        self._order = self._arranged()
        self.endResetModel()

    def neuron(self, row: int) -> int:
        """Number of the neuron at the other end of a row."""
        return int(self._rows.neurons[self._order[row]])

    def names(self, count: int) -> list[str]:
        """Addresses of the first rows, at most so many."""
        return [str(self._rows.names[at]) for at in self._order[:count].tolist()]

    def share(self, row: int) -> float:
        """Contribution of a row, as a share -1..1 of the largest."""
        return float(self._rows.contribution[self._order[row]]) / self._top

    def _arranged(self) -> NDArray[np.int64]:
        column, direction = self._sorted
        rows = self._rows
        keys: dict[int, NDArray[Any]] = {
            NAME: rows.neurons,
            WEIGHT: rows.weight,
            ACTIVATION: rows.activation,
            BAR: np.abs(rows.contribution),
            PRODUCT: rows.contribution,
        }
        # Among equals (all of an image's black pixels) the largest weight comes first.
        sign = -1 if direction == Qt.SortOrder.DescendingOrder else 1
        return np.lexsort((-np.abs(rows.weight), sign * keys[column]))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Arrange the rows by a column."""
        self.layoutAboutToBeChanged.emit()
        self._sorted = (column, order)
        self._order = self._arranged()
        self.layoutChanged.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as there are synapses."""
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: Index | None = None) -> int:
        """Name, weight, activation, bar, product."""
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What Qt asks of a cell."""
        column, at = index.column(), int(self._order[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(column, at)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == BAR:
            return f"{self.share(index.row()):.0%} of the largest"
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return self._rows.names[at]
        return None

    def _text(self, column: int, at: int) -> str:
        rows = self._rows
        if column == NAME:
            return str(rows.names[at])
        if column == ACTIVATION:
            return number(float(rows.activation[at]))
        value = {WEIGHT: rows.weight, PRODUCT: rows.contribution}.get(column)
        return "" if value is None else number(float(value[at]), signed=True)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._names[section]
            if role == Qt.ItemDataRole.AccessibleTextRole and section == BAR:
                return "bar"
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{_TIPS[section]}; click to sort"
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return LEFT if section == NAME else RIGHT
        return None
