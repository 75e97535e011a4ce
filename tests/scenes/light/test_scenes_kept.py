"""Pixels of the digit keep the colour of their activation where strands leave them and where bloom falls."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Scene, Stage, compose
from scenes.frame import Frame
from scenes.kernels import finish
from scenes.vtk.window.taken import Taken

SIZES = ((640, 360), pytest.param((1280, 720), marks=pytest.mark.slow))
MOST = 8  # of 255

pytestmark = pytest.mark.usefixtures("screen")


def without(frame: Frame, *names: str) -> Frame:
    """A frame in which strands of these kinds are dark."""
    dark = {name: getattr(frame, name).copy() for name in names}
    for rgba in dark.values():
        rgba[..., 3] = 0
    return dataclasses.replace(frame, **dark)


def pixels(scene: Scene, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Where the middles of the digit's pixels are in a picture, by column and row."""
    places = scene.layout.panels[0].positions()
    x, y = (frame.camera.project(places, scene.size) - 0.5).round().astype(int).T
    return x, y


def pictures(scene: Scene, frame: Frame, compiled: bool) -> dict[str, np.ndarray]:
    """The digit's pixels (n, 3) with all that shines, without bloom, and without bloom, strands and halos."""
    bare = without(frame, "synapse_rgba", "signal_rgba", "halo_rgba")
    with Stage(scene, compiled=compiled) as stage:
        made = {"lit": stage.lit(frame), "unbloomed": stage.render(frame), "bare": stage.render(bare)}
    x, y = pixels(scene, frame)
    return {name: picture[y, x].astype(int) for name, picture in made.items()}


def furthest(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.abs(one - other).max(axis=1)


def inked(scene: Scene, frame: Frame) -> np.ndarray:
    digit = scene.layout.panels[0]
    return frame.level[digit.start : digit.stop] > 0.02


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("preset", "theme", "compiled"),
    [("mlp", "light", False), ("vit-tiny", "light", True), ("cnn-draw", "dark", True)],
)
def test_ink_keeps_its_colour_whatever_shines_before_it(size, preset, theme, compiled) -> None:
    # Lost otherwise: a digit bleached by its own strands, to a white that is no activation.
    scene = compose(trace(preset), size=size, theme=theme)
    frame = scene.frame(scene.seconds)
    ink, seen = inked(scene, frame), pictures(scene, frame, compiled)
    assert furthest(seen["lit"], seen["bare"])[ink].max() <= MOST
    own = frame.neuron_rgb[: len(ink)].astype(int)
    if size == (1280, 720):
        # In smaller pictures the lines between pixels mix with them; a few are beside a patch's border.
        assert np.percentile(furthest(seen["lit"], own)[ink], 90) <= MOST
    # Else it would be of no use: strands do pass before the ink.
    assert (furthest(seen["unbloomed"], seen["bare"])[~ink] > MOST).any()


def test_a_film_and_a_still_keep_what_the_window_keeps() -> None:
    scene = compose(trace(), size=(640, 360))
    frame = scene.frame(scene.seconds)
    (x, y), ink = pixels(scene, frame), inked(scene, frame)
    with Stage(scene, 2) as stage:
        drawn = stage.draw(frame)[y, x].astype(int)
        bare = stage.render(without(frame, "synapse_rgba", "signal_rgba", "halo_rgba"))[y, x].astype(int)
    assert furthest(drawn, bare)[ink].max() <= MOST


def test_a_neuron_before_the_digit_shines_over_it() -> None:
    # Lost otherwise: what stands before the digit would be dimmed by it, as the camera turns.
    scene = compose(trace(), size=(640, 360))
    pose = dataclasses.replace(scene.path.end, azimuth=75.0, elevation=4.0)
    frame = scene.frame(scene.seconds, pose)
    bare = without(frame, "halo_rgba")
    digit = pose.project(scene.layout.panels[0].corners(), scene.size)
    lit = {}
    for compiled in (False, True):
        with Stage(scene, compiled=compiled) as stage:
            spared, plain = (stage.render(each).astype(int) for each in (frame, bare))
        left, top = digit.min(axis=0).astype(int)
        right, foot = digit.max(axis=0).astype(int)
        lit[compiled] = np.abs(spared - plain)[top:foot, left:right].max(axis=2) > MOST
    assert lit[True].mean() > 0.01
    assert (lit[True] != lit[False]).mean() < 0.02


