"""Make tests/foreign/keras-layers.tar.xz: a small Keras model for each setting of a layer, with its answers.

    KERAS_BACKEND=tensorflow python tests/golden/make_foreign_keras_layers.py   # needs keras and tensorflow

With PyTorch beneath, Keras pads means in another way. The images, of `make_foreign_layers.py`'s kind, and the
answers are in keras-layers.npz.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from keras import layers
from packed import SHAPE, bundled, unpacked

FOLDER = Path(__file__).parents[1] / "foreign"
CLASSES = 3

_INITIAL = {"use_bias": True, "bias_initializer": keras.initializers.RandomNormal(stddev=0.3)}


def _conv(maps: int = 4, size: int = 3, **settings: object) -> layers.Layer:
    return layers.Conv2D(maps, size, **(_INITIAL | settings))


def _tokens(*rest: layers.Layer) -> list[layers.Layer]:
    return [_conv(8, (7, 2), strides=(7, 2)), layers.Reshape((3, 8)), *rest]


KERAS: Mapping[str, list[layers.Layer]] = {
    "average-same": [layers.AveragePooling2D(3, 2, padding="same")],
    "average-valid": [layers.AveragePooling2D((2, 3), 1)],
    "max-same": [layers.MaxPooling2D(3, 2, padding="same")],
    "max-after-relu-same": [_conv(activation="relu"), layers.MaxPooling2D(2, 2, padding="same")],
    "padded": [layers.ZeroPadding2D(((1, 0), (0, 2))), _conv()],
    "padded-average": [layers.ZeroPadding2D(((1, 0), (0, 2))), layers.AveragePooling2D(2)],
    "strided-same": [_conv(strides=(2, 1), padding="same")],
    "dilated": [_conv(dilation_rate=2)],
    "grouped": [_conv(groups=2)],
    "depthwise": [layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same", **_INITIAL)],
    "separable": [layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", **_INITIAL)],
    "batch-norm": [_conv(), layers.BatchNormalization(epsilon=0.2), layers.ReLU()],
    "batch-norm-no-scale": [_conv(), layers.BatchNormalization(scale=False), layers.ReLU()],
    "batch-norm-no-center": [_conv(), layers.BatchNormalization(center=False), layers.ReLU()],
    "layer-norm": _tokens(layers.LayerNormalization(epsilon=0.2), layers.Dense(4, activation="tanh")),
    "layer-norm-no-scale": _tokens(layers.LayerNormalization(scale=False), layers.Dense(4)),
    "layer-norm-no-center": _tokens(layers.LayerNormalization(center=False), layers.Dense(4)),
    "rescaling": [layers.Rescaling([2.0, 0.5], [-1.0, 0.25]), _conv(activation="relu")],
    "normalization": [layers.Normalization(mean=[0.2, -0.1], variance=[0.5, 2.0]), _conv(activation="relu")],
    "leaky": [_conv(), layers.LeakyReLU(0.15)],
    "leaky-usual": [_conv(), layers.LeakyReLU()],
    "relu-slope": [_conv(), layers.ReLU(negative_slope=0.2)],
    "relu-six": [_conv(), layers.Rescaling(8.0), layers.ReLU(6.0)],
    "elu": [_conv(activation="elu")],
    "selu": [_conv(activation="selu")],
    "silu": [_conv(activation="silu")],
    "gelu": [_conv(activation="gelu")],
    "mish": [_conv(activation="mish")],
    "softplus": [_conv(activation="softplus")],
    "hard-sigmoid": [_conv(activation="hard_sigmoid")],
    "permuted": [layers.Permute((3, 1, 2)), layers.Flatten(), layers.Dense(6, activation="tanh")],
    "global-max": [_conv(activation="tanh"), layers.GlobalMaxPooling2D()],
    "global-average-kept": [_conv(activation="tanh"), layers.GlobalAveragePooling2D(keepdims=True)],
    "conv-1d-same": [
        _conv(4, (1, 6)), layers.Reshape((7, 4)), layers.Conv1D(5, 3, padding="same", activation="relu"),
    ],
    "conv-1d-strided": [
        _conv(4, (1, 6)), layers.Reshape((7, 4)), layers.Conv1D(5, 2, strides=2), layers.MaxPooling1D(2),
        layers.GlobalAveragePooling1D(),
    ],
    "average-1d": [_conv(4, (1, 6)), layers.Reshape((7, 4)), layers.AveragePooling1D(3, 2)],
    "softmax-inside": _tokens(layers.Softmax()),
}  # fmt: skip


def _branches(join: layers.Layer, count: int) -> keras.Model:
    image = layers.Input((7, 6, 2))
    ways = [_conv(padding="same", activation=name)(image) for name in ("relu", "tanh", "sigmoid")]
    return keras.Model(image, layers.Dense(CLASSES)(layers.Flatten()(join(ways[:count]))))


def in_keras(images: np.ndarray) -> tuple[dict[str, bytes], dict[str, np.ndarray]]:
    """The files of Keras models, and their answers."""
    files, answers = {}, {}
    models = {
        name: keras.Sequential([layers.Input((7, 6, 2)), *some, layers.Flatten(), layers.Dense(CLASSES)])
        for name, some in KERAS.items()
    }
    models["average-of-two"] = _branches(layers.Average(), 2)
    models["average-of-three"] = _branches(layers.Average(), 3)
    models["difference"] = _branches(layers.Subtract(), 2)
    models["sum-of-three"] = _branches(layers.Add(), 3)
    models["side-by-side"] = _branches(layers.Concatenate(), 3)
    models["one-below-another"] = _branches(layers.Concatenate(axis=1), 2)
    for name, model in models.items():
        rng = np.random.default_rng(len(name))
        model.set_weights([
            np.abs(0.2 * change) if "variance" in v.path else w + 0.2 * change
            for v, w in zip(model.weights, model.get_weights(), strict=True)
            for change in [rng.normal(0, 1, w.shape)]
        ])  # fmt: skip
        answers[name] = np.asarray(model.predict(images, verbose=0))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.keras"
            model.save(path)
            files[f"{name}.keras"] = unpacked(path.read_bytes())
    return files, answers


def main() -> None:
    """Write both files."""
    warnings.simplefilter("ignore")
    keras.utils.set_random_seed(20261129)
    images = np.random.default_rng(20261129).normal(0, 1, (3, *SHAPE)).astype(np.float32)
    files, answers = in_keras(images.transpose(0, 2, 3, 1))
    bundled(FOLDER / "keras-layers.tar.xz", files)
    np.savez_compressed(FOLDER / "keras-layers.npz", images=images, **answers)


if __name__ == "__main__":
    main()
