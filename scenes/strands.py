"""Strands: the synapses that are drawn, and the curves that draw them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Net, Trace, strongest
from scenes.layout import Layout

Floats = NDArray[np.float32]
POINTS = 14
"""Points of one curve: fewer are drawn faster, and at this number no corner is seen yet."""


@dataclass(frozen=True, eq=False)
class Strands:
    """The strongest synapses of each connection, weakest first, so that the strong are drawn on top.

    Attributes:
        connection: int32 (K,), index into the net's connections.
        source, target: int32 (K,), global neuron ids.
        contribution: float32 (K,), weight x source activation.
        strength: float32 (K,), |contribution| over the largest of its connection, 0..1.
        curves: float32 (K, POINTS, 3), scene units.
        spans: for each connection, the slice of its strands.
    """

    connection: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    contribution: Floats
    strength: Floats
    curves: Floats
    spans: tuple[slice, ...]

    def __len__(self) -> int:
        return len(self.source)


def quotas(net: Net, total: int) -> list[int]:
    """How many strands each connection gets, about `total` in all: as the fourth root of its synapses.

    Large connections get more, yet a small one is not starved; none gets more than it has.
    """
    edges = np.array([net.synapse_count(a, b) for a, b in net.connections], dtype=np.float64)
    share = edges**0.25
    return [int(min(k, n)) for k, n in zip(np.round(total * share / share.sum()), edges, strict=True)]


def select(trace: Trace, layout: Layout, total: int) -> Strands:
    """Pick the truly strongest synapses by |weight x source activation|, connection by connection.

    Synapses that carry nothing (a source at rest) are never drawn, so there may be fewer than asked for.
    """
    parts, contributions, spans, first = [], [], [], 0
    for (source, target), k in zip(trace.net.connections, quotas(trace.net, total), strict=True):
        synapses, contribution = strongest(trace, k, source, target)
        parts.append((synapses.source[::-1], synapses.target[::-1]))
        contributions.append(contribution[::-1].astype(np.float32))
        spans.append(slice(first, first + len(contribution)))
        first += len(contribution)
    sources = np.concatenate([part[0] for part in parts]).astype(np.int32)
    targets = np.concatenate([part[1] for part in parts]).astype(np.int32)
    strength = [np.abs(c) / max(float(np.abs(c).max(initial=0.0)), 1e-30) for c in contributions]
    counts = [len(c) for c in contributions]
    return Strands(
        connection=np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        source=sources,
        target=targets,
        contribution=np.concatenate(contributions),
        strength=np.concatenate(strength).astype(np.float32),
        curves=bend(layout.positions[sources], layout.positions[targets], layout.orientation.flow),
        spans=tuple(spans),
    )


def bend(start: Floats, end: Floats, flow: tuple[float, float, float], points: int = POINTS) -> Floats:
    """S-curves from (K, 3) to (K, 3): even along the flow, eased across it, so they leave and land level."""
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)[:, None]
    ease = 0.1 * t + 0.9 * t * t * (3.0 - 2.0 * t)
    axis = np.array(flow, dtype=np.float32)
    way = (end - start)[:, None, :]
    along = (way @ axis)[..., None] * axis
    return (start[:, None, :] + along * t + (way - along) * ease).astype(np.float32)
