"""Processor time of one training step on one thread: viz3d, PyTorch at its best, and the products alone.

    python benchmarks/computing/step.py   # needs the "torch" extra; takes MNIST where it is, else noise
    python benchmarks/computing/step.py --preset vit-small --batch 64
    python benchmarks/computing/step.py --compile   # under torch.compile too: takes a C++ compiler

Wall time means little on a machine that does other work; processor time of one thread does. All sides live in
one process and take turns; the table gives medians. Of layers whose work is products of matrices the last
columns tell what these alone take, forward and backward, by whichever of the two libraries is quicker at
them: no way of training that uses these products is faster than PyTorch by more than the last column says.
Zeros among the numbers, and tokens that nobody reads, are not left out there, as viz3d leaves them out.
"""

# Threads are limited before anything is imported, and each side imports only what it needs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

import numpy as np
from training_sides import THREADS, Choice, choices, digits, torch_step, viz3d_step
from twins import kind

STEPS = 8
"""Steps of a turn."""
Product = tuple[int, int, int, int]
"""Count of products, and of each (rows, inner, columns)."""


def products(preset: str, batch: int) -> list[Product]:
    """The products of one step, forward and backward; empty where layers are convolutions."""
    import engine

    net = engine.preset(preset, np.random.default_rng(0))
    found: list[Product] = []
    for layer in net.layers[1:]:
        block, sources = layer.block, [net.layer(name).shape for name in layer.sources]
        first = layer.sources[0] == net.layers[0].name
        match block:
            case engine.Dense() | engine.TokenHead():
                size = sources[0][-1] if isinstance(block, engine.TokenHead) else int(np.prod(sources[0]))
                found += _thrice(1, batch, size, layer.shape[-1], first)
            case engine.TokenDense():
                found += _thrice(1, batch * sources[0][0], sources[0][1], layer.shape[-1], first)
            case engine.PatchEmbedding():
                patch = block.size * block.size
                found += _thrice(1, batch * (layer.shape[0] - 1), patch, layer.shape[-1], first)
            case engine.AttentionScores():
                (queries, width), (keys, _) = sources
                found += _thrice(batch * block.heads, queries, width // block.heads, keys, False)
            case engine.Attention():
                (heads, queries, keys), (_, width) = sources
                found += _thrice(batch * heads, queries, keys, width // heads, False)
            case engine.Conv():
                return []
    return found


def _thrice(count: int, rows: int, inner: int, columns: int, first: bool) -> list[Product]:
    """Forward, the gradient by the right side, and that by the left, which the first layer does not need."""
    there, weights = (count, rows, inner, columns), (count, inner, rows, columns)
    return [there, weights] if first else [there, weights, (count, rows, columns, inner)]


def numpy_products(shapes: Sequence[Product]) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    sides = [
        tuple(rng.random(shape, np.float32) for shape in ((c, m, k), (c, k, n), (c, m, n)))
        for c, m, k, n in shapes
    ]

    def run() -> None:
        for left, right, out in sides:
            np.matmul(left, right, out=out)

    return run


def torch_products(shapes: Sequence[Product]) -> Callable[[], None]:
    import torch

    sides = [
        tuple(torch.rand(*shape) for shape in ((c, m, k), (c, k, n), (c, m, n))) for c, m, k, n in shapes
    ]

    def run() -> None:
        for left, right, out in sides:
            torch.bmm(left, right, out=out)

    return run


def measure(preset: str, batch: int, rounds: int, compiled: bool, answer: Any) -> None:
    """Send (viz3d, PyTorch, products or None) in ms of the processor, the choice, and the ratio compiled."""
    import torch

    torch.set_num_threads(1)
    images, labels = digits()
    tried: list[Choice] = choices(preset)
    sides: list[Callable[[], Any]] = [viz3d_step(preset, images, labels, batch)]
    sides += [torch_step(preset, images, labels, batch, choice) for choice in tried]
    if shapes := products(preset, batch):
        sides += [numpy_products(shapes), torch_products(shapes)]
    took = [statistics.median(each) for each in zip(*(turn(sides) for _ in range(rounds + 1)), strict=True)]
    theirs = took[1 : 1 + len(tried)]
    best = int(np.argmin(theirs))
    ratio = None
    if compiled:
        choice = dataclasses.replace(tried[best], compiled=True)
        pair = [sides[0], torch_step(preset, images, labels, batch, choice)]
        ratio = statistics.median(b / a for a, b in (turn(pair) for _ in range(rounds)))
    answer.send((took[0], theirs[best], min(took[1 + len(tried) :], default=None), str(tried[best]), ratio))


def turn(sides: Sequence[Callable[[], Any]]) -> list[float]:
    """Milliseconds of the processor that a step of each side takes."""
    taken = []
    for side in sides:
        side()
        begun = time.process_time()
        for _ in range(STEPS):
            side()
        taken.append((time.process_time() - begun) / STEPS * 1e3)
    return taken


def main() -> None:
    import engine

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", nargs="*", default=list(engine.presets()))
    parser.add_argument("--batch", type=int, nargs="*", default=[64])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--compile", action="store_true", help="torch.compile beside it")
    options = parser.parse_args()
    os.environ |= dict.fromkeys(THREADS, "1")
    titles = (
        "preset",
        "batch",
        "viz3d",
        "PyTorch",
        "its best",
        "x",
        "products alone",
        "x at the most",
        "x compiled",
    )
    print(f"Milliseconds of the processor, one thread\n\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for preset in options.preset:
        for batch in options.batch:
            print(f"| {' | '.join(row(preset, batch, options.rounds, options.compile))} |", flush=True)


def row(preset: str, batch: int, rounds: int, compiled: bool) -> list[str]:
    """The row of a preset, measured in a process of its own, as BLAS reads its limits at its start."""
    context = get_context("spawn")
    near, far = context.Pipe()
    # Not a daemon: torch.compile has processes of its own.
    process = context.Process(target=measure, args=(preset, batch, rounds, compiled, far))
    process.start()
    far.close()
    ours, theirs, bare, choice, ratio = near.recv()
    process.join()
    cells = [preset, str(batch), f"{ours:.2f}", f"{theirs:.2f}", choice, f"{theirs / ours:.2f}"]
    tells = bare is not None and kind(preset) == "attention"
    cells += ["" if bare is None else f"{bare:.2f}", f"{theirs / bare:.2f}" if tells else ""]
    return [*cells, "" if ratio is None else f"{ratio:.2f}"]


if __name__ == "__main__":
    main()
