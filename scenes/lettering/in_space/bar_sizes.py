"""How large the texts beside a bar are: its label and its number, in pages of any form and room."""

from functools import lru_cache
from itertools import pairwise

from scenes.lettering.fonts import width
from scenes.space.page import LEGIBLE, READABLE, Page

_BESIDE, _CLOSE = 0.93, 0.97  # of a bar's pitch, what a small number beside another may fill; at most
_STEPS = 1.12  # the answer's number in a tall picture, of the others
_HIGH = 0.80  # of a digit's ink, of its size


@lru_cache(maxsize=64)
def side_by_side(shares: tuple[str, ...], answer: int, pitch: float) -> tuple[float, float]:
    """The size in which numbers fit side by side, and how much larger the answer's is: no more if need be."""
    size, step = 0.0, 1.0
    for step in (_STEPS, 1.0):
        wide = [width(share, "regular", 100.0) / 100.0 for share in shares]
        if answer >= 0:
            wide[answer] = step * width(shares[answer], "semibold", 100.0) / 100.0
        size = _BESIDE * pitch / max((sum(two) / 2 for two in pairwise(wide)), default=1.0)
        if size >= LEGIBLE:
            return size, step
    return LEGIBLE if size * _CLOSE >= LEGIBLE * _BESIDE else size, step


def sizes_of(
    sheet: Page, pitch: float, beside: tuple[float, float], near: float, hot: float
) -> tuple[float, float]:
    """Sizes of a bar's label and of its number, 0 for one that could not be read.

    pitch: pixels between two bars; beside: see `side_by_side`; near: from the middle of a label to its bar,
    in portrait; hot: 0..1, how far the answer has stepped forward.
    """
    grow = 1.0 + (0.5 if sheet.portrait else 0.52) * hot
    label = min(sheet.font(30 if sheet.portrait else 25), 0.85 * pitch) * grow
    if sheet.portrait:
        # Half a digit's height must fit between its middle and the bar below it.
        label = min(label, 2.4 * near)
    # In portrait numbers stand side by side: the widest two, ">99.9%" and "<0.1%", must fit.
    most, step = max(0.268 * pitch, min(LEGIBLE, beside[0])), beside[1]
    number = min(sheet.font(20), most) if sheet.portrait else min(sheet.font(18), 0.82 * pitch)
    number *= 1.0 + ((step - 1.0) if sheet.portrait else 0.36) * hot
    if not sheet.tight and not (sheet.portrait and sheet.compact):
        return label, number
    return _readable(label, hot, pitch, sheet), _readable(number, hot, pitch, sheet)


def _readable(size: float, hot: float, pitch: float, sheet: Page) -> float:
    """The size of a text beside a bar in a tight page: readable, or 0; the answer's is always readable."""
    if sheet.portrait:
        return size if size >= READABLE else READABLE * (hot > 0)
    # Digits of readable size stand clear of each other from so many pixels on.
    room = (pitch - 1.0) / _HIGH
    if hot == 0:
        return max(size, READABLE) if room >= READABLE else 0.0
    return max(min(size, 2 * room - READABLE - 0.8), READABLE)
