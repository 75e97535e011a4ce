"""From edits to an overlay: addresses become places, verbs become numbers, and what cannot be is refused."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine import address
from engine.activations import activation
from engine.arrays import Array
from engine.blocks import Maxout, MaxPool
from engine.drafts import CellDraft, LinkDraft, cells_of, links_of, windows_of
from engine.edits import Edit
from engine.errors import EngineError
from engine.layer import Layer
from engine.overlay import Links, Overlay, Windows

if TYPE_CHECKING:
    from engine.graph import Net

_MAXIMA = (MaxPool, Maxout)
"""The blocks that take the largest of their inputs instead of their sum."""


def compile_edits(net: Net) -> Overlay:
    """The overlay of a net's edits; EngineError names the edit that cannot be made, and why."""
    draft = _Draft(net)
    for edit in net.edits:
        if edit.value is not None and not math.isfinite(edit.value):
            raise EngineError(f"{edit}: {edit.value} is no finite number")
        if edit.synapse:
            draft.synapse(edit)
        else:
            draft.neurons(edit)
    return draft.overlay()


@dataclass
class _Draft:
    """What the edits so far come to: by layer and neuron, by ends of a synapse."""

    net: Net
    cells: dict[str, dict[int, CellDraft]] = field(default_factory=dict)
    links: dict[tuple[str, str], dict[tuple[int, int], LinkDraft]] = field(default_factory=dict)
    held: dict[str, Array] = field(default_factory=dict)

    def neurons(self, edit: Edit) -> None:
        layer, found = _places(self.net, edit.where)
        self._may(edit, layer)
        if edit.verb in ("freeze", "hold"):
            (self._freeze if edit.verb == "freeze" else self._hold)(edit, layer, found)
            return
        cells = self.cells.setdefault(layer.name, {})
        for place in found.tolist():
            _change(cells.setdefault(place, CellDraft()), edit)

    def _may(self, edit: Edit, layer: Layer) -> None:
        """EngineError where a verb makes no sense on that layer."""
        if layer is self.net.layers[-1] and edit.verb not in ("shift", "freeze", "hold"):
            raise EngineError(
                f"{edit}: the answer is read from {layer.name}: shift its bias, or edit what feeds it"
            )
        if layer.block is None and edit.verb not in ("ablate", "clamp", "scale"):
            raise EngineError(f"{edit}: a pixel has no bias and learns nothing: ablate, clamp or scale it")
        if edit.function is not None and (
            activation(edit.function).rowwise or activation(layer.activation).rowwise
        ):
            raise EngineError(
                f"{edit}: a softmax belongs to a whole row of neurons: it cannot be given or taken"
            )

    def _freeze(self, edit: Edit, layer: Layer, found: Array) -> None:
        """Hold what these neurons have learned; what is shared is held only for all that share it."""
        assert layer.block is not None
        wiring = self.net.wiring(layer.name)
        chosen = np.zeros(layer.size, bool)
        chosen[found] = True
        for name, array in wiring.parameters.items():
            last = array.shape[-1]
            if layer.size % last:
                raise EngineError(f"{edit}: what {layer.name} learns belongs to no single neuron")
            # The last axis of every parameter counts the units or maps that share the rest of it.
            units = chosen.reshape(-1, last)
            if (units.any(axis=0) != units.all(axis=0)).any():
                share = layer.size // last
                raise EngineError(
                    f"{edit}: {share} neurons of {layer.name} share each weight: freeze them all, "
                    f"such as freeze {_sharers(self.net, layer, found)}"
                )
            self._keep(f"{layer.name}.{name}", np.asarray(units.any(axis=0)))

    def _hold(self, edit: Edit, layer: Layer, found: Array) -> None:
        """Hold a layer's weights that are 0."""
        if len(found) < layer.size:
            raise EngineError(f"{edit}: zeros are held for a whole layer: write hold {layer.name}")
        weight = self.net.parameters.get(f"{layer.name}.weight")
        if weight is None:
            raise EngineError(f"{edit}: {layer.name} has learned no weights")
        self._keep(f"{layer.name}.weight", np.asarray(weight == 0))

    def _keep(self, name: str, numbers: Array) -> None:
        """Hold these numbers of a parameter, a mask that has its last axes."""
        shape = self.net.parameters[name].shape
        self.held[name] = self.held.get(name, np.zeros(shape, bool)) | numbers

    def synapse(self, edit: Edit) -> None:
        first, second = (part.strip() for part in edit.where.split("->"))
        net = self.net
        (source, start), (target, end) = (_one(net, part) for part in (first, second))
        pair = self.links.setdefault((source.name, target.name), {})
        link = pair.get((start, end)) or LinkDraft(self._edge(source, target, start, end))
        there = link.edge >= 0 or (start, end) in pair
        if edit.verb == "add":
            if there and not link.cut:
                raise EngineError(f"{edit}: this synapse is there already: set its weight")
            if net.index(source.name) >= net.index(target.name) or target.block is None:
                raise EngineError(
                    f"{edit}: a signal never runs back from {source.name} to {target.name}: "
                    "a synapse leads to a later layer"
                )
        elif not there or link.cut:
            raise EngineError(f"{edit}: there is no such synapse: add it first")
        if edit.verb == "add" and link.edge < 0 and isinstance(target.block, _MAXIMA):
            raise EngineError(
                f"{edit}: {target.name} takes a maximum, it adds nothing up: "
                "add the synapse to a layer that sums"
            )
        pair[start, end] = _changed(link, edit)

    def _edge(self, source: Layer, target: Layer, start: int, end: int) -> int:
        """The number of the edge between two neurons in the target's block, -1 where there is none."""
        if source.name not in target.sources or target.block is None:
            return -1
        slot, wiring = target.sources.index(source.name), self.net.wiring(target.name)
        ids = target.block.edges_into(wiring, slot, end)
        found = ids[target.block.edges(wiring, slot, ids).source == start]
        return int(found[0]) if len(found) else -1

    def overlay(self) -> Overlay:
        """The draft as arrays."""
        links: dict[str, tuple[Links, ...]] = {}
        windows: dict[str, Windows] = {}
        for (source, target), pair in self.links.items():
            block = self.net.layer(target).block
            if isinstance(block, _MAXIMA):
                windows[target] = windows_of(self.net, source, target, pair)
            else:
                links[target] = (*links.get(target, ()), links_of(self.net, source, target, pair))
        cells = {name: cells_of(found) for name, found in self.cells.items()}
        held = {name: np.flatnonzero(mask) for name, mask in self.held.items()}
        return Overlay(links, windows, cells, held)


