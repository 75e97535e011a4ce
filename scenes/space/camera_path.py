"""Path: the camera's way through a film: it walks along with the signal, stands still, or turns slowly."""

from dataclasses import dataclass, replace
from math import ceil, exp, floor, log

import numpy as np
from numpy.typing import NDArray

from scenes.motion.timeline import Timeline
from scenes.space.camera import Orbit, Vector, fit
from scenes.space.layout import Layout
from scenes.space.page import Box, page
from scenes.space.panel import Panel

ANGLE = 25.0  # vertical angle of view of a free camera, and of a film of a net without bands, degrees
WAYS = ("walk", "static", "orbit")
"""Ways through a film that can be chosen."""
SHORT = 4  # panels of a short net
# Azimuth, elevation and angle of view at the end of a film, degrees; of a corridor, which is higher and seen
# from nearer, and of all other nets.
_LENSES = {
    ("landscape", True): (29.0, 12.0, 30.0),
    ("landscape", False): (30.0, 14.5, ANGLE),
    ("portrait", True): (6.0, 24.0, 30.0),
    ("portrait", False): (11.0, 24.0, ANGLE),
}
_DRIFT = 5.0  # degrees of azimuth that the camera goes on turning, so that the last picture lives
_ROUND = 34.0  # degrees that it turns in all where it turns slowly
_WINDOWS = 4  # parts of the way at most, in each of which it looks at the layers that the signal is between
_NEAR = 11.0  # degrees that it looks more along the flow at the first of them
_DIGIT = 22.0  # and at the digit
_AIR = 0.8  # of the page's edge, what stays empty beside what has fired
_ASIDE, _ABOVE = 14.0, 16.0  # degrees round and up for each unit of narrowness


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


def narrowness(size: tuple[int, int]) -> float:
    """How much less wide than a film a picture of `size` pixels is: 0, for 16:10 and wider, to 0.7."""
    return min(max(1.6 - size[0] / size[1], 0.0), 0.7)


def lens(layout: Layout, size: tuple[int, int]) -> tuple[float, float, float]:
    """Azimuth, elevation and angle of view at the end of a film of `size` pixels, degrees."""
    azimuth, elevation, angle = _LENSES[layout.orientation.name, layout.corridor]
    if layout.orientation.name == "portrait":
        return azimuth, elevation, angle
    # The less wide a picture, the more the camera looks along the flow, and from above: the net then takes
    # less of its width and more of its height.
    narrow = narrowness(size)
    return azimuth + _ASIDE * narrow, elevation + _ABOVE * narrow, angle


def camera_path(
    layout: Layout,
    size: tuple[int, int],
    line: Timeline,
    painted: bool = False,
    way: str = "walk",
    *,
    bare: bool = False,
) -> Path:
    """Plan the camera's way for a layout in a frame of `size` pixels; see Page for `painted` and `bare`.

    way: one of WAYS. One that walks stands close to the digit as it is written, then looks at the
    layers that the signal runs between, and draws back when the bars grow.
    """
    portrait = layout.orientation.name == "portrait"
    # Few panels stand high, and their names would meet the card.
    rectangle = page(size, portrait, painted, bare=bare).safe(low=len(layout.panels) <= SHORT)
    azimuth, elevation, angle = lens(layout, size)
    end = fit(layout.bounds(), size, rectangle, azimuth=azimuth, elevation=elevation, angle=angle)
    seconds = line.seconds
    if way == "static":
        return Path(((0.0, end),), 0.0, seconds)
    if way == "orbit":
        return Path(((0.0, end),), _ROUND, seconds)
    walk = _fall if portrait else _walk
    return Path(walk(layout, size, line, rectangle, end), _DRIFT, seconds)


def _fall(
    layout: Layout, size: tuple[int, int], line: Timeline, rectangle: Box, end: Orbit
) -> tuple[tuple[float, Orbit], ...]:
    """Poses of a camera that draws back as the signal falls, in portrait."""
    close = fit(
        layout.panels[0].corners(),
        size,
        rectangle,
        azimuth=end.azimuth + 8.0,
        elevation=end.elevation,
        angle=end.angle,
    )
    # Not all the way to the digit: far enough to see where it will go.
    keys = [(line.digit[1], end.mix(close, 0.65))]
    second, last = sorted(set(line.fires.values()))[1], 0.93 * line.pulses[-1][1]
    if second < last:
        lit = [panel for panel in layout.panels if line.fires[panel.layer] <= second]
        drift = _drift(second, line)
        keys.append((second, _holding(end, close, 0.55, lit, size, rectangle, drift)))
    return (*keys, (last, end))


def _walk(
    layout: Layout, size: tuple[int, int], line: Timeline, rectangle: Box, end: Orbit
) -> tuple[tuple[float, Orbit], ...]:
    """Poses of a camera that walks along with the signal, in landscape."""
    stations = sorted(set(line.fires.values()))
    groups = [[panel for panel in layout.panels if line.fires[panel.layer] == at] for at in stations]
    count = min(_WINDOWS, len(groups) - 1)
    left, top, right, bottom = rectangle
    # With some air, so that what comes next is seen to come.
    inner = left + 0.10 * (right - left), top, right - 0.08 * (right - left), bottom
    close = fit(
        groups[0][0].corners(),
        size,
        inner,
        azimuth=end.azimuth + _DIGIT,
        elevation=end.elevation,
        angle=end.angle,
    )
    # Not all the way to the digit: close enough to see it written, far enough to see where it will go.
    keys = [(line.digit[1], end.mix(close, 0.80))]
    for k in range(count):
        first, last = floor(k * (len(groups) - 1) / count), ceil((k + 1) * (len(groups) - 1) / count)
        points: list[Vector] = [panel.corners() for group in groups[first : last + 1] for panel in group]
        if last == len(groups) - 1:
            points.append(layout.bars.label)
        turned = end.azimuth + _NEAR * (1.0 - (k + 1) / count)
        pose = fit(
            np.concatenate(points), size, inner, azimuth=turned, elevation=end.elevation, angle=end.angle
        )
        lit = [panel for group in groups[: last + 1] for panel in group]
        at = stations[last] - 0.15 * (stations[last] - stations[first])
        keys.append((at, _holding(end, pose, 0.85, lit, size, rectangle, _drift(at, line))))
    return (*keys, (line.answer[0] + 0.5 * (line.answer[1] - line.answer[0]), end))


def _drift(t: float, line: Timeline) -> float:
    """Degrees of azimuth that the camera has still to turn at time t."""
    return _DRIFT * (t / line.seconds - 1.0)


def _holding(
    end: Orbit,
    near: Orbit,
    share: float,
    lit: list[Panel],
    size: tuple[int, int],
    rectangle: Box,
    drift: float,
) -> Orbit:
    """A pose at most `share` of the way from the last one to a nearer one, with all lit panels inside.

    A camera that follows the signal does not cut what has fired; it may cut what is still to come.
    """
    points = np.concatenate([panel.corners() for panel in lit])
    left, top, _, bottom = rectangle
    air = _AIR * left
    while share > 0:
        pose = end.mix(near, share)
        seen = replace(pose, azimuth=pose.azimuth + drift).project(points, size)
        low, high = seen.min(axis=0), seen.max(axis=0)
        if low[0] >= air and low[1] >= top - air and high[0] <= size[0] - air and high[1] <= bottom + air:
            return pose
        share -= 0.05
    return end
