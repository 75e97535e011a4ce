"""DrawnSynapses: the synapses that are drawn, and the curves that draw them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Kind, Net, Synapses, Trace, strongest
from engine.graph.topology import depths
from scenes.space.layout import Layout

Floats = NDArray[np.float32]
POINTS = 14
"""Points of one curve: fewer are drawn faster, and at this number no corner is seen yet."""
_FAR = 3  # stations ahead from which on a connection is a skip connection to the eye
_LEVEL, _BEFORE = 0.1, 0.12  # scene units between panels of one plane, and how far before it strands pass
_CLEAR = 4.0  # scene units between a panel's top and the strands that pass over it


@dataclass(frozen=True, eq=False)
class DrawnSynapses:
    """The strongest synapses of each connection, weakest first, so that the strong are drawn on top.

    Attributes:
        by: what they are measured by, one of engine.MEASURES.
        connection: int32 (K,), index into the net's connections.
        source, target: int32 (K,), global neuron ids of the ends; see `starts` for attention.
        value: float32 (K,), what each comes to by that measure.
        strength: float32 (K,), |value| over the largest of its connection, 0..1.
        attention: bool (K,), whether the weight is an attention product, computed from the input.
        carried: for each connection, the sum of |value|.
        curves: float32 (K, POINTS, 3), scene units.
        spans: for each connection, the slice of its strands.
        quotas: for each connection, how many strands it may have; it has fewer where synapses carry nothing.
    """

    by: str
    connection: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    value: Floats
    strength: Floats
    attention: NDArray[np.bool_]
    carried: tuple[float, ...]
    curves: Floats
    spans: tuple[slice, ...]
    quotas: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.source)


def quotas(net: Net, total: int) -> list[int]:
    """How many strands each connection gets, about `total` in all: as the fourth root of its synapses.

    Large connections get more, yet a small one is not starved; none gets more than it has.
    """
    edges = np.array(net.synapse_counts, dtype=np.float64)
    share = edges**0.25
    return [int(min(k, n)) for k, n in zip(np.round(total * share / share.sum()), edges, strict=True)]


def select(
    trace: Trace,
    layout: Layout,
    total: int,
    by: str,
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
) -> DrawnSynapses:
    """Pick the truly strongest synapses by a measure, connection by connection; see engine.strongest.

    Synapses that come to nothing (of a source at rest) are never drawn, so there may be fewer than asked for.
    """
    parts, values, spans, first = [], [], [], 0
    most = quotas(trace.net, total)
    for (source, target), k in zip(trace.net.connections, most, strict=True):
        synapses, value = strongest(trace, k, source, target, by=by, of=of, against=against, sign=sign)
        parts.append((starts(synapses)[::-1], synapses.target[::-1], synapses.kind[::-1]))
        values.append(value[::-1].astype(np.float32))
        spans.append(slice(first, first + len(value)))
        first += len(value)
    sources = np.concatenate([part[0] for part in parts]).astype(np.int32)
    targets = np.concatenate([part[1] for part in parts]).astype(np.int32)
    kinds = np.concatenate([part[2] for part in parts])
    sizes = [np.abs(value) for value in values]
    strength = [size / max(float(size.max(initial=0.0)), 1e-30) for size in sizes]
    counts = [len(size) for size in sizes]
    connection = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return DrawnSynapses(
        by=by,
        connection=connection,
        source=sources,
        target=targets,
        value=np.concatenate(values),
        strength=np.concatenate(strength).astype(np.float32),
        attention=kinds == Kind.ATTENTION,
        carried=tuple(float(size.sum(dtype=np.float64)) for size in sizes),
        curves=bend(
            layout.positions[sources],
            layout.positions[targets],
            layout.orientation.flow,
            lifts(trace.net, layout, sources, targets, connection),
        ),
        spans=tuple(spans),
        quotas=tuple(most),
    )


def none_of(net: Net, total: int, by: str) -> DrawnSynapses:
    """None of a net's synapses, where as many could be: what stands for strands that are not worked out."""
    whole, real = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
    most = quotas(net, total)
    return DrawnSynapses(
        by=by,
        connection=whole,
        source=whole,
        target=whole,
        value=real,
        strength=real,
        attention=np.zeros(0, dtype=np.bool_),
        carried=(0.0,) * len(most),
        curves=np.zeros((0, POINTS, 3), dtype=np.float32),
        spans=(slice(0, 0),) * len(most),
        quotas=tuple(most),
    )


def starts(synapses: Synapses) -> NDArray[np.int32]:
    """Where each strand starts, int32 (K,): at the source; of attention's products, alternately at the gate.

    Such a product has two neurons at its end, a query and a key, or a score and a value: both are to be seen.
    """
    other = (synapses.gate >= 0) & (np.arange(len(synapses)) % 2 == 1)
    return np.where(other, synapses.gate, synapses.source)


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
