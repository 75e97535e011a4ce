"""A neuron's synapses as a table, with a bar for what each carries."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.inspecting.neuron_card import SynapseRows
from viz3d.live.widgets.inspecting.synapse_model import (
    ACTIVATION,
    BAR,
    NAME,
    PRODUCT,
    WEIGHT,
    Index,
    SynapseModel,
)
from viz3d.live.widgets.parts import LEFT, RIGHT, aside
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, look

_WIDTHS = {WEIGHT: 46, ACTIVATION: 42, BAR: 54, PRODUCT: 46}
_SHORT, _PEEK, _APART = 26, 50, 6  # px of a bar beside long addresses, how many are looked at, px behind them
_ROW, _HEAD, _SEEN = 22, 18, 3


class _Cells(QStyledItemDelegate):
    """Draws the cells, without the margins that Qt puts around text: columns stand under their heads."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        model, column, box = index.model(), index.column(), QRectF(option.rect)
        assert isinstance(model, SynapseModel)
        colours, strong = look(), column in (NAME, PRODUCT)
        with aside(painter):
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(box, colours.hover)
            if column == BAR:
                _bar(painter, box, model.share(index.row()), colours)
                return
            painter.setFont(font("medium" if strong else "regular", TEXT))
            painter.setPen(colours.text if strong else colours.soft)
            text = _fitting(painter.fontMetrics(), model.data(index), int(box.width()))
            painter.drawText(box, LEFT if column == NAME else RIGHT, text)


def _fitting(metrics: QFontMetrics, text: str, room: int) -> str:
    """A text in so much room: of a long address the end, which says more, without its block if that fits."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    tail = f"…{text.rpartition('.')[2]}"
    if metrics.horizontalAdvance(tail) <= room:
        return tail
    return metrics.elidedText(text, Qt.TextElideMode.ElideLeft, room)


def _bar(painter: QPainter, box: QRectF, share: float, colours: Look) -> None:
    """A contribution as a bar in the colour of its sign; `share` is -1..1."""
    track = QRectF(box.x() + 10, box.center().y() - 2, box.width() - 10, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.track)
    painter.drawRoundedRect(track, 2, 2)
    painter.setBrush(colours.excite if share > 0 else colours.inhibit)
    if share:
        track.setWidth(max(track.width() * abs(share), 1.5))
        painter.drawRoundedRect(track, 2, 2)


class SynapseTable(QTableView):
    """The table.

    Signals: `followed` the number of the neuron whose name is clicked, `joined` the same where the synapse is
    meant: its numbers are clicked, or the name with Ctrl; `hovered` of that under the pointer or -1.
    """

    followed = Signal(int)
    joined = Signal(int)
    hovered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model, self._widest = SynapseModel(self), 0.0
        self.setModel(self._model)
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(_HEAD + _SEEN * _ROW)
        self.setAccessibleName("Synapses")
        self.setToolTip(
            "Synapses and what they carry now; click a name to go to the neuron, a number to the synapse"
        )
        self._set_heads()
        FingerScroll(self)
        self.clicked.connect(lambda index: self._follow(index, index.column() != NAME))
        self.entered.connect(self._enter)

    def _set_heads(self) -> None:
        down, across = self.verticalHeader(), self.horizontalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(_ROW)
        across.setFixedHeight(_HEAD)
        across.setFont(font("regular", CAPTION))
        across.setMinimumSectionSize(20)
        across.setHighlightSections(False)
        across.setSectionsClickable(True)
        across.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, wide in _WIDTHS.items():
            across.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, wide)
        across.sectionClicked.connect(self._sort)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show whole rows alone: half a line of text is not read."""
        super().resizeEvent(event)
        rows = max((self.height() - _HEAD) // _ROW, 1)
        self.setMask(QRegion(0, 0, self.width(), _HEAD + rows * _ROW))
        self._fit_bars()

    def keep_room(self, rows: int) -> None:
        """Be as high as so many rows at most, whichever are shown: what is below stands where it stood."""
        self.setMaximumHeight(_HEAD + max(rows, _SEEN) * _ROW)

    def sizeHint(self) -> QSize:
        """Five rows; more where there is room."""
        return QSize(280, self.minimumHeight())

    def set_rows(self, rows: SynapseRows, outgoing: bool = False) -> None:
        """Show synapses, from the first row."""
        self._model.set_rows(rows, outgoing)
        metrics, first = QFontMetricsF(font("medium", TEXT)), self._model.names(_PEEK)
        self._widest = max(map(metrics.horizontalAdvance, first), default=0.0)
        self._fit_bars()
        self.scrollToTop()

    def _fit_bars(self) -> None:
        """Have bars give way to long addresses: of maps, and of nets whose layers stand in blocks."""
        others = sum(_WIDTHS.values()) - _WIDTHS[BAR]
        room = int(self.viewport().width() - others - self._widest - _APART)
        self.setColumnWidth(BAR, min(max(room, _SHORT), _WIDTHS[BAR]))

    def _sort(self, column: int) -> None:
        """Largest first, and the other way round where that is so already."""
        largest = (column, Qt.SortOrder.DescendingOrder)
        again = self._model._sorted == largest
        self._model.sort(column, Qt.SortOrder.AscendingOrder if again else largest[1])

    def _follow(self, index: QModelIndex, numbers: bool) -> None:
        ctrl = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        (self.joined if numbers or ctrl else self.followed).emit(self._model.neuron(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the neuron of a row with Enter, with Ctrl+Enter to the synapse."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.joined if ctrl else self.followed).emit(self._model.neuron(index.row()))
        else:
            super().keyPressEvent(event)

    def _enter(self, index: QModelIndex) -> None:
        self.selectRow(index.row())
        self.hovered.emit(self._model.neuron(index.row()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark nothing."""
        self.clearSelection()
        self.hovered.emit(-1)
        super().leaveEvent(event)
