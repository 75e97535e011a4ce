"""Any picture of digits, a file, an array or a Pillow image, becomes 28x28 as MNIST's digits did."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from data.errors import (
    CrossedOutError,
    DataError,
    DoubtfulError,
    NoInkError,
    SeveralDigitsError,
    TooPaleError,
    UnlikeDigitsError,
)
from data.photo.canvas import SIDE, is_mnist_like, place
from data.photo.groups import Box
from data.photo.ink import FAINT, Sighting, sight
from data.photo.marks import Marks, marks
from data.photo.paler import Layers, Seen, with_paler
from data.photo.rules.no_digit import check_dots, check_noise, check_strokes
from data.photo.rules.no_paper import check_board, check_edges
from data.photo.screens import sheet_in
from data.photo.several import check_pick, each_of, picked
from data.photo.shadows import without_shadows
from data.photo.shapes.crossed import is_crossed_out
from data.photo.shapes.outlines import without_outline
from data.photo.shapes.sheets import off_badge, sheet_alone
from data.photo.shapes.slashed import without_slash
from data.photo.shapes.touching import parts_that_touch
from data.photo.shapes.unlike import is_no_digit
from data.photo.sources.drawn_out import drawn_out
from data.photo.sources.files import Floats, Source, frames_of, name_of
from data.photo.sources.tones import to_grey
from data.photo.tiny import lone_place
from data.photo.two_tones import in_black_and_white, on_clean_paper
from guarding import in_a_line

DOT = 0.15  # of the picture's longer side: what is no larger may be a dot
MANY = 3  # digits: so many are told apart in the picture itself
PRINT = 60  # pixels: in smaller pictures there are no rows of marks


@dataclass(frozen=True, eq=False)
class Reading:
    """A digit as uint8 (28, 28), and where it was: number of count digits, in which frame; both from 1 on."""

    image: NDArray[np.uint8]
    number: int = 1
    count: int = 1
    frame: int = 1

    @property
    def place(self) -> str:
        """The place in words, such as "digit 2 of 3" or "frame 4"; empty where there is nothing to tell."""
        digit = [f"digit {self.number} of {self.count}"] if self.count > 1 else []
        return ", ".join(digit + ([f"frame {self.frame}"] if self.frame > 1 else []))


def digit_from_image(source: Source, pick: int | None = None) -> NDArray[np.uint8]:
    """One digit, drawn or photographed, as uint8 (28, 28), white on black, scaled and centred as in MNIST.

    source: a PNG, JPEG, GIF, BMP, TIFF or WebP file, or an array that NumPy saved (.npy), by its name or
    open, a Pillow image, or an array or list of rows, (h, w), (h, w, 1), (h, w, 2) grey and alpha, (h, w, 3)
    or (h, w, 4), or with such channels first, of bool, integers or floats.
    From 8 pixels high to 50 megapixels, dark on light or light on dark. An image that already is like MNIST's
    comes back as it is; of others a digit wider than 1.1 times its height is squeezed to that. pick: which of
    several digits, from 1 on, line by line from left to right; 0 reads ink that hangs together as one digit,
    though it looks like several that touch. 1 or 0 reads the only digit though it seems crossed
    out, or like none. DataError in one line: no ink, several digits or such a doubtful one and no pick, too
    small, too large, not such an image.
    """
    return read_digit(source, pick).image


def read_digit(source: Source, pick: int | None = None, letters: bool = False) -> Reading:
    """The same with where the digit was; of a picture that moves, in the first frame with a digit in it.

    Where the digit is drawn there, row by row or stroke by stroke, in the frame in which it is whole.

    letters: what is written may be another character: no X is told as crossed out, and nothing as no digit.
    """
    if pick is not None and (isinstance(pick, bool) or not isinstance(pick, Integral)):
        raise DataError(f"pick is the number of a digit, counted from 1, or None, got {in_a_line(pick)}")
    name, failed = name_of(source), None
    for number, colours in drawn_out(frames_of(source)):
        try:
            grey = _grey(colours)
            check_noise(grey)
            return _read(in_black_and_white(grey), pick, number, letters)
        except NoInkError as error:
            failed = failed or NoInkError(f"{name}: {error}")
        except SeveralDigitsError as error:
            raise error.named(name) from None
        except DoubtfulError as error:
            end = "pick 1 to have it read all the same"
            raise type(error)(f"{name}: {error.what} {error.why}; {end}") from None
        except DataError as error:
            raise DataError(f"{name}: {error}") from None
    raise failed or NoInkError(f"{name} has no picture in it")


def _grey(colours: Floats) -> Floats:
    """Colours (h, w, c) 0..1 as grey (h, w), of the sheet alone where there is one."""
    colours = sheet_in(colours)
    grey = to_grey(colours)
    check_board(grey)
    alone = sheet_alone(colours, grey)
    return grey if alone is colours else to_grey(alone)


def count_digits(source: Source, letters: bool = False) -> int:
    """How many digits read_digit can pick from. DataError: none; DoubtfulError: hardly one."""
    try:
        return read_digit(source, letters=letters).count
    except SeveralDigitsError as error:
        return error.count


def _read(grey: Floats, pick: int | None, frame: int, letters: bool) -> Reading:
    for alike in (grey, 1 - grey) if grey.shape == (SIDE, SIDE) else ():
        if is_mnist_like(alike) and pick in (None, 0, 1):
            return Reading(np.asarray(np.round(alike * 255), np.uint8), frame=frame)
    lit = without_shadows(grey)
    seen = with_paler(_seen(lit), grey, lit)
    number, ink = pick or 1, None
    if len(seen.digits) == 1:
        check_edges(grey, _share(seen))
        seen, ink = _alone(seen)
    if ink is not None and pick != 0:
        parts = parts_that_touch(ink)
        if parts or (parts is not None and pick != 1):
            return Reading(place(picked(parts, pick)), number, len(parts), frame)
    digits, also = ([seen.ink], "") if len(seen.digits) == 1 else each_of(seen)
    if 1 < len(digits) <= MANY and max(max(each.height, each.width) for each in seen.digits) < DOT * max(
        grey.shape
    ):
        check_dots([digit() for digit in digits])
    check_pick(len(digits), pick or None, also)
    ink = _one(digits[number - 1]()) if ink is None else ink
    if ink.max(initial=0) <= 0.5:
        raise NoInkError(FAINT)
    check_strokes(ink)
    placed = place(ink)
    if pick is None and not letters:
        _check_doubts(ink, placed, isinstance(seen, Layers) and seen.doubtful)
    return Reading(placed, number, len(digits), frame)


def _check_doubts(ink: Floats, placed: NDArray[np.uint8], beside: bool) -> None:
    """DoubtfulError where ink (h, w) 0..1, and as it is placed (28, 28), is better asked about.

    beside: whether there is something by it that may be another digit.
    """
    if beside:
        raise TooPaleError
    if is_crossed_out(ink):
        raise CrossedOutError
    if is_no_digit(placed):
        raise UnlikeDigitsError


def _share(seen: Seen) -> float:
    """Of the picture's height or width, whichever is more, that its first digit covers."""
    (height, width), box = seen.grey.shape, seen.digits[0]
    step = seen.step if isinstance(seen, Sighting) else 1
    return float(step * max(box.height / height, box.width / width))


