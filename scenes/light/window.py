"""Window: the lines of a convolution's window on the digit slide a few steps while its layer fires."""

import numpy as np
from numpy.typing import NDArray

from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.reach import Reach


def at(reach: Reach, line: Timeline, t: float) -> tuple[NDArray[np.float32], float]:
    """Where the lines stand at time t in seconds, float32 (6, 5, 3), and their opacity 0..1.

    They slide while the signal leaves the digit, and stand at their neuron when the card tells of it.
    """
    start, end = line.pulses[0]
    card = float(smooth(between(t, *line.card)))
    if card > 0:
        return reach.steps[-1], card
    place = between(t, start, end) * len(reach.steps)
    step = min(int(place), len(reach.steps) - 1)
    # It rests at each place, and goes on quickly.
    ahead = float(smooth(between(place - step, 0.7, 1.0)))
    later = reach.steps[min(step + 1, len(reach.steps) - 1)]
    lines: NDArray[np.float32] = reach.steps[step] + (later - reach.steps[step]) * np.float32(ahead)
    fade = 0.15 * (end - start)
    seen = float(smooth(between(t, start - fade, start))) * (1.0 - float(smooth(between(t, end, end + fade))))
    return lines, seen
