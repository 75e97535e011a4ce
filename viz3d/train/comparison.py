"""What became of one network under several trainers."""

from dataclasses import dataclass

from data import Dataset
from engine import Net, Recipe


@dataclass(frozen=True)
class Point:
    """One point of a trainer's curves; loss, decay_loss and train_accuracy are means over `images`.

    These are the images trained on since the last point, each batch before its update. test_accuracy is that
    of the net at the point.
    """

    epoch: int
    step: int
    examples_seen: int
    images: int
    loss: float
    decay_loss: float
    train_accuracy: float
    test_accuracy: float


@dataclass(frozen=True)
class Curve:
    """What became of the net under one trainer, in `seconds`; diverged is the step at which it did, or 0."""

    recipe: Recipe
    points: tuple[Point, ...]
    seconds: float
    diverged: int = 0

    @property
    def label(self) -> str:
        """Trainer and rate."""
        return f"{self.recipe.optimizer} {self.recipe.lr:g}"


@dataclass(frozen=True)
class Comparison:
    """All the curves, and what they have in common."""

    net: Net
    images: Dataset
    trained_on: int  # images of an epoch
    tested_on: int
    curves: tuple[Curve, ...]
