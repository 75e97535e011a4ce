"""Activation functions in PyTorch's words."""

from __future__ import annotations

from collections.abc import Mapping

from engine.blocks.activations import leak_of

_ACTIVATIONS: Mapping[str, tuple[str, str]] = {
    "identity": ("{}", ""),
    "relu": ("F.relu({})", "negative sums become 0"),
    "gelu": ("F.gelu({})", "GELU lets large sums through"),
    "gelu-tanh": ('F.gelu({}, approximate="tanh")', "GELU lets large sums through"),
    "sigmoid": ("torch.sigmoid({})", "squeezed into 0..1"),
    "tanh": ("torch.tanh({})", "squeezed into -1..1"),
    "elu": ("F.elu({})", "negative sums level off at -1"),
    "selu": ("F.selu({})", "negative sums level off at -1.76"),
    "silu": ("F.silu({})", "SiLU lets large sums through"),
    "mish": ("F.mish({})", "Mish lets large sums through"),
    "softplus": ("F.softplus({})", "a ReLU without a corner"),
    "softsign": ("F.softsign({})", "squeezed into -1..1"),
    "relu6": ("F.relu6({})", "cut to 0..6"),
    "hard-tanh": ("F.hardtanh({})", "cut to -1..1"),
    "hard-sigmoid": ("F.hardsigmoid({})", "squeezed into 0..1 along a line"),
    "hard-swish": ("F.hardswish({})", "lets large sums through"),
    "softmax": ("torch.softmax({}, {axis})", "as shares that add up to 1"),
    "log-softmax": ("torch.log_softmax({}, {axis})", "as logarithms of probabilities"),
}


def activation_call(name: str) -> tuple[str, str]:
    """An activation function's call in PyTorch, and what it does in a few words."""
    slope = leak_of(name)
    if slope is None:
        return _ACTIVATIONS[name]
    return f"F.leaky_relu({{}}, {slope})", f"negative sums shrink to {slope} of themselves"
