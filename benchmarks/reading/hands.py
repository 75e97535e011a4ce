"""How many ones, fours and sevens are read right in forms that MNIST has seldom: per cent by network.

    python benchmarks/reading/hands.py                    # the networks that come with viz3d
    python benchmarks/reading/hands.py old/mlp.npz        # others

The forms are those of `data.augment.hands`, drawn with a seed of its own onto MNIST's test digits, on which
nothing is trained; "MNIST" is the whole test set as it is.
"""

import argparse
from pathlib import Path

import numpy as np

import data
import engine
from data.augment.hands import hands

_SEED = 9


def main() -> None:
    """Print a row of the table for each network."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    bundled = [data.model_path(name) for name in data.bundled_models()]
    parser.add_argument("nets", nargs="*", type=Path, default=bundled, help="networks' files")
    paths = parser.parse_args().nets
    tests = data.load("mnist", "test", download=False)
    images, labels = hands(tests.images, tests.labels, np.random.default_rng(_SEED))
    new = slice(len(tests), None)
    ones, fours, sevens = ((labels[new] == digit).sum() for digit in (1, 4, 7))
    print(f"| network | MNIST | {ones} ones | {fours} fours | {sevens} sevens |")
    print("|---|---|---|---|---|")
    for path in paths:
        net = engine.load(path)
        right = net.predict(images).argmax(axis=1) == labels
        of = [right[: len(tests)], *(right[new][labels[new] == digit] for digit in (1, 4, 7))]
        print(f"| {path.stem} | " + " | ".join(f"{100 * each.mean():.2f}" for each in of) + " |")


if __name__ == "__main__":
    main()
