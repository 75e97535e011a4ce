"""From edits to an overlay: addresses become places, verbs become numbers, and what cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np

from engine.arrays import Array, holds
from engine.blocks import Maximum
from engine.edits.allowed import check_neurons, check_there
from engine.edits.grammar import Edit
from engine.edits.held import held_by
from engine.edits.neurons import NONE as NO_NEURON
from engine.edits.neurons import Cells, NeuronTable
from engine.edits.overlay import Overlay
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.bundling import bundle_of, is_few
from engine.edits.synapses.incremental import FEW, MANY, EditedSynapses, IncrementalSynapses
from engine.edits.synapses.links import Links
from engine.edits.synapses.merged import links_of
from engine.edits.synapses.products import Told, and_then, is_told
from engine.edits.synapses.table import EDGE, END, NONE, SynapseTable, between, fresh, one_between
from engine.edits.synapses.windows import Windows, windows_of
from engine.errors import EngineError
from engine.graph import address
from engine.graph.graph import Weights
from engine.graph.layer import Layer
from engine.graph.region import Region

APART = 4
"""One of so many synapses of a bundle: if more are edited otherwise at once, all are taken one by one."""


class Draft:
    """What edits of a graph and its weights come to: by layer and neuron, by ends of a synapse.

    A draft made on top of another shares with it what its own edits do not touch, and the parts of the
    overlay that were made of that: one edit more costs what that edit costs, however many there are.
    EngineError names the edit that cannot be made, and why.
    """

    def __init__(self, weights: Weights, edits: Iterable[Edit], base: Draft | None = None):
        self.weights = weights
        self.graph = weights.graph
        self._cells: dict[str, NeuronTable] = {} if base is None else dict(base._cells)
        self._links: dict[tuple[str, str], SynapseTable | Bundle | IncrementalSynapses] = (
            {} if base is None else dict(base._links)
        )
        # By ends: what was edited, in order; None where that is too much to tell.
        self._history: dict[tuple[str, str], tuple[Told, ...] | None] = (
            {} if base is None else dict(base._history)
        )
        # By parameter: masks of what training may not change, see `held_by`.
        self._held: dict[str, tuple[Array | None, ...]] = {} if base is None else dict(base._held)
        self._parts: dict[str | tuple[str, str], Cells | Links | Windows] = (
            {} if base is None else dict(base._parts)
        )
        # Windows as they were, and which of them (flat indices) were edited since.
        self._since: dict[tuple[str, str], tuple[Windows, Array]] = {} if base is None else dict(base._since)
        self._own: set[tuple[str, str]] = set()  # tables that no other draft has
        for edit in edits:
            if edit.value is not None and not holds(weights.dtype, edit.value):
                raise EngineError(f"{edit}: {edit.value} is no finite {weights.dtype} number")
            if edit.synapse:
                self._edit_synapses(edit)
            else:
                self._edit_neurons(edit)

    @cached_property
    def overlay(self) -> Overlay:
        """The draft as arrays."""
        links: dict[str, tuple[Links, ...]] = {}
        windows: dict[str, Windows] = {}
        bundles: dict[str, Bundle] = {}
        incremental: dict[str, tuple[IncrementalSynapses, ...]] = {}
        for key, pair in self._links.items():
            if isinstance(pair, Bundle):
                bundles[key[1]] = pair
                if not len(pair.apart):
                    continue
            if isinstance(pair, IncrementalSynapses):
                incremental[key[1]] = (*incremental.get(key[1], ()), pair)
                links[key[1]] = (*links.get(key[1], ()), pair.many.links, pair.beyond)
                continue
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = self._arrays(key, pair)
            if isinstance(part, Windows):
                windows[key[1]] = part
            elif isinstance(part, Links):
                links[key[1]] = (*links.get(key[1], ()), part)
        cells: dict[str, Cells] = {}
        for name, table in self._cells.items():
            part = self._parts.get(name)
            if not isinstance(part, Cells):
                part = self._parts[name] = Cells(table)
            cells[name] = part
        holding = {name: (self.weights.arrays[name], masks) for name, masks in self._held.items()}
        history = {key[1]: told for key, told in self._history.items() if told}
        return Overlay(links, windows, cells, holding, bundles, incremental, history, self.weights)

    @property
    def columns(self) -> int:
        """How many neurons and synapses it holds one by one: what it takes of memory."""
        tables = [each.apart if isinstance(each, Bundle) else each for each in self._links.values()]
        return sum(map(len, tables)) + sum(map(len, self._cells.values()))

    def _arrays(self, key: tuple[str, str], pair: SynapseTable | Bundle) -> Links | Windows:
        """Synapses that are taken one by one, as arrays."""
        target = self.graph.layer(key[1])
        if isinstance(target.block, Maximum):
            before, ends = self._since.pop(key, (None, None))
            if isinstance(pair, Bundle):
                apart = pair.apart if ends is None else pair.apart.into(ends)
                # A window that one of them is apart in is worked out alone, with all of its edges.
                ends = np.unique(apart.numbers[END].astype(np.int64))
                pair = replace(pair, apart=apart).among(np.arange(pair.source.size), ends)
            elif ends is not None:
                pair = _table(pair).into(ends)
            made = windows_of(self.weights, *key, pair)
            return made if before is None else before.with_more(made)
        if isinstance(pair, Bundle):
            return pair.beyond(links_of(self.weights, *key, pair.apart))
        return links_of(self.weights, *key, pair)

    def _edit_neurons(self, edit: Edit) -> None:
        layer, region = address.places(self.graph, edit.where)
        check_neurons(edit, layer, last=layer is self.graph.layers[-1])
        if edit.verb in ("freeze", "hold"):
            for name, mask in held_by(edit, self.weights, layer, region.flat):
                self._held[name] = (*self._held.get(name, ()), mask)
            return
        self._parts.pop(layer.name, None)
        self._cells[layer.name] = self._cells.get(layer.name, NO_NEURON).edited(edit, region)

    def synapses(self, where: str) -> tuple[Layer, Layer, SynapseTable]:
        """The two layers of an address "source -> target", and the uncut synapses between its neurons."""
        source, target, starts, ends = self._ends(where)
        return source, target, self._named(source, target, starts, ends).uncut

    def _ends(self, where: str) -> tuple[Layer, Layer, Region, Region]:
        """The layers of an address "source -> target", and which of their neurons it names."""
        first, second = address.ends(where)
        (source, starts), (target, ends) = (
            address.places(self.graph, first),
            address.places(self.graph, second),
        )
        return source, target, starts, ends

    def _edit_synapses(self, edit: Edit) -> None:
        source, target, starts, ends = self._ends(edit.where)
        key = (source.name, target.name)
        held = self._links.get(key)
        if isinstance(held, Bundle) and is_few(held) and not held.links(starts, ends):
            self._links[key] = held.table
        if edit.verb == "add":
            links = self._new(edit, source, target, starts, ends)
        else:
            if self._edit_bundle(edit, source, target, starts, ends):
                self._tell(edit, source, target, starts, ends)
                return
            links = self._named(source, target, starts, ends).uncut
            check_there(edit, len(links))
        known = self._links.get(key, NONE)
        changing = self._incremental(key, known)
        if isinstance(known, Bundle) and APART * len(links) <= self.weights.edge_count(*key):
            self._links[key] = known.with_apart(links.edited(edit))
        elif changing is not None and (more := changing.with_more(links.edited(edit))) is not None:
            self._links[key] = more
        else:
            before = _table(known)
            # Hundreds of edits of all synapses between two layers are written into one table.
            edited = links.edited(edit, copied=links is not before or key not in self._own)
            self._links[key] = edited if links is before else before.under(edited)
            self._own.add(key)
            if isinstance(known, Bundle):
                # All that were told together are told one by one from now on.
                self._parts.pop(key, None)
                self._since.pop(key, None)
        self._renew(key, lambda: links.numbers[END])
        self._tell(edit, source, target, starts, ends)

    def _tell(self, edit: Edit, source: Layer, target: Layer, starts: Region, ends: Region) -> None:
        """Remember an edit of synapses that many can be of, of a few one behind another."""
        if is_told(source, target):
            key = (source.name, target.name)
            self._history[key] = and_then(self._history.get(key, ()), edit, starts.part, ends.part)

    def _renew(self, key: tuple[str, str], edited: Callable[[], Array]) -> None:
        """Have arrays of synapses be made anew; of windows those alone that were edited since.

        edited: tells where the synapses end that were, as flat indices.
        """
        part = self._parts.pop(key, None)
        since = self._since.pop(key, None)
        if isinstance(part, Windows):
            since = part, np.empty(0, np.int64)
        if since is not None:
            (before, known), ends = since, edited()
            if FEW * (len(known) + len(ends)) <= len(before.target):
                self._since[key] = before, np.union1d(known, ends).astype(np.int64)

    def _incremental(
        self, key: tuple[str, str], known: SynapseTable | Bundle | IncrementalSynapses
    ) -> IncrementalSynapses | None:
        """What a few synapses more are laid over; None where few were edited, or not one by one."""
        if isinstance(known, IncrementalSynapses):
            return known
        if not isinstance(known, SynapseTable) or len(known) < MANY:
            return None
        if isinstance(self.graph.layer(key[1]).block, Maximum):
            return None
        many, made = EditedSynapses(self.weights, *key, known), self._parts.get(key)
        if isinstance(made, Links):
            many.__dict__["links"] = made
        return IncrementalSynapses(many)

    def _edit_bundle(self, edit: Edit, source: Layer, target: Layer, starts: Region, ends: Region) -> bool:
        """Edit many synapses between two layers as one, where that can be."""
        key = (source.name, target.name)
        before = self._links.get(key)
        if isinstance(before, Bundle) and before.links(starts, ends):
            made: Bundle | None = before
        else:
            made = bundle_of(self.weights, source, target, starts, ends, before is None)
        if made is None:
            return False
        if before is not None and made is not before:
            known = before.apart if isinstance(before, Bundle) else _table(before)
            if not made.names(known, starts, ends):
                return False
            made = made if isinstance(before, Bundle) else made.with_apart(known)
        count, edited = made.count, made.edited(edit)
        if isinstance(before, Bundle) and made is not before:
            joined = before.joined(edited)
            if joined is None:
                return False
            edited = joined
        check_there(edit, count)
        self._links[key] = edited
        self._own.discard(key)
        self._renew(key, lambda: ends.flat)
        return True

    def _named(self, source: Layer, target: Layer, starts: Region, ends: Region) -> SynapseTable:
        """The synapses between neurons, cut ones too, as the edits so far leave them."""
        known = self._links.get((source.name, target.name), NONE)
        if isinstance(known, Bundle):
            return known.among(starts.flat, ends.flat)
        if (starts.whole and ends.whole) or not len(known):
            mine = _table(known)
        else:
            mine = known.among(starts.flat, ends.flat, target.size)
        if len(mine) and self._all_there(source, target, mine, starts, ends):
            return mine
        if len(starts) == len(ends) == 1:
            return one_between(self.weights, source, target, starts.first, ends.first).under(mine)
        return between(self.weights, source, target, starts.flat, ends.flat).under(mine)

    def _all_there(
        self, source: Layer, target: Layer, mine: SynapseTable, starts: Region, ends: Region
    ) -> bool:
        """Whether edited synapses are all that there are between neurons."""
        if len(mine) == len(starts) * len(ends):
            return True
        if not (starts.whole and ends.whole) or source.name not in target.sources:
            return False
        count = self.weights.edge_count(source.name, target.name)
        return len(mine) >= count and int((mine.numbers[EDGE] >= 0).sum()) == count

    def _new(self, edit: Edit, source: Layer, target: Layer, starts: Region, ends: Region) -> SynapseTable:
        """The synapse to add; EngineError if it cannot be."""
        for part, region in zip(address.ends(edit.where), (starts, ends), strict=True):
            if len(region) != 1:
                address.neuron(self.graph, part)  # says what to write instead
        link = self._named(source, target, starts, ends)
        if len(link.uncut):
            raise EngineError(f"{edit}: this synapse is there already: set its weight")
        if self.graph.index(source.name) >= self.graph.index(target.name) or target.block is None:
            raise EngineError(
                f"{edit}: a signal never runs back from {source.name} to {target.name}: "
                "a synapse leads to a later layer"
            )
        if not len(link) and isinstance(target.block, Maximum):
            raise EngineError(
                f"{edit}: {target.name} takes a maximum, it adds nothing up: "
                "add the synapse to a layer that sums"
            )
        return link if len(link) else fresh(target, starts.first, ends.first)


def _table(known: SynapseTable | Bundle | IncrementalSynapses) -> SynapseTable:
    return known if isinstance(known, SynapseTable) else known.table
