"""Labels: the answer, and the names of what comes in."""

import numpy as np

from scenes.frame import Caption
from scenes.lettering.fonts import extent, fitted, width
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.page import FRAME, READABLE, Page

_Place = tuple[float, float]
_BESIDE = 0.5  # scene units from the input's panel to what comes in


def answer(words: Words, view: View) -> list[Caption]:
    """The prediction with its confidence and, where known, the truth: the one loud thing in the picture."""
    return answer_at(words, view.sheet, view.theme, view.line, view.t)


def answer_at(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    """The answer, see `answer`, at a time t in seconds, wherever the camera stands."""
    shown = float(smooth(between(t, *line.answer)))
    if shown == 0:
        return []
    loud, soft, verdict = _colours(words, theme)
    headed = not sheet.tight or sheet.lines > 0
    head, mid, small = _fonts(sheet)
    big, wide = _wide(words, sheet)
    if sheet.answer_beside and big < sheet.answer_size:
        return _column(words, sheet, theme, shown)
    (name, above, beside, below), anchors = _places(sheet, headed, big, wide)
    answered, colour = words.classes[words.prediction], theme.text_soft
    told = [
        Caption(answered, name, big, "display-bold", loud, shown, anchors[0]),
        Caption(words.head, above, head, "semibold", colour, shown, anchors[1]),
        Caption(words.confidence, beside, mid, "display", soft, shown, anchors[2]),
        Caption(words.was or words.verdict, below, small, "regular", verdict, shown, anchors[2]),
    ]
    if not sheet.tight:
        return told
    told = told if headed else [told[0], *told[2:]]
    boxes = [extent(each) for each in told]
    return [each for each, box in zip(told, boxes, strict=True) if box[0] >= 0 and box[2] <= sheet.width]


def _column(words: Words, sheet: Page, theme: Theme, shown: float) -> list[Caption]:
    """The same beside the legend of a tall picture, for a long name: line below line at the right."""
    (head, mid, small), right = _fonts(sheet), sheet.width - sheet.margin[0]
    loud, soft, verdict = _colours(words, theme)
    told = (
        (words.head, head, 1.0, "semibold", theme.text_soft),
        (words.classes[words.prediction], 1.25 * mid, 0.45, "display-bold", loud),
        (words.confidence, 0.8 * mid, 1.0, "display", soft),
        (words.was or words.verdict, small, 0.29, "regular", verdict),
    )
    captions: list[Caption] = []
    y = sheet.answer_top
    for text, most, room, font, colour in told:
        size = max(fitted(text, font, most, room * sheet.width), READABLE)
        y += 0.76 * size + (0.5 * head if captions else 0.0)
        captions.append(Caption(text, (right, y), size, font, colour, shown, "rs"))
    return captions


def _colours(words: Words, theme: Theme) -> tuple[Colour, Colour, Colour]:
    """Of the answer, of its confidence and of the line below; faint where nothing is drawn."""
    if words.empty:
        return theme.text_faint, theme.text_faint, theme.text_soft
    verdict = theme.text_soft if words.right is None else theme.right if words.right else theme.wrong
    return theme.answer, theme.answer_soft, theme.mark if words.was else verdict


def _fonts(sheet: Page) -> tuple[float, float, float]:
    """Sizes of the line above the answer, of its confidence and of the line below that."""
    head, mid, small = (24, 50, 27) if sheet.portrait else (17, 36, 18)
    return sheet.font(head), sheet.font(mid), sheet.font(small)


def _places(
    sheet: Page, headed: bool, big: float, wide: float
) -> tuple[tuple[_Place, _Place, _Place, _Place], tuple[str, str, str]]:
    """Where the answer stands, the line above it, its confidence and the line below that; and their anchors.

    headed: whether there is a line above. big, wide: the answer's size and width. A long name is smaller, and
    what stands beside it no nearer for that.
    """
    (head, mid, small), whole = _fonts(sheet), sheet.answer_size
    if sheet.answer_beside:
        right, base = sheet.width - sheet.margin[0], sheet.answer_top + 0.82 * whole
        left = right - max(0.62 * big, wide) - 0.18 * whole
        lines = (left, base - 0.71 * whole), (left, base - 1.24 * mid), (left, base - 0.26 * mid)
        return ((right, base), *lines), ("rs", "rs", "rs")
    if sheet.portrait:
        x, top, aside = sheet.width / 2, sheet.answer_top, max(0.46 * big, 0.5 * wide + 0.12 * whole)
        # Beside a long name, which is less high, the lines must not run into each other.
        lower = max(0.76 * big, 0.42 * big + 0.5 * mid + 0.75 * small)
        lines = (x - aside, top + 0.52 * big), (x + aside, top + 0.42 * big), (x + aside, top + lower)
        return ((x, top + 0.86 * big), *lines), ("ms", "rm", "lm")
    right, base = sheet.width - sheet.margin[0], sheet.margin[1] + (0.8 * head if headed else 0.0)
    left = right - max(0.80 * big, wide + 0.15 * whole)
    # In a tight page both lines are nearly as large as each other, and the story stands close below.
    high, apart = (0.48, 1.2) if sheet.tight and headed else (0.60, 1.0)
    lines = (right, base), (left, base + high * big), (left, base + high * big + apart * mid)
    return ((right, base + 0.99 * big), *lines), ("rs", "rs", "rm")


def _wide(words: Words, sheet: Page) -> tuple[float, float]:
    """The size of the answer and its width: the name of one class of many is long."""
    big = sheet.answer_size
    wide = width(words.classes[words.prediction], "display-bold", big)
    share = min(1.0, (1.1 if sheet.answer_beside else 1.9) * big / wide)
    return big * share, wide * share


def input_texts(words: Words, view: View) -> list[Caption]:
    """What comes in, beside its neurons; none in portrait, where these stand side by side."""
    panel, sheet, theme = view.layout.panels[0], view.sheet, view.theme
    if not words.inputs or sheet.portrait or len(words.inputs) != len(panel.raster.row):
        return []
    beside = panel.positions() - (panel.half[0] + _BESIDE) * panel.right
    places = view.camera.project(beside, view.size)
    if not np.isfinite(places).all():
        return []
    apart = np.linalg.norm(np.diff(places, axis=0), axis=1).min(initial=99.0)
    size, shown = min(sheet.font(18), 0.7 * float(apart)), float(smooth(between(view.t, *view.line.digit)))
    # To where a text nearer to the edge would fade.
    rooms = places[:, 0] - (sheet.free[0] if sheet.free else 0.0) - FRAME * sheet.unit
    # Seen from nearer some leave the picture; where all can be read they are as large as each other.
    least = min(fitted(text, "medium", size, x) for text, x in zip(words.inputs, rooms.tolist(), strict=True))
    size = least if least >= READABLE else size
    if size < READABLE:
        return []
    return [
        Caption(text, (float(x), float(y)), round(size, 1), "medium", theme.text_soft, shown, "rm")
        for text, (x, y) in zip(words.inputs, places.tolist(), strict=True)
    ]
