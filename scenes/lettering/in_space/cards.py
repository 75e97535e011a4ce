"""Cards: the name and the size of what stands at a place, beside its panels."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product

import numpy as np

from scenes.frame import Caption
from scenes.lettering.fonts import extent, fitted, width
from scenes.lettering.in_space.card_places import Corners, Place, places_in, walls
from scenes.lettering.names.naming import Card
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.motion.easing import between
from scenes.space.page import LEGIBLE, READABLE, Box, Page, apart, nearest

_ROWS = 8  # names that have a line under their panels in portrait
_NEAR, _CLOSE = 8.0, 0.4  # to another text: pixels in the design, and of the type's size at least
_EDGE = 14.5  # to the page's edge: from there on a text is whole
LOWER, LINE = 5, 0.7  # lines that a card may stand in, and from one to the next, in its type's size
_WALL = 4.0  # pixels in the design from a card to the panel of another layer
# Of a short name's width, by which it may stand beside its panels' middle.
_ASIDES = -0.35, 0.35, -0.6, 0.6, -0.8, 0.8


def near(sheet: Page) -> float:
    """Pixels between a card and another text from where on it is whole, in the page's design."""
    return max(_NEAR, _CLOSE * sheet.font(19) / sheet.unit)


def settle(words: Words, view: View, taken: list[Box], *, clear_of_panels: bool = True) -> tuple[Card, ...]:
    """The cards, each in the first line that is free in the last picture; for the name alone if need be.

    clear_of_panels: rather lower than before the panel of another layer.

    In portrait, where each has one place, those without room there leave before.
    """
    sheet, view = view.sheet, view.at_end()
    if sheet.portrait:
        taken, leaving = list(taken), set()
        for group in cards(words, view):
            boxes = [extent(caption) for caption in group]
            if all(sheet.clear(box, taken, near(sheet)) == 1 for box in boxes):
                taken += boxes
            else:
                leaving.add(group[0].text)
        return tuple(replace(card, drop=-1) if card.name in leaving else card for card in words.cards)
    places, last = places_in(view), len(view.layout.panels) - 1
    small = tuple(
        replace(card, name=card.small or card.name, small=card.small or card.name) for card in words.cards
    )
    none = [list[Box]()] * (last + 1)
    filled = (walls(places[0].seen), none) if clear_of_panels else (none,)
    settled, lost = words.cards, (len(words.cards) + 1, 0)
    for named in (words.cards, small):
        orders = [_order(named, last, sheet.tight, backwards=backwards) for backwards in (False, True)]
        # Rather before the panel of another layer than without a place.
        for order, panels in product((*orders, named), filled):
            tried = _placed(named, order, places, taken, panels)
            # A name counts for more than what is told under another.
            bare = sum(bool(own.detail) > bool(card.detail) for own, card in zip(named, tried, strict=True))
            missing = sum(card.drop < 0 for card in tried), 0 if sheet.compact else bare
            if missing < lost:
                settled, lost = tried, missing
            if not any(lost):
                return settled
        if not lost[0]:
            return settled
    return settled


def _order(named: tuple[Card, ...], last: int, tight: bool, *, backwards: bool) -> tuple[Card, ...]:
    """Who chooses a place before whom: in a tight page what goes in and comes out, which all nets have."""
    cards = named[::-1] if backwards else named
    return tuple(sorted(cards, key=lambda card: tight and not {0, last} & set(card.layers)))


def _placed(
    named: tuple[Card, ...],
    order: tuple[Card, ...],
    places: tuple[Place, Place],
    taken: list[Box],
    panels: list[list[Box]],
) -> tuple[Card, ...]:
    """Each card where it has room in a wide picture, see `settle`.

    order: in which they choose; panels: what each layer's fills, which a card of others stands clear of
    where it can.
    """
    taken, settled, last = list(taken), {}, len(panels) - 1
    for card in order:
        settled[card] = card if card.minor else replace(card, drop=-1)
        if card.minor or not places[0].seen.shows(card):
            continue
        others = [box for layer, own in enumerate(panels) if layer not in card.layers for box in own]
        found = _found(card, places, last, taken, others)
        if found is not None:
            settled[card], taken = found[0], taken + found[1]
    return tuple(settled[card] for card in named)


def _found(
    card: Card, places: tuple[Place, Place], last: int, taken: list[Box], panels: list[Box]
) -> tuple[Card, list[Box]] | None:
    """The card in the first line that is free, and of those rather one that is clear of panels; its boxes."""
    sheet, first = places[0].sheet, None
    room = _WALL * sheet.unit
    for tried in _tries(card):
        if first and (tried.detail, tried.aside) != (first[0].detail, first[0].aside):
            break  # rather before a panel than with less of it told
        boxes = [extent(caption) for caption in _landscape(places, tried, last)]
        if any(sheet.clear(box, taken, near(sheet)) < 1 for box in boxes):
            continue
        if all(nearest(box, panels, room) >= room for box in boxes):
            return tried, boxes
        first = first or (tried, boxes)
    return first


def _tries(card: Card) -> Iterator[Card]:
    """Where a card may stand, the best place first: whole, its name alone, or a short name a little aside."""
    whole = (replace(card, drop=drop) for drop in range(LOWER))
    yield from whole
    alone = [replace(card, drop=drop, detail="") for drop in range(LOWER)]
    yield from alone
    if card.name == card.small:
        yield from (replace(each, aside=share) for share in _ASIDES for each in alone)


