"""Weights without a graph: how a file of modules can be meant, as operations, the likeliest way first."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation, activations, is_activation, leak_of
from engine.errors import EngineError
from engine.foreign.build import Imported, Told, Way
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Chain, Program
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.layouts import Layout, layouts_of
from engine.foreign.readers.pytorch.modules import Module, in_order, modules_of, named, ordered
from engine.foreign.readers.pytorch.norms import Norm, norms_after
from engine.net import Net

_OPS = {
    "relu": "Relu",
    "gelu": "Gelu",
    "gelu-tanh": "Gelu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "elu": "Elu",
    "selu": "Selu",
    "silu": "Swish",
    "mish": "Mish",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "hard-swish": "HardSwish",
}
_CLIPPED = {"relu6": {"min": 0.0, "max": 6.0}, "hard-tanh": {"min": -1.0, "max": 1.0}}
_GUESSED = ("relu", "sigmoid", "tanh")
_NEAR = {
    "relu": ("gelu", "elu", "silu", "leaky-relu-0.2", "selu", "mish"),
    "tanh": ("softsign", "elu", "selu"),
    "sigmoid": (),
}
"""Functions that a net may have whose sums are read about right with another."""
_MOST_LAYOUTS, _MOST_MEANS = 12, 3
_MOST_ALIKE = 32
"""Numbers of a network that reads and gives as many, and yet tells classes."""
_COLOURED = tuple(3 * side * side for side in (28, 32, 64))


def from_modules(tensors: Mapping[str, Array], file: str, told: Told, stored: bool) -> Imported:
    """The network of tensors <module>.weight and so on, as PyTorch has them.

    stored: whether the file keeps their order. EngineError where they are no chain of dense layers,
    convolutions and batch norms, or in which order they stand is open.
    """
    modules = modules_of(tensors)
    norm = next((each for each in modules if each.kind == "norm"), None)
    if norm is not None:
        bare = set(norm.arrays) == {"weight"}
        what = "the slopes of a PReLU or a norm" if bare else "a layer or group normalisation"
        raise EngineError(
            f"it holds {named({f'{norm.name}.{k}': a for k, a in norm.arrays.items()})}, {what}: "
            "shapes do not tell how its network goes on: give --architecture, or export it as ONNX"
        )
    layers, note = (ordered(modules, told.order), "") if told.order else in_order(modules, stored)
    after = norms_after(layers, modules, stored)
    kind = f"a {file} with layers {', '.join(shown(each.name) for each in layers)}"
    ways, means = _ways(layers, _functions(told))
    readings = tuple(
        _reading(layers, after, layout, each, kind, (() if told.activation else _NEAR.get(each, ()), means))
        for layout, each in ways
    )
    notes = [note] if note else []
    if after:
        notes.append(
            "its batch norms are in the weights of the layers beside them, with PyTorch's usual eps 1e-05"
        )
    notes.append(f"taken with {readings[0].assumed}: the file does not say")
    first = imported(_program(layers, after, *ways[0]), kind)
    return Imported(first.net, kind, (*notes, *first.notes), readings if len(readings) > 1 else ())


def _functions(told: Told) -> Sequence[str]:
    """The activation functions that hidden layers may have, the likeliest first."""
    hidden = (told.activation,) if told.activation else _GUESSED
    for name in hidden:
        if not is_activation(name) or activation(name).rowwise:
            raise EngineError(f"--activation {name}: known are {', '.join(_known())}")
    return hidden


def _ways(
    layers: Sequence[Module], hidden: Sequence[str]
) -> tuple[list[tuple[Layout | None, str]], list[Layout]]:
    """Layouts with functions, the likeliest first, and layouts whose pools take means, for later."""
    layouts = layouts_of(layers)
    ends_in_maps = layers[-1].kind == "conv"
    if ends_in_maps:
        # Nothing tells whether the function goes on before the mean of each map, or what else is the end.
        layouts = [
            each if each is None or not bent else dataclasses.replace(each, bent=True)
            for each in layouts[: _MOST_LAYOUTS // 2]
            for bent in (False, True)
        ]
    ways = [
        *product(layouts[:_MOST_LAYOUTS], hidden[:1]),
        *product(layouts[: 4 if ends_in_maps else _MOST_LAYOUTS // 2], hidden[1:]),
    ]
    if not ways:
        flat = next(each for each in layers if each.kind == "dense")
        raise EngineError(
            f"{shown(flat.name)}.weight reads {flat.weight.shape[1]} numbers, which no usual padding and "
            "pooling of its convolutions give: say how they go on, --architecture, or export it as ONNX"
        )
    pooled = [each for each in layouts if each is not None and any(each.pools)]
    return ways, [dataclasses.replace(each, means=True) for each in pooled[:_MOST_MEANS]]


def _known() -> list[str]:
    """Names of the activation functions that may be told."""
    return [name for name in activations() if not activation(name).rowwise]


def _reading(
    layers: Sequence[Module],
    after: Mapping[str, Sequence[Norm]],
    layout: Layout | None,
    hidden: str,
    kind: str,
    near: tuple[Sequence[str], Sequence[Layout]] = ((), ()),
) -> Way:
    """One way to read the modules. near: functions and layouts to be tried in place of its own."""
    title = {"relu": "ReLU", "gelu": "GELU"}.get(hidden, hidden)
    last = {"": "nothing", "Sigmoid": "a sigmoid"}.get(_end(layers), "a log-softmax") + " at the end"
    words = last if len(layers) == 1 else f"{title} after each layer and {last}"
    assumed = f"{words}, {layout.told}" if layout is not None else words

    def others() -> tuple[Way, ...]:
        functions = (_reading(layers, after, layout, each, kind) for each in near[0])
        return (*functions, *(_reading(layers, after, each, hidden, kind) for each in near[1]))

    make = partial(_net_of, layers, after, layout, hidden, kind)
    return Way(assumed, make, others)


def _net_of(
    layers: Sequence[Module],
    after: Mapping[str, Sequence[Norm]],
    layout: Layout | None,
    hidden: str,
    kind: str,
) -> Net:
    return imported(_program(layers, after, layout, hidden), kind).net


def _program(
    layers: Sequence[Module], after: Mapping[str, Sequence[Norm]], layout: Layout | None, hidden: str
) -> Program:
    """The layers as operations: weights, batch norm, activation, pool; a row map by map; a log-softmax."""
    first = layers[0]
    if layout is not None:
        chain = Chain((1, first.weight.shape[1], layout.side, layout.side), 1)
    elif first.weight.shape[1] in _COLOURED:
        # PyTorch lays out an image colour by colour, and so it is no row here.
        side = math.isqrt(first.weight.shape[1] // 3)
        chain = Chain((1, 3, side, side), 1)
        chain.add("Flatten", first.name)
    else:
        chain = Chain((1, first.weight.shape[1]), None)
    for place, layer in enumerate(layers):
        last = place == len(layers) - 1
        if layer.kind == "conv" and layout is not None:
            before = layers[place - 1] if place else None
            _convolve(chain, layer, before, layout.same[place], layout.strides[place])
        else:
            chain.add("Gemm", layer.name, layer.weight, layer.arrays.get("bias"), transB=1)
        norms = after.get(layer.name, ())
        _norm(chain, [norm.module for norm in norms if not norm.late])
        if (not last or (layout is not None and layout.bent)) and hidden != "identity":
            _activate(chain, hidden, f"{layer.name}'s {hidden}")
        _norm(chain, [norm.module for norm in norms if norm.late])
        if layer.kind == "conv" and layout is not None:
            if layout.pools[place]:
                pool = "AveragePool" if layout.means else "MaxPool"
                chain.add(pool, f"{layer.name}'s pool", kernel_shape=[2, 2], strides=[2, 2])
            if last or layers[place + 1].kind == "dense":
                _row(chain, layer, layout.whole)
    if _end(layers):
        chain.add(_end(layers), "the end")
    return chain.program()


def _end(layers: Sequence[Module]) -> str:
    """The operation that a network most likely ends in, "" for none: one sum, an image again, or classes."""
    units, reads = layers[-1].width, layers[0].weight.shape[1]
    if units == 1:
        return ""
    return "Sigmoid" if units == reads and units > _MOST_ALIKE else "LogSoftmax"


def _activate(chain: Chain, name: str, label: str) -> None:
    slope = leak_of(name)
    if slope is not None:
        chain.add("LeakyRelu", label, alpha=slope)
    elif name in _CLIPPED:
        chain.add("Clip", label, **_CLIPPED[name])
    elif name == "hard-sigmoid":
        chain.add("HardSigmoid", label, alpha=1 / 6, beta=0.5)
    else:
        chain.add(_OPS[name], label, **({"approximate": "tanh"} if name == "gelu-tanh" else {}))


def _convolve(chain: Chain, layer: Module, before: Module | None, same: bool, stride: int) -> None:
    channels = layer.weight.shape[1]
    h, w = layer.weight.shape[2:]
    # Where the sides are even, the odd cell of padding comes at the end, as in PyTorch's padding="same".
    pads = [(h - 1) // 2, (w - 1) // 2, h // 2, w // 2] if same else [0, 0, 0, 0]
    group = before.width // channels if before is not None else 1
    settings = {"pads": pads, "strides": [stride, stride], "group": group}
    chain.add("Conv", layer.name, layer.weight, layer.arrays.get("bias"), **settings)


def _row(chain: Chain, layer: Module, whole: bool) -> None:
    if whole:
        chain.add("GlobalAveragePool", f"{layer.name}'s mean")
    chain.add("Flatten", f"{layer.name}'s row")


def _norm(chain: Chain, norms: Sequence[Module]) -> None:
    for norm in norms:
        scale = norm.arrays.get("weight", np.ones(norm.width, np.float32))
        shift = norm.arrays.get("bias", np.zeros(norm.width, np.float32))
        mean, variance = norm.arrays["running_mean"], norm.arrays["running_var"]
        chain.add("BatchNormalization", norm.name, scale, shift, mean, variance)
