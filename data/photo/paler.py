"""Digits of a paler pen beside those that are seen, as a pencil's beside a marker's.

A picture's full ink is that of its darkest pen, and one threshold parts all ink from paper; a pen less than
half as dark is then paper. So what is seen is painted over with its paper, and looked past once more. A thing
is a digit there only if it stands in a row with a seen one, is as tall, and a network knows it as a digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo.canvas import place, stroke_width
from data.photo.groups import Box, in_reading_order
from data.photo.ink import Sighting, search_around
from data.photo.lines import without_lines
from data.photo.marks import Marks
from data.photo.pixels.morphology import Cut, closing, dilate, reduce
from data.photo.pixels.pieces import Piece, label_pieces
from data.photo.rules.ruled_paper import without_rules
from data.photo.shapes.unlike import SURE, likelier

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FINE = 20  # pixels: so high are digits in the copy that is looked through
SIDE = 500  # pixels: larger copies have digits so small that they are a page's
MOST = 24  # digits; more are a page's
WIDEST = 0.45  # of a digit's height: what is wider is a shadow
FAINTEST = 0.04  # share of the paper's light that the palest pen takes away
NOISES = 4.0  # standard deviations of the paper, at least
HALF = 0.25  # of the seen ink's contrast: what has more in a seen digit's box is that digit
DARK = 0.6  # of the seen ink's usual contrast: what has more is no paler
TALL, HIGH, WIDE = 0.6, 1.5, 1.8  # of the usual height: so high is a digit beside others, and so wide at most
LEVEL = 0.5  # of the lower one's height two digits of a row overlap
NEAR = 3.0  # heights: a digit has its neighbour nearer
ASIDE = 0.2  # of its box, at most, lies in those of others
LINED = 0.7  # of what is there is left without lines: then the paper is lined
UPRIGHT = 0.35  # of its height: as narrow are what is left of a line, and ones
THIN = 0.05  # of its height: an upright stroke so fine is a line's
THICK = 0.18  # of its height: broader is a finger's shadow
KNOWN = 0.0  # logarithm of how much likelier it is none than a digit, at most
LIT = 0.02  # of black to white, of a tenth of a box: so much lighter was made what may be a shadow
SURER, CLEAR = 3.0, 0.012  # less of that has a digit there, and a higher score; soft edges have a lower one


@dataclass(frozen=True, eq=False)
class Layers:
    """Digits of two layers of a picture grey (h, w) 0..1, in reading order: what is seen, and paler ones.

    seen holds the first ones; paler those of a picture in which these are painted over. digits: their boxes;
    places: for each its layer, 0 or 1, and its number there. doubtful: whether something else as pale may be
    one more.
    """

    seen: Sighting | Marks
    paler: Marks
    digits: tuple[Box, ...]
    places: tuple[tuple[int, int], ...]
    doubtful: bool

    @property
    def grey(self) -> Floats:
        """The picture."""
        return self.paler.grey

    def ink(self, number: int = 0) -> Floats:
        """The ink of the digit of that number, from 0 on, cut out tightly: (h', w') 0..1.

        NoInkError: none.
        """
        layer, at = self.places[number]
        return self.paler.ink(at) if layer else self.seen.ink(at)


Seen = Sighting | Marks | Layers


@dataclass(frozen=True, eq=False)
class _Found:
    """Boxes of what may be paler digits, the mask of seen ink, the paper (h, w), whether it is lined."""

    boxes: list[Box]
    inked: Mask
    paper: Floats
    lined: bool


def with_paler(seen: Sighting | Marks, grey: Floats, lit: Floats) -> Seen:
    """What is seen with paler digits in its rows; the same where there is none.

    grey: the picture (h, w) 0..1 as it was given; lit: the same without shadows, and pale ink taken for one.
    """
    boxes = [] if _is_all(seen, grey) else _boxes_in(seen, grey.shape)
    if not 0 < len(boxes) <= MOST:
        return seen
    usual = float(np.median([box.height for box in boxes]))
    step = max(1, int(usual / FINE))
    small = reduce(grey, step)
    found = None
    if max(small.shape) <= SIDE:
        found = _paler(small, [_coarser(box, step) for box in boxes], usual / step)
    if found is None:
        return seen
    height, width = grey.shape
    inked, paper = (
        each.repeat(step, 0).repeat(step, 1)[:height, :width] for each in (found.inked, found.paper)
    )
    painted = np.where(inked, paper, grey)
    odds = dict[Box, float]()
    for box in (each.times(step) for each in found.boxes):
        part = slice(box.top, box.bottom), slice(box.left, box.right)
        shaded = lit is not grey and bool((np.abs(lit[part] - grey[part]) > LIT).mean() > 0.1)
        odds[box] = _odds(painted, box, found.lined, shaded)
    paler = [box for box, each in odds.items() if each <= KNOWN]
    doubtful = any(KNOWN < each <= SURE for each in odds.values())
    if not paler and not doubtful:
        return seen
    layers = [(box, (layer, k)) for layer, part in enumerate((boxes, paler)) for k, box in enumerate(part)]
    places = dict(layers)
    ordered = in_reading_order(list(places))
    marks = Marks(painted, tuple(paler))
    return Layers(seen, marks, tuple(ordered), tuple(places[box] for box in ordered), doubtful)


def _is_all(seen: Sighting | Marks, grey: Floats) -> bool:
    """Whether nothing can be paler: all is black or white, or on known paper but the only digit seen."""
    if not isinstance(seen, Sighting):
        return False
    if seen.clean:
        return not ((grey > 0) & (grey < 1)).any()
    if not seen.certain or len(seen.digits) > 1:
        return False
    return not ((seen.first.ink > FAINTEST) & ~seen.first.mask).any()


def _boxes_in(seen: Sighting | Marks, shape: tuple[int, ...]) -> list[Box]:
    """Where the digits are in the picture of this shape, to which a margin may have been added.

    Empty where they were seen in another copy of it.
    """
    times = seen.step if isinstance(seen, Sighting) else 1
    margins = {(whole - part) // 2 for whole, part in zip(seen.grey.shape, shape, strict=True)}
    by = min(margins)
    if len(margins) > 1 or by < 0:
        return []
    return [box.times(times).from_place(by, by) for box in seen.digits]


def _coarser(box: Box, step: int) -> Box:
    return Box(
        max(0, box.top) // step, max(0, box.left) // step, -(-box.bottom // step), -(-box.right // step)
    )


def _paler(grey: Floats, boxes: list[Box], usual: float) -> _Found | None:
    """What may be paler digits in a copy of a picture; None: there is nothing."""
    paper, contrast = _contrast(grey, boxes, usual)
    own, inked = np.zeros((2, *grey.shape), np.bool_)
    for box in boxes:
        part = slice(max(0, box.top - 1), box.bottom + 1), slice(max(0, box.left - 1), box.right + 1)
        own[part] = True
        if contrast[part].size:  # else it is in the margin alone
            inked[part] |= contrast[part] > HALF * np.quantile(contrast[part], 0.95)
    ground = contrast[~own]
    if not ground.size or not inked.any():
        return None
    middle = float(np.median(ground))
    least = middle + max(FAINTEST, NOISES * 1.4826 * float(np.median(np.abs(ground - middle))))
    known = dilate(inked, 2)
    rest = (contrast > least) & ~known
    if np.count_nonzero(rest) < usual:
        return None
    unlined = without_rules(rest | inked, Cut(0, 0, *grey.shape)) & ~known
    if not unlined.any():
        return None
    mask = dilate(unlined, 1)
    _, pieces = label_pieces(mask, np.ones(np.count_nonzero(mask), np.float32))
    row, taken = list(boxes), list[Box]()
    others = [_inner(piece) for piece in pieces if not piece.touches(grey.shape)]
    others = [box for box in others if _is_as_large(box, boxes, usual)]
    while more := [box for box in others if any(_in_a_row(box, each, usual) for each in row)]:
        row, taken, others = row + more, taken + more, [box for box in others if box not in more]
    lined = bool(np.count_nonzero(unlined) < LINED * np.count_nonzero(rest))
    taken = _without_frames(taken, unlined, rest | inked, lined)
    # What is left of broken digits would be taken for the pale one's full ink.
    left_over = rest & (contrast > DARK * np.median(contrast[inked]))
    for box in taken:
        left_over[box.top - 1 : box.bottom + 1, box.left - 1 : box.right + 1] = False
    return _Found(taken, known | dilate(left_over, 1), paper, lined) if taken else None


def _without_frames(boxes: list[Box], unlined: Mask, ink: Mask, lined: bool) -> list[Box]:
    """Boxes of what is no part of a frame or cell, nor upright on lined paper; that search takes its time."""
    kept = [box for box in boxes if not lined or box.width >= UPRIGHT * box.height]
    if not kept:
        return []
    bare = without_lines(ink)
    parts = [(slice(box.top, box.bottom), slice(box.left, box.right)) for box in kept]
    counts = [(np.count_nonzero(bare[part]), np.count_nonzero(unlined[part])) for part in parts]
    return [box for box, (left, whole) in zip(kept, counts, strict=True) if 2 * left >= whole]


def _contrast(grey: Floats, boxes: list[Box], usual: float) -> tuple[Floats, Floats]:
    """The paper (h, w), and what grey lacks of it, as a share; or has more, where light ink is seen."""
    darker = 0.0
    for box in boxes:
        there = grey[box.top : box.bottom, box.left : box.right]
        if not there.size:
            continue
        around = grey[max(0, box.top - 3) : box.bottom + 3, max(0, box.left - 3) : box.right + 3]
        rim = (around.sum() - there.sum()) / max(around.size - there.size, 1)
        darker += float(rim - there.mean())
    if darker >= 0:
        paper = closing(grey, WIDEST * usual)
        return paper, np.asarray((paper - grey) / np.maximum(paper, 0.25), np.float32)
    paper = 1 - closing(1 - grey, WIDEST * usual)
    return paper, np.asarray(grey - paper, np.float32)


def _inner(piece: Piece) -> Box:
    """Its box without what it was dilated by."""
    return Box(piece.top + 1, piece.left + 1, piece.bottom - 1, piece.right - 1)


def _is_as_large(box: Box, boxes: list[Box], usual: float) -> bool:
    if not TALL * usual <= box.height <= HIGH * usual or box.width > WIDE * usual:
        return False
    return sum(_shared(box, each) for each in boxes) <= ASIDE * box.height * box.width


def _shared(one: Box, other: Box) -> int:
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    across = min(one.right, other.right) - max(one.left, other.left)
    return max(down, 0) * max(across, 0)


def _in_a_row(one: Box, other: Box, usual: float) -> bool:
    level = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = max(one.left, other.left) - min(one.right, other.right)
    return level >= LEVEL * min(one.height, other.height) and apart <= NEAR * usual


def _odds(grey: Floats, box: Box, lined: bool, shaded: bool) -> float:
    """Logarithm of how much likelier what is in a box of a picture is no digit; infinite: nothing so large.

    lined: on lined paper, where what is left of a line is upright as a one is. shaded: it may be a shadow.
    """
    ink = search_around(grey, box, 1, False, box)
    if ink is None:
        return np.inf
    cut = ink.cut_out()
    if not cut.size or cut.max() <= 0.5 or not TALL * box.height <= len(cut) <= box.height / TALL:
        return np.inf
    broad, narrow = stroke_width(cut) / len(cut), cut.shape[1] < UPRIGHT * len(cut)
    if cut.shape[1] > box.width / TALL + 2 or (narrow and (lined or broad < THIN)):
        return np.inf
    odds, soft = likelier(place(cut)), ink.score < CLEAR
    if (shaded or soft) and odds > KNOWN - SURER:
        return np.inf
    return np.inf if shaded and (soft or broad > THICK) else odds
