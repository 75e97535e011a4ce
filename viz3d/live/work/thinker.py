"""Thinker: composes scenes in a thread of its own."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal

from engine import Trace
from scenes import Look, Scene, Site, compose
from viz3d.live.work.worker import Worker


@dataclass(frozen=True, eq=False)
class Composed:
    """A scene, the trace that it shows, and what the asker gave along to know it by."""

    trace: Trace
    scene: Scene
    stamp: object


class Thinker(Worker):
    """Makes scenes of traces. Signals: `composed` brings a Composed, `failed` one line of what went wrong.

    What does not depend on the image is kept from one scene to the next.
    """

    composed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._site: Site | None = None

    def ask(self, trace: Trace, look: Look, stamp: object = None, *, ended: bool = False) -> None:
        """Ask for the scene of a trace; of several requests in a row only the last is sure to be handled.

        ended: its last picture alone, which is ready sooner.
        """
        self._put((trace, look, stamp, ended))

    def _handle(self, request: Any) -> None:
        trace, look, stamp, ended = request
        scene = compose(trace, look, site=self._site, ended=ended, card=False)
        self._site = scene.site
        self.composed.emit(Composed(trace, scene, stamp))
