"""The presets as PyTorch modules, built layer by layer from the presets themselves."""

# Only the benchmarks' own processes import PyTorch.
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import Any

import numpy as np


def twin(
    preset: str, fused_attention: bool = True, pool_first: bool = False, class_token: bool = False
) -> tuple[Any, tuple[int, ...]]:
    """The preset as a PyTorch module that ends in a log-softmax, and the shape of one input.

    fused_attention: a transformer's attention by scaled_dot_product_attention, else by products and softmax.
    class_token: its last block works on the class token alone, which alone is read.
    pool_first: pooling ahead of the ReLU before it, which comes to the same for less.
    """
    import engine

    net = engine.preset(preset, np.random.default_rng(0))
    if isinstance(net.layers[1].block, engine.PatchEmbedding):
        return _transformer(net, fused_attention, class_token), net.layers[0].shape
    return _stack(net, pool_first), net.layers[0].shape


def kind(preset: str) -> str:
    """What a preset is made of, as far as PyTorch has choices there: "conv", "attention" or "dense"."""
    import engine

    blocks = [layer.block for layer in engine.preset(preset, np.random.default_rng(0)).layers]
    if any(isinstance(block, engine.Conv) for block in blocks):
        return "conv"
    return "attention" if any(isinstance(block, engine.PatchEmbedding) for block in blocks) else "dense"


def _stack(net: Any, pool_first: bool) -> Any:
    from torch import nn

    import engine

    layers: list[nn.Module] = []
    for layer in net.layers[1:]:
        source, block = net.layer(layer.sources[0]).shape, layer.block
        if isinstance(block, engine.Dense):
            layers += [nn.Flatten(), nn.Linear(int(np.prod(source)), block.units)]
        elif isinstance(block, engine.Conv):
            padding = 0 if block.padding == "valid" else block.padding
            layers.append(
                nn.Conv2d(source[2], block.maps, (block.height, block.width), block.stride, padding)
            )
        elif isinstance(block, engine.MaxPool):
            pool = nn.MaxPool2d(block.sides, block.steps)
            layers.insert(len(layers) - (pool_first and isinstance(layers[-1], nn.ReLU)), pool)
        else:
            raise SystemExit(f"no PyTorch twin for {block} of {net.name}: teach twins.py")
        layers += [nn.ReLU()] if layer.activation == "relu" else []
        layers += [nn.Dropout(layer.dropout)] if layer.dropout else []
    return nn.Sequential(*layers, nn.LogSoftmax(dim=1))


def _transformer(net: Any, fused_attention: bool, class_token: bool) -> Any:
    import torch
    from torch import nn
    from torch.nn import functional

    tokens, width = net.layer("tokens").shape
    heads = net.layer("block1.scores").shape[0]
    depth = sum(layer.name.endswith(".scores") for layer in net.layers)

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

        def forward(self, x: Any, asking: int) -> Any:
            made = self.query(x[:, :asking]), self.key(x), self.value(x)
            query, key, value = (each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in made)
            if fused_attention:
                mixed = functional.scaled_dot_product_attention(query, key, value)
            else:
                scores = query @ key.transpose(2, 3) * (width // heads) ** -0.5
                mixed = scores.softmax(dim=-1) @ value
            return self.out(mixed.transpose(1, 2).flatten(2))

    class Step(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), Attention()
            self.hidden, self.out = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
            self.gelu = nn.GELU(approximate="tanh")

        def forward(self, x: Any, asking: int) -> Any:
            x = x[:, :asking] + self.attention(self.norm1(x), asking)
            return x + self.out(self.gelu(self.hidden(self.norm2(x))))

    class Transformer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(1, width, 7, 7)
            self.first = nn.Parameter(torch.randn(1, 1, width) * 0.02)
            self.position = nn.Parameter(torch.randn(1, tokens, width) * 0.02)
            self.steps = nn.ModuleList(Step() for _ in range(depth))
            self.head = nn.Linear(width, 10)

        def forward(self, x: Any) -> Any:
            patches = self.patches(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.first.expand(len(x), -1, -1), patches], dim=1) + self.position
            for number, step in enumerate(self.steps, 1):
                x = step(x, 1 if class_token and number == depth else tokens)
            return self.head(x[:, 0]).log_softmax(dim=1)

    return Transformer()
