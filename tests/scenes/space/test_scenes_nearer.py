"""Outlines in the plane of a wall are drawn as if they were a little nearer, by driver and loops alike."""

import numpy as np
import pytest

from scenes import Orbit
from scenes.space.panel import Panel
from scenes.space.raster import Raster as Cells
from scenes.vtk.curves import Curves
from scenes.vtk.raster import Raster
from scenes.vtk.window.offscreen import OffscreenWindow

SIZE = (160, 120)
NEARER = 0.4
RIGHT, UP = (np.array(axis, dtype=np.float32) for axis in ((1, 0, 0), (0, 0, 1)))


def wall() -> Panel:
    """A plane of 4 x 4 cells, 8 units a side, that a camera at azimuth 0 faces."""
    row, col = (each.astype(np.int32) for each in np.divmod(np.arange(16), 4))
    cells = Cells("tiles", 4, 4, row, col, (2.0, 2.0), np.array([[0, 3, 0, 3]], np.int32))
    return Panel("wall", 0, cells, np.zeros(3, dtype=np.float32), RIGHT, UP)


def seen(behind: float, distance: float, azimuth: float, *, compiled: bool) -> float:
    """How much light is seen of a line so many units behind the wall, as the camera looks: 0..1."""
    pose = Orbit((0.0, 0.0, 0.0), distance, azimuth, 12.0, 25.0)
    line = np.linspace([-2.5, 0, 0.9], [2.5, 0, 0.9], 14).astype(np.float32)[None]
    line -= behind * pose.axes()[2].astype(np.float32)
    rgba = np.full((1, 14, 4), 255, dtype=np.uint8)
    lit = []
    for shown in (True, False):
        window = OffscreenWindow(SIZE, compiled)
        try:
            window.lay(np.zeros((SIZE[1], SIZE[0], 3), dtype=np.uint8), ink=False)
            if shown:
                part = Raster(wall(), window, (10, 10, 10))
                part.draw(np.zeros((16, 3), dtype=np.uint8))
            curves = Curves(line, window, width=2.0, ink=False, nearer=NEARER)
            curves.draw(rgba)
            window.aim(pose)
            window.render()
            lit.append(float(window.read().astype(int).clip(20).sum() - 20 * 3 * SIZE[0] * SIZE[1]))
        finally:
            window.close()
    return lit[0] / lit[1]


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("compiled", [False, True], ids=["driver", "loops"])
@pytest.mark.parametrize("azimuth", [0.0, 30.0])
@pytest.mark.parametrize("distance", [20.0, 90.0])
def test_a_line_is_seen_before_a_wall_that_hides_it_by_less_than_it_is_taken_for_nearer(
    distance, azimuth, compiled
) -> None:
    # Lost otherwise: frames that flicker in and out of their walls, or that shine through them.
    assert seen(0.7 * NEARER, distance, azimuth, compiled=compiled) > 0.8
    assert seen(1.4 * NEARER, distance, azimuth, compiled=compiled) < 0.2
