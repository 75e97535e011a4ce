"""The sheets beside the training page, the architecture and a test: at most one of them is open."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Signal

from engine import ArchitectureError, EngineError
from engine.text import write
from engine.text.write import segments
from viz3d.command.choice.models import size
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.errors import UserError
from viz3d.evaluate.report import Report
from viz3d.live.control.desk import Desk
from viz3d.live.control.scene.playing import PlayingControl
from viz3d.live.places import GAP, Places
from viz3d.live.training.page import TrainingPage
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.training.architecture_sheet import ArchitectureSheet
from viz3d.live.widgets.training.report_sheet import ReportSheet
from viz3d.session.acts.design import Design
from viz3d.session.acts.take import TakeSample

_WIDE = 480  # px of the architecture's
_LEAST = 420  # px beside it in which a scene can be seen


class TrainingSheets(QObject):
    """Joins the sheets to the session. view: what the report covers; all lie on its parent.

    `moved`: other panels are to make room for a sheet, or have it back.
    """

    moved = Signal()

    def __init__(self, desk: Desk, page: TrainingPage, playing: PlayingControl, view: SceneView) -> None:
        super().__init__()
        self._desk, self._page, self._playing, self._view = desk, page, playing, view
        self.layers, self.report = ArchitectureSheet(), ReportSheet()
        self._tested: Report | None = None
        for sheet in (self.layers, self.report):
            sheet.setParent(view.parentWidget())
            sheet.hide()
            sheet.closed.connect(self.close)
        page.panel.layers.connect(self.show_layers)
        page.away.connect(self.close)
        page.tested.connect(self.show_report)
        page.panel.again.connect(self.reopen)
        self.layers.entered.connect(self._change)
        self.report.chosen.connect(self._take)
        desk.acted.connect(self._fill)

    def settle(self, spots: Places) -> Places:
        """Lie over the scene, as far as panels leave it free, a test over those below too.

        Return what that leaves of the places. Beside the architecture the scene makes room, or goes where
        there is too little for both.
        """
        foot = spots.drawing.top() - GAP - 1
        free = QRect(spots.free.topLeft(), QPoint(spots.free.right(), foot))
        # Nobody draws or plays while he reads a test: it has the room of pad and timeline, too.
        floor = spots.drawing.bottom()
        self.report.setGeometry(QRect(free.topLeft(), QPoint(free.right(), floor)))
        if not self.report.isHidden():
            page = spots.inspector
            return replace(spots, inspector=QRect(page.topLeft(), QPoint(page.right(), floor)))
        beside = free.width() - _WIDE - GAP
        wide = _WIDE if beside >= _LEAST else free.width()
        self.layers.setGeometry(free.right() + 1 - wide, free.top(), wide, free.height())
        opened = not self.layers.isHidden()
        self._view.cover("architecture", opened and beside < _LEAST)
        if not opened or beside < _LEAST:
            return spots
        return replace(spots, free=QRect(spots.free.topLeft(), QSize(beside, spots.free.height())))

    def message_place(self, fits: Callable[[int], QSize]) -> QRect | None:
        """Where a message stands in the window while a sheet lies over the places for one, else None.

        fits: the size of the message in so much room.
        """
        for sheet in (self.report, self.layers):
            if not sheet.isHidden():
                return sheet.free(fits).translated(sheet.pos())
        return None

    def show_layers(self, on: bool) -> None:
        """Open the architecture, or close it."""
        self.close()
        if on:
            self._fill(anew=True)
            self._open(self.layers)
            self._page.panel.layers_button.setChecked(True)
            self.moved.emit()
            self.layers.field.setFocus()  # Esc goes on from there to the sheet

    def leave_out(self, layer: str) -> None:
        """Open the architecture as it is without a layer: whoever reads it may change more, and makes it."""
        self.show_layers(True)
        net = self._desk.session.net
        parts = segments(net.layers)
        self.layers.set_text("\n".join(part for part, names in parts if layer not in names))
        self.layers.field.document().setModified(True)
        count = max(len(names) for _, names in parts if layer in names)
        block = f"the block of {layer}, {count} layers" if count > 1 else layer
        self.layers.say(f"without {block}: the weights will be new ones")

    def show_report(self, report: Report) -> None:
        """Open a test."""
        self._tested = report
        self.report.set_report(report)
        self.reopen()

    def reopen(self) -> None:
        """Open the last test as it was left: whoever has seen one image cross goes on to the next."""
        self.close()
        self._open(self.report)
        self._view.cover("report", True)
        self.moved.emit()

    def close(self) -> None:
        """Close what is open."""
        opened = not (self.layers.isHidden() and self.report.isHidden())
        self._page.panel.layers_button.setChecked(False)
        for sheet in (self.layers, self.report):
            sheet.hide()
        self._view.cover("report", False)
        if opened:
            self.moved.emit()

    def _open(self, sheet: ArchitectureSheet | ReportSheet) -> None:
        sheet.show()
        sheet.raise_()
        sheet.close_button.setFocus()

    def _fill(self, anew: bool = False) -> None:
        """Show the architecture of the session's net; what is being written stays as it is.

        While the sheet is closed nobody reads it: it is filled when it opens.
        """
        if anew or not (self.layers.isHidden() or self.layers.field.document().isModified()):
            self.layers.set_text(write(self._desk.session.net.layers, "\n"))

    def _change(self, text: str) -> None:
        """Make the network that is written, or say under the word what is wrong."""
        self.layers.field.clear_mark()
        try:
            session = self._desk.session
            own = session.state.data not in DIGIT_SETS
            act = Design.of(text, images=session.images() if own else None)
        except ArchitectureError as error:
            words = str(error).partition(": ")[2] or str(error)
            self.layers.field.mark(error.line, error.column, len(error.word), words)
            self.layers.say(str(error).partition(": ")[0])
        except (EngineError, UserError) as error:
            self.layers.say(str(error))
        else:
            if act.architecture == self._desk.session.net.text:
                self.layers.say("these are its layers: nothing was changed")
            elif self._desk.do(act):
                self._fill(anew=True)
                self.layers.say(size(self._desk.session.net))

    def _take(self, place: int) -> None:
        """Have the image read that was chosen, and see it cross the network."""
        report = self._tested
        if report is None:
            return
        self.close()
        self._playing.begin()
        self._desk.do(TakeSample(f"{report.images.name}:test:{place}"))
