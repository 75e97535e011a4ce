"""Between a network and what further training made of it: the mean of both, weight by weight.

    python scripts/mean_models.py mlp.npz mlp-further.npz --out mlp-mean.npz

Between the two lies mostly a way of low loss: the mean keeps more of what the first reads right, and most of
what the second has learned (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022). Tested on
MNIST, which VIZ3D_DATA names; the file keeps how the second was trained, and what is stored of its neurons
and of digits worth watching: `scripts/renew_models.py` works that out anew.
"""

import argparse
from pathlib import Path

import numpy as np

import data
import engine


def main() -> None:
    """Write the mean, in half floats, and print its accuracy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nets", nargs=2, type=Path, help="the network, and what training made of it")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    before, after = (engine.load(path) for path in options.nets)
    halves = {
        name: ((before.parameters[name].astype(np.float64) + array) / 2).astype(np.float16)
        for name, array in after.parameters.items()
    }
    arrays = {name: half.astype(np.float32) for name, half in halves.items()}
    if before.text != after.text:
        parser.error(f"they are not of one architecture: {before.text} and {after.text}")
    net = after.replace(arrays)
    tests = data.load("mnist", "test", download=False)
    correct = int((net.predict(tests.images).argmax(axis=1) == tests.labels).sum())
    told = dict(after.provenance)
    told |= {
        "mean_of": [path.name for path in options.nets],
        "test_correct": correct,
        "test_accuracy": correct / len(tests),
    }
    engine.save(net.replace(provenance=told), options.out, half=True)
    print(f"{options.out}: {correct:,} of {len(tests):,} right")


if __name__ == "__main__":
    main()
