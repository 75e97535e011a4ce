"""What a picture and a film cost where no graphics card draws: the driver's light against compiled loops.

    python benchmarks/drawing/light.py [--size 1280x720 1920x1080] [--preset mlp] [--pictures 24]
    python benchmarks/drawing/light.py --whole [--preset mlp]
    python benchmarks/drawing/light.py --films --before ../earlier [--preset mlp vit-small] [--rounds 2]

Without --films: the last pictures of a film in order, when every synapse shines, step by step in processor
milliseconds of all threads, by the driver with Pillow's bloom and text, and by the loops, in turns; and how
many times the floor that is: what must be done for the strands alone.

With --whole: the same by the loops alone, means over all pictures of a film. None is left out: a line of text
is drawn once and then kept, and what did not change is not written again, so a few pictures far apart would
tell too much.

"lattice" lets glow fall on the lines between the digit's pixels. Where the steps make another picture than
the stage does, that ends the benchmark.

With --films: whole films by the command, in turns here and in a checkout of an earlier version: seconds of
wall and processor, the first picture after the start, and the resident memory of the largest process.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import data
import engine
from scenes import Scene, Stage, compose, prepare_films
from scenes.vtk import bloom, draw_lettering, ground
from scenes.vtk.window import driver
from scenes.vtk.window.offscreen import Pixels
from viz3d.command import display

HERE = Path(__file__).resolve().parents[2]
# What a picture of the same strands takes that shows them and nothing else, unchanged from one to the next.
FLOOR = "render", "read back", "light"
Spent = dict[str, list[float]]
# Run in either checkout: tells on stderr when the command hands its first picture to the encoder.
TELL = """
import sys, time
import viz3d.export.film as film
opened = film.open_writer
def telling(*words, **named):
    manager = opened(*words, **named)
    enter = manager.__enter__
    class Telling:
        def __enter__(self):
            write, told = enter(), []
            def tell(picture):
                if not told:
                    told.append(print("FIRST", time.time(), file=sys.stderr, flush=True))
                write(picture)
            return tell
        def __exit__(self, *error):
            return manager.__exit__(*error)
    return Telling()
film.open_writer = telling
from viz3d.command.cli import run, single_command
from viz3d.export.command import export
if __name__ == "__main__":
    run(single_command(export), "python -m viz3d.export")
"""


def clocked(spent: Spent, name: str, work: Callable[[], Any]) -> Any:
    """Do a step, and keep the processor's milliseconds of all threads that it took."""
    begun = time.process_time()
    result = work()
    spent.setdefault(name, []).append(1e3 * (time.process_time() - begun))
    return result


def picture(stage: Stage, t: float, spent: Spent) -> Pixels:
    """Draw a picture step by step, as `Stage.draw` does."""
    frame = clocked(spent, "frame", lambda: stage.scene.frame(t))
    clocked(spent, "write", lambda: stage.update(frame))
    clocked(spent, "render", stage.window.render)
    take = clocked(spent, "read back", stage.window.take)
    taken = clocked(spent, "light", take)
    pixels, kept, seen = clocked(spent, "lattice", lambda: stage.parts.sheet.bare(taken, frame.camera))
    clocked(spent, "bloom", lambda: bloom.bloom(pixels, stage.scene.theme.bloom, kept, seen.box))
    clocked(spent, "veil", lambda: stage._veil.draw(pixels))
    clocked(spent, "text", lambda: draw_lettering.write_over(pixels, frame))
    return pixels


def check(stage: Stage, t: float, drawn: Pixels) -> None:
    """End the benchmark where a picture drawn step by step is not the stage's own."""
    if not np.array_equal(drawn, stage.draw(stage.scene.frame(t))):
        raise SystemExit(
            f"{t:.2f} s: the steps make another picture than the stage: bring `picture` up to date"
        )


STAMPS = {name: lru_cache(4096)(draw_lettering._stamp.__wrapped__) for name in ("driver", "loops")}


def use(name: str) -> None:
    """Finish pictures by loops, or by Pillow and NumPy; neither finds text that the other has drawn."""
    draw_lettering._stamp = STAMPS[name]
    for module in (bloom, draw_lettering, ground):
        module.finish_loops = driver.finish_loops if name == "loops" else lambda: None


