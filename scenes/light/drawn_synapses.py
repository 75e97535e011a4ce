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
_CLEAR = 4.0  # scene units between a panel's top and the strands that pass over it


@dataclass(frozen=True, eq=False)
class DrawnSynapses:
    """The strongest synapses of each connection, weakest first, so that the strong are drawn on top.

    Attributes:
        connection: int32 (K,), index into the net's connections.
        source, target: int32 (K,), global neuron ids of the ends; see `starts` for attention.
        contribution: float32 (K,), weight x source activation.
        strength: float32 (K,), |contribution| over the largest of its connection, 0..1.
        attention: bool (K,), whether the weight is an attention product, computed from the input.
        curves: float32 (K, POINTS, 3), scene units.
        spans: for each connection, the slice of its strands.
        quotas: for each connection, how many strands it may have; it has fewer where synapses carry nothing.
    """

    connection: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    contribution: Floats
    strength: Floats
    attention: NDArray[np.bool_]
    curves: Floats
    spans: tuple[slice, ...]
    quotas: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.source)


def quotas(net: Net, total: int) -> list[int]:
    """How many strands each connection gets, about `total` in all: as the fourth root of its synapses.

    Large connections get more, yet a small one is not starved; none gets more than it has.
    """
    edges = np.array([net.synapse_count(a, b) for a, b in net.connections], dtype=np.float64)
    share = edges**0.25
    return [int(min(k, n)) for k, n in zip(np.round(total * share / share.sum()), edges, strict=True)]


def select(trace: Trace, layout: Layout, total: int) -> DrawnSynapses:
    """Pick the truly strongest synapses by |weight x source activation|, connection by connection.

    Synapses that carry nothing (a source at rest) are never drawn, so there may be fewer than asked for.
    """
    parts, contributions, spans, first = [], [], [], 0
    most = quotas(trace.net, total)
    for (source, target), k in zip(trace.net.connections, most, strict=True):
        synapses, contribution = strongest(trace, k, source, target)
        parts.append((starts(synapses)[::-1], synapses.target[::-1], synapses.kind[::-1]))
        contributions.append(contribution[::-1].astype(np.float32))
        spans.append(slice(first, first + len(contribution)))
        first += len(contribution)
    sources = np.concatenate([part[0] for part in parts]).astype(np.int32)
    targets = np.concatenate([part[1] for part in parts]).astype(np.int32)
    kinds = np.concatenate([part[2] for part in parts])
    strength = [np.abs(c) / max(float(np.abs(c).max(initial=0.0)), 1e-30) for c in contributions]
    counts = [len(c) for c in contributions]
    connection = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return DrawnSynapses(
        connection=connection,
        source=sources,
        target=targets,
        contribution=np.concatenate(contributions),
        strength=np.concatenate(strength).astype(np.float32),
        attention=kinds == Kind.ATTENTION,
        curves=bend(
            layout.positions[sources],
            layout.positions[targets],
            layout.orientation.flow,
            lifts(trace.net, layout, sources, targets, connection),
        ),
        spans=tuple(spans),
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
    ribbon above the panel's top.
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
