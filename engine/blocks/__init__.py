"""The blocks: what one layer computes of the layers that it reads, a kind of block a file.

Each file has side by side the shape that a block makes, its fresh parameters, its forward and backward
passes, and its synapses view, which tells single weights. What every block provides is documented once, in
`base`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.blocks.add import Add
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.conv import Conv
from engine.blocks.dense import Dense
from engine.blocks.kinds import Maximum, Normalisation
from engine.blocks.layer_norm import LayerNorm
from engine.blocks.lrn import LocalNorm
from engine.blocks.maxout import Maxout
from engine.blocks.pool import AveragePool, MaxPool
from engine.blocks.tokens.attention import Attention
from engine.blocks.tokens.attention_scores import AttentionScores
from engine.blocks.tokens.patch_embedding import PatchEmbedding
from engine.blocks.tokens.token_dense import TokenDense
from engine.blocks.tokens.token_head import TokenHead
from engine.errors import EngineError

__all__ = [
    "BLOCKS",
    "Add",
    "Attention",
    "AttentionScores",
    "AveragePool",
    "Block",
    "Conv",
    "Dense",
    "Edges",
    "Kind",
    "LayerNorm",
    "LocalNorm",
    "MaxPool",
    "Maximum",
    "Maxout",
    "Normalisation",
    "PatchEmbedding",
    "Scratch",
    "TokenDense",
    "TokenHead",
    "Wiring",
    "describe",
    "restore",
]

BLOCKS: dict[str, type[Block]] = {
    block.kind: block
    for block in (
        Dense,
        Conv,
        MaxPool,
        AveragePool,
        Maxout,
        LocalNorm,
        Add,
        PatchEmbedding,
        LayerNorm,
        TokenDense,
        AttentionScores,
        Attention,
        TokenHead,
    )
}


def describe(block: Block) -> dict[str, Any]:
    """A block as a JSON object: its kind and its hyper-parameters."""
    fields = dataclasses.fields(block)  # type: ignore[arg-type]
    return {"kind": block.kind, **{field.name: getattr(block, field.name) for field in fields}}


def restore(description: Mapping[str, Any]) -> Block:
    """The block that `describe` described; EngineError names what is unknown or missing."""
    kind = description.get("kind")
    if kind not in BLOCKS:
        raise EngineError(f"unknown block {kind!r}: known are {', '.join(BLOCKS)}")
    fields = {field.name: field for field in dataclasses.fields(BLOCKS[kind])}  # type: ignore[arg-type]
    # JSON has lists alone.
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in description.items()
        if name != "kind"
    }
    for name, value in values.items():
        if name not in fields:
            raise EngineError(f"a {kind} block has no {name!r}: it has {', '.join(fields)}")
        expected = "None" if value is None else type(value).__name__
        if expected not in [each.partition("[")[0] for each in str(fields[name].type).split(" | ")]:
            raise EngineError(f"{name!r} of a {kind} block must be {fields[name].type}, got {value!r}")
    missing = [n for n, f in fields.items() if n not in values and f.default is dataclasses.MISSING]
    if missing:
        raise EngineError(f"a {kind} block lacks {', '.join(missing)}")
    return BLOCKS[kind](**values)
