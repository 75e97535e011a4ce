"""Overlay: the edits of a net made ready for its passes, a small correction on top of unchanged kernels.

An edited synapse has the weight gain x own + offset, where own is the weight that it would have: of a
parameter that goes on learning, of a constant, of a constant times a gate, or of a normalisation, which is
worked out from all of its row, edited or not. Its neuron's sum is corrected by the difference. An edited
neuron's activation becomes gain x activation + offset, so that scaling, clamping and ablating compose in
order. A window that takes a maximum is worked out anew where one of its edges is edited.

Here is the way forward, and the way back through activations; that through edited synapses is `way_back`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.edits.neurons import Cells
from engine.edits.synapses import bundle_sums, bundles_added, link_sums
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.incremental import IncrementalSynapses
from engine.edits.synapses.links import Arrays, Links, flat_of
from engine.edits.synapses.merged import links_of
from engine.edits.synapses.products import Told
from engine.edits.synapses.windows import Windows, windows_of
from engine.graph.graph import Weights

Back = Callable[[Array, Array, Array], None]


@dataclass(frozen=True, eq=False)
class Overlay:
    """All edits of a net, by layer; of synapses by the layer where they end.

    cells: what edits of neurons come to. Edited synapses are held in two ways: single ones as arrays
    (`links_apart`; into a layer that takes a maximum `windows_apart`), and many that are edited alike as
    `bundles` of a few numbers. `links` and `windows` have all of them one by one, however they are held.
    incremental: those of `links_apart` that are held in two parts, the edits since and all before them, so
    that one edit more need not write thousands anew; `told_apart` has each of these synapses once.

    history: of a convolution, a normalisation or attention the edits of synapses one behind another, if
    they are few; weights: of the net. In training they may stand as bundles that are `added` up.

    holding: by the name of a parameter, its array and masks (its last axes) of the numbers that training
    leaves as they are; None in place of a mask means those that are 0.
    """

    links_apart: Mapping[str, tuple[Links, ...]] = field(default_factory=dict)
    windows_apart: Mapping[str, Windows] = field(default_factory=dict)
    cells: Mapping[str, Cells] = field(default_factory=dict)
    holding: Mapping[str, tuple[Array, tuple[Array | None, ...]]] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    incremental: Mapping[str, tuple[IncrementalSynapses, ...]] = field(default_factory=dict)
    history: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    weights: Weights | None = None
    added: Mapping[str, tuple[Bundle, ...]] = field(default_factory=dict)

    @cached_property
    def told_apart(self) -> Mapping[str, tuple[Links, ...]]:
        """The synapses that are held one by one, each of them once."""
        told = dict(self.links_apart)
        for name, incremental in self.incremental.items():
            laid = {changing.source for changing in incremental}
            others = [links for links in told[name] if links.source not in laid]
            told[name] = (*others, *(changing.whole.links for changing in incremental))
        return told

    @cached_property
    def links(self) -> Mapping[str, tuple[Links, ...]]:
        """The edited synapses into each layer that adds up, one by one; a trace can do without it."""
        told = {
            name: (*self._from_others(name, bundle), links_of(*bundle.spelled))
            for name, bundle in self.bundles.items()
            if not bundle.taking
        }
        return {**self.told_apart, **told}

    @property
    def rewired(self) -> bool:
        """Whether any synapse is edited."""
        return bool(self.links_apart or self.windows_apart or self.bundles or self.added)

    def _from_others(self, layer: str, bundle: Bundle) -> list[Links]:
        return [links for links in self.told_apart.get(layer, ()) if links.source != bundle.source.name]

    @cached_property
    def windows(self) -> Mapping[str, Windows]:
        """The edited windows of each layer that takes a maximum."""
        told = {name: windows_of(*each.spelled) for name, each in self.bundles.items() if each.taking}
        return {**self.windows_apart, **told}

    @cached_property
    def held(self) -> dict[str, Array]:
        """Parameter name -> flat indices of numbers that training leaves as they are."""
        held = {}
        for name, (numbers, masks) in self.holding.items():
            kept = np.zeros(numbers.shape, bool)
            for mask in masks:
                kept |= numbers == 0 if mask is None else mask
            held[name] = np.flatnonzero(kept)
        return held

    @property
    def edited(self) -> bool:
        """Whether any neuron or synapse is edited."""
        return bool(self.cells) or self.rewired

    def without(self, layer: str, source: str = "") -> Overlay:
        """All edits but a layer's bundle or windows, and its single synapses from a source."""
        links = dict(self.links_apart)
        links[layer] = tuple(each for each in links.pop(layer, ()) if each.source != source)
        return replace(
            self,
            links_apart={name: each for name, each in links.items() if each},
            windows_apart={name: each for name, each in self.windows_apart.items() if name != layer},
            bundles={name: each for name, each in self.bundles.items() if name != layer},
        )

    @cached_property
    def touched(self) -> frozenset[str]:
        """The layers whose neurons or incoming synapses are edited."""
        return frozenset((*self.cells, *self.links_apart, *self.bundles, *self.windows_apart, *self.added))

    def touches(self, layer: str) -> bool:
        """Whether a layer's neurons or incoming synapses are edited."""
        return layer in self.touched

    def sums(self, layer: str) -> bool:
        """Whether a layer's sums are edited: its incoming synapses or its biases."""
        return self._synapses(layer) or (layer in self.cells and self.cells[layer].shifts)

    def _synapses(self, layer: str) -> bool:
        told = self.links_apart, self.bundles, self.windows_apart, self.added
        return any(layer in each for each in told)

    def enter(self, layer: str, pixels: Array) -> Array:
        """The activations of the input layer (n, *shape): its pixels, edited ones in a copy."""
        cells = self.cells.get(layer)
        if cells is None:
            return pixels
        act = pixels.copy()
        cells.act(pixels.reshape(len(pixels), -1), act.reshape(len(act), -1))
        return act

    def dark(self, layer: str, source: str) -> Array | None:
        """Neurons of a source (flat indices) that a layer's block need not see in a fast pass; None for none.

        See `Links.dark`; `add_up` and `way_back.back_up` then correct the rest.
        """
        for links in self.links_apart.get(layer, ()):
            if links.source == source and len(links.dark):
                return links.dark
        return None

    def sources(self, layer: str) -> tuple[str, ...]:
        """The layers from which a layer has edited synapses."""
        edited = self.links_apart.get(layer)
        return () if edited is None else tuple(dict.fromkeys(links.source for links in edited))

    def reads(self, layer: str, sources: tuple[str, ...]) -> set[str]:
        """What `add_up` reads: the layer's sources, and those from which synapses were added."""
        return {*sources, *self.sources(layer)}

    def fed(self, layer: str, x: Array) -> Array | None:
        """What a layer's block may read in place of its one source's x (n, *shape), if anything."""
        bundle = self.bundles.get(layer)
        return bundle.sent(x, bundle.gain) if bundle is not None and bundle.feeds else None

    def only_fed(self, layer: str) -> bool:
        """Whether all that is edited of the synapses into a layer is what it is `fed`."""
        bundle = self.bundles.get(layer)
        others = layer in self.links_apart or layer in self.windows_apart or layer in self.added
        return not others and (bundle is None or (bundle.feeds and not bundle.offset))

    def apart(self, layer: str) -> bool:
        """Whether all that is edited of a layer is what it is `fed`."""
        return layer not in self.cells and self.only_fed(layer)

    def add_up(
        self,
        layer: str,
        pre: Array,
        activations: Arrays,
        parameters: Arrays,
        fast: bool = False,
        fed: bool = False,
    ) -> None:
        """Correct a layer's sums (n, *shape), in place, once its block has made them; fast: see `Links`.

        fed: whether it has read what `fed` answered.
        """
        flat = pre.reshape(len(pre), -1)
        bundle = self.bundles.get(layer)
        if bundle is not None:
            bundle_sums.add_up(bundle, pre, activations, parameters, fast, fed)
        for more in self.added.get(layer, ()):
            bundles_added.add_up(more, pre, activations, parameters, fast)
        for links in self.links_apart.get(layer, ()):
            link_sums.add_up(links, flat, activations, parameters, fast)
        windows = self.windows_apart.get(layer)
        if windows is not None:
            flat[:, windows.target] = windows.largest(flat_of(activations, windows.source))
        self.shift(layer, pre)

    def shift(self, layer: str, pre: Array) -> None:
        """Shift a layer's biases in its sums (n, *shape), in place."""
        if layer in self.cells and self.cells[layer].shifts:
            self.cells[layer].shift_sums(pre.reshape(len(pre), -1))

    def fire(self, layer: str, pre: Array, act: Array) -> Array | None:
        """Edit a layer's activations (n, *shape) in place; the answer is what `back_fire` needs.

        A neuron with another activation function is not dropped in training.
        """
        cells = self.cells.get(layer)
        if cells is None:
            return None
        flat = act.reshape(len(act), -1)
        before: Array = flat[:, cells.where].copy()
        cells.act(pre.reshape(len(pre), -1), flat)
        return before

    def back_fire(
        self, layer: str, grad: Array, pre: Array, act: Array, before: Array, through: Back
    ) -> None:
        """Turn the gradient by activations into that by sums, in place; before: the answer of `fire`.

        through(grad, pre, act): the same for the layer's own activation function and dropout.
        """
        cells = self.cells[layer]
        delta, flat, sums = (a.reshape(len(a), -1) for a in (grad, act, pre))
        cells.scale_back(delta)
        edited, passed = flat[:, cells.where].copy(), {}
        for name, chosen in cells.functions_where.items():
            mine, passed[name] = sums[:, chosen], delta[:, chosen].copy()
            value = np.empty(mine.shape, act.dtype)
            activation(name).forward(mine, value)
            activation(name).backward(passed[name], mine, value, passed[name])
        flat[:, cells.where] = before
        through(grad, pre, act)
        flat[:, cells.where] = edited
        for name, chosen in cells.functions_where.items():
            delta[:, chosen] = passed[name]
