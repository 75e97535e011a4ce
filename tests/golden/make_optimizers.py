"""Make optimizers.npz: what PyTorch's optimizers make of 60 numbers in 20 steps, with and without decay.

    python tests/golden/make_optimizers.py    # needs the "torch" extra

The tests take the same steps with the functions below, which need only NumPy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

# Ours, with its lr and momentum -> PyTorch's name and arguments; the rest (rho, eps) is as ours by default.
OPTIMIZERS: dict[str, tuple[float, float, str, dict[str, Any]]] = {
    "sgd": (0.1, 0.0, "SGD", {}),
    "momentum": (0.05, 0.9, "SGD", {"momentum": 0.9}),
    "nesterov": (0.05, 0.9, "SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": (0.1, 0.0, "Adagrad", {"eps": 1e-8}),
    "windowgrad": (0.01, 0.0, "RMSprop", {"alpha": 0.95, "eps": 1e-8}),
    "adadelta": (1.0, 0.0, "Adadelta", {"rho": 0.95, "eps": 1e-8}),
    "adam": (0.01, 0.0, "Adam", {"eps": 1e-8}),
    "adamw": (0.01, 0.0, "AdamW", {"eps": 1e-8}),
}
DECAYS = (0.0, 0.1)
WATCHED = (1, 2, 5, 20)
DECAYED = 40


def start() -> np.ndarray:
    """Float64 (60,) to begin with; the first DECAYED of them decay."""
    return np.random.default_rng(20250603).standard_normal(60)


def slope(p: np.ndarray, step: int) -> np.ndarray:
    """The gradient (60,) of a made-up loss at p, another at each step."""
    phase = np.random.default_rng(step).uniform(0, 6, 60)
    return np.sin(p + phase) * np.logspace(-3, 0, 60)


def answers() -> dict[str, np.ndarray]:
    """What PyTorch's optimizers find: "<ours> <decay>" -> (WATCHED steps, 60) float64."""
    import torch

    found = {}
    for name, (lr, _, kind, arguments) in OPTIMIZERS.items():
        for decay in DECAYS:
            weight, bias = (torch.from_numpy(part.copy()) for part in np.split(start(), [DECAYED]))
            groups = [
                {"params": [weight], "weight_decay": decay},
                {"params": [bias], "weight_decay": 0.0},
            ]
            optimizer = getattr(torch.optim, kind)(groups, lr=lr, **arguments)
            rows = []
            for step in range(1, WATCHED[-1] + 1):
                here = np.concatenate([weight.numpy(), bias.numpy()])
                parts = np.split(slope(here, step), [DECAYED])
                weight.grad, bias.grad = (torch.from_numpy(part.copy()) for part in parts)
                optimizer.step()
                if step in WATCHED:
                    rows.append(np.concatenate([weight.numpy(), bias.numpy()]))
            found[f"{name} {decay}"] = np.array(rows)
    return found


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).parent / "optimizers.npz", **answers())
