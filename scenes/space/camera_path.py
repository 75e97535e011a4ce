"""Path: the camera's way. It starts close to the digit and draws back as the signal advances."""

from dataclasses import dataclass

from scenes.motion.easing import between, smoother
from scenes.motion.timeline import Timeline
from scenes.space.camera import Orbit, fit
from scenes.space.layout import Layout
from scenes.space.page import page

ANGLE = 25.0  # vertical angle of view of a free camera, and of a film of a net without bands, degrees
SHORT = 4  # panels of a short net
# Azimuth, elevation and angle of view at the end of a film, degrees; of a corridor, which is higher and seen
# from nearer, and of all other nets.
_LENSES = {
    ("landscape", True): (29.0, 12.0, 30.0),
    ("landscape", False): (30.0, 14.5, ANGLE),
    ("portrait", True): (6.0, 24.0, 30.0),
    ("portrait", False): (11.0, 24.0, ANGLE),
}
_ASIDE, _ABOVE = 14.0, 16.0  # degrees round and up for each unit of narrowness


@dataclass(frozen=True)
class Path:
    """A film's camera.

    Attributes:
        start, end: the first and last pose at rest.
        leave, arrive: seconds between which the camera goes from one to the other.
        drift: degrees of azimuth that it goes on turning until `seconds`, so that the last picture lives.
        seconds: length of the film.
    """

    start: Orbit
    end: Orbit
    leave: float
    arrive: float
    drift: float
    seconds: float

    def at(self, t: float) -> Orbit:
        """The pose at time t in seconds."""
        pose = self.start.mix(self.end, float(smoother(between(t, self.leave, self.arrive))))
        turn = self.drift * (float(between(t, 0.0, self.seconds)) - 1.0)
        return Orbit(pose.focus, pose.distance, pose.azimuth + turn, pose.elevation, pose.angle)


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


def camera_path(layout: Layout, size: tuple[int, int], line: Timeline, painted: bool = False) -> Path:
    """Plan the camera's way for a layout in a frame of `size` pixels; see Page for `painted`."""
    portrait = layout.orientation.name == "portrait"
    # Few panels stand high, and their names would meet the card.
    rectangle = page(size, portrait, painted).safe(low=len(layout.panels) <= SHORT)
    azimuth, elevation, angle = lens(layout, size)
    end = fit(layout.bounds(), size, rectangle, azimuth=azimuth, elevation=elevation, angle=angle)
    first = layout.panels[0].corners()
    close = fit(first, size, rectangle, azimuth=azimuth + 8.0, elevation=elevation, angle=angle)
    # Not all the way to the digit: close enough to see it written, far enough to see where it will go.
    start = end.mix(close, 0.65 if portrait else 0.80)
    return Path(start, end, line.digit[1], 0.93 * line.pulses[-1][1], drift=5.0, seconds=line.seconds)
