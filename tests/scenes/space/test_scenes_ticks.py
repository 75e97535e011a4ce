"""Names of bands in pictures: whole, at their places, and to be read where strands pass."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Stage, compose


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])
@pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-draw"])
def test_ticks_are_in_the_picture_at_the_end(size, preset) -> None:
    scene = compose(trace(preset), size=size)
    frame = scene.frame(scene.seconds)
    at = frame.camera.project(np.array([tick.at for tick in frame.ticks]), size)
    assert (at > 0.02 * np.array(size)).all()
    assert (at < 0.98 * np.array(size)).all()


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 960)])
def test_no_tick_is_cut_while_the_camera_is_on_its_way(size) -> None:
    # Lost otherwise: half a 0 at the edge of a tall picture, which reads as a bracket.
    scene, cut, gone = compose(trace(), size=size), list[str](), 0
    for t in np.arange(0.8, 5.0, 0.3):
        frame = scene.frame(float(t))
        at = np.array([tick.at for tick in frame.ticks])
        high = np.array([frame.camera.scale_at(np.array(tick.at), size) * tick.size for tick in frame.ticks])
        x, y = frame.camera.project(at, size).T
        # From its place to the right, or around its place and above it.
        beside = np.array([tick.beside for tick in frame.ticks])
        left, right = np.where(beside, (x, x + 0.6 * high), (x - 0.3 * high, x + 0.3 * high))
        whole = (left >= 0) & (right <= size[0]) & (y - 0.4 * high >= 0) & (y + 0.4 * high <= size[1])
        seen = [tick.alpha > 0 for tick in frame.ticks]
        cut += [
            f"{t:.1f}: {tick.text}" for tick, sees in zip(frame.ticks, seen & ~whole, strict=True) if sees
        ]
        gone += int((~whole).sum())
    assert gone > 10
    assert not cut


def without_ticks(frame):
    return replace(frame, ticks=tuple(replace(tick, alpha=0.0) for tick in frame.ticks))


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_ticks_are_drawn_at_their_places_and_face_the_camera(theme) -> None:
    size = (960, 540)
    scene = compose(trace("mlp"), size=size, synapses=0, theme=theme)
    with Stage(scene) as stage:
        for turn in (0.0, -60.0):
            pose = replace(scene.path.end, azimuth=scene.path.end.azimuth + turn)
            frame = scene.frame(scene.seconds, pose)
            changed = np.abs(stage.render(frame).astype(int) - stage.render(without_ticks(frame))).max(axis=2)
            for tick in frame.ticks[22:32]:
                x, y = pose.project(np.array([tick.at]), size)[0]
                high = tick.size * pose.scale_at(np.array(tick.at), size)
                box = changed[int(y - high) : int(y + high), int(x) : int(x + 0.9 * high)]
                assert box.max() > 60, tick.text
                _, xs = np.nonzero(changed[int(y - 0.5 * high) : int(y + 0.5 * high)] > 60)
                wide = xs[(xs > x - 2) & (xs < x + high)]
                assert 0.1 * high < np.ptp(wide) + 1 < 0.9 * high, "as wide as it is from the front"


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("compiled", [True, False])
def test_strands_shine_over_ticks_which_can_be_read(compiled) -> None:
    # Lost otherwise: ticks are painted over the strands that pass in front of them, or drown in a bundle.
    size = (960, 540)
    scene = compose(trace("mlp"), size=size)
    frame = scene.frame(scene.seconds)
    lit = np.full_like(frame.synapse_rgba, 255)
    unlit = replace(frame, synapse_rgba=np.zeros_like(lit))
    unwritten = [
        replace(each, ticks=tuple(replace(tick, alpha=0.0) for tick in each.ticks)) for each in (frame, unlit)
    ]
    with Stage(scene, compiled=compiled) as stage:
        white = stage.render(replace(frame, synapse_rgba=lit)).astype(int)
        bare = stage.render(unlit).astype(int)
        shown = stage.render(frame).astype(int)
        bundles, dark = (stage.render(each).astype(int) for each in unwritten)
        written = ((bare - dark).sum(axis=2) > 240) & ((bundles - dark).sum(axis=2) > 150)
        assert written.sum() > 20
        assert np.abs(shown - bare)[written].sum(axis=1).mean() < 150, "near the colour of its type"
        covered = 0
        for tick in frame.ticks:
            x, y = frame.camera.project(np.array([tick.at]), size)[0].astype(int)
            spot = slice(y - 4, y + 5), slice(x, x + 8)
            assert (white[spot] >= bare[spot] - 2).all(), "light is only added"
            covered += white[spot].min() > 240
    assert covered > 5 or not compiled  # the driver has no more than white to dim
