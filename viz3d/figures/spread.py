"""Words beside curves, moved apart where they would touch."""

from collections.abc import Sequence


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
