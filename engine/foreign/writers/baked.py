"""Edits of a net put into its weights, for files that hold weights alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from engine.arrays import Array, size_of
from engine.blocks import Conv, Dense, PatchEmbedding, TokenDense
from engine.blocks.activations import activation, leak_of
from engine.edits.neurons import FUNCTION, GAIN, OFFSET, SHIFT, UNEDITED
from engine.edits.synapses.links import Links
from engine.errors import EngineError
from engine.foreign.scaling import as_measured
from engine.graph.layer import Layer
from engine.net import Net

_AT_ONCE, _MOST_SYNAPSES = 1 << 20, 1 << 26
_ACTING, _ONNX = ("ablate", "clamp", "scale"), "write an ONNX model, net.onnx"
_NEARLY = 1e-6  # of a limit that a function never reaches


@dataclass(frozen=True)
class Baked:
    """A net without edits, and what is done to activations beside.

    left: by layer gain and offset, float64 (size,) in the order of its neurons: rows, columns, maps.
    """

    net: Net
    left: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)


def baked(net: Net) -> Baked:
    """The net with its edits in its weights, as far as these can hold them.

    An activation that becomes gain x itself + offset goes into the weights of its own layer or of its
    readers; where neither can take it, it is left. EngineError names an edit of a synapse, bias or function
    that no weight can hold.
    """
    if not net.edits:
        return Baked(net)
    overlay = net.overlay
    draft = _Draft(net)
    for layer in overlay.windows:
        draft.refuse(layer, "changes which cell of a window is the largest")
    for layer, several in overlay.links.items():
        for links in several:
            draft.add(layer, links)
    left = {}
    for name, cells in overlay.cells.items():
        gain, offset = draft.neurons(name, cells.table.place, cells.table.numbers, cells.table.names)
        if not draft.taken(name, gain, offset):
            left[name] = (gain, offset)
    arrays = {name: array.astype(net.dtype) for name, array in draft.parameters.items()}
    made = Net.of(net.name, net.title, tuple(draft.layers.values()), arrays, net.recipe, task=net.task)
    return Baked(made, left)


def plain(net: Net) -> Net:
    """The net as weights alone can hold it, for numbers as they are measured.

    EngineError names what no weight can hold.
    """
    found = baked(net)
    if found.left:
        layer = next(iter(found.left))
        _refuse(net, layer, _ACTING, "no weight of its layer or of its readers can hold", _ONNX)
    return as_measured(found.net)


class _Draft:
    """Layers and parameters (float64 where they are changed) in the making."""

    def __init__(self, net: Net):
        self.net = net
        self.layers = {layer.name: layer for layer in net.layers}
        self.parameters: dict[str, Array] = dict(net.parameters)

    def refuse(self, layer: str, why: str, *verbs: str) -> NoReturn:
        """EngineError that names an edit of a layer: with such a verb, or without one of a synapse."""
        _refuse(self.net, layer, verbs, why, "such a file cannot hold that; take it back")

    def changed(self, name: str) -> Array:
        """A parameter that may be written to."""
        if self.parameters[name] is self.net.parameters[name]:
            self.parameters[name] = self.net.parameters[name].astype(np.float64)
        return self.parameters[name]

    def add(self, layer: str, links: Links) -> None:
        """Put edited synapses into the weights, where all that share a weight are edited alike."""
        if links.norm is not None or links.gate is not None:
            self.refuse(layer, "changes a synapse whose weight follows from the image")
        if not links.name:
            self.refuse(layer, "is of a synapse that has no weight of its own")
        change = np.broadcast_to(links.change({}, self.net.own_parameters(layer)), links.start.shape)
        name, known = f"{layer}.{links.name}", links.parameter >= 0
        if change[~known].any():
            self.refuse(layer, "is of a synapse that has no weight of its own")
        place, change = links.parameter[known], change[known]
        numbers, first, counts = np.unique(place, return_index=True, return_counts=True)
        uses = self._uses(layer, links.source, self.net.parameters[name].size)
        alike = change[first]
        lookup = np.searchsorted(numbers, place)
        if (counts != uses[numbers]).any() or (np.abs(change - alike[lookup]) > 0).any():
            self.refuse(layer, "unties a synapse from those that share its weight")
        self.changed(name).reshape(-1)[numbers] += alike

    def _uses(self, layer: str, source: str, size: int) -> Array:
        """How many synapses from a source have each number of a layer's weights."""
        own = self.layers[layer]
        assert own.block is not None
        wiring, slot = self.net.weights.wiring(layer), own.sources.index(source)
        if isinstance(own.block, Dense):
            return np.ones(size, np.int64)
        count = own.block.edge_count(wiring, slot)
        if count > _MOST_SYNAPSES:
            self.refuse(layer, f"is of a layer of {count:,} synapses, which are too many to compare")
        uses = np.zeros(size, np.int64)
        for start in range(0, count, _AT_ONCE):
            ids = np.arange(start, min(start + _AT_ONCE, count))
            found = own.block.edges(wiring, slot, ids).parameter
            uses += np.bincount(found[found >= 0], minlength=size)
        return uses

    def neurons(self, name: str, place: Array, numbers: Array, names: tuple[str, ...]) -> tuple[Array, Array]:
        """Put shifts and functions into biases and layers; what is left: gain and offset of each neuron."""
        layer = self.layers[name]
        size = size_of(layer.shape)
        full = np.empty((4, size))
        full[:] = np.array(UNEDITED, float)[:, None]
        full[:, place] = numbers
        if full[SHIFT].any():
            units = self._by_unit(layer, full[SHIFT])
            bias = next(
                (f"{name}.{key}" for key in ("bias", "shift") if f"{name}.{key}" in self.parameters), ""
            )
            if units is None or not bias or isinstance(layer.block, PatchEmbedding):
                self.refuse(name, "shifts a neuron that shares its bias, or has none", "shift")
            self.changed(bias)[...] += units
        used = np.unique(full[FUNCTION])
        if used.any():
            if len(used) > 1:
                self.refuse(name, "gives some neurons of a layer another function", "function")
            self.layers[name] = dataclasses.replace(layer, activation=names[int(used[0])])
        return full[GAIN], full[OFFSET]

    def _by_unit(self, layer: Layer, values: Array) -> Array | None:
        """Values of neurons as one of each unit or map, None where those of one differ."""
        rows: Array = values.reshape(-1, layer.shape[-1])
        return rows[0] if (rows == rows[0]).all() else None

    def taken(self, name: str, gain: Array, offset: Array) -> bool:
        """Whether what is done to a layer's activations has gone into weights."""
        if (gain == 1).all() and not offset.any():
            return True
        return self._by_own(self.layers[name], gain, offset) or self._by_readers(name, gain, offset)

    def _by_own(self, layer: Layer, gain: Array, offset: Array) -> bool:
        """Whether the layer's own weights make gain x activation + offset; they do so now."""
        # What a skip connection adds goes by no weight, nor does the class token or what places add.
        if len(layer.sources) != 1 or isinstance(layer.block, PatchEmbedding):
            return False
        keys = ("scale", "shift") if f"{layer.name}.scale" in self.parameters else ("weight", "bias")
        names = [f"{layer.name}.{key}" for key in keys]
        units = [self._by_unit(layer, each) for each in (gain, offset)]
        if units[0] is None or units[1] is None or not all(name in self.parameters for name in names):
            return False
        sums = [_sum_of(layer.activation, g, o) for g, o in zip(*units, strict=True)]
        if any(each is None for each in sums):
            return False
        factor, more = np.array(sums, float).T
        weight, bias = (self.changed(each) for each in names)
        weight *= factor
        bias *= factor
        bias += more
        return True

    def _by_readers(self, name: str, gain: Array, offset: Array) -> bool:
        """Whether all that read the layer take it as that by their weights; they do so now."""
        readers = [layer for layer in self.layers.values() if name in layer.sources]
        units = [self._by_unit(self.layers[name], each) for each in (gain, offset)]
        for reader in readers:
            block = reader.block
            conv = isinstance(block, Conv) and units[0] is not None and units[1] is not None
            conv = conv and (block.padding in ("valid", 0) or not offset.any())  # type: ignore[union-attr]
            # A skip connection beside, which tokens take along, reads its own source.
            tokens = isinstance(block, TokenDense) and units[0] is not None and units[1] is not None
            alone = reader.sources[0] == name and name not in reader.sources[1:]
            if not (isinstance(block, Dense) or conv or tokens) or not alone:
                return False
        for reader in readers:
            weight, bias = (self.changed(f"{reader.name}.{key}") for key in ("weight", "bias"))
            g, o = (gain, offset) if isinstance(reader.block, Dense) else (units[0], units[1])
            rows = weight.reshape(-1, weight.shape[-1]) if weight.ndim == 2 else weight
            bias += (rows * np.asarray(o)[:, None]).sum(axis=tuple(range(rows.ndim - 1)))
            rows *= np.asarray(g)[:, None]
        return bool(readers)


