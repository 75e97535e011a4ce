"""A trace: every neuron's value for one image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap, read_only
from engine.edits.grammar import Edit
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.graph.repr import after_changes
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.machine import Machine, as_inputs, probabilities
from engine.run.micro_batch import MicroBatch, one_buffer


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """What every neuron of a net did with one image.

    pre, activation: layer name -> array of the layer's shape; the input's pre-activations are its
    activations. probabilities (classes,): a softmax layer's activation; exp of a log-softmax layer's;
    otherwise the output's activations (negative ones as 0) divided by their sum. gradient: layer name ->
    derivative of one class's pre-activation (its score) with respect to each activation, or None where it was
    not asked for. unedited: the pre-activations of layers whose sums are edited, as they were before that.
    """

    net: Net
    pre: ArrayMap
    activation: ArrayMap
    probabilities: Array
    gradient: ArrayMap | None = None
    unedited: ArrayMap = field(default_factory=lambda: ArrayMap({}))

    def __repr__(self) -> str:
        net, gradients = self.net, "" if self.gradient is None else ", with gradients"
        return (
            f"<Trace of {net.name}: reads {self.prediction} with probability {self.confidence:.4f}; "
            f"{net.neuron_count:,} neurons in {len(net.layers)} layers"
            f"{after_changes(net.history)}{gradients}>"
        )

    @property
    def prediction(self) -> int:
        """The most likely class."""
        return int(np.argmax(self.probabilities))

    @property
    def confidence(self) -> float:
        """The prediction's probability, 0..1."""
        return float(self.probabilities[self.prediction])

    @cached_property
    def neurons(self) -> npt.NDArray[np.float32]:
        """All activations (N,) float32 in the order of neuron ids."""
        parts = [self.activation[layer.name].reshape(-1) for layer in self.net.layers]
        return read_only(np.concatenate(parts).astype(np.float32))

    @cached_property
    def lead_gradients(self) -> dict[tuple[int, int | None], ArrayMap]:
        """The answers of `engine.lead_gradient` so far, by class and rival."""
        return {}

    def display(self, name: str) -> npt.NDArray[np.float32]:
        """What a picture shows of a layer, (size,) float32: activations, the output's probabilities."""
        layer = self.net.layer(name)
        values = self.probabilities if layer is self.net.layers[-1] else self.activation[name]
        return values.reshape(-1).astype(np.float32)


def trace(net: Net, image: Array, gradients_of: int | None = None, base: Trace | None = None) -> Trace:
    """Run one image through the net and keep everything; see Net.trace."""
    with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
        traced = _traced(net, image, gradients_of, base)
    # An edited net is looked at wherever it is new: a sigmoid may hide what has overflown.
    known = {} if base is None else base.pre
    fresh = [values for name, values in traced.pre.items() if values is not known.get(name)]
    if not all(map(_finite, (traced.probabilities, *(fresh if net.edits else ())))):
        where = next((n for n, values in traced.pre.items() if not np.isfinite(values).all()), "output")
        raise EngineError(
            f"{net.name}: the sums of {where} grow beyond {net.dtype}: its edits or weights are too large"
        )
    return traced


def _finite(values: Array) -> bool:
    flat = values.reshape(-1)
    # One pass where all is well: a sum of squares hides nothing, but may itself overflow.
    return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


def _traced(net: Net, image: Array, gradients_of: int | None, base: Trace | None) -> Trace:
    x = read_only(as_inputs(net, np.asarray(image)[None]))
    gradient = None if gradients_of is None else _gradient(net, x, gradients_of)
    changes = None if base is None else _changed_since(net, x, base)
    if base is None or changes is None:
        first = net.layers[0].name
        pre, act = {first: x}, {first: net.overlay.enter(first, x)}
        part = _part(net, net.layers[1:])
        for layer in net.layers[1:]:
            _make_room(net, layer, pre, act)
        unedited = part.forward(pre, act, None, net.layers[1:], {})
        known = ArrayMap(_one(pre)), ArrayMap(_one(act))
        return Trace(net, *known, _answer(net, act["output"]), gradient, ArrayMap(_one(unedited)))
    pre, act, unedited = _follow(net, base, changes)
    kept = {name: array for name, array in base.unedited.items() if net.overlay.sums(name)}
    return Trace(
        net,
        base.pre.updated(_one(pre)),
        base.activation.updated(_one(act)),
        _answer(net, act["output"]) if "output" in act else base.probabilities,
        gradient,
        ArrayMap(kept).updated(_one(unedited)),
    )


