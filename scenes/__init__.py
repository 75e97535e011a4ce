"""Scenes: a trace becomes frames, and a stage draws them."""

from typing import TYPE_CHECKING, Any

from scenes.errors import SceneError
from scenes.frame import Caption, Frame, Swatch
from scenes.layout import Layout, arrange, orientation
from scenes.scene import STRANDS, Scene, compose
from scenes.theme import THEMES, Theme

if TYPE_CHECKING:
    from scenes.stage import Stage

__all__ = [
    "STRANDS",
    "THEMES",
    "Caption",
    "Frame",
    "Layout",
    "Scene",
    "SceneError",
    "Stage",
    "Swatch",
    "Theme",
    "arrange",
    "compose",
    "orientation",
]


def __getattr__(name: str) -> Any:
    """Load the stage, and with it VTK, only where something is drawn."""
    if name == "Stage":
        from scenes.stage import Stage  # noqa: PLC0415

        return Stage
    raise AttributeError(f"module 'scenes' has no attribute '{name}'")
