"""What a picture shows at a place of it: a neuron, a bar, a pixel of the input's plane."""

from scenes import pick, pick_bar, place_on
from scenes.space.panel import Panel
from viz3d.live.work.painter import Picture


def neuron_at(picture: Picture, x: float, y: float) -> int:
    """The neuron at a place, -1 for none."""
    frame, scene = picture.frame, picture.scene
    return pick(scene.layout, frame.neuron_size, frame.camera, scene.size, (x, y))


def bar_at(picture: Picture, x: float, y: float) -> int:
    """The class whose bar is at a place, -1 for none."""
    return pick_bar(picture.scene.layout, picture.frame.camera, picture.scene.size, (x, y))


def input_at(picture: Picture, x: float, y: float) -> tuple[float, float] | None:
    """Row and column of the input's plane at a place, also beyond its border; None where it is no picture."""
    panel = _input(picture)
    if panel is None:
        return None
    return place_on(panel, picture.frame.camera, picture.scene.size, (x, y))


def on_input(picture: Picture, x: float, y: float) -> bool:
    """Whether a place lies within the input's border."""
    panel, place = _input(picture), input_at(picture, x, y)
    if panel is None or place is None:
        return False
    return 0 <= place[0] < panel.raster.rows and 0 <= place[1] < panel.raster.cols


def _input(picture: Picture) -> Panel | None:
    panel = picture.scene.layout.panels[0]
    return panel if panel.raster.kind == "tiles" and not panel.raster.walled else None
