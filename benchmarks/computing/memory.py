"""Peak memory of training each preset, with a validation after it: each in a process of its own.

    python benchmarks/computing/memory.py [--batch 64]

The numbers are the whole process, interpreter and libraries included, by resource.getrusage.
"""

# Each process imports only what it needs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import resource
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np


def train(preset: str, batch: int, line: Connection) -> None:
    """Train a few steps, evaluate 10,000 images, and send the peak in bytes."""
    import engine

    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (10_000, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, len(images))
    net = engine.preset(preset, rng)
    few = slice(0, batch * 10)
    steps = engine.fit(
        net, images[few], labels[few], rng=rng, batch=batch, epochs=1, validation=(images, labels)
    )
    for _ in steps:
        pass
    # Linux counts in KB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    line.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    import engine

    print(f"| preset | parameters | peak MB at batch {options.batch} |\n|---|---|---|")
    context = get_context("spawn")
    for preset in engine.presets():
        near, far = context.Pipe()
        process = context.Process(target=train, args=(preset, options.batch, far))
        process.start()
        far.close()
        peak = near.recv()
        process.join()
        count = engine.preset(preset, np.random.default_rng(0)).parameter_count
        print(f"| {preset} | {count:,} | {peak / 1e6:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
