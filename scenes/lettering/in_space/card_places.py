"""Where cards may stand: what stands in space as a camera sees it, and the panels' edges."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Caption
from scenes.lettering.names.naming import Card
from scenes.lettering.view import View
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.space.layout import Layout
from scenes.space.page import Box, Page

Corners = NDArray[np.float32]
_UPRIGHT = 24.0  # pixels that an edge may lean
_STRIPS = 12  # upright boxes that stand for a panel, whose upper and lower edges slope


@dataclass(frozen=True, eq=False)
class Seen:
    """Panels as a camera sees them: their corners in pixels, (layers, 4, 2), and which are seen whole.

    faces: the corners (4, 2) of the faces of attention, by the place in the net of the scores that they show.
    tip: the half way point of the last bar, and of its lower edge (2, 2). feet: where those of
    cards stand, as it was found.
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
class Place:
    """Where cards may stand: before these panels, on this page; crossed: where strands run as well."""

    seen: Seen
    sheet: Page
    theme: Theme
    alpha: float
    crossed: bool

    def text(self, text: str, at: tuple[float, float], size: float, *, faint: bool, anchor: str) -> Caption:
        """A line of a card, its name or, faint, what is told of it."""
        font, colour = ("regular", self.theme.text_soft) if faint else ("semibold", self.theme.text)
        ground = self.theme.background
        return Caption(text, at, size, font, colour, self.alpha, anchor, ground, self.crossed)


@lru_cache(maxsize=8)
def edges(layout: Layout, camera: Orbit, size: tuple[int, int]) -> list[Box]:
    """The upright edges of all panels as they are seen, in pixels, of those that stand nearly upright."""
    corners = camera.project(layout.corners.reshape(-1, 3), size).reshape(-1, 4, 2)
    sides = np.concatenate([corners[:, [0, 3]], corners[:, [1, 2]]])
    boxes = np.concatenate([sides.min(axis=1), sides.max(axis=1)], axis=1)
    upright = np.isfinite(boxes).all(axis=1) & (boxes[:, 2] - boxes[:, 0] <= _UPRIGHT)
    return [(left, top, right, foot) for left, top, right, foot in boxes[upright].tolist()]


def walls(seen: Seen) -> list[list[Box]]:
    """What each panel fills in the picture, in upright boxes side by side; none of one not seen whole."""
    share = np.linspace(0.0, 1.0, _STRIPS + 1)[:, None]
    filled = []
    for whole, (left_foot, right_foot, right_top, left_top) in zip(seen.whole, seen.corners, strict=True):
        foot, top = left_foot + share * (right_foot - left_foot), left_top + share * (right_top - left_top)
        ends = np.stack([foot[:-1], foot[1:], top[:-1], top[1:]])
        boxes = np.concatenate([ends.min(axis=0), ends.max(axis=0)], axis=1)
        filled.append([(x, y, end, low) for x, y, end, low in boxes.tolist()] if whole else [])
    return filled


def places_in(view: View) -> tuple[Place, Place]:
    """Where cards may stand, and the same for those that have no room in the last picture."""
    layout, sheet, line, t = view.layout, view.sheet, view.line, view.t
    shown = float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))
    crossed = sheet.portrait or layout.folded
    seen = _seen(layout, view.camera, view.size)
    # They are there while the camera is near.
    leaving = shown * (1.0 - float(smooth(between(t, *line.bars))))
    one, other = (Place(seen, sheet, view.theme, alpha, crossed) for alpha in (shown, leaving))
    return one, other


@lru_cache(maxsize=8)
def _seen(layout: Layout, camera: Orbit, size: tuple[int, int]) -> Seen:
    """Panels as a camera sees them; while it rests they are looked at once."""
    points, faced = _points(layout)
    panels, faces = len(layout.corners), len(faced)
    seen = camera.project(points, size)  # all at once: for few points it takes as long as for many
    corners = seen[: 4 * (panels + faces)].reshape(-1, 4, 2)
    whole = np.logical_and.reduce(np.isfinite(corners[:panels]), axis=(1, 2)).tolist()
    beside = dict(zip(faced, corners[panels:], strict=True))
    return Seen(corners[:panels], tuple(whole), beside, seen[-2:])


@lru_cache(maxsize=8)
def _points(layout: Layout) -> tuple[Corners, tuple[int, ...]]:
    """The corners of all panels, of all faces, and the ends of the last bar; and whose faces these are."""
    names = [panel.layer for panel in layout.panels]
    faced = tuple(names.index(face.panel.layer) for face in layout.faces)
    ends = layout.bars.base[-1] + 0.5 * layout.bars.length * layout.bars.along
    corners = [layout.corners.reshape(-1, 3), *(face.panel.corners() for face in layout.faces)]
    return np.concatenate([*corners, np.stack([ends, ends - layout.bars.thick])]), faced
