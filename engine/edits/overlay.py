"""Overlay: the edits of a net made ready for its passes, a small correction on top of unchanged kernels.

An edited synapse has the weight gain x own + offset, where own is the weight that it would have: of a
parameter that goes on learning, of a constant, of a constant times a gate, or of a normalisation, which is
worked out from all of its row, edited or not. Its neuron's sum is corrected by the difference. An edited
neuron's activation becomes gain x activation + offset, so that scaling, clamping and ablating compose in
order. A window that takes a maximum is worked out anew where one of its edges is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.blocks.base import Normalisation

Arrays = Mapping[str, Array]
Back = Callable[[Array, Array, Array], None]
Gathered = Callable[[str], Array | None]


@dataclass(frozen=True, eq=False)
class Links:
    """Edited synapses from one layer to another: arrays (e,), neurons as flat indices in their layers.

    edge: its number in the block, -1 for a synapse that was added. constant: its own weight where that is no
    parameter (of attention the factor of the gate's activation), 0 for an added one. parameter: flat index
    into the array `name` of the target layer, -1 for none. gate: index in `gate_layer`. norm: the target's
    block, where its own weights are those of a normalisation. more: gain - 1, how many times its own weight a
    synapse has more than before; 0 where it had none.
    """

    source: str
    start: Array
    end: Array
    edge: Array
    constant: Array
    parameter: Array
    gain: Array
    offset: Array
    cut: Array
    more: Array
    name: str = ""
    gate: Array | None = None
    gate_layer: str = ""
    norm: Normalisation | None = None

    @cached_property
    def ids(self) -> Array:
        """The numbers (e,) of the edges whose own weights count; of an added one nothing does."""
        return np.maximum(self.edge, 0)

    def own(self, activations: Arrays, parameters: Arrays) -> Array:
        """The weight that each synapse would have: (e,), or (B, e) where it follows from the input."""
        if self.norm is not None:
            return self.norm.own_weights(activations[self.source], parameters, self.ids)
        if self.gate is not None:
            return self.constant * _flat(activations, self.gate_layer)[:, self.gate]
        if not self.name:
            return self.constant
        learned = parameters[self.name].reshape(-1)[self.parameter]
        return np.where(self.parameter >= 0, learned, self.constant)

    def change(self, activations: Arrays, parameters: Arrays) -> Array:
        """What an edit adds to each weight, of the shape of `own`."""
        return self.more * self.own(activations, parameters) + self.offset


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a max-pooling, or groups of a maxout, with an edited edge.

    target (w,). For each window the edges (e,) that it has left: their numbers, sources and weights. gone:
    numbers of the edges that were cut.
    """

    source: str
    target: Array
    edges: tuple[Array, ...]
    cells: tuple[Array, ...]
    weights: tuple[Array, ...]
    gone: Array


@dataclass(frozen=True, eq=False)
class Cells:
    """Edited neurons of one layer, flat indices; see Overlay.fire.

    shifted, shift: biases. chosen, gain, offset: what becomes of the activations. functions: by name, the
    neurons that have another activation function.
    """

    shifted: Array
    shift: Array
    chosen: Array
    gain: Array
    offset: Array
    functions: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Overlay:
    """All edits of a net. links and windows by target layer, cells by layer.

    held: parameter name -> flat indices of numbers that training leaves as they are.
    """

    links: Mapping[str, tuple[Links, ...]] = field(default_factory=dict)
    windows: Mapping[str, Windows] = field(default_factory=dict)
    cells: Mapping[str, Cells] = field(default_factory=dict)
    held: Mapping[str, Array] = field(default_factory=dict)

    def touches(self, layer: str) -> bool:
        """Whether a layer's neurons or incoming synapses are edited."""
        return layer in self.links or layer in self.windows or layer in self.cells

    def sums(self, layer: str) -> bool:
        """Whether a layer's sums are edited: its incoming synapses or its biases."""
        return (
            layer in self.links
            or layer in self.windows
            or (layer in self.cells and len(self.cells[layer].shifted) > 0)
        )

    def enter(self, layer: str, pixels: Array) -> Array:
        """The activations of the input layer (n, *shape): its pixels, edited ones in a copy."""
        if layer not in self.cells:
            return pixels
        act = pixels.copy()
        self.fire(layer, pixels, act)
        return act

    def sources(self, layer: str) -> tuple[str, ...]:
        """The layers from which a layer has edited synapses."""
        edited = self.links.get(layer)
        return () if edited is None else tuple(links.source for links in edited)

    def add_up(self, layer: str, pre: Array, activations: Arrays, parameters: Arrays) -> None:
        """Correct a layer's sums (n, *shape), in place, once its block has made them."""
        flat = pre.reshape(len(pre), -1)
        for links in self.links.get(layer, ()):
            sent = _flat(activations, links.source)[:, links.start]
            sent = sent * links.change(activations, parameters).astype(pre.dtype, copy=False)
            np.add.at(flat.T, links.end, sent.T)
        if layer in self.windows:
            windows = self.windows[layer]
            x = _flat(activations, windows.source)
            for target, cells, weights in zip(windows.target, windows.cells, windows.weights, strict=True):
                flat[:, target] = (x[:, cells] * weights).max(axis=1, initial=-np.inf) if len(cells) else 0
        if layer in self.cells:
            flat[:, self.cells[layer].shifted] += self.cells[layer].shift.astype(pre.dtype)

    def fire(self, layer: str, pre: Array, act: Array) -> Array | None:
        """Edit a layer's activations (n, *shape) in place; the answer is what `back_fire` needs.

        A neuron with another activation function is not dropped in training.
        """
        cells = self.cells.get(layer)
        if cells is None:
            return None
        flat, sums = act.reshape(len(act), -1), pre.reshape(len(pre), -1)
        before = flat[:, cells.chosen]
        for name, chosen in cells.functions.items():
            fresh = np.empty((len(flat), len(chosen)), act.dtype)
            activation(name).forward(sums[:, chosen], fresh)
            flat[:, chosen] = fresh
        plain = flat[:, cells.chosen]
        flat[:, cells.chosen] = plain * cells.gain.astype(act.dtype) + cells.offset.astype(act.dtype)
        return before

    def back_fire(
        self, layer: str, grad: Array, pre: Array, act: Array, before: Array, through: Back
    ) -> None:
        """Turn the gradient by activations into that by sums, in place; before: the answer of `fire`.

        through(grad, pre, act): the same for the layer's own activation function and dropout.
        """
        cells = self.cells[layer]
        felt, flat, sums = (a.reshape(len(a), -1) for a in (grad, act, pre))
        felt[:, cells.chosen] *= cells.gain.astype(grad.dtype)
        edited, passed = flat[:, cells.chosen], {}
        for name, chosen in cells.functions.items():
            value = np.empty((len(flat), len(chosen)), act.dtype)
            activation(name).forward(sums[:, chosen], value)
            passed[name] = felt[:, chosen]
            activation(name).backward(passed[name], sums[:, chosen], value, passed[name])
        flat[:, cells.chosen] = before
        through(grad, pre, act)
        flat[:, cells.chosen] = edited
        for name, chosen in cells.functions.items():
            felt[:, chosen] = passed[name]

    def back_up(
        self,
        layer: str,
        grad: Array,
        activations: Arrays,
        parameters: Arrays,
        gathered: Gathered,
        learn: Arrays | None,
    ) -> None:
        """Add the gradients through edited synapses to those of their sources and of their parameters.

        grad (n, *shape): by the layer's sums. gathered(name): the array where the gradient by a layer's
        activations is gathered, None where nobody asks. learn: the layer's parameter gradients.
        """
        felt = grad.reshape(len(grad), -1)
        for links in self.links.get(layer, ()):
            mine, sent = felt[:, links.end], _flat(activations, links.source)[:, links.start]
            change = links.change(activations, parameters).astype(grad.dtype, copy=False)
            _gather(gathered(links.source), links.start, mine * change)
            by_own = mine * sent * links.more.astype(grad.dtype)
            if links.norm is not None:
                x = activations[links.source]
                links.norm.back_own_weights(by_own, x, parameters, links.ids, learn, gathered(links.source))
            if links.gate is not None:
                _gather(gathered(links.gate_layer), links.gate, by_own * links.constant.astype(grad.dtype))
            if learn is not None and links.name:
                learned = links.parameter >= 0
                np.add.at(
                    learn[links.name].reshape(-1), links.parameter[learned], by_own.sum(axis=0)[learned]
                )

    def take_windows(self, layer: str, grad: Array) -> Array | None:
        """The gradients (n, w) of edited windows, taken out of grad so that their block does not see them."""
        if layer not in self.windows:
            return None
        flat, target = grad.reshape(len(grad), -1), self.windows[layer].target
        taken = flat[:, target]
        flat[:, target] = 0
        return taken

    def put_windows_back(self, layer: str, taken: Array, grad: Array) -> None:
        """Undo `take_windows`: the gradients (n, w) of edited windows are in grad again."""
        grad.reshape(len(grad), -1)[:, self.windows[layer].target] = taken

    def back_windows(self, layer: str, taken: Array, activations: Arrays, gathered: Gathered) -> None:
        """Send the gradients of edited windows (n, w) to the edge that won each."""
        windows = self.windows[layer]
        back, x = gathered(windows.source), _flat(activations, windows.source)
        if back is None:
            return
        rows = np.arange(len(x))
        for k, (cells, weights) in enumerate(zip(windows.cells, windows.weights, strict=True)):
            if len(cells):
                best = (x[:, cells] * weights).argmax(axis=1)
                np.add.at(back.reshape(len(back), -1), (rows, cells[best]), taken[:, k] * weights[best])


def _flat(activations: Arrays, layer: str) -> Array:
    values = activations[layer]
    return values.reshape(len(values), -1)


def _gather(back: Array | None, place: Array, amount: Array) -> None:
    if back is not None:
        np.add.at(back.reshape(len(back), -1).T, place, amount.T)
