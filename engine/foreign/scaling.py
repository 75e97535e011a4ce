"""A net that was trained on pixels (x - mean) / std becomes one that reads pixels 0..1."""

from __future__ import annotations

import dataclasses
import math
from numbers import Real

import numpy as np

from engine.blocks import Conv, Dense, PatchEmbedding
from engine.errors import EngineError
from engine.graph.graph import Graph, Weights
from engine.graph.layer import Layer
from engine.net import Net, check_net
from guarding import in_a_line

_NAME = "pixels"


def rescaled(net: Net, mean: float, std: float) -> Net:
    """The net whose outputs for pixels x are the given net's for (x - mean) / std; std may be below 0.

    The change goes into the weights that read the input: W / std and b - mean / std * (sum of W). Padding
    stands for 0 before and after, so that a padded convolution has no such weights: a convolution of 1x1
    ahead of it, named pixels, then makes the change.
    """
    check_net(net)
    numbers = all(isinstance(each, Real) and math.isfinite(each) for each in (mean, std))
    if not numbers or not std:
        said = f"mean {in_a_line(mean)} and std {in_a_line(std)}"
        raise EngineError(f"{said}: the mean is a number, the std one other than 0")
    if (mean, std) == (0, 1):
        return net
    readers = [layer for layer in net.layers if net.layers[0].name in layer.sources]
    if not all(_plain(layer, mean) for layer in readers):
        return _behind(net, mean, std)
    parameters = dict(net.parameters)
    for layer in readers:
        weight = parameters[f"{layer.name}.weight"]
        total = weight.sum(axis=tuple(range(weight.ndim - 1)), dtype=float)
        bias = parameters[f"{layer.name}.bias"] - mean / std * total
        parameters[f"{layer.name}.weight"] = (weight / std).astype(weight.dtype)
        parameters[f"{layer.name}.bias"] = bias.astype(weight.dtype)
    return net.replace(parameters)


def as_measured(net: Net) -> Net:
    """The net for numbers as they are measured, where it was trained on each of them within its own limits.

    Its task tells (x - low) / span of each; W / span and b - (low / span) W do the same. EngineError where no
    dense layer reads the input.
    """
    task = net.task
    if task is None or not task.low:
        return net
    readers = [layer for layer in net.layers if net.layers[0].name in layer.sources]
    if not all(isinstance(layer.block, Dense) and len(layer.sources) == 1 for layer in readers) or net.edits:
        raise EngineError(
            f"{readers[0].name} reads numbers between limits of their own, which go into the weights of a "
            "dense layer without edits alone: give the numbers so scaled, or train without"
        )
    low, span = np.array(task.low), np.array(task.span)
    parameters = dict(net.parameters)
    for layer in readers:
        weight = parameters[f"{layer.name}.weight"]
        wide = weight.astype(np.float64) / span[:, None]
        bias = parameters[f"{layer.name}.bias"] - low @ wide
        parameters[f"{layer.name}.weight"] = wide.astype(weight.dtype)
        parameters[f"{layer.name}.bias"] = bias.astype(weight.dtype)
    return net.replace(parameters)


def _plain(layer: Layer, mean: float) -> bool:
    """Whether a layer's weights can take the change."""
    whole = isinstance(layer.block, Conv) and (layer.block.padding in ("valid", 0) or mean == 0)
    return whole or isinstance(layer.block, Dense | PatchEmbedding)


def _behind(net: Net, mean: float, std: float) -> Net:
    """The net with a layer behind its input that makes the change."""
    image, *others = net.layers
    if len(image.shape) != 3 or net.edits or any(layer.name == _NAME for layer in others):
        raise EngineError(
            f"{others[0].name} reads the input through padding or no weights: "
            "a mean and std cannot go into its weights"
        )
    channels = image.shape[2]
    made = Layer(_NAME, "Pixels", image.shape, Conv(channels, 1, 1), (image.name,))
    moved = [
        dataclasses.replace(
            layer, sources=tuple(_NAME if source == image.name else source for source in layer.sources)
        )
        for layer in others
    ]
    parameters = {
        f"{_NAME}.weight": np.eye(channels, dtype=net.dtype)[None, None] / net.dtype.type(std),
        f"{_NAME}.bias": np.full(channels, -mean / std, net.dtype),
        **net.parameters,
    }
    weights = Weights(Graph(net.graph.name, (image, made, *moved)), parameters)
    return dataclasses.replace(net, weights=weights, statistics=None)
