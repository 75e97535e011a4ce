"""What a run begins with: which weights, and how many images it learns from and is tested on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QIntValidator, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget, QWidgetAction

from viz3d.live.widgets.icons import MenuButton
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.parts import label
from viz3d.live.widgets.style import TEXT, font

_QUICK = ((0, 0), (5000, 1000), (500, 200))


class TrainingSource(MenuButton):
    """A line that tells what a run begins with, and whose menu chooses it.

    `weights` brings "these", "new" or "same"; `images` how many to learn from and to test on, 0 for all.
    """

    weights = Signal(str)
    images = Signal(int, int)
    lead = 0

    def __init__(self) -> None:
        super().__init__("", "Which weights and images a run begins with", "A run begins with")
        self._texts: tuple[str, ...] = ("",)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("role", "quiet")
        self.setFont(font("regular", TEXT))
        menu = Menu(self)
        for which, words in (
            ("these", "Begin with these weights"),
            ("new", "Begin with new weights"),
            ("same", "Begin with the same new weights again"),
        ):
            menu.addAction(words).triggered.connect(lambda _on, of=which: self.weights.emit(of))
        menu.addSeparator()
        self._quick = [menu.addAction("") for _ in _QUICK]
        for action, pair in zip(self._quick, _QUICK, strict=True):
            action.triggered.connect(lambda _on, pair=pair: self._take(*pair))
        self.fields, self._many = (_field(), _field()), label("", "soft")
        menu.addAction(self._own(menu))
        self.set_many("images")
        self.setMenu(menu)

    def set_many(self, many: str) -> None:
        """Call what it learns from as it is, such as "images" or "examples"."""
        self.setToolTip(f"Which weights and {many} a run begins with")
        self._many.setText(many)
        for action, (train, tests) in zip(self._quick, _QUICK, strict=True):
            action.setText(f"{train:,} {many}, {tests:,} tests" if train else f"All {many} and tests")
        for field, what in zip(self.fields, ("to learn from", "to test on"), strict=True):
            field.setAccessibleName(f"Number of {many} {what}")
            field.setToolTip(f"How many {many} {what}; empty: all")

    def set_told(self, *texts: str) -> None:
        """Tell what a run begins with: the first of the texts that there is room for, or the last one."""
        self._texts = texts
        self.setToolTip(f"{texts[0]}: choose other weights or {self._many.text()}")
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell as much as there is room for."""
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        metrics = QFontMetricsF(self.font())
        fitting = [each for each in self._texts if metrics.horizontalAdvance(each) <= self.text_room]
        self.setText((fitting or self._texts[-1:])[0])

    def set_counts(self, train: int, tests: int) -> None:
        """Show how many images there shall be, 0 for all, without a signal."""
        for field, count in zip(self.fields, (train, tests), strict=True):
            field.setText(str(count) if count else "")

    def _own(self, menu: QMenu) -> QWidgetAction:
        row, action = _Row(), QWidgetAction(menu)
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 4, 12, 4)
        line.setSpacing(8)
        row.fields = self.fields
        for field, words in zip(self.fields, (self._many, label("tests", "soft")), strict=True):
            line.addWidget(field)
            line.addWidget(words)
            field.editingFinished.connect(self._written)
            field.returnPressed.connect(menu.close)
        action.setDefaultWidget(row)
        return action

    def _take(self, train: int, tests: int) -> None:
        self.set_counts(train, tests)
        self._written()

    def _written(self) -> None:
        train, tests = (int(field.text() or 0) for field in self.fields)
        self.images.emit(train, tests)


class _Row(QWidget):
    """Fields in a menu, each a Tab away from the one beside it: a menu would go on to its lines."""

    fields: tuple[QLineEdit, ...] = ()

    def focusNextPrevChild(self, forth: bool) -> bool:
        """Go to the next field or the one before; from the last and the first on as a menu does."""
        held = [place for place, field in enumerate(self.fields) if field.hasFocus()]
        place = held[0] + (1 if forth else -1) if held else -1
        if not 0 <= place < len(self.fields):
            return super().focusNextPrevChild(forth)
        self.fields[place].setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _field() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("all")
    field.setValidator(QIntValidator(0, 10_000_000, field))
    field.setFixedWidth(72)
    field.setFont(font("regular", TEXT))
    return field
