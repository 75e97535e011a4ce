"""A clip is a film of any kind: who draws or writes one needs its size, its length and its frames alone."""

import subprocess
import sys

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Clip, Frame, PairFrame, SceneError, compose, compose_pair, shoot, stage_of
from viz3d.export.render import render

SMALL = {"size": (160, 90), "synapses": 60}


def clips() -> list[Clip]:
    one, other = trace(), trace(number=4)
    return [
        compose(one, **SMALL),
        compose_pair(one, other, **SMALL),
        compose_pair(one, other, size=(90, 160)),
    ]


@pytest.mark.parametrize(
    "clip", [*clips(), shoot(trace(), **SMALL)], ids=["scene", "pair", "stacked", "shot"]
)
def test_a_still_of_a_clip_is_not_faded_into_its_last_picture(clip) -> None:
    # Lost otherwise: `--at 0` shows the end of the film.
    assert clip.dissolve(0.0) == 1.0
    assert [clip.still().dissolve(t) for t in (0.0, 0.4, 9.0)] == [0.0, 0.0, 0.0]
    assert clip.still().frame(3.0).t == 3.0


@pytest.mark.parametrize("clip", clips(), ids=["scene", "pair", "stacked pair"])
def test_a_clip_has_a_size_a_length_and_a_frame_for_each_moment(clip) -> None:
    assert clip.size in ((160, 90), (90, 160))
    assert clip.seconds == 11.5
    assert isinstance(clip.frame(2.0), Frame | PairFrame)
    assert clip.frame(2.0).t == 2.0
    assert clip.frame(99.0).t == clip.seconds


def test_a_frame_of_a_pair_is_that_of_each_half() -> None:
    pair = clips()[1]
    frame = pair.frame(4.0)
    for half, scene in ((frame.left, pair.left), (frame.right, pair.right)):
        np.testing.assert_array_equal(half.neuron_rgb, scene.frame(4.0).neuron_rgb)
        assert half.captions == scene.frame(4.0).captions
    assert (frame.left.neuron_rgb != frame.right.neuron_rgb).any()


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_pair_is_drawn_by_its_stage_here_and_by_several_processes() -> None:
    # Lost otherwise: a film of a pair, which is drawn as any other.
    clip, times = clips()[1], [3.0, 9.0]
    with stage_of(clip) as stage:
        alone = [stage.draw(clip.frame(t)) for t in times]
    assert alone[0].shape == (clip.size[1], clip.size[0], 3)
    for picture, together in zip(alone, render(clip, times, workers=2), strict=True):
        np.testing.assert_array_equal(picture, together)


def test_a_clip_that_no_stage_draws_is_refused() -> None:
    with pytest.raises(SceneError, match="no stage draws a list: give a Scene, a Pair or a Shot"):
        stage_of([])


def test_scenes_need_no_vtk_until_something_is_drawn() -> None:
    # Lost otherwise: frames on a machine without a driver, and commands that answer at once.
    script = """
import sys, numpy, engine, scenes
net = engine.preset("mlp-sigmoid", numpy.random.default_rng(0))
scenes.compose(net.trace(numpy.zeros((28, 28), numpy.uint8))).frame(3.0)
print([name for name in sys.modules if name.startswith(("vtk", "pyvista"))])
scenes.Stage
print("vtkmodules" in sys.modules, "pyvista" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nTrue False\n"
