"""Shade: how far strands that leave the digit are dimmed before its plane, lest they tint its dark pixels."""

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.strand_curves import POINTS
from scenes.motion.easing import smooth
from scenes.space.layout import Layout

Floats = NDArray[np.float32]
Shade = list[tuple[slice, Floats]]
"""Slices of strands, and what is left of the light of each at its points, float32 (k, POINTS), 0..1."""

_LEFT = 0.05  # of the light of a strand well before the plane: where it runs is still seen
_SOFT, _DEEP = 7.0, 2.5  # scene units: half the way over which it fades, and half left so far inside the edge
# The latter part of the way, whole at its target: there a strand is as bright as its synapse is strong.
_COMES = smooth((np.linspace(0.0, 1.0, POINTS, dtype=np.float32) - 0.4) / 0.5).astype(np.float32)


def before(drawn: DrawnSynapses, layout: Layout, camera: Orbit) -> Shade:
    """What is left of strands that a camera sees before the picture that they leave: all beyond its edge."""
    panel = layout.panels[0]
    mine = [s for s in drawn.spans if s.stop > s.start and panel.start <= drawn.source[s.start] < panel.stop]
    if panel.raster.kind != "tiles":
        return []
    wide, high = panel.half
    axes = np.stack([panel.right, panel.up, np.cross(panel.right, panel.up)])
    eye = (axes @ (camera.position - panel.centre)).astype(np.float32)
    shade = []
    for span in mine:
        # One axis after another: arrays whose last axis is three long are slow.
        points = axes @ drawn.curves[span].reshape(-1, 3).T
        points -= (axes @ panel.centre)[:, None]
        # Where the ray from the camera through the point meets the plane.
        share = points[2] / (eye[2] - points[2])
        aside, above = (np.abs(at + share * (at - own)) for at, own in zip(points, eye[:2], strict=False))
        inside = np.minimum(wide - aside, high - above)
        seen = smooth((_SOFT + _DEEP - inside) / (2 * _SOFT))
        left = _LEFT + (1 - _LEFT) * np.maximum(seen.reshape(-1, POINTS), _COMES)
        shade.append((span, left.astype(np.float32)))
    return shade
