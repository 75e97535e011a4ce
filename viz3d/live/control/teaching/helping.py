"""Help: the page that explains, the tour with its actions, and the menu at the end of the bar."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QSettings
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from viz3d.findings.edited import refused_of
from viz3d.live.bars import TopBar
from viz3d.live.control.desk import Desk
from viz3d.live.control.scene.theming import CHOICES, SYSTEM, ThemeControl
from viz3d.live.control.teaching.learning import LearningControl, Stagehands
from viz3d.live.control.teaching.touring import (
    ANOTHER,
    COLOURS,
    NUMBERS,
    OTHERS,
    UNCHANGED,
    Stop,
    TouringControl,
)
from viz3d.live.shortcuts import ShortcutsPage
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.exporting.export_panel import THEMES
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.scene.timeline import Timeline
from viz3d.live.widgets.teaching.hint import Hint
from viz3d.live.widgets.teaching.learn_page import LearnPage
from viz3d.session.acts.change import Mutate, Select
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.number import SetNumber
from viz3d.session.acts.take import TakeClass, TakeImage

_THEMES = {SYSTEM: "Colours as the system", **{key: name for key, name, _ in THEMES}}
_LOWER = 0.7  # of the card's height
_AMONG_NEURONS = 0.55  # of the scene's height
_LEGEND = 48  # px over the timeline, which a hint leaves free
_HIGH, _HALF = 160, 120  # px over it that a high legend takes at most; half of what a hint is wide
_CARD, _ICONS = 104, 8  # px that a hint needs under words, and by which its point may reach over buttons
_EDGE = 4  # px that it may reach over the edge of a high legend, to hide all of the buttons


@dataclass(frozen=True, eq=False)
class HelpedParts:
    """What hints point at, the page of keys, and what is more urgent than a hint; `root` holds them all.

    Attributes:
        view: the scene, whose words no hint is to hide.
        corner: its buttons, neither.
    """

    root: QWidget
    top: TopBar
    drawing: QWidget
    timeline: Timeline
    inspector: QWidget
    view: SceneView
    corner: QWidget
    keys: ShortcutsPage
    first: tuple[QWidget, ...]


class HelpingControl(QObject):
    """Makes page, tour and menu, and tells the tour what was done."""

    def __init__(
        self, desk: Desk, settings: QSettings, theming: ThemeControl, parts: HelpedParts, hands: Stagehands
    ) -> None:
        super().__init__()
        self._desk, self._parts = desk, parts
        self.page, self.hint = LearnPage(), Hint(parts.root)
        self.page.setParent(parts.root)
        self.page.hide()
        self.learning = LearningControl(desk, self.page, hands)
        self.tour = TouringControl(self.hint, settings, self._places(), parts.first, self._worded, self._busy)
        parts.view.changed.connect(self.tour.stand_anew)
        parts.view.refitted.connect(self.tour.word_anew)
        parts.corner.installEventFilter(self.tour)  # it moves with the legend, and no hint is to cut it
        desk.acted.connect(self._acted)
        desk.showed.connect(self._showed)
        parts.timeline.scrubbed.connect(lambda _t: self.tour.did("watch"))
        parts.timeline.playing.connect(lambda on: self.tour.did("watch") if on else None)
        parts.top.page.connect(self.tour.did)
        parts.top.page.connect(lambda _page: self.page.hide())  # it lies over the page that was asked for
        entries = (
            ("How it works\tF1", self.learning.toggle),
            ("Take the tour", self.tour.again),
            ("Keys\t?", parts.keys.toggle),
        )
        parts.top.offer_help(_menu(parts.top, theming, entries))

    def _places(self) -> dict[str, Callable[[], QRect]]:
        parts = self._parts

        def of(part: QWidget) -> Callable[[], QRect]:
            return lambda: QRect(part.mapTo(parts.root, part.rect().topLeft()), part.size())

        def in_the_scene() -> QRect:
            top, foot = parts.inspector.y(), parts.drawing.y()
            return QRect(parts.inspector.x() // 2, top + round(_AMONG_NEURONS * (foot - top)), 1, 1)

        def beside_the_legend() -> QRect:
            # In a narrow window the timeline runs on under the inspector, and the legend over it is high, and
            # the scene's buttons are on it: a hint stands over both, or where there is no room on those.
            line, end, corner = parts.timeline.geometry(), parts.inspector.x(), parts.corner.geometry()
            place = QRect(line.x(), line.y() - _LEGEND, min(line.width(), end - line.x()), line.height())
            words = [box for box in parts.view.written_at(ended=True) if box.right() >= place.x()]
            if 0 < line.y() - corner.y() < _HIGH and corner.x() < place.center().x() + _HALF:
                lowest = max((box.bottom() for box in words if box.bottom() < corner.y()), default=0)
                room = corner.y() - lowest > _CARD
                place.moveTop(corner.y() + _ICONS if room else round(parts.view.legend_top) + _EDGE)
            elif corner.bottom() < place.y():
                legend = [box.y() for box in words if box.y() > corner.bottom() and box.x() < end]
                place.moveTop(min([place.y(), *legend]))
            return place

        def beside_the_card() -> QRect:
            # At its lower part, where a change is made: so the answer is not hidden.
            card = parts.inspector.geometry()
            return card.adjusted(0, round(_LOWER * card.height()), 0, 0)

        return {
            "draw": of(parts.drawing),
            "watch": beside_the_legend,
            "pick": in_the_scene,
            "change": beside_the_card,
            "compare": beside_the_card,
            "train": of(parts.top.train),
        }

    def _busy(self) -> tuple[list[QRect], list[QRect]]:
        """Words and panels; neurons, and the scene's buttons: half of a word cannot be read."""
        parts = self._parts
        panels = (parts.drawing, parts.timeline, parts.inspector)
        words = [
            *parts.view.written_at(ended=True),
            *(each.geometry() for each in panels if each.isVisible()),
        ]
        return words, [*parts.view.planes_at(), parts.corner.geometry()]

    def _acted(self) -> None:
        act, colour = self._desk.session.state.acts[-1], self._desk.session.digit.image.ndim == 3
        drew = isinstance(act, Drawing) and not self._desk.session.traced.empty
        if drew or isinstance(act, SetNumber) or (colour and isinstance(act, TakeClass | TakeImage)):
            self.tour.did("draw")
        elif isinstance(act, Mutate):
            self.tour.did("change")
        elif isinstance(act, Select) and act.where:
            self.tour.did("pick")
        self.tour.word_anew()

    def _worded(self, stop: Stop) -> Stop:
        """A hint in the words for what the network reads: nobody draws numbers; and for what was done."""
        if stop.name == "compare" and not self._desk.session.state.changes:
            return UNCHANGED
        if stop.name == "change" and self._fixed:
            return ANOTHER
        net, kind = self._desk.session.net, self._desk.session.digit.image.ndim
        if stop.name != "draw" or (kind == 2 and net.noun == "digit"):
            return stop
        return {1: NUMBERS, 3: COLOURS}.get(kind, OTHERS)

    @property
    def _fixed(self) -> bool:
        """Whether the selected neuron is one that cannot be silenced, such as an output."""
        net, layer = self._desk.session.net, self._desk.session.selection.partition(":")[0]
        return layer in {each.name for each in net.layers} and "ablate" in refused_of(net, layer)

    def _showed(self) -> None:
        if self._desk.comparing:
            self.tour.did("compare")


def _menu(
    parent: QWidget, theming: ThemeControl, entries: tuple[tuple[str, Callable[[], object]], ...]
) -> QMenu:
    """What helps, and the themes; entries: words and what each does."""
    menu = Menu(parent)
    for words, chosen in entries:
        menu.addAction(words).triggered.connect(lambda _on, do=chosen: do())
    menu.addSeparator()
    group = QActionGroup(menu)
    for choice in CHOICES:
        action = menu.addAction(_THEMES.get(choice, choice))
        action.setCheckable(True)
        action.setData(choice)
        action.triggered.connect(lambda _on, to=choice: theming.choose(to))
        group.addAction(action)

    def mark() -> None:
        for action in group.actions():
            action.setChecked(action.data() == theming.choice)

    menu.aboutToShow.connect(mark)
    mark()
    return menu
