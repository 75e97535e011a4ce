"""Words beside curves, moved apart where they would touch."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from viz3d.figures.page import Page


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places in ascending order, `apart` or more from one another, as near to `wanted` (ascending) as can be.

    Within low..high where they fit. Neighbours that touch move as one block, so the sum of the squares of
    the moves is least (isotonic regression by pooling adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # the place of the first, how many
    for place in wanted:
        start, count = place, 1
        while blocks and blocks[-1][0] + blocks[-1][1] * apart > start:
            before, size = blocks.pop()
            mean = (before * size + (start - size * apart) * count) / (size + count)
            start, count = mean, size + count
        blocks.append((start, count))
    placed = [start + k * apart for start, count in blocks for k in range(count)]
    for k in range(len(placed)):
        placed[k] = max(placed[k], low + k * apart)
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], high - (len(placed) - 1 - k) * apart)
    return placed


def places_beside(
    page: Page, axes: Axes, values: Sequence[float], apart: float, over: float = 0
) -> tuple[list[float], list[float]]:
    """Where values (descending) stand on the y axis, and where their words go: pixels from the page's top.

    The words keep within the axes and `over` pixels above and below them.
    """
    place, (low, high) = axes.get_position(), axes.get_ylim()
    top, bottom = (1 - place.y1) * page.height, (1 - place.y0) * page.height
    wanted = [bottom - (value - low) / (high - low) * (bottom - top) for value in values]
    return wanted, spread(wanted, apart, top - over, bottom + over)
