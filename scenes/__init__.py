"""Scenes: a trace becomes frames, and a stage draws them."""

from typing import TYPE_CHECKING, Any

from scenes.errors import SceneError
from scenes.frame import Caption, Frame, Swatch
from scenes.lettering.naming import called
from scenes.light.paint import Paint
from scenes.light.theme import THEMES, Theme
from scenes.look import Look
from scenes.pair import Pair, PairStage, compose_pair
from scenes.scene import Scene, compose
from scenes.space.layout import Layout, arrange, orientation

if TYPE_CHECKING:
    from scenes.vtk.stage import Stage

__all__ = [
    "THEMES",
    "Caption",
    "Frame",
    "Layout",
    "Look",
    "Paint",
    "Pair",
    "Scene",
    "SceneError",
    "Stage",
    "Swatch",
    "Theme",
    "arrange",
    "called",
    "compose",
    "compose_pair",
    "orientation",
    "stage_of",
]


def stage_of(scene: Scene | Pair, supersample: int = 1) -> "Stage | PairStage":
    """The stage that draws a scene, or both halves of a pair."""
    if isinstance(scene, Pair):
        return PairStage(scene, supersample)
    from scenes.vtk.stage import Stage  # noqa: PLC0415  # brings VTK

    return Stage(scene, supersample)


def __getattr__(name: str) -> Any:
    """Load the stage, and with it VTK, only where something is drawn."""
    if name == "Stage":
        from scenes.vtk.stage import Stage  # noqa: PLC0415

        return Stage
    raise AttributeError(f"module 'scenes' has no attribute '{name}'")
