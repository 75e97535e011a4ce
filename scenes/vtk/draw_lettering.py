"""Overlay: captions and legend drawn crisply over a rendered picture."""

from functools import lru_cache, partial
from math import floor
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from scenes.frame import Caption, Frame, Ghost, Inset, Swatch
from scenes.lettering.fonts import draw_line, line_box
from scenes.light.theme import Colour
from scenes.vtk.window.driver import finish_loops

Pixels = NDArray[np.uint8]
_EDGE, _PLATE = 0.14, 0.45  # width of a caption's outline, and of the quiet ground behind it, of its size


def write_over(pixels: Pixels, frame: Frame) -> None:
    """Draw a frame's captions, rings and swatches on a picture uint8 (h, w, 3), in place."""
    loops = finish_loops()
    blend = partial(_blend, loops, pixels)
    for swatch in frame.swatches:
        blend(*_swatch(swatch), swatch.alpha)
    for inset in frame.insets:
        blend(*_inset(inset), inset.alpha)
    for ring in frame.rings:
        left, top = floor(ring.at[0]), floor(ring.at[1])
        mask = _circle(round(ring.radius, 1), round(ring.width, 1))
        half = mask.shape[0] // 2
        blend(_dot(ring.colour), mask, left - half, top - half, ring.alpha)
    for ghost in frame.ghosts:
        blend(*_ghost(ghost), ghost.alpha)
    for caption in frame.captions:
        # On whole pixels: type is hinted for them, and Pillow draws the same letters between them.
        left, top = floor(caption.at[0] + 0.5), floor(caption.at[1] + 0.25)
        for ink, stroke, soft, share in _layers(caption):
            mask, x, y = _stamp(caption.text, caption.font, caption.size, caption.anchor, stroke, soft)
            blend(_dot(ink), mask, left + x, top + y, share * caption.alpha)


@lru_cache(maxsize=256)
def _dot(colour: Colour) -> Pixels:
    """A colour as one pixel."""
    dot = np.array([[colour]], dtype=np.uint8)
    dot.flags.writeable = False
    return dot


