"""Optimizers over one flat parameter buffer, by PyTorch's definitions.

Here g is the gradient with decay, p' the parameters after the update, and every formula is of single numbers:

    sgd, momentum   v = momentum v + g; p' = p - lr v                         (no dampening)
    nesterov        the same v; p' = p - lr (g + momentum v)                  (Sutskever et al. 2013)
    adagrad         s = s + g^2; p' = p - lr g / (sqrt(s) + eps)              (Duchi et al. 2011)
    windowgrad      s = rho s + (1 - rho) g^2; p' as adagrad's                (RMSprop, Hinton 2012)
    adadelta        s as windowgrad's; d = sqrt((c + eps) / (s + eps)) g; p' = p - lr d;
                    c' = rho c + (1 - rho) d^2                                (Zeiler 2012, algorithm 1)
    adam            Kingma and Ba 2015, algorithm 1, eps outside the corrected root
    adamw           adam, with decay apart from it: p' = p - lr decay - ...   (Loshchilov and Hutter 2019)

Decay adds l1 |p| + l2 / 2 p^2 to the loss for each number p that decays, so l1 sign(p) + l2 p to its
gradient; adamw takes lr times that from p itself, past the running means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.graph.recipe import Recipe
from engine.net import Net

STATE: Mapping[str, tuple[str, ...]] = {
    "sgd": ("velocity",),
    "momentum": ("velocity",),
    "nesterov": ("velocity",),
    "adagrad": ("square",),
    "windowgrad": ("square",),
    "adadelta": ("square", "change"),
    "adam": ("mean", "square"),
    "adamw": ("mean", "square"),
}
"""Names of each optimizer's running arrays."""
_KINDS = ({"sgd", "momentum", "nesterov"}, {"adam", "adamw"})
# So many numbers for each thread to take at a time.
_PIECE = 1 << 14


class Optimizer:
    """The running state of one training: named flat arrays `state`, and how many updates it made.

    recipe may be replaced between two steps, by one of the same optimizer. pieces: see `pieces_of`. fast:
    compiled kernels, float32.
    """

    def __init__(
        self, recipe: Recipe, size: int, dtype: np.dtype[Any], pieces: tuple[Array, Array], fast: bool = False
    ):
        self.recipe = recipe
        self.count = 0
        self._size, self._dtype = size, dtype
        self.state = {name: aligned(size, dtype) for name in STATE[recipe.optimizer]}
        self.pieces = pieces
        self.fast = fast
        self._updates: dict[str, Any] = {}

    def under(self, recipe: Recipe) -> Optimizer:
        """Itself, or a fresh optimizer where the recipe asks for one whose state means something else."""
        old, new = self.recipe.optimizer, recipe.optimizer
        if old == new or any({old, new} <= kind for kind in _KINDS):
            self.recipe = recipe
            return self
        return Optimizer(recipe, self._size, self._dtype, self.pieces, self.fast)

    def step(self, parameters: Array, gradients: Array, lr: float) -> None:
        """Change flat parameters (n,) in place from flat gradients (n,), which may change too."""
        self.count += 1
        _RULES[self.recipe.optimizer](self, parameters, gradients, lr)

    def compiled(self, name: str) -> Any:
        """The compiled update of that name, see `kernels.optimizers`."""
        if name not in self._updates:
            self._updates[name] = _compiled(name, self.pieces)
        return self._updates[name]

    @property
    def decay(self) -> tuple[float, float]:
        """l1 and l2."""
        return self.recipe.l1, self.recipe.l2

    def slopes(self, parameters: Array, gradients: Array) -> Array:
        """The gradients with decay (n,)."""
        return gradients + self.pull(parameters) if any(self.decay) else gradients

    def pull(self, p: Array) -> Array:
        """The derivative (n,) of `penalty` by each of the flat parameters p (n,)."""
        gradient = np.zeros_like(p)
        for (first, end), decayed in zip(*self.pieces, strict=True):
            if decayed:
                part = slice(first, end)
                gradient[part] = self.recipe.l2 * p[part] + self.recipe.l1 * np.sign(p[part])
        return gradient


def pieces_of(net: Net) -> tuple[Array, Array]:
    """The net's flat parameters in pieces (k, 2), first and last plus one, and which of them decay: 1 or 0.

    What decays is said by each block.
    """
    pieces: list[tuple[int, int]] = []
    decayed: list[bool] = []
    for name, first in net.graph.parameter_offsets.items():
        layer, _, short = name.rpartition(".")
        block = net.layer(layer).block
        end = first + math.prod(net.graph.parameter_shapes[name])
        for start in range(first, end, _PIECE):
            pieces.append((start, min(start + _PIECE, end)))
            decayed.append(block is not None and short in block.decayed)
    return np.array(pieces, np.int64).reshape(-1, 2), np.array(decayed, np.float32)


