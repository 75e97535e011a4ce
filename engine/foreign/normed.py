"""What batch norms keep of the images that a network was trained on, held against what images make of it.

Ioffe and Szegedy 2015, "Batch normalization", algorithm 2: the mean and the variance of each unit's sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array, by_layer
from engine.blocks import Scratch
from engine.blocks.activations import activation
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.sizes import fitting

_MOST = 4.0
"""What one unit counts at most: a few that have died since must not outweigh all others."""
_LEAST = 1e-3
"""Of the usual deviation, below which a unit is as good as silent."""


@dataclass(frozen=True, eq=False)
class Normed:
    """The mean and the deviation that a batch norm's file keeps of a layer, float64: of each neuron or map.

    sums: whether of the layer's pre-activations, else of its activations. The norm may be in the layer's own
    weights, and then both are what it makes of its sums.
    """

    layer: str
    sums: bool
    mean: Array
    deviation: Array


def misfits(net: Net, kept: Sequence[Normed], inputs: Array) -> Array:
    """How far from what is kept the inputs (N, *input shape) come, float64, one for each neuron or map.

    The Fréchet distance of two normal distributions (Dowson and Landau 1982), squared, in the larger one's
    variances: 0.01 where the mean is off by a tenth of a deviation; 4 where it is no number. Behind a norm
    all is as in training, where it goes by the mean and deviation of what it is given: so what has moved
    since, of one layer, is not told of the next ones again.
    """
    last = max(net.index(each.layer) for each in kept)
    inputs = np.array(inputs[: fitting(net, len(inputs))], net.dtype)
    own, act, found = by_layer(net.parameters), {net.layers[0].name: inputs}, list[Array]()
    with np.errstate(all="ignore"), one_blas_thread():
        for layer in net.layers[: last + 1]:
            norms, ahead = [each for each in kept if each.layer == layer.name], layer.block is not None
            if layer.block is not None:
                sums = np.empty((len(inputs), *layer.shape), net.dtype)
                layer.block.forward(
                    [act[name] for name in layer.sources], own.get(layer.name, {}), sums, Scratch()
                )
                found += [_normed(each, sums) for each in norms if each.sums]
                act[layer.name] = np.empty_like(sums)
                activation(layer.activation).forward(sums, act[layer.name])
            found += [_normed(each, act[layer.name]) for each in norms if not (each.sums and ahead)]
    apart = np.concatenate(found)
    return np.where(np.isfinite(apart), np.minimum(apart, _MOST), _MOST)


def _normed(kept: Normed, values: Array) -> Array:
    """The same of one layer's values (N, *shape), which then have the mean and deviation that are kept."""
    rows = values.reshape(-1, kept.mean.size)
    mean, deviation = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
    least = _LEAST * max(float(np.median(kept.deviation)), float(np.finfo(np.float32).tiny))
    widest = np.maximum(np.maximum(deviation, kept.deviation), least)
    apart: Array = ((mean - kept.mean) ** 2 + (deviation - kept.deviation) ** 2) / widest**2
    times = np.divide(kept.deviation, deviation, out=np.ones_like(mean), where=deviation > least)
    rows *= times.astype(rows.dtype)
    rows += (kept.mean - mean * times).astype(rows.dtype)
    return apart
