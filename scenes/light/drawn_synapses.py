"""DrawnSynapses: the synapses that are drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Kind, Net, Synapses, Trace
from engine.synapses.strongest import strongest_of_each
from scenes.light.strand_curves import POINTS, bundled
from scenes.space.layout import Layout

Floats = NDArray[np.float32]


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


def quotas(net: Net, total: int, layer: str = "") -> list[int]:
    """How many strands each connection gets, `total` in all: as the fourth root of its synapses.

    Large connections get more, yet a small one is not starved; none gets more than it has, so there may be
    fewer. layer: of its own connections alone, where one is named.
    """
    edges = np.array(net.synapse_counts, dtype=np.float64)
    edges[[bool(layer) and layer not in pair for pair in net.connections]] = 0.0
    share = total * edges**0.25 / max((edges**0.25).sum(), 1.0)
    whole = np.floor(share)
    # What rounding down has left goes to those that it took most from: of few strands none is lost.
    left = round(share.sum() - whole.sum())
    whole[np.argsort(whole - share, kind="stable")[:left]] += 1
    return [int(min(k, n)) for k, n in zip(whole, edges, strict=True)]


def select(
    trace: Trace,
    layout: Layout,
    total: int,
    by: str,
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
    layer: str = "",
) -> DrawnSynapses:
    """Pick the truly strongest synapses by a measure, connection by connection; see engine.strongest.

    layer: only those into and out of it, where one is named.
    Synapses that come to nothing (of a source at rest) are never drawn, so there may be fewer than asked for.
    """
    parts, values, spans, first = [], [], [], 0
    most = quotas(trace.net, total, layer)
    for synapses, value in strongest_of_each(trace, most, by=by, of=of, against=against, sign=sign):
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
        curves=bundled(trace.net, layout, sources, targets, connection, np.concatenate(values)),
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
