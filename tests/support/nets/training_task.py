"""A task that a small net learns in a second, shared by the tests of training."""

import numpy as np

from engine import Dense, Layer, Net, Recipe
from engine.text.build import initial_parameters


def task(count: int = 230) -> tuple[np.ndarray, np.ndarray]:
    """Images that a small net can learn: class k lights the rows around 7 k + 3, the rest is dark."""
    rng = np.random.default_rng(11)
    labels = rng.integers(0, 4, count)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[7 * label : 7 * label + 6, 4:24] = rng.integers(0, 256, (6, 20))
    return images, labels


def net_of(hidden: str = "relu", rate: float = 0.2, **recipe) -> Net:
    layers = (
        Layer("input", "", (28, 28, 1)),
        Layer("hidden1", "", (40,), Dense(40), ("input",), hidden, rate),
        Layer("hidden2", "", (20,), Dense(20), ("hidden1",), hidden, rate),
        Layer("output", "", (4,), Dense(4), ("hidden2",), "log-softmax"),
    )
    parameters = initial_parameters(layers, np.random.default_rng(0))
    return Net.of("test", "", layers, parameters, Recipe(**{"batch": 32, "epochs": 3, **recipe}))


def same(a: Net, b: Net) -> bool:
    return all(np.array_equal(array, b.parameters[name]) for name, array in a.parameters.items())
