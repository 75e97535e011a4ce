"""Stage of a shot: the stage of its scene, which is shown the shot's frames."""

from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from scenes.shot import Shot
from scenes.vtk.dissolve import Dissolve, Finish
from scenes.vtk.stage import Stage


class ShotStage:
    """Draws a shot off screen. Use it as a context manager."""

    def __init__(self, shot: Shot, supersample: int = 1) -> None:
        self.shot, self._dissolve = shot, Dissolve()
        self._stage = Stage(shot.scene, supersample)

    def __enter__(self) -> "ShotStage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free all that was built."""
        self._stage.close()

    def begin_at(self, t: float) -> Finish:
        """Begin to draw the shot at time t in seconds: see `ClipStage`."""
        return self._dissolve.begin(self.shot, t, lambda at: self._stage.begin(self.shot.frame(at)))

    def draw_at(self, t: float) -> NDArray[np.uint8]:
        """Draw the shot at time t in seconds: uint8 (height, width, 3), RGB, top row first."""
        return self.begin_at(t)()
