"""The statistics of a net's neurons over labelled images, gathered in one pass, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_several, check_whole
from engine.graph.layer import Layer
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.evaluate import check_labels
from engine.run.inputs import as_inputs
from engine.run.machine import Machine
from engine.run.sizes import fitting
from engine.statistics import NO_CLASS, LayerStatistics, Statistics

_ALIKE = 1e-6
"""Spread of the classes' means, of their size, below which a neuron is taken to treat all classes alike."""


def statistics_of(
    net: Net,
    images: Array,
    labels: Array,
    *,
    source: str = "",
    layers: Sequence[str] | None = None,
    batch: int = 256,
) -> Statistics:
    """What the neurons of some layers do over images with labels (N,), as for `evaluate`.

    source: what the images are, in words. layers: which; unless given, those of neurons and of tokens: every
    layer of one or two axes between input and output. Sums are kept in float64, a row for each class, so that
    the memory does not grow with the images; the answer is rounded to float16 where that can hold it, as a
    file keeps it. EngineError where images and labels do not fit, or there are none.
    """
    batch = check_whole(batch, "batch", 1)
    labels = check_labels(net, images, labels)
    if not len(labels):
        raise EngineError("there is no image to gather statistics of")
    if net.layers[-1].size > NO_CLASS:
        raise EngineError(f"{net.layers[-1].size} classes: statistics are kept for {NO_CLASS} at most")
    if layers is None:
        chosen = [layer for layer in net.layers[1:-1] if len(layer.shape) <= 2]
    else:
        check_several(layers)
        chosen = [net.layers[place] for place in sorted({net.index(name) for name in layers})]
    sums, squares = _sums(net, chosen, images, labels, batch)
    counts = np.bincount(labels, minlength=net.layers[-1].size)
    of_each = {name: _of_layer(sums[name], squares[name], counts) for name in sums}
    return Statistics(of_each, len(labels), source, net.fingerprint)


def _sums(
    net: Net, layers: Sequence[Layer], images: Array, labels: Array, batch: int
) -> tuple[dict[str, Array], dict[str, Array]]:
    """By layer, the sums of its activations for each class (classes, size), and of their squares (size,)."""
    batch = fitting(net, min(batch, len(labels)))
    machine = Machine(net.layers, net.parameters, batch, overlay=net.overlay)
    classes = net.layers[-1].size
    sums = {layer.name: np.zeros((classes, layer.size)) for layer in layers}
    squares = {layer.name: np.zeros(layer.size) for layer in layers}
    for start in range(0, len(labels), batch):
        part = slice(start, start + batch)
        of_class = np.eye(classes)[labels[part]].T
        with one_blas_thread():
            machine.forward(as_inputs(net, images[part]))
            for layer in layers:
                values = machine.activation[layer.name].reshape(-1, layer.size).astype(np.float64)
                sums[layer.name] += of_class @ values
                squares[layer.name] += np.einsum("ij,ij->j", values, values)
    return sums, squares


def _of_layer(sums: Array, squares: Array, counts: Array) -> LayerStatistics:
    seen = counts > 0
    by_class = sums[seen] / counts[seen, None]
    middle, spread = by_class.mean(axis=0), by_class.std(axis=0)
    chooses = spread > _ALIKE * np.abs(by_class).max(axis=0)
    best = by_class.argmax(axis=0)
    height = by_class.max(axis=0) - middle
    mean = sums.sum(axis=0) / counts.sum()
    variance = np.maximum(squares / counts.sum() - mean**2, 0)
    return LayerStatistics(
        preferred=np.where(chooses, np.flatnonzero(seen)[best], NO_CLASS).astype(np.uint8),
        choosiness=_rounded(np.where(chooses, height / np.where(chooses, spread, 1), 0)),
        mean=_rounded(mean),
        deviation=_rounded(np.sqrt(variance)),
    )


def _rounded(values: Array) -> Array:
    """float32 values that float16 holds too, where it can."""
    half = np.abs(values).max(initial=0) <= np.finfo(np.float16).max
    return values.astype(np.float16 if half else np.float32).astype(np.float32)
