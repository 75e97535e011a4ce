"""Cards: the name and the size of what stands at a place, beside its panels."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Caption
from scenes.lettering.fonts import extent, fitted, width
from scenes.lettering.names.naming import Card
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.space.layout import Layout
from scenes.space.page import LEGIBLE, READABLE, Box, Page, apart

Corners = NDArray[np.float32]
_ROWS = 8  # names that have a line under their panels in portrait
_NEAR, _CLOSE = 8.0, 0.4  # to another text: pixels in the design, and of the type's size at least
_EDGE = 14.5  # to the page's edge: from there on a text is whole
_UPRIGHT = 24.0  # pixels that an edge may lean
LOWER, LINE = 5, 0.7  # lines that a card may stand in, and from one to the next, in its type's size
# Of a short name's width, by which it may stand beside its panels' middle.
_ASIDES = -0.35, 0.35, -0.6, 0.6, -0.8, 0.8


@dataclass(frozen=True, eq=False)
class _Seen:
    """Panels as a camera sees them: their corners in pixels, (layers, 4, 2), and which are seen whole.

    faces: the corners (4, 2) of the faces of attention, by the place in the net of the scores that they show.
    tip: the half way point of the last bar, and of its lower edge (2, 2). feet: what `_foot` has found.
    """

    corners: Corners
    whole: tuple[bool, ...]
    faces: dict[int, Corners]
    tip: Corners
    feet: dict[tuple[tuple[int, ...], float], tuple[float, float]] = field(default_factory=dict)

    def shows(self, card: Card) -> bool:
        """Whether all of a card's panels are seen whole."""
        return all(self.whole[layer] for layer in card.layers)


@dataclass(frozen=True, eq=False)
class _Place:
    """Where cards may stand: before these panels, on this page; crossed: where strands run as well."""

    seen: _Seen
    sheet: Page
    theme: Theme
    alpha: float
    crossed: bool

    def text(self, text: str, at: tuple[float, float], size: float, *, faint: bool, anchor: str) -> Caption:
        font, colour = ("regular", self.theme.text_soft) if faint else ("semibold", self.theme.text)
        ground = self.theme.background
        return Caption(text, at, size, font, colour, self.alpha, anchor, ground, self.crossed)


def near(sheet: Page) -> float:
    """Pixels between a card and another text from where on it is whole, in the page's design."""
    return max(_NEAR, _CLOSE * sheet.font(19) / sheet.unit)


