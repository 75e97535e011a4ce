"""Edited synapses between two layers, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.arrays import Array, Shape, is_fixed
from engine.blocks.kinds import Normalisation

Arrays = Mapping[str, Array]
MANY = 256
"""Synapses from which on a compiled loop is worth its while."""
WHOLE = 8
"""One of so many weights of a dense layer: if more are edited, BLAS takes the matrix whole."""


@dataclass(frozen=True, eq=False)
class Links:
    """Edited synapses from one layer to another: arrays (e,), neurons as flat indices in their layers.

    Where there are `many`, compiled loops (float32) add them up and send back through them; see `Overlay`,
    which does it one by one.

    edge: its number in the block, -1 for a synapse that was added. constant: its own weight where that is no
    parameter (of attention the factor of the gate's activation), 0 for an added one. parameter: flat index
    into the array `name` of the target layer, -1 for none. gate: index in `gate_layer`. norm: the target's
    block, where its own weights are those of a normalisation. matrix: the shape of a dense layer's weights.
    more: gain - 1, by how many times its own weight a synapse has become stronger; 0 where it had none. fan:
    how many synapses start in each source neuron, None where the block does not tell.
    """

    source: str
    start: Array
    end: Array
    edge: Array
    constant: Array
    parameter: Array
    gain: Array
    offset: Array
    cut: Array
    more: Array
    name: str = ""
    gate: Array | None = None
    gate_layer: str = ""
    norm: Normalisation | None = None
    matrix: Shape | None = None
    fan: Array | None = None

    @cached_property
    def ids(self) -> Array:
        """The numbers (e,) of the edges whose own weights count; of an added one nothing does."""
        return np.maximum(self.edge, 0)

    def own(self, activations: Arrays, parameters: Arrays) -> Array:
        """The weight that each synapse would have: (e,), or (B, e) where it follows from the input."""
        if self.norm is not None:
            return self.norm.own_weights(activations[self.source], parameters, self.ids)
        if self.gate is not None:
            return self.constant * flat_of(activations, self.gate_layer)[:, self.gate]
        if not self.name:
            return self.constant
        learned = parameters[self.name].reshape(-1)[self.parameter]
        return np.where(self.parameter >= 0, learned, self.constant)

    def change(self, activations: Arrays, parameters: Arrays) -> Array:
        """What an edit adds to each weight, of the shape of `own`."""
        return self.more * self.own(activations, parameters) + self.offset

    @cached_property
    def alone(self) -> tuple[int, int, int, float, float, float] | None:
        """Start, end, parameter, constant, more and offset of the one synapse that there is, not gated."""
        if len(self.start) != 1 or self.gate is not None or self.norm is not None:
            return None
        ends = int(self.start[0]), int(self.end[0]), int(self.parameter[0])
        return *ends, float(self.constant[0]), float(self.more[0]), float(self.offset[0])

    def add_alone(self, sums: Array, sent: Array, parameters: Arrays) -> None:
        """Correct sums (size,) by the one synapse that there is: to the last bit what arrays come to."""
        assert self.alone is not None
        start, end, parameter, own, more, offset = self.alone
        if parameter >= 0:
            own = float(parameters[self.name].reshape(-1)[parameter])
        sums[end] += sent[start] * sums.dtype.type(more * own + offset)

    @property
    def many(self) -> bool:
        """Whether compiled loops gain: no weight may follow from the input."""
        return len(self.start) >= MANY and self.gate is None and self.norm is None

    @cached_property
    def dark(self) -> Array:
        """Source neurons (flat indices) of which every synapse is cut or set: the block need not see them.

        What was set is still to be added, see `rest`.
        """
        if self.fan is None or not self.many:
            return np.empty(0, np.int64)
        severed = np.bincount(self.start[(self.gain == 0) & (self.edge >= 0)], minlength=len(self.fan))
        return np.flatnonzero((severed == self.fan) & (self.fan > 0))

    @cached_property
    def rest(self) -> Links | None:
        """What is left to correct once the block does not see the `dark` neurons; None for nothing."""
        if not len(self.dark):
            return self
        unseen = np.isin(self.start, self.dark) & (self.edge >= 0)
        kept = ~unseen | (self.offset != 0)
        if not kept.any():
            return None
        columns = ("start", "end", "edge", "constant", "gain", "cut")
        learned, more = np.where(unseen, -1, self.parameter)[kept], np.where(unseen, 0, self.more)[kept]
        return replace(
            self,
            **{name: getattr(self, name)[kept] for name in columns},
            offset=self.offset[kept],
            parameter=learned,
            more=more,
            fan=None,
        )

    @cached_property
    def _by_end(self) -> _Groups:
        return _grouped(self.end)

    @cached_property
    def _by_start(self) -> _Groups:
        return _grouped(self.start)

    @cached_property
    def _by_parameter(self) -> _Groups:
        return _grouped(self.parameter, np.flatnonzero((self.parameter >= 0) & (self.more != 0)))

    @cached_property
    def _sent(self) -> tuple[Array, ...]:
        return self._taken(self.start, self._by_end)

    @cached_property
    def _received(self) -> tuple[Array, ...]:
        return self._taken(self.end, self._by_start)

    @cached_property
    def _learned(self) -> tuple[Array, ...]:
        order = self._by_parameter.order
        ends = (self.start[order].astype(np.int32), self.end[order].astype(np.int32))
        return (*ends, _alike(self.more[order]))

    def _taken(self, other: Array, groups: _Groups) -> tuple[Array, ...]:
        """What `kernels.links.sums` reads of the synapses: the neurons at the other end, and the weights."""
        order, learned = groups.order, self.parameter[groups.order] >= 0
        place = np.where(learned, self.parameter[order], 0).astype(np.int32)
        more = np.where(learned, self.more[order], 0)
        offset = self.offset[order] + np.where(learned, 0, self.more[order] * self.constant[order])
        return other[order].astype(np.int32), place, _alike(more), _alike(offset)

    def add_up(self, sums: Array, sent: Array, parameters: Arrays) -> None:
        """Correct the target's sums (n, size), from the source's activations `sent` (n, size)."""
        from engine.kernels import links as kernels  # noqa: PLC0415

        if self._whole is not None:
            sums += np.dot(sent, self._change(parameters))
            return
        groups, weight = self._by_end, self._weight(parameters)
        x = kernels.columns(sent)
        sums[:, groups.keys] += kernels.sums(x, weight, groups.first, self._sent, len(sums))

    def back_up(
        self, delta: Array, sent: Array, parameters: Arrays, back: Array | None, learn: Arrays | None
    ) -> None:
        """Add to the gradients by the source's activations (back) and by the parameters those through delta.

        delta (n, size): the gradient by the target's sums. sent as of `add_up`.
        """
        from engine.kernels import links as kernels  # noqa: PLC0415

        flat = None if back is None else back.reshape(len(back), -1)
        if self._whole is not None:
            if flat is not None:
                flat += delta @ self._change(parameters).T
            if learn is not None:
                learn[self.name] += (sent.T @ delta) * self._whole[0]
            return
        y = kernels.columns(delta)
        if flat is not None:
            groups, weight = self._by_start, self._weight(parameters)
            flat[:, groups.keys] += kernels.sums(y, weight, groups.first, self._received, len(delta))
        if learn is not None and self.name and len(self._by_parameter.keys):
            groups, x = self._by_parameter, kernels.columns(sent)
            learn[self.name].reshape(-1)[groups.keys] += kernels.slopes(x, y, groups.first, *self._learned)

    @cached_property
    def _whole(self) -> tuple[Array, Array] | None:
        """`more` and `offset` as matrices (n_in, n_out), where much of a dense layer's matrix is edited."""
        if self.matrix is None or len(self.start) * WHOLE < self.matrix[0] * self.matrix[1]:
            return None
        place = self.start * self.matrix[1] + self.end
        more, offset = (np.zeros(self.matrix, np.float32) for _ in range(2))
        more.reshape(-1)[place], offset.reshape(-1)[place] = self.more, self.offset
        return more, offset

    @property
    def whole(self) -> bool:
        """Whether the change of a dense layer's whole matrix (float32) is less work than its synapses."""
        return self.many and self._whole is not None

    def _change(self, parameters: Arrays) -> Array:
        """What the edits add to the matrix; of weights that nobody can write to it is kept."""
        weight, whole = parameters[self.name], self._whole
        assert whole is not None
        if self._known and self._known[0] is weight:
            return self._known[1]
        change: Array = weight * whole[0]
        change += whole[1]
        if is_fixed(weight):
            self._known[:] = weight, change
        return change

    @cached_property
    def _known(self) -> list[Array]:
        """The weights for which the change was worked out last, and that; of none at first."""
        return []

    def _weight(self, parameters: Arrays) -> Array:
        # Where nothing is learned each weight is told by its offset alone.
        return np.ascontiguousarray(parameters[self.name]) if self.name else np.zeros(1, np.float32)


def flat_of(activations: Arrays, layer: str) -> Array:
    """A layer's activations (n, size)."""
    values = activations[layer]
    return values.reshape(len(values), -1)


@dataclass(frozen=True)
class _Groups:
    """Synapses by what gathers them: keys (g,), where each group begins (g + 1,), and their order."""

    keys: Array
    first: Array
    order: Array


def _grouped(by: Array, among: Array | None = None) -> _Groups:
    among = np.arange(len(by)) if among is None else among
    order = among[np.argsort(by[among], kind="stable")]
    keys, first = np.unique(by[order], return_index=True)
    return _Groups(keys, np.append(first, len(order)).astype(np.int32), order)


def _alike(numbers: Array) -> Array:
    """The numbers (e,) as float32, or (1,) where all are the same."""
    same = len(numbers) > 0 and bool((numbers == numbers[0]).all())
    return np.ascontiguousarray(numbers[:1] if same else numbers, np.float32)
