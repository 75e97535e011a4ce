"""Do again what the bundled models keep besides their weights: statistics, and digits worth watching.

Run it after a new training, from the repository's root, with VIZ3D_DATA at the folder of MNIST:
    python scripts/renew_models.py [preset ...]
Weights stay as they are, bit by bit.
"""

import sys

import numpy as np

import data
import engine
from viz3d.evaluate.statistics import save_alike, with_statistics, with_watch

LEGIBLE = {
    "mnist:test": {
        "mlp": (6894, 9847, 7233, 3533, 3950),
        "mlp-sigmoid": (490, 273),
        "cnn-balanced": (2860,),
        "cnn-accuracy": (3384, 2952, 8071, 5106),
        "cnn-draw": (2953, 4838, 691),
        "cnn-crop": (9847, 618),
        "vit-tiny": (5972, 8064),
        "vit-small": (490, 7472, 4437, 8071, 2234),
    },
    "digits:test": {"cnn-draw": (80,), "vit-small": (218, 287)},
}
"""Images that people read at a glance and that the network doubts: chosen by eye."""


def renew(preset: str, train: data.Dataset, tests: list[data.Dataset]) -> None:
    """Write the bundled model of a preset anew."""
    path = data.model_path(preset)
    net = engine.load(path)
    legible = {images: chosen.get(preset, ()) for images, chosen in LEGIBLE.items()}
    renewed = with_watch(with_statistics(net, train), *tests, legible=legible)
    before = path.stat().st_size
    save_alike(renewed, path)
    again = engine.load(path)
    if not all(np.array_equal(again.parameters[key], array) for key, array in net.parameters.items()):
        sys.exit(f"{path}: its weights are no longer what they were: restore the file")
    print(f"{preset}: {before:,} bytes before, {path.stat().st_size:,} now")
    for images, numbers in renewed.watch.items():
        print(f"  {images} {' '.join(map(str, numbers))}")


def main() -> None:
    """Renew all bundled models, or those that are named."""
    train = data.load("mnist", "train", download=False)
    tests = [data.load("mnist", "test", download=False), data.load("digits", "test")]
    for preset in sys.argv[1:] or data.bundled_models():
        renew(preset, train, tests)


if __name__ == "__main__":
    main()
