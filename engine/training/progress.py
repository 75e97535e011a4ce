"""Where a training is, in the run and in the epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Progress:
    """Where a training is: counts of what is done, in the run and in the epoch, and what was best.

    epoch: whole epochs; cursor and batches: images and batches of the epoch begun. correct and total: right
    answers and sum of losses in that epoch. waited: epochs since the best one. good_step: updates made when
    the good weights were kept; kept_at: the last step at which that was looked at.
    """

    epoch: int = 0
    cursor: int = 0
    batches: int = 0
    step: int = 0
    seen: int = 0
    correct: int = 0
    total: float = 0.0
    best_accuracy: float | None = None
    best_epoch: int = 0
    waited: int = 0
    good_loss: float | None = None
    good_step: int = 0
    kept_at: int = 0

    def move(self, images: int) -> None:
        """One batch of so many images is taken up."""
        self.step += 1
        self.batches += 1
        self.cursor += images
        self.seen += images

    def add(self, correct: int, loss: float) -> None:
        """What became of it: right answers, and the sum of its losses."""
        self.correct += correct
        self.total += loss

    def next_epoch(self) -> None:
        """The epoch is over."""
        self.epoch += 1
        self.cursor = self.batches = self.correct = 0
        self.total = 0.0

    def judge(self, accuracy: float) -> bool:
        """Whether the epoch that is just over has the best validation accuracy so far."""
        better = self.best_accuracy is None or accuracy > self.best_accuracy
        if better:
            self.best_accuracy, self.best_epoch, self.waited = accuracy, self.epoch, 0
        else:
            self.waited += 1
        return better

    def schedule_position(self, images: int, batch: int, epochs: int) -> tuple[float, int, int]:
        """If batches stay as they are: steps done as the schedule counts them, of so many, and of the run.

        The schedule goes by the images that are done, counted in batches of today's size, so a change of
        batch takes it nowhere else; the run's steps are those made and those to come.
        """
        whole = -(-images // batch)
        done = self.epoch * whole + self.cursor / batch
        left = -(-(images - self.cursor) // batch) + (epochs - self.epoch - 1) * whole
        return done, epochs * whole, self.step + left
