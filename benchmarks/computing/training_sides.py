"""The sides of a comparison of training: a step of viz3d, and PyTorch's with its choices."""

# Each side imports only what it needs.
# ruff: noqa: PLC0415

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from itertools import product

import numpy as np
from twins import kind, twin

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclasses.dataclass(frozen=True)
class Choice:
    """How PyTorch's side is set up."""

    channels_last: bool = False
    pool_first: bool = False
    fused_attention: bool = False
    class_token: bool = False
    compiled: bool = False

    def __str__(self) -> str:
        named = {
            "channels last": self.channels_last,
            "pool before ReLU": self.pool_first,
            "SDPA": self.fused_attention,
            "class token alone at last": self.class_token,
        }
        return ", ".join(name for name, taken in named.items() if taken) or "plain"


def choices(preset: str) -> list[Choice]:
    """All that PyTorch may be the fastest with."""
    match kind(preset):
        case "conv":
            return [Choice(*both) for both in product((False, True), repeat=2)]
        case "attention":
            return [Choice(False, False, *both) for both in product((False, True), repeat=2)]
    return [Choice()]


def digits() -> tuple[np.ndarray, np.ndarray]:
    """uint8 (N, 28, 28) and labels: MNIST's training images, or noise with as many lit pixels."""
    import data

    if data.find_mnist() is not None:
        mnist = data.load("mnist", "train", download=False)
        return mnist.images, mnist.labels
    print("MNIST was not found: made-up images with as many lit pixels", file=sys.stderr)
    rng = np.random.default_rng(0)
    images = rng.integers(1, 256, (10_000, 28, 28)) * (rng.random((10_000, 28, 28)) < 0.19)
    return images.astype(np.uint8), rng.integers(0, 10, 10_000).astype(np.uint8)


def viz3d_step(preset: str, images: np.ndarray, labels: np.ndarray, batch: int) -> Callable[[], float]:
    import engine

    net = engine.preset(preset, np.random.default_rng(0))
    # What PyTorch's side does, whatever the preset's own recipe.
    recipe = engine.Recipe(net.recipe.loss, "adam", lr=1e-3, batch=batch, epochs=1000)
    steps = engine.fit(net, images, labels, rng=np.random.default_rng(1), recipe=recipe)
    return lambda: next(steps).loss


def torch_step(
    preset: str, images: np.ndarray, labels: np.ndarray, batch: int, choice: Choice
) -> Callable[[], float]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    net, (height, width, _) = twin(preset, choice.fused_attention, choice.pool_first, choice.class_token)
    # Already floats, which viz3d makes of bytes at each step.
    cut = (28 - height) // 2
    middle = images[:, None, cut : cut + height, cut : cut + width]
    x = torch.from_numpy(middle.astype(np.float32) / 255)
    if choice.channels_last:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    run = torch.compile(net) if choice.compiled else net
    loss_of = nn.NLLLoss()
    y = torch.from_numpy(labels.astype(np.int64))
    order = torch.randperm(len(y))
    at = 0

    def step() -> float:
        nonlocal order, at
        if at + batch > len(y):
            order, at = torch.randperm(len(y)), 0
        chosen = order[at : at + batch]
        at += batch
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(run(x[chosen]), y[chosen])
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step
