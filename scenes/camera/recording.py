"""Recording: a way that a camera went, with the film's time at each of its poses."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.camera.orbit_moves import flown
from scenes.errors import SceneError

_COLUMNS = 9


@dataclass(frozen=True, eq=False)
class Recording:
    """A camera's way; between two poses it goes straight on.

    Attributes:
        seconds_at: float64 (K,), seconds since the recording began, rising from 0.
        film_at: float64 (K,), the moment of the film that was shown then, seconds.
        poses: where the camera stood.
    """

    seconds_at: NDArray[np.float64]
    film_at: NDArray[np.float64]
    poses: tuple[Orbit, ...]

    @property
    def seconds(self) -> float:
        """Length of the film that follows it."""
        return float(self.seconds_at[-1])

    def at(self, seconds: float) -> tuple[float, Orbit]:
        """The moment of the film, and the pose, so many seconds after the recording began."""
        seconds = min(max(float(seconds), 0.0), self.seconds)
        after = int(np.searchsorted(self.seconds_at, seconds, side="left"))
        if after == 0:
            return float(self.film_at[0]), self.poses[0]
        begin, end = self.seconds_at[after - 1 : after + 1]
        share = float((seconds - begin) / (end - begin))
        t = self.film_at[after - 1] + share * (self.film_at[after] - self.film_at[after - 1])
        return float(t), flown(self.poses[after - 1], self.poses[after], share)

    def as_array(self) -> NDArray[np.float64]:
        """float64 (K, 9): seconds, film's seconds, focus, distance, azimuth, elevation, angle."""
        rows = [(*focus, *rest) for focus, *rest in map(astuple, self.poses)]
        return np.column_stack([self.seconds_at, self.film_at, np.array(rows, np.float64)])

    @classmethod
    def of(cls, rows: NDArray[np.float64] | Sequence[Sequence[float]]) -> "Recording":
        """The recording of rows (K, 9) as `as_array` gives them. SceneError where they are none."""
        table = np.asarray(rows, np.float64)
        if table.ndim != 2 or table.shape[1] != _COLUMNS or len(table) == 0 or not np.isfinite(table).all():
            raise SceneError(f"a recorded camera is (K, {_COLUMNS}), got {table.shape}: record anew")
        if table[0, 0] != 0 or (np.diff(table[:, 0]) <= 0).any():
            raise SceneError("the seconds of a recorded camera rise from 0, these do not: record anew")
        poses = tuple(Orbit((x, y, z), *rest) for x, y, z, *rest in table[:, 2:].tolist())
        return cls(table[:, 0], table[:, 1], poses)
