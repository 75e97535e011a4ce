"""A net that was trained on pixels (x - mean) / std becomes one that reads pixels 0..1."""

from __future__ import annotations

import math

from engine.blocks import Conv, Dense
from engine.errors import EngineError
from engine.net import Net


def rescaled(net: Net, mean: float, std: float) -> Net:
    """The net whose outputs for pixels x are the given net's for (x - mean) / std.

    The change goes into the weights that read the input: W / std and b - mean / std * (sum of W). EngineError
    where that cannot be: padding stands for 0 before and after, so a padded convolution has no such weights.
    """
    if not (math.isfinite(mean) and math.isfinite(std) and std > 0):
        raise EngineError(f"mean {mean:g} and std {std:g}: the mean is a number, the std one above 0")
    parameters = dict(net.parameters)
    if (mean, std) == (0, 1):
        return net
    for layer in net.layers:
        if net.layers[0].name not in layer.sources:
            continue
        plain = isinstance(layer.block, Conv) and (layer.block.padding in ("valid", 0) or mean == 0)
        if not plain and not isinstance(layer.block, Dense):
            raise EngineError(
                f"{layer.name} reads the input through padding or no weights: "
                "a mean and std cannot go into its weights"
            )
        weight = parameters[f"{layer.name}.weight"]
        total = weight.sum(axis=tuple(range(weight.ndim - 1)), dtype=float)
        bias = parameters[f"{layer.name}.bias"] - mean / std * total
        parameters[f"{layer.name}.weight"] = (weight / std).astype(weight.dtype)
        parameters[f"{layer.name}.bias"] = bias.astype(weight.dtype)
    return net.replace(parameters)
