"""Camera: where a person looks from; it is moved at once or flies."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QVariantAnimation, Signal

from scenes import Layout, Orbit
from scenes.camera.orbit import fit
from scenes.camera.orbit_moves import close_to, flown, panned, turned, under, view_from, zoomed
from scenes.motion.easing import smoother
from scenes.space.page import Box
from scenes.space.panel import Panel

Size = tuple[int, int]
Vector = NDArray[np.float32]
_FLIGHT = 450  # ms
_ANSWER = 192, 60  # px from the right and the top of the free part that the answer takes, and its veil
_TRIES = 4  # to lower the net until its bars are clear of the answer: the lower, the smaller it is
_EDGE = 16  # px beyond the free part of the view that still count as seen
_FRONT = 0.2  # of a panel's area that is seen where it is said to face the camera
_EASED = 6.0  # degrees within which a net that was seen aside comes to the middle as one goes round it
_CLOSE = 0.034  # of the picture's height: pixels for a scene unit beside a neuron that was flown to


@dataclass(frozen=True)
class _Round:
    """A way round the net: how many times as far away it began as it need be, 0 where only a part was seen.

    gone: degrees.
    """

    spare: float
    gone: float = 0.0


class Camera(QObject):
    """A pose and its moves. Signals: `moved` after each change of the pose.

    Attributes:
        pose: where it stands, None until it knows a net.
    """

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pose: Orbit | None = None
        self._layout: Layout | None = None
        self._size: Size = (1, 1)
        self._rectangle: Box = (0.0, 0.0, 1.0, 1.0)
        self._view = "home"
        self._pivot: NDArray[np.floating] = np.zeros(3)
        self._around: _Round | None = None  # None as soon as the camera moves otherwise
        self._from: Orbit | None = None
        self._goal: Orbit | None = None
        self._flight = QVariantAnimation(self)
        self._flight.setStartValue(0.0)
        self._flight.setEndValue(1.0)
        self._flight.valueChanged.connect(self._fly)

    def settle(self, layout: Layout, size: Size, rectangle: Box) -> bool:
        """Learn of the net, the picture's size and the part of it that the net may fill, in pixels.

        What was moved by hand stays; a view that was asked for is fitted anew, and where the neurons stand
        elsewhere they are seen from home. Returns whether the pose has changed.
        """
        other = self._layout is None or not _alike(self._layout, layout)
        known = (self._size, self._rectangle) == (size, rectangle) and not other
        self._layout, self._size, self._rectangle = layout, size, rectangle
        if other:
            self._view = "home"
        if known or not self._view:
            return False
        self._stop()
        self._pivot, self._around = _middle(layout), None
        self.pose = self._whole(self._view, layout)
        return True

    def view_from(self, name: str) -> None:
        """Fly to one of `scenes.camera.orbit_moves.VIEWS`."""
        if self._layout is not None:
            self._pivot = _middle(self._layout)
            self._start(self._whole(name, self._layout))
            self._view = name

    def _whole(self, view: str, layout: Layout) -> Orbit:
        """The pose of a view from which all is seen, and the bars stand below the answer."""
        left, top, right, bottom = self._rectangle
        lowest = (top + bottom) / 2
        bars = layout.bars.quads(np.ones(len(layout.bars.base), np.float32)).reshape(-1, 3)
        pose = view_from(view, layout, self._size, self._rectangle)
        for _ in range(_TRIES):
            x, y = pose.project(bars, self._size).T
            hidden = self._rectangle[1] + _ANSWER[1] - float(y.min())
            if hidden < 1.0 or float(x.max()) < right - _ANSWER[0]:
                break
            top = min(top + hidden, lowest)
            pose = view_from(view, layout, self._size, (left, top, right, bottom))
        return pose

    def fly_to(self, point: Vector) -> None:
        """Fly close to a point (3,), about which it turns from then on."""
        if self.pose is None:
            return
        left, top, right, bottom = self._rectangle
        scale = max(_CLOSE * self._size[1], self.pose.scale_at(point, self._size))
        self._pivot = point
        self._start(close_to(self.pose, point, self._size, ((left + right) / 2, (top + bottom) / 2), scale))
        self._view = ""

    def follow(self, point: Vector) -> None:
        """Fly, as near as it is, to where a point (3,) is in view; nowhere where it is, or soon will be."""
        aim = self._goal if self.flying else self.pose
        if aim is None:
            return
        if self._sees(aim, point[None]):
            return
        left, top, right, bottom = self._rectangle
        scale, middle = aim.scale_at(self._pivot, self._size), ((left + right) / 2, (top + bottom) / 2)
        self._start(close_to(aim, point, self._size, middle, scale))
        self._pivot, self._view = point, ""

    def faces(self, panel: Panel) -> bool:
        """Whether all of a panel is in view, or soon will be, and its front is seen."""
        aim = self._goal if self.flying else self.pose
        if aim is None:
            return False
        ends = np.array([panel.centre, panel.centre + panel.right, panel.centre + panel.up])
        start, *sides = aim.project(ends, self._size)
        across, above = (side - start for side in sides)
        # Of the front, what is up is a quarter turn to the left of what is right: y counts downwards.
        turned = float(across[0] * above[1] - across[1] * above[0])
        front = turned < -_FRONT * aim.scale_at(panel.centre, self._size) ** 2
        return front and self._sees(aim, panel.corners())

    def fly_to_part(self, corners: Vector) -> None:
        """Fly, looking the same way, to where points (P, 3) fill the view; it turns about their middle."""
        if self.pose is None:
            return
        self._pivot = (corners.min(axis=0) + corners.max(axis=0)) / 2
        self._start(self._filled(corners, self.pose))
        self._view = ""

    def turn(self, azimuth: float, elevation: float) -> None:
        """Turn by degrees."""
        if self.pose is not None:
            self._go(turned(self.pose, self._pivot, azimuth, elevation))

    def go_round(self, azimuth: float) -> None:
        """Turn by degrees as nobody's hand does: what was all in view stays so, as near as there is room."""
        if self.pose is None or self._layout is None:
            return
        net = self._layout.bounds()
        around = self._around or self._begin_round(net, self.pose)
        pose = turned(self.pose, self._pivot, azimuth, 0.0)
        if around.spare:
            around = replace(around, gone=around.gone + abs(azimuth))
            goal = self._filled(net, pose)
            goal = zoomed(goal, around.spare, np.asarray(goal.focus))
            pose = pose.mix(goal, min(around.gone / _EASED, 1.0))
        self._go(pose)
        self._around = around

    def _begin_round(self, net: Vector, pose: Orbit) -> "_Round":
        spare = max(pose.distance / self._filled(net, pose).distance, 1.0)
        return _Round(spare if self._sees(pose, net) else 0.0)

    def _sees(self, pose: Orbit, points: Vector) -> bool:
        """Whether points (P, 3) are all within the free part of the view."""
        left, top, right, bottom = self._rectangle
        x, y = pose.project(points, self._size).T
        inside = (left - _EDGE <= x) & (x <= right + _EDGE) & (top - _EDGE <= y) & (y <= bottom + _EDGE)
        return bool(inside.all())

    def _filled(self, points: Vector, pose: Orbit) -> Orbit:
        """From where points (P, 3) fill the view, looking as in a pose."""
        angles = {"azimuth": pose.azimuth, "elevation": pose.elevation, "angle": pose.angle}
        return fit(points, self._size, self._rectangle, **angles)

    def pan(self, x: float, y: float, held: NDArray[np.floating]) -> None:
        """Let a point (3,) follow the hand by pixels."""
        if self.pose is not None:
            self._go(panned(self.pose, x, y, self._size, held))

    def zoom(self, factor: float, point: NDArray[np.floating]) -> None:
        """Come nearer to a point (3,)."""
        if self.pose is not None:
            self._go(zoomed(self.pose, factor, point))

    def under(self, x: float, y: float) -> NDArray[np.floating]:
        """The point (3,) under a pixel where nothing stands."""
        return np.zeros(3) if self.pose is None else under(self.pose, (x, y), self._size)

    @property
    def view(self) -> tuple[Size, Box]:
        """The picture's size and the part of it that the net may fill, in pixels."""
        return self._size, self._rectangle

    @property
    def flying(self) -> bool:
        """Whether it is on its way."""
        return self._flight.state() == QVariantAnimation.State.Running

    def _go(self, pose: Orbit) -> None:
        self._stop()
        self._view, self.pose, self._around = "", pose, None
        self.moved.emit()

    def _start(self, goal: Orbit) -> None:
        self._stop()
        self._from, self._goal, self._around = self.pose, goal, None
        self._flight.setDuration(_FLIGHT)
        self._flight.start()

    def _stop(self) -> None:
        self._flight.stop()

    def _fly(self, share: float) -> None:
        if self._from is not None and self._goal is not None:
            self.pose = flown(self._from, self._goal, float(smoother(share)))
            self.moved.emit()


def _alike(a: Layout, b: Layout) -> bool:
    return a is b or bool(np.array_equal(a.positions, b.positions))


def _middle(layout: Layout) -> NDArray[np.floating]:
    bounds = layout.bounds()
    return (bounds.min(axis=0) + bounds.max(axis=0)) / 2
