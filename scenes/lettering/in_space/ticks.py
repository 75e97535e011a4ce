"""Ticks: the names of the bands, which stand in space beside them; the answer's steps forward."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import NO_CLASS
from scenes.camera.orbit import Orbit
from scenes.frame import Caption, Tick
from scenes.lettering.class_names import abbreviated
from scenes.lettering.fonts import extent
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.page import Box
from scenes.space.raster import Bands
from scenes.space.rows import letters

_HIGH = 1.7  # scene units, the size of the type
_CLOSE = 1.15  # of the distance to the next tick, what the type may be
_GROWS = 1.45  # the answer's, of the others
_LEAST = 2.3  # the size that the answer's has at least, scene units
_MEETS = 0.1  # of a panel's ticks, how many may meet a text before all of them go
_FADES, _STEPS = 0.5, 8  # of its height, how near a picture's edge a tick fades, and in how many steps
_SHRINKS = 0.6  # of their size, what a panel's ticks have at least where it is seen nearly from its edge
_LETTERS = 8, 6  # of a name that is written whole: beside a row, above a column
_MOST = 10  # where there is room
_SMALLER = 0.75  # of its size, that of a name at least beside a row that is whole for it
_SHORT = 2  # letters of one that may be larger whatever stands beside it
_WIDE = 0.64  # of its size, how wide a letter is

Panels = tuple[tuple[Tick, ...], ...]
"""The ticks of each panel that has some."""

_Form = tuple[tuple[float, float, float], float, int, bool]
"""Place, size and letters of a tick, and whether it stands beside its place."""


def seen(line: Timeline, t: float) -> float:
    """How far the ticks have come up at time t, 0..1."""
    return float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))


def lay_out(words: Words, layout: Layout, theme: Theme, shown: float, winner: float, end: Orbit) -> Panels:
    """The ticks panel by panel; shown, winner: 0..1, how far they have come up, the answer stepped forward.

    end: the pose of the last picture, in which long names end before the next panel.
    """
    panels = []
    for panel, beside in zip(layout.panels, _beside(layout, end), strict=True):
        bands = panel.raster.bands
        if bands is None:
            continue
        places, ticks = panel.ticks, []
        gaps = np.linalg.norm(np.diff(places, axis=0), axis=1)
        usual = min(_HIGH, _CLOSE * float(gaps.min(initial=_HIGH / _CLOSE)))
        rooms = _rooms(gaps, bands.rows)
        texts = _texts(words, bands, usual, [beside / _SMALLER] * len(rooms) if bands.rows else rooms)
        longest = max(map(letters, texts), default=0)
        if bands.rows and longest > _LETTERS[0]:
            usual = min(usual, beside / (_WIDE * longest))
        for label, text, (x, y, z), room in zip(bands.classes, texts, places.tolist(), rooms, strict=True):
            hot = winner if label == words.prediction else 0.0
            most = room / (_WIDE * max(letters(text), 1))
            size = min(usual, most)
            long = bands.rows and letters(text) > _SHORT
            largest = beside / (_WIDE * letters(text)) if long else _GROWS * most
            ticks.append(
                Tick(
                    text=text,
                    at=(x, y, z),
                    size=size + hot * (max(min(max(_GROWS * size, _LEAST), largest), size) - size),
                    colour=_mixed(theme.text_soft, theme.answer, hot),
                    alpha=shown * (0.8 + 0.2 * hot),
                    beside=bands.rows,
                )
            )
        panels.append(tuple(ticks))
    return tuple(panels)


def _texts(words: Words, bands: Bands, size: float, rooms: list[float]) -> list[str]:
    """The names of bands; whole up to `_LETTERS`, or to as many as rooms have place for at this size."""
    told = []
    for label, room in zip(bands.classes, rooms, strict=True):
        whole = max(_LETTERS[not bands.rows], int(min(room / (_WIDE * size), _MOST)))
        told.append("–" if label == NO_CLASS else _written(words.classes, label, whole))
    return told


def _rooms(gaps: NDArray[np.floating[Any]], rows: bool) -> list[float]:
    """Scene units that the name of each band may fill: beside rows any, above columns up to the next ones."""
    most = np.full(len(gaps) + 1, np.inf)
    if not rows:
        most[1:] = gaps
        most[:-1] = np.minimum(most[:-1], gaps)
    return [float(room) for room in most]


@lru_cache(maxsize=8)
def _beside(layout: Layout, end: Orbit) -> list[float]:
    """Scene units from the names of each panel's bands to the next panel, as the last picture shows them."""
    right = end.axes()[0]
    nexts = [float((panel.corners() @ right).min()) for panel in layout.panels[1:]]
    names = [float((panel.ticks @ right).max()) if panel.raster.bands else np.inf for panel in layout.panels]
    return [there - here for here, there in zip(names, [*nexts, np.inf], strict=True)]


