"""Walk: the way of a camera that goes along with the signal, and cuts nothing that has fired."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor

import numpy as np

from scenes.camera.orbit import Orbit, Vector, fit
from scenes.camera.path import Path
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.page import Box
from scenes.space.panel import Panel

_DRIFT = 5.0  # degrees of azimuth that the camera goes on turning, so that the last picture lives
_WINDOWS = 4  # parts of the way at most, in each of which it looks at the layers that the signal is between
_NEAR = 11.0  # degrees that it looks more along the flow at the first of them
_DIGIT = {False: 22.0, True: 8.0}  # and at the digit; in portrait as well
_CLOSE = {False: 0.80, True: 0.65}  # of the way to the digit: far enough to see where the signal will go
_BESIDE = 0.85  # of the way to the layers that the signal is between
_HEADLINE = 0.66  # of the width, under what a headline takes of it nothing rises into its lines
_CLEAR = 1.0  # pixels from the headline's foot to what stands highest
_TOPPED = 0.02  # of the height, from there to what is shown in the first of two lines: it sways on the way
_LOOK = 0.1  # seconds between two looks at what is cut
_EDGE = 0.01  # of the width, beyond which it is cut on the way
_STEP = 0.1  # of that way, by which it goes less far where it would cut something

Keys = tuple[tuple[float, Orbit], ...]


@dataclass(frozen=True, eq=False)
class _Film:
    """What a walk is planned for: places, beats, and the last pose with the part of the picture it fills.

    feet: pixels from the top, above which the digit ends while it is written, so that its name has room:
    in the picture's left half, and in its right one.
    """

    layout: Layout
    size: tuple[int, int]
    line: Timeline
    rectangle: Box
    end: Orbit
    feet: tuple[float, float]

    @cached_property
    def stations(self) -> list[tuple[float, list[Panel]]]:
        """The panels that fire together, and when."""
        fires, panels = self.line.fires, self.layout.panels
        return [(at, [p for p in panels if fires[p.layer] == at]) for at in sorted(set(fires.values()))]

    def looking_at(self, points: Vector, rectangle: Box, turned: float) -> Orbit:
        """The pose from which points fill a rectangle, by so many degrees of azimuth round from the last."""
        azimuth, elevation, angle = self.end.azimuth + turned, self.end.elevation, self.end.angle
        return fit(points, self.size, rectangle, azimuth=azimuth, elevation=elevation, angle=angle)

    def lit(self, t: float) -> list[Vector]:
        """The corners of the digit, which is written first, and of all panels that have fired at time t."""
        digit = self.layout.panels[0]
        fired = [panel for at, panels in self.stations if at <= t for panel in panels if panel is not digit]
        return [panel.corners() for panel in (digit, *fired)]

    def over(self, t: float) -> list[Vector]:
        """How high strands pass over these panels."""
        fires, arcs = self.line.fires, self.layout.arcs
        return [
            arc[None] for panel, arc in zip(self.layout.panels, arcs, strict=False) if fires[panel.layer] <= t
        ]

    def first(self, poses: Iterable[Orbit], t: float, lit: list[Vector]) -> Orbit:
        """The first of these poses at time t that cuts nothing that is lit, or else the last one.

        One from which all that passes over decks is seen below the headline too, where there is any.
        """
        drift, poses = _DRIFT * (t / self.line.seconds - 1.0), list(poses)
        for shown in ([*lit, *self.over(t)], lit):
            for pose in poses:
                if self.holds(replace(pose, azimuth=pose.azimuth + drift), shown, self.rectangle[0]):
                    return pose
        return poses[-1]

    def below(self, pose: Orbit, across: float = np.inf) -> Orbit:
        """A pose from which all is seen below the headline: the camera goes up with its focus.

        across: pixels from the left that the headline takes, beside which panels may be higher.
        """
        for _ in range(4):
            seen = pose.project(self.layout.corners.reshape(-1, 3), self.size)
            high = float(np.nanmin(seen[:, 1], where=seen[:, 0] < across, initial=self.size[1]))
            pose = self._raised(pose, max(self.rectangle[1] + _CLEAR - high, 0.0))
        return pose

    def topped(self, pose: Orbit, shown: list[Vector]) -> Orbit:
        """A pose from which what is shown begins close below the headline: a second line stands under it."""
        for _ in range(4):
            high = float(pose.project(np.concatenate(shown), self.size)[:, 1].min())
            pose = self._raised(pose, min(self.rectangle[1] + _TOPPED * self.size[1] - high, 0.0))
        return pose

    def _raised(self, pose: Orbit, rise: float) -> Orbit:
        """A pose that is so many pixels higher, where the digit is."""
        up = rise / pose.scale_at(self.layout.panels[0].centre, self.size) * pose.axes()[1]
        x, y, z = map(float, np.asarray(pose.focus) + up)
        return replace(pose, focus=(x, y, z))

    def names(self, pose: Orbit) -> bool:
        """Whether the digit's name has room under it, seen from there."""
        seen = pose.project(self.layout.panels[0].corners(), self.size)
        return bool(seen[:, 1].max() <= self.feet[int(seen[:2, 0].mean() > self.size[0] / 2)])

    def holds(self, pose: Orbit, lit: list[Vector], margin: float) -> bool:
        """Whether nothing that is lit is cut, seen from there: margin in pixels, at the left and right."""
        left, top, _, bottom = self.rectangle
        # Above is the headline, with its sentence on what happens.
        low, high = (margin, top), (self.size[0] - margin, bottom + left)
        seen = pose.project(np.concatenate([np.empty((0, 3), np.float32), *lit]), self.size)
        return bool((seen >= low).all() and (seen <= high).all())


