"""Where strands run in space: S-curves that pass over what they skip, drawn together half way."""

import numpy as np
from numpy.typing import NDArray

from engine import Net
from engine.graph.topology import depths
from scenes.space.layout import Layout

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
POINTS = 14
"""Points of one curve: fewer are drawn faster, and at this number no corner is seen yet."""
_FAR = 3  # stations ahead from which on a connection is a skip connection to the eye
_LEVEL, _BEFORE = 0.1, 0.12  # scene units between panels of one plane, and how far before it strands pass
_CLEAR = 4.0  # scene units between a panel's top and the strands that pass over it
_PULL = 0.5  # how far strands come towards their bundle half way: at 0.8 their ends are lost to the eye
# Along the way, 0 at both ends: there a strand is at its neurons, whatever its bundle.
_T = np.linspace(0.0, 1.0, POINTS)
_TOGETHER = (_PULL * np.sin(np.pi * _T).clip(0.0) ** 0.8 * (_T % 1.0 > 0.0)).astype(np.float32)


def bundled(net: Net, layout: Layout, source: Ids, target: Ids, connection: Ids, value: Floats) -> Floats:
    """The curves (K, POINTS, 3) of strands that run alike drawn together half way, so that paths read.

    Alike run those of one connection and one sign between the same two groups of neurons, see
    `scenes.space.groups`. Each keeps its own ends and, half way, half of its own distance from the others:
    c + s(t) (m - c), where c is its curve, m the mean of its bundle's weighted by |value|, and
    s(t) = 0.5 sin(pi t)^0.8.

    source, target: global ids (K,); connection: index (K,) into the net's connections; value: (K,).
    """
    start, end = layout.positions[source], layout.positions[target]
    lift, flow = lifts(net, layout, source, target, connection), layout.orientation.flow
    curves = bend(start, end, flow, lift)
    group, many = layout.groups, len(layout.positions)
    key = (2 * connection.astype(np.int64) + (value > 0)) * many + group[source]
    bundle = np.unique(key * many + group[target], return_inverse=True)[1].reshape(-1)
    share = np.abs(value).astype(np.float64)
    share /= np.maximum(np.bincount(bundle, share), 1e-30)[bundle]
    # A curve is linear in where it starts, ends and rises to: the mean of curves is that of these.
    first, last, rise = (_gathered(each, bundle, share) for each in (start, end, lift))
    mean = bend(first, last, flow, rise)
    for axis in range(3):
        curves[..., axis] += (mean[..., axis] - curves[..., axis]) * _TOGETHER
    return curves


def _gathered(each: Floats, bundle: NDArray[np.int64], share: NDArray[np.float64]) -> Floats:
    """The sum over each strand's bundle of `each` (K, 3) by its share (K,), for each strand: (K, 3)."""
    sums = [np.bincount(bundle, each[:, axis] * share)[bundle] for axis in range(3)]
    return np.stack(sums, axis=1).astype(np.float32)


def lifts(
    net: Net,
    layout: Layout,
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    connection: NDArray[np.int32],
) -> Floats:
    """How far each strand leaves its way half way, as vectors (K, 3).

    A connection that skips stations passes over the panels between, not through them: all its strands in one
    ribbon above the panel's top. One between panels of one plane passes before it.
    """
    depth, places = depths(net.graph), {panel.layer: panel for panel in layout.panels}
    lift = np.zeros((len(source), 3), dtype=np.float32)
    for number, (first, last) in enumerate(net.connections):
        if depth[last] - depth[first] >= _FAR:
            up, mine = places[last].up, connection == number
            middle = (layout.positions[source[mine]] + layout.positions[target[mine]]) / 2
            passed = [places[name] for name, d in depth.items() if depth[first] < d < depth[last]]
            tops = [0.5 * panel.raster.height + (panel.centre - places[last].centre) @ up for panel in passed]
            rise = max(tops) + _CLEAR - 0.85 * ((middle - places[last].centre) @ up)
            lift[mine] = rise[:, None] * up
            continue
        facing = np.cross(places[last].right, places[last].up)
        if abs((places[last].centre - places[first].centre) @ facing) < _LEVEL:
            # Between panels side by side in one plane they pass before it.
            mine = connection == number
            away = np.linalg.norm(layout.positions[source[mine]] - layout.positions[target[mine]], axis=1)
            lift[mine] = (_BEFORE * away)[:, None] * facing
    return lift


def bend(start: Floats, end: Floats, flow: tuple[float, float, float], lift: Floats | None = None) -> Floats:
    """S-curves from (K, 3) to (K, 3): even along the flow, eased across it, so they leave and land level.

    flow: one of the three axes, as in Orientation.
    lift: (K, 3), how far each is away from that curve half way.
    """
    t = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
    ease = 0.1 * t + 0.9 * t * t * (3.0 - 2.0 * t)
    rise = np.sqrt(4 * t * (1 - t))
    curves = np.empty((len(start), POINTS, 3), dtype=np.float32)
    # Axis by axis: arrays whose last axis is three long are slow.
    for axis, flows in enumerate(flow):
        way = (end[:, axis] - start[:, axis])[:, None]
        curves[..., axis] = start[:, axis, None] + way * (t if flows else ease)
        if lift is not None:
            curves[..., axis] += lift[:, axis, None] * rise
    return curves
