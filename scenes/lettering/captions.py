"""Captions: where each text and each sample of colour stands in the picture at a moment."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from scenes.frame import Caption, Inset, Ring, Swatch
from scenes.lettering.card import exhibit, places
from scenes.lettering.edited import rings
from scenes.lettering.fonts import extent
from scenes.lettering.headline import beats, headline, told
from scenes.lettering.in_space import cards, ticks
from scenes.lettering.in_space.bar_labels import bar_texts
from scenes.lettering.in_space.card_places import edges as edges_of
from scenes.lettering.in_space.labels import answer, answer_at, input_texts
from scenes.lettering.keys import token_key
from scenes.lettering.legend.legend import legend
from scenes.lettering.view import View
from scenes.lettering.words import Words, write
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.page import Box, Free, Page

_ASIDE = 3.0, 1.5  # times as far from what stands beside it: two names on one line would read as one
_GONE = 0.6  # of the room that a name needs to be whole: nearer to another text nothing of it is seen
_CLEAR = 0.6  # of its size, how much farther names are from a count below them while a film is on its way
_SHORTER = 2  # cards that may lose their details for a name behind them
_NEAR = 8.0  # to another text, in the design, from where on a label is whole
_LINES = 9  # in which a name may stand where a window's camera roams

__all__ = ["Words", "beats", "lay_out", "settle", "told", "write"]


def lay_out(
    words: Words, view: View, free: Free | None = None
) -> tuple[tuple[Caption, ...], tuple[Swatch, ...], tuple[Ring, ...], tuple[Inset, ...]]:
    """Place texts, swatches, rings and insets. What would be cut or overlap fades out of the way.

    free: place the labels in space alone, in this room; headline, answer and legend are another's.
    """
    sheet = view.sheet
    if free is None:
        standing, boxes, swatches, insets = _standing(words, view)
    else:
        # Under a headline or beside the room that is free, a number could not be read.
        (standing, boxes), swatches, insets = _labels(words, view, list(free.taken)), (), ()
        boxes += free.taken
    boxes += [inset.box for inset in insets]
    circles, names = rings.lay_out(words.marks, view, boxes)
    boxes += [extent(caption) for caption in names]
    boxes += _widened(words, standing, sheet)
    boxes += [] if free else _raised(words, standing, view)
    edges = edges_of(view.layout, view.camera, view.size) if free else None
    names += _named(cards.cards(words, view), boxes, edges, sheet)
    shown = tuple(caption for caption in standing + names if caption.text and caption.alpha > 0.004)
    return shown, swatches, circles, insets


def _widened(words: Words, standing: list[Caption], sheet: Page) -> list[Box]:
    """The lines over a legend, and the room beside them, in which a name would read as their last word."""
    lines, aside = (
        (words.tokens.tile_line, words.tokens.face_line),
        _ASIDE[0] * cards.near(sheet) * sheet.unit,
    )
    boxes = [extent(caption) for caption in standing if caption.text and caption.text in lines]
    return [(left, top, right + aside, foot) for left, top, right, foot in boxes]


def _raised(words: Words, standing: list[Caption], view: View) -> list[Box]:
    """The counts of synapses and the room over them, in which a layer's name would read as their heading.

    In the last picture there is none: there each name has the place that was found for it.
    """
    clear = _CLEAR * (1.0 - float(smooth(between(view.t, *view.line.bars))))
    if view.sheet.portrait or clear <= 0:
        return []
    counts = [caption for caption in standing if caption.text in (words.key.drawn, words.key.sent)]
    boxes = [(extent(caption), clear * caption.size) for caption in counts if caption.text]
    return [(left, top - high, right, foot) for (left, top, right, foot), high in boxes]


def _named(
    named: list[list[Caption]], taken: list[Box], edges: list[Box] | None, sheet: Page
) -> list[Caption]:
    """The cards of layers, which make way for what stands there; edges: of panels, None for a fixed camera.

    Where a camera roams and a name finds no room, the one or two before it are told without their details.
    """
    placed, lost = _one_by_one(named, taken, edges, sheet)
    bare = list(named)
    for before in range(lost - 1, max(lost - 1 - _SHORTER, -1), -1):
        bare[before] = named[before][:1]
        other, still = _one_by_one(bare, taken, edges, sheet)
        if still < 0 or still > lost:
            return other
    return placed


def _one_by_one(
    named: list[list[Caption]], taken: list[Box], edges: list[Box] | None, sheet: Page
) -> tuple[list[Caption], int]:
    """The cards as each finds its room, and the first of them that finds none of its own, -1 for none."""
    boxes, placed, lost = list(taken), list[Caption](), -1
    for k, card in enumerate(named):
        moves = edges is not None and card[0].font == "semibold"  # a block's layers keep their own line
        lowered = _lowered(card, boxes, edges or [], sheet) if moves else card
        clear = _name_first(lowered, boxes, sheet, cards.near(sheet))
        seen = clear[0].alpha > 0.004
        if moves and card[0].alpha > 0.004 and lost < 0 and not (seen and _apart(clear[0], boxes, sheet)):
            lost = k
        if seen:
            boxes += [extent(caption) for caption in clear if caption.alpha > 0.004]
        placed += clear
    return placed, lost


def settle(words: Words, view: View) -> Words:
    """The same words, with a place for what is free to choose one: labels of marks, names, and the card.

    view: of the last picture. The card goes where neither the legend nor the name of a layer stands, or is
    left out.
    """
    bare = replace(words, exhibit=None)
    _, boxes, _, _ = _standing(bare, view)
    marks = rings.settle(words.marks, view, boxes, ticks.boxes_at_end(words, view))
    settled = replace(words, marks=marks, cards=cards.settle(bare, view, boxes))
    shown = settle_card(settled, view)
    if words.exhibit is None or _told_of_card(shown) >= len(words.exhibit.lines):
        return shown
    # Lower, so that they are clear of panels, names may take the room of the card's lines.
    higher = replace(settled, cards=cards.settle(bare, view, boxes, clear_of_panels=False))
    return (
        shown if higher.cards == settled.cards else max(shown, settle_card(higher, view), key=_told_of_card)
    )


def _told_of_card(words: Words) -> int:
    """How many of the card's lines are told."""
    card = words.exhibit
    return len(card.lines) if card is not None and card.place is not None and card.place.lines else 0


