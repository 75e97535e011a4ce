"""Receptive fields: the part of the image that a neuron can see."""

from __future__ import annotations

from engine.blocks import AveragePool, Conv, LocalNorm, MaxPool, PatchEmbedding
from engine.graph.graph import Graph
from engine.graph.layer import Layer

Box = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def receptive_field(graph: Graph, layer: str, index: int) -> Box:
    """The smallest rectangle of input pixels that holds all that can reach a neuron.

    index: flat, in its layer. Edits are not looked at: a cut synapse still counts.
    """
    its_layer = graph.layer(layer)
    place = _cell(its_layer, index)
    return _seen(graph, its_layer, place)


def _cell(layer: Layer, index: int) -> Box | None:
    """Where a neuron stands in an image or which token it belongs to, as rows and columns; else None."""
    if len(layer.shape) == 3:
        row, column = divmod(index // layer.shape[2], layer.shape[1])
        return row, column, row, column
    if len(layer.shape) == 2:
        token = index // layer.shape[1]
        return token, 0, token, 0
    return None


def _seen(graph: Graph, layer: Layer, box: Box | None) -> Box:
    """The pixels behind a rectangle of a layer's cells; all of them where cells have no place."""
    shape = graph.layers[0].shape
    whole = (0, 0, shape[0] - 1, shape[1] - 1 if len(shape) > 1 else 0)
    if box is None or layer.block is None:
        return box or whole
    source = graph.layer(layer.sources[0])
    match layer.block:
        case Conv() | MaxPool() | AveragePool():
            down, across = layer.block.axes(source.shape)
            top, bottom = down.cells(box[0], box[2])
            left, right = across.cells(box[1], box[3])
            return _seen(graph, source, (top, left, bottom, right))
        case LocalNorm():
            return _seen(graph, source, box)
        case PatchEmbedding(size=size, class_token=first):
            row, column = divmod(box[0] - int(first), source.shape[1] // size)
            # A class token comes from no patch: row -1.
            if row >= 0:
                return row * size, column * size, (row + 1) * size - 1, (column + 1) * size - 1
    return whole
