"""What a stroke costs: from a new drawing to the arrays of its picture, and to the picture.

    python benchmarks/window/stroke.py [--rounds 15] [--size 1280x800] [--preset mlp ...]

Processor milliseconds on one thread, medians over drawings of different digits in turn, each step by itself:
- read: 28x28 out of a drawing of 200x200 pixels.
- trace: every neuron's value.
- compose: the scene, with the places and beats of the one before.
- frame: colours, sizes and texts of its last moment.
- show: the stage takes the scene and writes the frame's arrays, into parts that stand.
- to arrays: trace to show, what a stroke costs before anything is drawn. The goals are for this.
- render: the picture of it, without glow and text.
- new stage: what it would cost to make a stage for the scene and write the arrays, and to close it.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

GOALS = {"mlp": 12, "cnn-draw": 25, "vit-small": 90}
DIGITS = 5
STEPS = ("read", "trace", "compose", "frame", "show", "render", "new stage")


def drawings() -> list[Any]:
    """Digits as someone would draw them: uint8 (200, 200), white on black."""
    import numpy as np
    from PIL import Image

    import data

    images = data.load("digits").images[:DIGITS]
    return [
        np.asarray(Image.fromarray(image).resize((200, 200), Image.Resampling.BICUBIC)) for image in images
    ]


def measure(preset: str, size: tuple[int, int], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each step in each round; the first drawings only warm up."""
    import data
    import engine
    from scenes import Frame, Look, Scene, Stage, compose, site_of

    net, taken = engine.load(data.model_path(preset)), {step: [] for step in (*STEPS, "to arrays")}

    def step(name: str, work: Callable[..., Any], *given: Any) -> Any:
        begun = time.process_time()
        result = work(*given)
        taken[name].append(1e3 * (time.process_time() - begun))
        return result

    site = site_of(net, Look(size=size))

    def made(trace: engine.Trace) -> Scene:
        # As a window does: what no image changes is taken over from the scene before.
        return compose(trace, size=size, site=site)

    def show(scene: Scene, frame: Frame) -> None:
        stage.show(scene)
        stage.update(frame)

    def anew(scene: Scene, frame: Frame) -> None:
        with Stage(scene) as other:
            other.update(frame)

    pads = drawings()
    with Stage(made(net.trace(data.digit_from_image(pads[-1])))) as stage:
        for number in range(DIGITS + rounds):
            image = step("read", data.digit_from_image, pads[number % DIGITS])
            trace = step("trace", net.trace, image)
            scene = step("compose", made, trace)
            frame = step("frame", scene.frame, scene.seconds)
            step("show", show, scene, frame)
            step("render", stage.picture)
            taken["to arrays"].append(sum(taken[name][-1] for name in ("trace", "compose", "frame", "show")))
        for _ in range(min(rounds, 5) + 1):
            step("new stage", anew, scene, frame)
    return {name: values[1 if name == "new stage" else DIGITS :] for name, values in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--preset", nargs="*", default=list(GOALS))
    options = parser.parse_args()
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    from viz3d.command import display

    display.prepare()
    width, height = map(int, options.size.split("x"))
    shown = (*STEPS[:5], "to arrays", *STEPS[5:])
    print(f"{options.size}, processor ms, medians of {options.rounds}\n")
    print(f"| preset | {' | '.join(shown)} | goal to arrays |\n{'|---' * (len(shown) + 2)}|")
    for preset in options.preset:
        taken = measure(preset, (width, height), options.rounds)
        figures = " | ".join(f"{statistics.median(taken[name]):.1f}" for name in shown)
        print(f"| {preset} | {figures} | {GOALS.get(preset, '')} |", flush=True)


if __name__ == "__main__":
    main()