def settle_card(
    words: Words, view: View, besides: Sequence[Box] = (), corner: exhibit.Corner | None = None
) -> Words:
    """The same words with a place for the card, which keeps clear of these boxes too; corner: where it is.

    Where that would be small, lines on tiles are told in a few words, if it is larger then.
    """
    whole = _with_card(words, view, besides, corner)
    if places.rank(whole.exhibit) >= places.LARGE or not words.tokens.tile_line:
        return whole
    brief = _with_card(replace(words, tokens=words.tokens.in_few_words()), view, besides, corner)
    return max(whole, brief, key=lambda each: places.rank(each.exhibit))


def _with_card(words: Words, view: View, besides: Sequence[Box], corner: exhibit.Corner | None) -> Words:
    """The words with the card where it touches nothing; in a small picture the count of synapses gives way.

    besides: what it is to spare besides what stands in the picture.
    """
    standing, _, swatches, _ = _standing(replace(words, exhibit=None), view)
    named, layout, sheet = cards.cards(words, view), view.layout, view.sheet
    # Names give way to what comes nearer to them than this; and what stands beside one is read as one line.
    more = max(cards.near(sheet) * sheet.unit - places.least(sheet), 0.0)
    aside = max(more, sheet.legend_sizes[0])
    names = [extent(each) for card in named for each in card if each.alpha > 0]
    strips = [each.box for each in swatches]
    others = [
        *besides,
        *strips,
        *((x - aside, y - more, end + aside, foot + more) for x, y, end, foot in names),
    ]
    bars = layout.bars.quads(np.ones(len(layout.bars.base), dtype=np.float32))
    quads = np.concatenate([layout.corners, bars]).reshape(-1, 3)
    seen = view.camera.project(quads, view.size).reshape(-1, 4, 2)
    net = np.concatenate([seen.min(axis=1), seen.max(axis=1)], axis=1).tolist()
    for instead in (False, True) if sheet.compact and not sheet.portrait else (False,):
        texts = [each for each in standing if each.text and not (instead and each.text == words.key.drawn)]
        boxes = [*others, *map(extent, texts)]
        shown = places.settle(words.exhibit, sheet, view.theme, boxes, net, corner)
        if shown is not None:
            shown = places.lowered(shown, sheet, view.theme, names)
        if shown is not None and shown.place is not None:
            return replace(words, exhibit=replace(shown, place=replace(shown.place, instead=instead)))
    return replace(words, exhibit=None)


def settle_marks(words: Words, view: View) -> Words:
    """The same words, with a place for the labels of marks alone: of each other they keep clear."""
    return replace(words, marks=rings.settle(words.marks, view, [], ticks.boxes_at_end(words, view)))


