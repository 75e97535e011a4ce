"""Path: a camera's poses at times, and what lies between them."""

from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit


@dataclass(frozen=True)
class Path:
    """A film's camera: poses at times, and what lies between them.

    Attributes:
        keys: seconds and poses, in order; before the first and after the last it rests there.
        drift: degrees of azimuth that it has still to turn at the start, and has turned at the end.
        seconds: length of the film.
    """

    keys: tuple[tuple[float, Orbit], ...]
    drift: float
    seconds: float

    @property
    def start(self) -> Orbit:
        """The first pose at rest."""
        return self.keys[0][1]

    @property
    def end(self) -> Orbit:
        """The last pose at rest."""
        return self.keys[-1][1]

    def at(self, t: float) -> Orbit:
        """The pose at time t in seconds."""
        share = min(max(t / self.seconds, 0.0), 1.0)
        pose = self._between(min(max(t, self.keys[0][0]), self.keys[-1][0]))
        return replace(pose, azimuth=pose.azimuth + self.drift * (share - 1.0))

    def _between(self, t: float) -> Orbit:
        """The pose on a curve through all keys (cubic Hermite, Catmull-Rom's slopes)."""
        times = [at for at, _ in self.keys]
        place = max(sum(at <= t for at in times) - 1, 0)
        if place == len(times) - 1:
            return self.end
        begin, end = times[place], times[place + 1]
        first, last = (_numbers(self.keys[k][1]) for k in (place, place + 1))
        leaving, arriving = (self._slope(k) * (end - begin) for k in (place, place + 1))
        s = (t - begin) / (end - begin)
        mixed = (
            (1 + 2 * s) * (1 - s) ** 2 * first
            + s * (1 - s) ** 2 * leaving
            + s * s * (3 - 2 * s) * last
            - s * s * (1 - s) * arriving
        )
        return _orbit(mixed)

    def _slope(self, k: int) -> NDArray[np.float64]:
        """How fast all numbers of the pose change at a key; it rests at both ends."""
        if k in (0, len(self.keys) - 1):
            return np.zeros(7)
        (before, a), (after, b) = self.keys[k - 1], self.keys[k + 1]
        return (_numbers(b) - _numbers(a)) / (after - before)


def _numbers(pose: Orbit) -> NDArray[np.float64]:
    """A pose as seven numbers; distances by their logarithm, so that zooms look even."""
    return np.array([*pose.focus, log(pose.distance), pose.azimuth, pose.elevation, pose.angle])


def _orbit(numbers: NDArray[np.float64]) -> Orbit:
    x, y, z, distance, azimuth, elevation, angle = map(float, numbers)
    return Orbit((x, y, z), exp(distance), azimuth, elevation, angle)
