"""The keys of the window, and the page that lists them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.leavable import Leavable
from viz3d.live.widgets.parts import label


@dataclass(frozen=True)
class Shortcut:
    """Keys, what they do in words, and the action's name; without one the window reads the keys itself."""

    keys: str
    words: str
    action: str = ""


SHORTCUTS = (
    Shortcut("Space", "play or pause"),
    Shortcut(", .", "the beat before, the next beat"),
    Shortcut(",", "", "beat_back"),
    Shortcut(".", "", "beat_forth"),
    Shortcut("L", "begin again at the end", "loop"),
    Shortcut("0 … 9", "take a digit, or one of that class"),
    Shortcut("[ ]", "the test image before, the next one"),
    Shortcut("[", "", "digit_back"),
    Shortcut("]", "", "digit_forth"),
    Shortcut("R", "a test image at random", "random"),
    Shortcut("N", "the next test image that is misread", "misread"),
    Shortcut("E", "eraser", "eraser"),
    Shortcut("D", "draw on the input's plane in the scene", "in_scene"),
    Shortcut("Ctrl+Shift+drag", "draw on the input's plane at once"),
    Shortcut("Backspace", "an empty pad", "clear"),
    Shortcut("Ctrl+V", "paste a picture", "paste"),
    Shortcut("Ctrl+Z", "undo", "undo"),
    Shortcut("Ctrl+Y", "", "redo"),
    Shortcut("Ctrl+Shift+Z", "redo", "redo"),
    Shortcut("Delete", "silence the neuron or cut the synapse, or back", "ablate"),
    Shortcut("X", "freeze the neuron, or thaw it", "freeze"),
    Shortcut("C S T", "its sliders: clamp, scale, shift"),
    Shortcut("C", "", "clamp"),
    Shortcut("S", "", "scale"),
    Shortcut("T", "", "shift"),
    Shortcut("M", "menu of what is selected", "menu"),
    Shortcut("Ctrl+click", "the synapse between two neurons"),
    Shortcut("Ctrl+drag", "add a synapse from neuron to neuron"),
    Shortcut("B", "hold: as it was before the edits"),
    Shortcut("/", "type any change", "command"),
    Shortcut("Ctrl+F", "find by address", "find"),
    Shortcut("← → ↑ ↓", "the layer or the neuron beside; with Shift turn"),
    Shortcut("Alt+← →", "what was looked at before, and after"),
    Shortcut("Alt+Left", "", "back"),
    Shortcut("Alt+Right", "", "forth"),
    Shortcut("F", "fly to the neuron", "fly"),
    Shortcut("H", "see all of it again", "home"),
    Shortcut("Ctrl+1 2 3", "from the front, the side, above"),
    Shortcut("Ctrl+1", "", "view_front"),
    Shortcut("Ctrl+2", "", "view_side"),
    Shortcut("Ctrl+3", "", "view_top"),
    Shortcut("Ctrl+4", "turn slowly, or stop", "view_turn"),
    Shortcut("Ctrl+5", "what lights the synapses", "light"),
    Shortcut("Esc", "stop what is under way, else select nothing", "deselect"),
    Shortcut("Ctrl+T", "train, pause or go on", "train"),
    Shortcut("Ctrl+O", "open a network or a picture", "open"),
    Shortcut("Ctrl+S", "save the network", "save"),
    Shortcut("Ctrl+Shift+S", "save the session", "save_session"),
    Shortcut("Ctrl+E", "export a film", "export"),
    Shortcut("Ctrl+Shift+C", "copy the picture", "copy_picture"),
    Shortcut("Ctrl+R", "record the camera, or stop", "record"),
    Shortcut("Ctrl+L", "all layers on one sheet", "layers"),
    Shortcut("Ctrl+K", "the network as code", "code"),
    Shortcut("Ctrl+D", "dark or light", "theme"),
    Shortcut("F1", "how such a network works", "learn"),
    Shortcut("?", "this page", "help"),
)


def bind(window: QWidget, actions: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Give the window a QAction for each shortcut with an action's name; return them by these names."""
    made = {}
    for each in SHORTCUTS:
        if each.action:
            action = QAction(each.words, window)
            action.setShortcut(QKeySequence(each.keys))
            action.triggered.connect(lambda _on, do=actions[each.action]: do())
            window.addAction(action)
            made[each.action] = action
    return made


class ShortcutsPage(Leavable):
    """The keys in two columns; a click or Esc closes it."""

    ringed, opaque = False, True

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Keys")
        self.setToolTip("What each key does; click to close")
        column, grid = QVBoxLayout(self), QGridLayout()
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label("KEYS", "section"))
        column.addLayout(grid)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        told = [each for each in SHORTCUTS if each.words]
        half = (len(told) + 1) // 2
        for k, each in enumerate(told):
            side = 2 * (k // half)
            grid.addWidget(label(each.keys, "", colour="accent"), k % half, side)
            grid.addWidget(label(each.words, "soft"), k % half, side + 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def toggle(self) -> None:
        """Show it in the window's middle, or take it away."""
        parent = self.parentWidget()
        if self.isVisible() or parent is None:
            self.hide()
            return
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
        self.show()
        self.raise_()
        self.setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close with a click."""
        event.accept()
        self.hide()
