"""Stage of a shot: the stage of its scene, which is shown the shot's frames."""

from scenes.clip import ClipStage
from scenes.shot import Shot
from scenes.vtk.stages.dissolve import Dissolve, Finish
from scenes.vtk.stages.stage import Stage


class ShotStage(ClipStage):
    """Draws a shot off screen. Use it as a context manager."""

    def __init__(self, shot: Shot, supersample: int = 1) -> None:
        self.shot, self._dissolve = shot, Dissolve()
        self._stage = Stage(shot.scene, supersample)

    def close(self) -> None:
        """Free all that was built."""
        self._stage.close()

    def begin_at(self, t: float) -> Finish:
        """Begin to draw the shot at time t in seconds: see `ClipStage`."""
        return self._dissolve.begin(self.shot, t, lambda at: self._stage.begin(self.shot.frame(at)))
