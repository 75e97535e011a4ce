"""Pictures of two tones, such as masks, scans, tight crops: which is the paper, and more of it around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.photo.lines import without_lines
from data.photo.pixels.impulses import without_impulses
from data.photo.pixels.morphology import blur, border_of, box_of, dilate
from data.photo.pixels.pieces import label_pieces
from data.photo.strokes import otsu, slenderness

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

NEAR = 0.25  # of the step between the tones: so far off, a pixel is still of its tone
STRAY = 0.01  # share of the pixels that may be of neither tone, beside those at an edge
DRAWN = 0.12  # of the longer side: so large a piece, in grain, may be a digit
FAINTER = 0.25  # of it, at most, is of a tone where it was drawn with a fainter pen
BEYOND = 0.003  # the same of those beyond both tones, wherever they are
NOISE = 0.12  # more than a pen covers is noise
LEAST_STEP = 0.2  # between the tones, of black to white
SMALL = 40  # pixels: smaller pictures hold nothing but a digit, however wide its strokes are
OUTER = 0.85  # of a tone's pixels, in a small picture, are no farther from the other tone than it is
SLENDER = 0.75  # what is less so in a larger one may be a sheet or a shadow
FULL = 0.6  # of its box: so much is covered by strokes alone that are very wide, or by a sheet
SPECK = 0.02  # of the heaviest piece: what is lighter, as dust or a dot of the paper, tells nothing
STRIP = 4  # times as long as it is wide: of such a picture's paper most is not needed
ONE_TONE = 1e-4  # so little apart, two values are one that was rounded: 16 bits are stretched before
DITHERED = 60  # pixels: in smaller pictures dots are strokes
DOTTED = 0.14  # of the pixels differ from their neighbour: far more than where strokes end
DOTS = 2  # pixels: the mean over so many on each side is grey again
USUAL_WIDTH = 0.7  # of its height; so wide a digit is taken to be that was stretched to a square


def in_black_and_white(grey: Floats) -> Floats:
    """A picture of two values in 0 and 1, as a mask of 0 and 1 among 255 needs it; any other as it is.

    Where dots of the two stand for greys, as a fax or a thermal printer has them, it becomes grey again.
    """
    low, high = grey.min(), grey.max()
    if low == high or not ((grey == low) | (grey == high)).all():
        return grey
    if high - low < ONE_TONE:
        return np.full_like(grey, low)
    light = grey == high
    changes = np.count_nonzero(light[:, 1:] != light[:, :-1])
    if min(grey.shape) >= DITHERED and changes > DOTTED * grey.size:
        return blur(blur(light.astype(np.float32), DOTS), DOTS)
    return grey if (low, high) == (0, 1) else light.astype(np.float32)


def on_clean_paper(grey: Floats) -> tuple[Floats, bool]:
    """The picture in black on white with a margin where it has two tones, else as it is; whether it is so.

    grey: (h, w) 0..1.

    Strokes that touch the border then have paper around them, and holes are told from ink. A digit that
    fills a square from side to side was stretched to it, and is brought to a usual width.
    """
    if _is_pad(grey):
        return grey, False
    grey = without_impulses(grey)
    level = otsu(grey.reshape(-1)) + 1 / 256
    dark = grey < level
    if not dark.any() or dark.all():
        return grey, False
    tones = _tones(grey, dark)
    if tones is None:
        return grey, False
    alone, light = without_lines(dark), without_lines(~dark)
    paper, full = tones[1], tones[0]
    if _looks_like_ink(dark, alone) < _looks_like_ink(~dark, light):
        alone, paper, full = light, full, paper
    alone = _inside(alone)
    if not alone.any():  # nothing but lines
        return grey, False
    if max(grey.shape) > SMALL and slenderness(alone) < SLENDER and _may_be_a_sheet(alone):
        return grey, False
    cover = (paper - grey) / (paper - full)
    cover = np.where(dilate(alone, 1) & (cover > 0.1), np.clip(cover, 0, 1), 0)
    return np.asarray(1 - _padded(cover.astype(np.float32), alone), np.float32), True


def _is_pad(grey: Floats) -> bool:
    """Whether a larger picture is clean paper already, with strokes on it that leave room in their box."""
    border = border_of(grey)
    if border[0] not in (0, 1) or border.min() != border.max() or max(grey.shape) < 2 * SMALL:
        return False
    inked = grey != border[0]
    box = inked[box_of(inked)]
    return bool(np.count_nonzero(box) <= FULL * box.size or max(box.shape) < 0.2 * max(grey.shape))


def _tones(grey: Floats, dark: Mask) -> tuple[float, float] | None:
    """The picture's two tones; None where it has others, or nearly one. In a small one most is soft edge."""
    for share in (0.5, OUTER) if max(grey.shape) <= SMALL else (0.5,):
        tones = float(np.quantile(grey[dark], 1 - share)), float(np.quantile(grey[~dark], share))
        if tones[1] - tones[0] >= LEAST_STEP and _two_tones(grey, dark, tones):
            return tones
    return None


