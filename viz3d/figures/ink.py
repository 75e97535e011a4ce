"""The figures' colours and type, from the dark theme of the scenes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import scenes
from scenes.lettering.glyphs import OWN, runs

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

DARK = scenes.THEMES["dark"]
Rgb = tuple[float, float, float]

_FONTS = {
    "regular": "Inter-Regular.otf",
    "medium": "Inter-Medium.otf",
    "semibold": "Inter-SemiBold.otf",
    "display": "InterDisplay-SemiBold.otf",
    "display-bold": "InterDisplay-Bold.otf",
}


def unit(colour: tuple[int, int, int]) -> Rgb:
    """A colour as three numbers 0..1."""
    return colour[0] / 255, colour[1] / 255, colour[2] / 255


def blend(below: Rgb, above: Rgb, share: float) -> Rgb:
    """`share` of the colour above over the one below."""
    r, g, b = ((1 - share) * x + share * y for x, y in zip(below, above, strict=True))
    return r, g, b


@dataclass(frozen=True)
class Ink:
    """The colours by what they are for."""

    background: Rgb
    panel: Rgb
    frame: Rgb
    line: Rgb
    cell: Rgb
    text: Rgb
    soft: Rgb
    faint: Rgb
    right: Rgb
    wrong: Rgb
    cool: Rgb


INK = Ink(
    background=unit(DARK.background),
    panel=blend(unit(DARK.background), unit(DARK.panel_tint[:3]), 0.10),
    frame=blend(unit(DARK.background), unit(DARK.panel_frame[:3]), 0.26),
    line=blend(unit(DARK.background), unit(DARK.panel_frame[:3]), 0.20),
    cell=blend(unit(DARK.background), unit(DARK.idle_pixel), 0.75),
    text=unit(DARK.text),
    soft=unit(DARK.text_soft),
    faint=unit(DARK.text_faint),
    right=unit(DARK.right),
    wrong=unit(DARK.wrong),
    cool=unit((120, 170, 255)),
)
EXCITED = unit(DARK.answer)
WARM, COOL = (unit(tuple(ramp[150].tolist())) for ramp in (DARK.excite, DARK.inhibit))


@cache
def type_of(name: str) -> FontProperties:
    """A font of the project's own."""
    return _font(OWN / _FONTS[name])


def _font(file: Path) -> FontProperties:
    # Imported here: the window has these colours in pictures of examples, and never a figure.
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    return FontProperties(fname=str(file))


def written(words: str, font: str) -> tuple[str, FontProperties]:
    """A line as it can be written, and in which font: one of the machine's where letters ask for it.

    matplotlib writes a line in one font: that of the first letters that the project's own lacks. What no
    font has is a sign for that, as in the scenes.
    """
    if words.isascii():
        return words, type_of(font)
    parts = runs(words)
    foreign = next((path for _, path in parts if path is not None), None)
    face = type_of(font) if foreign is None else _font(foreign)
    return "".join(part for part, _ in parts), face


def coloured(image: np.ndarray) -> np.ndarray:
    """An image (h, w) of 0..255 in the theme's colours, float (h, w, 3)."""
    ink = image[..., None] / 255
    return (1 - ink) * unit(DARK.idle_pixel) + ink * unit(DARK.answer_soft)


def signed_colours(values: np.ndarray, most: float) -> np.ndarray:
    """Values as colours (..., 3): warm above 0, cool below; NaN is a gap."""
    share = np.nan_to_num(values / (most or 1))[..., None]
    colours = INK.cell + np.abs(share) * (np.where(share > 0, WARM, COOL) - np.array(INK.cell))
    return np.where(np.isnan(values)[..., None], INK.panel, np.clip(colours, 0, 1))
