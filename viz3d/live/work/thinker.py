"""Thinker: composes scenes in a thread of its own."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal

from engine import Deciders, EngineError, Trace, deciders_in_steps
from scenes import Look, Scene, Site, compose
from viz3d.live.work.worker import Worker

_PAUSE = 0.1  # s without a move, after which a hand rests


@dataclass(frozen=True, eq=False)
class Composed:
    """A scene, the trace that it shows, and what the asker gave along to know it by."""

    trace: Trace
    scene: Scene
    stamp: object


class Thinker(Worker):
    """Makes scenes of traces, and finds what decides in them.

    Signals: `composed` brings a Composed, `decided` a trace and its Deciders, None where there are none;
    `failed` one line of what went wrong. What no image changes is kept from one scene to the next.
    """

    composed = Signal(object)
    decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._site: Site | None = None

    def ask(
        self, trace: Trace, look: Look, stamp: object = None, *, ended: bool = False, decide: bool = False
    ) -> None:
        """Ask for the scene of a trace; of several requests in a row only the last is sure to be handled.

        ended: its last picture alone, which is ready sooner. decide: also for what decides, once the scene is
        there and the hand rests.
        """
        self._put((trace, look, stamp, ended, decide))

    def _handle(self, request: Any) -> None:
        trace, look, stamp, ended, decide = request
        scene = compose(trace, look, site=self._site, ended=ended, card=False)
        self._site = scene.site
        self.composed.emit(Composed(trace, scene, stamp))
        if decide and self._rest(_PAUSE):
            self._decide(trace)

    def _decide(self, trace: Trace) -> None:
        """Find what decides, unless something newer comes."""
        found: Deciders | None = None
        try:
            for step in deciders_in_steps(trace):
                if self._superseded():
                    return
                found = step
        except EngineError:  # slopes beyond all numbers: the answer stands, and nothing is told of it
            found = None
        self.decided.emit(trace, found)
