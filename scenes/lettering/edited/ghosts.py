"""Ghosts: where the bars ended before a net's edits; and the frame around a layer that is selected."""

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Ghost
from scenes.light.theme import Theme
from scenes.space.layout import Layout
from scenes.space.rows import row_shares

_LEAST = 0.004  # a bar that moved by less was not moved
_REACH = 1.7  # half a ghost, of a bar's thickness


def ghosts(
    layout: Layout,
    before: NDArray[np.float32],
    now: NDArray[np.float32],
    camera: Orbit,
    size: tuple[int, int],
    theme: Theme,
    *,
    width: float,
    alpha: float = 1.0,
    numbers: bool = False,
) -> tuple[Ghost, ...]:
    """A ghost on each bar whose probability has moved; before, now: float32 (classes,); width: pixels.

    numbers: see `Scene`, whose scale is that of both then.
    """
    bars = layout.bars
    scale = np.concatenate([before, now])
    before, now = (row_shares(each, now, numbers, scale) for each in (before, now))
    moved = np.flatnonzero(np.abs(before - now) >= _LEAST)
    ends = bars.base[moved] + (before[moved] * bars.length)[:, None] * bars.along
    pairs = np.stack([ends - _REACH * bars.thick, ends + _REACH * bars.thick], axis=1)
    places = camera.project(pairs.reshape(-1, 3), size).reshape(-1, 2, 2)
    seen = places[np.isfinite(places).all(axis=(1, 2))].tolist()
    return tuple(Ghost((x0, y0), (x1, y1), width, theme.mark, alpha) for (x0, y0), (x1, y1) in seen)


def layer_frame(
    layout: Layout, layer: str, camera: Orbit, size: tuple[int, int], theme: Theme, *, width: float
) -> tuple[Ghost, ...]:
    """The four edges of a layer's plane as they are seen; none where a part of it is behind the camera."""
    corners = next(panel for panel in layout.panels if panel.layer == layer).corners()
    places = camera.project(corners, size)
    if not np.isfinite(places).all():
        return ()
    ends = [(x, y) for x, y in places.tolist()]
    edges = zip(ends, [*ends[1:], ends[0]], strict=True)
    return tuple(Ghost(start, end, width, theme.mark, 1.0) for start, end in edges)
