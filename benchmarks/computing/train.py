"""Training speed of presets: viz3d against PyTorch at its best on the CPU, side by side in one run.

    python benchmarks/computing/train.py   # needs the "torch" extra; takes MNIST where it is, else noise
    python benchmarks/computing/train.py --preset cnn-draw --batch 64 --compile

Every side is a process of its own with the same net, batch size, optimizer, dropout and images. They take
turns in short blocks, one at a time, so that whatever else the machine does meets all alike; the table gives
medians. "lit" images are the same with no pixel at zero: there viz3d has no zeros to skip in the first layer.
PyTorch's twin is built layer by layer from the preset itself (`twins.py`), always with fused Adam. Where
PyTorch has a choice (channels first or last, pooling before or after ReLU, attention as products or as
scaled_dot_product_attention, all tokens in the last block or the one that is read) all are tried for a few
turns, and the fastest is what viz3d is compared with.
--compile adds that one under torch.compile, which takes a C++ compiler and most of a minute for each row.
"""

# Each side imports only what it needs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import product
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from training_sides import THREADS, Choice, choices, digits, torch_step, viz3d_step

TRIAL = 3
"""Turns in which PyTorch's choices are tried."""


Digits = tuple[np.ndarray, np.ndarray]


def work(
    preset: str, side: Choice | None, batch: int, chosen: Digits, threads: int, line: Connection
) -> None:
    """Be one side, viz3d where it is None: for each number received run so many steps, answer the seconds."""
    images, labels = chosen
    if side is None:
        step = viz3d_step(preset, images, labels, batch)
    else:
        import torch

        torch.set_num_threads(threads)
        step = torch_step(preset, images, labels, batch, side)
    for _ in range(30):
        step()
    line.send(None)
    while count := line.recv():
        begun = time.perf_counter()
        for _ in range(count):
            loss = step()
        line.send(time.perf_counter() - begun)
        assert np.isfinite(loss)


class Side:
    """A process that trains when it is asked to."""

    def __init__(self, preset: str, choice: Choice | None, batch: int, chosen: Digits, threads: int):
        context = get_context("spawn")
        self.batch, self.count = batch, 30
        self._line, far = context.Pipe()
        arguments = (preset, choice, batch, chosen, threads, far)
        self._process = context.Process(target=work, args=arguments, daemon=True)
        self._process.start()
        # With our copy of its end closed, a side that dies ends our wait.
        far.close()
        self._line.recv()

    def turn(self, seconds: float) -> float:
        """Train for about so long; samples/s."""
        self._line.send(self.count)
        took = self._line.recv()
        rate: float = self.count * self.batch / took
        self.count = max(1, round(seconds * self.count / took))
        # Thread pools spin for a while after work: let them fall asleep before the next side's turn.
        time.sleep(0.25)
        return rate

    def end(self) -> None:
        self._line.send(0)
        self._process.join()


def in_turns(sides: Sequence[Side], rounds: int, seconds: float) -> list[list[float]]:
    """Samples/s of each side, one number for each round; the first round only warms up."""
    rates = [[side.turn(seconds) for side in sides] for _ in range(rounds + 1)]
    return [list(column) for column in zip(*rates[1:], strict=True)]


@dataclasses.dataclass(frozen=True)
class Row:
    """Samples/s of each round: viz3d, PyTorch at its best, the same compiled."""

    ours: list[float]
    best: list[float]
    compiled: list[float] | None
    choice: Choice


def compare(
    preset: str, batch: int, chosen: Digits, threads: int, rounds: int, seconds: float, compiled: bool
) -> Row:
    for name in THREADS:
        os.environ[name] = str(threads)
    tried = choices(preset)
    sides = {choice: Side(preset, choice, batch, chosen, threads) for choice in tried}
    rates = in_turns(list(sides.values()), TRIAL, seconds) if len(tried) > 1 else [[0.0]]
    best = tried[int(np.argmax([statistics.median(each) for each in rates]))]
    for choice in tried:
        if choice != best:
            sides[choice].end()
    lined = [Side(preset, None, batch, chosen, threads), sides[best]]
    if compiled:
        lined.append(Side(preset, dataclasses.replace(best, compiled=True), batch, chosen, threads))
    taken = in_turns(lined, rounds, seconds)
    for side in lined:
        side.end()
    return Row(taken[0], taken[1], taken[2] if compiled else None, best)


