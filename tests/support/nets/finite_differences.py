"""Slopes by finite differences, and a net's gradients held to them."""

from collections.abc import Mapping

import numpy as np

from engine import Net
from engine.run import loss_of
from engine.training import Trainer


def slopes(function, arrays: Mapping[str, np.ndarray], step: float = 1e-6) -> dict[str, np.ndarray]:
    found = {}
    for name, array in arrays.items():
        found[name] = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = function()
            array[place] = kept - step
            found[name][place] = (above - function()) / (2 * step)
            array[place] = kept
    return found


def check_parameters(net: Net, dropout_seed: int | None = None, idle: bool = False) -> None:
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, *net.layers[0].shape)), rng.integers(0, 3, 5)
    trainer = Trainer(net, net.recipe)
    loss = loss_of(net.recipe.loss)
    head = net.layers[-1].activation

    def run() -> tuple[float, np.ndarray]:
        dropping = None if dropout_seed is None else np.random.default_rng(dropout_seed)
        act = trainer.machine.forward(x, dropping)
        total, grad = loss(head, trainer.machine.pre["output"], act, labels)
        return total / len(labels), grad

    trainer.machine.backward(run()[1])
    expected = slopes(lambda: run()[0], trainer.parameters)
    for name, gradient in trainer.gradients.items():
        assert np.allclose(gradient, expected[name], rtol=1e-6, atol=1e-8), name
        # A softmax by row takes no notice of what all keys share.
        still = idle or name.startswith("unused") or name.endswith("key.bias")
        assert still or np.abs(gradient).max() > 1e-6, f"{name} was not worked out"
