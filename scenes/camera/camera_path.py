"""Path: the camera's way through a film: it walks along with the signal, stands still, or turns slowly."""

from dataclasses import replace

import numpy as np

from scenes.camera.camera_walk import walk
from scenes.camera.orbit import Orbit, fit
from scenes.camera.path import Path
from scenes.motion.easing import between
from scenes.motion.timeline import Timeline
from scenes.space.corridor import LONG
from scenes.space.layout import Layout
from scenes.space.page import Box, page

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
# Degrees that it turns in all where it turns slowly, by whether the picture is tall, and poses on that way.
# From further round the layers far from the digit would be seen by their edge.
_ROUND, _SIDES = {False: 14.0, True: 22.0}, 9
_ROWS = 14.0  # elevation where decks stand in many rows: they are less high from there, and so wider
_ASIDE, _ABOVE = 14.0, {False: 16.0, True: 26.0}  # degrees round and up by narrowness; up at decks
# Decks, which are no slimmer in a less wide picture, by its width for its height: degrees round, and up. The
# more of both, the more of the height they fill, and the larger they are, so far that none hides another. In
# small pictures, by the unit of their page, names under the last decks would have no room.
_LARGE = 0.4, 0.5
_WIDTHS = 1.06, 1.25, 1.45, 1.6, 1.78, 2.0
_DECKS_ROUND, _DECKS_UP = (44.0, 38.0, 35.0, 32.0, 29.0, 28.0), (39.0, 32.0, 28.0, 23.0, 17.0, 14.0)
# Decks of more panels than the first are seen from farther off, of the second or more by so much less of an
# angle and from so much more above: else those far off are small, and hidden by what stands before them.
_FEW, _MANY, _FARTHER, _HIGHER = 24, 43, 12.0, 3.0


def narrowness(size: tuple[int, int]) -> float:
    """How much less wide than a film a picture of `size` pixels is: 0, for 16:10 and wider, to 0.7."""
    return min(max(1.6 - size[0] / size[1], 0.0), 0.7)


def lens(layout: Layout, size: tuple[int, int]) -> tuple[float, float, float]:
    """Azimuth, elevation and angle of view at the end of a film of `size` pixels, degrees."""
    azimuth, elevation, angle = _LENSES[layout.orientation.name, layout.even]
    if layout.orientation.name == "portrait":
        return azimuth, _ROWS if layout.rows else elevation, angle
    # The less wide a picture, the more the camera looks along the flow, and from above: the net then takes
    # less of its width and more of its height.
    narrow = narrowness(size)
    above = 0.0 if layout.folded else _ABOVE[layout.decks]
    azimuth, elevation = azimuth + _ASIDE * narrow, elevation + above * narrow
    if not layout.decks or layout.folded:
        return azimuth, elevation, angle
    large = between(page(size, portrait=False).unit, *_LARGE)
    azimuth, elevation = (
        degrees + large * (float(np.interp(size[0] / size[1], _WIDTHS, larger)) - degrees)
        for degrees, larger in ((azimuth, _DECKS_ROUND), (elevation, _DECKS_UP))
    )
    far = between(len(layout.panels), _FEW, _MANY)
    return azimuth, elevation + _HIGHER * far, angle - _FARTHER * far


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
    # Few panels that are close to each other stand high, and their names would meet the card.
    sheet = page(size, portrait, painted, bare=bare)
    rectangle = sheet.safe(low=len(layout.panels) <= SHORT and layout.long < LONG, beside=layout.rows)
    # Over decks most strands pass lower than their arcs, see `rises`.
    above, seconds = sheet.headline_sizes[1] if layout.decks and not bare else 0.0, line.seconds
    if way == "orbit":
        return _round(layout, size, rectangle, above, seconds)
    end = _whole(layout, size, rectangle, above)
    if way == "static":
        return Path(((0.0, end),), 0.0, seconds)
    feet = (size[1], size[1]) if bare else (sheet.name_foot(layout.decks), sheet.name_foot(keyed=False))
    return walk(layout, size, line, rectangle, end, feet)


def _round(layout: Layout, size: tuple[int, int], rectangle: Box, above: float, seconds: float) -> Path:
    """A way round the net: from each side all of it fills the rectangle, which takes another distance."""
    keys, in_all = [], _ROUND[layout.orientation.name == "portrait"]
    for share in np.linspace(0.0, 1.0, _SIDES):
        turned = in_all * (float(share) - 1.0)
        pose = _whole(layout, size, rectangle, above, turned)
        # The path turns by itself.
        keys.append((float(share) * seconds, replace(pose, azimuth=pose.azimuth - turned)))
    return Path(tuple(keys), in_all, seconds)


def _whole(layout: Layout, size: tuple[int, int], rectangle: Box, above: float, turned: float = 0.0) -> Orbit:
    """The pose from which all fills a rectangle of the picture: the last one, or so many degrees from it.

    above: pixels by which strands may leave it at the top, as far as the headline.
    """
    azimuth, elevation, angle = lens(layout, size)
    azimuth += turned
    bounds = layout.bounds()
    end = fit(bounds, size, rectangle, azimuth=azimuth, elevation=elevation, angle=angle)
    if not (end.project(layout.arcs, size)[:, 1] < rectangle[1] - above).any():
        return end
    bounds = np.concatenate([bounds, layout.arcs])
    return fit(bounds, size, rectangle, azimuth=azimuth, elevation=elevation, angle=angle)