def walk(
    layout: Layout,
    size: tuple[int, int],
    line: Timeline,
    rectangle: Box,
    end: Orbit,
    feet: tuple[float, float],
) -> Path:
    """The way to the pose `end`, from which all fills a rectangle (left, top, right, bottom) of the picture.

    feet: pixels from the top, above which the digit ends in landscape while it is written, in the picture's
    left half and in its right one.

    The camera stands close to the digit as it is written. In landscape it then looks at the layers that the
    signal runs between; in portrait it draws back as the signal falls.
    """
    film = _Film(layout, size, line, rectangle, end, feet)
    portrait = layout.orientation.name == "portrait"
    last = 0.93 * line.pulses[-1][1] if portrait else line.answer[0] + 0.5 * (line.answer[1] - line.answer[0])
    keys = _falling(film) if portrait else _along(film)
    return _held(film, Path((*(key for key in keys if key[0] < last), (last, end)), _DRIFT, line.seconds))


def _held(film: _Film, way: Path) -> Path:
    """The way with its first pose as much nearer to the next as it takes to cut nothing between the two.

    In a net of many layers some fire on the way there. So it is where the digit's name has no room at first.
    """
    # In portrait there is one more on the way to the first that sees a layer fire.
    *near, (comes, then) = way.keys[: 3 if film.layout.orientation.name == "portrait" else 2]
    times, others = np.arange(near[0][0], comes, _LOOK), list[tuple[bool, Path]]()
    for share in np.arange(0.0, 1.0, _STEP):
        moved = ((at, then.mix(pose, 1.0 - share)) for at, pose in near)
        if film.layout.folded:
            moved = ((at, film.below(pose, _HEADLINE * film.size[0])) for at, pose in moved)
        tried = replace(way, keys=(*moved, *way.keys[len(near) :])) if share else way
        held = all(film.holds(tried.at(t), film.lit(t), _EDGE * film.size[0]) for t in times)
        named = film.names(tried.at(near[0][0]))
        if held and named:
            return tried
        if held or named:
            others.append((named, tried))
    return min(others, key=lambda each: each[0], default=(False, way))[1]


def _falling(film: _Film) -> Keys:
    end, at = film.end, film.stations[1][0]
    digit, begins = film.layout.panels[0].corners(), film.line.digit[1]
    near = film.looking_at(digit, film.rectangle, _DIGIT[True])
    poses = (film.below(end.mix(near, share)) for share in np.arange(_CLOSE[True] - _STEP, -_STEP, -_STEP))
    # Rows that are wider than the first is are lit while the camera is near.
    lit = film.lit(film.stations[2][0] if film.layout.rows else at)
    first, then = film.below(end.mix(near, _CLOSE[True])), film.first(poses, at, lit)
    # Half way a pose between the two would look higher than either.
    return (begins, first), ((begins + at) / 2, film.below(then.mix(first, 0.5))), (at, then)


def _along(film: _Film) -> Keys:
    """A camera that follows the signal may cut what is still to come, but nothing that has fired."""
    left, top, right, bottom = film.rectangle
    # With some air, so that what comes next is seen to come.
    inner = left + 0.10 * (right - left), top, right - 0.08 * (right - left), bottom
    digit, begins = film.layout.panels[0].corners(), film.line.digit[1]
    near = film.looking_at(digit, inner, _DIGIT[False])
    poses = (film.end.mix(near, share) for share in np.arange(_CLOSE[False], 1.0 + _STEP, _STEP))
    close = film.first(poses, begins, [digit])
    lower = film.below(close, _HEADLINE * film.size[0])
    keys = [(begins, lower if film.holds(lower, [digit], left) else close)]
    gaps = len(film.stations) - 1
    count = min(_WINDOWS, gaps)
    for k in range(count):
        first, last = floor(k * gaps / count), ceil((k + 1) * gaps / count)
        leaves, comes = film.stations[first][0], film.stations[last][0]
        beside = [panel.corners() for _, panels in film.stations[first : last + 1] for panel in panels]
        beside += [film.layout.bars.label] if last == gaps else []
        lit, turned = film.lit(comes), _NEAR * (1.0 - (k + 1) / count)
        near = film.looking_at(np.concatenate(beside), inner, turned)
        whole = film.looking_at(np.concatenate(lit + film.over(comes) + beside), inner, turned)
        less = (whole.mix(near, share) for share in np.arange(_BESIDE - _STEP, 0.0, -_STEP))
        at, tried = comes - 0.15 * (comes - leaves), (film.end.mix(near, _BESIDE), *less, whole)
        if film.layout.folded:
            tried = tuple(film.topped(pose, lit + film.over(comes)) for pose in tried)
        keys.append((at, film.first(tried, at, lit)))
    return tuple(keys)
