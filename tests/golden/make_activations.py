"""Make activations.npz: PyTorch's activation functions and their derivatives for made-up sums.

    python tests/golden/make_activations.py    # needs the "torch" extra

The tests take the same sums from the function below, which needs only NumPy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

# Ours -> the function of torch.nn.functional, and its settings.
FUNCTIONS = {
    "relu": ("relu", {}),
    "leaky-relu": ("leaky_relu", {}),
    "leaky-relu-0.2": ("leaky_relu", {"negative_slope": 0.2}),
    "relu6": ("relu6", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "silu": ("silu", {}),
    "mish": ("mish", {}),
    "gelu": ("gelu", {}),
    "gelu-tanh": ("gelu", {"approximate": "tanh"}),
    "softplus": ("softplus", {"threshold": 700}),
    "softsign": ("softsign", {}),
    "sigmoid": ("sigmoid", {}),
    "hard-sigmoid": ("hardsigmoid", {}),
    "hard-swish": ("hardswish", {}),
    "tanh": ("tanh", {}),
    "hard-tanh": ("hardtanh", {}),
}


def sums() -> np.ndarray:
    """Float64 pre-activations (60,), none of them at a corner, the last far out."""
    found = np.random.default_rng(20261126).standard_normal(60) * 3
    found[56:] = -80.5, -20.25, 20.25, 80.5
    return found


def answers() -> dict[str, np.ndarray]:
    """What PyTorch finds: "<name>" the values (60,), "<name> slope" the derivatives (60,)."""
    import torch
    from torch.nn import functional

    found = {}
    for name, (called, settings) in FUNCTIONS.items():
        z = torch.from_numpy(sums()).requires_grad_()
        value = getattr(functional, called)(z, **settings)
        value.sum().backward()
        found[name], found[f"{name} slope"] = value.detach().numpy(), z.grad.numpy()
    return found


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).parent / "activations.npz", **answers())
