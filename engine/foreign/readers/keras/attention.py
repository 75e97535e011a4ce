"""Keras's MultiHeadAttention, as the operations that it is made of."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.foreign.graph.program import Chain
from engine.foreign.readers.keras.layer import KerasLayer


def attention(chain: Chain, layer: KerasLayer) -> None:
    """Queries of the first source, keys and values of the second (the third: keys of their own).

    Kernels are (d, heads, width), that of the output (heads, width, d).
    """
    query, value, *rest = layer.sources
    sources = {"query": query, "key": rest[0] if rest else value, "value": value}
    made = {name: _heads(chain, layer, name, source) for name, source in sources.items()}
    width = _part(layer, "query", 0).shape[2]
    turned = chain.join("Transpose", layer.name, (made["key"],), perm=[0, 1, 3, 2])
    chain.join("MatMul", layer.name, (made["query"], turned))
    chain.add("Mul", layer.name, np.array(1 / np.sqrt(width)))
    scores = chain.add("Softmax", layer.name)
    chain.join("MatMul", layer.name, (scores, made["value"]))
    chain.add("Transpose", layer.name, perm=[0, 2, 1, 3])
    output = _part(layer, "output", 0)
    chain.add("Reshape", layer.name, np.array([1, -1, output.shape[0] * output.shape[1]], np.int64))
    chain.add("MatMul", layer.name, output.reshape(-1, output.shape[2]))
    if layer.config.get("use_bias", True):
        chain.add("Add", layer.name, _part(layer, "output", 1))


def _heads(chain: Chain, layer: KerasLayer, name: str, source: str) -> str:
    kernel = _part(layer, name, 0)
    chain.join("MatMul", layer.name, (source,), kernel.reshape(kernel.shape[0], -1))
    if layer.config.get("use_bias", True):
        chain.add("Add", layer.name, _part(layer, name, 1).reshape(-1))
    chain.add("Reshape", layer.name, np.array([1, -1, *kernel.shape[1:]], np.int64))
    return chain.add("Transpose", layer.name, perm=[0, 2, 1, 3])


def _part(layer: KerasLayer, name: str, place: int) -> Array:
    """A kernel (0) or bias (1) of the queries, keys, values or the output."""
    found = [array for key, array in layer.arrays.items() if name in key.split("/")[0]]
    if len(found) <= place or found[place].ndim != (3 if place == 0 else found[place].ndim):
        raise layer.wrong(f"has no kernel and bias of its {name} in the file")
    return found[place]
