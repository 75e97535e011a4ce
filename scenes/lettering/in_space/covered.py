"""Covered: names of bands that neurons of a nearer layer would cut fade."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.lettering.in_space.ticks import Panels, faded, seen_boxes
from scenes.space.layout import Layout

_CORE = 0.7  # of a name's box, the part that no neuron may touch
_GONE = 0.3  # of that part's height, how deep a neuron reaches in where the name is gone
_NEARER = 1e-3  # scene units by which a neuron must be nearer than a name
_Vector = NDArray[np.floating[Any]]


def uncovered(
    panels: Panels, layout: Layout, radii: NDArray[np.float32], camera: Orbit, size: tuple[int, int]
) -> Panels:
    """Ticks of panels; the more of one a nearer neuron of another panel would hide, the fainter it is.

    radii: float32 (N,), of all neurons, scene units; size: of the picture, pixels.
    """
    if not any(panels):
        return panels
    boxes, away = seen_boxes(panels, camera, size), camera.axes()[2]
    at = np.array([tick.at for ticks in panels for tick in ticks])
    depth = (camera.position - at) @ away
    # A pixel at each depth, from that of the first name.
    unit = camera.scale_at(at[0], size) * max(float(depth[0]), 1e-6)
    banded = [panel.start for panel in layout.panels if panel.raster.bands is not None]
    beside = np.repeat(banded, [len(ticks) for ticks in panels])
    shares = np.ones(len(at))
    for panel in layout.panels:
        own = slice(panel.start, panel.stop)
        far = (camera.position - layout.positions[own]) @ away
        if not (far.min() < depth.max() and _meet(camera.project(panel.corners(), size), boxes)):
            continue
        discs = np.column_stack([camera.project(layout.positions[own], size), unit / far * radii[own]])
        reach = _reach(boxes, discs)
        hides = (far < depth[:, None] - _NEARER) & (beside != panel.start)[:, None]
        into = np.where(hides, reach, 0.0).max(axis=1)
        shares = np.minimum(shares, np.clip(1.0 - into / _GONE, 0.0, 1.0))
    return faded(panels, np.nan_to_num(shares, nan=1.0))


def _meet(corners: _Vector, boxes: _Vector) -> bool:
    """Whether any of boxes (B, 4) may meet a quad (4, 2), in pixels; also where part of it is not seen."""
    if np.isnan(corners).any():
        return True
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool(((boxes[:, :2] < high) & (boxes[:, 2:] > low)).all(axis=1).any())


def _reach(boxes: _Vector, discs: _Vector) -> _Vector:
    """How deep discs (x, y, radius) reach into each box's core, of its height: (boxes, discs), 0 for none."""
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, _CORE * (boxes[:, 2:] - boxes[:, :2]) / 2
    away = np.abs(discs[None, :, :2] - middle[:, None]) - half[:, None]
    depth = discs[None, :, 2] - np.hypot(*np.maximum(away, 0.0).transpose(2, 0, 1))
    deep: _Vector = np.nan_to_num(np.maximum(depth, 0.0) / (2.0 * half[:, 1:]))
    return deep
