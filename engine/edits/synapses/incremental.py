"""A few more edits of synapses where thousands are edited already: arrays made of those are used again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.edits.synapses.links import Links
from engine.edits.synapses.merged import links_of
from engine.edits.synapses.table import EDGE, GAIN, NONE, OFFSET, SynapseTable
from engine.graph.graph import Weights

MANY = 4096
"""Synapses from which on a table is not written anew for a few of them."""
FEW = 16
"""One of so many synapses of a table: if more were edited since, it is written anew."""


@dataclass(frozen=True, eq=False)
class EditedSynapses:
    """Edited synapses between two layers, a column of `table` each."""

    weights: Weights
    source: str
    target: str
    table: SynapseTable

    @cached_property
    def links(self) -> Links:
        """The synapses as arrays."""
        return links_of(self.weights, self.source, self.target, self.table)


@dataclass(frozen=True, eq=False)
class IncrementalSynapses:
    """Edited synapses of a layer that adds up: `many`, whose arrays are kept, and `since`, edited later."""

    many: EditedSynapses
    since: SynapseTable = NONE

    def __len__(self) -> int:
        return len(self.many.table) + len(self.since)

    def with_more(self, others: SynapseTable) -> IncrementalSynapses | None:
        """The synapses, some of them now as `others` has them; None where `since` would not stay small."""
        most = len(self.many.table) // FEW
        since = self.since.under(others) if len(others) <= most else others
        return replace(self, since=since) if len(since) <= most else None

    @property
    def source(self) -> str:
        """The layer where they begin."""
        return self.many.source

    @cached_property
    def whole(self) -> EditedSynapses:
        """All of them, each told once."""
        return replace(self.many, table=self.many.table.under(self.since))

    @property
    def table(self) -> SynapseTable:
        """All of the synapses, a column each."""
        return self.whole.table

    def among(self, starts: Array, ends: Array, width: int) -> SynapseTable:
        """The synapses from some neurons to some others, see `SynapseTable.among`."""
        return self.many.table.among(starts, ends, width).under(self.since.among(starts, ends, width))

    @cached_property
    def beyond(self) -> Links:
        """The synapses edited since, with what they have more or less than `many` gives them."""
        links = replace(self.many, table=self.since).links
        key, numbers = self.many.table.key, self.many.table.numbers
        place = np.minimum(np.searchsorted(key, self.since.key), len(key) - 1)
        known = key[place] == self.since.key
        own = known & (self.since.numbers[EDGE] >= 0)
        return replace(
            links,
            more=np.where(own, links.gain - numbers[GAIN, place], links.more),
            offset=np.where(known, links.offset - numbers[OFFSET, place], links.offset),
            fan=None,
        )
