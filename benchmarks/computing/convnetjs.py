"""Training speed against ConvNetJS in Node: its MNIST demo's net, batch 20, Adadelta, random 24x24 crops.

    npm install --prefix SCRATCH convnetjs          # in any folder outside the repository
    python benchmarks/computing/convnetjs.py --folder SCRATCH

Two processes train `cnn-crop` and take turns in short blocks; both draw images, crop them, run forward and
backward and update, on one thread. The table gives medians over turns.
"""

# ruff: noqa: E402

from __future__ import annotations

import os

# Before numpy is imported, which asks only once.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import data
import engine

BATCH = 20
Turn = Callable[[int], float]  # examples -> seconds


def viz3d_turn(images: np.ndarray, labels: np.ndarray) -> Turn:
    net = engine.preset("cnn-crop", np.random.default_rng(0))
    recipe = engine.Recipe("cross-entropy", "adadelta", lr=1.0, l2=0.001, batch=BATCH, epochs=100_000)
    rng = np.random.default_rng(1)
    steps = engine.fit(net, images, labels, rng=rng, recipe=recipe, augment=data.random_crop)

    def turn(examples: int) -> float:
        begun = time.perf_counter()
        for _ in range(examples // BATCH):
            step = next(steps)
        took = time.perf_counter() - begun
        assert np.isfinite(step.loss)
        return took

    return turn


def node_turn(process: subprocess.Popen[str]) -> Turn:
    def turn(examples: int) -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{examples}\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert np.isfinite(answer["loss"])
        return float(answer["seconds"])

    return turn


def compare(turns: dict[str, Turn], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Examples/s of each side, one number for each round."""
    counts, found = {}, {name: [] for name in turns}
    for name, turn in turns.items():
        turn(40 * BATCH)  # both compile what they run often
        rate = 40 * BATCH / turn(40 * BATCH)
        counts[name] = max(1, round(rate * seconds / BATCH)) * BATCH
    for _ in range(rounds):
        for name, turn in turns.items():
            found[name].append(counts[name] / turn(counts[name]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="where `npm install convnetjs` was run")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each side (default 15)")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a turn (default 0.5)")
    options = parser.parse_args()
    if not (options.folder / "node_modules" / "convnetjs").is_dir():
        raise SystemExit(
            f"{options.folder} has no convnetjs: npm install --prefix {options.folder} convnetjs"
        )
    mnist = data.load("mnist", "train")
    images, labels = mnist.images[:5000], mnist.labels[:5000]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("digits", "labels")]
        for file, array in zip(files, (images, labels), strict=True):
            file.write_bytes(array.tobytes())
        script = Path(__file__).with_suffix(".mjs")
        command = ["node", script, options.folder.resolve(), *files]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
            turns = {"viz3d": viz3d_turn(images, labels), "ConvNetJS": node_turn(node)}
            found = compare(turns, options.rounds, options.seconds)
            assert node.stdin is not None
            node.stdin.close()
    ratios = [a / b for a, b in zip(*found.values(), strict=True)]
    rates = [f"{statistics.median(rates):,.0f}" for rates in found.values()]
    print("| net | batch | threads | viz3d | ConvNetJS | x | least, most |")
    print("|---|---|---|---|---|---|---|")
    spread = f"{min(ratios):.1f}, {max(ratios):.1f}"
    print(f"| cnn-crop | {BATCH} | 1 | {' | '.join(rates)} | {statistics.median(ratios):.1f} | {spread} |")


if __name__ == "__main__":
    main()
