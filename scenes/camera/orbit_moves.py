"""Moves of a free camera: turned, panned, zoomed, flown; and the poses that it can be sent to."""

from dataclasses import replace
from math import atan, degrees, radians, tan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.camera.camera_path import ANGLE
from scenes.camera.orbit import Orbit, fit
from scenes.space.layout import Layout
from scenes.space.page import Box

Point = NDArray[np.floating[Any]]

STEEPEST = 88.0  # degrees of elevation either way: beyond it, up and down change places
_NEAREST, _FARTHEST = 4.0, 1200.0  # scene units from the focus
# Azimuth and elevation, degrees. From the front one looks against the flow: digits are not mirrored so.
_VIEWS = {
    "landscape": {"home": (30.0, 13.0), "front": (64.0, 13.0), "side": (4.0, 6.0), "top": (12.0, 78.0)},
    "portrait": {"home": (11.0, 24.0), "front": (0.0, 12.0), "side": (72.0, 14.0), "top": (6.0, 78.0)},
}
VIEWS = tuple(_VIEWS["landscape"])
_DECKS_HOME = 27.0, 18.0  # home of decks: from further round, as of panels, each hides a third of the next


def view_from(name: str, layout: Layout, size: tuple[int, int], rectangle: Box) -> Orbit:
    """The pose of one of VIEWS from which a net fills a rectangle in pixels of a picture of `size`."""
    azimuth, elevation = _VIEWS[layout.orientation.name][name]
    if name == "home" and layout.decks and layout.orientation.name == "landscape":
        azimuth, elevation = _DECKS_HOME
    return fit(layout.bounds(), size, rectangle, azimuth=azimuth, elevation=elevation, angle=ANGLE)


def turned(pose: Orbit, pivot: Point, azimuth: float, elevation: float) -> Orbit:
    """Turned by degrees about a point (3,), which keeps its pixel; not past straight down or up."""
    steep = float(np.clip(pose.elevation + elevation, -STEEPEST, STEEPEST))
    other = replace(pose, azimuth=(pose.azimuth + azimuth + 180.0) % 360.0 - 180.0, elevation=steep)
    away = np.asarray(pivot, np.float64) - pose.position
    shares = [float(away @ axis) for axis in pose.axes()]
    stand = np.asarray(pivot, np.float64) - sum(s * a for s, a in zip(shares, other.axes(), strict=True))
    return replace(other, focus=_point(stand - other.distance * other.axes()[2]))


def panned(pose: Orbit, x: float, y: float, size: tuple[int, int], held: Point) -> Orbit:
    """Moved aside so that what a hand holds, a point (3,), follows by (x, y) pixels."""
    right, up, _ = pose.axes()
    unit = 1.0 / pose.scale_at(held, size)
    return replace(pose, focus=_point(np.asarray(pose.focus) + unit * (y * up - x * right)))


def zoomed(pose: Orbit, factor: float, point: Point) -> Orbit:
    """Nearer to a point (3,), which keeps its pixel: a factor of 0.5 halves the way to it."""
    distance = float(np.clip(pose.distance * factor, _NEAREST, _FARTHEST))
    factor = distance / pose.distance
    goal = np.asarray(point, np.float64)
    return replace(pose, focus=_point(goal + factor * (np.asarray(pose.focus) - goal)), distance=distance)


def flown(pose: Orbit, goal: Orbit, share: float) -> Orbit:
    """A share 0..1 of the way to another pose, turning the short way round."""
    turn = (goal.azimuth - pose.azimuth + 180.0) % 360.0 - 180.0
    return pose.mix(replace(goal, azimuth=pose.azimuth + turn), share)


def close_to(
    pose: Orbit, point: Point, size: tuple[int, int], at: tuple[float, float], scale: float
) -> Orbit:
    """Looking the same way, with a point (3,) at a pixel, where a scene unit is `scale` pixels wide."""
    right, up, _ = pose.axes()
    x, y = (at[0] - size[0] / 2) / scale, (at[1] - size[1] / 2) / scale
    distance = size[1] / 2 / tan(radians(pose.angle) / 2) / scale
    return replace(pose, focus=_point(np.asarray(point) - x * right + y * up), distance=distance)


def framed(pose: Orbit, size: tuple[int, int], rectangle: Box, to: tuple[int, int], into: Box) -> Orbit:
    """The same view in a picture of another size: what filled one rectangle there fills another one here.

    rectangle, into: in pixels of the pictures of `size` and of `to`. The camera stands as far away as before
    and looks the same way, so that all of the net's parts stay in front of one another as they were.
    """
    wide, high = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
    grow = min((into[2] - into[0]) / wide, (into[3] - into[1]) / high)
    opening = tan(radians(pose.angle) / 2) * to[1] / (size[1] * grow)
    middle = (rectangle[0] + rectangle[2]) / 2, (rectangle[1] + rectangle[3]) / 2
    held = under(pose, middle, size)
    other = replace(pose, angle=degrees(2 * atan(opening)))
    x, y = other.project(np.asarray(held, np.float32)[None], to)[0]
    return panned(other, (into[0] + into[2]) / 2 - float(x), (into[1] + into[3]) / 2 - float(y), to, held)


def under(pose: Orbit, at: tuple[float, float], size: tuple[int, int]) -> Point:
    """The point (3,) under a pixel, as far away as the focus is."""
    right, up, _ = pose.axes()
    unit = 1.0 / pose.scale_at(np.asarray(pose.focus), size)
    x, y = at[0] - size[0] / 2, at[1] - size[1] / 2
    point: Point = np.asarray(pose.focus) + unit * (x * right - y * up)
    return point


def _point(place: Point) -> tuple[float, float, float]:
    return float(place[0]), float(place[1]), float(place[2])
