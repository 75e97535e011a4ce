"""TrainingNews: where a run of training stands, as its thread tells the window's."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import Net


@dataclass(frozen=True, eq=False)
class TrainingNews:
    """Where a run, a TrainingRun, stands after a step.

    loss and accuracy: of that step's batch, before its update; smooth_loss and smooth_accuracy: of the last
    hundred. forward_ms, backward_ms: for an example, the median of the last steps; None before the second
    one, since the first may compile loops. speed: examples a second while it runs; 0: not known yet. curve:
    float (5, n), to be read: step, loss, smooth loss, accuracy and smooth accuracy of each step. validation:
    float (3, m): step, accuracy and loss on the test images. rolling: float (2, k): step, and accuracy on the
    test images read last, see `TrainingRun.probe`. net: the newest snapshot, after `net_step`. steps: of the
    whole run.
    """

    run: Any
    step: int
    epoch: int
    steps: int
    loss: float
    smooth_loss: float
    accuracy: float
    smooth_accuracy: float
    decay_loss: float
    forward_ms: float | None
    backward_ms: float | None
    seen: int
    speed: float
    curve: NDArray[np.float64]
    validation: NDArray[np.float64]
    rolling: NDArray[np.float64]
    net: Net
    net_step: int
    running: bool
