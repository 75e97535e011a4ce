"""Assembly: all parts of the window, made in order, joined by the class of each subject, and placed."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QWidget

from scenes import Look
from viz3d.live.bars import CommandCard, MessageBar, TopBar
from viz3d.live.control.desk import Desk
from viz3d.live.control.digit.answering import AnsweringControl
from viz3d.live.control.digit.drawing import DrawingControl
from viz3d.live.control.digit.labelling import LabellingControl
from viz3d.live.control.digit.numbers import NumbersControl
from viz3d.live.control.digit.plane import PlaneControl
from viz3d.live.control.digit.saving import SavingControl
from viz3d.live.control.editing.editing import Editing
from viz3d.live.control.keeping.keeping import KeepingControl
from viz3d.live.control.keeping.kinds import offers
from viz3d.live.control.keeping.opening import OpeningControl
from viz3d.live.control.keeping.recent import Recent
from viz3d.live.control.keeping.writing import WritingControl
from viz3d.live.control.looking.over_data import OverDataControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.control.looking.sheets import SheetsControl
from viz3d.live.control.looking.synapse import SynapseFactsControl
from viz3d.live.control.scene.exporting import ExportingControl
from viz3d.live.control.scene.letters import LettersControl
from viz3d.live.control.scene.lighting import LightingControl
from viz3d.live.control.scene.playing import PlayingControl
from viz3d.live.control.scene.showing import ScenePlace, ShowingControl
from viz3d.live.control.scene.theming import ThemeControl
from viz3d.live.control.scene.viewing import ViewingControl
from viz3d.live.control.teaching.helping import HelpedParts, HelpingControl
from viz3d.live.control.teaching.learning import Stagehands
from viz3d.live.control.training.training import TrainingControl
from viz3d.live.control.training.training_sheets import TrainingSheets
from viz3d.live.places import legend_line, message_place, places, strip_place
from viz3d.live.shortcuts import ShortcutsPage
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.answering.answer import AnswerPanel
from viz3d.live.widgets.answering.strip import AnswerStrip
from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.widgets.asking.question import Question
from viz3d.live.widgets.drawing.drawing_panel import DrawingPanel
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.scene.timeline import Timeline
from viz3d.live.work.session_folders import LockedFolder
from viz3d.live.work.thinker import Thinker
from viz3d.session.moments import called
from viz3d.session.session import Session


class Assembly(QMainWindow):
    """The window's parts: widgets by what they show, controls by their subject.

    settings: where the files that were opened last are remembered. rng: draws digits at random. view: shows
    scenes. kept: where the session is kept after each act; None keeps nothing, and asks nothing.
    """

    def __init__(
        self,
        session: Session,
        settings: QSettings,
        theme: str,
        rng: np.random.Generator,
        view: SceneView,
        kept: LockedFolder | None,
    ) -> None:
        super().__init__()
        self.desk, self.settings = Desk(session), settings
        self.theming = ThemeControl(theme)
        self._build(view)
        self._join(rng)
        self._keep(kept)
        self._help()

    def _build(self, view: SceneView) -> None:
        self.root = QWidget()
        self.setCentralWidget(self.root)
        self.view, self.top, self.drawing = view, TopBar(), DrawingPanel()
        self.timeline, self.inspector, self.answer = Timeline(), Inspector(), AnswerPanel()
        self.strip = AnswerStrip()
        self.command, self.message, self.keys = CommandBox(), MessageBar(), ShortcutsPage()
        self.command_card = CommandCard(self.command)
        self.inspector.rest_with(self.answer)
        self.inspector.heightened.connect(self.answer.set_room)
        self.command.line.setAcceptDrops(False)  # what is dropped there too is opened
        # Keys walk through them in this order, and the later lie above the earlier.
        first: tuple[QWidget, ...] = (self.view, self.top, self.command_card, self.drawing)
        for panel in (*first, self.strip, self.timeline, self.inspector, self.message, self.keys):
            panel.setParent(self.root)
        self.training = TrainingControl(self.desk, self.inspector, self.view)
        self.training.page.setParent(self.root)
        self.viewing = ViewingControl(self.root, self.view)
        self.exporting = ExportingControl(self.desk, self.root, self.view, self._look)
        self.message.hide()
        self.keys.hide()

    def _join(self, rng: np.random.Generator) -> None:
        """Join the parts, subject by subject; the later lean on the earlier, and hear of an act later."""
        self._join_messages()
        self._join_scene()
        self._join_digit(rng)
        self._join_changes()
        self._join_view()
        self._join_hands()
        self._join_pages()
        self._join_menus()
        self.desk.acted.connect(self._show_net)
        self._show_net()

    def _join_messages(self) -> None:
        """What is said has its bar, and is placed as large as it is."""
        self.desk.said.connect(self.message.say)
        self.desk.outdated.connect(self.message.withdraw)
        self.message.placed.connect(self._place_message)
        self.command_card.grown.connect(self._place)

    def _join_scene(self) -> None:
        """What is shown of the session: the selection's facts, the scene and its time."""
        desk = self.desk
        self.thinker = Thinker()
        self.picking = PickingControl(desk, self.view, self.inspector)
        self.synapse = SynapseFactsControl(desk, self.picking, self.inspector)
        self.over_data = OverDataControl(desk, self.picking, self.inspector.over_data)
        self.playing = PlayingControl(self.timeline, self.view)
        place = ScenePlace(self.view, self.answer, self.strip, self.playing)
        self.showing = ShowingControl(desk, self.thinker, place, self.theming.theme)
        self.theming.changed.connect(self.showing.set_theme)
        self.training_sheets = TrainingSheets(desk, self.training.page, self.playing, self.view)

    def _join_digit(self, rng: np.random.Generator) -> None:
        """What the network reads: drawn, chosen, set as numbers, named, saved."""
        desk = self.desk
        self.digits = DrawingControl(desk, self.drawing, rng)
        self.numbers = NumbersControl(desk, self.drawing, self.digits)
        self.labelling = LabellingControl(desk, self.drawing.meant)
        self.saving = SavingControl(desk, self.drawing.pad)
        self.plane = PlaneControl(desk, self.view, self.drawing, self.digits)

    def _join_changes(self) -> None:
        """What changes the network: edits, and files that are opened."""
        desk = self.desk
        self.editing = Editing(desk, self.picking, self.view, self.inspector, self.command)
        self.editing.menus.beside.connect(self.viewing.popup)
        desk.busy.connect(lambda words: self.training.page.setDisabled(bool(words)))
        self.recent = Recent(self.settings)
        self.writing = WritingControl(desk, self, self.recent)
        work, passing = self.editing.entering.work, self.writing.passing
        self.opening = OpeningControl(desk, self, self.showing.look, self.recent, work, passing)

    def _join_view(self) -> None:
        """What stands over the scene follows it."""
        self.showing.came.connect(self.picking.mark)
        self.showing.came.connect(lambda _net: self.viewing.stand())
        self.viewing.stood.connect(self._place_slips)
        self.view.covering.connect(self._place_strip)
        for slip in (self.exporting.slip, self.exporting.recording.slip):
            slip.turned.connect(self._place_slips)  # the message too
        self.lighting = LightingControl(self.desk, self.showing, self.viewing.corner, self.root)
        self.letters = LettersControl(self.desk)
        self.answering = AnsweringControl(self.picking, self.view, self.answer, self.editing.menus)

    def _join_hands(self) -> None:
        """While a hand changes something, the last picture is shown, and drawn quickly."""
        drawing = self.drawing
        drawing.drawn.connect(lambda _picture: self.playing.to_end())
        drawing.numbers.sliding.connect(lambda *_given: self.playing.to_end())
        self.view.pen_down.connect(self.playing.to_end)
        moves = (drawing.drawn, drawing.painted, drawing.numbers.sliding, self.inspector.change.sliding)
        for move in moves:
            move.connect(lambda *_given: self.view.stir())

    def _join_pages(self) -> None:
        """Training, test and layers: their pages, and the room that they take."""
        self.top.page.connect(self.training.turn_to)
        self.training.page.panel.running.connect(self.top.set_training)
        self.training.page.panel.running.connect(self.answer.hush)
        self.sheets = SheetsControl(
            self.desk, self.view, self.picking, self.top, self.inspector.layer, self.message
        )
        self.top.page.connect(lambda _page: self.command.show_error(""))
        self.top.page.connect(lambda _page: self.exporting.panel.hide())  # it lies over that page
        self.top.page.connect(lambda _page: self._place())
        self.training_sheets.moved.connect(self._place)
        self.editing.layer.left_out.connect(lambda _layer: self.top.train.click())
        self.editing.layer.left_out.connect(self.training_sheets.leave_out)

    def _join_menus(self) -> None:
        """The menus of networks to open, and of what can be taken away."""
        top, opening, writing = self.top, self.opening, self.writing
        top.preset.connect(opening.open_preset)
        top.file_wanted.connect(opening.ask_for_file)
        top.own.connect(lambda path: opening.open_files([Path(path)]))
        top.offer(offers(), self.recent.files)
        top.offer_export(
            (
                *self.exporting.entries,
                None,
                ("Copy as script", lambda: writing.copy(writing.script)),
                ("Copy as Python", lambda: writing.copy(writing.python)),
                None,
                ("Save as text…", writing.ask_to_write),
                ("Save the drawing…", lambda: writing.ask_to_save_picture(self.saving.save)),
                ("Save the network…\tCtrl+S", writing.ask_to_save),
                ("Save the session…\tCtrl+Shift+S", writing.ask_to_save_session),
            )
        )

    def _keep(self, kept: LockedFolder | None) -> None:
        """Keep what is done, and ask before it is lost."""
        self.question = Question(self.root)
        page, show = self.training.page, self.opening.show_session
        self.keeping = KeepingControl(self.desk, page, self.question, kept, show, self.editing.entering.work)
        self.writing.saved.connect(self.keeping.saved)
        self.opening.session_opened.connect(lambda: self.keeping.saved(True))
        self.opening.session_wanted.connect(self.keeping.give_way)

    def _help(self) -> None:
        """Explain: the page, the tour, and the menu of both."""
        pages = self.top.train.click, self.top.inspect.click
        hands = Stagehands(self.view, self.playing, self.picking, self.digits, *pages)
        sheets = (self.training_sheets.report, self.training_sheets.layers, self.exporting.panel)
        over = (self.sheets.layers.sheet, self.sheets.code.page)
        slips = (self.exporting.slip, self.exporting.recording.slip)
        parts = HelpedParts(
            self.root,
            self.top,
            self.drawing,
            self.timeline,
            self.inspector,
            self.view,
            self.viewing.corner,
            self.keys,
            (self.question, self.message, *slips, *sheets, *over),
        )
        self.helping = HelpingControl(self.desk, self.settings, self.theming, parts, hands)

    def _look(self) -> Look:
        return self.showing.look()

    def _show_net(self) -> None:
        net = self.desk.session.net
        name = called(self.desk.session.state)
        self.top.set_net(net, name)
        self.command_card.setGeometry(self.top.gap(self.command_card.high))  # names differ in their length
        self.setWindowTitle(f"{name} – viz3d")

    def _place(self) -> None:
        spots = self.training_sheets.settle(
            self.sheets.settle(places(self.root.size(), self.drawing.sizeHint()))
        )
        self.view.setGeometry(self.root.rect())
        self.top.setGeometry(spots.top)
        self.drawing.setGeometry(spots.drawing)
        self.timeline.setGeometry(spots.timeline)
        self.timeline.setVisible(self.training_sheets.report.isHidden())  # it would shine through
        self.inspector.setGeometry(spots.inspector)
        self.training.page.setGeometry(spots.inspector)
        self.helping.page.setGeometry(spots.inspector)
        self.command_card.setGeometry(self.top.gap(self.command_card.high))
        free = spots.free
        self.view.set_free(free.left(), free.top(), free.right(), free.bottom())
        self.view.set_legend(*legend_line(spots))
        self._place_strip(self.view.covered)
        self.viewing.place(spots)
        self._place_slips()

    def _place_strip(self, covered: bool) -> None:
        """Tell the answer beside the pad while a sheet lies over the scene, and not over that place too."""
        place = strip_place(self.sheets.settle(places(self.root.size(), self.drawing.sizeHint())))
        self.strip.setVisible(covered and place is not None and self.training_sheets.report.isHidden())
        if place is not None:
            self.strip.setGeometry(place)

    def _place_slips(self) -> None:
        """Place what stands over the scene's corner, wherever that has gone."""
        spots = self.sheets.settle(places(self.root.size(), self.drawing.sizeHint()))
        self.exporting.place(spots, self.viewing.corner.y())
        self._place_message()

    def _place_message(self) -> None:
        spots = places(self.root.size(), self.drawing.sizeHint())
        fits, corner = self.message.size_within, self.viewing.corner.geometry()
        place = self.training_sheets.message_place(fits)
        if place is None:
            place = message_place(spots, corner, fits, self.view.written_at(), self.exporting.slips())
        self.message.setGeometry(place)
        self.message.raise_()  # a sheet that was opened since it was said would cover it
