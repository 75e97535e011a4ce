"""A trace: every neuron's value for one image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap, read_only
from engine.changes import changed_since
from engine.errors import EngineError
from engine.machine import Machine, as_inputs, probabilities

if TYPE_CHECKING:
    from engine.graph import Net


@dataclass(frozen=True, eq=False)
class Trace:
    """What every neuron of a net did with one image.

    pre, activation: layer name -> array of the layer's shape; the input's pre-activations are its
    activations. probabilities (classes,): a softmax layer's activation; exp of a log-softmax layer's;
    otherwise the output's activations (negative ones as 0) divided by their sum. gradient: layer name ->
    derivative of one class's pre-activation (its score) with respect to each activation, or None where it was
    not asked for.
    """

    net: Net
    pre: ArrayMap
    activation: ArrayMap
    probabilities: Array
    gradient: ArrayMap | None = None

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
    x = as_inputs(net, np.asarray(image)[None])
    machine = Machine(net.layers, net.parameters, 1, overlay=net.overlay)
    changes = None if base is None or gradients_of is not None else changed_since(net, x, base)
    if changes is None or base is None:
        machine.forward(x)
    else:
        pre = {name: array[None] for name, array in base.pre.items()}
        act = {name: array[None] for name, array in base.activation.items()}
        machine.resume(pre, act, *changes)
    names = [layer.name for layer in net.layers]
    gradient = None
    if gradients_of is not None:
        classes = net.layers[-1].size
        if not 0 <= gradients_of < classes:
            raise EngineError(f"no class {gradients_of}: the classes are 0..{classes - 1}")
        gradient = ArrayMap({n: g[0] for n, g in machine.score_gradients(gradients_of).items()})
    return Trace(
        net=net,
        pre=ArrayMap({name: machine.pre[name][0] for name in names}),
        activation=ArrayMap({name: machine.activation[name][0] for name in names}),
        probabilities=read_only(probabilities(net, machine.activation["output"])[0]),
        gradient=gradient,
    )
