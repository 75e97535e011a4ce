"""What is no digit: noise all over; ink that is a dot, a frame with nothing in it, a line, words."""

import numpy as np

from data.errors import NoInkError
from data.photo.pixels.morphology import blur, border_of, box_of
from data.photo.rules.broken_frames import is_empty_frame
from data.photo.rules.hull import hull_area
from data.photo.sources.files import Floats

WINDOW = 5  # pixels
DASH = 2.2  # times as wide as tall: hardly a digit is, however it was stretched
DOT = 1.3  # times as high as it is wide, or as wide as high, at most
FILLED = 0.6  # of a dot's box; a disc fills 0.79, a very small one less
FULL = 0.75  # ink in all of a dot's middle; a small digit's eye has less
SOLID = 0.93  # of the least convex shape around it
SLAB, SLAB_FILLED = 2.0, 0.95  # times as long as wide, at most, and filled so much: no stroke is
LINE = 1.15  # strokes a column: a line crosses one
WORDS = 3.0  # times as wide as tall: no digit is, of 4,000 that were stretched and slanted at most 2.4
RELATED = 0.1  # of the variance is shared by neighbours, at least, where there are strokes or shadows
CHANCE = 6.0  # standard deviations of a mean over a window: so far off is nothing by chance


def check_noise(grey: Floats) -> None:
    """NoInkError where a picture (h, w) 0..1 is noise, pixel by pixel, with nothing in it.

    Neighbours are not alike, and no window's mean stands out: a digit in noise does one or the other.
    """
    border = border_of(grey)
    if border.min() == border.max() or min(grey.shape) < 2 * WINDOW:
        return
    off = grey - grey.mean()
    spread = float(np.einsum("ij,ij->", off, off)) / off.size
    pairs = (
        (off[1:], off[:-1]),
        (off[:, 1:], off[:, :-1]),
        (off[1:, 1:], off[:-1, :-1]),
        (off[1:, :-1], off[:-1, 1:]),
    )
    if max(float(np.einsum("ij,ij->", *pair)) / pair[0].size for pair in pairs) > RELATED * spread:
        return
    for radius in (WINDOW // 2, max(WINDOW // 2, min(grey.shape) // 16)):
        means = blur(off, radius)[radius:-radius, radius:-radius]
        if float(np.abs(means).max()) * (2 * radius + 1) > CHANCE * spread**0.5:
            return
    raise NoInkError(
        "no ink found, but noise; give one digit that is clearly darker or lighter than its ground"
    )


def check_dots(inks: list[Floats]) -> None:
    """NoInkError where none of several inks (h, w) 0..1 is more than a dot."""
    if all(_is_dot(ink) for ink in inks):
        raise NoInkError(f"no digit found, but {len(inks)} dots; give one digit, of strokes")


def check_strokes(ink: Floats) -> None:
    """NoInkError where ink (h, w) 0..1 is a dot, an empty frame, a line or words.

    A wide two is no line: most of its columns cross two strokes. What is filled all over is a dot.
    """
    height, width = ink.shape
    if _is_dot(ink):
        raise NoInkError("no digit found, but a dot; give one digit, of strokes")
    if max(ink.shape) <= SLAB * min(ink.shape) and np.count_nonzero(ink > 0.5) > SLAB_FILLED * ink.size:
        raise NoInkError("no digit found, but something filled, as a page is; give one digit, of strokes")
    if is_empty_frame(ink > 0.5):
        raise NoInkError("no digit found, but a frame with nothing in it; give one digit")
    if width <= DASH * height:
        return
    mask = np.pad(ink > 0.5, ((1, 0), (0, 0)))
    crossed = np.count_nonzero(mask[1:] & ~mask[:-1]) / width
    if crossed < LINE:
        raise NoInkError(
            f"no digit found, but a line {width / height:.0f} times as wide as it is high; "
            "give one digit, upright"
        )
    if width > WORDS * height:
        raise NoInkError(
            f"no digit found, but something {width / height:.0f} times as wide as it is high, as words are; "
            "give one digit"
        )


def _is_dot(ink: Floats) -> bool:
    """Whether ink is round or square, as wide as high, and filled: the strokes of a digit leave paper."""
    ink = ink[box_of(ink > 0.5)]
    height, width = ink.shape
    mask = ink > 0.5
    if (
        not ink.size
        or not height <= DOT * width <= DOT**2 * height
        or np.count_nonzero(mask) < FILLED * mask.size
    ):
        return False
    middle = ink[height // 4 : height - height // 4, width // 4 : width - width // 4]
    steps = height + width  # what the corners of a small disc's pixels leave free
    return bool(middle.min() > FULL and np.count_nonzero(mask) + steps >= SOLID * hull_area(mask))
