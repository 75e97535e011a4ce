"""A film's beats along a line: evenly spaced, however long each lasts, so that every name has its room."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SOON = 1e-3  # seconds: a layer has just fired, and the next one is not yet under way
GAP = 8.0  # between two names, px
NARROW, _SLIDE = 5.0, 18.0  # the same where room is short, and how far a name may then begin after its point
_LEAST = 0.85  # of a name must be seen: less tells nothing


@dataclass(frozen=True)
class Beat:
    """Something that happens: its name, and the second that shows it, at which one stops.

    since: the second from which on it is under way, where that is earlier; None: from `at` on.
    """

    name: str
    at: float
    since: float | None = None

    @property
    def begins(self) -> float:
        """The second from which on it is the current one."""
        return self.at if self.since is None else self.since


@dataclass(frozen=True)
class Beats:
    """The beats of a film in their order, and its length in seconds."""

    beats: tuple[Beat, ...] = ()
    seconds: float = 0.0

    @property
    def _stops(self) -> list[float]:
        return [*(beat.at for beat in self.beats), self.seconds]

    def share(self, t: float) -> float:
        """Where a time stands on the line, 0..1."""
        count = max(len(self.beats), 1)
        return float(np.interp(t, self._stops, np.arange(len(self._stops)))) / count

    def time(self, share: float) -> float:
        """The time at a place 0..1 of the line."""
        count = max(len(self.beats), 1)
        return float(np.interp(share * count, np.arange(len(self._stops)), self._stops))

    def current(self, t: float) -> int:
        """The beat that a time falls in; -1 where there are none."""
        begun = [k for k, beat in enumerate(self.beats) if beat.begins <= t + 1e-9]
        return begun[-1] if begun else min(len(self.beats), 1) - 1

    def step(self, t: float, by: int) -> float:
        """The beginning of the beat before (by = -1) or after (1) a time; the film's ends beyond the last."""
        stops = [0.0, *self._stops]
        if by > 0:
            return min((stop for stop in stops if stop > t + 1e-6), default=self.seconds)
        return max((stop for stop in stops if stop < t - 1e-6), default=0.0)


def short(name: str, words: bool = False) -> str:
    """A name in few letters: "Hidden 2" is H2; with `words`, "Output" is Out."""
    *first, last = name.split()
    if first and last.isdigit():
        return "".join(word[0] for word in first) + last
    return name[:3] if words and len(name) > 5 else name


def place_names(
    lefts: Sequence[float], widths: Sequence[float], current: int, end: float, narrow: bool = False
) -> dict[int, tuple[float, float]]:
    """Where names stand so that none touches another: {place in the row: (left, width)}.

    The current one is always there and whole; others are whole, cut to their room, or left out.

    Args:
        lefts: where each would like to begin, rising, px.
        widths: of the whole names, px.
        current: which of them must be read, -1 for none.
        end: right end of the line.
        narrow: names may stand nearer together, and begin a little after their points.
    """
    gap, slide = (NARROW, _SLIDE) if narrow else (GAP, 0.0)
    placed: dict[int, tuple[float, float]] = {}
    if current >= 0:
        wide = widths[current]
        placed[current] = (max(min(lefts[current], end - wide), 0.0), wide)
    for k in [k for k in range(len(lefts)) if k != current]:
        taken = [left for j, (left, _) in placed.items() if j > k] + [end + gap]
        before = max((left + wide for j, (left, wide) in placed.items() if j < k), default=-gap)
        left = max(lefts[k], before + gap)
        # A name may run on over the next beat's point, where that one's own name has no room.
        room = min(taken) - gap - left
        if k + 1 < len(lefts) and widths[k] > room:
            room = min(room, lefts[k + 1] - gap - left)
        if left - lefts[k] <= slide and room >= _LEAST * widths[k]:
            placed[k] = (left, min(widths[k], room))
    return placed
