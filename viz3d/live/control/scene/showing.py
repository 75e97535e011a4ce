"""Showing: the session's digit and net become a scene in the view and the answer's bars."""

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

import engine
from engine import Decider, Deciders, EngineError, Trace
from scenes import Look
from scenes.look import Changes
from scenes.texts import ENGLISH
from viz3d.findings.answer import AnswerFacts
from viz3d.findings.deciders import turns, verdict, without
from viz3d.live.control.desk import Desk, Shown
from viz3d.live.control.scene.playing import PlayingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.answering.answer import AnswerPanel
from viz3d.live.widgets.answering.class_bars import Answer
from viz3d.live.widgets.answering.reason import Reason, Reasons
from viz3d.live.widgets.answering.strip import AnswerStrip
from viz3d.live.widgets.style import number
from viz3d.live.work.thinker import Composed, Thinker
from viz3d.session.traced_digit import TracedDigit

_LEAST = 64  # pixels a side of a picture
_ENDLESS = "not measured: slopes grow beyond all numbers"
_NUMBER = "a number, and no class ahead of another"
_NUMBERS = "numbers, and no class ahead of another"


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
        # While a hand draws, the bars are painted before it is told by how much one leads.
        self._why = QTimer(self, singleShot=True, interval=0)
        self._why.timeout.connect(self._show_reasons)
        self._decided: tuple[Trace, Deciders | None] | None = None  # of the last trace that rested
        self._deciding: Trace | None = None  # of which that was asked
        desk.showed.connect(self.show)
        thinker.composed.connect(self._composed)
        thinker.decided.connect(self._decide)
        thinker.failed.connect(desk.said)
        place.view.failed.connect(desk.said)
        place.view.resized.connect(self.show)
        place.view.left_end.connect(self.show_whole)
        place.answer.appeared.connect(self._reappear)
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
        self._ask(shown, ended=self._place.view.at_end)
        self._why.start() if self._desk.trying else self._show_reasons()

    def show_whole(self) -> None:
        """Ask for the whole film of what is shown, where only its last picture is there."""
        if self.drawn is not None and self.drawn.scene.ended:
            self._ask(self._desk.shown, ended=False)

    def _ask(self, shown: Shown, ended: bool) -> None:
        """Ask for the scene, and, where the reasons can be seen, for what is not known of them yet."""
        panel = self._place.answer
        decide = panel.isVisibleTo(panel.window()) and not self._knows(shown)
        self._deciding = shown.traced.trace if decide else None
        self._thinker.ask(shown.traced.trace, self.look(), shown, ended=ended, decide=decide)

    def _knows(self, shown: Shown) -> bool:
        return self._decided is not None and self._decided[0] is shown.traced.trace

    def _reappear(self) -> None:
        """Find the reasons, which nobody asked for while they could not be seen."""
        if not self._knows(self._desk.shown) and self._deciding is not self._desk.shown.traced.trace:
            self.show()

    def _show_answer(self, shown: Shown) -> None:
        before = None if shown.before is None else shown.before.trace.probabilities
        answer = answer_of(shown.traced, before)
        self._place.answer.set_answer(answer)
        self._place.strip.set_answer(answer)

    def _decide(self, trace: Trace, found: Deciders | None) -> None:
        """What decides is known; of a digit that is no longer shown nobody wants to know it."""
        if trace is self._desk.shown.traced.trace:
            self._decided = trace, found
            self._show_reasons()

    def _show_reasons(self) -> None:
        self._why.stop()
        shown = self._desk.shown
        known = self._knows(shown)
        found = self._decided[1] if self._decided is not None and known else None
        self._place.answer.reasons.set_reasons(reasons_of(shown.traced, found, known))

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
        numbers=traced.net.gives_numbers,
    )


def _of_nothing(traced: TracedDigit) -> str:
    """What an answer to an empty picture comes from, "" to any other one."""
    if not traced.empty:
        return ""
    # Of all other shades pixels speak, too.
    return "it is all of one shade" if traced.digit.image.any() else "the biases alone answer"


def reasons_of(traced: TracedDigit, found: Deciders | None, known: bool) -> Reasons:
    """What the panel tells of why the answer is not another.

    found: what decides; None while it is not known, and, once known, where slopes grow beyond all numbers.
    """
    facts, names = AnswerFacts(traced), traced.net.classes
    if traced.net.gives_numbers:
        one = Reasons(ahead=names[0], behind="", margin=0.0, share=1.0, net=traced.net.name)
        return replace(one, single=(), note=_NUMBER if len(names) == 1 else _NUMBERS)
    ahead, behind = facts.leaders
    told = Reasons(
        ahead=names[ahead],
        behind=names[behind],
        margin=facts.margin,
        share=float(traced.trace.probabilities[ahead]),
        net=traced.net.name,
    )
    if found is None:
        return replace(told, single=(), note=_ENDLESS) if known else told
    single, whole = (tuple(_reason(traced, found, e) for e in some) for some in (found.neurons, found.groups))
    return replace(told, single=single, whole=whole, note=verdict(traced, found))


def _reason(traced: TracedDigit, found: Deciders, each: Decider) -> Reason:
    third = each.answer not in (found.ahead, found.behind)
    labels = found.ahead, each.answer if third else found.behind
    first, second = (ENGLISH.percent(float(each.probabilities[label])) for label in labels)
    return Reason(
        where=each.where,
        neuron=int(each.neurons[0]) if each.each == "neuron" else -1,
        left=float(each.probabilities[found.ahead]),
        lead=found.lead - each.lost,
        shares=(first, second),
        third=traced.named(each.answer) if third else "",
        turns=turns(traced, each),
        tip=f"Without {each.where} alone: {without(traced, each)}, {number(each.lost)} less ahead",
    )
