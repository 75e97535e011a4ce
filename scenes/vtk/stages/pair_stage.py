"""Stage of a pair: a stage for each half, and a rule between them."""

import numpy as np
from numpy.typing import NDArray

from scenes.clip import ClipStage
from scenes.frame import PairFrame
from scenes.pair import Pair
from scenes.vtk.stages.dissolve import Dissolve, Finish
from scenes.vtk.stages.stage import Stage

_RULE = 2  # pixels between the two, at 1080 lines


class PairStage(ClipStage):
    """Draws a pair off screen. Use it as a context manager."""

    def __init__(self, pair: Pair, supersample: int = 1) -> None:
        self.pair = pair
        self._stages = Stage(pair.left, supersample), Stage(pair.right, supersample)
        self._dissolve = Dissolve()
        self._rule = max(1, round(_RULE * pair.size[1] / 1080))

    def close(self) -> None:
        """Free both windows and all that was built in them."""
        for stage in self._stages:
            stage.close()

    def begin_at(self, t: float) -> Finish:
        """Begin to draw the film of both scenes at time t in seconds: see `ClipStage`."""
        return self._dissolve.begin(self.pair, t, lambda at: self.begin(self.pair.frame(at)))

    def draw(self, frame: PairFrame) -> NDArray[np.uint8]:
        """Draw a frame of both scenes: uint8 (height, width, 3), RGB, top row first."""
        return self.begin(frame)()

    def begin(self, frame: PairFrame) -> Finish:
        """Begin to draw a frame of both scenes; returns what finishes it."""
        halves = zip(self._stages, (frame.left, frame.right), strict=True)
        finishes = [stage.begin(half) for stage, half in halves]
        return lambda: self._joined([finish() for finish in finishes])

    def _joined(self, halves: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        axis = 0 if self.pair.stacked else 1
        whole = np.concatenate(halves, axis=axis)
        start = self.pair.left.size[1 - axis] - self._rule // 2
        rule = slice(start, start + self._rule)
        whole[(slice(None), rule) if axis else rule] = self.pair.left.theme.panel_frame[:3]
        return whole
