"""Make the golden files: PyTorch's answers for the presets, on weights and images drawn from seeds.

    python tests/golden/make_golden.py        # needs the "torch" extra; writes tests/golden/*.npz

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
# Side of the image; then (maps, window, padding, pooling) of each convolution; then the dense layers.
CNNS: dict[str, tuple[int, tuple[tuple[int, int, int, int], ...], tuple[int, ...]]] = {
    "cnn-fast": (28, ((4, 3, 0, 2),), (10,)),
    "cnn-balanced": (28, ((8, 5, 0, 2),), (10,)),
    "cnn-accuracy": (28, ((16, 5, 0, 2), (32, 5, 0, 2)), (10,)),
    "cnn-draw": (28, ((20, 5, 0, 2), (40, 5, 0, 2)), (256, 10)),
    "cnn-crop": (24, ((8, 5, 2, 2), (16, 5, 2, 3)), (10,)),
}
NAMES = (*SIZES, *CNNS)
LR = {"adam": 1e-3, "sgd": 0.25}
STEPS = (1, 5)
BATCH = 16
_FULL = 2000


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights by layer: (n_in, n_out) or (height, width, channels, maps)."""
    found: dict[str, tuple[int, ...]] = {}
    if name in SIZES:
        side, convolutions, sizes = 28, (), SIZES[name][1:]
    else:
        side, convolutions, sizes = CNNS[name]
    maps = 1
    for i, (more, window, padding, pooling) in enumerate(convolutions, 1):
        found[f"conv{i}"] = (window, window, maps, more)
        side, maps = (side + 2 * padding - window + 1) // pooling, more
    for i, (n_in, n_out) in enumerate(pairwise((side * side * maps, *sizes)), 1):
        found["output" if i == len(sizes) else f"hidden{i}"] = (n_in, n_out)
    return found


def parameters(name: str) -> dict[str, np.ndarray]:
    """Float32 weights and biases keyed as in the engine."""
    rng = np.random.default_rng(20250601)
    found = {}
    for layer, shape in shapes(name).items():
        scale = np.sqrt(2 / np.prod(shape[:-1]))
        found[f"{layer}.weight"] = (rng.standard_normal(shape) * scale).astype(np.float32)
        found[f"{layer}.bias"] = (rng.standard_normal(shape[-1]) * 0.1).astype(np.float32)
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

    if name in CNNS:
        return _convolutional(name)
    layers: list[Any] = [torch.nn.Flatten()]
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


def _convolutional(name: str) -> Any:
    import torch

    class Flatten(torch.nn.Module):
        """Rows, then columns, then maps, which PyTorch keeps in front."""

        def forward(self, x: Any) -> Any:
            return x.permute(0, 2, 3, 1).flatten(1)

    _, convolutions, sizes = CNNS[name]
    layers: list[Any] = []
    maps = 1
    for more, window, padding, pooling in convolutions:
        layers += [torch.nn.Conv2d(maps, more, window, padding=padding), torch.nn.ReLU()]
        layers += [torch.nn.MaxPool2d(pooling), torch.nn.Dropout(0.2)]
        maps = more
    layers.append(Flatten())
    for (key, shape), last in zip(list(shapes(name).items())[-len(sizes) :], sizes, strict=True):
        layers.append(torch.nn.Linear(shape[0], last))
        layers += [] if key == "output" else [torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.LogSoftmax(dim=1)).double().eval()


def _inputs(name: str, pixels: np.ndarray) -> Any:
    import torch

    cut = (28 - (CNNS[name][0] if name in CNNS else 28)) // 2
    middle = pixels[:, cut : 28 - cut, cut : 28 - cut]
    return torch.from_numpy(middle[:, None].astype(np.float64) / 255)


def _turned(array: np.ndarray) -> np.ndarray:
    """A weight of the engine as PyTorch's: outputs in front."""
    return array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.T


def _turned_back(array: np.ndarray) -> np.ndarray:
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T


def _fill(twin: Any, values: Mapping[str, np.ndarray]) -> None:
    import torch

    with torch.no_grad():
        for target, value in zip(twin.parameters(), values.values(), strict=True):
            target.copy_(torch.from_numpy(_turned(value.astype(np.float64)).copy()))


def _loss(name: str, output: Any, labels: np.ndarray) -> Any:
    import torch

    truth = torch.from_numpy(labels)
    if name != "mlp-sigmoid":
        return torch.nn.functional.nll_loss(output, truth)
    onehot = torch.nn.functional.one_hot(truth, 10).double()
    return 0.5 * ((output - onehot) ** 2).sum(dim=1).mean()


def answers(name: str) -> dict[str, np.ndarray]:
    """What PyTorch finds for a preset: key -> digest."""
    import torch

    values = parameters(name)
    pixels, labels = images()
    x = _inputs(name, pixels)
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
                shown = output.exp() if name in CNNS else output
                found["outputs"] = digest(shown.detach().numpy())
                found["loss"] = digest(np.array([loss.item()]))
                for key, parameter in zip(values, twin.parameters(), strict=True):
                    found[f"gradient {key}"] = digest(_turned_back(parameter.grad.numpy()))
            trainer.step()
            if step in STEPS:
                for key, parameter in zip(values, twin.parameters(), strict=True):
                    found[f"{optimizer} {step} {key}"] = digest(_turned_back(parameter.detach().numpy()))
    return found


# n, alpha, beta and k of the local response normalisations that are held to PyTorch's.
LRN = ((5, 1e-4, 0.75, 1.0), (5, 0.5, 0.75, 2.0), (4, 1.0, 0.5, 1.0), (9, 2.0, 1.3, 0.3), (1, 1.0, 1.0, 1.0))
PIECES = (2, 3)


def maps() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (2, 3, 4, 6) and gradients of as many outputs, channels last."""
    rng = np.random.default_rng(20250603)
    return rng.standard_normal((2, 3, 4, 6)), rng.standard_normal((2, 3, 4, 6))


def block_answers() -> dict[str, np.ndarray]:
    """What PyTorch finds for blocks that no preset has: outputs and the gradient of the inputs."""
    import torch

    x, grad = (torch.from_numpy(array) for array in maps())
    cases = {f"lrn {i}": torch.nn.LocalResponseNorm(*numbers) for i, numbers in enumerate(LRN)}
    found: dict[str, np.ndarray] = {}
    for name, block in cases.items():
        inputs = x.permute(0, 3, 1, 2).clone().requires_grad_()
        outputs = block(inputs)
        outputs.backward(grad.permute(0, 3, 1, 2))
        found[name] = outputs.detach().permute(0, 2, 3, 1).numpy()
        found[f"{name} back"] = inputs.grad.permute(0, 2, 3, 1).numpy()
    for pieces in PIECES:
        inputs = x.clone().requires_grad_()
        outputs = inputs.unflatten(-1, (-1, pieces)).amax(-1)
        outputs.backward(grad[..., : outputs.shape[-1]])
        found[f"maxout {pieces}"] = outputs.detach().numpy()
        found[f"maxout {pieces} back"] = inputs.grad.numpy()
    return found


def main() -> None:
    """Write one file for each preset, and one for the blocks that no preset has."""
    np.savez_compressed(Path(__file__).parent / "blocks.npz", **block_answers())
    for name in NAMES:
        path = Path(__file__).parent / f"{name}.npz"
        np.savez_compressed(path, **answers(name))
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
