"""Showing: the session's digit and net become a scene in the view and the answer's bars."""

from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

import engine
from engine import EngineError
from scenes import Look
from scenes.look import Changes
from viz3d.findings.answer import AnswerFacts
from viz3d.live.control.desk import Desk, Shown
from viz3d.live.control.scene.playing import PlayingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.answering.answer import Answer, AnswerPanel
from viz3d.live.widgets.answering.reasons import Reasons
from viz3d.live.widgets.answering.strip import AnswerStrip
from viz3d.live.work.thinker import Composed, Thinker
from viz3d.session.traced_digit import TracedDigit

_LEAST = 64  # pixels a side of a picture


@dataclass(frozen=True, eq=False)
class ScenePlace:
    """Where a scene and its answer are shown."""

    view: SceneView
    answer: AnswerPanel
    strip: AnswerStrip
    playing: PlayingControl


class ShowingControl(QObject):
    """Has the scene composed whenever what is shown has changed, and drops what has become stale.

    `came` brings the net whose scene is now shown, and `drawn` is that scene with its trace.
    """

    came = Signal(object)

    def __init__(self, desk: Desk, thinker: Thinker, place: ScenePlace, theme: str) -> None:
        super().__init__()
        self._desk, self._thinker, self._place, self._theme = desk, thinker, place, theme
        self._chosen: Changes = {}
        self._looked: tuple[Changes, Look] | None = None  # the last look, and what it was made of
        self.drawn: Composed | None = None
        # While a hand draws, the bars are painted before it is worked out why.
        self._why = QTimer(self, singleShot=True, interval=0)
        self._why.timeout.connect(self._show_reasons)
        desk.showed.connect(self.show)
        thinker.composed.connect(self._composed)
        thinker.failed.connect(desk.said)
        place.view.failed.connect(desk.said)
        place.view.resized.connect(self.show)
        place.view.left_end.connect(self.show_whole)
        self._show_answer(desk.shown)
        self._show_reasons()

    def set_theme(self, name: str) -> None:
        """Compose in another theme from now on."""
        self._theme = name
        self.show()

    def look(self) -> Look:
        """How the scene is to look: as large as the view."""
        size = self._place.view.size()
        digit, before = self._desk.shown.traced.digit, self._desk.comparing
        fields: Changes = {
            "size": (max(size.width(), _LEAST), max(size.height(), _LEAST)),
            "theme": self._theme,
            "label": digit.label,
            "source": f"{digit.source} · before the edits" if before else digit.source,
            **self._chosen,
        }
        # Another network may have no such layer.
        if all(fields.get("layer") != layer.name for layer in self._desk.shown.traced.net.layers):
            fields["layer"] = ""
        # All moves of a pen have one: to make a look is to check each of its fields.
        if self._looked is None or self._looked[0] != fields:
            self._looked = fields, Look(**fields)
        return self._looked[1]

    def choose(self, **choice: Unpack[Changes]) -> None:
        """Compose with other fields of a look from now on; EngineError where they say nothing here."""
        before, self._chosen = self._chosen, {**self._chosen, **choice}
        look = self.look()
        try:
            if look.show in ("evidence", "gradient"):
                engine.lead(self._desk.shown.traced.trace, look.of, look.against)
        except EngineError:
            self._chosen = before
            raise
        self.show()

    def show(self) -> None:
        """Show the answer at once, and ask for the scene."""
        shown = self._desk.shown
        self._show_answer(shown)
        # While a hand changes something the way there is not worked out: who wants to see it moves the time.
        self._thinker.ask(shown.traced.trace, self.look(), shown, ended=self._place.view.at_end)
        # The reasons are not in the picture: it is begun before they are worked out.
        self._why.start() if self._desk.trying else self._show_reasons()

    def show_whole(self) -> None:
        """Ask for the whole film of what is shown, where only its last picture is there."""
        if self.drawn is not None and self.drawn.scene.ended:
            shown = self._desk.shown
            self._thinker.ask(shown.traced.trace, self.look(), shown)

    def _show_answer(self, shown: Shown) -> None:
        before = None if shown.before is None else shown.before.trace.probabilities
        answer = answer_of(shown.traced, before)
        self._place.answer.set_answer(answer)
        self._place.strip.set_answer(answer)

    def _show_reasons(self) -> None:
        self._why.stop()
        self._place.answer.reasons.set_reasons(reasons_of(self._desk.shown.traced))

    def _composed(self, composed: Composed) -> None:
        shown = composed.stamp
        assert isinstance(shown, Shown)
        if shown.round != self._desk.shown.round:
            return
        before = None if shown.before is None else shown.before.trace.probabilities
        self.drawn = composed
        self._place.playing.set_scene(composed.trace.net, composed.scene)
        self._place.view.show_scene(composed.scene, before, composed.trace)
        self.came.emit(composed.trace.net)


def answer_of(traced: TracedDigit, before: NDArray[np.float32] | None) -> Answer:
    """What the panel tells of an answer; before: probabilities (classes,) before the edits."""
    facts = AnswerFacts(traced)
    return Answer(
        classes=traced.net.classes,
        probabilities=traced.trace.probabilities,
        before=before,
        label=traced.digit.label,
        entropy=facts.entropy,
        loss=facts.loss,
        over_crops=facts.over_crops,
        empty=_of_nothing(traced),
    )


def _of_nothing(traced: TracedDigit) -> str:
    """What an answer to an empty picture comes from, "" to any other one."""
    if not traced.empty:
        return ""
    # Of all other shades pixels speak, too.
    return "it is all of one shade" if traced.digit.image.any() else "the biases alone answer"


def reasons_of(traced: TracedDigit) -> Reasons:
    """What the panel tells of why the answer is not another."""
    facts, names = AnswerFacts(traced), traced.net.classes
    ahead, behind = facts.leaders
    return Reasons(
        ahead=names[ahead],
        behind=names[behind],
        margin=facts.margin,
        neurons=tuple(each.neuron for each in facts.makers),
        names=tuple(each.where for each in facts.makers),
        pushes=tuple(each.push for each in facts.makers),
    )
