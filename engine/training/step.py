"""What one update of a training tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import check_whole
from engine.net import Net


@dataclass(frozen=True, eq=False)
class Step:
    """One update of the parameters.

    epoch, and step of `steps` in the whole run, count from 1. loss and accuracy: of this batch, loss as the
    mean over its images; decay_loss: what l1 and l2 add to the loss; all before the update. forward_ms and
    backward_ms: milliseconds for an example, the means of this batch.

    window_accuracy and window_loss: over the last `window` images as they were trained on, so with dropout
    and each batch before its update. train_accuracy and epoch_loss: the same over the epoch's images.
    validation_accuracy: of the net after the update. These three only at an epoch's last step, else None.

    snapshot(): the net as it is when called; the mean of its weights where the recipe has an average.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float
    decay_loss: float
    lr: float
    batch: int
    examples_seen: int
    forward_ms: float
    backward_ms: float
    window: int
    window_loss: float
    window_accuracy: float
    train_accuracy: float | None
    validation_accuracy: float | None
    epoch_loss: float | None
    snapshot: Callable[[], Net]

    @property
    def ends_epoch(self) -> bool:
        """Whether this was the last step of its epoch."""
        return self.train_accuracy is not None


class Window:
    """The last `length` steps: of each its images, how many were read right, and the sum of their losses."""

    def __init__(self, length: int):
        length = check_whole(length, "window", 1)
        self.length = length
        self._images: deque[int] = deque(maxlen=length)
        self._right: deque[int] = deque(maxlen=length)
        self._losses: deque[float] = deque(maxlen=length)

    @property
    def steps(self) -> tuple[tuple[int, int, float], ...]:
        """The steps that are in it, oldest first: images, right, sum of losses."""
        return tuple(zip(self._images, self._right, self._losses, strict=True))

    def take(self, images: int, right: int, losses: float) -> None:
        """Take in a step."""
        self._images.append(images)
        self._right.append(right)
        self._losses.append(losses)

    def read(self) -> tuple[int, float, float]:
        """Images, mean loss and accuracy of the window."""
        # Summed anew each time: the sum must not depend on what has left the window.
        count = sum(self._images)
        return count, sum(self._losses) / count, sum(self._right) / count
