"""A trace: every neuron's value for one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap, read_only
from engine.changes import Changes, changed_since
from engine.errors import EngineError
from engine.machine import Machine, as_inputs, probabilities
from engine.parts import Part, one_buffer

if TYPE_CHECKING:
    from engine.graph import Net


@dataclass(frozen=True, eq=False)
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

    def display(self, name: str) -> npt.NDArray[np.float32]:
        """What a picture shows of a layer, (size,) float32: activations, the output's probabilities."""
        layer = self.net.layer(name)
        values = self.probabilities if layer is self.net.layers[-1] else self.activation[name]
        return values.reshape(-1).astype(np.float32)


def trace(net: Net, image: Array, gradients_of: int | None = None, base: Trace | None = None) -> Trace:
    """Run one image through the net and keep everything; see Net.trace."""
    x = read_only(as_inputs(net, np.asarray(image)[None]))
    gradient = None if gradients_of is None else _gradient(net, x, gradients_of)
    changes = None if base is None else changed_since(net, x, base)
    if base is None or changes is None:
        first = net.layers[0].name
        pre, act = {first: x}, {first: net.overlay.enter(first, x)}
        unedited = _run(net, pre, act, Changes(list(net.layers[1:]), {}))
        return Trace(net, _one(pre), _one(act), _answer(net, act["output"]), gradient, _one(unedited))
    pre, act = {}, {}
    for layer in changes.layers:
        for source in (*layer.sources, *net.overlay.sources(layer.name)):
            act[source] = base.activation[source][None]
    unedited = _run(net, pre, act, changes)
    fresh = {name: act[name] for name in pre}
    kept = {name: array for name, array in base.unedited.items() if net.overlay.sums(name)}
    return Trace(
        net,
        base.pre.updated(_one(pre)),
        base.activation.updated(_one(fresh)),
        _answer(net, act["output"]) if "output" in act else base.probabilities,
        gradient,
        ArrayMap(kept).updated(_one(unedited)),
    )


def _run(net: Net, pre: dict[str, Array], act: dict[str, Array], changes: Changes) -> dict[str, Array]:
    """Fill in what these layers do, (1, *shape) each; the answer: their sums before edits, where edited."""
    for layer in changes.layers:
        sums = pre[layer.name] = np.empty((1, *layer.shape), net.dtype)
        act[layer.name] = sums if one_buffer(layer, net.overlay) else np.empty_like(sums)
    part = Part(changes.layers, net.owned_parameters, None, False, net.overlay)
    return part.forward(pre, act, None, changes.layers, changes.known)


def _one(batch: dict[str, Array]) -> ArrayMap:
    """Arrays (1, *shape) that nobody else holds as read-only ones (*shape)."""
    for array in batch.values():
        array.flags.writeable = False
    return ArrayMap({name: array[0] for name, array in batch.items()})


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
