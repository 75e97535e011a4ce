"""Headline: title, facts, and one sentence on what is happening."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from scenes.frame import Caption
from scenes.lettering.fonts import fitted, width
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.theme import Theme
from scenes.motion.easing import between
from scenes.motion.pace import LETTERS, Said, readable
from scenes.motion.pauses import Pauses
from scenes.motion.timeline import Timeline
from scenes.space.page import READABLE, Box, Page

_JOINT = "    ·    "
_LEAST, _MOST = 14, 400  # characters of a text that is cut short
_TITLE = 0.5  # of a title's size, as small as it may become to fit
_SHRUNK, _READ = 0.7, 10.0  # of a line's size, and px: as small as it may become to fit its line
_WORDY = 0.9  # of a line's size, below which a tight picture says it in fewer words
_WHOLE = 0.95  # of a sentence's size, below which it has two lines in a tall picture


def headline(words: Words, view: View, aside: list[Box]) -> list[Caption]:
    """The title, facts, and what is happening.

    aside: boxes of the answer, which lines spare.
    """
    if view.sheet.tight:
        return _tight(words, view, aside)
    heading, at, room = words.again("heading", partial(_heading, words), view.sheet, view.theme, aside)
    captions, small = list(heading), view.sheet.headline_sizes[1]
    for texts, alpha, most in _narration(words, view, room):
        captions += _sentence(texts, view, at, small, alpha, most)
    return captions


def _heading(
    words: Words, sheet: Page, theme: Theme, aside: list[Box]
) -> tuple[list[Caption], tuple[float, float], float]:
    """Title and facts, the same all along; where it is told what happens, and in how many pixels."""
    x, y = sheet.margin
    title, small = sheet.headline_sizes
    y += 0.80 * title
    captions = [_titled(Caption(words.title, (x, y), title, "display", theme.text), sheet, aside)]
    room = _beside(sheet, small, aside)
    lines = _fact_lines(words, sheet, small, room)
    # Below two lines of facts the sentence is still to end above the net.
    apart, below = (1.32, 1.55) if len(lines) < 2 else (1.2, 1.4)
    for text in lines:
        y += (0.36 * title if len(captions) == 1 else 0.0) + apart * small
        fits = _fitting(text, small, room, "regular")
        shown = _cut(text, fits, room)
        captions.append(Caption(shown, (x, y), fits, "regular", theme.text_soft))
    return captions, (x, y + below * small), room


def _titled(title: Caption, sheet: Page, aside: list[Box]) -> Caption:
    """A title in a size at which it fits, or where it would be too small for one, cut short."""
    room = _room(title, sheet, [] if sheet.portrait else aside)
    size = max(fitted(title.text, title.font, title.size, room), _TITLE * title.size)
    return replace(title, size=size, text=_cut(title.text, size, room, title.font) or title.text[:_LEAST])


def _beside(sheet: Page, size: float, aside: list[Box]) -> float:
    """Pixels that a line of facts may take: in a tall picture all of its width, else up to the answer."""
    room = sheet.width - 2 * sheet.margin[0]
    if sheet.portrait:
        return room
    ends = [left - sheet.margin[0] - 2 * size for left, *_ in aside]
    return min([room - 330 * sheet.unit, *ends])


def _fact_lines(words: Words, sheet: Page, size: float, room: float) -> list[str]:
    """Facts and the net's change on one line where they fit, else on two; of a small picture's few facts one.

    A change that is too long for its line is cut short, or where hardly any of it were left, counted.
    """
    facts = words.facts[-1:] if sheet.compact and not sheet.squarish else words.facts
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


def beats(words: Words, line: Timeline) -> list[tuple[float, str]]:
    """All that happens, in order: from how many seconds of the shown film on, and a whole sentence."""
    starts, said = _beats(words, line)
    return [(line.pauses.shown_at(start), each.text) for start, each in zip(starts, said, strict=True)]


def told(words: Words, line: Timeline) -> list[tuple[float, tuple[str, ...]]]:
    """What is said of it, in order: the film's seconds from which on it is, a sentence, and shorter ones.

    Only what there is time to read: see `scenes.motion.pace`.
    """
    starts, said = _beats(words, line)
    # While the film stands still there is time to read.
    shown = tuple(map(line.pauses.shown_at, starts))
    held = _held(starts, shown, said, line.pauses)
    return [(starts[k], texts) for k, texts in readable(shown, held, line.pauses.seconds)]


def _held(
    starts: Sequence[float], shown: Sequence[float], said: Sequence[Said], pauses: Pauses
) -> tuple[Said, ...]:
    """What is said, of which that must be during which the film stops, if there is time to read it."""
    held, ends = list(said), [*starts[1:], pauses.film]
    for k, until in enumerate([*shown[1:], pauses.seconds]):
        letters: dict[str, int] = {}
        for text, _, where in said[k].forms:
            letters[where] = min(len(text), letters.get(where, len(text)))
        if any(starts[k] <= stop.at < ends[k] for stop in pauses.stops):
            fits = max(letters.values()) <= LETTERS * (until - shown[k])
            held[k] = replace(said[k], must=fits or said[k].must)
    return tuple(held)


def _beats(words: Words, line: Timeline) -> tuple[tuple[float, ...], tuple[Said, ...]]:
    starts = [line.fires[name] if name else line.digit[0] for name, _ in words.steps]
    starts += [line.bars[0], line.answer[0], line.back[0]]
    return tuple(map(line.told_from, starts)), (*(said for _, said in words.steps), *words.ends)


def _narration(words: Words, view: View, beside: float) -> list[tuple[tuple[str, ...], float, float]]:
    """What is said, cross-fading from beat to beat, or a line of the maker's own.

    Each is told in one or more ways, the longest first; with it its opacity, and the pixels that it may take:
    `beside` where it stands together with the answer.
    """
    line, t, whole = view.line, view.t, view.sheet.width - 2 * view.sheet.margin[0]
    if words.caption:
        return [((words.caption,), 1.0, beside)]
    spoken = words.again("told", partial(told, words), line)
    ends = [*(start for start, _ in spoken[1:]), 2 * line.seconds]
    fade = 0.022 * line.seconds
    said = []
    for (start, texts), end in zip(spoken, ends, strict=True):
        goes = line.pauses.fading(end, fade)
        alpha = float(between(t, start, start + fade)) * (1.0 - float(between(t, end - goes, end)))
        if alpha > 0:
            said.append((texts, alpha, beside if start >= line.answer[0] else whole))
    return said


def _sentence(
    texts: tuple[str, ...], view: View, at: tuple[float, float], size: float, alpha: float, room: float
) -> list[Caption]:
    """A sentence, where it must be smaller or on two lines, or in other words; at worst cut short."""
    sheet, theme = view.sheet, view.theme
    for text in texts:
        lines, fits = [text], _fitting(text, size, room)
        # On a telephone a line much smaller than the others cannot be read; a wide one has no room for two.
        if width(text, "medium", fits) > room or (sheet.portrait and fits < _WHOLE * size):
            lines = _halves(text, _least(size), room)
            fits = min(_fitting(each, size, room) for each in lines)
        if all(width(each, "medium", fits) <= room for each in lines):
            break
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


def _tight(words: Words, view: View, aside: list[Box]) -> list[Caption]:
    """Title, what was changed, what is happening, a fact: those that there is room for, in this order."""
    sheet, theme = view.sheet, view.theme
    x, y = sheet.margin
    title, small = sheet.headline_sizes
    y += 0.80 * title
    shown = _fitted(Caption(words.title, (x, y), title, "display", theme.text), sheet, aside)
    captions, left = [shown] if shown else [], sheet.lines
    y += 0.36 * title
    if (words.change and left) or left > 1:
        text = words.change or words.facts[-1]
        y, left = y + 1.32 * small, left - 1
        at = Caption(text, (x, y), small, "regular", theme.text_soft)
        cut = _cut(text, small, _room(at, sheet, aside)) or words.changes if words.change else text
        shown = _fitted(replace(at, text=cut), sheet, aside)
        captions += [shown] if shown else []
    if left:
        # A picture that is not wide has room for it below the answer alone.
        foot = max((foot for *_, foot in aside), default=0.0)  # a letter that hangs low takes no room from it
        below = max(sheet.answer_foot + 1.2 * small, foot + small) if sheet.squarish else 0.0
        y = max(y + 1.4 * small, below)
        for texts, alpha, _ in _narration(words, view, 0.0):
            said = [Caption(text, (x, y), small, "medium", theme.text, 0.92 * alpha) for text in texts]
            ways = [_fitted_lines(each, sheet, aside) for each in said]
            # In fewer words rather than much smaller, if there is a way.
            large = (way for way in ways if way and way[0].size >= _WORDY * small)
            captions += next(large, next(filter(None, ways), []))
    return captions


def _fitted_lines(caption: Caption, sheet: Page, aside: list[Box]) -> list[Caption]:
    """A sentence in a size at which it can be read, on a long page on two lines, if there is room."""
    whole = _fitted(caption, sheet, aside)
    if whole or not sheet.long:
        return [whole] if whole else []
    halves = _halves(caption.text, READABLE, _room(caption, sheet, aside))
    lines = [_fitted(replace(caption, text=half), sheet, aside) for half in halves]
    size = min((line.size if line else 0.0 for line in lines), default=0.0)
    if not size:
        return []
    (x, y), high = caption.at, 1.32 * size
    return [replace(caption, text=half, at=(x, y + k * high), size=size) for k, half in enumerate(halves)]


def _room(caption: Caption, sheet: Page, aside: list[Box]) -> float:
    """Pixels from a line's beginning to the page's margin, or to what stands aside at its height."""
    (x, y), size = caption.at, caption.size
    ends = [left - 0.8 * size for left, top, _, foot in aside if y + 0.4 * size > top and y - size < foot]
    return min([sheet.width - sheet.margin[0], *ends]) - x


def _fitted(caption: Caption, sheet: Page, aside: list[Box]) -> Caption | None:
    """A line in a size at which it fits and can be read; None where there is none."""
    size = fitted(caption.text, caption.font, caption.size, _room(caption, sheet, aside))
    return replace(caption, size=size) if size >= READABLE else None
