"""Make a Keras network of sequences and its answers.

    KERAS_BACKEND=torch python tests/golden/make_foreign_sequences.py   # needs keras

sequences.keras: convolutions along 12 steps of 3 channels, strided, causal with gaps and by map, and pools.
The weights are random; sequences.npz has the sequences and answers.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras import layers
from packed import packed

FOLDER = Path(__file__).parents[1] / "foreign"


def main() -> None:
    """Write the network, and the sequences and answers."""
    keras.utils.set_random_seed(20261127)
    net = keras.Sequential(
        [
            keras.Input((12, 3)),
            layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"),
            layers.MaxPooling1D(2, strides=1),
            layers.BatchNormalization(),
            layers.SeparableConv1D(5, 3, strides=2, padding="same", activation="tanh"),
            layers.AveragePooling1D(2),
            layers.Conv1D(6, 2),
            layers.GlobalMaxPooling1D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    rng = np.random.default_rng(0)
    net.set_weights([np.abs(w) + 0.1 if "var" in v.name else w + rng.normal(0, 0.1, w.shape)
                     for v, w in zip(net.weights, net.get_weights(), strict=True)])  # fmt: skip
    steps = rng.random((4, 12, 3)).astype(np.float32)
    net.save(FOLDER / "sequences.keras")
    packed(FOLDER / "sequences.keras")
    np.savez_compressed(FOLDER / "sequences.npz", steps=steps, answers=net.predict(steps, verbose=0))


if __name__ == "__main__":
    main()
