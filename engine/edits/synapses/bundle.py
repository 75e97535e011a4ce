"""Many synapses between two layers, edited alike: a few numbers stand for any number of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LayerNorm, MaxPool, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.grammar import Edit
from engine.edits.places import Where, evenly, index_of, same, together, units_of, within
from engine.edits.synapses.boxes import Box, box_between
from engine.edits.synapses.links import Links
from engine.edits.synapses.table import CUT, EDGE, END, GAIN, NONE, OFFSET, START, SynapseTable, between
from engine.graph.graph import Weights
from engine.graph.layer import Layer
from engine.graph.region import Region


@dataclass(frozen=True, eq=False)
class Bundle:
    """Every synapse from some neurons of a layer to some of another: gain x own + offset.

    The other reads it alone; or it is what a residual step multiplies, and others are added as they are; or
    others are its synapses' gates, as in attention.

    Here "own" is the weight that a synapse has without edits. starts, ends: None for the whole layer. cut:
    whether they are all gone. apart: the synapses between the two layers of which this is not true, added
    ones among them: each has a column of its own there.

    What they come to is in `engine.edits.synapses.bundle_sums`.
    """

    weights: Weights
    source: Layer
    target: Layer
    starts: Region | None
    ends: Region | None
    gain: float = 1.0
    offset: float = 0.0
    cut: bool = False
    apart: SynapseTable = NONE

    def edited(self, edit: Edit) -> Bundle:
        """The bundle after one edit more of all of its synapses."""
        value, apart = edit.value or 0.0, self.apart
        if len(apart) and len(inside := self._inside.uncut):
            apart = apart.under(inside.edited(edit))
        if self.cut:
            return replace(self, apart=apart)
        gain, offset, cut = self.gain * value, self.offset * value, False
        if edit.verb == "nudge":
            gain, offset = self.gain, self.offset + value
        elif edit.verb != "scale":
            # Cut or set: whatever it would have been is forgotten.
            gain, offset, cut = 0.0, value, edit.verb == "cut"
        # As `replace` makes it, in a third of its time.
        ends = self.weights, self.source, self.target, self.starts, self.ends
        return Bundle(*ends, gain, offset, cut, apart)

    def with_apart(self, others: SynapseTable) -> Bundle:
        """The bundle, in which some synapses between the two layers are as `others` has them."""
        return replace(self, apart=self.apart.under(others))

    def joined(self, other: Bundle) -> Bundle | None:
        """Both together, where they are edited alike and lie side by side; None where they do not."""
        mine, theirs = ((each.gain, each.offset, each.cut) for each in (self, other))
        if mine != theirs or len(other.apart) or other.holds(self.apart).any():
            return None
        if same(self.ends, other.ends):
            starts = together(self.starts, other.starts)
            return None if starts is None else replace(self, starts=starts.part)
        if same(self.starts, other.starts):
            ends = together(self.ends, other.ends)
            return None if ends is None else replace(self, ends=ends.part)
        return None

    @property
    def _inside(self) -> SynapseTable:
        """Those of `apart` that are of the bundle."""
        return self.apart.taken(self.holds(self.apart))

    def holds(self, table: SynapseTable) -> Array:
        """Which synapses between the two layers are from its starts to its ends: a mask."""
        return within(table.numbers[START], self.starts) & within(table.numbers[END], self.ends)

    def links(self, starts: Region, ends: Region) -> bool:
        """Whether it is of these neurons."""
        return same(self.starts, starts.part) and same(self.ends, ends.part)

    def names(self, table: SynapseTable, starts: Region, ends: Region) -> bool:
        """Whether it has those of a table that are from these neurons to these, and no others of it.

        Of its block it has; but a synapse that was added may end in another row than it starts in.
        """
        named = within(table.numbers[START], starts) & within(table.numbers[END], ends)
        return bool((named == self.holds(table)).all())

    @property
    def count(self) -> int:
        """How many synapses are there to be edited, 0 for none; of maps, windows and the like at most."""
        own = 0 if self.cut else self._most
        if not len(self.apart):
            return own
        inside = self._inside
        told, left = int((inside.numbers[EDGE] >= 0).sum()), len(inside.uncut)
        if told and not left and not self.cut:
            own = self._count  # whether any is left but those that were cut one by one is to be known exactly
        return max(0, own - told) + left

    @property
    def _most(self) -> int:
        block, starts, ends = self.target.block, self.source.size, self.target.size
        starts = starts if self.starts is None else len(self.starts)
        ends = ends if self.ends is None else len(self.ends)
        if isinstance(block, Conv):
            taps = block.height * block.width
            out_of, into = taps * block.maps, taps * self.source.shape[2]
        elif isinstance(block, LayerNorm | TokenDense):
            out_of, into = self.target.shape[-1], self.source.shape[-1]
        else:
            out_of = into = block.sides[0] * block.sides[1] if isinstance(block, MaxPool) else starts * ends
        every = self.weights.edge_count(self.source.name, self.target.name)
        return min(every, starts * ends, starts * out_of, ends * into)

    @cached_property
    def table(self) -> SynapseTable:
        """All synapses that are edited, a column each."""
        starts = np.arange(self.source.size) if self.starts is None else self.starts.flat
        ends = np.arange(self.target.size) if self.ends is None else self.ends.flat
        return self._edited(between(self.weights, self.source, self.target, starts, ends)).under(self.apart)

    def among(self, starts: Array, ends: Array) -> SynapseTable:
        """The synapses from some neurons to some others as the edits leave them, edited or not."""
        found = self._edited(between(self.weights, self.source, self.target, starts, ends))
        return found.under(self.apart.among(starts, ends, self.target.size))

    @property
    def edges(self) -> Array:
        """The numbers of the edges that are edited, ascending."""
        if self.starts is None and self.ends is None:
            return np.arange(self._count)
        edges = self.table.numbers[EDGE].astype(np.int64)
        return np.sort(edges[edges >= 0])

    @property
    def _count(self) -> int:
        """How many synapses of its block they are, cut ones too."""
        if isinstance(self.target.block, Dense) or (self.starts is None and self.ends is None):
            return self._most
        return int((replace(self, apart=NONE).table.numbers[EDGE] >= 0).sum())

    @property
    def change_of_count(self) -> int:
        """How many synapses were added, less those that were cut."""
        edge, gone = self.apart.numbers[EDGE], self.apart.numbers[CUT] != 0
        change = int(((edge < 0) & ~gone).sum()) - int(((edge >= 0) & gone).sum())
        if self.cut:
            change -= self._count
            change += int((self._inside.numbers[EDGE] >= 0).sum())
        return change

    def numbers(self, ids: Array, starts: Array, ends: Array) -> tuple[Array, Array, Array]:
        """Gain, offset and whether it is cut, of each of some edges, by its number and its ends."""
        mine = within(starts, self.starts) & within(ends, self.ends)
        gain, offset = np.where(mine, self.gain, 1.0), np.where(mine, self.offset, 0.0)
        cut = mine & self.cut
        edge = self.apart.numbers[EDGE].astype(np.int64)
        order = np.argsort(edge)
        place = np.minimum(np.searchsorted(edge, ids, sorter=order), max(len(edge) - 1, 0))
        if len(edge):
            place = order[place]
            there = edge[place] == ids
            apart = self.apart.numbers[:, place[there]]
            gain[there], offset[there], cut[there] = apart[GAIN], apart[OFFSET], apart[CUT] != 0
        return gain, offset, cut

    def _edited(self, table: SynapseTable) -> SynapseTable:
        """Write the bundle's edits into a table of unedited synapses, in place."""
        whole = self.starts is None and self.ends is None
        mine = slice(None) if whole else self.holds(table)
        for row, value in ((GAIN, self.gain), (OFFSET, self.offset), (CUT, self.cut)):
            table.numbers[row, mine] = value
        return table

    def beyond(self, links: Links) -> Links:
        """The synapses of `apart`, with what they have more or less than the bundle would give them."""
        mine = self.holds(self.apart) & (links.edge >= 0)
        more = np.where(mine, links.gain - self.gain, links.more)
        return replace(
            links, more=more, offset=np.where(mine, links.offset - self.offset, links.offset), fan=None
        )

    @property
    def slot(self) -> int:
        """The number of its source among those of the target."""
        block = self.target.block
        return block.carried if isinstance(block, Gated) else 0

    @property
    def added(self) -> tuple[str, ...]:
        """The sources that the target adds as they are."""
        return self.target.sources[1:] if isinstance(self.target.block, TokenDense) else ()

    @property
    def taking(self) -> bool:
        """Whether the target takes a maximum."""
        return isinstance(self.target.block, MaxPool)

    @property
    def factor(self) -> float:
        """What a cell of the bundle counts in a window times: 0 where it is cut."""
        return 0.0 if self.cut else self.gain + self.offset

    @cached_property
    def scaled(self) -> Where | None:
        """Windows whose cells all count alike: they come to what they would times `factor`. None: none do."""
        if not self.taking or self.factor < 0 or (self.starts is not None and self.ends is not None):
            return None
        if self.starts is None:
            return self.to
        maps = units_of(self.starts, self.source.shape[-1])
        if maps is None:
            return None
        # A window reads one map.
        return evenly(np.flatnonzero(np.isin(np.arange(self.target.size) % self.target.shape[-1], maps)))

    @property
    def feeds(self) -> bool:
        """Whether all that its sources send is edited: a block may be fed what they send, see `sent`."""
        summing = isinstance(self.target.block, Dense | Conv) and self.gain != 1
        return summing and self.starts is not None and self.ends is None

    @property
    def spelled(self) -> tuple[Weights, str, str, SynapseTable]:
        """What arrays of single synapses are made of."""
        return self.weights, self.source.name, self.target.name, self.table

    @cached_property
    def to(self) -> Where:
        """`ends` as NumPy takes them fastest."""
        return index_of(self.ends)

    @cached_property
    def box(self) -> Box | None:
        """Where from a box of cells to a box of windows: these, and what they read."""
        return box_between(self.source, self.target, self.starts, self.ends)

    def matrix(self, weight: Array) -> Array:
        """The weights of some starts in a matrix (n_in, n_out): (starts, ends)."""
        starts, to = self.starts, self.to
        assert starts is not None
        if starts.slices is not None and isinstance(to, slice):
            mine = weight.reshape(*starts.shape, -1)[(*starts.slices[1:], to)]
            return mine.reshape(len(starts), -1)
        at = evenly(starts.flat)
        found: Array = weight[at if isinstance(at, slice) or isinstance(to, slice) else at[:, None], to]
        return found

    def at_starts(self, values: Array) -> tuple[Array, Any]:
        """Values of the source (n, *shape), perhaps in another shape, and its starts as an index of these."""
        return (values, slice(None)) if self.starts is None else self.starts.at(values)

    def at_ends(self, values: Array) -> tuple[Array, Any]:
        """The same of the target and its ends."""
        return (values, slice(None)) if self.ends is None else self.ends.at(values)

    def sent(self, x: Array, factor: float, others: float = 1.0) -> Array:
        """What all sources send (n, *shape): the bundle's x times a factor, or 0, or -inf; others x or 0."""
        sent = x.copy() if others else np.zeros_like(x)
        (given, at), (flat, _) = self.at_starts(x), self.at_starts(sent)
        flat[at] = factor if factor in (0, -np.inf) else given[at] * factor
        return sent

    def into(self, grad: Array) -> Array:
        """The gradient by the sums of the edited ends (n, *shape), 0 elsewhere."""
        if self.ends is None:
            return grad
        delta = np.zeros_like(grad)
        (given, at), (flat, _) = self.at_ends(grad), self.at_ends(delta)
        flat[at] = given[at]
        return delta
