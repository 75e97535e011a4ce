"""Make a Keras network of two classes that ends in one sum, as its loss alone tells, and its sums.

    KERAS_BACKEND=torch python tests/golden/make_foreign_one_sum.py   # needs keras

The weights are random; one-sum.npz has rows of numbers and their sums.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from packed import packed

FOLDER = Path(__file__).parents[1] / "foreign"


def main() -> None:
    """Write the network as .keras and .h5, and the rows and sums."""
    keras.utils.set_random_seed(7)
    net = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1, name="score")]
    )
    net.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    rows = np.random.default_rng(0).normal(0, 1, (8, 4)).astype(np.float32)
    net.save(FOLDER / "one-sum.keras")
    net.save(FOLDER / "one-sum.h5")
    packed(FOLDER / "one-sum.keras")
    np.savez_compressed(FOLDER / "one-sum.npz", rows=rows, sums=net.predict(rows, verbose=0)[:, 0])


if __name__ == "__main__":
    main()
