"""The small task: train on MNIST's first 500 training images for 5 epochs, read its first 200 test images.

    python benchmarks/computing/small_task.py                  # five presets, five seeds each; needs MNIST
    python benchmarks/computing/small_task.py --preset cnn-fast --seeds 20

Two ways, both augmented. "plain": five passes; in each, every one of the 500 images is drawn once, distorted
anew: 2,500 samples in all. "expanded": a pass draws every image 20 times, each time distorted anew, 50,000
samples in all. Nothing but the 500 images is learnt from. The recipes were chosen on training images beyond
them (numbers 50,000 to 53,000), never on test images.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import data
import engine
from data import Dataset

TRAINED, TESTED, EPOCHS, VARIANTS = 500, 200, 5, 20
# Preset -> way -> learning rate, batch, decay of the averaged weights, augmentation.
RECIPES = {
    "cnn-fast": {
        "plain": (0.02, 4, 0.95, "affine:0.7+elastic:0.8"),
        "expanded": (0.01, 16, 0.99, "affine+elastic"),
    },
    "cnn-balanced": {
        "plain": (0.015, 4, 0.95, "affine:0.7+elastic:0.8"),
        "expanded": (0.008, 16, 0.99, "affine+elastic"),
    },
    "cnn-accuracy": {
        "plain": (0.008, 4, 0.95, "affine:0.7+elastic:0.8"),
        "expanded": (0.004, 16, 0.99, "affine+elastic"),
    },
    "vit-tiny": {
        "plain": (0.002, 4, 0.95, "affine:0.5"),
        "expanded": (0.002, 16, 0.99, "affine+elastic"),
    },
    "vit-small": {
        "plain": (0.001, 4, 0.95, "affine:0.5"),
        "expanded": (0.001, 16, 0.99, "affine+elastic"),
    },
}


def train(preset: str, way: str, seed: int, digits: Dataset) -> tuple[engine.Net, int, int]:
    """The trained net, and how many samples and updates it took."""
    lr, batch, average, name = RECIPES[preset][way]
    times = VARIANTS if way == "expanded" else 1
    images, labels = (np.concatenate([a[:TRAINED]] * times) for a in (digits.images, digits.labels))
    steps = engine.fit(
        engine.preset(preset, np.random.default_rng(seed)),
        images,
        labels,
        rng=np.random.default_rng([seed, 1]),
        augment=data.augmentation(name).change,
        epochs=EPOCHS,
        lr=lr,
        batch=batch,
        average=average,
        schedule="cosine",
        warmup=0.1,
    )
    for step in steps:
        last = step
    return last.snapshot(), last.examples_seen, last.step


def told(accuracies: list[float]) -> str:
    return f"{100 * np.mean(accuracies):.1f} ({100 * min(accuracies):.1f} to {100 * max(accuracies):.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", nargs="*", default=list(RECIPES), choices=list(RECIPES))
    parser.add_argument("--way", nargs="*", default=["plain", "expanded"], choices=["plain", "expanded"])
    parser.add_argument("--seeds", type=int, default=5, help="0, 1, ... (default 5 of them)")
    options = parser.parse_args()
    digits, tests = data.load("mnist", "train"), data.load("mnist", "test")
    first = tests.images[:TESTED], tests.labels[:TESTED]
    print(f"accuracy in %: mean (least to most) over {options.seeds} seeds\n")
    print("| preset | way | samples | updates | first 200 test images | all 10,000 | s a run |")
    print("|---|---|---|---|---|---|---|")
    for preset in options.preset:
        for way in options.way:
            found: list[tuple[float, float]] = []
            begun = time.perf_counter()
            for seed in range(options.seeds):
                net, samples, updates = train(preset, way, seed, digits)
                every = engine.evaluate(net, tests.images, tests.labels).accuracy
                found.append((engine.evaluate(net, *first).accuracy, every))
            seconds = (time.perf_counter() - begun) / options.seeds
            scores = " | ".join(told(list(column)) for column in zip(*found, strict=True))
            print(f"| {preset} | {way} | {samples:,} | {updates:,} | {scores} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
