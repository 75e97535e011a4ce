"""Pictures that are no writing at all: soft all over, as clouds and light are, or a board's fields."""

import numpy as np

from data.errors import NoInkError
from data.photo.pixels.morphology import blur, border_of, reduce
from data.photo.sources.files import Floats

SIDE = 100  # pixels, of the shorter side, in which it is looked at
LEAST = 60  # of the same: in smaller pictures strokes are soft too
SOFT = 0.3  # of the steepest slope has half of the picture at least; of paper little
TONES = 0.25  # of the range: so near to each other are the tones of paper
PAPER = 0.6  # of the border, and of the whole picture, is of such at most; of a blurred digit's more
TIGHT = 0.7  # of the picture's height or width: so large a digit is a tight crop's, which has little paper
BOARD = 0.97  # of the pixels are as a board's
FIELDS = 0.3  # of the picture, at least, is of the rarer tone


def check_board(grey: Floats) -> None:
    """NoInkError where a picture (h, w) 0..1 has light and dark fields in turns, as a chessboard has.

    Each row is as the first one or its opposite, and both occur.
    """
    if min(grey.shape) < LEAST:
        return
    grey = reduce(grey, max(1, round(min(grey.shape) / SIDE)))
    light = grey > (float(grey.min()) + float(grey.max())) / 2
    if not FIELDS < np.count_nonzero(light) / light.size < 1 - FIELDS:
        return
    tones = np.where(light, np.float32(1), np.float32(-1))
    across = tones[0]
    for _ in range(3):  # the first row may lie where two fields meet, and be neither
        down = np.where(tones @ across < 0, np.float32(-1), np.float32(1))
        across = np.where(down @ tones < 0, np.float32(-1), np.float32(1))
    both = all(each.min() < each.max() for each in (down, across))
    if both and float(down @ tones @ across) > (2 * BOARD - 1) * tones.size:
        raise NoInkError("no digit found, but light and dark fields, as a chessboard has; give one digit")


def check_edges(grey: Floats, share: float) -> None:
    """NoInkError where a picture (h, w) 0..1 has no paper, but slopes everywhere: no stroke begins there.

    share: of its height or width, whichever is more, that what was found in it covers.
    """
    if min(grey.shape) < LEAST or share > TIGHT:
        return
    grey = reduce(grey, max(1, round(min(grey.shape) / SIDE)))
    if max(_of_one_tone(border_of(grey)), _of_one_tone(grey)) > PAPER:
        return
    smooth = blur(blur(grey, 2), 2)[3:-3, 3:-3]
    slope = np.hypot(np.diff(smooth, axis=0)[:, :-1], np.diff(smooth, axis=1)[:-1])
    if np.median(slope) > SOFT * np.quantile(slope, 0.99):
        raise NoInkError("no ink found, but light and shade without edges; give one digit, on plain paper")


def _of_one_tone(values: Floats) -> float:
    """The greatest share of values that lie within TONES of their range."""
    ordered = np.sort(values, axis=None)
    behind = np.searchsorted(ordered, ordered + TONES * np.ptp(ordered), "right")
    return float((behind - np.arange(ordered.size)).max() / ordered.size)
