"""The figures' colours and type, from the themes of the scenes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import scenes
from scenes.lettering.glyphs import OWN, runs
from scenes.light.theme import Ramp

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

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


def contrast(one: Rgb | np.ndarray, other: Rgb | np.ndarray) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted(_light(np.asarray(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _light(colour: np.ndarray) -> float:
    """Relative luminance of an sRGB colour (3,), 0 to 1."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@dataclass(frozen=True, eq=False)
class Ink:
    """The colours by what they are for.

    answer: what matters most; beside: what stands beside that. warm, cool: above and below 0. heat, attend:
    of activation and of attention, uint8 (256, 3). empty, inked: a picture's ground and its ink. paper:
    whether on a light ground.
    """

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
    answer: Rgb
    beside: Rgb
    warm: Rgb
    cool: Rgb
    heat: Ramp
    attend: Ramp
    empty: Rgb
    inked: Rgb
    paper: bool

    def on(self, cell: np.ndarray) -> Rgb:
        """What is written in, on a cell of a colour: what stands out more."""
        return max(self.text, self.background, key=lambda colour: contrast(colour, cell))

    def coloured(self, image: np.ndarray) -> np.ndarray:
        """An image (h, w) of 0..255 in the theme's colours, float (h, w, 3)."""
        share = image[..., None] / 255
        return np.asarray((1 - share) * self.empty + share * self.inked)

    def signed(self, values: np.ndarray, most: float) -> np.ndarray:
        """Values as colours (..., 3): warm above 0, cool below; NaN is a gap."""
        share = np.nan_to_num(values / (most or 1))[..., None]
        colours = self.cell + np.abs(share) * (
            np.where(share > 0, self.warm, self.cool) - np.array(self.cell)
        )
        return np.where(np.isnan(values)[..., None], self.panel, np.clip(colours, 0, 1))


@cache
def ink_of(name: str) -> Ink:
    """A theme's colours for figures. Raises SceneError where there is no such theme."""
    theme = scenes.theme(name)
    ground, frame = unit(theme.background), unit(theme.panel_frame[:3])
    # On paper a colour that words are written in is a dark one.
    warm, cool = (
        unit(tuple(ramp[235 if theme.ink else 150].tolist())) for ramp in (theme.excite, theme.inhibit)
    )
    return Ink(
        background=ground,
        panel=unit(theme.panel_fill) if theme.ink else blend(ground, unit(theme.panel_tint[:3]), 0.10),
        frame=blend(ground, frame, 0.26),
        line=blend(ground, frame, 0.20),
        cell=blend(ground, unit(theme.idle_pixel), 0.75),
        text=unit(theme.text),
        soft=unit(theme.text_soft),
        faint=unit(theme.text_faint),
        right=unit(theme.right),
        wrong=unit(theme.wrong),
        answer=unit(theme.answer),
        beside=cool if theme.ink else unit((120, 170, 255)),
        warm=warm,
        cool=cool,
        heat=theme.heat,
        attend=theme.attend,
        empty=unit(theme.idle_pixel),
        inked=unit(theme.answer_soft),
        paper=theme.ink,
    )


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
