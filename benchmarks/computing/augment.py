"""How fast training images are made new: images/s of each augmentation on one core.

python benchmarks/computing/augment.py
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

import data

NAMES = ("affine", "elastic", "affine+elastic", "affine+elastic+crop", "crop")


def rate(name: str, images: np.ndarray, seconds: float) -> float:
    change = data.augmentation(name).change
    assert change is not None
    rng = np.random.default_rng(0)
    change(images, rng)
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        change(images, rng)
        count += len(images)
    return count / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    # Real digits, as many as a batch has: how dark they are is of no matter here.
    images = np.resize(data.load("digits").images, (options.batch, 28, 28))
    print(f"| augmentation, batches of {options.batch} | images/s |\n|---|---|")
    for name in NAMES:
        rates = [rate(name, images, 0.2) for _ in range(options.rounds)]
        print(f"| {name} | {statistics.median(rates):,.0f} |")


if __name__ == "__main__":
    main()
