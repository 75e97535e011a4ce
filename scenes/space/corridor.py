"""The corridor: measures of a net whose panels are all of one height, so that bands meet their bars.

All lengths are scene units.
"""

from scenes.space.raster import Raster, Room

HIGH = 37.0
"""Height of every panel in landscape."""
WIDE = 63.0
"""Width of every panel in portrait."""
PITCH = {"landscape": 3.45, "portrait": 6.25}
"""From one output to the next, of ten."""
_AIRY = 5  # stations that have all the room they want


def band_room(neurons: int, stations: int, portrait: bool) -> Room:
    """What a panel of bands may fill: the more neurons, the more, and less in a net of many panels."""
    share = neurons / 512
    if portrait:
        return Room(WIDE, 12.5 * min(share, 1.5) ** 0.25)
    return Room(41.0 * min(share, 1.5) ** 0.33 * (1.0 if stations <= _AIRY else 0.72), HIGH)


def wall_room(portrait: bool) -> Room:
    """What a wall of feature maps may fill."""
    return Room(WIDE, 13.0) if portrait else Room(30.0, HIGH)


def input_cell(side: int, portrait: bool) -> float:
    """Side of a pixel of a picture of so many rows."""
    return (31.0 if portrait else HIGH) / side


def gap(before: list[Raster], after: list[Raster], stations: int, *, first: bool, last: bool) -> float:
    """Between the middles of two stations in landscape: no panel hides more than the edge of the next."""
    wide = max(r.width for r in before) + max(r.width for r in after)
    more = stations - _AIRY
    between = max(2.0, 9.0 - 3.0 * more)
    # The digit is seen whole, and the last strands are: those two gaps shrink only where there is much room.
    return 0.33 * wide + max(between, 12.0 - 3.0 * min(more, 0) if first else 9.0 if last else 0.0)
