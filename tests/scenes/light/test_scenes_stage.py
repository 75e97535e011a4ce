"""The stage draws what a frame says, with parts that it builds once."""

import dataclasses
import pickle

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import THEMES, Stage, compose
from scenes.vtk.bloom import bloom
from scenes.vtk.ground import ground

pytestmark = pytest.mark.usefixtures("screen")
SMALL = (480, 270)


def actors(stage: Stage) -> list[int]:
    collection = stage.window.renderer.GetViewProps()
    return [id(collection.GetItemAsObject(i)) for i in range(collection.GetNumberOfItems())]


@pytest.mark.slow
def test_actors_and_arrays_survive_a_hundred_frames() -> None:
    # Lost otherwise: speed. Re-adding actors costs more than drawing them.
    scene = compose(trace(), size=(160, 90), synapses=300)
    with Stage(scene) as stage:
        before = actors(stage)
        arrays = [stage.parts.balls.balls, stage.parts.synapses.thin.lines]
        for t in np.linspace(0, scene.seconds, 100):
            stage.draw(scene.frame(t))
        assert actors(stage) == before
        assert arrays == [stage.parts.balls.balls, stage.parts.synapses.thin.lines]


def test_vtk_holds_the_values_of_the_frame() -> None:
    scene = compose(trace(), size=SMALL, synapses=500)
    with Stage(scene) as stage:
        for t in (1.0, 4.0, scene.seconds):
            frame = scene.frame(t)
            stage.draw(frame)
            order = stage.parts.balls.order
            np.testing.assert_array_equal(stage.parts.balls.balls.rgba[:, :3], frame.neuron_rgb[order])
            np.testing.assert_allclose(stage.parts.balls.balls.radius, frame.neuron_size[order])
            thin = stage.parts.synapses.thin
            drawn = thin.lines.rgba
            np.testing.assert_array_equal(drawn[..., :3], frame.synapse_rgba[..., :3])
            light = frame.synapse_rgba[..., 3] * thin.thinness
            np.testing.assert_allclose(drawn[..., 3], light, atol=1.0)
            raster, ids = stage.parts.rasters[0]
            cells = scene.layout.panels[0].raster
            np.testing.assert_array_equal(
                raster.drawn.grid[cells.row, cells.col, :3],
                frame.neuron_rgb[ids],
            )


def test_the_camera_of_vtk_agrees_with_the_projection() -> None:
    scene = compose(trace(), size=SMALL)
    with Stage(scene, compiled=False) as stage:
        frame = scene.frame(2.0)
        stage.render(frame)
        renderer, points = stage.window.renderer, scene.layout.positions[::200]
        ours = frame.camera.project(points, SMALL)
        for point, (x, y) in zip(points, ours, strict=True):
            renderer.SetWorldPoint(*map(float, point), 1.0)
            renderer.WorldToDisplay()
            theirs = renderer.GetDisplayPoint()
            assert theirs[0] == pytest.approx(x, abs=0.6)
            assert SMALL[1] - theirs[1] == pytest.approx(y, abs=0.6)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
def test_the_digit_can_be_seen_on_its_plane(theme, size) -> None:
    scene = compose(trace(), size=size, theme=theme)
    with Stage(scene) as stage:
        frame = scene.frame(scene.timeline.digit[1])
        picture = stage.render(frame)
    places = frame.camera.project(scene.layout.panels[0].positions(), size).round().astype(int)
    ink = trace().activation["input"].ravel()
    bright, blank = places[ink > 0.9], places[ink == 0]
    seen = picture.astype(int)

    def redness(at: np.ndarray) -> float:
        return float((seen[at[:, 1], at[:, 0], 0] - seen[at[:, 1], at[:, 0], 2]).mean())

    assert redness(bright) > redness(blank) + 40


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(
    ("preset", "size", "theme"),
    [
        ("mlp", (960, 540), "dark"),
        ("mlp", (700, 700), "light"),
        ("cnn-draw", (960, 540), "light"),
        ("cnn-draw", (480, 854), "dark"),
        ("vit-tiny", (960, 540), "dark"),
    ],
)
def test_pixels_keep_the_colour_of_their_activation_where_strands_leave_and_where_bloom_falls(
    preset, size, theme, compiled
) -> None:
    # Lost otherwise: what the network is given. Strands leave the ink; before dark pixels they are seen.
    scene = compose(trace(preset), size=size, theme=theme, text=False)
    _, right, down = scene.layout.panels[0].cells()
    # The middle of each and a place in each of its quarters.
    aside = np.array([(0, 0), (-0.22, -0.22), (0.22, -0.22), (-0.22, 0.22), (0.22, 0.22)], np.float32)
    pixels = scene.layout.panels[0].positions()
    count = len(pixels)
    places = np.concatenate([pixels + x * right + y * down for x, y in aside])
    signal = scene.timeline.pulses[0][1]
    with Stage(scene, compiled=compiled) as stage:
        for t in (signal, scene.seconds):
            frame = scene.frame(t)
            dark = {
                name: getattr(frame, name) * np.array([1, 1, 1, 0], np.uint8)
                for name in ("synapse_rgba", "signal_rgba")
            }
            bare = stage.render(dataclasses.replace(frame, **dark))
            lit, glowing = stage.render(frame), stage.draw(frame)
            x, y = (frame.camera.project(places, size) - 0.5).round().astype(int).T
            there = (x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])
            x, y, colours = x[there], y[there], np.tile(frame.neuron_rgb[:count].astype(int), (5, 1))[there]
            away, after, later = (
                np.abs(picture[y, x].astype(int) - colours).max(axis=1) for picture in (bare, lit, glowing)
            )
            # Others stand before some: neurons of the next layer, the frame of its panel, tokens.
            seen = away <= 2
            assert seen.mean() > 0.2
            ink = seen & np.tile(frame.level[:count] > 0.01, 5)[there]
            assert np.count_nonzero(ink) > 50
            assert after[ink].max() <= 8
            assert later[ink].max() <= 8
            assert np.abs(glowing[y, x].astype(int) - lit[y, x])[seen].max() <= 8
            # Light is seen between them: strands do not begin in nothing. In a tall picture they pass below
            # the digit.
            left, top, right, end = x.min(), y.min(), x.max(), y.max()
            between = np.abs(lit.astype(int) - bare)[top:end, left:right].max(axis=2)
            assert np.count_nonzero(between > 24) > 50 or size[0] < size[1]