def _follow(net: Net, base: Trace, changes: _Changes) -> tuple[dict[str, Array], ...]:
    """Pre-activations, activations and unedited sums (1, *shape) of the layers that a change reaches.

    Where it has no effect, as on a neuron that is silent anyway, what lies behind need not be asked.
    """
    part, overlay, last = _part(net, changes.layers), net.overlay, net.layers[-1]
    act = {name: array[None] for name, array in base.activation.items()}
    pre: dict[str, Array] = {}
    unedited: dict[str, Array] = {}
    moved: set[str] = set()
    for layer in changes.layers:
        name = layer.name
        if name in changes.own or not moved.isdisjoint((*layer.sources, *overlay.sources(name))):
            before = act[name]
            _make_room(net, layer, pre, act)
            unedited |= part.forward(pre, act, None, (layer,), changes.known)
            if layer is not last and act[name].tobytes() != before.tobytes():
                moved.add(name)
    return pre, {name: act[name] for name in pre}, unedited


def _part(net: Net, layers: Sequence[Layer]) -> MicroBatch:
    return MicroBatch(layers, net.weights.by_layer, None, False, net.overlay)


def _make_room(net: Net, layer: Layer, pre: dict[str, Array], act: dict[str, Array]) -> None:
    sums = pre[layer.name] = np.empty((1, *layer.shape), net.dtype)
    act[layer.name] = sums if one_buffer(layer, net.overlay) else np.empty_like(sums)


def _one(batch: dict[str, Array]) -> dict[str, Array]:
    """Arrays (1, *shape) that nobody else holds as read-only ones (*shape)."""
    for array in batch.values():
        array.flags.writeable = False
    return {name: array[0] for name, array in batch.items()}


def _answer(net: Net, output: Array) -> Array:
    return read_only(probabilities(net, output)[0])


def _gradient(net: Net, x: Array, label: int) -> ArrayMap:
    """The derivative of a class's score by every activation."""
    classes = net.layers[-1].size
    if not 0 <= label < classes:
        raise EngineError(f"no class {label}: the classes are 0..{classes - 1}")
    machine = Machine(net.layers, net.parameters, 1, overlay=net.overlay)
    machine.forward(x)
    return ArrayMap({name: array[0] for name, array in machine.score_gradients(label).items()})


@dataclass(frozen=True)
class _Changes:
    """The layers that may differ from those of another trace, in order.

    own: names of those among them that differ themselves, by an edit or by what they have learned; the others
    follow. known: what the blocks of some come to (*shape), before any edit, because they read the same.
    """

    layers: list[Layer]
    own: set[str]
    known: dict[str, Array]


def _changed_since(net: Net, x: Array, base: Trace) -> _Changes | None:
    """What differs from another trace of the input x (1, *shape).

    None where there is nothing to build on: another image, another graph, or an edited pixel.
    """
    before = base.net
    first = net.layers[0].name
    if net.layers != before.layers or x.tobytes() != base.pre[first].tobytes():
        return None
    same = _common(net.edits, before.edits)
    # What only training feels changes no number.
    stale = {e.layer for e in (*net.edits[same:], *before.edits[same:]) if e.verb not in ("freeze", "hold")}
    if first in stale:
        return None
    learned: set[str] = set()
    if net.parameters is not before.parameters:
        learned = {n.rpartition(".")[0] for n, a in net.parameters.items() if a is not before.parameters[n]}
        stale |= learned
    own, layers, known = set(stale), [], {}
    for layer in net.layers[1:]:
        name = layer.name
        same_inputs = stale.isdisjoint(layer.sources)
        if name not in stale and same_inputs and stale.isdisjoint(net.overlay.sources(name)):
            continue
        if same_inputs and name not in learned:
            known[name] = base.unedited.get(name, base.pre[name])
        stale.add(name)
        layers.append(layer)
    return _Changes(layers, own, known)


def _common(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> int:
    """With how many edits both begin."""
    for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine is not theirs and mine != theirs:
            return number
    return min(len(one), len(other))
