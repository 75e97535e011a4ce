"""Legend: every colour explained, along the foot of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from scenes.frame import Caption, Swatch
from scenes.lettering.fonts import extent, fitted, width
from scenes.lettering.keys.strand_key import StrandKey
from scenes.lettering.keys.token_key import face_swatches
from scenes.lettering.legend.counts import Room, counts
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.theme import Ramp, Theme, meeting
from scenes.motion.easing import between, smooth
from scenes.space.page import READABLE, Box, Page

_LOWER = 0.6  # how far the counts make way for that, in the size of the small print
_CLOSER = 1.08  # from one row to the next of what stands under the answer, in the text's size
_THREE = -2.5, -1.16, 0.18  # where three rows of strokes stand, of the text's size from the legend's foot
_STROKE = 1.3 * 2.6  # from the beginning of a stroke of colour to its text, in the text's size


def legend(words: Words, view: View, aside: list[Box]) -> tuple[tuple[Caption, ...], tuple[Swatch, ...]]:
    """Every colour of the moment explained, along the foot of the picture.

    aside: boxes of the answer, which what stands beside it spares.
    """
    line = view.line
    explained = float(smooth(between(view.t, line.back[0], line.back[0] + 0.03 * line.seconds)))
    explained = 1.0 if words.key.always else explained
    # In most of a film it stands as it is.
    return words.again("legend", partial(_legend, words), view.sheet, view.theme, explained, aside)


def _legend(
    words: Words, sheet: Page, theme: Theme, explained: float, aside: list[Box]
) -> tuple[tuple[Caption, ...], tuple[Swatch, ...]]:
    """The same, forward or, explained 0..1, on the way back."""
    if not sheet.explains:
        return (), ()
    left, margin = sheet.margin
    foot = sheet.height - margin - (1.7 * sheet.legend_sizes[1] if sheet.portrait else 0.0)
    foot += sheet.legend_drop
    title = words.scale.title if words.paint is None else words.texts.say("scale.elsewhere")
    form = _form(words, sheet, theme, title)
    small, bar = form.small, form.bar
    captions: list[Caption] = []
    swatches: list[Swatch] = []
    if bar:
        ramp = words.scale.colours(theme)
        captions, swatch = _scale(form, (left, foot, bar), title, ramp, form.ends)
        swatches = [swatch]
    if words.paint is not None:
        ends = words.paint.ends
        # Half the bar at least for either end, so that its middle is free.
        long = max(1.6 * bar, 2 * (max(width(end, "regular", small) for end in ends) + 2 * small))
        place = left, foot - sheet.paint_row, min(long, sheet.width - 2 * left)
        above, swatch = _scale(form, place, words.paint.title, words.paint.colours, ends, 2.25)
        captions += above
        swatches.append(swatch)
    signs, strokes = _signs(words, form, foot, explained, aside)
    below = foot + (_LOWER * form.small if sheet.answer_beside and words.tokens.tile else 0.0)
    told = _counts(words, form, below, explained, captions)
    return (*captions, *signs, *told), (*swatches, *strokes)


@dataclass(frozen=True)
class _Form:
    """Where a legend's row stands and in which colours, and its measures.

    Attributes:
        sheet, theme: the page and its colours.
        head, small: sizes of its entries and of its small print.
        bar: length of the neurons' scale in pixels, 0 where there is no room for one.
        signs: where the column of the synapses begins, pixels from the left.
        ends: what stands under the scale.
    """

    sheet: Page
    theme: Theme
    head: float
    small: float
    bar: float
    signs: float
    ends: tuple[str, str, str]


def _told(key: StrandKey, sheet: Page) -> tuple[str, str, str]:
    """What warm says and cool, and where they meet: a tight page has no row for that."""
    return key.warm, key.cool, "" if sheet.tight else key.both


def _form(words: Words, sheet: Page, theme: Theme, title: str) -> _Form:
    """The measures of a page's legend; those of a tight one follow its texts; the scale gives way first."""
    (head, small), left = sheet.legend_sizes, sheet.margin[0]
    bar = (240 if not sheet.portrait else 250) * sheet.unit**0.86
    if not sheet.compact:
        return _Form(sheet, theme, head, small, bar, left + bar + 2.6 * head, words.scale.ends)
    ends = ("", "", "") if sheet.legend_drop else words.scale.ends
    below = sum(width(end, "regular", small) + small for end in ends if end)
    bar = max(width(title, "medium", head), below, 4.0 * head)
    signs = max(width(text, "regular", head) for text in _told(words.key, sheet)) + _STROKE * head
    fits = min((sheet.width - 2 * left) / (bar + 1.4 * head + signs), 1.0)
    if fits * min(head, small) < READABLE:
        return _Form(sheet, theme, head, small, 0.0, left, ends)
    head, small = (float(np.floor(10 * fits * size)) / 10 for size in (head, small))
    return _Form(
        sheet, theme, head, small, fits * bar, left + fits * (bar + 1.4 * sheet.legend_sizes[0]), ends
    )


