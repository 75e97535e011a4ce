"""Each block, and each activation function, as ONNX's operations."""

# One protocol for all: some blocks need only some of it.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Shape
from engine.blocks import (
    Add,
    Attention,
    AttentionScores,
    AveragePool,
    Conv,
    Dense,
    LayerNorm,
    LocalNorm,
    Maxout,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.blocks.pool import Pool
from engine.blocks.window import pair
from engine.foreign.writers.onnx_graph import Graph
from engine.text.torch_module import WrittenLayer


def _dense(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    row = sources[0]
    if len(g.shapes[each.layer.sources[0]]) > 1:
        row = g.node("Flatten", [row], axis=1)
    return g.node("Gemm", [row, g.own(each), g.own(each, ".bias")], transB=1)


def _pads(block: Conv | Pool, source: Shape) -> list[int]:
    """Cells of padding above, left, below and right."""
    before, after = [], []
    for axis in block.axes(source):
        rest = (axis.places - 1) * axis.stride + axis.taps - axis.before - axis.size
        before.append(axis.before)
        # A number pads both sides alike, be it that the last cells are read by no window.
        after.append(max(rest, 0) if block.padding == "same" else axis.before)
    return [*before, *after]


def _conv(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    settings = {
        "kernel_shape": [block.height, block.width],
        "strides": list(pair(block.stride)),
        "pads": _pads(block, g.shapes[each.layer.sources[0]]),
    }
    return g.node("Conv", [sources[0], g.own(each), g.own(each, ".bias")], **settings)


def _pool(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    kind = "MaxPool" if isinstance(block, MaxPool) else "AveragePool"
    pads = _pads(block, g.shapes[each.layer.sources[0]])
    return g.node(kind, sources[:1], kernel_shape=list(block.sides), strides=list(block.steps), pads=pads)


def _maxout(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    *before, width = g.shapes[each.layer.sources[0]]
    value = g.node("Reshape", [g.last(each), g.numbers(-1, *before, width // block.pieces, block.pieces)])
    value = g.node("ReduceMax", [value, g.numbers(-1)], keepdims=0)
    return g.node("Transpose", [value], perm=[0, 3, 1, 2]) if each.part.image else value


def _local_norm(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    settings = {"size": block.n, "alpha": block.alpha, "beta": block.beta, "bias": block.k}
    return g.node("LRN", sources[:1], **settings)


def _add(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    total = sources[0]
    for other in sources[1:]:
        total = g.node("Add", [total, other])
    return total


def _patches(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    units = each.layer.shape[1]
    sides = [block.size] * 2
    value = g.node("Conv", [sources[0], g.own(each), g.own(each, ".bias")], kernel_shape=sides, strides=sides)
    value = g.node("Reshape", [value, g.numbers(0, units, -1)])
    value = g.node("Transpose", [value], perm=[0, 2, 1])
    if block.class_token:
        batch = g.node("Shape", [sources[0]], start=0, end=1)
        shape = g.node("Concat", [batch, g.numbers(1, units)], axis=0)
        value = g.node("Concat", [g.node("Expand", [g.own(each, "_class"), shape]), value], axis=1)
    return g.node("Add", [value, g.own(each, "_position")]) if block.positions else value


def _token_dense(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    weight = g.array(f"{each.name}.weight", g.weights[f"{each.name}.weight"].T)
    value = g.node("Add", [g.node("MatMul", [sources[0], weight]), g.own(each, ".bias")])
    for other in sources[1:]:
        value = g.node("Add", [value, other])
    return value


def _token_head(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    place = g.array(f"token {block.token}", np.array(block.token, np.int64))
    row = g.node("Gather", [sources[0], place], axis=1)
    return g.node("Gemm", [row, g.own(each), g.own(each, ".bias")], transB=1)


def _layer_norm(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    inputs = [g.last(each), g.own(each), g.own(each, ".bias")]
    value = g.node("LayerNormalization", inputs, axis=-1, epsilon=block.eps)
    return g.node("Transpose", [value], perm=[0, 3, 1, 2]) if each.part.image else value


def _heads(g: Graph, each: WrittenLayer, place: int, heads: int) -> str:
    """A source's tokens with their numbers shared among heads: (n, heads, tokens, width)."""
    tokens, width = g.shapes[each.layer.sources[place]]
    value = g.node(
        "Reshape", [g.values[each.layer.sources[place]], g.numbers(0, tokens, heads, width // heads)]
    )
    return g.node("Transpose", [value], perm=[0, 2, 1, 3])


def _scores(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    width = g.shapes[each.layer.sources[0]][1] // block.heads
    query, key = (_heads(g, each, place, block.heads) for place in range(2))
    value = g.node("MatMul", [query, g.node("Transpose", [key], perm=[0, 1, 3, 2])])
    root = g.array(f"root of {width}", np.array(np.sqrt(width), np.float32))
    return g.node("Div", [value, root])


def _attention(g: Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    heads = g.shapes[each.layer.sources[0]][0]
    value = g.node("MatMul", [sources[0], _heads(g, each, 1, heads)])
    value = g.node("Transpose", [value], perm=[0, 2, 1, 3])
    return g.node("Reshape", [value, g.numbers(0, *each.layer.shape)])


BLOCKS: Mapping[type, Callable[[Graph, WrittenLayer, Sequence[str]], str]] = {
    Dense: _dense,
    Conv: _conv,
    MaxPool: _pool,
    AveragePool: _pool,
    Maxout: _maxout,
    LocalNorm: _local_norm,
    Add: _add,
    PatchEmbedding: _patches,
    TokenDense: _token_dense,
    TokenHead: _token_head,
    LayerNorm: _layer_norm,
    AttentionScores: _scores,
    Attention: _attention,
}