def test_light_adds_up_on_a_dark_ground_and_takes_away_on_a_light_one() -> None:
    scenes = {name: compose(trace(), size=SMALL, theme=name) for name in THEMES}
    for scene in scenes.values():
        with Stage(scene) as stage:
            early, late = scene.frame(scene.timeline.pulses[0][0]), scene.frame(scene.seconds)
            without = stage.render(late.__class__(**{**vars(late), "synapse_rgba": early.synapse_rgba}))
            picture = stage.render(late)
        difference = picture.astype(int) - without.astype(int)
        assert (difference != 0).mean() > 0.02
        wrong_way = difference > 6 if scene.theme.ink else difference < -6
        assert wrong_way.mean() < 0.001


def test_the_second_picture_is_the_first_again() -> None:
    scene = compose(trace(), size=SMALL, theme="light")
    with Stage(scene) as stage:
        first = stage.draw(scene.frame(6.0))
        stage.draw(scene.frame(9.0))
        np.testing.assert_array_equal(stage.draw(scene.frame(6.0)), first)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_drawn_on_the_ground_that_is_kept(theme) -> None:
    # Lost otherwise: the other half of a pair, or a window's next net, stands on what is left of this one.
    scene = compose(trace(), size=(160, 90), theme=theme)
    for compiled in (False, True):
        with Stage(scene, compiled=compiled) as stage:
            kept = ground(scene.size, scene.theme)
            stage.draw(scene.frame(scene.seconds))
        assert ground(scene.size, scene.theme) is kept
    np.testing.assert_array_equal(kept, ground.__wrapped__(scene.size, scene.theme))
    assert not np.array_equal(kept, ground(scene.size, THEMES["dark" if theme == "light" else "light"]))


def test_a_stage_that_takes_another_image_draws_it_as_a_new_stage_does() -> None:
    # Else what the image before has left behind would be seen: a row of pixels, an answer's tick, a strand.
    first, other = (compose(trace("mlp", number), size=(640, 360)) for number in (3, 8))
    assert first.prediction != other.prediction
    with Stage(other) as fresh, Stage(first) as stage:
        wanted = fresh.draw(other.frame(other.seconds))
        before = stage.draw(first.frame(first.seconds))
        stage.show(other)
        assert np.array_equal(stage.draw(other.frame(other.seconds)), wanted)
        held = [each.parts.ticks.stamps.pictures for each in (stage, fresh)]
        assert np.array_equal(*held)
        for drawn, new in zip(stage.parts.rasters, fresh.parts.rasters, strict=True):
            assert np.array_equal(drawn[0].drawn.grid, new[0].drawn.grid)
        stage.show(first)
        again = first.frame(first.seconds)
        assert np.array_equal(stage.draw(again), before)
        # What was never drawn between leaves nothing either: the frame's own arrays come once more.
        stage.show(other)
        stage.show(first)
        assert np.array_equal(stage.draw(again), before)


def test_a_scene_travels_to_another_process_unchanged() -> None:
    scene = compose(trace(), size=SMALL, synapses=200)
    copy = pickle.loads(pickle.dumps(scene))
    np.testing.assert_array_equal(copy.frame(5.0).synapse_rgba, scene.frame(5.0).synapse_rgba)


def test_supersampling_keeps_the_size_of_the_picture() -> None:
    scene = compose(trace(), size=SMALL, synapses=200)
    with Stage(scene, supersample=2) as stage:
        picture = stage.draw(scene.frame(scene.seconds))
    assert picture.shape == (270, 480, 3)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous


def test_bloom_only_adds_light_and_leaves_the_dark_alone() -> None:
    picture = np.zeros((270, 480, 3), dtype=np.uint8)
    picture[130:140, 230:240] = (255, 160, 60)
    before = picture.copy()
    after = bloom(picture, 1.0)
    assert np.all(after >= before)
    assert after[135, 244, 0] > 2
    assert not after[0, 0].any()
