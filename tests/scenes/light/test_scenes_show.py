"""A stage takes another scene, another pose and its end without leaving a trace of what was before."""

import gc
import pickle
import subprocess
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from patience import PATIENCE
from scene_fixtures import trace, untrained

from scenes import Paint, Scene, SceneError, Stage, compose
from scenes.vtk.geometry import same_geometry

pytestmark = pytest.mark.usefixtures("screen")
SMALL = (320, 200)
LAYERS = (("hidden2", 256), ("hidden3", 128))


def scene_of(preset: str = "mlp", number: int = 3, size: tuple[int, int] = SMALL, **look) -> Scene:
    return compose(trace(preset, number), size=size, **look)


def blank(preset: str) -> Scene:
    """A picture without ink: no synapse of the first connection carries anything."""
    return compose(trace(preset).net.trace(np.zeros((28, 28), dtype=np.uint8)), size=SMALL)


def fresh(scene: Scene, t: float) -> np.ndarray:
    with Stage(scene) as stage:
        return stage.draw_at(t)


def written(stage: Stage) -> list[int]:
    """When VTK was last told of a change, for each array of each part."""
    props = stage.window.renderer.GetViewProps()
    times = []
    for actor in [props.GetItemAsObject(i) for i in range(props.GetNumberOfItems())]:
        data = actor.GetMapper().GetInput()
        scalars, texture = data.GetPointData().GetScalars(), actor.GetTexture()
        times.append(data.GetPoints().GetData().GetMTime())
        times += [scalars.GetMTime()] if scalars else []
        times += [texture.GetInput().GetPointData().GetScalars().GetMTime()] if texture else []
    return times


@pytest.mark.parametrize(
    ("preset", "theme"),
    [
        ("mlp", "dark"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("mlp", "light"), ("cnn-draw", "dark"))),
        *(pytest.param("vit-tiny", theme, marks=pytest.mark.slow) for theme in ("dark", "light")),
    ],
)
def test_a_shown_scene_looks_as_on_a_stage_made_for_it(preset, theme) -> None:
    # Lost otherwise: one digit is one picture, in a window that shows many and in a film of its own.
    scenes = [scene_of(preset, number, theme=theme) for number in (3, 0, 7)]
    with Stage(scenes[0]) as stage:
        for scene, times in ((scenes[1], [5.0]), (scenes[2], [5.0, 10.0]), (scenes[0], [10.0])):
            stage.show(scene)
            for t in times:
                np.testing.assert_array_equal(stage.draw_at(t), fresh(scene, t))


def test_a_scene_with_fewer_synapses_leaves_none_of_those_before() -> None:
    full, empty = scene_of("cnn-draw"), blank("cnn-draw")
    assert len(empty.drawn) < len(full.drawn) <= sum(full.drawn.quotas)
    with Stage(full) as stage:
        stage.draw_at(full.seconds)
        for scene in (empty, full):
            stage.show(scene)
            np.testing.assert_array_equal(stage.draw_at(scene.seconds), fresh(scene, scene.seconds))
            places, end = stage.parts.synapses.thin.lines.places, 0
            for most, span in zip(scene.drawn.quotas, scene.drawn.spans, strict=True):
                end += most
                mine = slice(end - (span.stop - span.start), end)
                np.testing.assert_array_equal(places[mine], scene.drawn.curves[span])
                unused = places[end - most : mine.start]
                assert np.all(unused == unused[:, :1])


def test_synapses_that_only_move_are_seen_where_they_are() -> None:
    scene = scene_of()
    moved = replace(scene, drawn=replace(scene.drawn, curves=scene.drawn.curves[:, ::-1].copy()))
    with Stage(scene) as stage:
        stage.draw_at(scene.seconds)
        stage.show(moved)
        np.testing.assert_array_equal(stage.draw_at(scene.seconds), fresh(moved, scene.seconds))


def test_scenes_that_differ_in_values_alone_share_their_geometry() -> None:
    scene = scene_of()
    assert same_geometry(scene, pickle.loads(pickle.dumps(scene_of(number=8))))
    painted = [scene_of(paint=Paint({layer: np.zeros(n)}, "t", "low", "high")) for layer, n in LAYERS]
    others = [
        scene_of(theme="light"),
        scene_of(synapses=200),
        scene_of(size=(322, 200)),
        replace(scene, site=replace(scene.site, layout=scene_of(size=(200, 320)).layout)),
        replace(scene, neurons=painted[0].neurons),
    ]
    assert not any(same_geometry(scene, other) for other in others)
    assert not same_geometry(*painted)


def test_another_digit_is_taken_without_building_anything() -> None:
    first, second = scene_of(), pickle.loads(pickle.dumps(scene_of(number=8)))
    with Stage(first) as stage:
        stage.draw_at(first.seconds)
        parts, synapses = stage.parts, stage.parts.synapses.thin
        lines = synapses.lines
        stage.show(second)
        stage.draw_at(second.seconds)
        assert stage.parts is parts
        assert synapses.lines is lines
        np.testing.assert_array_equal(lines.places, second.drawn.curves)


@pytest.mark.slow
def test_any_other_scene_is_built_in_the_same_window() -> None:
    values = {"hidden2": np.linspace(-1.0, 1.0, 256)}
    others = [
        compose(untrained("mlp-sigmoid"), size=SMALL),
        scene_of(size=(200, 320)),
        scene_of(theme="light"),
        scene_of(synapses=200),
        scene_of(paint=Paint(values, "t", "low", "high")),
        scene_of("vit-tiny", size=(240, 160)),
        scene_of(),
    ]
    with Stage(scene_of()) as stage:
        window = stage.window
        for scene in others:
            stage.show(scene)
            np.testing.assert_array_equal(stage.draw_at(scene.seconds), fresh(scene, scene.seconds))
        assert stage.window is window


