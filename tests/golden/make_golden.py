"""Make the golden files: PyTorch's answers for the presets, on weights and images drawn from seeds.

    python tests/golden/make_golden.py        # needs the "torch" extra; writes tests/golden/<preset>.npz

A file holds PyTorch's float64 outputs, loss, gradients, and parameters after one and five steps of Adam and
of the preset's own SGD. Arrays of more than a few thousand numbers are stored as digests: sampled entries,
and the dot products with fixed random arrays, which change when any entry does. The tests build the same
weights, images and digests with the functions below, which need only NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

SIZES = {"mlp": (784, 512, 256, 128, 10), "mlp-sigmoid": (784, 128, 64, 10)}
LR = {"adam": 1e-3, "sgd": 0.25}
STEPS = (1, 5)
BATCH = 16
_FULL = 2000


def parameters(name: str) -> dict[str, np.ndarray]:
    """Float32 weights (n_in, n_out) and biases keyed as in the engine."""
    rng = np.random.default_rng(20250601)
    sizes = SIZES[name]
    found = {}
    for i, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        layer = "output" if n_out == sizes[-1] else f"hidden{i}"
        scale = np.sqrt(2 / n_in)
        found[f"{layer}.weight"] = (rng.standard_normal((n_in, n_out)) * scale).astype(np.float32)
        found[f"{layer}.bias"] = (rng.standard_normal(n_out) * 0.1).astype(np.float32)
    return found


def images() -> tuple[np.ndarray, np.ndarray]:
    """uint8 (16, 28, 28) with a fifth of the pixels lit, as in MNIST, and labels (16,)."""
    rng = np.random.default_rng(20250602)
    pixels = rng.integers(1, 256, (BATCH, 28, 28)) * (rng.random((BATCH, 28, 28)) < 0.2)
    return pixels.astype(np.uint8), rng.integers(0, 10, BATCH)


def digest(array: np.ndarray) -> np.ndarray:
    """The array flat where it is small, else 256 sampled entries and 16 random projections, float64."""
    flat = np.array(array, np.float64).reshape(-1)
    if flat.size <= _FULL:
        return flat
    rng = np.random.default_rng(flat.size)
    entries = flat[rng.choice(flat.size, 256, replace=False)]
    # Scaled so that a projection is of the size of the entries.
    projections = rng.standard_normal((16, flat.size)) @ flat / np.sqrt(flat.size)
    return np.concatenate([entries, projections])


def _twin(name: str) -> Any:
    import torch

    layers: list[Any] = []
    sizes = SIZES[name]
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers.append(torch.nn.Linear(n_in, n_out))
        if name == "mlp-sigmoid":
            layers.append(torch.nn.Sigmoid())
        elif i < len(sizes) - 2:
            layers += [torch.nn.ReLU(), torch.nn.Dropout(0.2)]
        else:
            layers.append(torch.nn.LogSoftmax(dim=1))
    # eval: dropout is random, so it is checked elsewhere.
    return torch.nn.Sequential(*layers).double().eval()


def _fill(twin: Any, values: Mapping[str, np.ndarray]) -> None:
    import torch

    with torch.no_grad():
        for target, value in zip(twin.parameters(), values.values(), strict=True):
            target.copy_(torch.from_numpy(value.astype(np.float64).T))


def _loss(name: str, output: Any, labels: np.ndarray) -> Any:
    import torch

    truth = torch.from_numpy(labels)
    if name == "mlp":
        return torch.nn.functional.nll_loss(output, truth)
    onehot = torch.nn.functional.one_hot(truth, 10).double()
    return 0.5 * ((output - onehot) ** 2).sum(dim=1).mean()


def answers(name: str) -> dict[str, np.ndarray]:
    """What PyTorch finds for a preset: key -> digest."""
    import torch

    values = parameters(name)
    pixels, labels = images()
    x = torch.from_numpy(pixels.reshape(BATCH, -1).astype(np.float64) / 255)
    found: dict[str, np.ndarray] = {}
    for optimizer in ("adam", "sgd"):
        twin = _twin(name)
        _fill(twin, values)
        kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
        momentum = {"momentum": 0.9} if optimizer == "sgd" and name == "mlp" else {}
        trainer = kind(twin.parameters(), lr=LR[optimizer], **momentum)
        for step in range(1, STEPS[-1] + 1):
            trainer.zero_grad()
            output = twin(x)
            loss = _loss(name, output, labels)
            loss.backward()
            if step == 1:
                found["outputs"] = digest(output.detach().numpy())
                found["loss"] = digest(np.array([loss.item()]))
                for key, parameter in zip(values, twin.parameters(), strict=True):
                    found[f"gradient {key}"] = digest(parameter.grad.numpy().T)
            trainer.step()
            if step in STEPS:
                for key, parameter in zip(values, twin.parameters(), strict=True):
                    found[f"{optimizer} {step} {key}"] = digest(parameter.detach().numpy().T)
    return found


def main() -> None:
    """Write one file for each preset."""
    for name in SIZES:
        path = Path(__file__).parent / f"{name}.npz"
        np.savez_compressed(path, **answers(name))
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
