"""Reading one neuron: what it says for an image, why, and whom it tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.graph import address
from engine.graph.layer import Layer
from engine.graph.receptive_field import Box, receptive_field
from engine.graph.synapses import Synapses
from engine.kernels.threads import one_blas_thread
from engine.run.machine import Machine
from engine.run.trace import Trace
from engine.synapses.edited import take


@dataclass(frozen=True, eq=False, repr=False)
class Reading:
    """One neuron for one image.

    sum = bias + the contributions of all incoming synapses; activation is what its function (or an edit)
    makes of it. incoming, outgoing: synapses by |contribution|, the largest first; incoming_contributions,
    outgoing_contributions (n,): weight x source activation of each. field: the pixels that it can see.
    weights: what a neuron that reads pixels or maps has learned, (rows, columns) or (rows, columns, channels)
    of its kernel or of all that it reads; else None. gradients (classes,): the derivative of each class's
    score by its activation.
    """

    address: str
    neuron: int
    layer: str
    activation: float
    sum: float
    bias: float
    function: str
    incoming: Synapses
    incoming_contributions: Array
    outgoing: Synapses
    outgoing_contributions: Array
    field: Box
    weights: Array | None
    gradients: Array

    def __repr__(self) -> str:
        return (
            f"<Reading of {self.address}: activation {self.activation:.6g}, sum {self.sum:.6g}, "
            f"bias {self.bias:.6g}, {self.function}; "
            f"synapses: {len(self.incoming):,} in, {len(self.outgoing):,} out>"
        )


def read(trace: Trace, number: int) -> Reading:
    """Read a neuron by its global id; EngineError where there is none."""
    net = trace.net
    where = address.write(net.graph, number)
    layer = net.layer(where.partition(":")[0])
    index = number - net.offset(layer.name)
    incoming, into = _sorted(trace, net.synapses_into(layer.name, index, trace))
    outgoing, out = _sorted(trace, net.synapses_out_of(layer.name, index, trace))
    cells = net.overlay.cells.get(layer.name)
    function = layer.activation
    if cells is not None:
        function = next((name for name, places in cells.functions.items() if index in places), function)
    return Reading(
        address=where,
        neuron=number,
        layer=layer.name,
        activation=float(trace.activation[layer.name].reshape(-1)[index]),
        sum=float(trace.pre[layer.name].reshape(-1)[index]),
        bias=_bias(trace, layer, index),
        function=function,
        incoming=incoming,
        incoming_contributions=into,
        outgoing=outgoing,
        outgoing_contributions=out,
        field=receptive_field(net.graph, layer.name, index),
        weights=_weights(trace, layer, index),
        gradients=class_gradients(trace, layer.name)[:, index],
    )


def class_gradients(trace: Trace, layer: str) -> Array:
    """The derivative of every class's score by every activation of a layer: (classes, layer size)."""
    net = trace.net
    classes = net.layers[-1].size
    x = np.repeat(trace.pre[net.layers[0].name][None], classes, axis=0)
    machine = Machine(net.layers, net.parameters, classes, overlay=net.overlay)
    grad = np.eye(classes, dtype=net.dtype)
    if layer == net.layers[-1].name:
        return grad
    with one_blas_thread():
        machine.forward(x)
        grad_act = machine.backward(grad, keep=True).get(layer)
    # A layer from which no way leads to the output moves no score.
    return np.zeros((classes, net.layer(layer).size)) if grad_act is None else grad_act.reshape(classes, -1)


def _sorted(trace: Trace, synapses: Synapses) -> tuple[Synapses, Array]:
    contributions = synapses.weight * trace.neurons[synapses.source]
    order = np.argsort(-np.abs(contributions), kind="stable")
    return take(synapses, order), contributions[order]


def _bias(trace: Trace, layer: Layer, index: int) -> float:
    """The constant term of a neuron's sum, what edits add included."""
    if layer.block is None:
        return 0.0
    biases = layer.block.biases(trace.net.wiring(layer.name))
    bias = 0.0 if biases is None else float(biases.reshape(-1)[index])
    cells = trace.net.overlay.cells.get(layer.name)
    return bias if cells is None else bias + float(cells.shift[cells.shifted == index].sum())


def _weights(trace: Trace, layer: Layer, index: int) -> Array | None:
    """A neuron's learned weights as a picture, where they have the form of one."""
    net = trace.net
    if layer.block is None or len(net.layer(layer.sources[0]).shape) != 3:
        return None
    weight = net.own_parameters(layer.name).get("weight")
    if weight is None:
        return None
    shape = weight.shape[:-1] if weight.ndim > 2 else net.layer(layer.sources[0]).shape
    picture = weight[..., index % weight.shape[-1]].reshape(shape)
    return picture[..., 0] if picture.shape[-1] == 1 else picture
