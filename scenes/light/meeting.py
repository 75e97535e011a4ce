"""Meeting: how much light of strands meets in one place, so that where many do each shines less."""

import numpy as np
from numpy.typing import NDArray

from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.strand_curves import POINTS

Floats = NDArray[np.float32]

_MEASURED = 2, 6, 10  # points of the curves at which fronts are measured: they leave close to each other
_PEAK = 4.0  # of the mean, the most light in one bundle: more would be a white band without strands


def crowding(drawn: DrawnSynapses, shine: Floats) -> Floats:
    """How much light meets in one place half way between the layers, for each connection: float32 (C,).

    That is the light of the strands in the same cube of one unit. shine: float32 (K,), the light of each.
    """
    if not len(drawn):
        return np.zeros(len(drawn.spans), dtype=np.float32)
    half = POINTS // 2
    between: Floats = (drawn.curves[:, half - 1] + drawn.curves[:, half]) * np.float32(0.5)
    return _meeting(drawn, between, shine)


def overlap(drawn: DrawnSynapses, shine: Floats, sight: Floats) -> Floats:
    """How much light meets along the way for an eye that looks from the side: float32 (C, POINTS).

    Measured as `crowding` is, of strands before each other, at three points of the curves, and evenly
    between. sight: float32 (2, 3), unit vectors of the picture's right and its up.
    """
    if not len(drawn):
        return np.zeros((len(drawn.spans), POINTS), dtype=np.float32)
    met = np.stack([_meeting(drawn, drawn.curves[:, at] @ sight.T, shine) for at in _MEASURED])
    share = np.interp(np.arange(POINTS), _MEASURED, np.arange(len(_MEASURED)))
    low = np.minimum(share.astype(np.int64), len(_MEASURED) - 2)
    part = (share - low).astype(np.float32)[:, None]
    along: Floats = (met[low] * (1 - part) + met[low + 1] * part).T
    return along


def _meeting(drawn: DrawnSynapses, at: Floats, shine: Floats) -> Floats:
    """The light in the same cell of one unit, averaged over the strands, or a part of the most.

    at: float32 (K, n), where each strand is; float32 (C,), 0 for a connection without strands.
    """
    cell = np.floor(at).astype(np.int64)
    cell -= cell.min(axis=0)
    # One number for each cell of each connection: much faster to sort than rows.
    key = drawn.connection.astype(np.int64)
    for axis, wide in enumerate((cell.max(axis=0) + 1).tolist()):
        key = key * wide + cell[:, axis]
    _, place = np.unique(key, return_inverse=True)
    meets = np.bincount(place, weights=shine)[place]
    light = np.zeros(len(drawn.spans), dtype=np.float32)
    used = [(number, span) for number, span in enumerate(drawn.spans) if span.stop > span.start]
    most = (np.maximum.reduceat(meets, [span.start for _, span in used]) / _PEAK).tolist()
    for (number, span), peak in zip(used, most, strict=True):
        # The mean: its method takes twice as long.
        light[number] = max(np.add.reduce(meets[span]) / (span.stop - span.start), peak)
    return light
