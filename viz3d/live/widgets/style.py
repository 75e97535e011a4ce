"""How the window looks: colours of a theme by role, and the fonts of the films.

Sizes are 11 (captions), 12 (text), 13 (heads) and 20 (names); distances are multiples of 8 px.
The accent is for what the person touched, `answer` for the answer alone.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor, QFont, QFontDatabase

import scenes
from scenes.light.theme import Colour, Ramp, Theme

CAPTION, TEXT, HEAD, NAME = 11, 12, 13, 20
RADIUS = 12  # of a card
AXIS = 40  # px beside a chart, with room for four figures and their point
SIDE_PANEL = 312  # width of the card at the right
BELOW_HEADLINE = 136  # px from the top of the window: what is written there is over
_FIRM = 160  # of 255, the opacity of a theme's frames from which on lines stand out, here too
_WORN = dict[str, "Look"]()  # the look of all widgets; a property of the application takes ten times as long
_FACES = {
    "regular": ("Inter-Regular.otf", QFont.Weight.Normal),
    "medium": ("Inter-Medium.otf", QFont.Weight.Medium),
    "semibold": ("Inter-SemiBold.otf", QFont.Weight.DemiBold),
    "display": ("InterDisplay-SemiBold.otf", QFont.Weight.DemiBold),
    "bold": ("InterDisplay-Bold.otf", QFont.Weight.Bold),
}


@dataclass(frozen=True, eq=False)
class Look:
    """Colours by what they mean.

    Attributes:
        theme: the scene's theme, with its ramps.
        panel, line: surface that floats over the scene, and its edge.
        well: ground of pictures and of the pad's surroundings.
        track: what a bar or slider runs in.
        raised, hover: ground of a button, and under the pointer.
        popup: ground of menus and tips.
        text, soft, faint: text by weight; `off` is what cannot be pressed.
        accent, on_accent: what the person touched, and text on it; `chosen`: ground of what is on.
        answer: the answer.
        curve: a line that tells of neither sign.
        excite, inhibit: contribution above and below 0.
        right, wrong: a verdict, and an error.
    """

    theme: Theme
    panel: QColor
    line: QColor
    well: QColor
    track: QColor
    raised: QColor
    hover: QColor
    popup: QColor
    text: QColor
    soft: QColor
    faint: QColor
    off: QColor
    accent: QColor
    on_accent: QColor
    chosen: QColor
    answer: QColor
    curve: QColor
    excite: QColor
    inhibit: QColor
    right: QColor
    wrong: QColor


@lru_cache(maxsize=8)  # what is written over a picture asks each time
def look_beside(colours: Theme) -> Look:
    """The window's colours beside a scene of this theme."""
    tint = (60, 76, 130) if colours.ink else (132, 156, 226)
    dark, firm = not colours.ink, colours.panel_frame[3] >= _FIRM
    panel, popup = QColor(10, 14, 27, 232), QColor(13, 18, 34)
    if firm:
        panel, popup = (QColor(*colours.background, alpha) for alpha in (250, 255))
    return Look(
        theme=colours,
        panel=panel if dark else QColor(253, 253, 255, 240),
        line=QColor(*tint, 170 if firm else 34 if dark else 48),
        well=QColor(8, 12, 25) if dark else QColor(236, 239, 247),
        track=QColor(*tint, 90 if firm else 50),
        raised=QColor(*tint, 23 if dark else 18),
        hover=QColor(*tint, 46 if dark else 40),
        popup=popup if dark else QColor(255, 255, 255),
        text=QColor(*colours.text),
        soft=QColor(*colours.text_soft),
        faint=QColor(*(colours.text_faint if dark else _between(colours.text_faint, colours.text_soft))),
        off=QColor(*tint, 170 if firm else 110 if dark else 120),
        accent=QColor(*colours.mark),
        on_accent=QColor(4, 34, 42) if dark else QColor(255, 255, 255),
        chosen=with_alpha(QColor(*colours.mark), 0.14 if dark else 0.06),
        answer=QColor(*colours.answer),
        curve=QColor(*(_step(colours.heat, 0.84) if dark else _step(colours.heat, 0.45))),
        excite=QColor(*_step(colours.excite, 0.58 if dark else 0.87)),
        inhibit=QColor(*_step(colours.inhibit, 0.62 if dark else 0.72)),
        right=QColor(*colours.right),
        wrong=QColor(*colours.wrong),
    )


def _between(faint: Colour, soft: Colour) -> Colour:
    """A third of the way to the stronger: a film's faint text lies on paper, the window's on buttons too."""
    red, green, blue = ((2 * one + other) // 3 for one, other in zip(faint, soft, strict=True))
    return red, green, blue


def _step(ramp: Ramp, share: float) -> Colour:
    red, green, blue = ramp[int(np.clip(share, 0, 1) * 255)]
    return int(red), int(green), int(blue)


def look() -> Look:
    """The look of the running application, which `sheet.dress` has set."""
    return _WORN["look"]


def wear(chosen: Look) -> None:
    """Have all widgets paint in a look from now on."""
    _WORN["look"] = chosen


@cache
def family(file: str) -> str:
    """Bring a font of the films to Qt, and return what Qt calls its family there.

    Some systems put each weight in a family of its own ("Inter Medium"): "Inter" alone would give Regular.
    """
    known = QFontDatabase.addApplicationFont(str(Path(scenes.__file__).parent / "fonts" / file))
    return QFontDatabase.applicationFontFamilies(known)[0]


@cache
def font(face: str, size: int) -> QFont:
    """One of the fonts of the films: regular, medium, semibold, display, bold; size in pixels.

    It is shared, since Qt takes longer to make a font than to write with it: copy it to change it.
    """
    file, weight = _FACES[face]
    film_font = QFont(family(file))
    film_font.setWeight(weight)
    film_font.setPixelSize(size)
    # Hinting pulls letters apart at fractional scales.
    film_font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Digits of one width: columns stand still while their numbers change.
    film_font.setFeature(QFont.Tag("tnum"), 1)
    return film_font


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """The colour at an opacity 0..1."""
    seen = QColor(colour)
    seen.setAlphaF(alpha)
    return seen


def number(value: float, decimals: int = 2, signed: bool = False) -> str:
    """A value as text with a true minus sign; `-0.00` is `0.00`."""
    text = f"{value:{'+' if signed else ''}.{decimals}f}"
    if float(text) == 0:
        text = f"{0:.{decimals}f}"
    return text.replace("-", "−")
