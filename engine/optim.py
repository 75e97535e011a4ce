"""Optimizers over one flat parameter buffer, by PyTorch's definitions."""

from __future__ import annotations

import math
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
        """One update in place; see Optimizer."""
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
        fast: bool = False,
    ):
        self.fast = fast
        self.betas = betas
        self.eps = eps
        self.count = 0
        self.mean = np.zeros(size, dtype)
        self.square = np.zeros(size, dtype)

    def step(self, parameters: Array, gradients: Array, lr: float) -> None:
        """One update in place; see Optimizer."""
        self.count += 1
        beta1, beta2 = self.betas
        rate = lr / (1 - beta1**self.count)
        root_scale = 1 / math.sqrt(1 - beta2**self.count)
        if self.fast:
            # Numba takes a second to import: only training pays it.
            from engine import kernels  # noqa: PLC0415

            kernels.adam(
                parameters, gradients, self.mean, self.square, self.betas, rate, root_scale, self.eps
            )
            return
        self.mean *= beta1
        self.mean += (1 - beta1) * gradients
        self.square *= beta2
        self.square += (1 - beta2) * np.square(gradients)
        root = np.sqrt(self.square)
        root *= root_scale
        root += self.eps
        parameters -= rate * self.mean / root


def optimizer_of(recipe: Recipe, size: int, dtype: np.dtype[np.generic], fast: bool) -> Optimizer:
    """The recipe's optimizer with fresh state for (size,) parameters; fast: compiled kernels, float32."""
    if recipe.optimizer == "sgd":
        return SGD(size, dtype, recipe.momentum)
    return Adam(size, dtype, fast=fast)
