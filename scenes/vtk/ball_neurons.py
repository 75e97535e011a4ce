"""BallNeurons: the neurons that are drawn as balls, in the order in which they blend, and their halos."""

from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Frame
from scenes.vtk.window.offscreen import OffscreenWindow

_HALO = 3.6  # radius of a halo over its ball's


class BallNeurons:
    """Balls from far to near for the pose of the moment: their soft rims blend over what is behind.

    Args:
        ids: global ids of the neurons (n,).
        places: float32 (n, 3), scene units.
        window: where they are drawn.
        ink: whether the ground is light. painted: whether they keep their hue at white heat.

    Attributes:
        balls: what draws them: the driver, or compiled loops.
        order: their ids as they are drawn, from far to near.
    """

    def __init__(
        self,
        ids: NDArray[np.int64],
        places: NDArray[np.float32],
        window: OffscreenWindow,
        *,
        ink: bool,
        painted: bool,
    ) -> None:
        self._ids, self._places = ids, places
        self._pose: Orbit | None = None
        self._rank, self.order = np.arange(len(ids)), ids
        self._values = np.zeros((len(ids), 3), np.uint8), *np.zeros((2, len(ids)), np.float32)
        self._given: tuple[NDArray[Any], ...] = (self._values[0],) * 3
        self.balls = window.add_balls(places, ink=ink, painted=painted)

    def aim(self, pose: Orbit) -> None:
        """Sort what was last drawn for a pose."""
        if self._sort(pose):
            self._show()

    def draw(self, frame: Frame) -> None:
        """Show a frame's values, as its own pose sees them. The same arrays again cost nothing."""
        given, moved = (frame.neuron_rgb, frame.level, frame.neuron_size), self._sort(frame.camera)
        if not moved and all(map(is_, given, self._given)):
            return
        self._given = given
        self._values = given[0][self._ids], given[1][self._ids], given[2][self._ids]
        self._show()

    def _sort(self, pose: Orbit) -> bool:
        """Put the balls in order; False where they stand so. The pose alone decides, not the one before."""
        if pose == self._pose:
            return False
        self._pose, rank = pose, far_to_near(self._places, pose)
        if np.array_equal(rank, self._rank):
            return False
        self._rank, self.order = rank, self._ids[rank]
        self.balls.move(self._places[rank])
        return True

    def _show(self) -> None:
        rgb, level, radius = (value[self._rank] for value in self._values)
        heat = np.clip(level**0.75 * 255.0, 0, 255).astype(np.uint8)
        self.balls.paint(np.concatenate([rgb, heat[:, None]], axis=1), radius)


class Halos:
    """Soft light around neurons, added to the picture or, with ink, taken away. It adds up in any order.

    Args:
        ids, places, window: as for `BallNeurons`.
        ink: whether the ground is light, as for `BallNeurons`.
    """

    def __init__(
        self, ids: NDArray[np.int64], places: NDArray[np.float32], window: OffscreenWindow, *, ink: bool
    ) -> None:
        self._ids, self._ink = ids, ink
        self._given: tuple[NDArray[Any], ...] = places, places
        self._spots = window.add_spots(places, ink=ink)

    def draw(self, frame: Frame) -> None:
        """Show a frame's values. The same arrays again cost nothing."""
        given = frame.halo_rgba, frame.neuron_size
        if all(map(is_, given, self._given)):
            return
        self._given = given
        rgba, radius = frame.halo_rgba[self._ids], _HALO * frame.neuron_size[self._ids]
        if self._ink:
            rgba = rgba.copy()
            np.invert(rgba[:, :3], out=rgba[:, :3])
        self._spots.paint(rgba, np.where(rgba[:, 3] > 0, radius, np.float32(0)))


def far_to_near(places: NDArray[np.float32], pose: Orbit) -> NDArray[np.int64]:
    """The order of points (n, 3) by their depth in a pose's view, farthest first; equal ones as they come."""
    return np.argsort(places @ pose.axes()[2].astype(np.float32), kind="stable")