def settle(words: Words, view: View, taken: list[Box]) -> tuple[Card, ...]:
    """The cards, each in the first line that is free in the last picture; for the name alone if need be.

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
    places, last = _places(view), len(view.layout.panels) - 1
    small = tuple(
        replace(card, name=card.small or card.name, small=card.small or card.name) for card in words.cards
    )
    settled, lost = words.cards, (len(words.cards) + 1, 0)
    for named in (words.cards, small):
        orders = [_order(named, last, sheet.tight, backwards=backwards) for backwards in (False, True)]
        for order in (*orders, named):
            tried = _placed(named, order, places, last, taken)
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
    places: tuple[_Place, _Place],
    last: int,
    taken: list[Box],
) -> tuple[Card, ...]:
    """Each card where it has room in a wide picture, see `settle`.

    order: in which they choose; last: the place of the net's last layer.
    """
    sheet, taken, settled = places[0].sheet, list(taken), {}
    for card in order:
        settled[card] = card if card.minor else replace(card, drop=-1)
        whole = places[0].seen.shows(card)
        for tried in () if card.minor else _tries(card):
            boxes = [extent(caption) for caption in _landscape(places, tried, last)] if whole else []
            if all(sheet.clear(box, taken, near(sheet)) == 1 for box in boxes):
                settled[card], taken = tried, taken + boxes
                break
    return tuple(settled[card] for card in named)


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
    places, sheet = _places(view), view.sheet
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


@lru_cache(maxsize=8)
def edges(layout: Layout, camera: Orbit, size: tuple[int, int]) -> list[Box]:
    """The upright edges of all panels as they are seen, in pixels, of those that stand nearly upright."""
    corners = camera.project(layout.corners.reshape(-1, 3), size).reshape(-1, 4, 2)
    sides = np.concatenate([corners[:, [0, 3]], corners[:, [1, 2]]])
    boxes = np.concatenate([sides.min(axis=1), sides.max(axis=1)], axis=1)
    upright = np.isfinite(boxes).all(axis=1) & (boxes[:, 2] - boxes[:, 0] <= _UPRIGHT)
    return [(left, top, right, foot) for left, top, right, foot in boxes[upright].tolist()]


def _places(view: View) -> tuple[_Place, _Place]:
    """Where cards may stand, and the same for those that have no room in the last picture."""
    layout, sheet, line, t = view.layout, view.sheet, view.line, view.t
    shown = float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))
    crossed = sheet.portrait or layout.folded
    seen = _seen(layout, view.camera, view.size)
    # They are there while the camera is near.
    leaving = shown * (1.0 - float(smooth(between(t, *line.bars))))
    one, other = (_Place(seen, sheet, view.theme, alpha, crossed) for alpha in (shown, leaving))
    return one, other


@lru_cache(maxsize=8)
def _seen(layout: Layout, camera: Orbit, size: tuple[int, int]) -> _Seen:
    """Panels as a camera sees them; while it rests they are looked at once."""
    points, faced = _points(layout)
    panels, faces = len(layout.corners), len(faced)
    seen = camera.project(points, size)  # all at once: for few points it takes as long as for many
    corners = seen[: 4 * (panels + faces)].reshape(-1, 4, 2)
    whole = np.logical_and.reduce(np.isfinite(corners[:panels]), axis=(1, 2)).tolist()
    beside = dict(zip(faced, corners[panels:], strict=True))
    return _Seen(corners[:panels], tuple(whole), beside, seen[-2:])


@lru_cache(maxsize=8)
def _points(layout: Layout) -> tuple[Corners, tuple[int, ...]]:
    """The corners of all panels, of all faces, and the ends of the last bar; and whose faces these are."""
    names = [panel.layer for panel in layout.panels]
    faced = tuple(names.index(face.panel.layer) for face in layout.faces)
    ends = layout.bars.base[-1] + 0.5 * layout.bars.length * layout.bars.along
    corners = [layout.corners.reshape(-1, 3), *(face.panel.corners() for face in layout.faces)]
    return np.concatenate([*corners, np.stack([ends, ends - layout.bars.thick])]), faced


def _landscape(places: tuple[_Place, _Place], card: Card, last: int) -> list[Caption]:
    """The captions of a card in a wide picture; last: the place of the net's last layer."""
    place, leaving = places
    return (_under_bars if last in card.layers else _under)(place if card.drop >= 0 else leaving, card)


def _under_left(place: _Place, card: Card) -> list[Caption]:
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


def _beside(place: _Place, card: Card) -> list[Caption]:
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


def _under(place: _Place, card: Card) -> list[Caption]:
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


def _under_bars(place: _Place, card: Card) -> list[Caption]:
    unit, (tip, foot) = place.sheet.unit, place.seen.tip
    return _stacked(
        place, card, float(tip[0]) - 30 * unit, float(max(tip[1] + 44 * unit, foot[1] + 20 * unit))
    )


def _stacked(place: _Place, card: Card, x: float, y: float) -> list[Caption]:
    name, detail = place.sheet.font(19), place.sheet.font(16)
    y += LINE * name * max(card.drop, 0)
    if card.aside:
        x += card.aside * width(card.name, "semibold", name)
    captions = [place.text(card.name, (x, y), name, faint=False, anchor="mt")]
    if not place.sheet.compact and card.detail:
        captions.append(place.text(card.detail, (x, y + 1.35 * name), detail, faint=True, anchor="mt"))
    return captions


def _words(place: _Place, minor: list[Card]) -> list[list[Caption]]:
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
