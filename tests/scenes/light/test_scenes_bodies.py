"""Bodies are drawn by the driver or by compiled loops: each kind is the same by both."""

from collections.abc import Callable

import numpy as np
import pytest

from scenes import Orbit
from scenes.space.panel import Panel
from scenes.space.raster import Raster as Cells
from scenes.vtk.raster import Raster
from scenes.vtk.tick_marks import _tile
from scenes.vtk.window.offscreen import OffscreenWindow


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(("ink", "painted"), [(False, False), (False, True), (True, False)])
@pytest.mark.parametrize("level", [0, 60, 255])
def test_a_ball_is_the_drivers_ball_wherever_it_stands(level, ink, painted) -> None:
    # Lost otherwise: neurons that are lit from another side, or have other sizes, on another machine.
    for place in ((0, 0, 0), (3, 0, 3), (6, 0, -2), (-7, 0, -5)):
        pictures = []
        for compiled in (False, True):
            window = OffscreenWindow((320, 240), compiled)
            try:
                window.lay(np.full((240, 320, 3), 30, np.uint8), ink=ink)
                ball = window.add_balls(np.array([place], np.float32), ink=ink, painted=painted)
                ball.paint(np.array([(200, 90, 40, level)], np.uint8), np.array([1.5], np.float32))
                window.aim(Orbit((0.0, 0.0, 0.0), 20.0, 0.0, 0.0, 40.0))
                window.render()
                pictures.append(window.read().astype(int))
            finally:
                window.close()
        away, seen = np.abs(pictures[0] - pictures[1]), (pictures[0] != 30).any(axis=2)
        assert seen.sum() > 1000
        assert away[seen].mean() < 0.4
        assert np.percentile(away[seen], 95) <= 1
        assert away.max() <= 24


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(
    "pose", [(20.0, 0.0, 10.0), (20.0, 55.0, -20.0), (70.0, 30.0, 5.0), (300.0, 0.0, 5.0)]
)
def test_cells_have_their_colours_their_borders_and_their_places(pose) -> None:
    # Lost otherwise: pictures of maps that are mirrored, shifted or brighter by loops.
    # Three places are empty: the ground is seen there.
    row, col = (each.astype(np.int32) for each in np.divmod(np.delete(np.arange(48), [9, 10, 47]), 8))
    cells = Cells("tiles", 6, 8, row, col, (1.0, 1.0), np.array([[0, 5, 0, 7]], np.int32))
    axes = (np.array(axis, np.float32) for axis in ((1, 0, 0), (0, 0, 1)))
    panel = Panel("wall", 0, cells, np.zeros(3, np.float32), *axes)
    rgb = np.random.default_rng(0).integers(0, 256, (45, 3), np.uint8)
    distance, azimuth, elevation = pose
    pictures = []
    for compiled in (False, True):
        window = OffscreenWindow((320, 240), compiled)
        try:
            window.lay(np.zeros((240, 320, 3), np.uint8), ink=False)
            Raster(panel, window, (9, 20, 30)).draw(rgb)
            window.aim(Orbit((0.0, 0.0, 0.0), distance, azimuth, elevation, 40.0))
            window.render()
            pictures.append(window.read().astype(int))
        finally:
            window.close()
    away = np.abs(pictures[0] - pictures[1])
    seen = pictures[0].any(axis=2)
    assert (seen == pictures[1].any(axis=2)).mean() > 0.999
    # How far a pixel reaches is told anew every eight pixels by loops, by the driver every two.
    assert away[seen].mean() < 0.6
    assert np.percentile(away[seen], 99) < 8


