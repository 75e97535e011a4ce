"""Layers of which a fast pass works on the first token alone, as nobody reads the others.

A transformer's head reads the class token. In the last block, then, only that token's query, attention,
residuals and hidden neurons matter; its keys and values are those of all tokens. Such layers are held as
(n, 1, d), attention as (n, heads, 1, keys).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.arrays import Array, Shape
from engine.blocks import Add, Attention, AttentionScores, LayerNorm, TokenDense, TokenHead
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer

_ROW_BY_ROW = (TokenDense, LayerNorm, Add)
_BY_QUERY = (Attention, AttentionScores)


def first_row_layers(layers: Sequence[Layer], overlay: Overlay) -> frozenset[str]:
    """Names of the layers whose first token alone is read.

    A layer with dropout is not among them: which neurons it drops goes by their place in the batch. Nor is
    one that is edited, or that an edited one reads; nor one of a single token, which is held whole as it is.
    """
    found: set[str] = set()
    read: set[str] = set()
    whole: set[str] = set()
    for layer in reversed(layers[1:]):
        name = layer.name
        edited = overlay.touches(name)
        fits = isinstance(layer.block, _ROW_BY_ROW + _BY_QUERY) and not layer.dropout and not edited
        short = fits and name in read and name not in whole and layer.shape[axis_of(layer)] > 1
        if short:
            found.add(name)
        read.update(layer.sources)
        whole.update(
            source
            for slot, source in enumerate(layer.sources)
            if edited or not _reads_first(layer, slot, short)
        )
        whole.update(overlay.sources(name))
    return frozenset(found)


def _reads_first(layer: Layer, slot: int, short: bool) -> bool:
    """Whether of that source the layer reads the first token alone; short: whether it is held so itself."""
    if isinstance(layer.block, TokenHead):
        return layer.block.token == 0
    return short and (slot == 0 or isinstance(layer.block, _ROW_BY_ROW))


def short_slots(layer: Layer, short: frozenset[str]) -> list[int]:
    """The layer's sources of which it takes the first token, as they hold all of them."""
    if layer.name not in short:
        return []
    sources = enumerate(layer.sources)
    return [slot for slot, source in sources if source not in short and _reads_first(layer, slot, True)]


def axis_of(layer: Layer) -> int:
    """The axis of a layer's tokens, the last but one: of scores (heads, queries, keys) the queries."""
    return len(layer.shape) - 2


def short_shape(layer: Layer) -> Shape:
    """The layer's shape where the first token alone is held."""
    axis = axis_of(layer)
    return (*layer.shape[:axis], 1, *layer.shape[axis + 1 :])


def first_row(values: Array, axis: int) -> Array:
    """A view of the first token of a layer's values (n, *shape), with an axis of its own still."""
    return values[:, :1] if axis == 0 else values[:, :, :1]
