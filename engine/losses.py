"""Losses: each one's value and its gradient with respect to the output layer's pre-activations, side by side.

`of(name)(head, pre, act, labels)` -> (loss summed over the batch, gradient of the batch's mean loss (n,
classes)).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.activations import activation
from engine.arrays import Array
from engine.errors import EngineError

Loss = Callable[[str, Array, Array, Array], tuple[float, Array]]


def _negative_log_likelihood(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    # Both heads give softmax(pre) - onehot; for softmax the log is taken from pre, which never meets log 0.
    if head == "log-softmax":
        logs = act
    elif head == "softmax":
        logs = np.empty_like(pre)
        activation("log-softmax").forward(pre, logs)
    else:
        raise EngineError(f"cross-entropy needs a softmax or log-softmax output, got {head}")
    rows = np.arange(len(labels))
    grad = np.exp(logs)
    grad[rows, labels] -= 1
    grad /= len(labels)
    return -float(logs[rows, labels].sum()), grad


def _squared_error(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    del pre
    error = act.copy()
    error[np.arange(len(labels)), labels] -= 1
    loss = 0.5 * float(np.square(error).sum())
    error /= len(labels)
    activation(head).backward(error, act, error)
    return loss, error


_KNOWN: dict[str, Loss] = {
    "nll": _negative_log_likelihood,
    "cross-entropy": _negative_log_likelihood,
    "squared-error": _squared_error,
}


def loss_of(name: str) -> Loss:
    """The loss of that name: "nll" and "cross-entropy" for softmax heads, "squared-error" for any.

    squared-error is the batch's mean of half the sum over the classes.
    """
    if name not in _KNOWN:
        raise EngineError(f"unknown loss {name!r}: known are {', '.join(_KNOWN)}")
    return _KNOWN[name]
