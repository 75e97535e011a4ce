"""Type: fonts, and the measure of a line of text."""

from collections.abc import Iterator
from functools import lru_cache
from math import floor
from pathlib import Path

from PIL import ImageDraw, ImageFont

from scenes.frame import Caption
from scenes.lettering.glyphs import OWN, runs, runs_back, shapes
from scenes.space.page import Box

_FILES = {
    "regular": "Inter-Regular.otf",
    "medium": "Inter-Medium.otf",
    "semibold": "Inter-SemiBold.otf",
    "display": "InterDisplay-SemiBold.otf",
    "display-bold": "InterDisplay-Bold.otf",
}
_Part = tuple[float, float, str, ImageFont.FreeTypeFont, str]


@lru_cache(maxsize=64)  # some pictures' sizes: each maps its file and takes 40 KB, and is opened in 0.04 ms
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    """A font of the project's own at a size in pixels."""
    return ImageFont.truetype(OWN / _FILES[name], size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=64)
def _other(path: Path, size: float) -> ImageFont.FreeTypeFont:
    """A font of the machine's."""
    engine = ImageFont.Layout.RAQM if shapes() else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=engine)


def _parts(text: str, name: str, size: float, anchor: str) -> Iterator[_Part]:
    """What a line is drawn of; the place of each part is in pixels from the line's anchor."""
    own, told = _font(name, size), runs(text)
    if all(path is None for _, path in told):
        yield 0.0, 0.0, "".join(part for part, _ in told), own, anchor
        return
    if not shapes():
        # Letters by themselves, but in their order.
        told = tuple((part[::-1] if runs_back(part) else part, path) for part, path in told)
    faces = [own if path is None else _other(path, size) for _, path in told]
    wide = [face.getlength(part) for (part, _), face in zip(told, faces, strict=True)]
    x = -sum(wide) * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
    # All stand on one line, as far below the anchor as that of the project's own type.
    y = float(own.getbbox("H", anchor=f"l{anchor[1]}")[3] - own.getbbox("H", anchor="ls")[3])
    for (part, _), face, along in zip(told, faces, wide, strict=True):
        yield x, y, part, face, "ls"
        x += along


@lru_cache(maxsize=4096)
def line_box(text: str, name: str, size: float, anchor: str) -> Box:
    """The box of a line's ink, in pixels from its anchor."""
    boxes = []
    for x, y, part, face, own in _parts(text, name, size, anchor):
        left, top, right, bottom = face.getbbox(part, anchor=own)
        boxes.append((x + left, y + top, x + right, y + bottom))
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def draw_line(
    page: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    name: str,
    size: float,
    anchor: str,
    stroke: int = 0,
) -> None:
    """Draw a line of text, with a stroke of so many pixels around it, on a picture of one channel."""
    for x, y, part, face, own in _parts(text, name, size, anchor):
        place = at[0] + x, at[1] + y
        page.text(place, part, fill=255, font=face, anchor=own, stroke_width=stroke)


def width(text: str, name: str, size: float) -> float:
    """Advance width of a line in pixels."""
    left, _, right, _ = line_box(text, name, size, "ls")
    return right - left


def extent(caption: Caption, down: float = 0.0) -> Box:
    """The box of a caption's ink in the picture, if it stood so many pixels lower."""
    left, top, right, bottom = line_box(caption.text, caption.font, caption.size, caption.anchor)
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
