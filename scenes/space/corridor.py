"""The corridor: measures of a net whose panels are all of one height, so that bands meet their bars.

All lengths are scene units.
"""

from math import ceil

from scenes.space.raster import Raster, Room

HIGH = 37.0
"""Height of every panel in landscape."""
WIDE = 63.0
"""Width of every panel in portrait."""
_BROADEST = 46.0
"""Width of a picture in landscape: a row of pixels as high as a panel would hide the whole net."""
LONG, TALL = 112.0, {True: 70.0, False: 50.0}
"""From the first panel to the last, at least, as in a net of five stations: in landscape, and in portrait by
whether it is a corridor, whose panels are wider."""
_AIRY = 5  # stations that have all the room they want
_LONGER, _MORE = 0.05, 2  # by how much a net may be longer for each station beyond those, and for how many
_CLOSED = 0.70  # what is left of the room between two rows of a tall picture, at least
_FARTHER = 26.0  # more than two stations need, at most, so that few of them fill the picture too


def band_room(neurons: int, stations: int, portrait: bool, step: float | None) -> Room:
    """What a panel of bands may fill: the more neurons, the more, and less in a net of many panels.

    step: from one station to the next in a net of so many that panels are narrow; else None.
    """
    share = min(neurons / 512, 1.5)
    if portrait:
        return Room(WIDE, 12.5 * share**0.25 if step is None else 0.86 * step)
    wide = 41.0 * share**0.33 * (1.0 if stations <= _AIRY else 0.72)
    return Room(wide if step is None else 1.5 * step, HIGH)


def pitch(outputs: int, portrait: bool) -> float:
    """From one output to the next: ten are as high as the panels, or as wide."""
    return (6.25 if portrait else 3.45) * 10 / max(outputs, 10)


def wall_room(maps: int, portrait: bool) -> Room:
    """What a wall of so many feature maps may fill: in portrait two rows across the page."""
    return Room(WIDE, min(2 * WIDE / ceil(maps / 2), 13.0)) if portrait else Room(30.0, HIGH)


def input_cell(rows: int, columns: float, portrait: bool) -> float:
    """Side of a pixel of a picture: it is as high as all panels are, but no wider than there is room."""
    high, wide = (31.0, WIDE) if portrait else (HIGH, _BROADEST)
    return min(high / rows, wide / columns)


def gap(
    before: list[Raster], after: list[Raster], stations: int, slim: float, *, first: bool, last: bool
) -> float:
    """Between the middles of two stations in landscape: no panel hides more than the edge of the next.

    slim: see Orientation.
    """
    wide = max(r.width for r in before) + max(r.width for r in after)
    more = stations - _AIRY
    # The camera of a picture as high as wide looks more along the flow: many walls would seem to be one.
    apart, least = (0.40, 3.0) if slim > 1 and more > 0 else (0.33, 2.0)
    between = max(least, 9.0 - 3.0 * more)
    # The digit is seen whole, and the last strands are: those two gaps shrink only where there is much room.
    return apart * wide + max(between, 12.0 - 3.0 * min(more, 0) if first else 9.0 if last else 0.0)


def longer(stations: int) -> float:
    """By how much a net of many stations may be longer for its height, as their names need room."""
    return 1.0 + _LONGER * min(max(stations - _AIRY, 0), _MORE)


def stretched(gaps: list[float], whole: float) -> list[float]:
    """Gaps between stations, longer where a net shorter than `whole` would leave much of a picture empty."""
    return [gap + min(max(whole - sum(gaps), 0.0) / len(gaps), _FARTHER) for gap in gaps]


def closed(gaps: list[float], air: list[float], whole: float) -> list[float]:
    """Gaps between rows, shorter where a net longer than `whole` would leave the sides of a picture empty.

    air: the part of each gap that no panel takes; all keep the same share of it, `_CLOSED` at least.
    """
    left = 1.0 - max(sum(gaps) - whole, 0.0) / max(sum(air), 1e-6)
    return [gap - (1.0 - max(left, _CLOSED)) * room for gap, room in zip(gaps, air, strict=True)]
