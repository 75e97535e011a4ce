"""Which neuron is drawn at a pixel, and how a free camera moves."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Frame, Orbit, Scene, Stage, compose, pick, pick_bar, place_on
from scenes.camera.orbit_moves import (
    STEEPEST,
    VIEWS,
    close_to,
    flown,
    panned,
    turned,
    under,
    view_from,
    zoomed,
)

SIZE = (480, 300)
POSES = [(40, 17), (10, 5), (75, 30), (-30, 50), (140, 10)]


def posed(scene: Scene, azimuth: float, elevation: float) -> Orbit:
    return replace(scene.path.end, azimuth=azimuth, elevation=elevation)


def place(pose: Orbit, point: np.ndarray) -> np.ndarray:
    return pose.project(np.asarray(point, np.float32)[None], SIZE)[0]


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-small"])
def test_at_a_neurons_middle_it_is_picked_or_one_before_it(preset) -> None:
    # Lost otherwise: a click selects another neuron than the one that is seen there.
    scene = compose(trace(preset), size=SIZE, synapses=100)
    radius, places = scene.frame(scene.seconds).neuron_size, scene.layout.positions
    rng, picked = np.random.default_rng(0), 0
    for pose in (posed(scene, *each) for each in POSES):
        depth = -(places - pose.position) @ pose.axes()[2]
        for neuron in rng.choice(len(places), 40, replace=False):
            found = pick(scene.layout, radius, pose, SIZE, tuple(map(float, place(pose, places[neuron]))))
            picked += found == neuron
            # A tile is hit where the ray meets it, which may be a little behind its middle.
            assert found in {-1, neuron} or depth[found] < depth[neuron] + 1.0
            assert found != -1 or scene.neurons.flat[neuron], "only the gap of a wall hides a neuron"
    assert picked > 30


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_the_pixels_that_a_neuron_colours_are_where_it_is_picked(preset) -> None:
    # Lost otherwise: the projection may be right and the picture another.
    size = (1200, 750)
    scene = compose(trace(preset), size=size, synapses=0)
    rng, seen = np.random.default_rng(1), 0
    # In decks the last layer hides those behind it.
    front = ("input", "tokens", "block1.residual2", "block2.residual2", "output")
    panels = [panel for panel in scene.layout.panels if preset == "mlp" or panel.layer in front]
    ids = np.concatenate([np.arange(panel.start, panel.stop) for panel in panels])
    with Stage(scene) as stage:
        for pose in (posed(scene, *each) for each in POSES[:3]):
            frame = scene.frame(scene.seconds, pose)
            frame = replace(frame, halo_rgba=np.zeros_like(frame.halo_rgba))
            dark = stage.render(frame).astype(int)
            for neuron in rng.choice(ids, 16, replace=False):
                changed = np.abs(stage.render(_green(frame, int(neuron))).astype(int) - dark).max(axis=2)
                y, x = np.unravel_index(changed.argmax(), changed.shape)
                if changed[y, x] > 60:
                    seen += 1
                    # A cell may be narrower than a pixel, and the rim of a ball before it is soft: one that
                    # stands out by less than a pixel shines through that rim.
                    near = sorted(range(-4, 9), key=lambda i: abs(i - 2))  # its middle first
                    spots = ((x + i / 4, y + j / 4) for i in near for j in near)
                    found = (pick(scene.layout, frame.neuron_size, pose, size, at) for at in spots)
                    assert neuron in found
    assert seen > 12


def _green(frame: Frame, neuron: int) -> Frame:
    rgb = frame.neuron_rgb.copy()
    rgb[neuron] = 0, 255, 0 if rgb[neuron, 2] > 128 else 255
    return replace(frame, neuron_rgb=rgb)


def test_a_ball_behind_a_wall_of_pixels_is_not_picked() -> None:
    scene = compose(trace(), size=SIZE, synapses=100)
    front, behind = scene.layout.panels[:2]
    back = turned(scene.path.end, scene.layout.positions[400], -130, 0)
    left, top, right, bottom = (14, 14, 466, 286)
    hidden = 0
    for neuron in range(behind.start, behind.stop):
        x, y = map(float, place(back, scene.layout.positions[neuron]))
        found = pick(scene.layout, scene.neurons.radius, back, SIZE, (x, y))
        hidden += found < front.stop and left < x < right and top < y < bottom
        ray = scene.layout.positions[neuron] - back.position
        meets = back.position + ray * (front.centre[0] - back.position[0]) / ray[0] - front.centre
        if np.abs(meets).max() < front.raster.width / 2 - 1:
            assert 0 <= found < front.stop
    assert hidden > 20


def test_where_nothing_is_drawn_no_neuron_is_picked() -> None:
    scene = compose(trace(), size=SIZE, synapses=100)
    assert pick(scene.layout, scene.neurons.radius, scene.path.end, SIZE, (2.0, 2.0)) == -1


def test_a_turn_keeps_its_pivot_in_place_and_stops_above_it() -> None:
    # Lost otherwise: the net swings out of the window as it is turned.
    scene = compose(trace(), size=SIZE, synapses=100)
    pose, pivot = scene.path.end, scene.layout.positions[900]
    other = turned(pose, pivot, 50, 20)
    assert (other.azimuth, other.elevation) == pytest.approx((pose.azimuth + 50, pose.elevation + 20))
    np.testing.assert_allclose(place(other, pivot), place(pose, pivot), atol=0.01)
    assert turned(pose, pivot, 0, 500).elevation == STEEPEST
    assert -180 <= turned(pose, pivot, 300, 0).azimuth < 180


def test_what_a_hand_holds_follows_it_and_what_is_zoomed_at_stays() -> None:
    scene = compose(trace(), size=SIZE, synapses=100)
    pose, held = scene.path.end, scene.layout.positions[900]
    np.testing.assert_allclose(
        place(panned(pose, 30, -12, SIZE, held), held), place(pose, held) + np.array([30, -12]), atol=0.01
    )
    near = zoomed(pose, 0.5, held)
    np.testing.assert_allclose(place(near, held), place(pose, held), atol=0.01)
    assert near.scale_at(held, SIZE) == pytest.approx(2 * pose.scale_at(held, SIZE))
    far = zoomed(pose, 1e9, held)
    assert np.isfinite(far.position).all()
    assert far.distance < 1e4
    np.testing.assert_allclose(place(pose, under(pose, (100, 50), SIZE)), (100, 50), atol=0.01)


def test_a_flight_begins_and_ends_where_it_should_and_turns_the_short_way() -> None:
    scene = compose(trace(), size=SIZE, synapses=100)
    pose, neuron = replace(scene.path.end, azimuth=170.0), scene.layout.positions[900]
    goal = replace(close_to(pose, neuron, SIZE, (240, 150), 20.0), azimuth=-170.0)
    assert flown(pose, goal, 0.5).azimuth == pytest.approx(180)
    assert flown(pose, goal, 0.0).position == pytest.approx(pose.position)
    assert flown(pose, goal, 1.0).position == pytest.approx(goal.position, abs=1e-3)
    close = close_to(pose, neuron, SIZE, (200, 150), 20.0)
    np.testing.assert_allclose(place(close, neuron), (200, 150), atol=0.01)
    assert close.scale_at(neuron, SIZE) == pytest.approx(20.0)


@pytest.mark.parametrize("size", [SIZE, (300, 480)])
@pytest.mark.parametrize("name", VIEWS)
def test_each_view_shows_all_of_the_net_in_its_rectangle(name, size) -> None:
    scene = compose(trace("vit-tiny"), size=size, synapses=100)
    rectangle = (20.0, 40.0, size[0] - 60.0, size[1] - 30.0)
    places = view_from(name, scene.layout, size, rectangle).project(scene.layout.positions, size)
    assert (places >= np.array(rectangle[:2]) - 1).all()
    assert (places <= np.array(rectangle[2:]) + 1).all()


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_the_row_of_a_bar_is_hit_from_its_label_to_the_end_of_its_track(preset) -> None:
    # Lost otherwise: a click on a bar selects another class, or none.
    scene = compose(trace(preset), size=SIZE, synapses=100)
    bars = scene.layout.bars
    for pose in (posed(scene, *each) for each in POSES):
        for label in range(10):
            for share in (0.02, 0.5, 0.98):
                at = place(pose, bars.base[label] + share * bars.length * bars.along)
                assert pick_bar(scene.layout, pose, SIZE, tuple(map(float, at))) == label
            at = place(pose, bars.label[label])
            assert pick_bar(scene.layout, pose, SIZE, tuple(map(float, at))) == label
        at = place(pose, bars.base[0] + 2.0 * bars.length * bars.along)
        assert pick_bar(scene.layout, pose, SIZE, tuple(map(float, at))) == -1


@pytest.mark.parametrize("preset", ["mlp", "cnn-crop"])
def test_a_place_on_the_input_is_the_pixel_that_is_seen_there(preset) -> None:
    # Lost otherwise: ink appears beside the pen.
    scene = compose(trace(preset), size=SIZE, synapses=100)
    panel = scene.layout.panels[0]
    for pose in (posed(scene, *each) for each in POSES):
        for pixel in range(0, panel.stop, 37):
            at = place(pose, scene.layout.positions[pixel])
            found = place_on(panel, pose, SIZE, tuple(map(float, at)))
            want = panel.raster.row[pixel] + 0.5, panel.raster.col[pixel] + 0.5
            np.testing.assert_allclose(found, want, atol=0.02)
    corner = place(pose, panel.corners()[3])
    assert min(place_on(panel, pose, SIZE, tuple(map(float, corner)))) < 0, "beyond the border"
    along = replace(pose, azimuth=0.0, elevation=0.0, focus=tuple(map(float, panel.centre)))
    assert place_on(panel, along, SIZE, (240.0, 150.0)) is None, "seen edge-on"