def cards(words: Words, view: View) -> list[list[Caption]]:
    """The captions of each card, its name first; a card that cannot be seen whole is left out."""
    places, sheet = places_in(view), view.sheet
    seen = [card for card in words.cards if places[0].seen.shows(card)]
    last = len(view.layout.panels) - 1
    if sheet.tight:
        # Where not all have room, the first ones here have it.
        seen.sort(key=lambda card: not {0, last} & set(card.layers))
    if sheet.portrait:
        # The outputs' bars speak for themselves, and there is no free corner beside them.
        crowded = any(card.minor for card in words.cards) or len(words.cards) > _ROWS
        write = _beside if crowded else _under_left
        return [
            write(places[card.drop < 0], card) for card in seen if last not in card.layers and not card.minor
        ]
    groups = [_landscape(places, card, last) for card in seen if not card.minor]
    return groups + _words(places[0], [card for card in seen if card.minor])


def _landscape(places: tuple[Place, Place], card: Card, last: int) -> list[Caption]:
    """The captions of a card in a wide picture; last: the place of the net's last layer."""
    place, leaving = places
    return (_under_bars if last in card.layers else _under)(place if card.drop >= 0 else leaving, card)


def _under_left(place: Place, card: Card) -> list[Caption]:
    """On one line under the left corner of a panel."""
    unit, (name, detail) = place.sheet.unit, (place.sheet.font(26), place.sheet.font(22))
    left, foot = place.seen.corners[card.layers[0], 0]
    x, y = float(left), float(foot) + 10 * unit
    captions = [place.text(card.name, (x, y), name, faint=False, anchor="lt")]
    if place.sheet.tight:
        return captions
    x += width(card.name + "  ", "semibold", name)
    y += 0.18 * (name - detail)
    return [*captions, place.text(card.line or card.detail, (x, y + 1), detail, faint=True, anchor="lt")]


def _beside(place: Place, card: Card) -> list[Caption]:
    """To the right of the panels, at half their height."""
    faces = [place.seen.faces[layer] for layer in card.layers if layer in place.seen.faces]
    corners = np.concatenate([*place.seen.corners[list(card.layers)], *faces])
    x, y = (
        float(corners[:, 0].max()) + 16 * place.sheet.unit,
        float(corners[:, 1].min() + corners[:, 1].max()) / 2,
    )
    # Between a wide panel and the page's edge a name may be smaller.
    size, room = place.sheet.font(24), place.sheet.width - x - _EDGE * place.sheet.unit
    least = READABLE if place.sheet.tight else LEGIBLE
    size = max(fitted(card.name, "semibold", size, room), min(size, least))
    return [place.text(card.name, (x, y), size, faint=False, anchor="lm")]


def _under(place: Place, card: Card) -> list[Caption]:
    """Under the middle of the panels."""
    unit, feet = place.sheet.unit, place.seen.feet
    key = card.layers, unit
    if key not in feet:
        feet[key] = _foot(place.seen.corners[list(card.layers), :2], unit)
    x, y = feet[key]
    return _stacked(place, card, x, y + (24 if len(card.layers) == 1 else 46) * unit)


def _foot(feet: Corners, unit: float) -> tuple[float, float]:
    """Where the middle of panels stands, by their feet (panels, 2, 2)."""
    if len(feet) == 1:  # the same, number for number, and much faster
        (left, low), (right, high) = feet[0].tolist()
        return float(np.float32(left + right)) / 2, max(low, high)
    # Means, sums and the like by their plain functions: asked for each card of each picture.
    across = feet[..., 0]
    x = float(np.float32(np.add.reduce(across, axis=None) / across.size))
    # The feet of a row of panels slope: the card clears those above it, the nearest at least.
    away = np.abs(np.add.reduce(across, axis=1) / np.float32(2) - np.float32(x))
    near = away <= max(130 * unit, float(np.minimum.reduce(away)))
    return x, float(np.maximum.reduce(feet[near, :, 1], axis=None))


def _under_bars(place: Place, card: Card) -> list[Caption]:
    unit, (tip, foot) = place.sheet.unit, place.seen.tip
    return _stacked(
        place, card, float(tip[0]) - 30 * unit, float(max(tip[1] + 44 * unit, foot[1] + 20 * unit))
    )


def _stacked(place: Place, card: Card, x: float, y: float) -> list[Caption]:
    name, detail = place.sheet.font(19), place.sheet.font(16)
    y += LINE * name * max(card.drop, 0)
    if card.aside:
        x += card.aside * width(card.name, "semibold", name)
    captions = [place.text(card.name, (x, y), name, faint=False, anchor="mt")]
    if not place.sheet.compact and card.detail:
        captions.append(place.text(card.detail, (x, y + 1.35 * name), detail, faint=True, anchor="mt"))
    return captions


def _words(place: Place, minor: list[Card]) -> list[list[Caption]]:
    """One small word under each station, all of them or none."""
    captions = []
    for card in minor:
        feet = place.seen.corners[list(card.layers), :2].reshape(-1, 2)
        at = float(feet[:, 0].mean()), float(feet[:, 1].max()) + 12 * place.sheet.unit
        captions.append(place.text(card.name, at, place.sheet.font(13), faint=True, anchor="mt"))
    boxes = [extent(caption) for caption in captions]
    room = min((apart(a, b) for a, b in pairwise(boxes)), default=99.0)
    visible = float(between(room, 1.0, 6.0 * place.sheet.unit))
    visible = float(visible == 1.0) if place.sheet.roaming else visible
    if visible == 1:
        return [[caption] for caption in captions]
    return [[replace(caption, alpha=caption.alpha * visible)] for caption in captions]
