"""Painter: draws the pictures of scenes in a thread of its own, which owns the stage."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage

from engine import Trace
from scenes import (
    Focus,
    Frame,
    Free,
    Layout,
    Moment,
    Orbit,
    Scene,
    Stage,
    Theme,
    bring_loops,
    focus_on,
    focus_on_class,
    focus_on_group,
    focus_on_synapse,
)
from viz3d.command.process.heap import give_back
from viz3d.live.work.compiling import Compiling
from viz3d.live.work.worker import Worker, line_of

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PaintRequest:
    """A picture to draw.

    Attributes:
        scene: what is shown; its size is the picture's in the window's units.
        t: seconds from the start of the film.
        pose: where the camera stands, None for the film's own.
        scale: 1 for all of the screen's pixels in both directions, less while something moves.
        share: of the synapses that are drawn, likewise.
        ratio: pixels of the screen for one unit of the window.
        free: where labels may stand, see `Scene.seen`.
        focus: the trace that the scene shows, and what is lit while all else steps back: a neuron with its
            synapses, or a synapse by the neurons at its ends; or, if `group`, neurons with all of theirs.
        evidence: that trace and a class: what speaks for it and against it is lit instead.
        stamp: what the asker gives along; it comes back with the picture.
    """

    scene: Scene
    t: float
    pose: Orbit | None = None
    scale: float = 1.0
    share: float = 1.0
    ratio: float = 1.0
    free: Free | None = None
    focus: tuple[Trace, tuple[int, ...]] | None = None
    group: bool = False
    evidence: tuple[Trace, int] | None = None
    stamp: object = None

    @property
    def whole(self) -> bool:
        """Whether nothing is left out for speed."""
        return self.scale == self.share == 1.0


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was drawn.

    Attributes:
        image: the light of a film, RGB32; whoever shows it may write on it.
        frame: what it shows, with the labels that whoever shows it writes.
        scene, request: what it was drawn for.
        seconds: how long each step took: "frame", "draw" and "image".
        by_card: whether a graphics card drew it, not the processors.
    """

    image: QImage
    frame: Frame
    scene: Scene
    request: PaintRequest
    seconds: Mapping[str, float]
    by_card: bool = False


class Painter(Worker):
    """Draws pictures. Signals: `painted` brings a Picture, `failed` one line of what went wrong.

    The stage is made, used and closed in the one thread, as its graphics context wants it. Choose what draws
    with `viz3d.command.display.prepare` before the first request.
    """

    painted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._stage: Stage | None = None
        self._compiling = Compiling()
        self._seen: tuple[Scene, Moment] | None = None
        self._lit: tuple[tuple[object, ...], Focus] | None = None
        self._finisher, self._finishing = ThreadPoolExecutor(1, "Finisher"), Future[None]()
        self._finishing.set_result(None)

    def ask(self, request: PaintRequest) -> None:
        """Ask for a picture; of several requests in a row only the last is sure to be drawn."""
        self._put(request)

    def _handle(self, request: PaintRequest) -> None:
        begin = perf_counter()
        frame = self._frame(request)
        framed = perf_counter()
        try:
            stage = self._stage_of(request.scene)
            finish = stage.begin_lit(frame, request.scale * request.ratio, request.share)
            seconds = {"frame": framed - begin, "draw": perf_counter() - framed}
            tell = partial(self._tell, finish, frame, request, seconds, stage.ahead)
            if stage.ahead:
                # One picture ahead and no more: what is drawn next is what is asked for by then.
                self._finishing.result()
                self._finishing = self._finisher.submit(self._tried, tell)
            else:
                tell()
        except Exception:
            # A stage that failed half way is of no more use: the next request gets another.
            self._drop_stage()
            raise
        self._quicken(stage)

    def _stage_of(self, scene: Scene) -> Stage:
        """The stage, which shows a scene by now."""
        if self._compiling.ended():
            bring_loops()
            if self._stage is not None and self._stage.slow:
                self._drop_stage()
        if self._stage is None:
            self._stage = Stage(scene)
        elif self._stage.scene is not scene:
            parts = self._stage.parts
            self._stage.show(scene)
            rebuilt = self._stage.parts is not parts
            del parts
            if rebuilt:
                give_back()
        return self._stage

    def _quicken(self, stage: Stage) -> None:
        """Let loops do what they do faster; where they are not on disk yet, have them compiled beside."""
        if stage.slow:
            self._compiling.start(light=True)
        elif not self._compiling.begun and not bring_loops():
            self._compiling.start(light=False)

    def _tell(
        self,
        finish: Callable[[], Pixels],
        frame: Frame,
        request: PaintRequest,
        seconds: dict[str, float],
        by_card: bool,
    ) -> None:
        """Finish a picture and show it."""
        begin = perf_counter()
        pixels = finish()
        finished = perf_counter()
        height, width = pixels.shape[:2]
        # It is drawn fastest in the screen's own format; the change of format is a copy besides.
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        seconds["draw"] += finished - begin
        seconds |= {"image": perf_counter() - finished}
        self.painted.emit(Picture(image, frame, request.scene, request, seconds, by_card))

    def _tried(self, tell: Callable[[], None]) -> None:
        """Finish a picture beside the next; what goes wrong is told."""
        try:
            tell()
        except Exception as error:
            self.failed.emit(line_of(error))

    def _frame(self, request: PaintRequest) -> Frame:
        """The frame that is asked for; while only the camera moves, most of it is kept."""
        if self._seen is None or self._seen[0] is not request.scene or self._seen[1].t != request.t:
            self._seen = request.scene, request.scene.moment(request.t)
        return request.scene.seen(self._seen[1], request.pose, request.free, self._focus(request))

    def _focus(self, request: PaintRequest) -> Focus | None:
        """What is lit; the same of the same trace is kept."""
        asked = request.evidence or request.focus
        if asked is None:
            self._lit = None
            return None
        about = request.focus[1] if request.focus and not request.evidence else ()
        label = request.evidence[1] if request.evidence else -1
        made_of = asked[0], request.scene.layout, request.scene.theme
        kept = self._lit is not None and all(a is b for a, b in zip(self._lit[0], made_of, strict=True))
        wanted = about, label, request.group
        if (
            self._lit is None
            or not kept
            or (self._lit[1].about, self._lit[1].label, self._lit[1].group) != wanted
        ):
            self._lit = made_of, _light(*made_of, *wanted)
        return self._lit[1]

    def _end(self) -> None:
        self._finisher.shutdown()
        self._compiling.close()
        self._drop_stage()

    def _drop_stage(self) -> None:
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()


def _light(
    trace: Trace, layout: Layout, theme: Theme, about: tuple[int, ...], label: int, group: bool
) -> Focus:
    """Light what speaks for a class, or the synapses of a neuron or a group, or one by its ends."""
    if label >= 0:
        return focus_on_class(trace, layout, theme, label)
    if group:
        return focus_on_group(trace, layout, theme, about)
    find = focus_on if len(about) == 1 else focus_on_synapse
    return find(trace, layout, theme, *about)