def penalty(recipe: Recipe, parameters: Array, pieces: tuple[Array, Array]) -> float:
    """What decay adds to the loss for flat parameters (n,): l1 sum |p| + l2 / 2 sum p^2 over what decays."""
    total = 0.0
    if recipe.l1 or recipe.l2:
        for (first, end), decayed in zip(*pieces, strict=True):
            if decayed:
                p = parameters[first:end]
                total += recipe.l2 / 2 * float(p @ p)
                total += recipe.l1 * float(np.abs(p).sum()) if recipe.l1 else 0.0
    return total


class Average:
    """A running mean of the weights: each update counts `decay` times as much as the one after it.

    The mean starts at zero and is divided by the weights it has seen so far, so that it is a true mean from
    the first update on (Kingma and Ba 2015, section 7.2).
    """

    def __init__(self, size: int, dtype: np.dtype[Any], pieces: tuple[Array, Array], fast: bool = False):
        self.mean = np.zeros(size, dtype)
        self.weight = 0.0
        self.pieces = pieces
        self.fast = fast
        self._compiled: Any = None

    def add(self, parameters: Array, decay: float) -> None:
        """Take flat parameters (n,) into the mean."""
        self.weight = decay * self.weight + (1 - decay)
        if self.fast:
            if self._compiled is None:
                self._compiled = _compiled("average", self.pieces)
            self._compiled((self.mean, parameters), (decay,))
            return
        self.mean *= decay
        self.mean += (1 - decay) * parameters

    def value(self) -> Array:
        """The mean (n,) as a new array, of one set of parameters or more."""
        return (self.mean / self.weight).astype(self.mean.dtype)


def _sgd(optimizer: Optimizer, p: Array, g: Array, lr: float) -> None:
    v, keep = optimizer.state["velocity"], optimizer.recipe.momentum
    ahead = optimizer.recipe.optimizer == "nesterov"
    if optimizer.fast:
        optimizer.compiled("sgd")((p, g, v), (*optimizer.decay, lr, keep, ahead))
        return
    slope = optimizer.slopes(p, g)
    v *= keep
    v += slope
    p -= lr * (slope + keep * v if ahead else v)


def _scaled(optimizer: Optimizer, p: Array, g: Array, lr: float) -> None:
    square, rho, eps = optimizer.state["square"], optimizer.recipe.rho, optimizer.recipe.eps
    keep, share = (rho, 1 - rho) if optimizer.recipe.optimizer == "windowgrad" else (1.0, 1.0)
    if optimizer.fast:
        optimizer.compiled("scaled")((p, g, square), (*optimizer.decay, lr, keep, share, eps))
        return
    slope = optimizer.slopes(p, g)
    square *= keep
    square += share * np.square(slope)
    p -= lr * slope / (np.sqrt(square) + eps)


def _adadelta(optimizer: Optimizer, p: Array, g: Array, lr: float) -> None:
    square, change = optimizer.state["square"], optimizer.state["change"]
    rho, eps = optimizer.recipe.rho, optimizer.recipe.eps
    if optimizer.fast:
        optimizer.compiled("adadelta")((p, g, square, change), (*optimizer.decay, lr, rho, eps))
        return
    slope = optimizer.slopes(p, g)
    square *= rho
    square += (1 - rho) * np.square(slope)
    delta = np.sqrt((change + eps) / (square + eps)) * slope
    change *= rho
    change += (1 - rho) * np.square(delta)
    p -= lr * delta


def _adam(optimizer: Optimizer, p: Array, g: Array, lr: float) -> None:
    mean, square, recipe = optimizer.state["mean"], optimizer.state["square"], optimizer.recipe
    apart = recipe.optimizer == "adamw"
    rate = lr / (1 - recipe.beta1**optimizer.count)
    root_scale = 1 / math.sqrt(1 - recipe.beta2**optimizer.count)
    if optimizer.fast:
        numbers = (*optimizer.decay, apart, lr, recipe.beta1, recipe.beta2, rate, root_scale, recipe.eps)
        optimizer.compiled("adam")((p, g, mean, square), numbers)
        return
    slope = g if apart else optimizer.slopes(p, g)
    mean *= recipe.beta1
    mean += (1 - recipe.beta1) * slope
    square *= recipe.beta2
    square += (1 - recipe.beta2) * np.square(slope)
    if apart:
        p -= lr * optimizer.pull(p)
    p -= rate * mean / (np.sqrt(square) * root_scale + recipe.eps)


_RULES: Mapping[str, Callable[[Optimizer, Array, Array, float], None]] = {
    "sgd": _sgd,
    "momentum": _sgd,
    "nesterov": _sgd,
    "adagrad": _scaled,
    "windowgrad": _scaled,
    "adadelta": _adadelta,
    "adam": _adam,
    "adamw": _adam,
}


def _compiled(name: str, pieces: tuple[Array, Array]) -> Any:
    # Numba takes a second to import: only training pays it.
    from engine.kernels.optimizers import Update  # noqa: PLC0415

    return Update(name, pieces)
