"""Scenery: what stands still around the neurons (floor, panel frames) and how bars are coloured."""

import numpy as np
from numpy.typing import NDArray

from scenes.light.theme import Theme
from scenes.scene import Scene
from scenes.space.layout import Layout
from scenes.space.panel import Panel

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_STEP = 6.0  # distance between the lines of the floor
_BENDS = 20  # points of one floor line, along which it fades


def floor(layout: Layout, theme: Theme) -> tuple[Floats, Bytes]:
    """A faint grid under the net that fades outwards: lines (n, points, 3) and colours (n, points, 4)."""
    bounds = layout.bounds()
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    depth, middle = low[2] - 2.5, (low + high) / 2
    reach_x, reach_y = 0.85 * (high[0] - low[0]) + 22.0, 0.9 * (high[1] - low[1]) + 26.0
    t = np.linspace(-1.0, 1.0, _BENDS, dtype=np.float32)
    lines = []
    for x in np.arange(-reach_x, reach_x + _STEP, _STEP):
        lines.append(
            np.stack(
                [np.full(_BENDS, middle[0] + x), middle[1] + t * reach_y, np.full(_BENDS, depth)], axis=1
            )
        )
    for y in np.arange(-reach_y, reach_y + _STEP, _STEP):
        lines.append(
            np.stack(
                [middle[0] + t * reach_x, np.full(_BENDS, middle[1] + y), np.full(_BENDS, depth)], axis=1
            )
        )
    grid = np.array(lines, dtype=np.float32)
    away = np.hypot((grid[..., 0] - middle[0]) / reach_x, (grid[..., 1] - middle[1]) / reach_y)
    rgba = np.empty((*grid.shape[:2], 4), dtype=np.uint8)
    rgba[...] = theme.floor
    rgba[..., 3] = theme.floor[3] * np.clip(1.0 - away, 0.0, 1.0) ** 1.3
    return grid, rgba


def frames(layout: Layout, theme: Theme, painted: tuple[str, ...] = ()) -> tuple[Floats, Bytes]:
    """Thin outlines of the maps and panels but for the outputs: lines (n, 5, 3) and colours (n, 5, 4).

    Those of painted layers stand out.
    """
    panels = _framed(layout)
    corners = np.concatenate([panel.outlines() for panel in panels])
    lines = np.concatenate([corners, corners[:, :1]], axis=1)
    colours = [(*theme.text, 150) if p.layer in painted else theme.panel_frame for p in panels]
    each = np.repeat(np.array(colours, dtype=np.uint8), [len(p.raster.maps) for p in panels], axis=0)
    return lines, np.repeat(each[:, None], lines.shape[1], axis=1)


def tints(layout: Layout, theme: Theme) -> tuple[Floats, Bytes]:
    """A breath of colour behind each map and panel of neurons: quads (n, 4, 3) and colours (n, 4, 4)."""
    panels = _framed(layout)
    behind = [0.3 * np.cross(panel.right, panel.up) for panel in panels]
    quads = np.concatenate([p.outlines() - away for p, away in zip(panels, behind, strict=True)])
    fills = [(*theme.panel_fill, 235) if p.raster.kind == "tiles" else theme.panel_tint for p in panels]
    each = np.repeat(np.array(fills, dtype=np.uint8), [len(p.raster.maps) for p in panels], axis=0)
    return quads.astype(np.float32), np.repeat(each[:, None], 4, axis=1)


def _framed(layout: Layout) -> list[Panel]:
    """All panels but the outputs', and the faces of attention."""
    drawn = [panel for panel in layout.panels if panel.raster.kind != "outputs"]
    return drawn + [face.panel for face in layout.faces]


def bar_colours(scene: Scene, winner: float) -> Bytes:
    """Colours of the bars' corners, uint8 (bars, 4, 4): each runs from dark to bright along its growth."""
    rgba = np.full((len(scene.shares), 4, 4), 255, dtype=np.uint8)
    plain = np.array([scene.theme.bar[i] for i in (0, 1, 1, 0)], dtype=np.float32)
    hot = np.array([scene.theme.bar_winner[i] for i in (0, 1, 1, 0)], dtype=np.float32)
    rgba[..., :3] = plain
    rgba[scene.rows.index(scene.prediction), :, :3] = plain + (hot - plain) * winner
    rgba[..., 3] = 250
    return rgba