def _standing(
    words: Words, view: View
) -> tuple[list[Caption], list[Box], tuple[Swatch, ...], tuple[Inset, ...]]:
    """The texts that names make way for, their boxes, the legend's swatches, and the card's pictures."""
    sheet, theme = view.sheet, view.theme
    aside = words.again("aside", partial(_aside, words), sheet, theme, view.line)
    fixed = headline(words, view, aside) + answer(words, view)
    entries, swatches = legend(words, view, aside)
    ramp = words.again("ramp", words.scale.colours, theme)
    # On a wide page they stand by themselves, and stay as they are.
    beside = entries if sheet.portrait or sheet.compact else ()
    tokens, strips, tiles = words.again("tokens", token_key.lay_out, words.tokens, sheet, theme, ramp, beside)
    told, insets = exhibit.lay_out(words.exhibit, theme, float(smooth(between(view.t, *view.line.card))))
    fixed += [*entries, *tokens, *told]
    boxes = [extent(caption) for caption in fixed if caption.text]
    labels, taken = _labels(words, view, boxes)
    return fixed + labels, boxes + taken, (*swatches, *strips), (*tiles, *insets)


def _aside(words: Words, sheet: Page, theme: Theme, line: Timeline) -> list[Box]:
    """The boxes of the answer as it stands in the last picture: all else makes way for it."""
    told = answer_at(words, sheet, theme, line, line.seconds)
    return [extent(each) for each in told if each.text]


def _labels(words: Words, view: View, taken: list[Box]) -> tuple[list[Caption], list[Box]]:
    """The texts beside bars and inputs, as far as they are clear of these boxes, and their own boxes."""
    texts = bar_texts(words, view) + [[each] for each in input_texts(words, view)]
    boxes = [[extent(caption) for caption in group] for group in texts]
    near = _reached([box for own in boxes for box in own], taken, _NEAR * view.sheet.unit)
    pairs = list(zip(texts, boxes, strict=True))
    shown = [each for group, own in pairs for each in _faded(group, own, near, view.sheet, _NEAR, 0.0)]
    return shown, [box for group, own in pairs for each, box in zip(group, own, strict=True) if each.text]


def _reached(boxes: list[Box], taken: list[Box], reach: float) -> list[Box]:
    """Those of other boxes that may be nearer than so many pixels to some of these."""
    if not boxes or reach <= 1.01:
        return taken  # in so small a picture a text fades by another rule
    lefts, tops, rights, feet = zip(*boxes, strict=True)
    left, top, right, foot = min(lefts), min(tops), max(rights), max(feet)
    return [
        box
        for box in taken
        if box[0] - right < reach and left - box[2] < reach and box[1] - foot < reach and top - box[3] < reach
    ]


def _faded(
    group: list[Caption], boxes: list[Box], taken: list[Box], sheet: Page, near: float, gone: float
) -> list[Caption]:
    """Fade captions that belong together before one of them touches the picture's edge or another text.

    boxes: of the captions; near, gone: see Page.clear.
    """
    if not any(caption.alpha for caption in group):
        return group  # numbers of bars, for most of a film
    return _dimmed(group, min(sheet.clear(box, taken, near, gone) for box in boxes))


def _dimmed(group: list[Caption], visible: float) -> list[Caption]:
    if visible == 1:
        return group
    return [caption.dimmed(visible) for caption in group]


def _name_first(card: list[Caption], taken: list[Box], sheet: Page, near: float) -> list[Caption]:
    """A card kept clear as `_faded` does, of which the details give way before the name does."""
    # A film's camera may rest where a name half faded hangs on the line under it.
    gone = 0.0 if sheet.roaming else _GONE * near
    visible, *others = (sheet.clear(extent(each), taken, near, gone) for each in card)
    (name,) = _dimmed(card[:1], visible)
    if name.alpha <= 0.004:
        return [name, *_dimmed(card[1:], 0.0)]
    return [name, *_dimmed(card[1:], min([visible, *others]))]


def _apart(name: Caption, taken: list[Box], sheet: Page) -> bool:
    """Whether a name is not read as one line with what stands beside it."""
    near = cards.near(sheet)
    return sheet.clear(extent(name), _wider(taken, _ASIDE[-1] * near * sheet.unit), near) == 1


def _wider(boxes: list[Box], aside: float) -> list[Box]:
    return [(left - aside, top, right + aside, foot) for left, top, right, foot in boxes]


def _lowered(card: list[Caption], taken: list[Box], edges: list[Box], sheet: Page) -> list[Caption]:
    """A card where it is clear of texts, and if it can be of edges: lines lower, or the name alone."""
    near = cards.near(sheet)
    for share in _ASIDE:
        texts = _wider(taken, share * near * sheet.unit)
        for captions, others in ((card, texts + edges), (card, texts), (card[:1], texts)):
            for drop in range(_LINES):
                down = drop * cards.LINE * card[0].size
                if all(sheet.clear(extent(each, down), others, near) == 1 for each in captions):
                    return [replace(each, at=(each.at[0], each.at[1] + down)) for each in captions]
    return card