def where(preset: str, batch: int, chosen: Digits, steps: int = 400) -> dict[str, float]:
    """Microseconds of each part of viz3d's step, medians."""
    import engine
    from engine.run import as_inputs, loss_of
    from engine.training import Trainer

    net = engine.preset(preset, np.random.default_rng(0))
    trainer = Trainer(net, dataclasses.replace(net.recipe, batch=batch))
    rng = np.random.default_rng(1)
    images, labels = chosen
    took: dict[str, list[float]] = {}

    def timed(name: str, part: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = part()
        took.setdefault(name, []).append((time.perf_counter() - begun) * 1e6)
        return result

    loss, head = loss_of(net.recipe.loss), net.layers[-1].activation
    machine, optimizer = trainer.machine, trainer.optimizer
    for _ in range(steps):
        rows = rng.integers(0, len(labels), batch)
        truth = labels[rows].astype(np.int64)
        x = timed("pick images", lambda rows=rows: as_inputs(net, images[rows]))
        act = timed("forward", lambda x=x: machine.forward(x, rng))
        _, grad = timed("loss", lambda act=act, t=truth: loss(head, machine.pre["output"], act, t))
        timed("backward", lambda grad=grad: machine.backward(grad))
        timed("Adam", lambda: optimizer.step(trainer.flat, trainer.flat_gradients, 1e-3))
    return {name: statistics.median(values[steps // 4 :]) for name, values in took.items()}


def print_where(preset: str, batches: Sequence[int], chosen: Digits) -> None:
    found = {batch: where(preset, batch, chosen) for batch in batches}
    print(f"{preset}: microseconds of a step | {' | '.join(f'batch {batch}' for batch in found)}")
    for name in found[batches[0]]:
        print(f"{name} | {' | '.join(f'{parts[name]:,.0f}' for parts in found.values())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="turns of each side (default 15)")
    parser.add_argument("--seconds", type=float, default=0.4, help="length of a turn (default 0.4)")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--batch", type=int, nargs="*", default=[32, 128])
    parser.add_argument("--preset", nargs="*", default=["mlp"])
    parser.add_argument("--images", nargs="*", choices=["digits", "lit"], default=["digits", "lit"])
    parser.add_argument("--compile", action="store_true", help="torch.compile beside it")
    parser.add_argument("--where", action="store_true", help="only tell where viz3d's time goes")
    options = parser.parse_args()
    if options.where:
        for preset in options.preset:
            print_where(preset, options.batch, digits())
        return
    print("samples/s: median over turns; ratios: median over turns of viz3d / PyTorch in the same round\n")
    titles = ("preset", "images", "batch", "threads", "viz3d", "PyTorch", "its best", "x", "compiled", "x")
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    images, labels = digits()
    cases = product(options.preset, options.images, options.batch, options.threads)
    for preset, which, batch, threads in cases:
        chosen = (np.maximum(images, 1) if which == "lit" else images, labels)
        row = compare(preset, batch, chosen, threads, options.rounds, options.seconds, options.compile)
        cells = [preset, which, str(batch), str(threads), rate(row.ours), rate(row.best), str(row.choice)]
        cells += [ratio(row.ours, row.best)]
        cells += ["", ""] if row.compiled is None else [rate(row.compiled), ratio(row.ours, row.compiled)]
        print(f"| {' | '.join(cells)} |", flush=True)


def rate(each: Sequence[float]) -> str:
    return f"{statistics.median(each):,.0f}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{statistics.median(a / b for a, b in zip(ours, theirs, strict=True)):.2f}"


if __name__ == "__main__":
    main()
