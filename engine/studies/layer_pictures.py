"""Pictures of a net at work, layer by layer, as plain arrays: sums, activations, weights, their gradients.

ConvNetJS's demos draw such pictures for each layer. Nothing is drawn here, and nothing scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.arrays import Array, Shape, read_only
from engine.blocks import AttentionScores, Conv, Dense, Wiring
from engine.blocks.pool import Pool
from engine.blocks.window import shortest
from engine.errors import EngineError, check_pair
from engine.graph.layer import Layer
from engine.graph.repr import Brief
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.evaluate import check_labels
from engine.run.inputs import as_inputs
from engine.run.losses import loss_of
from engine.run.machine import Machine
from engine.run.trace import Trace, check_trace


@dataclass(frozen=True, eq=False, repr=False)
class Picture(Brief):
    """Values as pictures: the last two axes are rows and columns, those before count pictures.

    values: (maps, h, w) of a layer of maps, (tokens, d) of tokens, (heads, queries, keys) of attention
    scores, (1, n) of a row of neurons. Of weights (maps, h, w), or (maps, channels, h, w) where several
    channels are read, and (neurons, inputs) between rows. low, high: the least and the largest value.
    """

    values: Array
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Panel(Brief):
    """A layer's facts and pictures.

    window, stride: cells of a convolution's or pooling's window, else None. formula: how its count of
    parameters comes about, such as "8x5x5x1+8 = 208", empty where it has none. weights, weight_gradients: by
    parameter name ("weight", "bias"...). gradient: by the activations. Gradients are empty or None where they
    were not asked for.
    """

    name: str
    title: str
    shape: Shape
    window: tuple[int, int] | None
    stride: int | tuple[int, int] | None
    parameter_count: int
    formula: str
    pre_activation: Picture
    activation: Picture
    gradient: Picture | None
    weights: Mapping[str, Picture] = field(default_factory=dict)
    weight_gradients: Mapping[str, Picture] = field(default_factory=dict)


def pictures(
    trace: Trace, label: int | None = None, batch: tuple[Array, Array] | None = None
) -> tuple[Panel, ...]:
    """One panel for each layer of a traced net, in order.

    label: the truth of the trace's image; gradients then are of the loss, by every activation (the output's
    by its pre-activation) and every weight. Without it they are the trace's own, of a class's score, where it
    has them. batch: images (B, 28, 28) and labels (B,); the weights' gradients then are of the mean loss over
    these instead. EngineError where a label is none of the net's.
    """
    check_trace(trace)
    net = trace.net
    gradients: Mapping[str, Array] = trace.gradient
    by_parameter: Mapping[str, Array] = {}
    if label is not None:
        image = trace.activation[net.layers[0].name][None]
        gradients, by_parameter = _loss_gradients(net, image, np.array([label]))
    if batch is not None:
        _, by_parameter = _loss_gradients(net, *check_pair(batch, "batch"))
    return tuple(_panel(trace, layer, gradients.get(layer.name), by_parameter) for layer in net.layers)


def _loss_gradients(net: Net, images: Array, labels: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Gradients of the mean loss: of the first image's activations by layer, and of the parameters."""
    labels = check_labels(net, images, labels)
    if not len(labels):
        raise EngineError("there is no image to take gradients of")
    by_parameter = {name: np.zeros_like(array) for name, array in net.parameters.items()}
    machine = Machine(net.layers, net.parameters, len(labels), gradients=by_parameter, overlay=net.overlay)
    output = net.layers[-1]
    # Of one image the products are too small to be shared among threads.
    with one_blas_thread():
        act = machine.forward(as_inputs(net, images))
        _, grad = loss_of(net.recipe.loss)(output.activation, machine.pre[output.name], act, labels)
        by_layer = machine.backward(grad.reshape(act.shape), keep=True)
    nothing = {layer.name: np.zeros_like(machine.activation[layer.name][0]) for layer in net.layers}
    return {**nothing, **{n: g[0] for n, g in by_layer.items()}, output.name: grad[0]}, by_parameter


def _panel(trace: Trace, layer: Layer, gradient: Array | None, by_parameter: Mapping[str, Array]) -> Panel:
    wiring = trace.net.wiring(layer.name)
    own = {name: f"{layer.name}.{name}" for name in wiring.parameters}
    return Panel(
        name=layer.name,
        title=layer.title,
        shape=layer.shape,
        window=_window(layer),
        stride=_stride(layer),
        parameter_count=sum(array.size for array in wiring.parameters.values()),
        formula=_formula(wiring.parameters),
        pre_activation=_picture(maps_first(layer, trace.pre[layer.name])),
        activation=_picture(maps_first(layer, trace.activation[layer.name])),
        gradient=None if gradient is None else _picture(maps_first(layer, gradient)),
        weights={
            name: _picture(_parameter_maps(layer, wiring, name, a)) for name, a in wiring.parameters.items()
        },
        weight_gradients={
            name: _picture(_parameter_maps(layer, wiring, name, by_parameter[key]))
            for name, key in own.items()
            if by_parameter
        },
    )


def _window(layer: Layer) -> tuple[int, int] | None:
    match layer.block:
        case Conv(height=height, width=width):
            return height, width
        case Pool(sides=sides):
            return sides
    return None


def _stride(layer: Layer) -> int | tuple[int, int] | None:
    match layer.block:
        case Conv(stride=stride):
            return stride
        case Pool(steps=steps):
            return shortest(steps)
    return None


def _formula(parameters: Mapping[str, Array]) -> str:
    """The products of the arrays' lengths, a weight's outputs first, and their sum."""
    if not parameters:
        return ""
    turned = [
        (array.shape[-1], *array.shape[:-1]) if name == "weight" else array.shape
        for name, array in parameters.items()
    ]
    total = sum(array.size for array in parameters.values())
    return "+".join("x".join(map(str, shape)) for shape in turned) + f" = {total}"


def _picture(values: Array) -> Picture:
    return Picture(read_only(values), float(values.min()), float(values.max()))


def maps_first(layer: Layer, values: Array) -> Array:
    """A layer's values (*shape) as pictures: maps (maps, rows, columns), heads likewise, neurons (1, n)."""
    if values.ndim == 3 and not isinstance(layer.block, AttentionScores):
        return values.transpose(2, 0, 1)
    return values[None] if values.ndim == 1 else values


def _parameter_maps(layer: Layer, wiring: Wiring, name: str, values: Array) -> Array:
    """A parameter with its outputs in front, as it lies over what it reads."""
    if name != "weight":
        return values if values.ndim > 1 else values[None]
    if isinstance(layer.block, Dense) and len(wiring.sources[0]) == 3:
        values = values.reshape(*wiring.sources[0], -1)
    if values.ndim == 2:
        return values.T
    turned = values.transpose(3, 2, 0, 1)
    return turned[:, 0] if turned.shape[1] == 1 else turned
