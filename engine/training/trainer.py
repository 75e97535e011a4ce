"""One update of a net's parameters: forward, loss, backward, optimizer, in buffers allocated once."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from contextlib import nullcontext

import numpy as np

from engine.arrays import Array, in_one_piece
from engine.errors import DivergedError
from engine.graph.recipe import Recipe
from engine.kernels.quicker import Quicker
from engine.kernels.threads import one_blas_thread, one_loop_thread
from engine.net import Net
from engine.run.losses import check_loss, loss_of
from engine.run.machine import Machine
from engine.training.optimizers import Average, Optimizer, penalty, pieces_of


class Trainer:
    """The state of one training: parameters, gradients and optimizer state as flat buffers.

    forward_seconds and backward_seconds are those of the last update's passes through the net.
    """

    def __init__(self, net: Net, recipe: Recipe, fast: bool | None = None):
        check_loss(recipe.loss, net.layers[-1].activation)
        self.net = net
        self.recipe = recipe
        # The compiled kernels are for float32; a float64 net is there to check gradients.
        self.fast = net.dtype == np.float32 if fast is None else fast
        arrays = [array.reshape(-1) for array in net.parameters.values()]
        size = sum(map(len, arrays))
        self.flat, self.flat_gradients = in_one_piece({"learned": size, "by it": size}, net.dtype).values()
        np.concatenate(arrays, out=self.flat)
        self.parameters = views(net, self.flat)
        self.gradients = views(net, self.flat_gradients)
        self.pieces = pieces_of(net)
        # What edits have frozen: no momentum, decay or mean may move it.
        starts = net.graph.parameter_offsets
        held = [starts[name] + places for name, places in net.overlay.held.items()]
        self.held = np.concatenate([np.empty(0, np.int64), *held])
        self.machine = self._machine()
        self.optimizer = Optimizer(recipe, self.flat.size, self.flat.dtype, self.pieces, self.fast)
        self.average = self._average() if recipe.average else None
        self.forward_seconds = self.backward_seconds = 0.0
        self._quicker = Quicker()

    def adopt(self, recipe: Recipe) -> None:
        """Go on under another recipe from the next update on.

        Momentum and running means go over to an optimizer of the same kind; the average of the weights begins
        where it is switched on.
        """
        check_loss(recipe.loss, self.net.layers[-1].activation)
        self.recipe = recipe
        if recipe.batch > self.machine.batch:
            self.machine = self._machine()
        self.optimizer = self.optimizer.under(recipe)
        if not recipe.average:
            self.average = None
        elif self.average is None:
            self.average = self._average()

    def snapshot(self) -> Net:
        """The net with a copy of the parameters as they are now, or of their mean if the recipe has one."""
        averaged = self.average is not None and self.average.weight > 0
        return self.net_of(self.average.value() if averaged and self.average else self.flat)

    def net_of(self, flat: Array) -> Net:
        """The net with a copy of flat parameters (n,)."""
        flat = flat.copy()
        flat[self.held] = self.flat[self.held]
        return self.net.replace(views(self.net, flat), recipe=self.recipe)

    def state(self) -> dict[str, Array]:
        """Copies of the optimizer's arrays, as "optimizer.<name>", and of the "average" if there is one."""
        arrays = {f"optimizer.{name}": array.copy() for name, array in self.optimizer.state.items()}
        return arrays if self.average is None else {**arrays, "average": self.average.mean.copy()}

    def restore(self, state: Mapping[str, Array], updates: int, average_weight: float) -> None:
        """Take over what `state` gave; updates: done so far, average_weight: what the average sums up to."""
        self.optimizer.count = updates
        for name, array in self.optimizer.state.items():
            array[:] = state[f"optimizer.{name}"]
        if self.average is not None:
            self.average.mean[:] = state["average"]
            self.average.weight = average_weight

    def penalty(self) -> float:
        """What decay adds to the loss at the parameters as they are."""
        with np.errstate(all="ignore"):
            return penalty(self.recipe, self.flat, self.pieces)

    def update(
        self,
        x: Array,
        labels: Array,
        lr: float,
        rng: np.random.Generator | None,
        step: int = 0,
        before: Array | None = None,
    ) -> tuple[float, int]:
        """One update from inputs (n, *shape): the batch's mean loss before it, and how many it read right.

        before: flat (parameters,) to hold the parameters that had that loss. DivergedError where the loss is
        NaN or infinite; nothing is updated then.
        """
        # Overflow is looked for below, with a message that helps.
        on_threads = self._quicker if self.fast else nullcontext()
        with np.errstate(all="ignore"), one_blas_thread(), on_threads:
            begun = time.perf_counter()
            act = self.machine.forward(x, rng)
            self.forward_seconds = time.perf_counter() - begun
            head = self.net.layers[-1]
            pre = self.machine.pre[head.name]
            total, grad = loss_of(self.recipe.loss)(head.activation, pre, act, labels)
            loss = total / len(labels)
            if not math.isfinite(loss):
                raise DivergedError(step, self.machine.first_broken(), lr)
            if before is not None:
                before[:] = self.flat
            begun = time.perf_counter()
            self.machine.backward(grad)
            self.backward_seconds = time.perf_counter() - begun
            held = self.flat[self.held]
            # The threads of compiled loops spin when done, and would be in the way of the batch's parts.
            with one_loop_thread() if self.machine.in_parts else nullcontext():
                self.optimizer.step(self.flat, self.flat_gradients, lr)
            self.flat[self.held] = held
            if self.average is not None:
                self.average.add(self.flat, self.recipe.average)
        return loss, int((act.argmax(axis=1) == labels).sum())

    def check_finite(self, step: int, lr: float) -> None:
        """DivergedError where the last update, which no loss has shown yet, left NaN or infinity."""
        if not np.isfinite(self.flat).all():
            broken = next((n for n, array in self.parameters.items() if not np.isfinite(array).all()), "")
            raise DivergedError(step, broken.rpartition(".")[0], lr)

    def _machine(self) -> Machine:
        return Machine(
            self.net.layers,
            self.parameters,
            self.recipe.batch,
            gradients=self.gradients,
            fast=self.fast,
            lean=True,
            overlay=self.net.overlay,
        )

    def _average(self) -> Average:
        return Average(self.flat.size, self.flat.dtype, self.pieces, self.fast)


def views(net: Net, flat: Array) -> Mapping[str, Array]:
    """The net's parameters by name, as views of flat parameters (n,)."""
    parameters = {}
    for name, start in net.graph.parameter_offsets.items():
        shape = net.graph.parameter_shapes[name]
        parameters[name] = flat[start : start + math.prod(shape)].reshape(shape)
    return parameters
