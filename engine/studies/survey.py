"""A survey: what neurons of a layer do over a whole set of images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import check_whole
from engine.graph.repr import Brief
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.evaluate import check_labels
from engine.run.inputs import as_inputs, as_numbers
from engine.run.machine import Machine
from engine.studies.units import numbers_of


@dataclass(frozen=True, eq=False, repr=False)
class Survey(Brief):
    """What each neuron of a layer does over N images; arrays (size,) unless said otherwise.

    mean, spread: of its activation (spread is the standard deviation). fires: share of the images for which
    its activation is above 0 (of a sigmoid above 1/2). by_class (classes, size): its mean for each digit.
    selectivity: share of its variance, 0..1, that is between the digits (eta squared). brightest (k, size):
    numbers of the images that light it most, the brightest first.
    """

    layer: str
    mean: Array
    spread: Array
    fires: Array
    by_class: Array
    selectivity: Array
    brightest: Array


def survey(
    net: Net,
    layer: str,
    images: Array,
    labels: Array,
    *,
    neurons: Array | None = None,
    k: int = 10,
    batch: int = 256,
) -> Survey:
    """Survey a layer over images with labels (N,), as for `evaluate`, in one pass.

    neurons: flat indices of those to survey, in whose order the answer then is; else all of the layer.
    """
    batch, k = check_whole(batch, "batch", 1), check_whole(k, "k", 1)
    labels = check_labels(net, images, labels)
    return survey_of(net, layer, activations(net, layer, images, batch, neurons), labels, k=k)


def survey_of(net: Net, layer: str, values: Array, labels: Array, *, k: int = 10) -> Survey:
    """The survey of neurons of a layer from their `activations` (N, n) for images with labels (N,)."""
    studied = net.layer(layer)
    classes = net.layers[-1].size
    counts = np.bincount(labels, minlength=classes)
    totals = np.eye(classes, dtype=np.float32)[labels].T @ values
    by_class = totals.astype(np.float64) / np.maximum(counts, 1)[:, None]
    mean = values.mean(axis=0, dtype=np.float64)
    variance = values.var(axis=0, dtype=np.float64)
    between = (counts[:, None] * (by_class - mean) ** 2).sum(axis=0) / len(labels)
    threshold = 0.5 if studied.activation == "sigmoid" else 0.0
    k = min(k, len(labels))
    order = np.argpartition(-values, k - 1, axis=0)[:k]
    ranked = np.take_along_axis(order, np.argsort(-np.take_along_axis(values, order, 0), axis=0), 0)
    return Survey(
        layer=layer,
        mean=mean,
        spread=np.sqrt(variance),
        fires=(values > threshold).mean(axis=0),
        by_class=by_class,
        selectivity=np.where(variance > 0, between / np.where(variance > 0, variance, 1), 0),
        brightest=ranked,
    )


def activations(net: Net, layer: str, images: Array, batch: int = 256, neurons: Array | None = None) -> Array:
    """The activations (N, size) of a layer for images (N, ...), as for `evaluate`, float32, in one pass.

    A row has a layer's neurons in the order of their numbers: `reshape(-1, *net.layer(layer).shape)` gives
    maps. neurons: flat indices of those that are wanted, in whose order they then are; else all. EngineError
    where there is no such layer or neuron, or the images do not fit.
    """
    batch = check_whole(batch, "batch", 1)
    images = np.atleast_1d(as_numbers(net, images))
    size = net.layer(layer).size
    chosen = numbers_of(neurons, size, layer)
    machine = Machine(net.layers, net.parameters, min(batch, max(len(images), 1)), overlay=net.overlay)
    values = np.empty((len(images), len(chosen)), np.float32)
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        with one_blas_thread():
            machine.forward(as_inputs(net, images[part]))
        layer_values = machine.activation[layer].reshape(-1, size)
        values[part] = layer_values if neurons is None else layer_values[:, chosen]
    return values