@pytest.mark.usefixtures("screen")
def test_a_nearer_body_hides_one_that_is_drawn_before_it_and_covers_share_the_rest() -> None:
    # Lost otherwise: walls that shine through balls, and glass that hides what is behind it.
    seen = []
    for compiled in (False, True):
        window = OffscreenWindow((200, 160), compiled)
        try:
            window.lay(np.zeros((160, 200, 3), np.uint8), ink=False)
            row, col = (np.zeros(1, np.int32) for _ in range(2))
            cells = Cells("tiles", 1, 1, row, col, (6.0, 6.0), np.array([[0, 0, 0, 0]], np.int32))
            axes = (np.array(axis, np.float32) for axis in ((1, 0, 0), (0, 0, 1)))
            wall = Raster(Panel("wall", 0, cells, np.zeros(3, np.float32), *axes), window, (0, 0, 0))
            wall.draw(np.array([(0, 200, 0)], np.uint8))
            balls = window.add_balls(np.array([(0, 2, 0), (0, -2, 0)], np.float32), ink=False, painted=True)
            balls.paint(np.array([(255, 0, 0, 255), (0, 0, 255, 255)], np.uint8), np.full(2, 0.8, np.float32))
            corners = np.array(
                [[(-2, y, 2), (2, y, 2), (2, y, 1.2), (-2, y, 1.2)] for y in (-2, 2)], np.float32
            )
            window.add_quads(corners, np.full((2, 4, 4), (255, 255, 255, 128), np.uint8), over=False)
            window.aim(Orbit((0.0, 0.0, 0.0), 20.0, 0.0, 0.0, 40.0))
            window.render()
            seen.append(window.read().astype(int))
        finally:
            window.close()
        middle, glass, plain = seen[-1][80, 100], seen[-1][63, 100], seen[-1][97, 100]
        assert middle.argmax() in (0, 2)
        assert plain[1] > 150
        assert plain[0] < 30
        assert glass[0] == pytest.approx(128, abs=3)
    assert np.abs(seen[0] - seen[1]).mean() < 0.5


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("distance", [12.0, 20.0, 30.0])
def test_a_number_on_a_plane_is_as_soft_and_as_clear_by_both(distance) -> None:
    # Lost otherwise: figures that glitter from afar, that shine through a ball, or that a strand hides.
    ink = _tile("8", (250, 200, 90), 1.0, (5, 8, 20))
    corners = np.array([[(-1.5, 0, -1.5), (1.5, 0, -1.5), (1.5, 0, 1.5), (-1.5, 0, 1.5)]], np.float32)
    pictures = []
    for compiled in (False, True):
        window = OffscreenWindow((160, 120), compiled)
        try:
            window.lay(np.full((120, 160, 3), 30, np.uint8), ink=False)
            balls = window.add_balls(np.array([(-1, -2, 0), (-1, 2, 0)], np.float32), ink=False, painted=True)
            balls.paint(np.full((2, 4), (200, 40, 40, 255), np.uint8), np.full(2, 0.7, np.float32))
            stamps = window.add_stamps(1, ink.shape[:2], 0.75)
            stamps.paint(0, ink)
            stamps.move(corners)
            line = window.add_lines(1, 2, ink=False, under=False, sparing=False, nearer=0.5)
            line.move(np.array([[(-3, 0, 0.4), (3, 0, 0.4)]], np.float32))
            line.paint(np.full((1, 2, 4), (200, 220, 255, 255), np.uint8))
            line.widen(5.0)
            window.over_lines(stamps)
            window.aim(Orbit((0.0, 0.0, 0.0), distance, 0.0, 0.0, 40.0))
            window.render()
            pictures.append(window.read().astype(int))
        finally:
            window.close()
    away, seen = np.abs(pictures[0] - pictures[1]), (pictures[0] != 30).any(axis=2)
    assert away[seen].mean() < 4
    assert np.percentile(away[seen], 99) < 52


def by_both(draw: Callable[[OffscreenWindow], object], ink: bool) -> tuple[np.ndarray, np.ndarray]:
    """How far the two pictures are apart of what is drawn into a small window, and where it is seen."""
    pictures = []
    for compiled in (False, True):
        window = OffscreenWindow((160, 120), compiled)
        try:
            window.lay(np.full((120, 160, 3), 220 if ink else 30, np.uint8), ink=ink)
            draw(window)
            window.aim(Orbit((0.0, 0.0, 0.0), 12.0, 20.0, 10.0, 40.0))
            window.render()
            pictures.append(window.read().astype(int))
        finally:
            window.close()
    return np.abs(pictures[0] - pictures[1]), (pictures[0] != pictures[0][0, 0]).any(axis=2)


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("ink", [False, True])
def test_a_halo_falls_as_steeply_by_both_and_is_hidden_by_what_is_nearer(ink) -> None:
    # Lost otherwise: neurons that glow twice as wide on another machine.
    def draw(window: OffscreenWindow) -> None:
        ball = window.add_balls(np.array([(0.9, -1, 0)], np.float32), ink=ink, painted=True)
        ball.paint(np.array([(40, 90, 200, 255)], np.uint8), np.array([0.8], np.float32))
        halo = window.add_spots(np.zeros((1, 3), np.float32), ink=ink)
        halo.paint(np.array([(200, 120, 60, 230)], np.uint8), np.array([2.0], np.float32))

    away, seen = by_both(draw, ink)
    assert seen.sum() > 1000
    assert away[seen].mean() < 0.6
    assert np.percentile(away[seen], 99) < 10


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("ink", [False, True])
def test_a_quad_has_the_colour_of_each_corner_by_both_and_lies_behind_what_is_nearer(ink) -> None:
    # Lost otherwise: bars without their shade, and frames that shine through neurons.
    def draw(window: OffscreenWindow) -> None:
        balls = window.add_balls(np.array([(-1, -2, 0), (-1, 2, 0)], np.float32), ink=ink, painted=True)
        balls.paint(np.full((2, 4), (200, 40, 40, 255), np.uint8), np.full(2, 0.7, np.float32))
        corners = np.array([[(-1.5, 0, 1.5), (1.5, 0, 1.5), (1.5, 0, -1.5), (-1.5, 0, -1.5)]], np.float32)
        inks = np.array([[(250, 0, 0, 255), (0, 250, 0, 200), (0, 0, 250, 100), (90, 90, 90, 0)]], np.uint8)
        window.add_quads(corners, inks, over=False)

    away, seen = by_both(draw, ink)
    assert seen.sum() > 1000
    assert away[seen].mean() < 2.5
    assert np.percentile(away[seen], 99) < 15
