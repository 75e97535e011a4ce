"""Resizing: nets made of other nets by taking neurons out of a layer or putting some in.

A dense layer has neurons, a convolution maps, a layer of tokens places in every token: whatever shares its
weights comes and goes together. Layers that only read them neuron by neuron change with them, and edits
follow their neurons to their new addresses.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import AveragePool, Conv, Dense, LocalNorm, MaxPool, TokenDense, TokenHead
from engine.edits.compile import Draft
from engine.edits.grammar import Edit
from engine.errors import EngineError
from engine.graph import address, layer_axes
from engine.graph.graph import Graph, Weights
from engine.graph.layer import Layer
from engine.graph.rules import check_size
from engine.net import Net


def remove(net: Net, where: str) -> Net:
    """Take neurons of a dense hidden layer, whole maps, or a place of every token out of the net."""
    numbers = address.neurons(net.graph, where)
    layer = _resizable(net, where.partition(":")[0].strip())
    flat = numbers - net.offset(layer.name)
    last = layer.shape[-1]
    counts = np.bincount(flat % last, minlength=last)
    if ((counts > 0) & (counts < layer.size // last)).any():
        raise EngineError(
            f"remove {where}: {layer.size // last} neurons of {layer.name} share each weight: remove them "
            f"all, such as remove {layer.name}:{layer_axes.axes(net.graph, layer)[-1]}{int(flat[0]) % last}"
        )
    kept = np.flatnonzero(counts == 0)
    if not len(kept):
        raise EngineError(f"remove {where}: nothing would be left of {layer.name}: keep one at least")
    return _resized(net, layer, kept, None)


def grow(net: Net, layer: str, count: int, rng: np.random.Generator) -> Net:
    """Add neurons to a dense hidden layer, maps to a convolution, or a place to every token.

    They start with fresh incoming weights and send nothing yet, so the net answers as before.
    """
    if not 1 <= count <= MOST_NEW:
        raise EngineError(f"grow {layer} {count}: add 1 to {MOST_NEW:,}")
    old = _resizable(net, layer)
    units = np.concatenate([np.arange(old.shape[-1]), np.full(count, -1)])
    return _resized(net, old, units, rng)


def resizable(net: Net, name: str) -> bool:
    """Whether neurons can leave a layer and join it."""
    return _readers(net, net.layer(name)) is not None


def _resizable(net: Net, name: str) -> Layer:
    layer = net.layer(name)
    if _readers(net, layer) is None:
        fit = [n.name for n in net.layers if _readers(net, n) is not None]
        raise EngineError(
            f"{name} cannot lose or gain neurons: that can be done to {', '.join(fit) or 'no layer'} here"
        )
    return layer


def _readers(net: Net, layer: Layer) -> list[tuple[Layer, Layer]] | None:
    """(source, reader) pairs of the layers that change with a layer; None where it cannot be resized."""
    own = isinstance(layer.block, (Dense, Conv, TokenDense)) and len(layer.sources) == 1
    if not own or layer is net.layers[-1]:
        return None
    pairs, waiting = [], [layer]
    while waiting:
        source = waiting.pop()
        for reader in net.layers:
            if source.name not in reader.sources:
                continue
            if isinstance(reader.block, _LIKE) and len(reader.sources) == 1:
                waiting.append(reader)
            elif not isinstance(reader.block, _WEIGHING) or source.name in reader.sources[1:]:
                return None
            pairs.append((source, reader))
    return pairs


MOST_NEW = 10_000
"""Neurons, maps or places that a layer may gain at once."""
# Layers that have a map for each map that they read.
_LIKE = (MaxPool, AveragePool, LocalNorm)
# A weight that adds nothing to a float32 sum and yet is not 0.
_FAINT = 1e-20
# Layers with weights for each unit that they read.
_WEIGHING = (Dense, Conv, TokenDense, TokenHead)


def _resized(net: Net, layer: Layer, units: Array, rng: np.random.Generator | None) -> Net:
    """The net with a layer of these units (places in the old one, -1 for a new one)."""
    layers = {n.name: n for n in net.layers}
    parameters = dict(net.parameters)
    block: Any = layer.block
    block = dataclasses.replace(block, **{"maps" if isinstance(block, Conv) else "units": len(units)})
    layers[layer.name] = _reshaped(layer, len(units), block)
    fresh = {} if rng is None else block.initial([net.layer(name).shape for name in layer.sources], rng)
    for key, array in net.own_parameters(layer.name).items():
        parameters[f"{layer.name}.{key}"] = _along(array, units, -1, fresh.get(key, 0.0))
    for source, reader in _readers(net, layer) or ():
        if isinstance(reader.block, _LIKE):
            layers[reader.name] = _reshaped(reader, len(units), reader.block)
        else:
            key = f"{reader.name}.weight"
            # An exact 0 would be held for ever where the reader's zeros are.
            silent = _FAINT if Edit("hold", reader.name) in net.edits else 0.0
            parameters[key] = _reading(net.parameters[key], source, reader, units, silent)
    check_size(tuple(layers.values()))
    changed = [n for n in layers.values() if n.shape != net.layer(n.name).shape]
    weights = Weights(Graph(net.name, tuple(layers.values())), parameters)
    resized = dataclasses.replace(
        net,
        weights=weights,
        edits=_effective(weights, _moved(net, {n.name: n for n in changed}, units)),
        statistics=net.statistics
        and net.statistics.resized({n.name: net.layer(n.name).shape for n in changed}, units),
    )
    # All of them can still be made, or the error comes now: maps that an lrn now reads together may be an
    # added synapse's ends.
    _ = resized.overlay
    return resized


def _moved(net: Net, changed: dict[str, Layer], units: Array) -> tuple[Edit, ...]:
    """The net's edits with the neurons' new addresses; edits of removed neurons are left out."""
    edits = []
    for edit in net.edits:
        if edit.verb == "hold":
            edits.append(edit)
            continue
        ends = [
            _moved_end(net, end, changed, units) if name in changed else end.strip()
            for end, name in zip(edit.where.split("->"), edit.layers, strict=True)
        ]
        if all(ends):
            edits.append(dataclasses.replace(edit, where=" -> ".join(ends)))
    return tuple(edits)


def _effective(weights: Weights, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits without those of synapses of which all that are left were cut: they change nothing."""
    if all(edit.verb != "cut" for edit in edits):
        return edits
    draft, effective = Draft(weights, ()), []
    for edit in edits:
        if edit.synapse:
            if edit.verb != "add" and not len(draft.synapses(edit.where)[2]):
                continue
            draft = Draft(weights, (edit,), draft)
        effective.append(edit)
    return tuple(effective)


