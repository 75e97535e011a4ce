"""Small buttons in the scene's corner: from where one looks, whether the net turns, what lights it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viz3d.live.widgets.icons import IconButton

_TIPS = (
    ("home", "See all of it (H)"),
    ("front", "From the front: against the flow (Ctrl+1)"),
    ("side", "From the side: across the flow (Ctrl+2)"),
    ("top", "From above (Ctrl+3)"),
)


class ViewCorner(QWidget):
    """Signals: `chosen` the name of a view; `turning` whether the net shall turn."""

    chosen = Signal(str)
    turning = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("View")
        self.setProperty("clear", True)  # of `beneath`
        self.turn = IconButton(
            "orbit", "Turn it slowly; a touch of the scene stops it (Ctrl+4)", checkable=True
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.views = {}
        for name, tip in _TIPS:
            made = self.views[name] = IconButton(name, tip)
            made.clicked.connect(lambda _on, of=name: self.chosen.emit(of))
            row.addWidget(made)
        self.light = IconButton("lamp", "What lights the synapses once the answer stands")
        row.addWidget(self.turn)
        row.addWidget(self.light)
        self.turn.toggled.connect(self.turning)
        self.setFixedSize(self.sizeHint())
