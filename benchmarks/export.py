"""How fast a film is drawn, against the naive way and against the floor, side by side in one run.

    python benchmarks/export.py [--frames 24] [--rounds 5] [--size 1920x1080]

All draw the last seconds of a film, when every synapse shines and the camera still moves, and encode with
the same writer:
- floor: the same VTK objects, rendered unchanged and read back; no update, no glow, no text.
- viz3d: the film as it is exported, drawn by one process.
- naive: the film with every actor removed and added again for each picture.
- two: the film drawn by two processes, as export does on two cores.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

import data
import engine
from scenes import Scene, Stage, compose
from scenes.vtk.bloom import bloom
from scenes.vtk.draw_lettering import write_over
from viz3d.command import display
from viz3d.export.render import render
from viz3d.export.writers import open_writer

Pictures = Iterator[np.ndarray]


def floor(stage: Stage, times: list[float]) -> Pictures:
    """The same objects again and again."""
    stage.update(stage.scene.frame(times[0]))
    for _ in times:
        stage.window.render()
        yield stage.window.read()


def film(stage: Stage, times: list[float]) -> Pictures:
    """The film."""
    for t in times:
        yield stage.draw(stage.scene.frame(t))


def naive(stage: Stage, times: list[float]) -> Pictures:
    """The film, with actors made anew for each picture."""
    for t in times:
        stage.window.clear()
        stage._build(stage.scene)
        yield stage.draw(stage.scene.frame(t))


def timed(pictures: Pictures, size: tuple[int, int]) -> float:
    """Seconds to draw and encode all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with (
            open_writer(str(Path(folder) / "film.mp4"), size, 30, lambda _: None) as write,
            closing(pictures),
        ):
            for picture in pictures:
                write(picture)
        return time.perf_counter() - start


def parts(stage: Stage, times: list[float]) -> dict[str, float]:
    """Median milliseconds of each step of drawing one picture."""
    spent: dict[str, list[float]] = {}

    def clock(name: str, work: Callable[[], object]) -> object:
        start = time.perf_counter()
        result = work()
        spent.setdefault(name, []).append(1e3 * (time.perf_counter() - start))
        return result

    for t in times:
        frame = clock("frame (arrays)", lambda t=t: stage.scene.frame(t))
        clock("write into VTK", lambda frame=frame: stage.update(frame))
        clock("render", stage.window.render)
        pixels = clock("read back", stage.window.read)
        clock("glow", lambda pixels=pixels: bloom(pixels, 1.0))
        clock("legend's veil", lambda pixels=pixels: stage._veil.draw(pixels))
        clock("text", lambda pixels=pixels, frame=frame: write_over(pixels, frame))
    return {name: statistics.median(values) for name, values in spent.items()}


def made(size: tuple[int, int], synapses: int) -> Scene:
    """A film of the bundled net."""
    trace = engine.load(data.model_path("mlp")).trace(data.load("digits").images[3])
    return compose(trace, size=size, label=3, source="benchmark", synapses=synapses)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--synapses", type=int, default=5000)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    size, n = (width, height), options.frames
    display.prepare()
    scene = made(size, options.synapses)
    times = [float(t) for t in np.linspace(scene.timeline.answer[1], scene.seconds, n)]
    results: dict[str, list[float]] = {name: [] for name in ("floor", "viz3d", "naive", "two")}
    with Stage(scene) as stage:
        for draw in (film, floor):  # warm up shaders and caches
            timed(draw(stage, times[:3]), size)
        steps = parts(stage, times)
        for _ in range(options.rounds):
            results["floor"].append(timed(floor(stage, times), size) / n)
            results["viz3d"].append(timed(film(stage, times), size) / n)
            results["naive"].append(timed(naive(stage, times), size) / n)
            results["two"].append(timed(render(scene, times * 4, workers=2), size) / n / 4)
    print(f"{options.size}, {len(scene.drawn):,} synapses, {n} pictures, {options.rounds} rounds, encoded")
    print(f"{'':8}{'ms a picture':>14}{'pictures/s':>12}{'x floor':>9}   (medians; ratios by round)")
    for name, values in results.items():
        ratio = statistics.median(v / f for v, f in zip(values, results["floor"], strict=True))
        middle = statistics.median(values)
        print(f"{name:8}{1e3 * middle:14.1f}{1 / middle:12.2f}{ratio:9.2f}")
    gain = statistics.median(a / b for a, b in zip(results["naive"], results["viz3d"], strict=True))
    print(f"naive / viz3d: {gain:.2f}")
    print(
        "one picture, step by step, without the encoder, in ms: "
        + ", ".join(f"{k} {v:.1f}" for k, v in steps.items())
    )


if __name__ == "__main__":
    main()