def _two_tones(grey: Floats, dark: Mask, tones: tuple[float, float]) -> bool:
    """Whether what is of neither tone lies next to where they meet, and there between them.

    What is darker than both, or lighter, may be a thin pen in a shadow of one tone.
    """
    near = np.float32(NEAR * (tones[1] - tones[0]))
    beyond = np.count_nonzero((grey < tones[0] - near) | (grey > tones[1] + near))
    if BEYOND * grey.size < beyond < NOISE * grey.size:
        return False
    off = np.abs(grey - np.where(dark, *(np.float32(tone) for tone in tones)))
    stray = (off > near) & ~(dilate(dark, 2) & dilate(~dark, 2))
    return bool(np.count_nonzero(stray) <= STRAY * grey.size) and not _is_fainter(grey, off, dark, tones)


def _is_fainter(grey: Floats, off: Floats, dark: Mask, tones: tuple[float, float]) -> bool:
    """Whether something as large as a digit is of neither tone, as a pencil's in a cell of black lines is.

    off: how far grey is from its tone.
    """
    if max(grey.shape) <= SMALL:
        return False
    near = np.float32(NEAR * (tones[1] - tones[0]))
    on_light = 2 * np.count_nonzero(dark) < dark.size
    inked = grey < tones[1] - near if on_light else grey > tones[0] + near
    full = (off <= near) & (dark if on_light else ~dark)
    grain = dilate(inked, 1)
    weights = full - FAINTER * inked
    _, pieces = label_pieces(grain, np.asarray(weights[grain], np.float32))
    return any(piece.mass < 0 and piece.size >= DRAWN * max(grey.shape) for piece in pieces)


def _looks_like_ink(mask: Mask, alone: Mask) -> float:
    """More for ink than for paper: ink hangs together and is rare in corners and along the border.

    alone: the mask without the lines around it.
    Measured with MNIST's digits cut out tightly, thin to thick: wrong for 2 in 1,000.
    """
    if not alone.any():
        return -np.inf
    share = float(alone.mean())
    at_border = float(border_of(mask).mean())
    corners = float(mask[[0, 0, -1, -1], [0, -1, 0, -1]].mean())
    if share > 0.5 and at_border > 0.9 and corners == 1:  # rows of digits leave paper that is slender
        return -np.inf
    if share < 0.3 and at_border > 0.9:  # a frame at the very border
        at_border = corners = 0.0
    _, pieces = label_pieces(alone, np.ones(np.count_nonzero(alone), np.float32))
    heaviest = max(piece.mass for piece in pieces)
    count = sum(piece.mass >= SPECK * heaviest for piece in pieces)
    return float(2 * heaviest / np.count_nonzero(alone) - np.log(count) - corners - share - at_border)


def _inside(ink: Mask) -> Mask:
    """Without what the border cuts off, such as a neighbour's end, where something heavier is whole."""
    if not border_of(ink).any():
        return ink
    labels, pieces = label_pieces(ink, np.ones(np.count_nonzero(ink), np.float32))
    cut_off = [piece for piece in pieces if piece.touches(ink.shape)]
    if max((piece.mass for piece in pieces if piece not in cut_off), default=0) <= max(
        piece.mass for piece in cut_off
    ):
        return ink
    inside = np.zeros_like(ink)
    inside[ink] = ~np.isin(labels, [piece.label for piece in cut_off])
    return inside


def _may_be_a_sheet(wide: Mask) -> bool:
    """Whether a wide mask reaches the border, or has writing in it: something slender, and large enough."""
    if border_of(wide).any():
        return True
    part = wide[box_of(wide)]
    labels, holes = label_pieces(~part, np.ones(np.count_nonzero(~part), np.float32))
    for hole in holes:
        if hole.size > 0.25 * max(part.shape) and not hole.touches(part.shape):
            inside = np.zeros_like(part)
            inside[~part] = labels == hole.label
            if slenderness(inside) >= SLENDER:
                return True
    return False


def _padded(cover: Floats, ink: Mask) -> Floats:
    """With half its longer side of paper on all sides."""
    if max(cover.shape) > STRIP * min(cover.shape):
        part = box_of(ink, min(cover.shape))
        cover, ink = cover[part], ink[part]
    rows, columns = box_of(ink)
    height, width = cover.shape
    fills = rows == slice(0, height) and columns == slice(0, width)
    if fills and height == width:
        times = 4 if height < 2 * SMALL else 1
        fine = Image.fromarray(np.repeat(np.repeat(cover, times, 0), times, 1))
        size = round(times * width * USUAL_WIDTH), times * height
        cover = np.asarray(fine.resize(size, Image.Resampling.BOX), np.float32)
    return np.pad(cover, max(cover.shape) // 2 + 2)