def _layers(caption: Caption) -> list[tuple[Colour, int, int, float]]:
    """What a caption is drawn of, the lowest first: colour, pixels wider and softer around it, opacity."""
    layers = [(caption.colour, 0, 0, 1.0)]
    if caption.outline is not None:
        edge, plate = (max(1, round(caption.size * share)) for share in (_EDGE, _PLATE))
        layers.insert(0, (caption.outline, edge, 0, 0.7))
        if caption.plate:
            layers.insert(0, (caption.outline, plate, plate // 2, 0.75))
    return layers


def _blend(
    loops: ModuleType | None,
    pixels: Pixels,
    colour: Pixels,
    mask: Pixels,
    left: int,
    top: int,
    alpha: float,
) -> None:
    """Lay colour over pixels where mask (h, w) says, at (left, top); what falls outside is cut.

    colour: (h, w, 3), or one row, or one pixel, for all of them. loops: that do it, where they are in use.
    """
    height, width = mask.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, pixels.shape[1]), min(top + height, pixels.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    if loops:
        loops.lay(pixels, colour, mask, left, top, int(alpha * 256 + 0.5))
        return
    inner = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    cover = (mask[inner].astype(np.int32) * int(alpha * 256 + 0.5) >> 8)[..., None]
    target = pixels[y0:y1, x0:x1]
    colour = np.broadcast_to(colour, (height, width, 3))
    target[...] = (target + ((colour[inner].astype(np.int32) - target) * cover + 127) // 255).astype(np.uint8)


@lru_cache(maxsize=2048)
def _stamp(text: str, name: str, size: float, anchor: str, stroke: int, soft: int) -> tuple[Pixels, int, int]:
    """Coverage of a line of text, uint8 (h, w), and where its corner lies from the anchor's pixel.

    stroke, soft: pixels by which it is wider all around, and over which that fades.
    """
    more = stroke + 2 * soft
    left, top, right, bottom = line_box(text, name, size, anchor)
    left, top, right, bottom = left - more, top - more, right + more, bottom + more
    x0, y0 = int(np.floor(left)) - 2, int(np.floor(top)) - 2
    image = Image.new("L", (int(np.ceil(right)) - x0 + 4, int(np.ceil(bottom)) - y0 + 4))
    draw_line(ImageDraw.Draw(image), (-x0, -y0), text, name, size, anchor, stroke)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(soft)) if soft else image), x0, y0


def _swatch(swatch: Swatch) -> tuple[Pixels, Pixels, int, int]:
    left, top, right, bottom = swatch.box
    mask, x, y = _pill(round(right - left, 2), round(bottom - top, 2), round(top % 1, 2))
    return swatch.colours[_places(mask.shape[1])][None], mask, floor(left) + x, floor(top) + y


@lru_cache(maxsize=64)
def _places(wide: int) -> Pixels:
    """Where in a ramp each column of a sample is."""
    return np.clip(np.linspace(-2, 257, wide), 0, 255).astype(np.uint8)


def _inset(inset: Inset) -> tuple[Pixels, Pixels, int, int]:
    """Colours and coverage of a small picture with its frame, and where its corner lies."""
    left, top, right, bottom = (round(side) for side in inset.box)
    cells, size = inset.cells, (bottom - top, right - left)
    whole, mask = _framed(cells.tobytes(), cells.shape[:2], size, inset.frame, inset.light)
    return whole, mask, left - 2, top - 2


@lru_cache(maxsize=64)
def _framed(
    cells: bytes, form: tuple[int, int], size: tuple[int, int], frame: Colour, light: bool
) -> tuple[Pixels, Pixels]:
    """Colours and coverage of cells (rows, columns) in a size (height, width), with a frame around."""
    (rows, cols), (high, wide) = form, size
    big = np.empty((high, wide, 3), dtype=np.uint8)
    row, col = np.arange(high) * rows // high, np.arange(wide) * cols // wide
    big[...] = np.frombuffer(cells, np.uint8).reshape(rows, cols, 3)[row[:, None], col]
    if high >= 6 * rows:
        # The first line of each cell but the first is a gap.
        gaps = np.flatnonzero(np.diff(row)) + 1, np.flatnonzero(np.diff(col)) + 1
        thick, far = max(1, high // rows // 12), np.uint8(255 if light else 0)
        for shift in range(thick):
            for line in (
                np.s_[np.minimum(gaps[0] + shift, high - 1)],
                np.s_[:, np.minimum(gaps[1] + shift, wide - 1)],
            ):
                # Of how far a cell's colour is from that of the gaps a quarter is left.
                big[line] = far ^ ((big[line] ^ far) // 4)
    whole = np.empty((high + 4, wide + 4, 3), dtype=np.uint8)
    whole[...] = frame
    mask = np.zeros((high + 4, wide + 4), dtype=np.uint8)
    mask[0], mask[-1], mask[:, 0], mask[:, -1] = 255, 255, 255, 255
    whole[2:-2, 2:-2] = big
    mask[2:-2, 2:-2] = 255
    return whole, mask


@lru_cache(maxsize=16)
def _circle(radius: float, width: float) -> Pixels:
    """Coverage of a circle's line around the middle, smoothed by drawing it four times as large."""
    big, half = 4, int(radius + width) + 2
    image = Image.new("L", (big * (2 * half + 1),) * 2)
    middle, reach = big * (half + 0.5), big * (radius + width / 2)
    box = (middle - reach, middle - reach, middle + reach, middle + reach)
    ImageDraw.Draw(image).ellipse(box, outline=255, width=max(1, round(big * width)))
    return np.asarray(image.reduce(big))


def _ghost(ghost: Ghost) -> tuple[Pixels, Pixels, int, int]:
    """A line with its colour, smoothed by drawing it four times as large."""
    big, ends = 4, np.array([ghost.start, ghost.end])
    low = np.floor(ends.min(axis=0) - ghost.width).astype(int)
    size = np.ceil(ends.max(axis=0) + ghost.width).astype(int) - low + 1
    image = Image.new("L", (big * int(size[0]), big * int(size[1])))
    points = [(float(x), float(y)) for x, y in big * (ends - low)]
    ImageDraw.Draw(image).line(points, fill=255, width=max(1, round(big * ghost.width)))
    mask = np.asarray(image.reduce(big))
    return _dot(ghost.colour), mask, int(low[0]), int(low[1])


@lru_cache(maxsize=64)
def _pill(width: float, height: float, phase: float) -> tuple[Pixels, int, int]:
    """Coverage of a bar with round ends, smoothed by drawing it four times as large."""
    big = 4
    image = Image.new("L", (big * (int(width) + 4), big * (int(height) + 4)))
    box = (2 * big, (2 + phase) * big, (2 + width) * big, (2 + phase + height) * big)
    ImageDraw.Draw(image).rounded_rectangle(box, radius=height * big / 2, fill=255)
    return np.asarray(image.reduce(big)), -2, -2
