"""Shadows with hard edges: what is in them is lit again as the paper around, so that no edge is left of them.

A shadow is flat, lighter than the ink, wider than its strokes, and no stroke itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.lines import without_lines
from data.photo.pixels.morphology import blur, border_of, closing, dilate, maximum, minimum, reduce
from data.photo.pixels.pieces import Piece, label_pieces
from data.photo.rules.broken_frames import straight_lines
from data.photo.rules.hull import hull_area
from data.photo.strokes import otsu, outline_length

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

COARSE_SIDE = 256  # pixels: shadows are looked for in at most so many
LIGHT_SIDE = 50  # pixels: the light changes so slowly that about so many tell it
LEAST_SIDE = 60  # pixels: in smaller pictures strokes are as wide as shadows are
ROWS, SPECKS = 4, 0.05  # every so many are looked at; of them at most so many pixels are grey
PAPER = 0.15  # of the picture, at least, is lit
LIGHTER = 1.4  # times the light of most of that: a lamp's slope is less, a light pen on a board more
FLAT = 0.05  # of black to white: the range of nine smoothed pixels is less where all is flat
SHADE = 0.18  # of the paper's light that a shadow takes away, at least
CLEARER = 1.3  # times the shadow's contrast: what ink has at least
INK = 0.003  # of the picture, at least: less dark is dust
BROAD = 1.5  # times as wide as the strokes is a shadow somewhere, at least
RIM = 2  # pixels: so much narrower is what is flat in it
WIDTH = 2.6  # times its area is a stroke's width times its outline, on a slant or upright
LINED = 0.5  # of a form's lines is found to be straight and thin, where they cross less
TALL = 0.1  # of the longer side: so large is a digit, at least
SIZE = 0.25  # of the shadow's, at least, where that is within the picture: else it may be a fainter digit
COMPACT = 0.4  # of its size: so wide is no pale digit's stroke
ALONG = 0.35  # of its size: so long does no pale digit lie along the border
CONVEX = 0.9  # of the least convex shape around it: so much of it fills no digit but a one
AROUND = 0.15  # of what is next to the ink: so much of it has no pale digit beside
GRADUAL = 0.5  # of what is next to shadows is flat too, at most: else the light fades, and no edge ends them
ALIKE = 0.08  # of the paper's light: so near to a shadow's is what strokes cut off from it
REACH = 4  # pixels: so far from both goes the edge between light and shadow
DARKER = 0.75  # of the shadow's light: what has less is ink, also at its edge


def without_shadows(grey: Floats) -> Floats:
    """The picture (h, w) 0..1, its hard shadows lit as what is around them; the same where it has none."""
    if min(grey.shape) < LEAST_SIDE or _is_black_and_white(grey):
        return grey
    step = max(1, round(max(grey.shape) / COARSE_SIDE))
    small = reduce(grey, step)
    lit = closing(small, max(small.shape), LIGHT_SIDE)
    contrast = np.asarray((lit - small) / np.maximum(lit, 0.25), np.float32)
    flat = _is_flat(small)
    clear = flat & (contrast < SHADE)
    if np.count_nonzero(clear) < PAPER * small.size:
        return grey
    shadow = _shadow(flat, contrast)
    if shadow is None or _has_light_ink(small, clear):
        return grey
    paper = _spread(np.where(shadow | clear, small, np.float32(0)))
    darkest = minimum(paper, REACH)
    # Ink is told from its own nearest paper; of what is at an edge, the darker paper near to it.
    own, edge, light = (_enlarged(each, step, grey) for each in (paper, darkest, lit))
    share = np.where(grey < DARKER * edge, grey / own, np.minimum(grey / edge, 1))
    return np.asarray(np.where(edge < (1 - SHADE) * light, light * share, grey), np.float32)


def _is_black_and_white(grey: Floats) -> bool:
    """Whether nearly all is either, as on a pad: shadows are neither. Looked at in some of the rows."""
    rows = grey[::ROWS]
    return bool(np.count_nonzero((rows > 0) & (rows < 1)) < SPECKS * rows.size)


def _has_light_ink(grey: Floats, clear: Mask) -> bool:
    """Whether much is far lighter than what is flat and lit, as chalk is than its board."""
    light = LIGHTER * float(np.median(grey[clear]))
    return bool(np.count_nonzero(grey > light) > INK * grey.size)


def _shadow(flat: Mask, contrast: Floats) -> Mask | None:
    """Where a picture is flat in a shadow, with ink somewhere that is darker; None: there is none."""
    shaded = contrast > SHADE
    if np.count_nonzero(shaded) < INK * flat.size:
        return None
    level = otsu(contrast[shaded])
    dark = contrast > level
    plain, flat = flat, shaded & ~dark & flat
    if np.count_nonzero(dark) < INK * flat.size or np.count_nonzero(flat) < INK * flat.size:
        return None
    if not _is_broad(flat, 0):  # the grain of ink is nowhere so
        return None
    main = _main_stroke(dark)
    if main is None:
        return None
    size, stroke, clearness = main[0], main[1], float(np.median(contrast[main[2]]))
    labels, pieces = label_pieces(flat, np.ones(np.count_nonzero(flat), np.float32))
    levels = _medians(contrast[flat], labels)
    shadows = []
    for piece, shade in zip(pieces, levels, strict=True):
        if clearness < CLEARER * shade:
            continue
        if min(piece.bottom - piece.top, piece.right - piece.left) < BROAD * stroke - 2 * RIM:
            continue
        least = np.count_nonzero(main[2])
        if not piece.touches(flat.shape) and (size < SIZE * piece.size or piece.mass < least):
            continue
        alone = np.zeros_like(flat)
        alone[flat] = labels == piece.label
        if _is_broad(alone, stroke) and _is_no_pale_digit(alone, piece, main[2]):
            shadows.append(shade)
    if not shadows:
        return None
    alike = np.abs(levels[:, None] - np.array(shadows)).min(1) < ALIKE
    out = np.zeros_like(flat)
    out[flat] = alike[labels - 1]
    return None if _fades(out, plain) else out


def _fades(shadow: Mask, flat: Mask) -> bool:
    """Whether shadows go over into what is flat as well: lit again, they would end in an edge that is new."""
    around = dilate(shadow, 1) & ~shadow
    return bool(np.count_nonzero(around & flat) > GRADUAL * np.count_nonzero(around))


def _medians(values: Floats, labels: Ints) -> Floats:
    """The median of the values (n,) of each label (n,), from 1 on; of two in the middle the greater."""
    counts = np.bincount(labels)[1:]
    middle = np.cumsum(counts) - counts + counts // 2
    return np.asarray(values[np.lexsort((values, labels))][middle], np.float32)


def _main_stroke(dark: Mask) -> tuple[int, float, Mask] | None:
    """Size and stroke width, in pixels, and mask of the heaviest dark piece that is no line; None: none.

    What runs off the picture may be a form's lines, darker than a pencil.
    """
    dark = without_lines(dark)
    labels, pieces = label_pieces(dark, np.ones(np.count_nonzero(dark), np.float32))
    inside = [
        piece
        for piece in pieces
        if piece.size >= TALL * max(dark.shape) and not piece.flat and not piece.touches(dark.shape)
    ]
    if not inside:
        return None
    main = max(inside, key=lambda piece: piece.mass)
    alone = np.zeros_like(dark)
    alone[dark] = labels == main.label
    if np.count_nonzero(straight_lines(alone, main.size)) > LINED * main.mass:
        return None
    return main.size, WIDTH * main.mass / outline_length(alone), alone


def _is_flat(grey: Floats) -> Mask:
    """Where a picture (h, w) hardly changes."""
    smooth = blur(grey, 1)
    return np.asarray(maximum(smooth, 1) - minimum(smooth, 1) < FLAT, np.bool_)


def _is_broad(mask: Mask, stroke: float) -> bool:
    """Whether a mask is somewhere wider than strokes of so many pixels; its own rim is not flat."""
    reach = max(1, round(BROAD * stroke / 2) - RIM)
    return bool((~dilate(~np.pad(mask, 1), reach)).any())


def _is_no_pale_digit(mask: Mask, piece: Piece, ink: Mask) -> bool:
    """Whether a flat piece is compact, goes on beyond the picture or lies around the ink, as no digit beside
    the ink does that a broader, paler pen wrote.
    """
    if WIDTH * piece.mass >= COMPACT * piece.size * outline_length(mask):
        return True
    if np.count_nonzero(border_of(mask)) >= ALONG * piece.size:
        return True
    if piece.touches(mask.shape) and piece.mass + piece.size / 2 >= CONVEX * hull_area(mask):
        return True
    near = dilate(ink, REACH) & ~ink
    return bool(np.count_nonzero(near & mask) >= AROUND * np.count_nonzero(near))


def _spread(values: Floats) -> Floats:
    """Values (h, w), 0 where they are not known: there, what is nearest to each, if any is known."""
    known = values > 0
    while known.any() and not known.all():
        values = np.where(known, values, maximum(values, 1))
        known = values > 0
    return values


def _enlarged(small: Floats, step: int, like: Floats) -> Floats:
    """Each value step x step times, cut to the shape of a picture."""
    return small.repeat(step, 0).repeat(step, 1)[: like.shape[0], : like.shape[1]]