def _refuse(net: Net, layer: str, verbs: tuple[str, ...], why: str, way: str) -> NoReturn:
    mine = [each for each in net.edits if each.layers[-1] == layer]
    found = [
        each for each in mine if (each.verb in verbs and not each.synapse) or (each.synapse and not verbs)
    ]
    edit = str((found or mine or net.edits)[-1])
    raise EngineError(
        f"{net.name} has the edit `{edit[:80]}`, which {why}: {way}, or export the net without edits"
    )


def _sum_of(function: str, gain: float, offset: float) -> tuple[float, float] | None:
    """Factor and shift of a neuron's sum that make gain x f(sum) + offset of f(sum); None where none do."""
    if (gain, offset) == (1, 0):
        return 1.0, 0.0
    if function == "identity":
        return gain, offset
    bent = function == "relu" or leak_of(function) is not None
    if gain == 0:
        return _constant(function, bent, offset)
    return (gain, 0.0) if bent and gain > 0 and offset == 0 else None


def _constant(function: str, bent: bool, value: float) -> tuple[float, float] | None:
    """No factor, and the sum of which a function makes this value."""
    at_rest = np.zeros((1, 1))
    activation(function).forward(np.zeros((1, 1)), at_rest)
    if value == at_rest[0, 0]:
        return 0.0, 0.0
    if bent and value >= 0:
        return 0.0, value
    if function == "tanh" and abs(value) < 1 - _NEARLY:
        return 0.0, float(np.arctanh(value))
    if function == "sigmoid" and _NEARLY < value < 1 - _NEARLY:
        return 0.0, float(np.log(value / (1 - value)))
    return None
