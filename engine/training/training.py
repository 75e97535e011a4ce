"""A run of training as an iterator that can be read, changed, saved and resumed between its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_generator, check_pair, check_whole
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.run.evaluate import check_labels, evaluate
from engine.run.inputs import as_inputs
from engine.run.losses import check_loss
from engine.training.checkpoint import ORDER, Checkpoint, fingerprint
from engine.training.progress import Progress
from engine.training.schedules import schedule_factor
from engine.training.step import Step, Window
from engine.training.trainer import Trainer

Augment = Callable[[Array, np.random.Generator], Array]
Labelled = tuple[Array, Array]


class Training:
    """The iterator that `fit` and `resume` make: each next() is one update and gives its Step.

    The trained net is `snapshot()`, at any time; with validation images `best` is the best one's so far. The
    edits of the net hold: what they cut, clamp, freeze or hold stays so.

    Between two steps: `change` the recipe (also from another thread), take a `checkpoint`, or leave it alone
    for a while, which is all that pausing needs.
    """

    def __init__(
        self,
        net: Net,
        recipe: Recipe,
        data: Labelled,
        rng: np.random.Generator,
        *,
        validation: Labelled | None = None,
        augment: Augment | None = None,
        patience: int | None = None,
        window: int = 100,
        fast: bool | None = None,
    ):
        check_generator(rng)
        images, labels = check_pair(data, "data")
        self._images, self._labels = images, check_labels(net, images, labels)
        if not len(labels):
            raise EngineError("there is no image to train on")
        if validation is not None:
            tested, known = check_pair(validation, "validation")
            validation = tested, check_labels(net, tested, known)
        if patience is not None and (check_whole(patience, "patience", 0) < 1 or validation is None):
            raise EngineError(f"patience {patience} must be 1 epoch or more, with validation images")
        self.trainer = Trainer(net, recipe, fast)
        self.progress = Progress()
        self.patience = patience
        self._validation, self._augment, self._rng = validation, augment, rng
        self._order = np.empty(0, np.int64)
        self._window = Window(window)
        self._best: Array | None = None
        self._good: Array | None = None
        self._spare = np.empty_like(self.trainer.flat)
        self._wanted = recipe
        self._state = "ready"

    def __repr__(self) -> str:
        done, epochs = self.progress, self.recipe.epochs
        told = f"epochs done {done.epoch:,} of {epochs:,}, steps done {done.step:,}"
        return f"<Training of {self.trainer.net.name}: {told}>"

    def __iter__(self) -> Training:
        return self

    def __next__(self) -> Step:
        """One update; StopIteration after the last epoch, or when patience is over.

        DivergedError where NaN or infinity turns up: `good` then holds the last weights that were well.
        """
        if self.over:
            raise StopIteration
        self._check_whole()
        self._state = "torn"
        try:
            step = self._advance()
        except Exception:
            self._state = "failed"
            raise
        self._state = "ready"
        return step

    @property
    def recipe(self) -> Recipe:
        """The numbers that the next step goes by."""
        return self._wanted

    def change(self, **fields: Any) -> Recipe:
        """Change fields of the recipe from the next step on; EngineError leaves them all as they were.

        Anything may change: rate, batch, decay, schedule, epochs, even optimizer and loss. Another optimizer
        comes with its usual lr and momentum where they are not given (see Recipe.change).
        """
        recipe = self._wanted.change(**fields)
        check_loss(recipe.loss, self.trainer.net.layers[-1].activation)
        self._wanted = recipe
        return recipe

    def snapshot(self) -> Net:
        """The net as it is now; the mean of its weights where the recipe has an average."""
        return self.trainer.snapshot()

    def validate(self) -> float:
        """Accuracy on the validation images now."""
        if self._validation is None:
            raise EngineError("there are no validation images: give fit(..., validation=(images, labels))")
        return evaluate(self.snapshot(), *self._validation, compiled=self.trainer.fast).accuracy

    @property
    def best(self) -> Net | None:
        """The net after the epoch of best validation accuracy so far, the earliest of equals."""
        return None if self._best is None else self.trainer.net_of(self._best)

    @property
    def good(self) -> Net | None:
        """The last weights that were well: those at the lowest `Step.window_loss` so far, or None.

        It is looked at after every `window` steps and at each epoch's end; None where it has not yet fallen
        below the loss of the first batch.
        """
        return None if self._good is None else self.trainer.net_of(self._good)

    @property
    def over(self) -> bool:
        """Whether there is no next step: all epochs are done, patience is over, or the training failed."""
        done = self.progress.epoch >= self._wanted.epochs
        return done or self.out_of_patience or self._state == "failed"

    @property
    def out_of_patience(self) -> bool:
        """Whether `patience` epochs have brought no better validation accuracy."""
        return self.patience is not None and self.progress.waited >= self.patience

    def checkpoint(self, notes: Mapping[str, Any] | None = None) -> Checkpoint:
        """Everything that `resume` needs to go on as if nothing had happened; notes: JSON of the caller's.

        EngineError where the training failed, or was interrupted (by Ctrl-C, say) in the middle of an update.
        """
        self._check_whole()
        if self.trainer.recipe is not self._wanted:
            self.trainer.adopt(self._wanted)
        data = fingerprint(self._images, self._labels, self._validation)
        standing = self.standing(notes)
        kept = {name: a.copy() for name, a in (("best", self._best), ("good", self._good)) if a is not None}
        return replace(standing, arrays={**standing.arrays, **kept}, data=data)

    def standing(self, notes: Mapping[str, Any] | None = None, snapshot: Net | None = None) -> Checkpoint:
        """Where the training stands, for `go_on` in this process: a checkpoint that knows no images.

        What was changed since the last step is not in it, nor are the best and the last good weights: of an
        edited net they are others. snapshot: the net as it is now, where the caller has it: its weights then
        serve both, unless they are a mean. EngineError as of `checkpoint`.
        """
        self._check_whole()
        trainer = self.trainer
        shared = None if trainer.average is not None else snapshot
        order = self._order.copy() if self.progress.cursor else np.empty(0, np.int64)
        return Checkpoint(
            net=trainer.net_of(trainer.flat) if shared is None else shared,
            progress=replace(self.progress),
            arrays={**trainer.state(), ORDER: order},
            updates=trainer.optimizer.count,
            average_weight=0.0 if trainer.average is None else trainer.average.weight,
            recent=self._window.steps,
            window=self._window.length,
            patience=self.patience,
            rng=self._rng.bit_generator.state,
            data="",
            notes=dict(notes or {}),
        )

    def restore(self, saved: Checkpoint) -> None:
        """Go on from a checkpoint of the same net and images; EngineError where the images are others."""
        if saved.data and fingerprint(self._images, self._labels, self._validation) != saved.data:
            raise EngineError("the checkpoint was made with other images: give the same data as then")
        order = saved.arrays[ORDER]
        if saved.progress.cursor and len(order) != len(self._labels):
            raise EngineError(f"the checkpoint orders {len(order)} images, not {len(self._labels)}")
        self.trainer.restore(saved.arrays, saved.updates, saved.average_weight)
        self.progress = replace(saved.progress)
        self._order = order.copy()
        for row in saved.recent:
            self._window.take(*row)
        self._best, self._good = (
            saved.arrays[name].copy() if name in saved.arrays else None for name in ("best", "good")
        )

    def _check_whole(self) -> None:
        if self._state == "torn":
            raise EngineError("the training was interrupted in the middle of an update: resume a checkpoint")
        if self._state == "failed":
            raise EngineError("the training failed: take its `good` net, or resume a checkpoint")

    def _advance(self) -> Step:
        trainer, at, rng = self.trainer, self.progress, self._rng
        if trainer.recipe is not self._wanted:
            trainer.adopt(self._wanted)
        recipe, count = trainer.recipe, len(self._labels)
        if at.cursor == 0:
            self._order = rng.permutation(count)
        chosen = self._order[at.cursor : at.cursor + recipe.batch]
        done, scheduled, steps = at.schedule_position(count, recipe.batch, recipe.epochs)
        lr = recipe.lr * schedule_factor(recipe, done, scheduled)
        # take copies whole images at once, where an index goes through them byte by byte.
        picked = np.take(self._images, chosen, axis=0)
        if self._augment is not None:
            picked = self._augment(picked, rng)
        decay = trainer.penalty()
        at.move(len(chosen))
        # Where a window ends, its weights are kept: if they are good, as the last that are known to be.
        closing = at.cursor >= count or at.step - at.kept_at >= self._window.length
        spare = self._spare if closing else None
        x = as_inputs(trainer.net, picked, trainer.machine.place(len(chosen)))
        loss, right = trainer.update(x, self._labels[chosen], lr, rng, at.step, spare)
        return self._told(len(chosen), (loss, right, decay), lr, steps, closing)

    def _told(
        self, batch: int, outcome: tuple[float, int, float], lr: float, steps: int, closing: bool
    ) -> Step:
        """The step of a trained batch; outcome: its mean loss, how many it read right, its decay loss."""
        trainer, at, (loss, right, decay) = self.trainer, self.progress, outcome
        at.add(right, loss * batch)
        if at.good_loss is None:
            at.good_loss = loss
        self._window.take(batch, right, loss * batch)
        window, window_loss, window_accuracy = self._window.read()
        if closing:
            self._keep(window_loss)
        count = len(self._labels)
        ends = at.cursor >= count
        train_accuracy, epoch_loss = at.correct / count, at.total / count
        validation = self._end_epoch(lr) if ends else None
        each = 1000 / batch
        return Step(
            epoch=at.epoch + (not ends),
            step=at.step,
            steps=steps,
            loss=loss,
            accuracy=right / batch,
            decay_loss=decay,
            lr=lr,
            batch=batch,
            examples_seen=at.seen,
            forward_ms=trainer.forward_seconds * each,
            backward_ms=trainer.backward_seconds * each,
            window=window,
            window_loss=window_loss,
            window_accuracy=window_accuracy,
            train_accuracy=train_accuracy if ends else None,
            validation_accuracy=validation,
            epoch_loss=epoch_loss if ends else None,
            snapshot=self.snapshot,
        )

    def _keep(self, window_loss: float) -> None:
        at = self.progress
        at.kept_at = at.step
        if at.good_loss is not None and window_loss < at.good_loss:
            at.good_loss, at.good_step = window_loss, at.step - 1
            spare = np.empty_like(self._spare) if self._good is None else self._good
            self._good, self._spare = self._spare, spare

    def _end_epoch(self, lr: float) -> float | None:
        at = self.progress
        self.trainer.check_finite(at.step, lr)
        at.next_epoch()
        if self._validation is None:
            return None
        net = self.snapshot()
        accuracy = evaluate(net, *self._validation, compiled=self.trainer.fast).accuracy
        if at.judge(accuracy):
            self._best = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
        return accuracy
