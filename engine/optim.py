"""Optimizers over one flat parameter buffer, by PyTorch's definitions."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.arrays import Array
from engine.recipe import Recipe


class Optimizer(Protocol):
    """Holds the running state of one training."""

    def step(self, parameters: Array, gradients: Array, lr: float) -> None:
        """Change flat parameters (n,) in place by one update from flat gradients (n,)."""


class SGD:
    """p -= lr * v with v = momentum * v + g (torch.optim.SGD, no dampening)."""

    def __init__(self, size: int, dtype: np.dtype[np.generic], momentum: float = 0.0):
        self.momentum = momentum
        self.velocity = np.zeros(size if momentum else 0, dtype)

    def step(self, parameters: Array, gradients: Array, lr: float) -> None:
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += gradients
            gradients = self.velocity
        parameters -= lr * gradients


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1) with eps outside the corrected root, as torch.optim.Adam."""

    def __init__(
        self,
        size: int,
        dtype: np.dtype[np.generic],
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ):
        self.betas = betas
        self.eps = eps
        self.count = 0
        self.mean = np.zeros(size, dtype)
        self.square = np.zeros(size, dtype)

    def step(self, parameters: Array, gradients: Array, lr: float) -> None:
        self.count += 1
        beta1, beta2 = self.betas
        self.mean *= beta1
        self.mean += (1 - beta1) * gradients
        self.square *= beta2
        self.square += (1 - beta2) * np.square(gradients)
        rate = lr / (1 - beta1**self.count)
        root = np.sqrt(self.square)
        root /= np.sqrt(1 - beta2**self.count)
        root += self.eps
        parameters -= rate * self.mean / root


def optimizer_of(recipe: Recipe, size: int, dtype: np.dtype[np.generic]) -> Optimizer:
    """The recipe's optimizer with fresh state for (size,) parameters."""
    if recipe.optimizer == "sgd":
        return SGD(size, dtype, recipe.momentum)
    return Adam(size, dtype)
