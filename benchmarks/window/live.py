"""What the live window costs: real widgets and threads, off-screen, moved by the events that a hand makes.

    python benchmarks/window/live.py [--preset mlp ...] [--part stroke ...] [--rounds 30] [--seconds 5]

Medians and 95 % quantiles. "ms" is processor time: of the one thread that does a step, but of the whole
process for what the driver draws, since software draws with threads of its own. Wall times are marked so:
they swing with all else that the machine does; its load is told at the start and at the end.

- stroke: a pen moves; each move is waited for. preprocess: the ink and 28x28 of it. trace: every neuron.
  compose: the scene. arrays: its frame, written into the stage. draw: the moving picture. present: widgets
  painted. to bars: the window's thread, from the event until new bars are painted. to arrays: all threads,
  until the picture's arrays are written.
- point: the pointer comes to a neuron, until its card is painted. pick: a click, until the inspector is.
- edit: a line is entered, until the new picture's arrays are written.
- turn: the mouse drags the camera; pictures a second, and how late the event loop comes.
- rest: nothing is done for some seconds.
- start: `python -m viz3d.live` to its first picture, in a process of its own; the first one only warms up.
- train: steps a second beside the window that nobody touches, its tests included, and steps alone, in turns.
"""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import live_window as lw
from live_training import training

PRESETS = ("mlp", "cnn-draw", "vit-small")
BARS, ARRAYS = {"mlp": 5, "cnn-draw": 10, "vit-small": 20}, {"mlp": 15, "cnn-draw": 30, "vit-small": 100}
STEPS = ("preprocess", "trace", "compose", "arrays", "draw", "present")
Rows = Iterator[tuple[str, list[float], str]]  # what, values, goal


def strokes(window: Any, watch: lw.Watch, options: Any) -> Rows:
    """Move a pen over the pad, down and to and fro."""
    pad, preset, taken = window.drawing.pad, options.preset, []
    to_bars, to_arrays = [], []
    while len(taken) < options.rounds:
        pad.clear()
        lw.press(pad, 110, 20)
        lw.wait_for(lambda: lw.still(window))
        for k in range(1, 12):
            lw.paint_all()
            watch.begin()
            lw.press(pad, 110 + 40 * (-1) ** len(taken) * (k % 5) / 4, 20 + 14 * k, "move")
            lw.wait_for(lambda: bool(watch.spent and "bars" in watch.at))
            taken.append(watch.spent)
            to_bars.append(watch.at["bars"])
            to_arrays.append(watch.to_arrays)
            lw.wait_for(lambda: lw.still(window))
        lw.press(pad, 110, 180, "release")
        lw.wait_for(lambda: lw.still(window))
    for step in STEPS:
        yield f"stroke: {step}, ms", [spent.get(step, 0.0) for spent in taken], ""
    yield "stroke: to bars, ms", to_bars, f"{BARS.get(preset, '')}"
    yield "stroke: to arrays, ms", to_arrays, f"{ARRAYS.get(preset, '')}"


