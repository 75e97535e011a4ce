"""Captions: where each text and each sample of colour stands in the picture at a moment."""

from dataclasses import replace

from scenes.frame import Caption, Inset, Ring, Swatch
from scenes.lettering import exhibit, rings
from scenes.lettering.cards import cards
from scenes.lettering.fonts import extent, width
from scenes.lettering.labels import answer, bar_texts
from scenes.lettering.legend import legend
from scenes.lettering.words import Words, write
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.camera import Orbit
from scenes.space.layout import Layout
from scenes.space.page import Box, Free, Page, free_page, page

_JOINT = "    ·    "
_LEAST, _MOST = 14, 400  # characters of a text that is cut short
_SHRUNK, _READ = 0.7, 10.0  # of a line's size, and px: as small as it may become to fit its line

__all__ = ["Words", "lay_out", "settle", "told", "write"]


def lay_out(
    words: Words,
    layout: Layout,
    camera: Orbit,
    size: tuple[int, int],
    theme: Theme,
    line: Timeline,
    t: float,
    free: Free | None = None,
    roaming: bool = False,
) -> tuple[tuple[Caption, ...], tuple[Swatch, ...], tuple[Ring, ...], tuple[Inset, ...]]:
    """Place texts, swatches, rings and insets at time t. What would be cut or overlap fades out of the way.

    free: place the labels in space alone, in this room; headline, answer and legend are another's.
    roaming: whether the camera stands somewhere else than on the film's own way.
    """
    if free is None:
        sheet = page(size, layout.orientation.name == "portrait", words.paint is not None, roaming)
        standing, swatches, insets = _standing(words, layout, camera, sheet, theme, line, t)
    else:
        sheet, swatches = free_page(size, layout.orientation.name == "portrait", free.box), ()
        insets = ()
        pairs = bar_texts(words, layout, camera, sheet, theme, line, t)
        # Under a headline or beside the room that is free, a number could not be read.
        standing = [caption for pair in pairs for caption in _keep_clear(pair, list(free.taken), sheet)]
    boxes = [extent(caption) for caption in standing if caption.text]
    boxes += free.taken if free else ()
    boxes += [inset.box for inset in insets]
    circles, names = rings.lay_out(words.marks, layout, camera, sheet, theme, line, t, boxes)
    boxes += [extent(caption) for caption in names]
    for card in cards(words, layout, camera, sheet, theme, line, t):
        clear = _keep_clear(card, boxes, sheet)
        if clear[0].alpha > 0.004:
            boxes += [extent(caption) for caption in clear]
        names += clear
    shown = tuple(caption for caption in standing + names if caption.text and caption.alpha > 0.004)
    return shown, swatches, circles, insets


def settle(
    words: Words, layout: Layout, camera: Orbit, size: tuple[int, int], theme: Theme, line: Timeline
) -> Words:
    """The same words, with a place for what is free to choose one: the labels of marks, and the card.

    Both as the last picture has room: the card goes where neither the legend nor the name of a layer stands,
    or is left out.
    """
    sheet = page(size, layout.orientation.name == "portrait", words.paint is not None)
    bare, t = replace(words, exhibit=None), line.seconds
    standing, *_ = _standing(bare, layout, camera, sheet, theme, line, t)
    boxes = [extent(caption) for caption in standing if caption.text]
    marks = rings.settle(words.marks, layout, camera, sheet, theme, boxes)
    named = [extent(each) for card in cards(words, layout, camera, sheet, theme, line, t) for each in card]
    return replace(words, marks=marks, exhibit=exhibit.settle(words.exhibit, sheet, theme, boxes + named))


def _standing(
    words: Words, layout: Layout, camera: Orbit, sheet: Page, theme: Theme, line: Timeline, t: float
) -> tuple[list[Caption], tuple[Swatch, ...], tuple[Inset, ...]]:
    """The texts that names and labels make way for, the legend's swatches, and the card's pictures."""
    fixed = _headline(words, sheet, theme, line, t) + answer(words, sheet, theme, line, t)
    entries, swatches = legend(words, sheet, theme, line, t)
    told, insets = exhibit.lay_out(words.exhibit, sheet, theme, float(smooth(between(t, *line.card))))
    fixed += [*entries, *told]
    boxes = [extent(caption) for caption in fixed if caption.text]
    texts = bar_texts(words, layout, camera, sheet, theme, line, t)
    labels = [caption for pair in texts for caption in _keep_clear(pair, boxes, sheet)]
    return fixed + labels, swatches, insets


def _keep_clear(group: list[Caption], taken: list[Box], sheet: Page) -> list[Caption]:
    """Fade captions that belong together before one of them touches the picture's edge or another text."""
    visible = min(sheet.clear(extent(caption), taken) for caption in group)
    return [replace(caption, alpha=caption.alpha * visible) for caption in group]