def _moved_end(net: Net, text: str, changed: dict[str, Layer], units: Array) -> str:
    """The address of the same neurons after resizing, empty where none is left."""
    layer, chosen = address.box(net.graph, text)
    # Those that stay keep their order, so that what was side by side still is.
    first, last = chosen[-1]
    places = np.flatnonzero((units >= first) & (units <= last))
    if not len(places):
        return ""
    chosen[-1] = int(places[0]), int(places[-1])
    return address.write_box(changed[layer.name], chosen)


def _reading(weight: Array, source: Layer, reader: Layer, units: Array, silent: float) -> Array:
    """The weights of a layer that reads a resized one; silent: what it has for what is new."""
    if isinstance(reader.block, Dense):
        # It reads maps and tokens as one row: each place has weights by unit.
        return _along(weight.reshape(*source.shape, -1), units, -2, silent).reshape(-1, weight.shape[-1])
    return _along(weight, units, 2 if isinstance(reader.block, Conv) else 0, silent)


def _reshaped(layer: Layer, last: int, block: Any) -> Layer:
    return dataclasses.replace(layer, shape=(*layer.shape[:-1], last), block=block)


def _along(array: Array, units: Array, axis: int, fresh: Array | float) -> Array:
    """The array with those units along an axis; a new one (-1) has what is in fresh."""
    taken = np.take(array, np.maximum(units, 0), axis=axis)
    there = np.reshape(units >= 0, [-1 if i == axis % array.ndim else 1 for i in range(array.ndim)])
    return np.where(there, taken, fresh).astype(array.dtype)
