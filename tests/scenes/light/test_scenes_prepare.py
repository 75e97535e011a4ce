"""The loops of drawing are compiled before the first picture: each once, by two processes."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from scene_fixtures import label, trace

import scenes
from scenes import Stage, bring_loops, compose
from scenes.kernels import finish, light, prepare
from scenes.vtk.window import offscreen


def kinds_of_types() -> dict[str, int]:
    """For how many kinds of types each loop that is called from Python is there."""
    rooms = [room for name, room in sys.modules.items() if name.startswith("scenes.kernels.")]
    loops = {loop for room in rooms for loop in vars(room).values() if isinstance(loop, Dispatcher)}
    return {loop.__name__: len(loop.overloads) for loop in loops}


@pytest.mark.usefixtures("screen")
def test_no_picture_has_to_wait_for_a_loop_of_other_types() -> None:
    # Lost otherwise: seconds in the midst of a first film, or each loop compiled twice.
    prepare.prepare(light=True)
    before = kinds_of_types()
    scene = compose(trace(), size=(320, 180), label=label())
    with Stage(scene, compiled=True) as stage:
        for at in (0.3, 0.6, 1.0):
            stage.draw(scene.frame(at * scene.seconds))
    assert kinds_of_types() == before
    assert set(before.values()) <= {0, 1}


def test_a_second_process_compiles_the_same_loops(tmp_path, monkeypatch) -> None:
    told = tmp_path / "told"
    code = f"import pathlib, scenes; pathlib.Path({str(told)!r}).write_text(scenes.__file__)"
    monkeypatch.setattr(prepare, "_SECOND", code)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    # Tests before this one may have met folders in which nothing can be kept.
    monkeypatch.setattr(prepare, "is_cached", lambda: True)
    prepare.prepare(light=True)  # all is there
    assert not told.exists()
    monkeypatch.setattr(light, "is_ready", lambda: False)
    prepare.prepare(light=True)
    assert told.read_text() == scenes.__file__


def test_the_second_process_ends_with_the_first(monkeypatch) -> None:
    parents = iter((7, 7, 1))
    made = []
    monkeypatch.setattr(prepare, "_parts", lambda: [lambda k=k: made.append(k) for k in range(3)])
    monkeypatch.setattr("os.getppid", lambda: next(parents))
    prepare.from_the_end()
    assert made == [2]


def test_loops_that_were_compiled_beside_are_taken_into_use(monkeypatch) -> None:
    # Lost otherwise: a window that waits for them draws the slow way until it is opened again.
    there = []
    monkeypatch.setattr(finish, "_LOOPS", (type("Loop", (), {"overloads": {}}),))
    monkeypatch.setattr(finish, "is_compiled", lambda _loop: bool(there))
    finish.look_again()
    assert not bring_loops()
    there.append(True)
    assert bring_loops()
    assert finish.is_ready()
    monkeypatch.undo()
    finish.look_again()


@pytest.mark.usefixtures("screen")
def test_loops_draw_the_same_with_a_window_of_the_driver_and_without(monkeypatch) -> None:
    # Lost otherwise: a film that looks another way once it is known what draws.
    prepare.prepare(light=True)
    made = compose(trace(), size=(320, 180), label=label())
    pictures = []
    for known in (False, True):
        monkeypatch.setattr(offscreen, "is_software", lambda _: True)
        monkeypatch.setattr(offscreen, "knows_software", lambda known=known: known)
        with Stage(made) as stage:
            assert stage.window.light
            assert not stage.slow
            assert (stage.window.plotter is None) == known
            pictures.append([stage.draw_at(share * made.seconds) for share in (0.2, 0.5, 1.0)])
            pictures[-1].append(stage.lit(made.frame(1.0), 1.5))  # in another size
            assert pictures[-1][-1].shape == (270, 480, 3)
    for before, after in zip(*pictures, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_film_drawn_by_loops_starts_neither_pyvista_nor_the_driver() -> None:
    # Lost otherwise: a third of a second and 100 MB of each film where there is no graphics card.
    code = """
import sys, scenes
scenes.prepare_films(software=True)
from scene_fixtures import trace
with scenes.stage_of(scenes.compose(trace(), size=(160, 90))) as stage:
    assert stage.draw_at(2.0).shape == (90, 160, 3)
assert "pyvista" not in sys.modules
scenes.prepare_films(software=False)
from scenes.vtk.window.driver import knows_software
assert not knows_software()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
