"""Losses: each one's value and its gradient with respect to the output layer's pre-activations, side by side.

`loss_of(name)(head, pre, act, labels)` -> (loss summed over the batch, gradient of the batch's mean loss (n,
classes)).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.errors import EngineError

Loss = Callable[[str, Array, Array, Array], tuple[float, Array]]


def _negative_log_likelihood(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    # Both heads give softmax(pre) - onehot; for softmax the log is taken from pre, which never meets log 0.
    if head == "log-softmax":
        logs = act
    else:
        logs = np.empty_like(pre)
        activation("log-softmax").forward(pre, logs)
    rows = np.arange(len(labels))
    grad = np.exp(logs)
    grad[rows, labels] -= 1
    grad /= len(labels)
    return -float(logs[rows, labels].sum()), grad


def _squared_error(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    error = act.copy()
    error[np.arange(len(labels)), labels] -= 1
    loss = 0.5 * float(np.square(error).sum())
    error /= len(labels)
    activation(head).backward(error, pre, act, error)
    return loss, error


def _binary_cross_entropy(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    # From pre, as log(1 + e^-|z|) + max(z, 0) - z y, which neither overflows nor meets log 0.
    del head
    rows = np.arange(len(labels))
    total = float((np.log1p(np.exp(-np.abs(pre))) + np.maximum(pre, 0)).sum() - pre[rows, labels].sum())
    grad = act.copy()
    grad[rows, labels] -= 1
    grad /= len(labels)
    return total, grad


def _hinge(head: str, pre: Array, act: Array, labels: Array) -> tuple[float, Array]:
    del head, act
    rows = np.arange(len(labels))
    margins = np.maximum(pre - pre[rows, labels][:, None] + 1, 0)
    margins[rows, labels] = 0
    grad = (margins > 0).astype(pre.dtype)
    grad[rows, labels] = -grad.sum(axis=1)
    grad /= len(labels)
    return float(margins.sum()), grad


_SOFTMAX = ("softmax", "log-softmax")
# Each loss and the output activations that it is for; () for all.
_KNOWN: dict[str, tuple[Loss, tuple[str, ...]]] = {
    "nll": (_negative_log_likelihood, _SOFTMAX),
    "cross-entropy": (_negative_log_likelihood, _SOFTMAX),
    "squared-error": (_squared_error, ()),
    "binary-cross-entropy": (_binary_cross_entropy, ("sigmoid",)),
    "hinge": (_hinge, ("identity",)),
}


def loss_of(name: str) -> Loss:
    """The loss of that name; EngineError lists the known ones.

    Each is the batch's mean of: "nll", the same as "cross-entropy": -log of the true class's probability;
    "squared-error": half the sum of squares over the classes; "binary-cross-entropy": the sum over the
    classes, each for itself; "hinge": sum of max(0, score_j - score_y + 1) over the wrong classes j (Weston
    and Watkins 1999).
    """
    return _known(name)[0]


def check_loss(name: str, head: str) -> None:
    """EngineError unless the loss is for nets whose output activation is `head`."""
    heads = _known(name)[1]
    if heads and head not in heads:
        article = "an" if heads[0][0] in "aeiou" else "a"
        raise EngineError(f"loss {name} needs {article} {' or '.join(heads)} output, got {head}")


def _known(name: str) -> tuple[Loss, tuple[str, ...]]:
    if name not in _KNOWN:
        raise EngineError(f"unknown loss {name!r}: known are {', '.join(_KNOWN)}")
    return _KNOWN[name]