def _headline(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    x, y = sheet.margin
    title, small = sheet.headline_sizes
    title = min(title, title * (sheet.width - 2 * x) / width(words.title, "display", title))
    y += 0.80 * title
    captions = [Caption(words.title, (x, y), title, "display", theme.text)]
    for text in _fact_lines(words, sheet, small):
        y += (0.36 * title if len(captions) == 1 else 0.0) + 1.32 * small
        fits = _fitting(text, small, sheet.width - 2 * x, "regular")
        captions.append(Caption(text, (x, y), fits, "regular", theme.text_soft))
    y += 1.55 * small
    captions += _narration(words, sheet, theme, line, t, (x, y), small)
    return captions


def _fact_lines(words: Words, sheet: Page, size: float) -> list[str]:
    """Facts and the net's change on one line where they fit, else on two; of a small picture's few facts one.

    A change that is too long for its line is cut short, or where hardly any of it were left, counted.
    """
    facts = words.facts[-1:] if sheet.compact else words.facts
    room = sheet.width - 2 * sheet.margin[0] - (0 if sheet.portrait else 330 * sheet.unit)
    whole = _JOINT.join(facts)
    if words.change:
        if width(_JOINT.join((*facts, words.change)), "regular", size) <= room:
            return [_JOINT.join((*facts, words.change))]
        if width(whole, "regular", size) <= room or len(facts) < 2:
            return [whole, _cut(words.change, size, room) or words.changes]
        rest = _JOINT.join(facts[1:]) + _JOINT
        if width(rest + words.change, "regular", size) > room:
            rest = facts[-1] + _JOINT
        short = _cut(words.change, size, room - width(rest, "regular", size))
        return [facts[0], rest + (short or words.changes)]
    if width(whole, "regular", size) <= room or len(facts) < 2:
        return [whole]
    return [facts[0], _JOINT.join(facts[1:])]


def _cut(text: str, size: float, room: float, font: str = "regular") -> str:
    """As much of a text as there is room for, with an ellipsis where it is cut; nothing if that is little."""
    short = text if len(text) <= _MOST else text[:_MOST] + "…"
    while width(short, font, size) > room:
        if len(short) <= _LEAST:
            return ""
        short = short[:-2].rstrip(" ;,") + "…"
    return short


def told(words: Words, line: Timeline) -> list[tuple[float, str]]:
    """What happens, in order: the seconds from which on it does, and a sentence."""
    starts = [line.fires[name] if name else line.digit[0] for name, _ in words.steps]
    texts = [text for _, text in words.steps]
    ends = (line.bars[0], line.answer[0], line.back[0])
    return list(zip([*starts, *ends], [*texts, *words.ends], strict=True))


def _narration(
    words: Words, sheet: Page, theme: Theme, line: Timeline, t: float, at: tuple[float, float], size: float
) -> list[Caption]:
    """One sentence on what is happening, cross-fading from beat to beat, or one of the maker's own."""
    if words.caption:
        return _sentence(words.caption, sheet, theme, at, size, 1.0)
    beats = told(words, line)
    starts = [start for start, _ in beats]
    fade = 0.022 * line.seconds
    captions = []
    for i, (start, text) in enumerate(beats):
        end = starts[i + 1] if i + 1 < len(starts) else 2 * line.seconds
        alpha = float(between(t, start, start + fade)) * (1.0 - float(between(t, end - fade, end)))
        if alpha > 0:
            captions += _sentence(text, sheet, theme, at, size, alpha)
    return captions


def _sentence(
    text: str, sheet: Page, theme: Theme, at: tuple[float, float], size: float, alpha: float
) -> list[Caption]:
    """A sentence where it must be smaller or, in a tall picture first, on two lines; at worst cut short."""
    room = sheet.width - 2 * at[0]
    lines, fits = [text], size if sheet.portrait else _fitting(text, size, room)
    if width(text, "medium", fits) > room:
        lines = _halves(text, _least(size), room)
        fits = min(_fitting(each, size, room) for each in lines)
    shown = [_cut(each, fits, room, "medium") for each in lines]
    return [
        Caption(each, (at[0], at[1] + 1.32 * k * fits), fits, "medium", theme.text, 0.92 * alpha)
        for k, each in enumerate(shown)
    ]


def _halves(text: str, size: float, room: float) -> list[str]:
    """A sentence as two lines of like length, the first of which fits; one where it has no space."""
    breaks = [place for place, sign in enumerate(text) if sign == " "]
    if not breaks:
        return [text]
    # After a comma rather than right in the middle.
    middle = min(breaks, key=lambda k: abs(k - len(text) / 2) - 0.2 * len(text) * (text[k - 1] in ",:"))
    if width(text[:middle], "medium", size) > room:
        middle = max((k for k in breaks if width(text[:k], "medium", size) <= room), default=middle)
    return [text[:middle], text[middle + 1 :]]


def _fitting(text: str, size: float, room: float, font: str = "medium") -> float:
    """The size at which a line fits, as far as it may shrink and still be read."""
    least = _least(size)
    # Hinted widths are no multiple of the size: step by step.
    while size > least and width(text, font, size) > room:
        size = max(least, size - 0.5)
    return size


def _least(size: float) -> float:
    """As small as a line of this size may become to fit, pixels."""
    return min(size, max(_SHRUNK * size, _READ))
