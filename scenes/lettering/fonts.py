"""Type: fonts, and the measure of a line of text."""

from functools import lru_cache
from math import floor
from pathlib import Path

from PIL import ImageFont

from scenes.frame import Caption
from scenes.space.page import Box

_FILES = {
    "regular": "Inter-Regular.otf",
    "medium": "Inter-Medium.otf",
    "semibold": "Inter-SemiBold.otf",
    "display": "InterDisplay-SemiBold.otf",
    "display-bold": "InterDisplay-Bold.otf",
}


@lru_cache(maxsize=256)
def font(name: str, size: float) -> ImageFont.FreeTypeFont:
    """Load a font of the project's own at a size in pixels."""
    path = Path(__file__).parents[1] / "fonts" / _FILES[name]
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _extent(text: str, name: str, size: float, anchor: str) -> Box:
    left, top, right, bottom = font(name, size).getbbox(text, anchor=anchor)
    return left, top, right, bottom


def width(text: str, name: str, size: float) -> float:
    """Advance width of a line in pixels."""
    left, _, right, _ = _extent(text, name, size, "ls")
    return right - left


def extent(caption: Caption, down: float = 0.0) -> Box:
    """The box of a caption's ink in the picture, if it stood so many pixels lower."""
    left, top, right, bottom = _extent(caption.text, caption.font, caption.size, caption.anchor)
    x, y = caption.at[0], caption.at[1] + down
    return x + left, y + top, x + right, y + bottom


def fitted(text: str, name: str, size: float, room: float) -> float:
    """The largest size, at most `size`, at which a line is not wider than room in pixels; 0 below 1."""
    size = min(size, size * room / max(width(text, name, size), 1e-9)) if room > 0 else 0.0
    size = floor(10 * size) / 10
    # Letters stand on whole pixels, so that a smaller size is not always that much narrower.
    while size >= 1 and width(text, name, size) > room:
        size = round(size - 0.1, 1)
    return size if size >= 1 else 0.0
