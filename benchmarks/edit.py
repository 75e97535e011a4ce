"""How fast a net is edited and traced anew, a neuron read, and every neuron of a layer silenced in turn.

    python benchmarks/edit.py            # every table; --only edit read study for some

Each is measured on one thread beside viz3d's own plain way, in turns within one run.
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

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))

Call = Callable[[], Any]


def in_turns(rounds: int, *calls: Call) -> list[list[float]]:
    """Seconds of each call in each round, one after the other; the first round only warms up."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 1):
        for call, seconds in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call()
            if turn:
                seconds.append(time.perf_counter() - begun)
    return taken


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Median of the rounds' own ratios theirs / ours: above 1 we are the faster."""
    return statistics.median(b / a for a, b in zip(ours, theirs, strict=True))


def ms(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def net_of(preset: str) -> Any:
    """The trained net, or an untrained one where none comes with viz3d."""
    import numpy as np

    import data
    import engine

    if preset in data.bundled_models():
        return engine.load(data.model_path(preset))
    return engine.preset(preset, np.random.default_rng(0))


def four() -> Any:
    import data

    return data.load("digits").images[4]


EDITS = {
    "mlp": ("ablate hidden1:17", "ablate hidden3:5", "cut input:14,14 -> hidden1:3"),
    "cnn-draw": ("ablate conv1:3,4,5", "ablate hidden1:5", "cut input:14,14 -> conv1:12,12,5"),
    "vit-small": ("ablate block1.scores:1,2,3", "ablate block4.hidden:3,4"),
}


def edit(rounds: int) -> None:
    print("| preset | edit | plain trace ms | edit and new trace ms | x plain |\n|---|---|---|---|---|")
    for preset, texts in EDITS.items():
        net, image = net_of(preset), four()
        base = net.trace(image)
        for text in texts:

            def edited(net: Any = net, text: str = text, image: Any = image, base: Any = base) -> None:
                net.mutate(text).trace(image, base=base)

            plain, ours = in_turns(rounds, lambda net=net, image=image: net.trace(image), edited)
            cost = 1 / ratio(ours, plain)
            print(f"| {preset} | `{text}` | {ms(plain):.2f} | {ms(ours):.2f} | {cost:.2f} |", flush=True)


READ = {
    "mlp": ("hidden1:17", "hidden3:5"),
    "cnn-draw": ("conv1:12,12,5", "conv2:3,4,5", "hidden1:5"),
    "vit-small": ("block1.hidden:3,4", "block3.scores:1,2,3"),
}


def read(rounds: int) -> None:
    print("| preset | neuron | reading ms |\n|---|---|---|")
    for preset, places in READ.items():
        net = net_of(preset)
        trace = net.trace(four())
        for place in places:
            neuron = net.neuron(place)
            (taken,) = in_turns(rounds, lambda neuron=neuron, trace=trace: neuron.read(trace))
            print(f"| {preset} | `{place}` | {ms(taken):.1f} |", flush=True)


def study(rounds: int) -> None:
    import data
    import engine

    net, digits = net_of("mlp"), data.load("mnist", "test")

    def each() -> None:
        for _ in engine.ablate_each(net, "hidden3", digits.images, digits.labels):
            pass

    def whole() -> None:
        engine.evaluate(net, digits.images, digits.labels)

    ours, one = in_turns(min(rounds, 5), each, whole)
    print(f"All 128 neurons of hidden3 over {len(digits.labels):,} images of {digits.name}:")
    print(f"{ms(ours) / 1000:.2f} s; one evaluation {ms(one):.0f} ms; {128 * ratio(ours, one):.1f} x faster")


TABLES = {"edit": edit, "read": read, "study": study}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--rounds", type=int, default=41, help="turns of each side (default 41)")
    chosen = parser.parse_args()
    for name in chosen.only:
        TABLES[name](chosen.rounds)
        print()


if __name__ == "__main__":
    main()
