"""Fog lies between the camera and what is far from it, wherever the camera stands at the moment."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scene_fixtures import trace

import data
from scenes import THEMES, Frame, Paint, Scene, compose
from scenes.camera.orbit import Orbit
from scenes.light import neurons

IMAGE = data.load("digits").images[3]


def other_side(scene: Scene) -> Orbit:
    """A pose from which the input is the nearest; in films the outputs are."""
    return replace(scene.path.end, azimuth=-60.0)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("t", [0.0, 3.0, 10.5])
def test_far_neurons_fade_as_seen_from_the_camera_of_the_frame(theme, t) -> None:
    # Lost otherwise: seen from another side, near neurons would be dim and far ones bright.
    scene = compose(trace(), theme=theme)
    ground = np.array(scene.theme.background if scene.theme.ink else (0, 0, 0))
    moment = scene.moment(t)
    for pose in (None, scene.path.start, other_side(scene)):
        frame = scene.seen(moment, pose)
        away = np.linalg.norm(scene.layout.positions - frame.camera.position, axis=1)
        depth = (away - away.min()) / (away.max() - away.min())
        balls = ~scene.neurons.flat
        own, rgb = moment.neurons.rgb[:, balls].T - ground, frame.neuron_rgb[balls] - ground
        left = (rgb * own).sum(axis=1) / (own * own).sum(axis=1)
        np.testing.assert_allclose(left, 1.0 - scene.theme.fog * depth[balls], atol=0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_before_an_images_pixels_there_is_no_fog_from_any_side(theme) -> None:
    # Lost otherwise: pixels of full ink are darker than the legend's full scale, as the farthest of all.
    scene = compose(trace(), theme=theme)
    moment = scene.moment(scene.seconds)
    ink = np.flatnonzero(trace().display("input").reshape(-1) == 1.0)
    for pose in (None, other_side(scene)):
        pixels = scene.seen(moment, pose).neuron_rgb[ink]
        np.testing.assert_array_equal(pixels, np.tile(scene.theme.heat[round(0.965 * 255)], (len(ink), 1)))


def test_strands_fade_with_the_neurons_at_their_ends() -> None:
    scene = compose(trace())
    first, last = scene.drawn.spans[0], scene.drawn.spans[-1]
    film, other = (scene.frame(10.5, pose).synapse_rgba[..., 3] for pose in (None, other_side(scene)))
    assert other[first].mean() > 1.1 * film[first].mean()
    assert film[last].mean() > 1.1 * other[last].mean()
    # Each as its source where it leaves, as its target where it ends, and evenly between; fog goes in steps.
    frame, own = scene.frame(scene.seconds), 255.0 * scene.light.alpha
    away = np.linalg.norm(scene.layout.positions - frame.camera.position, axis=1)
    left = 1.0 - scene.theme.fog * (away - away.min()) / (away.max() - away.min())
    along = np.linspace(0.0, 1.0, own.shape[1])
    fades = left[scene.drawn.source][:, None] * (1 - along) + left[scene.drawn.target][:, None] * along
    bright = own > 60
    share = frame.synapse_rgba[..., 3][bright] / own[bright]
    assert np.abs(share - fades[bright]).mean() < 0.02


def test_without_a_pose_a_frame_has_the_films_own() -> None:
    scene = compose(trace())
    for t in (0.0, 4.0, 10.5):
        assert_same(scene.frame(t), scene.frame(t, scene.path.at(t)))
        assert scene.frame(t, scene.path.start).camera == scene.path.start


def test_a_camera_changes_what_is_seen_and_not_what_happens() -> None:
    # Lost otherwise: a free camera that is cheap, as all but the fog and the texts is worked out once.
    scene = compose(trace(), label=3)
    moment = scene.moment(6.0)
    here, there = scene.seen(moment), scene.seen(moment, other_side(scene))
    assert_same(there, scene.frame(6.0, other_side(scene)))
    assert_same(here, scene.frame(6.0))
    for name in ("level", "neuron_size", "bars"):
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name))
    assert (here.neuron_rgb != there.neuron_rgb).any()
    assert here.captions != there.captions


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw"])
def test_fog_follows_in_steps_that_are_small_and_rare_while_the_camera_drifts(preset) -> None:
    # Lost otherwise: a film in which colours jump, or one whose last seconds are drawn anew for each frame.
    scene = compose(trace(preset))
    poses = [scene.path.at(t) for t in np.arange(0.0, scene.seconds, 1 / 30)]
    fogs = np.array([neurons.fog(scene.neurons, scene.layout, pose) for pose in poses])
    steps = np.abs(np.diff(fogs, axis=0)).max(axis=1)
    assert steps.max() < 8 / 255
    assert (steps[-60:] > 0).sum() <= 2


@pytest.mark.parametrize("size", [(1280, 720), (360, 640)])
def test_any_pose_gives_a_frame_in_which_all_texts_have_a_place(size) -> None:
    # Lost otherwise: a free camera that ends the window where something stands behind it.
    edited = trace().net.mutate("ablate hidden1:17; cut hidden3:5 -> output:4").trace(IMAGE)
    scene = compose(edited, size=size, label=3)
    moment, rng = scene.moment(9.5), np.random.default_rng(0)
    for distance in (0.0, *10 ** rng.uniform(-1, 3, 40)):
        focus = tuple(map(float, rng.uniform(-80, 80, 3)))
        pose = Orbit(focus, float(distance), float(rng.uniform(-180, 180)), float(rng.uniform(-89, 89)), 25.0)
        frame = scene.seen(moment, pose)
        assert np.isfinite([(*caption.at, caption.size, caption.alpha) for caption in frame.captions]).all()
        assert np.isfinite([(*ring.at, ring.radius, ring.alpha) for ring in frame.rings]).all()


def test_painted_neurons_keep_their_colour_in_any_distance() -> None:
    paint = Paint({"hidden2": np.full(256, 0.5, dtype=np.float32)}, "a study", "less", "more")
    scene = compose(trace(), paint=paint)
    panel = scene.layout.panels[2]
    for pose in (None, scene.path.start, other_side(scene)):
        assert len(np.unique(scene.frame(10.5, pose).neuron_rgb[panel.start : panel.stop], axis=0)) == 1


def assert_same(one: Frame, other: Frame) -> None:
    for field in fields(one):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if isinstance(first, np.ndarray):
            np.testing.assert_array_equal(first, second)
        elif field.name == "insets":
            assert [inset.box for inset in first] == [inset.box for inset in second]
        elif field.name != "swatches":
            assert first == second