def _change(cell: CellDraft, edit: Edit) -> None:
    if edit.verb == "shift":
        cell.shift += edit.value or 0.0
    elif edit.verb == "function":
        cell.function = edit.function or ""
    elif edit.verb == "scale":
        cell.gain *= edit.value if edit.value is not None else 1.0
        cell.offset *= edit.value if edit.value is not None else 1.0
    else:
        # Ablated or clamped: whatever it would have been is forgotten.
        cell.gain, cell.offset = 0.0, edit.value or 0.0


def _changed(link: LinkDraft, edit: Edit) -> LinkDraft:
    value = edit.value or 0.0
    if edit.verb == "cut":
        return LinkDraft(link.edge, 0.0, 0.0, cut=True)
    if edit.verb == "scale":
        return LinkDraft(link.edge, link.gain * value, link.offset * value)
    if edit.verb == "nudge":
        return LinkDraft(link.edge, link.gain, link.offset + value)
    return LinkDraft(link.edge, 0.0, value)


def _places(net: Net, text: str) -> tuple[Layer, Array]:
    """The layer of an address, and the flat indices in it (n,) of the neurons that it names."""
    found = address.neurons(net, text)
    layer = net.layer(text.partition(":")[0].strip())
    return layer, found - net.offset(layer.name)


def _one(net: Net, text: str) -> tuple[Layer, int]:
    layer, found = _places(net, text)
    if len(found) != 1:
        address.neuron(net, text)  # says what to write instead
    return layer, int(found[0])


def _sharers(net: Net, layer: Layer, found: Array) -> str:
    """The address of all neurons that share weights with the first of these."""
    unit = int(found[0]) % layer.shape[-1]
    return f"{layer.name}:{address.axes(net, layer)[-1]}{unit}"
