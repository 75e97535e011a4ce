"""Scenes: a trace becomes frames, and a stage draws them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from guarding import guard
from scenes.camera.orbit import Orbit
from scenes.camera.pick import pick, pick_bar, pick_strand, place_on
from scenes.camera.recording import Recording
from scenes.clip import Clip
from scenes.composing import check_trace, compose
from scenes.errors import SceneError
from scenes.frame import Caption, Frame, Ghost, PairFrame, Swatch
from scenes.lettering.glyphs import lacking
from scenes.lettering.names.naming import called
from scenes.light.focus import Focus, focus_on, focus_on_class, focus_on_group, focus_on_synapse
from scenes.light.key_colours import key_colours
from scenes.light.paint import Paint
from scenes.light.see_through import see_through
from scenes.light.theme import Theme
from scenes.light.themes import THEMES, theme
from scenes.look import SHOWN, Look
from scenes.moment import Moment
from scenes.motion.pauses import Pause, Pauses, pairs_of
from scenes.pair import Pair, compose_pair
from scenes.scene import Scene
from scenes.shot import Shot, check_shape, shoot
from scenes.site import Site, site_of, stopping
from scenes.space.arrange import arrange
from scenes.space.layout import Layout, orientation
from scenes.space.page import Free

if TYPE_CHECKING:
    from scenes.vtk.stages import stage_of
    from scenes.vtk.stages.stage import Stage
    from scenes.vtk.window.driver import bring_loops, prepare_films, video_planes

__all__ = [
    "SHOWN",
    "THEMES",
    "Caption",
    "Clip",
    "Focus",
    "Frame",
    "Free",
    "Ghost",
    "Layout",
    "Look",
    "Moment",
    "Orbit",
    "Paint",
    "Pair",
    "PairFrame",
    "Pause",
    "Pauses",
    "Recording",
    "Scene",
    "SceneError",
    "Shot",
    "Site",
    "Stage",
    "Swatch",
    "Theme",
    "arrange",
    "bring_loops",
    "called",
    "check_shape",
    "check_trace",
    "compose",
    "compose_pair",
    "focus_on",
    "focus_on_class",
    "focus_on_group",
    "focus_on_synapse",
    "key_colours",
    "lacking",
    "orientation",
    "pairs_of",
    "pick",
    "pick_bar",
    "pick_strand",
    "place_on",
    "prepare_films",
    "see_through",
    "shoot",
    "site_of",
    "stage_of",
    "stopping",
    "theme",
    "video_planes",
]

guard(globals(), __all__, SceneError)


_DRAWING = {
    "Stage": "scenes.vtk.stages.stage",
    "bring_loops": "scenes.vtk.window.driver",
    "prepare_films": "scenes.vtk.window.driver",
    "stage_of": "scenes.vtk.stages",
    "video_planes": "scenes.vtk.window.driver",
}


def __getattr__(name: str) -> Any:
    """Load what draws, and with it VTK, only where something is drawn."""
    if name in _DRAWING:
        return getattr(import_module(_DRAWING[name]), name)
    raise AttributeError(f"module 'scenes' has no attribute '{name}'")


def __dir__() -> list[str]:
    """What a notebook's Tab key offers: what is loaded late, too, and no module's own."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
