"""Training as a generator: the caller draws, pauses, saves or stops between steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.evaluate import check_labels, evaluate
from engine.graph import Net
from engine.losses import check_loss, loss_of
from engine.machine import Machine, as_inputs
from engine.optim import Average, Optimizer, pieces_of
from engine.recipe import Recipe
from engine.schedules import schedule_factor
from engine.threads import one_blas_thread

Augment = Callable[[Array, np.random.Generator], Array]


@dataclass(frozen=True, eq=False)
class Step:
    """One update of the parameters.

    epoch, and step of `steps` in the whole run, count from 1. loss: mean over this batch, before the update.
    train_accuracy and epoch_loss: over the epoch's batches as they were trained on, so with dropout and each
    before its update. validation_accuracy: of the net after the update. All three only at an epoch's last
    step, else None. snapshot(): the net as it is when called.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    lr: float
    examples_seen: int
    train_accuracy: float | None
    validation_accuracy: float | None
    epoch_loss: float | None
    snapshot: Callable[[], Net]

    @property
    def ends_epoch(self) -> bool:
        """Whether this was the last step of its epoch."""
        return self.train_accuracy is not None


def fit(
    net: Net,
    images: Array,
    labels: Array,
    *,
    rng: np.random.Generator,
    validation: tuple[Array, Array] | None = None,
    augment: Augment | None = None,
    recipe: Recipe | None = None,
    **changes: Any,
) -> Iterator[Step]:
    """Train on images (N, 28, 28) uint8 or (N, *input shape) float with labels (N,), one Step for each batch.

    recipe defaults to the net's own; `changes` replace single fields of it (epochs=3, lr=0.01...), see
    Recipe.change.
    augment(images, rng) -> images is called on every batch. The same rng seed gives the same numbers.
    EngineError where the loss or a layer is no longer finite, naming step and layer.
    """
    labels = check_labels(net, images, labels)
    if not len(labels):
        raise EngineError("there is no image to train on")
    trainer = Trainer(net, (recipe or net.recipe).change(**changes))
    return trainer.run(images, labels, rng, validation, augment)


class Trainer:
    """The state of one training: parameters, gradients and optimizer state as flat buffers."""

    def __init__(self, net: Net, recipe: Recipe, fast: bool | None = None):
        # The compiled kernels are for float32; a float64 net is there to check gradients.
        fast = net.dtype == np.float32 if fast is None else fast
        self.net = net
        self.recipe = recipe
        self.flat = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
        self.flat_gradients = np.zeros_like(self.flat)
        self.parameters = _views(net, self.flat)
        self.gradients = _views(net, self.flat_gradients)
        self.machine = Machine(net.layers, self.parameters, recipe.batch, gradients=self.gradients, fast=fast)
        pieces = pieces_of(net)
        self.optimizer = Optimizer(recipe, self.flat.size, self.flat.dtype, pieces, fast)
        self.average = Average(self.flat.size, self.flat.dtype, pieces, fast) if recipe.average else None
        check_loss(recipe.loss, net.layers[-1].activation)
        self._loss = loss_of(recipe.loss)

    def snapshot(self) -> Net:
        """The net with a copy of the parameters as they are now, or of their mean if the recipe has one."""
        parameters = self.parameters
        if self.average is not None and self.average.weight:
            parameters = _views(self.net, self.average.value())
        return self.net.replace(parameters, recipe=self.recipe)

    def run(
        self,
        images: Array,
        labels: Array,
        rng: np.random.Generator,
        validation: tuple[Array, Array] | None,
        augment: Augment | None,
    ) -> Iterator[Step]:
        """The steps of a whole run; see fit."""
        batch = self.recipe.batch
        steps = self.recipe.epochs * -(-len(labels) // batch)
        step = seen = 0
        for epoch in range(1, self.recipe.epochs + 1):
            order = rng.permutation(len(labels))
            correct, total = 0, 0.0
            for start in range(0, len(order), batch):
                chosen = order[start : start + batch]
                lr = self.recipe.lr * schedule_factor(self.recipe, step, steps)
                picked = images[chosen] if augment is None else augment(images[chosen], rng)
                step += 1
                loss, right = self.update(as_inputs(self.net, picked), labels[chosen], lr, rng, step)
                correct += right
                total += loss * len(chosen)
                seen += len(chosen)
                ends = start + batch >= len(order)
                yield Step(
                    epoch=epoch,
                    step=step,
                    steps=steps,
                    loss=loss,
                    lr=lr,
                    examples_seen=seen,
                    train_accuracy=correct / len(order) if ends else None,
                    validation_accuracy=self._validate(validation) if ends else None,
                    epoch_loss=total / len(order) if ends else None,
                    snapshot=self.snapshot,
                )

    def update(
        self, x: Array, labels: Array, lr: float, rng: np.random.Generator | None, step: int = 0
    ) -> tuple[float, int]:
        """One update from inputs (n, *shape): the batch's mean loss before it, and how many it read right."""
        # Overflow is looked for below, with a message that helps.
        with np.errstate(all="ignore"), one_blas_thread():
            act = self.machine.forward(x, rng)
            head = self.net.layers[-1]
            total, grad = self._loss(head.activation, self.machine.pre[head.name], act, labels)
            loss = total / len(labels)
            if not math.isfinite(loss):
                raise EngineError(self._diverged(step, lr))
            self.machine.backward(grad)
            self.optimizer.step(self.flat, self.flat_gradients, lr)
            if self.average is not None:
                self.average.add(self.flat, self.recipe.average)
        return loss, int((act.argmax(axis=1) == labels).sum())

    def _diverged(self, step: int, lr: float) -> str:
        for layer in self.net.layers:
            if not np.isfinite(self.machine.pre[layer.name]).all():
                return (
                    f"training diverged at step {step}: {layer.name} is no longer finite; try lr below {lr:g}"
                )
        return f"training diverged at step {step}: the loss is no longer finite; try lr below {lr:g}"

    def _validate(self, validation: tuple[Array, Array] | None) -> float | None:
        return None if validation is None else evaluate(self.snapshot(), *validation).accuracy


def _views(net: Net, flat: Array) -> Mapping[str, Array]:
    views = {}
    for name, start in net.parameter_offsets.items():
        shape = net.parameter_shapes[name]
        views[name] = flat[start : start + math.prod(shape)].reshape(shape)
    return views
