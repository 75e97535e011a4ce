"""The part of `live.py` that trains: the pace of a run beside the window, and of the same run without it."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import live_window as lw

TURNS = 8  # of training beside the window, and without it
Rows = Iterator[tuple[str, list[float], str]]  # what, values, goal


def training(window: Any, _watch: lw.Watch, options: Any) -> Rows:
    """Train with the window open and untouched, and the same run with it hidden, in turns."""
    page, painted, pictures, gaps = window.training.page, list[float](), list[float](), list[float]()
    window.training.turn_to("train")
    page._change(epochs=1000)  # no machine is through with it before it is measured
    page.toggle()
    lw.wait_for(lambda: bool(page.trainer.run is not None and page.trainer.run.step > 3), 300)
    run, beside, alone = page.trainer.run, list[Pace](), list[Pace]()
    window.view.painter.painted.connect(lambda _picture: painted.append(time.perf_counter()))
    for _ in range(TURNS):
        painted.clear()
        beside.append(speed_beside(run, page.trainer, options.seconds))
        pictures.append(len(painted) / options.seconds)
        gaps += loop_turns(options.seconds / 2)
        page.trainer.hold()
        lw.wait_for(lambda: lw.still(window))
        window.hide()
        alone.append(speed_alone(run, page.trainer, options.seconds))
        window.show()
        lw.wait_for(lambda: lw.still(window))
        page.trainer.go_on()
    page.trainer.hold()
    pairs = list(zip(beside, alone, strict=True))
    yield "train: steps a second beside the window, wall", [each.wall for each in beside], ""
    yield "train: steps a second without it, wall", [each.wall for each in alone], ""
    yield "train: beside / without, turn by turn", [a.wall / b.wall for a, b in pairs], "0.7"
    yield "train: the same by its thread's processor time", [a.own / b.own for a, b in pairs], ""
    yield "train: processors that the window takes meanwhile", [each.window for each in beside], ""
    yield "train: pictures a second", pictures, ""
    yield "train: between turns of the loop (5 at rest), ms of wall", gaps, "50"


class Pace(NamedTuple):
    """Steps a second of wall and of the thread's processor time, and processors that all else takes."""

    wall: float
    own: float
    window: float


def speed_beside(run: Any, trainer: Any, seconds: float) -> Pace:
    """The pace of a run beside the window."""
    clock = time.pthread_getcpuclockid(trainer._thread.ident)
    first, begun, own, spent = run.step, time.perf_counter(), time.clock_gettime(clock), time.process_time()
    lw.rest(seconds)
    steps, passed = run.step - first, time.perf_counter() - begun
    own, spent = time.clock_gettime(clock) - own, time.process_time() - spent
    return Pace(steps / passed, steps / own, (spent - own) / passed)


def loop_turns(seconds: float) -> list[float]:
    """The ms of wall from one turn of Qt's loop to the next; to count them costs training a tenth itself."""
    from PySide6.QtCore import QTimer

    turns, timer = list[float](), QTimer(interval=5)
    timer.timeout.connect(lambda: turns.append(time.perf_counter()))
    timer.start()
    lw.rest(seconds)
    timer.stop()
    return [1e3 * (b - a) for a, b in pairwise(turns)]


def speed_alone(run: Any, trainer: Any, seconds: float) -> Pace:
    """The pace of a run that rests, made by the trainer's own thread: steps alone.

    A thread of its own would bring threads of OpenMP of its own: where there are more of them than processors
    GNU's no longer spin, and steps of many small loops take half as long again.
    """
    todo, own, done = trainer._todo, list[float](), threading.Event()
    first, begun = run.step, time.perf_counter()

    def steps() -> None:
        before = time.thread_time()
        while time.perf_counter() - begun < seconds:
            run.advance()
        own.append(time.thread_time() - before)
        done.set()

    def once() -> Any:
        trainer._todo = todo
        return steps

    with trainer._turn:
        trainer._todo = once
        trainer._turn.notify_all()
    done.wait()
    made = float(run.step - first)
    return Pace(made / (time.perf_counter() - begun), made / own[0], 0.0)
