"""Rendering: several processes must make the very film that one makes, and leave nothing behind."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE

import engine
from scenes import Scene, compose
from viz3d.command.errors import UserError
from viz3d.export import render as rendering
from viz3d.export.render import default_workers, render

TIMES = [0.0, 2.0, 4.0, 6.0, 8.0]


@pytest.fixture(scope="module")
def scene() -> Scene:
    rng = np.random.default_rng(0)
    net = engine.preset("mlp-sigmoid", rng)
    return compose(net.trace(rng.integers(0, 256, (28, 28), np.uint8)), size=(160, 90), synapses=60)


def shared_memory() -> set[str]:
    place = Path("/dev/shm")
    return {file.name for file in place.iterdir()} if place.is_dir() else set()


def only(before: set[str]) -> bool:
    """Whether shared memory holds no more than before; what others keep there for a moment goes."""
    end = time.monotonic() + PATIENCE / 1000
    while not shared_memory() <= before and time.monotonic() < end:
        time.sleep(0.05)
    return shared_memory() <= before


def children() -> list[int]:
    """Return the processes that this one started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(errors="replace").rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_text(errors="replace")
        except OSError:
            continue
        if int(words[1]) == os.getpid() and words[0] != "Z" and "resource_tracker" not in command:
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def alone(scene) -> np.ndarray:
    """The film that one process draws."""
    return np.stack(list(render(scene, TIMES, workers=1)))


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_several_processes_draw_the_same_film_in_order(scene, alone):
    # Of five pictures by three: not all draw equally many.
    together = list(render(scene, TIMES, workers=3))
    np.testing.assert_array_equal(np.stack(together), alone)
    assert alone[0].shape == (90, 160, 3)
    assert any((alone[0] != later).any() for later in alone[1:]), "the film stands still"


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_film_that_is_broken_off_leaves_no_process_and_no_memory(scene):
    before, running = shared_memory(), set(children())
    pictures = render(scene, TIMES, workers=2)
    next(pictures)
    pictures.close()
    assert only(before)
    assert set(children()) <= running


@pytest.mark.usefixtures("screen")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds its processes in /proc")
@pytest.mark.slow
def test_a_killed_drawing_process_is_named(scene):
    before, running = shared_memory(), set(children())
    pictures = render(scene, [*TIMES, *TIMES], workers=2)
    next(pictures)
    for child in set(children()) - running:
        os.kill(child, signal.SIGKILL)
    with pytest.raises(UserError, match="ended by SIGKILL too early: try fewer --workers"):
        list(pictures)
    assert only(before)
    assert set(children()) <= running


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_trouble_in_a_drawing_process_reaches_the_user(scene):
    # Nobody foresaw a moment beyond all floats: it is told all the same, not waited for.
    with pytest.raises(UserError, match=r"a drawing process failed: OverflowError: "):
        list(render(scene, [*TIMES, 10**400], workers=2))
    with pytest.raises(UserError, match=r"^a moment is a number of seconds, got 'soon'$"):
        list(render(scene, [*TIMES, "soon"], workers=2))


@pytest.mark.usefixtures("screen")
def test_without_room_for_shared_pictures_one_process_draws(scene, monkeypatch):
    def full(dir):
        raise OSError("no room")

    monkeypatch.setattr(rendering.tempfile, "TemporaryFile", full)
    monkeypatch.setattr(rendering, "_Worker", lambda *words: pytest.fail("started a process"))
    assert len(list(render(scene, TIMES[:2], workers=2))) == 2


def test_a_graphics_card_or_a_short_film_gets_one_process():
    assert default_workers(1000, software=False) == 1
    assert default_workers(5, software=True) == 1
    assert 1 <= default_workers(1000, software=True) <= 4
    # Lost otherwise: seconds in which each process compiles the same loops.
    assert default_workers(1000, software=True, shared=False) == 1


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores cannot be counted so here")
@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (64, 4)])
def test_a_process_for_every_two_cores_draws(monkeypatch, cores, workers):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert default_workers(1000, software=True) == workers
