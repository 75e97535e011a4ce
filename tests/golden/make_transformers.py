"""Make the golden files of the vision transformers: PyTorch's answers on weights and images from seeds.

    python tests/golden/make_transformers.py  # needs the "torch" extra; writes tests/golden/vit-*.npz

A file holds digests of PyTorch's float64 activations of every layer, of the loss, and of its gradient by
every parameter. The twin is written with PyTorch's own modules (Conv2d, LayerNorm, Linear, GELU), attention
as a product, a softmax and a product, so that every layer can be read. The tests build the same weights,
images and digests with the functions below, which need only NumPy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

# Width, heads, blocks.
SIZES = {"vit-tiny": (64, 4, 2), "vit-small": (128, 4, 4)}
BATCH = 3


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    """Shapes of the parameters, keyed as in the engine."""
    width, _, depth = SIZES[name]
    found: dict[str, tuple[int, ...]] = {
        "tokens.weight": (7, 7, 1, width),
        "tokens.bias": (width,),
        "tokens.class": (width,),
        "tokens.position": (17, width),
    }

    def dense(layer: str, n_in: int, n_out: int) -> None:
        found[f"{layer}.weight"], found[f"{layer}.bias"] = (n_in, n_out), (n_out,)

    def norm(layer: str) -> None:
        found[f"{layer}.scale"] = found[f"{layer}.shift"] = (width,)

    for i in range(1, depth + 1):
        norm(f"block{i}.norm1")
        for part in ("query", "key", "value", "residual1"):
            dense(f"block{i}.{part}", width, width)
        norm(f"block{i}.norm2")
        dense(f"block{i}.hidden", width, 2 * width)
        dense(f"block{i}.residual2", 2 * width, width)
    dense("output", width, 10)
    return found


def parameters(name: str) -> dict[str, np.ndarray]:
    """Float32 parameters by name, none of them at its neutral value."""
    rng = np.random.default_rng(20250611)
    found = {}
    for key, shape in shapes(name).items():
        kind = key.rpartition(".")[2]
        spread = 1 / np.sqrt(np.prod(shape[:-1])) if kind == "weight" else 0.3
        values = rng.standard_normal(shape) * spread + (kind == "scale")
        found[key] = values.astype(np.float32)
    return found


def images() -> tuple[np.ndarray, np.ndarray]:
    """uint8 (3, 28, 28) with a fifth of the pixels lit, and labels (3,)."""
    rng = np.random.default_rng(20250612)
    pixels = rng.integers(1, 256, (BATCH, 28, 28)) * (rng.random((BATCH, 28, 28)) < 0.2)
    return pixels.astype(np.uint8), rng.integers(0, 10, BATCH)


def digest(array: np.ndarray) -> np.ndarray:
    """Up to 48 sampled entries and 8 random projections, float64: these change when any entry does."""
    flat = np.array(array, np.float64).reshape(-1)
    rng = np.random.default_rng(flat.size)
    entries = flat[rng.choice(flat.size, min(48, flat.size), replace=False)]
    return np.concatenate([entries, rng.standard_normal((8, flat.size)) @ flat / np.sqrt(flat.size)])


def _run(name: str, p: dict[str, Any], pixels: Any) -> dict[str, Any]:
    """Every layer's activations by the engine's names."""
    import torch
    from torch.nn import functional

    width, heads, depth = SIZES[name]
    found: dict[str, Any] = {}

    def dense(layer: str, x: Any) -> Any:
        return functional.linear(x, p[f"{layer}.weight"].T, p[f"{layer}.bias"])

    def norm(layer: str, x: Any) -> Any:
        scale, shift = p[f"{layer}.scale"], p[f"{layer}.shift"]
        found[layer] = functional.layer_norm(x, (width,), scale, shift, 1e-5)
        return found[layer]

    def split(x: Any) -> Any:
        return x.unflatten(-1, (heads, width // heads)).transpose(1, 2)

    kernel = p["tokens.weight"].permute(3, 2, 0, 1)
    patches = functional.conv2d(pixels, kernel, p["tokens.bias"], stride=7).flatten(2).transpose(1, 2)
    first = p["tokens.class"].expand(len(pixels), 1, width)
    stream = found["tokens"] = torch.cat([first, patches], dim=1) + p["tokens.position"]
    for i in range(1, depth + 1):
        n = f"block{i}"
        x = norm(f"{n}.norm1", stream)
        for part in ("query", "key", "value"):
            found[f"{n}.{part}"] = dense(f"{n}.{part}", x)
        query, key, value = (split(found[f"{n}.{part}"]) for part in ("query", "key", "value"))
        scores = query @ key.transpose(2, 3) / (width // heads) ** 0.5
        attention = found[f"{n}.scores"] = scores.softmax(dim=-1)
        mixed = found[f"{n}.attention"] = (attention @ value).transpose(1, 2).flatten(2)
        stream = found[f"{n}.residual1"] = dense(f"{n}.residual1", mixed) + stream
        hidden = dense(f"{n}.hidden", norm(f"{n}.norm2", stream))
        hidden = found[f"{n}.hidden"] = functional.gelu(hidden, approximate="tanh")
        stream = found[f"{n}.residual2"] = dense(f"{n}.residual2", hidden) + stream
    found["scores"] = dense("output", stream[:, 0])
    found["output"] = found["scores"].softmax(dim=-1)
    return found


def answers(name: str) -> dict[str, np.ndarray]:
    """What PyTorch finds for a preset: key -> digest."""
    import torch
    from torch.nn import functional

    p = {
        key: torch.from_numpy(array.astype(np.float64)).requires_grad_()
        for key, array in parameters(name).items()
    }
    pixels, labels = images()
    layers = _run(name, p, torch.from_numpy(pixels[:, None].astype(np.float64) / 255))
    loss = functional.cross_entropy(layers.pop("scores"), torch.from_numpy(labels))
    loss.backward()
    found = {f"layer {layer}": digest(values.detach().numpy()) for layer, values in layers.items()}
    found["loss"] = np.array([loss.item()])
    return {**found, **{f"gradient {key}": digest(value.grad.numpy()) for key, value in p.items()}}


def main() -> None:
    """Write one file for each preset."""
    for name in SIZES:
        path = Path(__file__).parent / f"{name}.npz"
        np.savez_compressed(path, **answers(name))
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