def test_a_picture_does_not_depend_on_the_one_before() -> None:
    # Strands that come to be seen once changed the camera's range a picture late.
    scene = scene_of("vit-tiny", size=(480, 300))
    with Stage(scene) as stage:
        for t in (0.0, scene.seconds, 4.5, 6.5):
            np.testing.assert_array_equal(stage.draw_at(t), fresh(scene, t))


def test_a_frame_that_is_drawn_again_writes_nothing() -> None:
    for preset in ("mlp", "cnn-draw", "vit-tiny"):
        scene = scene_of(preset)
        with Stage(scene, compiled=False) as stage:
            stage.update(scene.frame(5.0))
            before = written(stage)
            stage.update(scene.frame(5.0))
            assert written(stage) == before
            stage.update(scene.frame(6.0))
            assert written(stage) != before


def test_a_pose_moves_the_camera_alone() -> None:
    scene = scene_of("vit-tiny")
    frame = scene.frame(scene.seconds)
    pose = replace(frame.camera, azimuth=frame.camera.azimuth + 15, distance=0.8 * frame.camera.distance)
    with Stage(scene, compiled=False) as stage:
        stage.render(frame)
        before = written(stage)
        stage.aim(pose)
        moved = stage.picture()
        # The ten outputs stand in a column, which no turn sorts anew.
        assert written(stage) == before
    with Stage(scene, compiled=False) as stage:
        np.testing.assert_array_equal(moved, stage.render(replace(frame, camera=pose)))


@pytest.mark.parametrize("azimuth", [30.0, 120.0, 210.0, -25.0])
def test_balls_are_drawn_from_far_to_near(azimuth) -> None:
    # Lost otherwise: their soft rims. A ball in front leaves a dark ring on one that is drawn after it.
    scene = scene_of()
    frame = scene.frame(scene.seconds)
    pose = replace(frame.camera, azimuth=azimuth)
    with Stage(scene) as stage:
        stage.update(frame)
        stage.aim(pose)
        balls, order = stage.parts.balls.balls, stage.parts.balls.order
        places = balls.places
        away = (pose.position - places) @ pose.axes()[2]
        assert np.all(np.diff(away) < 1e-3)
        assert away[0] > away[-1] + 10
        np.testing.assert_array_equal(places, scene.layout.positions[order])
        np.testing.assert_array_equal(balls.rgba[:, :3], frame.neuron_rgb[order])
        np.testing.assert_array_equal(np.sort(order), np.flatnonzero(~scene.neurons.flat))


def of_vtk(thing: object) -> bool:
    return str(type(thing).__module__).startswith(("vtkmodules", "pyvista", "scenes.vtk"))


def test_a_closed_stage_leaves_nothing_to_the_collector() -> None:
    # Lost otherwise: the process. VTK objects that are freed while another stage renders end it.
    scenes = [scene_of("cnn-draw"), scene_of()]
    fresh(scenes[1], 1.0)  # what is imported and cached once
    gc.collect()
    gc.disable()
    try:
        stage = Stage(scenes[0], compiled=False)
        for scene in scenes:
            stage.show(scene)
            stage.draw_at(scene.seconds)
        window, parts = stage.window, stage.parts
        props = window.renderer.GetViewProps()
        things = [props.GetItemAsObject(i) for i in range(props.GetNumberOfItems())]
        things += [actor.GetMapper() for actor in things]
        things += [window.plotter, window.window, window.renderer, parts, parts.balls, parts.synapses]
        watched = [weakref.ref(thing) for thing in things]
        del window, parts, props, things
        stage.close()
        # The stage itself may be held for as long as one likes: by a variable, a traceback, a cycle.
        assert [ref() for ref in watched if ref() is not None] == []
        del stage
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        assert [thing for thing in gc.garbage if of_vtk(thing)] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_a_closed_stage_says_that_it_is_closed() -> None:
    scene = scene_of()
    stage = Stage(scene)
    stage.close()
    stage.close()
    for use in (lambda: stage.draw_at(1.0), lambda: stage.show(scene), lambda: stage.aim(scene.path.end)):
        with pytest.raises(SceneError, match="closed"):
            use()


CHANGES = """
import gc, sys, threading
import numpy as np
import engine
from scenes import Stage, compose

images = np.random.default_rng(0).integers(0, 256, (2, 28, 28)).astype(np.uint8)
nets = [engine.preset(name, np.random.default_rng(0)) for name in ("mlp", "cnn-draw")]
clips = [[compose(net.trace(x), size=(160, 100)) for x in images] for net in nets]
done = threading.Event()

def collect():
    while not done.is_set():
        gc.collect()
        done.wait(0.01)

thread = threading.Thread(target=collect)
thread.start()
kept = None
for number in range(int(sys.argv[1])):
    first, second = clips[number % 2]
    with Stage(first) as stage:
        stage.draw_at(9.0)
        kept = stage.parts  # those of the stage before end here
        stage.show(second)
        stage.draw_at(9.0)
done.set()
thread.join()
print("alive")
"""


@pytest.mark.slow
def test_networks_change_while_garbage_is_collected_in_another_thread() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CHANGES, "8"],
        capture_output=True,
        text=True,
        timeout=PATIENCE / 1000,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "alive"), ended.stderr[-2000:]
