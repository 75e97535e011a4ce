"""Schedules: the learning rate's way over a run."""

from __future__ import annotations

import math

from engine.graph.recipe import Recipe


def schedule_factor(recipe: Recipe, step: float, steps: float) -> float:
    """The factor of the recipe's lr at a step, 0 .. steps - 1 of the whole run.

    While it warms up the factor rises in equal steps to 1, whatever the schedule. Then "constant" stays at 1,
    "cosine" falls from 1 towards 0 by half a cosine over what is left (Loshchilov and Hutter 2017, equation
    5), and "step" is multiplied by step_factor after every step_every epochs, the warm-up's included.
    """
    rising = recipe.warmup * steps
    if step < rising:
        return min(1.0, (step + 1) / rising)
    if recipe.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * (step - rising) / (steps - rising)))
    if recipe.schedule == "step":
        epoch = int(step * recipe.epochs / steps)
        return float(recipe.step_factor ** (epoch // recipe.step_every))
    return 1.0