def test_the_window_on_the_digit_is_drawn_over_the_ink() -> None:
    # Lost otherwise: the frame that shows what one neuron sees, which tells of the ink in it.
    scene = compose(trace("cnn-draw"), size=(640, 360))
    frame = scene.frame(scene.seconds)
    assert frame.reach is not None
    marks = []
    for compiled in (False, True):
        with Stage(scene, compiled=compiled) as stage:
            seen = stage.render(frame).astype(int)
            without_it = stage.render(dataclasses.replace(frame, reach=None, reach_alpha=0.0)).astype(int)
        marks.append(np.abs(seen - without_it).max(axis=2) > 40)
    corners = frame.camera.project(frame.reach[0], scene.size)
    for shown in marks:
        for one, other in pairwise(corners):
            x, y = ((one + other) / 2).astype(int)
            assert shown[y - 2 : y + 3, x - 2 : x + 3].any()


def test_the_ink_glows_between_its_pixels_and_warms_those_around_it(monkeypatch) -> None:
    # Lost otherwise: the light of the digit, which is what the eye is to find first; or its hue.
    scene = compose(trace(), size=(1280, 720), text=False)
    frame = scene.frame(scene.timeline.pulses[0][0])
    panel = scene.layout.panels[0]
    grid = np.zeros((panel.raster.rows, panel.raster.cols), np.bool_)
    grid[panel.raster.row, panel.raster.col] = inked(scene, frame)
    corner, right, down = panel.cells()
    # In the middle of the lines between two pixels of ink one above the other; and pixels beside ink.
    rows, cols = np.nonzero(grid[1:] & grid[:-1])
    places = corner + (cols[:, None] + 0.5) * right + (rows[:, None] + 1) * down
    beside = grid[:, :-1] < grid[:, 1:]
    drawn = []
    for loops in (None, finish):
        for module in ("bloom", "lattice", "window.taken"):
            monkeypatch.setattr(f"scenes.vtk.{module}.finish_loops", lambda loops=loops: loops)
        with Stage(scene, 2, compiled=loops is not None) as stage:
            lit, bare = stage.draw(frame).astype(int), stage.render(frame).astype(int)
        x, y = (frame.camera.project(places, scene.size) - 0.5).round().astype(int).T
        assert np.median((lit - bare)[y, x, 0]) > 40, "no light between the ink"
        rows, cols = np.nonzero(beside)
        around = corner + (cols[:, None] + 0.5) * right + (rows[:, None] + 0.5) * down
        x, y = (frame.camera.project(around, scene.size) - 0.5).round().astype(int).T
        red, _, blue = (lit - bare)[y, x].T
        assert red.max() <= MOST
        assert (red - blue).mean() > 2, "the halo has another hue"
        drawn.append(lit)
    assert np.abs(drawn[0] - drawn[1]).mean() < 0.2, "two ways make two pictures"


def test_both_ways_find_the_same_lines_between_pixels(monkeypatch) -> None:
    # Lost otherwise: a film drawn by several processes would flicker where one has no compiled loops.
    scene = compose(trace(), size=(960, 540), text=False)
    frame, marks = scene.frame(2.0), []
    for loops in (None, finish):
        monkeypatch.setattr("scenes.vtk.lattice.finish_loops", lambda loops=loops: loops)
        with Stage(scene, compiled=False) as stage:
            assert stage.parts.sheet is not None
            kept = np.full((540, 960), 255, np.uint8)
            stage.parts.sheet.bare(Taken(np.zeros((540, 960, 3), np.uint8), kept), frame.camera)
            marks.append(kept.astype(int))
    assert np.abs(marks[0] - marks[1]).max() <= 1
    assert (marks[1] < 128).mean() > 0.01
    assert (marks[1] == 255).mean() > 0.5
