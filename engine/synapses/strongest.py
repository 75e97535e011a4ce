"""The strongest synapses of a trace, and what all of a connection come to, by what a synapse does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap
from engine.blocks import Kind, Wiring
from engine.errors import EngineError, in_a_line
from engine.graph.synapses import Synapses, joined
from engine.kernels.threads import one_blas_thread
from engine.run.trace import Trace
from engine.synapses import edited
from engine.synapses.lead import lead_gradient
from engine.synapses.views import connection, decode, kind_of
from engine.topk import kth_largest, top_positions

MEASURES = ("evidence", "contribution", "signal", "weight", "gradient")
"""What a synapse can be measured by: see `strongest`."""
FIRES = 0.01
"""Share of its layer's largest |activation| above which a neuron fires."""
Found = tuple[Synapses, npt.NDArray[np.float32]]
"""Synapses, strongest first, and what each comes to."""
_EVERY = tuple(Kind)
_MEASURED = {"gradient": (Kind.LEARNED,), "weight": (Kind.LEARNED, Kind.FIXED)}


@one_blas_thread()
def strongest(
    trace: Trace,
    k: int,
    source_layer: str | None = None,
    target_layer: str | None = None,
    kinds: Collection[Kind] = _EVERY,
    *,
    by: str = "contribution",
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    """The k synapses with the largest |value|, strongest first, and those values.

    Of one connection, or of the whole net when no layers are named; of these kinds only.

    by: what a value is. "contribution": weight x source activation. "signal": the same into neurons that fire
        (see FIRES) and into the output, and nothing into others. "evidence": this x the slope of the lead
        at the target, for class `of` (the prediction by default) against one rival or the mean of all others,
        see `engine.synapses.evidence`. "gradient": source activation x that slope, which is the slope of the
        lead by the weight; learned weights alone have one. "weight": the weight, where it is not worked out
        from the input, as a normalisation's and attention's are.
    sign: 1 for values above 0 alone, -1 for those below.

    Exact: ties go to the synapse that comes first in edge order. Synapses whose value is 0 are left out, so
    there may be fewer than k.
    """
    if k < 0:
        raise EngineError(f"k = {k}: ask for 0 or more synapses")
    slopes = slopes_by(trace, by, of, against)
    return _of_sign(sign, k, partial(_strongest, trace, source_layer, target_layer, kinds, by, slopes))


@one_blas_thread()
def strongest_of_each(
    trace: Trace,
    most: Sequence[int],
    *,
    by: str = "contribution",
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
) -> list[tuple[Synapses, npt.NDArray[np.float32]]]:
    """For each connection of the net, in order, its strongest synapses, at most so many: see `strongest`."""
    slopes, kinds = slopes_by(trace, by, of, against), _MEASURED.get(by)
    none = (joined([]), np.empty(0, np.float32))
    return [
        _of_sign(sign, k, View(trace, *pair, by, slopes).sorted)
        if kinds is None or kind_of(trace.net, *pair) in kinds
        else none
        for pair, k in zip(trace.net.connections, most, strict=True)
    ]


@one_blas_thread()
def strongest_around(
    trace: Trace, layer: str, neurons: npt.NDArray[np.integer], k: int, *, by: str = "contribution"
) -> tuple[Found, Found]:
    """The k strongest synapses into some neurons of a layer, and the k strongest out of them.

    neurons: (n,) flat indices in that layer. by: "contribution" or "weight", see `strongest`.
    """
    net, kinds = trace.net, _MEASURED.get(by, _EVERY)
    mine = np.zeros(net.layer(layer).size, np.float32)
    mine[neurons] = 1.0
    parts: tuple[list[Found], list[Found]] = [], []
    for pair in net.connections:
        if layer not in pair or kind_of(net, *pair) not in kinds:
            continue
        view = View(trace, *pair, by, None)
        if pair[1] == layer:
            view.slope = mine
        else:
            view.activation = view.activation * mine
        parts[pair[0] == layer].append(view.sorted(k))
    into, out = (_best(part, k) for part in parts)
    return into, out


def _best(parts: Sequence[Found], k: int) -> Found:
    """The k strongest of several, strongest first, without those that come to nothing."""
    values = np.concatenate([np.empty(0, np.float32), *(values for _, values in parts)])
    order = np.argsort(-np.abs(values), kind="stable")[:k]
    order = order[values[order] != 0]
    return edited.take(joined([synapses for synapses, _ in parts]), order), values[order]


def _of_sign(
    sign: int, k: int, search: Callable[[int], tuple[Synapses, npt.NDArray[np.float32]]]
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    """The k strongest of one sign, 0 for both; search: finds so many of both, strongest first."""
    if sign == 0:
        return search(k)
    most = k
    while True:
        # Those of one sign stand among the strongest of both, only farther down.
        found, values = search(most)
        mine = np.flatnonzero(values * sign > 0)[:k]
        if len(mine) == k or len(values) < most:
            return edited.take(found, mine), values[mine]
        most *= 2


def _strongest(
    trace: Trace,
    source_layer: str | None,
    target_layer: str | None,
    kinds: Collection[Kind],
    by: str,
    slopes: ArrayMap | None,
    k: int,
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    kinds = set(kinds).intersection(_MEASURED.get(by, _EVERY))
    every = len(kinds) == len(_EVERY)
    if (source_layer is None) != (target_layer is None):
        raise EngineError("name both layers of a connection, or neither for the whole net")
    pairs = trace.net.connections
    if source_layer is not None and target_layer is not None:
        pairs = ((source_layer, target_layer),)
    chosen = [View(trace, *pair, by, slopes) for pair in pairs if every or kind_of(trace.net, *pair) in kinds]
    if len(chosen) == 1:
        return chosen[0].sorted(k)
    # With every connection's peaks known, weak connections need hardly be looked at.
    peaks = [view.peaks() for view in chosen] if not trace.net.edits else []
    floor = kth_largest(np.concatenate(peaks), k) if peaks else 0.0
    parts, values = [], np.empty(0, np.float32)
    for view in chosen:
        part, more = view.top(k, floor)
        parts.append(part)
        values = np.concatenate([values, more])
        if not trace.net.edits and view is not chosen[-1]:
            floor = max(floor, kth_largest(np.abs(values), k))
    # A stable sort keeps edge order among equals.
    order = np.argsort(-np.abs(values), kind="stable")[:k]
    return edited.take(joined(parts), order), values[order]


def slopes_by(trace: Trace, by: str, of: int | None, against: int | None) -> ArrayMap | None:
    """What a synapse's value has as a factor: the lead's slope at its target, or None for nothing."""
    if by in ("evidence", "gradient"):
        return lead_gradient(trace, of, against)
    if by not in MEASURES:
        raise EngineError(f"unknown by {in_a_line(by)}: known are {', '.join(MEASURES)}")
    if of is not None or against is not None:
        raise EngineError(f'a {by} is for no class: with of or against, ask by="evidence"')
    return None


def _firing(trace: Trace, name: str) -> Array:
    """1 for every neuron of a layer that fires, 0 for all others; every output counts as one that does."""
    size = np.abs(trace.activation[name].reshape(-1))
    fires = size > FIRES * size.max(initial=0.0)
    counts: Array = (fires | (name == trace.net.layers[-1].name)).astype(size.dtype)
    return counts


class View:
    """One connection as a trace has it; by: as for `strongest`; slopes: as `slopes_by` gives them."""

    def __init__(self, trace: Trace, source: str, target: str, by: str, slopes: ArrayMap | None):
        self.trace = trace
        self.slope = None if slopes is None else slopes[target].reshape(-1)
        self.layer, self.slot = connection(trace.net, source, target)
        self.wiring = trace.net.wiring(target, trace.activation)
        self.source = source
        self.activation = trace.activation[source].reshape(-1)
        self._weighs = by != "gradient"
        if by == "signal":
            self.slope = _firing(trace, target)
        if by == "weight":
            self.activation = np.ones_like(self.activation)
        if by == "gradient":
            ones = {name: np.ones_like(array) for name, array in self.wiring.parameters.items()}
            self.wiring = dataclasses.replace(self.wiring, parameters=ones)

    def peaks(self) -> Array:
        """Some of the largest |values|, each of another synapse."""
        assert self.layer.block is not None
        assert self.slot is not None
        return self.layer.block.peaks(self.wiring, self.slot, self.activation, self.slope)

    def sorted(self, k: int) -> tuple[Synapses, npt.NDArray[np.float32]]:
        """The k synapses of largest |value|, strongest first, and the values."""
        if edited.changes(self.trace.net, self.source, self.layer.name):
            synapses, values = self.top(k, 0.0)
            order = np.argsort(-np.abs(values), kind="stable")
            return edited.take(synapses, order), values[order]
        ids, values = self._own_ids(k, 0.0)
        # A stable sort keeps edge order among equals.
        order = np.argsort(-np.abs(values), kind="stable")
        return self._decoded(ids[order]), values[order]

    def top(self, k: int, floor: float) -> tuple[Synapses, npt.NDArray[np.float32]]:
        """The k synapses of largest |value|, in edge order, and the values; not all below floor."""
        net = self.trace.net
        if not edited.changes(net, self.source, self.layer.name):
            return self._own(k, floor, np.empty(0, np.int64))
        touched = edited.touched(net, self.source, self.layer.name)
        fresh = Synapses(*edited.added(net, self.source, self.layer.name))
        parts = [fresh]
        if self.slot is not None:
            changed = self._decoded(touched)
            parts = [self._own(k, floor, touched)[0], changed, fresh]
        synapses = joined(parts)
        values = self.values(synapses)
        keep = top_positions(np.abs(values), k)
        return edited.take(synapses, keep), values[keep]

    def values(self, synapses: Synapses) -> npt.NDArray[np.float32]:
        """What synapses of this connection come to, each."""
        net = self.trace.net
        values = self.activation[synapses.source - net.offset(self.source)]
        if self._weighs:
            values = synapses.weight * values
        if self.slope is not None:
            values = values * self.slope[synapses.target - net.offset(self.layer.name)]
        return values.astype(np.float32)

    def total(self) -> float:
        """The sum of |values| of all synapses of the connection."""
        net = self.trace.net
        if not edited.changes(net, self.source, self.layer.name):
            return self._own_total(self.wiring, self.activation, self.slope)
        # What the edited ones had before is taken away again: in float64, so that nothing of it stays.
        inputs = tuple(array.astype(np.float64) for array in self.wiring.inputs)
        double = dataclasses.replace(self.wiring, inputs=inputs)
        slope = None if self.slope is None else self.slope.astype(np.float64)
        touched = edited.touched(net, self.source, self.layer.name)
        own = self._own_total(double, self.activation.astype(np.float64), slope, touched)
        parts = [Synapses(*edited.added(net, self.source, self.layer.name))]
        if self.slot is not None:
            parts.append(self._decoded(touched))
        return own + float(np.abs(self.values(joined(parts))).sum(dtype=np.float64))

    def _own_total(
        self, wiring: Wiring, activation: Array, slope: Array | None, but: Array | None = None
    ) -> float:
        """The same of the block's own edges, as they are without any edit, less those numbers."""
        if self.slot is None:
            return 0.0
        block = self.layer.block
        assert block is not None
        total = block.total(wiring, self.slot, activation, slope)
        if but is None:
            return total
        edges = block.edges(wiring, self.slot, but)
        gone = edges.weight * activation[edges.source]
        if slope is not None:
            gone = gone * slope[edges.target]
        return max(total - float(np.abs(gone).sum()), 0.0)

    def _own(self, k: int, floor: float, but: Array) -> tuple[Synapses, npt.NDArray[np.float32]]:
        """The strongest of the block's own edges, without those numbered in `but`, and their values."""
        ids, values = self._own_ids(k + len(but), floor)
        if len(but):
            mine = ~np.isin(ids, but)
            ids, values = ids[mine], values[mine]
        return self._decoded(ids), values

    def _own_ids(self, k: int, floor: float) -> tuple[Array, npt.NDArray[np.float32]]:
        """Numbers of the k strongest of the block's own edges, ascending, and their values."""
        assert self.layer.block is not None
        assert self.slot is not None
        ids, values = self.layer.block.top(self.wiring, self.slot, self.activation, k, floor, self.slope)
        return ids, values.astype(np.float32, copy=False)

    def _decoded(self, ids: Array) -> Synapses:
        """Edges of the block as synapses."""
        assert self.slot is not None
        wiring = self.wiring if self._weighs else None
        return decode(self.trace.net, self.layer, self.slot, ids, self.trace, wiring)
