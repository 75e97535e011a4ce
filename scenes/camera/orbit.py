"""Camera: poses, projection without a screen, and the fit of a scene into a frame."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, log, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Orbit:
    """A camera on a sphere around a focus.

    Attributes:
        focus: the point that it looks at, scene units.
        distance: from the focus, scene units.
        azimuth: degrees to the output side; 0 looks straight across the flow.
        elevation: degrees above the floor.
        angle: vertical angle of view, degrees.
    """

    focus: tuple[float, float, float]
    distance: float
    azimuth: float
    elevation: float
    angle: float

    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Unit vectors of the picture's right, its up, and the way from the focus back to the camera."""
        return _axes(self.azimuth, self.elevation)

    @property
    def position(self) -> Vector:
        """Where the camera stands: (3,), scene units."""
        position: Vector = np.asarray(self.focus) + self.distance * self.axes()[2]
        return position

    def project(self, points: Vector, size: tuple[int, int]) -> Vector:
        """Project points (P, 3) to pixels (P, 2), origin top left, for a frame of `size` (width, height).

        Points behind the camera are NaN.
        """
        right, up, back = self.axes()
        offset = np.asarray(points, dtype=np.float64) - self.position
        depth = -(offset @ back)
        depth = np.where(depth > 1e-6, depth, np.nan)
        scale = size[1] / 2 / tan(radians(self.angle) / 2)
        pixels = np.empty((len(offset), 2), np.float32)
        pixels[:, 0] = size[0] / 2 + scale * (offset @ right) / depth
        pixels[:, 1] = size[1] / 2 - scale * (offset @ up) / depth
        return pixels

    def scale_at(self, point: Vector, size: tuple[int, int]) -> float:
        """Pixels for one scene unit at a point (3,)."""
        depth = float((self.position - np.asarray(point)) @ self.axes()[2])
        return size[1] / 2 / tan(radians(self.angle) / 2) / max(depth, 1e-6)

    def coarse(self) -> "Orbit":
        """A pose close by, the same for all that differ by about a degree or a hundredth."""
        distance = 1.02 ** round(log(max(self.distance, 1e-3), 1.02))
        x, y, z = (round(80 * place / distance) * distance / 80 for place in self.focus)
        return Orbit((x, y, z), distance, round(self.azimuth), round(self.elevation), self.angle)

    def mix(self, other: "Orbit", share: float) -> "Orbit":
        """Move `share` 0..1 of the way to another pose; distances mix by ratio, so that zooms look even."""

        def line(a: float, b: float) -> float:
            return a + (b - a) * share

        x, y, z = (line(a, b) for a, b in zip(self.focus, other.focus, strict=True))
        return Orbit(
            focus=(x, y, z),
            distance=self.distance * (other.distance / self.distance) ** share,
            azimuth=line(self.azimuth, other.azimuth),
            elevation=line(self.elevation, other.elevation),
            angle=line(self.angle, other.angle),
        )


@lru_cache(maxsize=64)
def _axes(azimuth: float, elevation: float) -> tuple[Vector, Vector, Vector]:
    az, el = radians(azimuth), radians(elevation)
    x, y, z = sin(az) * cos(el), -cos(az) * cos(el), sin(el)
    # Up is back x right, and right lies level. np.cross takes fifty times as long for one vector.
    up = -z * sin(az), z * cos(az), x * sin(az) - y * cos(az)
    axes = np.array([(cos(az), sin(az), 0.0), up, (x, y, z)])
    axes.flags.writeable = False
    return axes[0], axes[1], axes[2]


def fit(
    points: Vector,
    size: tuple[int, int],
    rectangle: tuple[float, float, float, float],
    *,
    azimuth: float,
    elevation: float,
    angle: float,
) -> Orbit:
    """Find the pose from which `points` (P, 3) just fill a rectangle (left, top, right, bottom) in pixels.

    The focus slides in the plane of the picture and the distance follows until the points' bounding box is
    centred in the rectangle and touches two of its sides.
    """
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    reach = float(np.linalg.norm(points - middle, axis=1).max())
    orbit = Orbit(tuple(map(float, middle)), 4 * reach, azimuth, elevation, angle)  # type: ignore[arg-type]
    left, top, right, bottom = rectangle
    for _ in range(40):
        pixels = orbit.project(points, size)
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        grow = max((high[0] - low[0]) / (right - left), (high[1] - low[1]) / (bottom - top))
        shift = ((low + high) / 2 - ((left + right) / 2, (top + bottom) / 2)) / orbit.scale_at(
            np.asarray(orbit.focus), size
        )
        x_axis, y_axis, _ = orbit.axes()
        focus = np.asarray(orbit.focus) + shift[0] * x_axis - shift[1] * y_axis
        distance = max(orbit.distance * float(grow), 1.02 * reach * 0.5)
        orbit = Orbit(
            (float(focus[0]), float(focus[1]), float(focus[2])), distance, azimuth, elevation, angle
        )
    return orbit
