"""Which stage draws which kind of clip."""

from functools import singledispatch

from scenes.clip import Clip, ClipStage
from scenes.errors import SceneError
from scenes.pair import Pair
from scenes.scene import Scene
from scenes.shot import Shot
from scenes.vtk.stages.pair_stage import PairStage
from scenes.vtk.stages.shot_stage import ShotStage
from scenes.vtk.stages.stage import Stage


@singledispatch
def stage_of(clip: Clip, supersample: int = 1) -> ClipStage:  # noqa: ARG001
    """The stage that draws a clip, each pixel as so many squared.

    Raises:
        SceneError: no stage draws clips of its kind.
    """
    raise SceneError(f"no stage draws a {type(clip).__name__}: give a Scene, a Pair or a Shot")


stage_of.register(Scene, Stage)
stage_of.register(Pair, PairStage)
stage_of.register(Shot, ShotStage)
