"""What synapses come to in a trace, by what a synapse does: all of a connection, and its largest."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap
from engine.blocks import Wiring
from engine.errors import EngineError
from engine.graph.synapses import Synapses, joined
from engine.run.trace import Trace
from engine.synapses import edited
from engine.synapses.lead import lead_gradient
from engine.synapses.views import connection, decode
from engine.topk import top_positions
from guarding import in_a_line

MEASURES = ("evidence", "contribution", "signal", "weight", "gradient")
"""What a synapse can be measured by: see `strongest`."""
FIRES = 0.01
"""Share of its layer's largest |activation| above which a neuron fires."""


def slopes_by(trace: Trace, by: str, of: int | None, against: int | None) -> ArrayMap | None:
    """What a synapse's value has as a factor: the lead's slope at its target, or None for nothing."""
    if isinstance(by, str) and by in ("evidence", "gradient"):
        return lead_gradient(trace, of, against)
    if not isinstance(by, str) or by not in MEASURES:
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
        self.layer, self.slot = connection(trace.net, source, target)
        self.slope = None if slopes is None else slopes[target].reshape(-1)
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
        """Some of the largest |values| (n,), each of another synapse; n may be 0."""
        assert self.layer.block is not None
        assert self.slot is not None
        return self.layer.block.peaks(self.wiring, self.slot, self.activation, self.slope)

    def sorted(self, k: int) -> tuple[Synapses, npt.NDArray[np.float32]]:
        """The k synapses of largest |value|, strongest first, and the values, float32 (k,) or fewer."""
        if edited.changes(self.trace.net, self.source, self.layer.name):
            synapses, values = self.top(k, 0.0)
            order = np.argsort(-np.abs(values), kind="stable")
            return edited.take(synapses, order), values[order]
        ids, values = self._own_ids(k, 0.0)
        # A stable sort keeps edge order among equals.
        order = np.argsort(-np.abs(values), kind="stable")
        return self._decoded(ids[order]), values[order]

    def top(self, k: int, floor: float) -> tuple[Synapses, npt.NDArray[np.float32]]:
        """The k synapses of largest |value|, in edge order, and their values; those below floor may lack."""
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
        """What each of these synapses of the connection comes to, float32 (n,); see `by`."""
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