def _scale(
    form: _Form,
    place: tuple[float, float, float],
    title: str,
    colours: Ramp,
    ends: tuple[str, str, str],
    gap: float = 2.1,
) -> tuple[list[Caption], Swatch]:
    """A ramp with a title above and words below; place: its left, the foot of its row and its length.

    gap: from the foot up to the title, in its size.
    """
    left, foot, bar = place
    sheet, theme, head, small = form.sheet, form.theme, form.head, form.small
    thick, mid = max(4.0, 0.62 * head), foot - 1.53 * head
    # A long title shrinks rather than leave the page.
    fits = min(head, head * (sheet.width - 2 * left) / width(title, "medium", head))
    captions = [Caption(title, (left, foot - gap * head), fits, "medium", theme.text_soft)]
    # So do words that would meet on a short bar.
    small *= min(1.0, (bar - 0.5 * small) / max(sum(width(end, "regular", small) for end in ends), 1.0))
    for text, share, anchor in zip(ends, (0.0, 0.5, 1.0), ("ls", "ms", "rs"), strict=True):
        at = left + share * bar, foot + 0.30 * small
        captions.append(Caption(text, at, small, "regular", theme.text_faint, anchor=anchor))
    return captions, Swatch((left, mid - thick / 2, left + bar, mid + thick / 2), colours)


def _in_turn(away: float) -> float:
    """Opacity of what belongs to a beat, 0..1 away from it: one goes before the next comes in its place."""
    return max(1.0 - 2.0 * away, 0.0)


_Row = tuple[float, float, Ramp, str, float]
"""A sign of the legend: its left and its line's foot in pixels, its colours, its text and its opacity."""


def _signs(
    words: Words, form: _Form, foot: float, explained: float, aside: Sequence[Box] = ()
) -> tuple[list[Caption], list[Swatch]]:
    """The colours of the synapses: forward the signal's; explained, 0..1: those of the way back."""
    key, sheet, theme, head, x = words.key, form.sheet, form.theme, form.head, form.signs
    high, low = foot - 2.1 * head, foot - 0.36 * head
    forward, back = _in_turn(explained), _in_turn(1.0 - explained)
    told = list(zip((theme.excite, theme.inhibit, meeting(theme)), _told(key, sheet), strict=True))
    levels: tuple[float, ...] = (high, low)
    if told[2][1]:
        levels = tuple(foot + row * head for row in _THREE)
    else:
        told.pop()
    rows = [(x, y, *each, back) for y, each in zip(levels, filter(lambda e: e[1], told), strict=False)]
    rows.append((x, high, theme.signal, key.signal, forward))
    wide = max(width(text, "regular", head) for _, text in told)
    beside = x + _STROKE * head + wide + (1.4 if sheet.answer_beside else 2.0) * head
    # Under an answer that stands beside the legend, where its rows are closer to each other.
    lines = (low, low + _CLOSER * head) if sheet.answer_beside else (high, low)
    both = bool(key.attends and key.stays)
    if key.attends:
        rows.append((beside, lines[not both], theme.attend, key.attends, back))
    if key.stays:
        rows.append((beside, lines[1], theme.signal, key.stays, back))
    # Both signs are as large as each other, also where one has less room.
    rooms = [_room(sheet, x + _STROKE * head, y, head, aside) for y in levels]
    fits = [_fitted(text, head, room, sheet) for (_, text), room in zip(told, rooms, strict=True)]
    even = min((size for size in fits if size), default=head)
    captions, swatches = _drawn(rows, form, even, aside)
    if sheet.portrait or sheet.compact:
        # Where attention has its row, that tells of the faces too.
        face = "" if both else words.tokens.face
        tile = "" if key.attends or key.stays else words.tokens.tile
        # Forward, faces light up too, and there is room under the signal.
        for place, said, alpha in (
            ((beside, *lines), (face, tile), back),
            ((x, low, low), (face, ""), forward),
        ):
            if alpha > 0:
                told_of, strips = _tokens(said, form, place, alpha, aside)
                captions, swatches = captions + told_of, swatches + strips
    return captions, swatches