def _alone(seen: Seen) -> tuple[Seen, Floats | None]:
    """What is seen with the ink of its only digit; or what is seen on it, several, where it is a label."""
    ink, label = _usual(seen.ink())
    return (seen, ink) if label is None else (label, None)


def _one(ink: Floats) -> Floats:
    """A digit's ink as it is usually written; DataError where it is a label with several."""
    ink, label = _usual(ink)
    if label is not None:
        count = len(label.digits)
        raise DataError(f"{count} digits on a label are seen; cut one of them out and give it alone")
    return ink


def _usual(ink: Floats) -> tuple[Floats, Seen | None]:
    """A digit's ink as it is usually written: not an outline, a slashed nought, or on a small badge.

    With what is seen on it, several digits, where it is a label.
    """
    ink = without_slash(without_outline(ink))
    there = _on_label(ink)
    if there is None:
        return ink, None
    if len(there.digits) > 1:
        return ink, there
    return without_slash(without_outline(there.ink())), None


def _on_label(ink: Floats) -> Seen | None:
    """What is seen on ink that is a small disc or label; None: it is none, or there is nothing."""
    with suppress(NoInkError):
        if (badge := off_badge(ink)) is not None:
            return with_paler(_seen(badge), badge, badge)
    return None


def _seen(grey: Floats) -> Sighting | Marks:
    """The digits that the search for one sees, or the marks that ran together in its coarse copy."""
    failed, seen = None, None
    try:
        seen = sight(*on_clean_paper(grey))
        if seen.certain and len(seen.digits) < MANY:
            return seen
    except NoInkError as error:
        failed = error
    if seen is not None and seen.clean and len(seen.digits) == 1:
        grey = seen.grey  # what a tight crop leaves of its paper is no row of marks
    apart = marks(grey) if max(grey.shape) >= PRINT else []
    near = seen is not None and seen.step == 1 and not seen.clean and len(seen.digits) == 1
    if seen is not None and near and _all_in(apart, seen.digits[0]):
        return seen  # they are the grain of its pencil
    # Three pieces in a row may be one digit's and its frame's.
    count = MANY if seen is None else len(seen.digits)
    if len(apart) >= (2 * MANY if count == 1 else MANY):
        return Marks(grey, tuple(apart))
    if seen is None and (there := lone_place(grey)) is not None:
        return sight(*on_clean_paper(grey[there]))
    if seen is None:
        raise failed or NoInkError("no ink found")
    return seen


def _all_in(boxes: list[Box], box: Box) -> bool:
    return all(
        box.top <= each.top
        and box.left <= each.left
        and box.bottom >= each.bottom
        and box.right >= each.right
        for each in boxes
    )