def split(scene: Scene, count: int) -> dict[str, dict[str, float]]:
    """Medians of each step's processor milliseconds, by the driver and by loops, in turns by picture."""
    spent: dict[str, Spent] = {"driver": {}, "loops": {}}
    times = [scene.seconds - number / 30 for number in reversed(range(count + 3))]
    with Stage(scene, compiled=False) as one, Stage(scene, compiled=True) as other:
        for number, t in enumerate(times):
            for name, stage in (("driver", one), ("loops", other)):
                use(name)
                drawn = picture(stage, t, spent[name] if number >= 3 else {})
                if t == scene.seconds:
                    check(stage, t, drawn)
    return {
        name: {step: statistics.median(values) for step, values in steps.items()}
        for name, steps in spent.items()
    }


def whole(scene: Scene) -> dict[str, float]:
    """Means of each step's processor milliseconds, by loops, over a film's pictures."""
    spent: Spent = {}
    use("loops")
    STAMPS["loops"].cache_clear()
    with Stage(scene, compiled=True) as stage:
        picture(stage, 0.0, {})
        for number in range(round(30 * scene.seconds)):
            drawn = picture(stage, number / 30, spent)
        check(stage, number / 30, drawn)
    return {step: statistics.fmean(values) for step, values in spent.items()}


def film(place: Path, preset: str, size: str) -> tuple[float, float, float, float]:
    """Seconds of wall and of processor, and to the first picture, and MiB, of a film made in a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "film.py"
        script.write_text(TELL)
        command = [sys.executable, str(script), "--preset", preset, "--size", size, "--digit", "3"]
        begun = time.time()
        process = subprocess.Popen(
            [*command, "--out", str(Path(folder) / "film.mp4")],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(place)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        words = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.time() - begun
    first = [float(line.split()[1]) for line in words.splitlines() if line.startswith("FIRST")]
    if status or not first:
        raise SystemExit(words)
    return wall, used.ru_utime + used.ru_stime, first[0] - begun, used.ru_maxrss / 1024


def films(before: Path, presets: list[str], sizes: list[str], rounds: int) -> None:
    """Print whole films, before and here, in turns."""
    print("| film | | wall s | core-s | first picture s | MiB |\n|---|---|---|---|---|---|")
    for preset in presets:
        for size in sizes:
            results: dict[str, list[tuple[float, ...]]] = {"before": [], "here": []}
            for _ in range(rounds):
                results["before"].append(film(before, preset, size))
                results["here"].append(film(HERE, preset, size))
            for name, values in results.items():
                wall, core, first, memory = (statistics.median(each) for each in zip(*values, strict=True))
                print(
                    f"| {preset} {size} | {name} | {wall:.1f} | {core:.1f} | {first:.1f} | {memory:.0f} |",
                    flush=True,
                )
            print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", nargs="*", default=["1280x720", "1920x1080"])
    parser.add_argument("--preset", nargs="*", default=["mlp"])
    parser.add_argument("--pictures", type=int, default=24)
    parser.add_argument("--whole", action="store_true", help="all pictures of a film, by the loops")
    parser.add_argument("--films", action="store_true", help="whole films by the command")
    parser.add_argument("--before", type=Path, help="a checkout of an earlier version, for --films")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    if options.films:
        if options.before is None:
            parser.error("--films needs --before CHECKOUT")
        films(options.before.resolve(), options.preset, options.size, options.rounds)
        return
    screen = display.prepare()
    prepare_films(software=True)
    print(f"{screen.renderer}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; processor ms a picture")
    for preset in options.preset:
        trace = engine.load(data.model_path(preset)).trace(data.load("digits").images[3])
        for size in options.size:
            width, height = map(int, size.split("x"))
            scene = compose(trace, size=(width, height), label=3)
            ways = {"film": whole(scene)} if options.whole else split(scene, options.pictures)
            for name, steps in ways.items():
                told = ", ".join(f"{step} {value:.1f}" for step, value in steps.items())
                total, floor = sum(steps.values()), sum(steps[step] for step in FLOOR)
                print(
                    f"{preset} {size} {name}: {total:.1f} = {told}; {total / floor:.2f} x floor", flush=True
                )


if __name__ == "__main__":
    main()
