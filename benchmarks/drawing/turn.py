"""What a picture costs while a hand turns the camera: step by step, by what draws here.

    python benchmarks/drawing/turn.py [--preset mlp cnn-draw vit-small] [--size 1280x800] [--pictures 40]

The last moment of a film from poses a degree apart, as the window draws it: seen (what distance leaves of
colours, and where labels stand), update (arrays), render, take (read back), over (parted, or drawn by loops)
and bloom. Medians of milliseconds by the clock; where a card draws, over and bloom are another thread's.
"""

import argparse
import dataclasses
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import data
import engine
from scenes import Stage, compose, prepare_films
from scenes.vtk.bloom import bloom
from viz3d.command import display

STEPS = "seen", "update", "render", "take", "over", "bloom"
WARM = 5


def clocked(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = work()
    return 1e3 * (time.perf_counter() - begun), done


def turned(preset: str, size: tuple[int, int], pictures: int) -> list[float]:
    """Medians of the steps' milliseconds."""
    trace = engine.load(data.model_path(preset)).trace(data.load("digits").images[3])
    scene = compose(trace, size=size, label=3)
    moment, home = scene.moment(scene.seconds), scene.frame(scene.seconds).camera
    spent = []
    with Stage(scene) as stage:
        for number in range(pictures + WARM):
            pose = dataclasses.replace(home, azimuth=home.azimuth + number)
            seen, frame = clocked(lambda pose=pose: scene.seen(moment, pose))
            update, _ = clocked(lambda frame=frame: stage.update(frame))
            render, _ = clocked(stage.window.render)
            take, taken = clocked(stage.window.take)
            over, (pixels, kept, _) = clocked(taken)
            glow, _ = clocked(lambda p=pixels, k=kept: bloom(p, scene.theme.bloom, k))
            spent.append((seen, update, render, take, over, glow))
    return [statistics.median(step) for step in zip(*spent[WARM:], strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", nargs="*", default=["mlp", "cnn-draw", "vit-small"])
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--pictures", type=int, default=40)
    options = parser.parse_args()
    screen = display.prepare()
    prepare_films(software=screen.software)
    print(f"{screen.renderer}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ms a picture")
    width, height = map(int, options.size.split("x"))
    for preset in options.preset:
        steps = turned(preset, (width, height), options.pictures)
        told = ", ".join(f"{name} {step:.1f}" for name, step in zip(STEPS, steps, strict=True))
        print(f"{preset} {options.size}: {sum(steps):.1f} = {told}")


if __name__ == "__main__":
    main()