def clear(
    panels: Panels,
    texts: Iterable[Caption],
    layout: Layout,
    camera: Orbit,
    size: tuple[int, int],
    taken: Iterable[Box] = (),
) -> Panels:
    """Ticks of panels, but of those that a camera sees before bars, texts or the ticks of a panel nearer.

    From the front panels stand before each other, and a band's name would be taken for a bar's. Those of a
    panel that is seen from above or from its edge are smaller, so that they do not meet each other.
    size: of the picture, pixels; taken: where else nothing may stand, boxes in pixels.
    """
    if not panels:
        return panels
    boxes, bars = seen_boxes(panels, camera, size), _bars(layout, camera, size)
    mine = np.split(boxes, np.cumsum([len(ticks) for ticks in panels[:-1]]))
    filled, kept = np.array([bars, *taken, *(extent(text) for text in texts)]), []
    for ticks, whole in zip(reversed(panels), reversed(mine), strict=True):
        share = _apart(whole)
        middle, half = (whole[:, :2] + whole[:, 2:]) / 2, share * (whole[:, 2:] - whole[:, :2]) / 2
        own = np.concatenate([middle - half, middle + half], axis=1)
        low, high = own[:, None, :2] < filled[None, :, 2:], own[:, None, 2:] > filled[None, :, :2]
        meets = np.any(np.all(low & high, axis=2), axis=1)
        if np.mean(meets) > _MEETS or share < _SHRINKS:
            meets[:] = True
        kept.append(
            tuple(
                replace(tick, size=share * tick.size, alpha=0.0 if met else tick.alpha)
                if met or share < 1.0
                else tick
                for tick, met in zip(ticks, meets.tolist(), strict=True)
            )
        )
        filled = np.concatenate([filled, own[~meets]])
    return tuple(reversed(kept))


def inside(panels: Panels, camera: Orbit, size: tuple[int, int]) -> Panels:
    """The ticks of panels; those that come near the picture's edge, which would cut them, fade."""
    if not panels:
        return panels
    boxes = seen_boxes(panels, camera, size)
    room = np.concatenate([boxes[:, :2], np.array(size) - boxes[:, 2:]], axis=1).min(axis=1)
    shares = np.nan_to_num(np.clip(room / (_FADES * (boxes[:, 3] - boxes[:, 1])), 0.0, 1.0))
    return faded(panels, shares)


def faded(panels: Panels, shares: NDArray[np.float64]) -> Panels:
    """The ticks of panels, each with a share of its opacity, 0..1, given in one row (ticks,)."""
    if (shares == 1.0).all():
        return panels
    # In a few steps: the picture of each is kept.
    left = iter((np.round(_STEPS * shares) / _STEPS).tolist())
    return tuple(
        tuple(
            tick if share == 1.0 else replace(tick, alpha=share * tick.alpha)
            for tick, share in zip(ticks, left, strict=False)
        )
        for ticks in panels
    )


def seen_boxes(panels: Panels, camera: Orbit, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where the ticks of panels are seen, pixels (ticks, 4), NaN behind the camera."""
    return _boxes(_forms(panels), camera, size)


def _apart(boxes: NDArray[np.float64]) -> float:
    """The share of their size, at most 1, with which boxes in a row do not meet each other."""
    sides = boxes[:, 2:] - boxes[:, :2]
    away = np.abs(np.diff((boxes[:, 2:] + boxes[:, :2]) / 2, axis=0))
    room = (2.0 * away / (sides[1:] + sides[:-1])).max(axis=1, initial=0.0)
    return float(min(room.min(initial=1.0), 1.0))


def boxes_at_end(words: Words, view: View) -> list[Box]:
    """Where the ticks stand in the last picture, pixels."""
    panels = lay_out(words, view.layout, view.theme, 1.0, 1.0, view.camera)
    if not any(panels):
        return []
    boxes = seen_boxes(panels, view.camera, view.size)
    return [(left, top, right, low) for left, top, right, low in boxes.tolist()]


@lru_cache(maxsize=8)
def _bars(layout: Layout, camera: Orbit, size: tuple[int, int]) -> Box:
    """The box of all bars as they are seen, in pixels; while the camera rests it is looked for once."""
    ends = layout.bars.base + layout.bars.length * layout.bars.along
    seen = camera.project(np.concatenate([layout.bars.label, ends]), size)
    low, high = seen.min(axis=0), seen.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _forms(panels: Panels) -> tuple[_Form, ...]:
    """What decides where ticks are seen."""
    told = [tick for ticks in panels for tick in ticks]
    return tuple((tick.at, tick.size, letters(tick.text), tick.beside) for tick in told)


@lru_cache(maxsize=8)
def _boxes(forms: tuple[_Form, ...], camera: Orbit, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where ticks are seen, pixels (N, 4), NaN behind the camera."""
    at, high, many, beside = (np.array(part) for part in zip(*forms, strict=True))
    x, y = camera.project(at, size).T
    away = (camera.position - at) @ camera.axes()[2]
    pixels = camera.scale_at(at[0], size) * max(float(away[0]), 1e-6) / away
    high = 0.5 * pixels * high
    # To the right of its place, or with its foot there.
    x, y = np.where(beside, x, x - 0.6 * high * many), np.where(beside, y, y - 0.8 * high)
    return np.stack([x, y - 0.8 * high, x + 1.2 * high * many, y + 0.8 * high], axis=1)


@lru_cache(maxsize=1024)
def _written(names: tuple[str, ...], place: int, whole: int) -> str:
    """A name as there is room for it, with a point where it is cut within a word.

    The same for every frame: all names are looked through for each.
    """
    told = abbreviated(names, place, whole)
    rest = names[place].partition(told)[2] if told else ""
    return f"{told}." if rest[:1].isalnum() and told[-1:].isalpha() else told


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
