"""Training as an iterator: the caller draws, pauses, changes a rate, saves or stops between steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_kind
from engine.graph.recipe import Recipe
from engine.net import Net, check_net
from engine.training.checkpoint import Checkpoint
from engine.training.step import Step
from engine.training.trainer import Trainer, views
from engine.training.training import Augment, Training
from guarding import in_a_line

__all__ = ["Augment", "Step", "Trainer", "Training", "fit", "go_on", "resume"]


def fit(
    net: Net,
    images: Array,
    labels: Array,
    *,
    rng: np.random.Generator,
    validation: tuple[Array, Array] | None = None,
    augment: Augment | None = None,
    recipe: Recipe | None = None,
    patience: int | None = None,
    window: int = 100,
    **changes: Any,
) -> Training:
    """Train on images (N, 28, 28) uint8 or (N, *input shape) float with labels (N,), one Step for each batch.

    recipe defaults to the net's own; `changes` replace single fields of it (epochs=3, lr=0.01...), see
    Recipe.change. augment(images, rng) -> images is called on every batch. The same rng seed gives the same
    numbers. validation: images and labels that are tested after each epoch. patience: stop after so many
    epochs without a better validation accuracy; the best net is `Training.best`. window: steps, see Step.

    The net that was given stays as it was; the trained one is `snapshot()`, at any step and at the end:

        training = fit(net, images, labels, rng=np.random.default_rng(0), epochs=2)
        for step in training:
            print(step.step, step.loss)
        trained = training.snapshot()

    EngineError where something does not fit, DivergedError where the loss or a layer is no longer finite.
    """
    check_net(net)
    if recipe is not None:
        check_kind(recipe, Recipe, "a recipe", "net.recipe")
    if augment is not None and not callable(augment):
        raise EngineError(f"augment is called as augment(images, rng), got {in_a_line(augment)}")
    return Training(
        net,
        (recipe or net.recipe).change(**changes),
        (images, labels),
        rng,
        validation=validation,
        augment=augment,
        patience=patience,
        window=window,
    )


def go_on(
    standing: Checkpoint,
    net: Net,
    images: Array,
    labels: Array,
    *,
    augment: Augment | None = None,
    **changes: Any,
) -> Training:
    """Go on where another training stands (see Training.standing), with its net or with one edited since.

    The optimizer's state, the order of the images, the schedule and the mean of the weights, if there is one,
    go over: with the same net, and the images of then, the numbers are those of a training that was never
    interrupted. `changes` replace fields of the recipe from here on. EngineError where surgery has changed
    the net's parameters in number: the state is then that of another net.
    """
    if net.graph.parameter_shapes != standing.net.graph.parameter_shapes:
        raise EngineError(
            f"{net.name} has other parameters than the training that it goes on: begin with fit"
        )
    training = Training(
        _as_trained(standing, net),
        standing.net.recipe,
        (images, labels),
        standing.generator(),
        augment=augment,
        window=standing.window,
    )
    # The best and the last good weights were those of another net.
    arrays = {name: array for name, array in standing.arrays.items() if name not in ("best", "good")}
    progress = replace(standing.progress, good_loss=None, good_step=0)
    training.restore(replace(standing, arrays=arrays, progress=progress))
    if changes:
        training.change(**changes)
    return training


def _as_trained(standing: Checkpoint, net: Net) -> Net:
    """The net with the weights that were trained, where it has the mean that was shown of them."""
    if not (standing.net.recipe.average and standing.average_weight):
        return net
    mean = (standing.arrays["average"] / standing.average_weight).astype(net.dtype)
    shown, trained = views(net, mean), standing.net.parameters
    return net.replace(
        {name: np.where(array == shown[name], trained[name], array) for name, array in net.parameters.items()}
    )


def resume(
    checkpoint: Checkpoint,
    images: Array,
    labels: Array,
    *,
    validation: tuple[Array, Array] | None = None,
    augment: Augment | None = None,
    **changes: Any,
) -> Training:
    """Go on from a checkpoint with the numbers of a training that was never interrupted.

    images, labels, validation and augment must be those of then (the images are compared). `changes` replace
    fields of the recipe from here on (epochs=20, say), see Training.change.
    """
    check_kind(checkpoint, Checkpoint, "a checkpoint", "engine.load_checkpoint(FILE)")
    training = Training(
        checkpoint.net,
        checkpoint.net.recipe,
        (images, labels),
        checkpoint.generator(),
        validation=validation,
        augment=augment,
        patience=checkpoint.patience,
        window=checkpoint.window,
    )
    training.restore(checkpoint)
    if changes:
        training.change(**changes)
    return training
