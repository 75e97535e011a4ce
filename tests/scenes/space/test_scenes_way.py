"""The camera's way: it walks along with the signal, stands still, or turns, and never jerks."""

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from scenes import Look, SceneError, compose, site_of
from scenes.camera.camera_path import WAYS
from scenes.lettering.fonts import extent
from scenes.space.page import page

WALKED = (
    (1920, 1080),
    (640, 360),
    (1024, 700),
    (960, 720),
    (1080, 1080),
    (720, 1280),
    (320, 180),
    (2560, 1080),
)
EMPTY = np.empty((0, 3), np.float32)


def pixels(scene, t, panel):
    return scene.path.at(t).project(panel.corners(), scene.size)


def middle_of(scene, t, panel):
    return pixels(scene, t, panel).mean(axis=0)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_camera_that_walks_looks_where_the_signal_is(preset) -> None:
    # Lost otherwise: the signal runs out of the picture, or is too small to be seen.
    scene = compose(trace(preset), size=(1280, 720))
    start, end = scene.path.start, scene.path.end
    assert start.distance < 0.95 * end.distance
    for panel in scene.layout.panels:
        fires = scene.timeline.fires[panel.layer]
        x, y = middle_of(scene, max(fires, scene.timeline.digit[1]), panel)
        assert 0 < x < 1280
        assert 0 < y < 720
    digit = scene.layout.panels[0]
    near, far = (np.ptp(pixels(scene, t, digit)[:, 1]) for t in (scene.timeline.digit[1], scene.seconds))
    assert near > 1.02 * far


@pytest.mark.parametrize("size", WALKED)
@pytest.mark.parametrize("preset", sorted(data.bundled_models()))
def test_a_camera_that_walks_cuts_nothing_that_has_fired(preset, size) -> None:
    # Lost otherwise: as the output fires, the digit stands half outside the picture.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    portrait = site.layout.orientation.name == "portrait"
    low, fires = page(size, portrait).legend_top, site.timeline.fires
    for t in np.arange(site.timeline.digit[1], site.timeline.seconds, 0.1):
        lit = np.concatenate([p.corners() for p in site.layout.panels if fires[p.layer] <= t] or [EMPTY])
        seen = site.path.at(t).project(lit, size)
        assert (seen >= (0.01 * size[0], 0)).all(), f"cut at {t:.1f} s"
        assert (seen <= (0.99 * size[0], low)).all(), f"cut at {t:.1f} s"


@pytest.mark.parametrize("size", [(1080, 1080), (640, 720)])
@pytest.mark.parametrize("preset", ["vit-tiny", "vit-small"])
def test_the_first_of_two_lines_of_decks_is_seen_below_the_headline(preset, size) -> None:
    # Lost otherwise: a third of the picture is empty over it, and the second line is cut.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    top, fires = page(size, portrait=False).safe()[1], site.timeline.fires
    for t in np.arange(fires["block1.residual2"], site.timeline.answer[0], 0.2):
        lit = np.concatenate([p.corners() for p in site.layout.panels if fires[p.layer] <= t])
        over = [
            arc[None]
            for p, arc in zip(site.layout.panels, site.layout.arcs, strict=True)
            if fires[p.layer] <= t
        ]
        high = site.path.at(t).project(np.concatenate([lit, *over]), size)[:, 1].min()
        assert high < top + 0.1 * size[1], f"{high:.0f} at {t:.1f} s"


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_jerks(way, size) -> None:
    # Lost otherwise: a film in which the camera hops; what is said of speed holds at 30 pictures a second.
    scene = compose(trace(), size=size, way=way)
    times = np.arange(0.0, scene.seconds, 1 / 30)
    points = np.stack([scene.path.at(t).project(scene.layout.corners.reshape(-1, 3), size) for t in times])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=2).max(axis=1)
    assert np.isfinite(points).all()
    assert np.abs(np.diff(steps)).max() < 6.0
    if way == "static":
        assert steps.max() == 0
    else:
        assert steps.max() > 0.1


@pytest.mark.parametrize("size", [(640, 360), (1080, 1080), (720, 1280)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_camera_that_turns_cuts_nothing(preset, size) -> None:
    # Lost otherwise: the digit is written outside the picture.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size, way="orbit"))
    bounds = site.layout.bounds()
    for t in np.linspace(0.0, site.timeline.seconds, 24):
        seen = site.path.at(t).project(bounds, size)
        assert (seen >= 0).all()
        assert (seen <= size).all()
        # The numbers beside the bars have room.
        assert seen[:, 0].max() <= 0.97 * size[0]


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny", "vit-small"])
def test_a_camera_that_turns_shows_no_layer_by_its_edge(preset) -> None:
    # Lost otherwise: the film begins with maps of which nothing is to be seen but a line.
    site = site_of(engine.load(data.model_path(preset)), Look(size=(1280, 720), way="orbit"))
    for panel in site.layout.panels:
        corners = panel.corners()
        seen = site.path.at(0.0).project(corners, (1280, 720))
        front = np.linalg.norm(corners[1] - corners[0]) / np.linalg.norm(corners[2] - corners[1])
        assert np.ptp(seen[:, 0]) / np.ptp(seen[:, 1]) > 0.085 * front, panel.layer


def test_every_way_ends_where_all_is_seen() -> None:
    ends = [compose(trace(), size=(1280, 720), way=way).path for way in WAYS]
    assert all(path.at(path.seconds) == ends[0].at(ends[0].seconds) for path in ends)
    turning = ends[WAYS.index("orbit")]
    assert turning.at(0.0).azimuth == pytest.approx(turning.end.azimuth - 14.0)


@pytest.mark.parametrize("edits", ["", "prune output 10%; noise output 0.001"])
@pytest.mark.parametrize("size", [(360, 640), (270, 480), (720, 1280), (480, 270), (960, 540), (1280, 720)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-fast", "cnn-draw", "cnn-accuracy", "vit-small"])
def test_the_digit_stands_clear_of_the_sentence_above_it_all_the_way(preset, size, edits) -> None:
    # Lost otherwise: what happens is told on top of the digit's plane, where nobody can read it.
    # What was done to a net takes one line more.
    read = trace(preset)
    if edits:
        read = read.net.mutate(edits).trace(data.load("digits").images[3])
    scene = compose(read, size=size, label=3, source="MNIST test image #32")
    for t in np.arange(0.0, scene.seconds, 0.25):
        frame = scene.frame(t)
        corners = frame.camera.project(scene.layout.panels[0].corners(), size)
        (left, high), (right, low) = corners[3], corners[2]
        for caption in frame.captions:
            box = extent(caption)
            if box[1] > 0.35 * size[1] or caption.anchor != "ls" or box[2] < left or box[0] > right:
                continue
            across = (np.clip([box[0], box[2]], left, right) - left) / (right - left)
            edge = (high + across * (low - high)).min()
            assert box[3] < edge + 1.0, f"{caption.text!r} at {t:.2f} s"


def test_a_way_that_there_is_not_is_told() -> None:
    with pytest.raises(SceneError, match="camera fly is not known: give one of walk, static, orbit"):
        compose(trace(), way="fly")
