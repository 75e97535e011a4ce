"""Where strands run in space: S-curves that pass over what they skip, drawn together half way."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import Net
from engine.graph.graph import Graph
from scenes.space.arcs import height_over
from scenes.space.layout import Layout

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
POINTS = 14
"""Points of one curve: fewer are drawn faster, and at this number no corner is seen yet."""
_LEVEL, _BEFORE = 0.1, 0.12  # scene units between panels of one plane, and how far before it strands pass
_OVER = 0.5  # of its way, how far a strand that falls from the top of a deck to its outputs passes before it
_PULL = 0.5  # how far strands come towards their bundle half way: at 0.8 their ends are lost to the eye
# Along the way, 0 at both ends: there a strand is at its neurons, whatever its bundle.
_T = np.linspace(0.0, 1.0, POINTS)
_TOGETHER = (_PULL * np.sin(np.pi * _T).clip(0.0) ** 0.8 * (_T % 1.0 > 0.0)).astype(np.float32)
_ALONG = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
_ACROSS = 0.1 * _ALONG + 0.9 * _ALONG * _ALONG * (3.0 - 2.0 * _ALONG)
_RISE = np.sqrt(4 * _ALONG * (1 - _ALONG))


def bundled(net: Net, layout: Layout, source: Ids, target: Ids, connection: Ids, value: Floats) -> Floats:
    """The curves (K, POINTS, 3) of strands that run alike drawn together half way, so that paths read.

    Alike run those of one connection and one sign between the same two groups of neurons, see
    `scenes.space.groups`. Each keeps its own ends and, half way, half of its own distance from the others:
    c + s(t) (m - c), where c is its curve, m the mean of its bundle's weighted by |value|, and
    s(t) = 0.5 sin(pi t)^0.8.

    source, target: global ids (K,); connection: index (K,) into the net's connections; value: (K,).
    """
    start, end = layout.positions[source], layout.positions[target]
    lift = lifts(net, layout, source, target, connection) if _is_lifted(net, layout) else None
    group, many = layout.groups, len(layout.positions)
    key = (2 * connection.astype(np.int64) + (value > 0)) * many + group[source]
    bundle = np.unique(key * many + group[target], return_inverse=True)[1].reshape(-1)
    share = np.abs(value).astype(np.float64)
    share /= np.maximum(np.bincount(bundle, share), 1e-30)[bundle]
    curves = np.empty((len(start), POINTS, 3), dtype=np.float32)
    # Fresh memory costs more than what is worked out in it.
    mine, together = room = np.empty((2, POINTS, len(start)), dtype=np.float32)
    for axis, flows in enumerate(layout.orientation.flow):
        rise = None if lift is None else lift[:, axis]
        ends = [start[:, axis], end[:, axis], *([] if rise is None else [rise])]
        _bent(bool(flows), start[:, axis], end[:, axis], rise, room)
        # A curve is linear in where it starts, ends and rises to: the mean of curves is that of these.
        means = [np.bincount(bundle, each * share).astype(np.float32) for each in ends]
        np.take(_bent(bool(flows), *means), bundle, axis=1, out=together, mode="clip")
        together -= mine
        together *= _TOGETHER[:, None]
        np.add(mine, together, out=curves[..., axis].T)
    return curves


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
    lift = np.zeros((len(source), 3), dtype=np.float32)
    ways = _ways(net.graph, layout, net.connections)
    # One sort, of what mostly is sorted, in place of a look at all strands for each of fifty connections.
    order = np.argsort(connection, kind="stable")
    ends = np.searchsorted(connection, np.arange(len(ways) + 1), sorter=order).tolist()
    for number, way in enumerate(ways):
        mine = order[ends[number] : ends[number + 1]]
        if way is None or not len(mine):
            continue
        _, last = net.connections[number]
        first_ends, last_ends = layout.positions[source[mine]], layout.positions[target[mine]]
        if way.ndim == 0:
            place = next(panel for panel in layout.panels if panel.layer == last)
            middle = (first_ends + last_ends) / 2
            rise = way - 0.85 * ((middle - place.centre) @ place.up)
            lift[mine] = rise[:, None] * place.up
        else:
            away = np.linalg.norm(first_ends - last_ends, axis=1)
            lift[mine] = away[:, None] * way
    return lift


def _is_lifted(net: Net, layout: Layout) -> bool:
    return any(way is not None for way in _ways(net.graph, layout, net.connections))


@lru_cache(maxsize=8)
def _ways(
    graph: Graph, layout: Layout, connections: tuple[tuple[str, str], ...]
) -> tuple[Floats | None, ...]:
    """How the strands of each connection pass what stands in their way; None where nothing does.

    A number: over panels, which reach so far up from the middle of its last one, and a little more. A vector
    (3,), in the length of a strand: before the plane that both its panels stand in.
    """
    places = {panel.layer: panel for panel in layout.panels}
    ways: list[Floats | None] = []
    for first, last in connections:
        end = places[last]
        if (over := height_over(graph, places, first, last)) is not None:
            ways.append(np.asarray(over))
            continue
        facing = np.cross(end.right, end.up)
        beside = abs((end.centre - places[first].centre) @ facing) < _LEVEL
        # A panel of tiles leans back: what falls from its top would fall behind it.
        falls = bool(layout.orientation.flow[2]) and layout.decks and last == layout.panels[-1].layer
        ways.append(_BEFORE * facing if beside else _OVER * facing if falls else None)
    return tuple(ways)


def bend(start: Floats, end: Floats, flow: tuple[float, float, float], lift: Floats | None = None) -> Floats:
    """S-curves from (K, 3) to (K, 3): even along the flow, eased across it, so they leave and land level.

    flow: one of the three axes, as in Orientation.
    lift: (K, 3), how far each is away from that curve half way.
    """
    curves = np.empty((len(start), POINTS, 3), dtype=np.float32)
    # Axis by axis: arrays whose last axis is three long are slow.
    for axis, flows in enumerate(flow):
        rise = () if lift is None else (lift[:, axis],)
        curves[..., axis] = _bent(bool(flows), start[:, axis], end[:, axis], *rise).T
    return curves


def _bent(
    flows: bool, start: Floats, end: Floats, lift: Floats | None = None, room: Floats | None = None
) -> Floats:
    """One axis of such curves, (POINTS, K): arrays whose last axis is short are slow; all else is (K,).

    room: float32 (2, POINTS, K) to work in; the curves are then its first half.
    """
    if room is None:
        room = np.empty((2, POINTS, len(start)), dtype=np.float32)
    curve: Floats = room[0]
    np.multiply(end - start, (_ALONG if flows else _ACROSS)[:, None], out=curve)
    curve += start
    if lift is not None:
        np.multiply(lift, _RISE[:, None], out=room[1])
        curve += room[1]
    return curve
