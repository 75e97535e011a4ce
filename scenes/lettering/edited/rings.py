"""Rings: where the marks of a net's edits stand in the picture, and the words beside them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenes.frame import Caption, Ring
from scenes.lettering.edited.marks import Mark
from scenes.lettering.fonts import extent
from scenes.lettering.view import View
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.space.page import Box, Page, apart

_RADIUS, _WIDTH, _THIN = 11.0, 1.6, 1.1  # of a ring, and the line of one of many, in the design
_COMPACT = 48.0  # radius of the one ring around neurons that are too close for one each

_NEAR = 3.0  # pixels between labels, in the design


@dataclass(frozen=True)
class _Placed:
    """A mark in the picture: its rings, and the box that its label belongs to."""

    mark: Mark
    rings: tuple[Ring, ...]
    box: Box


def settle(marks: tuple[Mark, ...], view: View, taken: list[Box], ticks: list[Box]) -> tuple[Mark, ...]:
    """The marks, each with the side of its label: free of texts, and of rings and ticks where one is.

    Sides are chosen once, for the picture's last pose, so that labels do not hop as the camera moves.
    """
    placed = [each for mark in marks if (each := _place(mark, view))]
    circles = [_square(ring) for each in placed for ring in each.rings if len(each.mark.at) == 1]
    taken, settled = list(taken), []
    for each in placed:
        boxes = [extent(caption) for caption in _sides(each, view)]
        free = [k for k, box in enumerate(boxes) if view.sheet.clear(box, taken, _NEAR) == 1]
        open_ = [k for k in free if all(apart(boxes[k], circle) >= 0 for circle in circles)]
        clear = [k for k in open_ if all(apart(boxes[k], tick) >= 0 for tick in ticks)]
        side = next(iter(clear or open_ or free), -1)
        taken += boxes[side : side + 1] if side >= 0 else []
        settled.append(replace(each.mark, side=side))
    return tuple(settled)


def lay_out(marks: tuple[Mark, ...], view: View, taken: list[Box]) -> tuple[tuple[Ring, ...], list[Caption]]:
    """The rings and their words: each appears shortly before its layer fires.

    A ring is only as visible as the clearest label in its layer: without words it would mean nothing.
    """
    placed: list[_Placed] = []
    captions: list[Caption] = []
    told: dict[str, float] = {}
    for mark in marks:
        fires = view.line.fires[mark.layer]
        shown = float(smooth(between(view.t, fires - 0.05 * view.line.seconds, fires)))
        each = _place(mark, view) if shown else None
        if each is None:
            continue
        placed.append(each)
        if mark.side >= 0:
            said = _sides(each, view)[mark.side]
            alpha = shown * view.sheet.clear(extent(said), [*taken, *map(extent, captions)], _NEAR)
            told[mark.layer] = max(told.get(mark.layer, 0.0), alpha)
            captions += [replace(said, alpha=alpha)] if alpha > 0.004 else []
    seen = ((ring, told.get(each.mark.layer, 0.0)) for each in placed for ring in each.rings)
    return tuple(replace(ring, alpha=ring.alpha * alpha) for ring, alpha in seen if alpha > 0), captions


def _place(mark: Mark, view: View) -> _Placed | None:
    """A mark as the camera sees it; None where some of its neurons are behind the camera."""
    positions = view.layout.positions
    *ends, at = (view.camera.project(positions[list(end)], view.size) for end in (*mark.ends, mark.at))
    if not all(np.isfinite(places).all() for places in (*ends, at)):
        return None
    rings = tuple(ring for places in ends for ring in _rings(places, view.sheet, view.theme))
    return _Placed(mark, rings, _around(at, rings))


def _scale(sheet: Page) -> float:
    """Rings shrink less than the picture does."""
    return float(sheet.unit**0.86)


def _rings(places: NDArray[np.float32], sheet: Page, theme: Theme) -> list[Ring]:
    """A ring for one neuron; for several a small one each, or where they are too close, one around all."""
    scale = _scale(sheet)
    if len(places) == 1:
        return [Ring(_point(places[0]), _RADIUS * scale, _WIDTH * scale, theme.mark)]
    away = np.linalg.norm(places[:, None] - places[None], axis=-1)
    gap = float(away[~np.eye(len(places), dtype=bool)].min())
    each = float(between(gap, 5.0, 6.5))
    # In half pixels: as the camera moves, rings of few sizes are drawn anew.
    radius = round(2 * min(_RADIUS * scale, max(0.46 * gap, 2.5))) / 2
    rings = [Ring(_point(place), radius, _THIN * scale, theme.mark, each) for place in places]
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    reach = float(np.linalg.norm(places - middle, axis=1).max()) + 4 * sheet.unit
    whole = (1.0 - each) * (1.0 - float(between(reach, 0.85 * _COMPACT * scale, _COMPACT * scale)))
    rings.append(Ring(_point(middle), round(2 * reach) / 2, _THIN * scale, theme.mark, whole))
    return [ring for ring in rings if ring.alpha > 0]


def _point(place: NDArray[np.float32]) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def _square(ring: Ring) -> Box:
    (x, y), r = ring.at, ring.radius
    return x - r, y - r, x + r, y + r


def _around(places: NDArray[np.float32], rings: tuple[Ring, ...]) -> Box:
    """The box of neurons, with the rings that stand within it."""
    left, top, right, bottom = (*map(float, places.min(axis=0)), *map(float, places.max(axis=0)))
    boxes = [(left, top, right, bottom)]
    for ring in rings:
        if left - 1 <= ring.at[0] <= right + 1 and top - 1 <= ring.at[1] <= bottom + 1:
            boxes.append(_square(ring))
    sides = np.array(boxes)
    return (*map(float, sides[:, :2].min(axis=0)), *map(float, sides[:, 2:].max(axis=0)))  # type: ignore[return-value]


def _sides(each: _Placed, view: View) -> list[Caption]:
    """The label at each side of its neurons, the best one first."""
    left, top, right, bottom = each.box
    sheet, theme = view.sheet, view.theme
    size, gap = sheet.font(20 if sheet.portrait else 15), 5 * sheet.unit
    x, y, line = (left + right) / 2, (top + bottom) / 2, 1.5 * size
    sides = [
        ((x, top - gap), "ms"),
        ((x, bottom + gap), "mt"),
        ((right + gap, y), "lm"),
        ((left - gap, y), "rm"),
        ((x, top - gap - line), "ms"),
        ((x, bottom + gap + line), "mt"),
        ((x, top - gap - 2 * line), "ms"),
        ((x, bottom + gap + 2 * line), "mt"),
    ]
    return [
        Caption(each.mark.text, at, size, "medium", theme.mark, 1.0, anchor, theme.background)
        for at, anchor in sides
    ]
