"""How well a net reads a labelled set of images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array, read_only
from engine.errors import EngineError, check_whole
from engine.graph.repr import Brief
from engine.kernels.threads import one_blas_thread
from engine.net import Net, check_net
from engine.run.inputs import probabilities
from engine.run.losses import check_loss, loss_of
from engine.run.machine import Machine
from engine.run.predict import views
from engine.run.sizes import compiled_gains, fitting
from guarding import in_a_line


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation(Brief):
    """Result of `evaluate`.

    loss is the mean over the images (and their crops); confusion (classes, classes) int64 counts [truth,
    answer]. answers (N,) int64 and probabilities (N, classes) are those of each image, in order.
    """

    accuracy: float
    correct: int
    total: int
    loss: float
    confusion: Array
    answers: Array
    probabilities: Array


def evaluate(
    net: Net,
    images: Array,
    labels: Array,
    batch: int = 1024,
    crops: int = 1,
    rng: np.random.Generator | None = None,
    compiled: bool | None = None,
    stop: Callable[[], bool] | None = None,
) -> Evaluation:
    """Compare a net's answers to images with labels (N,), whole numbers 0 .. classes - 1.

    images: uint8 (N, 28, 28) or float (N, *input shape). crops, rng: the answer is that of the mean over
    crops, see Net.predict. compiled: by the loops of training, up to ten times as fast, but half a second
    passes until they are loaded, more the first time (float32 only); None: where images repay that.
    stop: asked between batches; where it is true, the answer is of the images read until then. That keeps
    one machine: to evaluate some images at a time makes new buffers for each, which of a small transformer
    takes longer than its passes. EngineError where images and labels do not fit.
    """
    labels = check_labels(net, images, labels)
    batch, crops = check_whole(batch, "batch", 1), check_whole(crops, "crops", 1)
    if not isinstance(compiled, bool | np.bool_ | None):
        raise EngineError(f"compiled is True, False or None, got {in_a_line(compiled)}")
    if not len(labels):
        raise EngineError("there is no image to evaluate on")
    classes = net.layers[-1].size
    batch = fitting(net, min(batch, len(labels)))
    if compiled is None:
        compiled = compiled_gains(net, len(labels), crops)
    fast = compiled and net.dtype == np.float32
    machine = Machine(net.layers, net.parameters, batch, fast=fast, lean=True, overlay=net.overlay)
    head = net.layers[-1].activation
    check_loss(net.recipe.loss, head)
    loss = loss_of(net.recipe.loss)
    answers, probability = np.empty(len(labels), np.int64), np.empty((len(labels), classes), net.dtype)
    total = 0.0
    for start in range(0, len(labels), batch):
        part = slice(start, start + batch)
        scores: Array | float = 0.0
        probability[part] = 0
        for view in views(net, images[part], crops, rng):
            # More threads of BLAS would mostly spin: of small products, a try took ten times the processor.
            with one_blas_thread():
                act = machine.forward(view)
            total += loss(head, machine.pre["output"], act, labels[part])[0] / crops
            probability[part] += probabilities(net, act) / crops
            # A net without softmax may have a largest score that is no probability.
            scores = act if crops == 1 else probability[part]
        answers[part] = np.argmax(scores, axis=1)
        if stop is not None and part.stop < len(labels) and stop():
            labels, answers, probability = labels[: part.stop], answers[: part.stop], probability[: part.stop]
            break
    confusion = np.bincount(labels * classes + answers, minlength=classes**2).reshape(classes, classes)
    correct = int(np.trace(confusion))
    arrays = (read_only(array) for array in (confusion, answers, probability))
    return Evaluation(correct / len(labels), correct, len(labels), total / len(labels), *arrays)


def check_labels(net: Net, images: Array, labels: Array) -> Array:
    """Labels as (N,) int64; EngineError where they do not fit the images or the net's classes."""
    check_net(net)
    images, labels = np.atleast_1d(images), np.asarray(labels)
    classes = net.layers[-1].size
    if net.gives_numbers and classes > 1:
        raise EngineError(f"{net.name} gives {classes} numbers and chooses no class: no label fits it")
    if labels.shape != (len(images),):
        raise EngineError(f"{len(images)} images need labels ({len(images)},), got {labels.shape}")
    if labels.dtype.kind not in "iu":
        raise EngineError(f"labels must be whole numbers, got {labels.dtype}")
    if len(labels) and not (labels.min() >= 0 and labels.max() < classes):
        way = ": it ends in one neuron, for two classes end in dense 2 softmax" if classes == 1 else ""
        raise EngineError(f"labels must be 0..{classes - 1}, got {labels.min()}..{labels.max()}{way}")
    return labels.astype(np.int64)