def seen_neurons(window: Any, count: int) -> list[tuple[int, float, float]]:
    """Neurons that sum and where the picture shows them, in the part that no panel covers."""
    view, found = window.view, []
    pixels = window.desk.session.net.layers[0].size
    picture = view.picture
    places = picture.frame.camera.project(picture.scene.layout.positions, picture.scene.size)
    for neuron in range(pixels, len(places), max(len(places) // (20 * count), 1)):
        x, y = map(float, places[neuron])
        clear = view._free is not None and view._free.contains(x, y)
        if clear and window.childAt(round(x), round(y)) is view and view.neuron_at(x, y) >= pixels:
            found.append((view.neuron_at(x, y), x, y))
    return found[:: max(len(found) // count, 1)][:count]


def pointing(window: Any, watch: lw.Watch, options: Any) -> Rows:
    """Point at neurons, and click them."""
    view, cards, picks = window.view, [], []
    for neuron, x, y in seen_neurons(window, options.rounds):
        if neuron == view._pointed.neuron:
            continue
        watch.begin()
        lw.press(view, x, y, "move", buttons=False)
        lw.wait_for(lambda: "view" in watch.at)
        cards.append(watch.at["view"])
        watch.begin()
        lw.press(view, x, y)
        lw.press(view, x, y, "release")
        lw.wait_for(lambda: "inspector" in watch.at)
        picks.append(watch.at["inspector"])
        lw.wait_for(lambda: lw.still(window))
    window.picking.pick(-1)
    lw.wait_for(lambda: lw.still(window))
    yield "point: to the card, ms", cards, "50"
    yield "pick: to the filled inspector, ms", picks, "100"


def edits(window: Any, watch: lw.Watch, options: Any) -> Rows:
    """Silence a neuron, and take it back."""
    traced, taken = window.desk.session.traced, list[float]()
    first, count = traced.net.layers[0].size, traced.net.neuron_count
    for neuron in range(first, count, (count - first) // (options.rounds // 2) + 1):
        watch.begin()
        window.command.entered.emit(f"ablate {traced.address(neuron)}")
        lw.wait_for(lambda: bool(watch.spent))
        taken.append(watch.to_arrays)
        lw.wait_for(lambda: lw.still(window))
        window.desk.undo()
        lw.wait_for(lambda: lw.still(window))
    yield "edit: to arrays, ms", taken, "30"


def turning(window: Any, _watch: lw.Watch, options: Any) -> Rows:
    """Drag the camera, with a move after every 8 ms."""
    from PySide6.QtCore import QTimer

    view, times, turns, timer = window.view, [], [time.perf_counter()], QTimer(interval=8)
    view.painter.painted.connect(lambda _picture: times.append(time.perf_counter()))

    def move() -> None:
        turns.append(time.perf_counter())
        lw.press(view, 500 + 2 * len(turns) % 600, 300 + len(turns) % 40, "move")

    timer.timeout.connect(move)
    lw.press(view, 500, 300)
    timer.start()
    begun = time.thread_time()
    lw.rest(options.seconds)
    spent = 1e3 * (time.thread_time() - begun)
    timer.stop()
    lw.press(view, 500, 300, "release")
    gaps = [1e3 * (b - a) for a, b in pairwise(turns)]
    yield "turn: pictures a second, wall", [len(times) / options.seconds], "5"
    yield "turn: the window's thread, ms a picture with the moves before it", [spent / len(times)], ""
    yield "turn: from move to move, ms of wall", gaps, "50"
    lw.wait_for(lambda: lw.still(window))


def resting(window: Any, _watch: lw.Watch, options: Any) -> Rows:
    """Do nothing."""
    asked: list[object] = []
    lw.after(type(window.view.painter), "ask", lambda *given: asked.append(given))
    begun = time.process_time()
    lw.rest(options.seconds)
    yield "rest: pictures", [float(len(asked))], "0"
    yield "rest: % of a processor", [100 * (time.process_time() - begun) / options.seconds], "1"


def starts(preset: str, rounds: int) -> Rows:
    """Start the window in processes of its own, which keep bytecode as a person's do."""
    taken, kept = [], {name: each for name, each in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(max(rounds // 10, 2) + 1):
        words = [sys.executable, __file__, "--first-picture", preset]
        told = subprocess.run(words, check=True, capture_output=True, text=True, env=kept).stdout.split()
        taken.append(tuple(map(float, told[-2:])))
    yield "start: to the first picture, s of wall", [wall for wall, _ in taken[1:]], "3"
    yield "start: to the first picture, s of processor", [spent for _, spent in taken[1:]], ""


def first_picture(preset: str) -> None:
    """Open the window as its command does, tell the seconds to its first picture, and end."""
    begun = time.perf_counter()
    from viz3d.command.cli import run, single_command
    from viz3d.live import command

    def tell(*_given: object) -> None:
        print(time.perf_counter() - begun, time.process_time(), flush=True)
        os._exit(0)

    @contextmanager
    def then_telling(imports: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
        with imports():
            yield
        # Imported by now, as the command does it: without Python's collector.
        from viz3d.live.view.scene_view import SceneView

        lw.after(SceneView, "_take", tell)

    command.quick_imports = partial(then_telling, command.quick_imports)
    sys.argv[1:] = ["--preset", preset, "--size", "1440x900", "--data", "digits"]
    run(single_command(command.live), "python -m viz3d.live")


PARTS: dict[str, Callable[..., Rows]] = {
    "stroke": strokes,
    "point": pointing,
    "edit": edits,
    "turn": turning,
    "rest": resting,
    "train": training,
}


def tell(rows: Rows) -> None:
    """Print rows of a table as they come."""
    for what, values, goal in rows:
        middle = statistics.median(values)
        high = statistics.quantiles(values, n=20)[-1] if len(values) > 3 else max(values)
        print(f"| {what} | {middle:.2f} | {high:.2f} | {goal} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", nargs="*", default=list(PRESETS))
    parser.add_argument("--part", nargs="*", default=[*PARTS, "start"], choices=[*PARTS, "start"])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--first-picture", metavar="PRESET", help=argparse.SUPPRESS)
    parser.add_argument("--one", metavar="PRESET", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.first_picture:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        return first_picture(options.first_picture)
    lw.prepare()
    if options.one:
        options.preset = options.one
        watch = lw.Watch()
        window = lw.opened(options.one)
        for part in [name for name in PARTS if name in options.part]:
            tell(PARTS[part](window, watch, options))
        window.close()
        return None
    words = [f"--rounds={options.rounds}", f"--seconds={options.seconds}", "--part", *options.part]
    for preset in options.preset:
        print(f"\n{preset}, 1440x900, load {os.getloadavg()[0]:.1f}\n")
        print("| | median | 95 % | goal |\n|---|---|---|---|", flush=True)
        # Each in a process of its own: nothing of one network is left when the next is measured.
        subprocess.run([sys.executable, __file__, "--one", preset, *words], check=True)
        if "start" in options.part:
            tell(starts(preset, options.rounds))
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")
    return None


if __name__ == "__main__":
    main()
