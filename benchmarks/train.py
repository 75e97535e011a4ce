"""Training speed of presets: viz3d against PyTorch on the CPU, side by side in one run.

    python benchmarks/train.py      # needs the "torch" extra; takes MNIST where it is found, else noise
    python benchmarks/train.py --preset cnn-draw --batch 64

Every side is a process of its own with the same net, batch size, optimizer, dropout and images. They take
turns in short blocks, one at a time, so that whatever else the machine does meets all alike; the table gives
medians. "lit" images are the same with no pixel at zero: there viz3d has no zeros to skip in the first layer.
PyTorch's twin is built layer by layer from the preset itself (`twins.py`); of a transformer's attention as
products and a softmax, which for 17 tokens is about as fast as its scaled_dot_product_attention: within 5 %.
"""

# Each side imports only what it needs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import product
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from twins import twin

SIDES = ("viz3d", "plain", "fused")
TITLES = {"viz3d": "viz3d", "plain": "PyTorch Adam", "fused": "PyTorch fused Adam"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def digits() -> tuple[np.ndarray, np.ndarray]:
    """uint8 (N, 28, 28) and labels: MNIST's training images, or noise with as many lit pixels."""
    import data

    if data.find_mnist() is not None:
        mnist = data.load("mnist", "train", download=False)
        return mnist.images, mnist.labels
    print("MNIST was not found: made-up images with as many lit pixels", file=sys.stderr)
    rng = np.random.default_rng(0)
    images = rng.integers(1, 256, (10_000, 28, 28)) * (rng.random((10_000, 28, 28)) < 0.19)
    return images.astype(np.uint8), rng.integers(0, 10, 10_000).astype(np.uint8)


def viz3d_step(preset: str, images: np.ndarray, labels: np.ndarray, batch: int) -> Callable[[], float]:
    import engine

    net = engine.preset(preset, np.random.default_rng(0))
    # What PyTorch's side does, whatever the preset's own recipe.
    recipe = engine.Recipe(net.recipe.loss, "adam", lr=1e-3, batch=batch, epochs=1000)
    steps = engine.fit(net, images, labels, rng=np.random.default_rng(1), recipe=recipe)
    return lambda: next(steps).loss


def torch_step(
    preset: str, images: np.ndarray, labels: np.ndarray, batch: int, fused: bool
) -> Callable[[], float]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    net, (height, width, _) = twin(preset, fused_attention=False)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=fused)
    loss_of = nn.NLLLoss()
    # Already floats, which viz3d makes of bytes at each step.
    cut = (28 - height) // 2
    middle = images[:, None, cut : cut + height, cut : cut + width]
    x = torch.from_numpy(middle.astype(np.float32) / 255)
    y = torch.from_numpy(labels.astype(np.int64))
    order = torch.randperm(len(y))
    at = 0

    def step() -> float:
        nonlocal order, at
        if at + batch > len(y):
            order, at = torch.randperm(len(y)), 0
        chosen = order[at : at + batch]
        at += batch
        optimizer.zero_grad()
        loss = loss_of(net(x[chosen]), y[chosen])
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


Digits = tuple[np.ndarray, np.ndarray]


def work(preset: str, side: str, batch: int, chosen: Digits, threads: int, line: Connection) -> None:
    """Be one side: for each number received run so many steps and answer with the seconds."""
    images, labels = chosen
    if side == "viz3d":
        step = viz3d_step(preset, images, labels, batch)
    else:
        import torch

        torch.set_num_threads(threads)
        step = torch_step(preset, images, labels, batch, fused=side == "fused")
    for _ in range(30):
        step()
    line.send(None)
    while count := line.recv():
        begun = time.perf_counter()
        for _ in range(count):
            loss = step()
        line.send(time.perf_counter() - begun)
        assert np.isfinite(loss)


def compare(
    preset: str, batch: int, chosen: Digits, threads: int, rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Samples/s of each side, one number for each round."""
    for name in THREADS:
        os.environ[name] = str(threads)
    context = get_context("spawn")
    lines = {}
    processes = []
    for side in SIDES:
        lines[side], far = context.Pipe()
        processes.append(
            context.Process(target=work, args=(preset, side, batch, chosen, threads, far), daemon=True)
        )
        processes[-1].start()
        # With our copy of its end closed, a side that dies ends our wait.
        far.close()
        lines[side].recv()
    found: dict[str, list[float]] = {side: [] for side in SIDES}
    counts = dict.fromkeys(SIDES, 30)
    for number in range(rounds + 1):
        for side in SIDES:
            lines[side].send(counts[side])
            took = lines[side].recv()
            if number:
                found[side].append(counts[side] * batch / took)
            counts[side] = max(1, round(seconds * counts[side] / took))
            # Thread pools spin for a while after work: let them fall asleep before the next side's turn.
            time.sleep(0.25)
    for side, process in zip(SIDES, processes, strict=True):
        lines[side].send(0)
        process.join()
    return found


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
    parser.add_argument("--where", action="store_true", help="only tell where viz3d's time goes")
    options = parser.parse_args()
    if options.where:
        for preset in options.preset:
            print_where(preset, options.batch, digits())
        return
    print("samples/s: median over turns; ratios: median over turns of viz3d / PyTorch in the same round\n")
    print(f"| preset | images | batch | threads | {' | '.join(TITLES.values())} | x plain | x fused |")
    print("|---|---|---|---|---|---|---|---|---|")
    images, labels = digits()
    cases = product(options.preset, (False, True), options.batch, options.threads)
    for preset, lit, batch, threads in cases:
        chosen = (np.maximum(images, 1) if lit else images, labels)
        found = compare(preset, batch, chosen, threads, options.rounds, options.seconds)
        rates = [f"{statistics.median(found[side]):,.0f}" for side in SIDES]
        ratios = [
            statistics.median(a / b for a, b in zip(found["viz3d"], found[side], strict=True))
            for side in SIDES[1:]
        ]
        cells = [preset, "lit" if lit else "digits", str(batch), str(threads), *rates]
        print(f"| {' | '.join(cells)} | {' | '.join(f'{r:.2f}' for r in ratios)} |", flush=True)


if __name__ == "__main__":
    main()
