"""The card at the lower left: draw a digit, see what the net sees, or take a digit that is there."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.drawing.meant import Meant
from viz3d.live.widgets.drawing.numbers import Entry, Numbers
from viz3d.live.widgets.drawing.pad import BRUSH, Kept, Pad
from viz3d.live.widgets.drawing.samples import Strip
from viz3d.live.widgets.drawing.seen import Seen
from viz3d.live.widgets.icons import IconButton
from viz3d.live.widgets.parts import Card, button, label
from viz3d.live.widgets.pictures import Picture
from viz3d.live.widgets.setting import STEPS, Scale, Slider
from viz3d.live.widgets.spoken import Spoken

_TOOLS = 86  # px, what is beside the picture that is seen
_BESIDE = 182  # px, what the pad leaves to samples
_WIDTHS = Scale(8, 44)  # of the brush, in pixels of 280
_SHARES = Scale(_WIDTHS.low / 2.8, _WIDTHS.high / 2.8)  # in percent of the pad


class DrawingPanel(Card):
    """Pad, picture of the net, samples.

    Signals: `drawn` uint8 (280, 280), as `changed` of the pad, and `drawing_rested` when the pen is lifted;
    `painted` uint8 (h, w) and `painting_rested` likewise; `sample_chosen` the place of a sample; `stepped`
    -1 or 1 for the digit before or after; `random_wanted`, `misread_wanted`. `in_scene` is the button of the
    pen that draws in the scene, `meant` has signals of its own.
    """

    drawn = Signal(object)
    drawing_rested = Signal(object)
    painted = Signal(object)
    painting_rested = Signal(object)
    sample_chosen = Signal(int)
    stepped = Signal(int)
    random_wanted = Signal()
    misread_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Digit")
        self.pad, self.seen, self._strip = Pad(), Seen(), Strip()
        self.samples = self._strip.samples
        self.meant, self.numbers = Meant(), Numbers()
        outer, row = QVBoxLayout(self), QHBoxLayout()
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(8)
        outer.addWidget(self.numbers)
        outer.addLayout(row)
        row.setSpacing(16)
        row.addWidget(self.pad)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(self._head_of_seen())
        column.addSpacing(4)
        column.addLayout(self._beside_seen())
        column.addStretch(1)
        column.addLayout(self._head_of_samples())
        column.addSpacing(4)
        column.addWidget(self._strip)
        row.addLayout(column)
        outer.addWidget(self.meant)  # keys come to it last
        self.pad.changed.connect(self._drawn)
        self.pad.rested.connect(self.drawing_rested)
        self.seen.painted.connect(self.painted)
        self.seen.rested.connect(self.painting_rested)
        self.samples.chosen.connect(self.sample_chosen)
        self.numbers.hide()

    def offer(self, pictures: list[Picture], names: Sequence[str]) -> None:
        """Offer samples; where there are no pictures of them, classes by their names."""
        self._strip.offer(pictures, names, _BESIDE if pictures else self.numbers.width())

    def set_seen(self, picture: Picture) -> None:
        """Show the uint8 (h, w) or (h, w, 3) that goes into the net."""
        self.seen.set_picture(picture)

    def set_sample(self, picture: Picture | None, place: int = -1) -> None:
        """Show a digit that was not drawn here, on the pad, and mark the sample that it is."""
        self.pad.set_picture(picture)
        self.samples.set_current(place)
        self._undo.setEnabled(False)

    def bring_back(self, kept: Kept) -> None:
        """Show strokes on the pad that were drawn there before."""
        self.pad.restore(kept)
        self.samples.set_current(-1)
        self._undo.setEnabled(self.pad.can_undo)

    def set_drawable(self, drawable: bool, colour: bool = False) -> None:
        """Whether what is read may be drawn: grey pixels alone; colour: it is a picture in colour."""
        for part in (self.pad, self.seen, self.in_scene, self.clear):
            part.setEnabled(drawable)  # keys reach what is hidden
        for tool in (*self._tools, self.in_scene):
            tool.setVisible(drawable)
        self._refused.setVisible(colour)

    def show_numbers(self, entries: Sequence[Entry]) -> None:
        """Show what is read as numbers in place of pad and picture; none of them: as a picture."""
        if entries:
            self.numbers.set_entries(entries)
        elif self.numbers.isHidden():
            return
        self.numbers.setVisible(bool(entries))
        for part in (self.pad, self.seen, self._title):
            part.setVisible(not entries)

    def drawn_in_scene(self) -> None:
        """Mark no sample: the digit is drawn in the scene."""
        self.samples.set_current(-1)

    def _drawn(self, picture: Picture) -> None:
        self._undo.setEnabled(self.pad.can_undo)
        self.samples.set_current(-1)
        self.drawn.emit(picture)

    def _beside_seen(self) -> QHBoxLayout:
        self.clear = button("Clear", "Begin with an empty pad (Backspace)", "quiet")
        self._undo = button("Undo stroke", "Take the last stroke back", "quiet")
        self._undo.setEnabled(False)
        tip = "Take ink away (E, or the right button)"
        self.eraser = button("Eraser", tip, "quiet", checkable=True)
        brush = Slider(_SHARES)
        brush.setToolTip("Width of the brush")
        brush.setAccessibleName("Width of the brush")
        brush.setValue(round(_WIDTHS.share(BRUSH) * STEPS))
        brush.setAccessibleDescription(_told(BRUSH))
        self._brush, self._spoken = brush, Spoken(brush)
        self.clear.clicked.connect(self.pad.clear)
        self._undo.clicked.connect(self.pad.undo)
        for part in (self.pad, self.seen):
            self.eraser.toggled.connect(lambda on, of=part: setattr(of, "erases", on))
        brush.valueChanged.connect(self._take_width)
        row, tools = QHBoxLayout(), QVBoxLayout()
        tools.setSpacing(0)
        self._tools: tuple[QWidget, ...] = (self.clear, self._undo, self.eraser, brush)
        for tool in self._tools:
            tool.setFixedHeight(22)
            tools.addWidget(tool)
        self._refused = label("Colours are not drawn: take one, or drop a picture here", "faint", _TOOLS)
        self._refused.setWordWrap(True)
        self._refused.hide()
        tools.addWidget(self._refused)
        row.setSpacing(8)
        row.addWidget(self.seen)
        row.addLayout(tools, 1)
        return row

    def _take_width(self, at: int) -> None:
        self.pad.brush = _WIDTHS.value(at / STEPS)
        self._brush.setAccessibleDescription(_told(self.pad.brush))
        self._spoken.tell(_told(self.pad.brush))

    def _head_of_seen(self) -> QHBoxLayout:
        tip = "Draw on the input's plane in the scene (D, or hold Ctrl+Shift); the right button erases"
        self.in_scene = button("Draw in 3D", tip, "quiet", checkable=True)
        self.in_scene.setFixedHeight(22)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._title = label("WHAT IT SEES", "section")
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self.in_scene)
        return row

    def _head_of_samples(self) -> QHBoxLayout:
        before, after = IconButton("left", "The one before ([)"), IconButton("right", "The one after (])")
        anyone = IconButton("shuffle", "Any one, at random (R)")
        wrong = IconButton("unequal", "The next one that is misread (N)")
        before.clicked.connect(lambda: self.stepped.emit(-1))
        after.clicked.connect(lambda: self.stepped.emit(1))
        anyone.clicked.connect(lambda _on: self.random_wanted.emit())
        wrong.clicked.connect(lambda _on: self.misread_wanted.emit())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(label("OR TAKE ONE", "section"))
        row.addStretch()
        for each in (before, wrong, anyone, after):
            row.addWidget(each)
        return row


def _told(width: float) -> str:
    """A width of the brush, in words: as a share of the pad, whose pixels nobody sees."""
    return f"{width / 280:.0%} of the pad"