def _drawn(
    rows: Sequence[_Row], form: _Form, even: float, aside: Sequence[Box]
) -> tuple[list[Caption], list[Swatch]]:
    """The signs that are seen, each a stroke of its colour and a text of size `even` or smaller."""
    sheet, theme, head = form.sheet, form.theme, form.head
    captions, swatches = [], []
    for left, y, colours, whole, alpha in rows:
        at = left + _STROKE * head
        room = _room(sheet, at, y, head, aside)
        # What the signal is measured by gives way first.
        text = whole if _fitted(whole, head, room, sheet) else whole.partition(":")[0]
        size = min(_fitted(text, head, room, sheet), even)
        if alpha > 0 and size:
            box = (left, y - 0.46 * head, left + 2.6 * head, y - 0.22 * head)
            swatches.append(Swatch(box, colours, alpha))
            captions.append(Caption(text, (at, y), size, "regular", theme.text_soft, alpha))
    return captions, swatches


def _room(sheet: Page, at: float, y: float, head: float, aside: Sequence[Box]) -> float:
    """Pixels from the beginning of a text on a line to the page's margin, or to what stands on that line."""
    ends = [box[0] - 0.6 * head for box in aside if box[1] < y + 0.3 * head and y - head < box[3]]
    return min([sheet.width - sheet.margin[0], *ends]) - at


def _tokens(
    said: tuple[str, str],
    form: _Form,
    place: tuple[float, float, float],
    alpha: float,
    aside: Sequence[Box],
) -> tuple[list[Caption], list[Swatch]]:
    """What tiles and faces of attention are, in a few words, where there is no line for each; see token_key.

    said: of faces and of tiles, "" for nothing.
    place: where their column begins, and its two rows, the upper one for attention.
    """
    (left, high, low), sheet, theme, head = place, form.sheet, form.theme, form.head
    at = left + _STROKE * head
    told = [(high, said[0]), (low, said[1])]
    sizes = [fitted(text, "regular", head, _room(sheet, at, y, head, aside)) for y, text in told if text]
    captions: list[Caption] = []
    swatches: list[Swatch] = []
    for (y, text), own in zip([each for each in told if each[1]], sizes, strict=True):
        if own < READABLE:
            continue
        size = min(each for each in sizes if each >= READABLE) if sheet.answer_beside else own
        captions.append(Caption(text, (at, y), size, "regular", theme.text_soft, alpha))
        if text == said[0]:
            swatches += face_swatches(theme, (left, y, 2.6 * head), head, alpha)
    return captions, swatches


def _fitted(text: str, size: float, room: float, sheet: Page) -> float:
    """The size of a text, in a tall or a tight page smaller if need be, and 0 where it could not be read."""
    if not sheet.tight and not sheet.answer_beside:
        return size
    fits = fitted(text, "regular", size, room)
    return fits if fits >= READABLE else 0.0


def _counts(words: Words, form: _Form, foot: float, explained: float, scale: list[Caption]) -> list[Caption]:
    """What is told of the synapses' number, of one beat and of the other."""
    key, sheet, theme = words.key, form.sheet, form.theme
    captions: list[Caption] = []
    for drawn, note, beat in ((key.sent, key.sent_note, 0.0), (key.drawn, key.note, 1.0)):
        alpha = _in_turn(abs(beat - explained))
        if alpha > 0:
            card = words.exhibit.place if words.exhibit and beat else None
            count = "" if card and card.instead else drawn
            others = [] if sheet.portrait else scale + _signs(words, form, foot, beat)[0]
            boxes = tuple(extent(other) for other in others)
            tiles = bool(words.tokens.tile)
            room = Room(sheet, theme, form.head, form.small, foot, alpha, boxes, tiles)
            captions += counts(count, note, (words.places, words.places_brief), room)
    return captions
