"""What a layer reads of its sources, and where it writes their gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from types import ModuleType

import numpy as np

from engine.arrays import Array, size_of
from engine.blocks import Scratch
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.run.shortcuts.first_rows import axis_of, first_row, short_slots

Named = Mapping[str, Array]


class Ends:
    """The ends of the layers of one part of a batch; short: layers that are held as their first token alone.

    direct: layers that no edit touches and that read what their sources hold. by_calls: these, and those for
    which `seen` does nothing but calls of part loops, where nothing is edited. cutting: whether a pass is on
    its way in which the short layers are held so. fed: what edited synapses send, see `Overlay.fed`, of the
    layers whose blocks have read that.
    """

    def __init__(self, layers: Sequence[Layer], short: frozenset[str], fast: bool, overlay: Overlay):
        named = {layer.name: layer for layer in layers}
        self._cuts = {
            (layer.name, slot): axis_of(named[layer.sources[slot]])
            for layer in layers
            for slot in short_slots(layer, short)
        }
        """The axis of a source's tokens, by layer and slot, where the first is read and all are held."""
        cut = {name for name, _ in self._cuts}
        self.direct = {n.name for n in layers if n.name not in cut and not overlay.touches(n.name)}
        across = {name for (name, _), axis in self._cuts.items() if axis}
        self.by_calls = {n.name for n in layers if n.name not in across and not overlay.touches(n.name)}
        self.cutting = self._feeding = False
        self.fed: dict[str, Array] = {}
        self._fast, self._overlay, self._spare = fast, overlay, Scratch()
        self._own = {layer.name: Scratch() for layer in layers}

    def feed(self, feeding: bool, layers: Sequence[Layer]) -> None:
        """Say of some layers, which are about to be filled, whether their blocks may be fed."""
        self._feeding = feeding
        for layer in layers:
            self.fed.pop(layer.name, None)

    def seen(self, name: str, sources: Sequence[str], act: Named) -> list[Array]:
        """What a layer's block reads: its sources' activations, and 0 of neurons that are cut off from it.

        On the way back it is what it was on the way there.
        """
        if name in self.direct:
            return [act[source] for source in sources]
        inputs = []
        for slot, source in enumerate(sources):
            values, axis = act[source], self._axis(name, slot)
            if axis is not None:
                values = self._first(name, slot, values, axis)
            dark = self._overlay.dark(name, source) if self._fast else None
            if dark is not None:
                values = values.copy()
                values.reshape(len(values), -1)[:, dark] = 0
            inputs.append(values)
        fed = self._overlay.fed(name, inputs[0]) if self._feeding and name not in self.fed else None
        if fed is not None:
            self.fed[name] = fed
        return [self.fed[name]] if name in self.fed else inputs

    def targets(
        self,
        name: str,
        sources: Sequence[str],
        grad_act: Named,
        written: Set[str],
        adding: bool,
        handed: Array | None = None,
    ) -> list[Array | None]:
        """Where a block writes its sources' gradients: in their place, or beside what is there already.

        adding: whether it adds to that of its first source. handed: the array that the block sends on as it
        is to all its other sources, None for none: where one would need a place beside, this is it.
        """
        targets: list[Array | None] = []
        direct = name in self.direct
        if name not in self.by_calls:
            handed = None
        for slot, source in enumerate(sources):
            target, axis = grad_act.get(source), None if direct else self._axis(name, slot)
            more = source in written and not (adding and slot == 0)
            if target is not None and (more or axis is not None):
                shape = target.shape if axis is None else first_row(target, axis).shape
                if slot and handed is not None and handed.shape == shape:
                    targets.append(handed)
                    continue
                target = self._spare.array(str(slot), size_of(shape), target.dtype).reshape(shape)
            targets.append(target)
        return targets

    def gather(self, name: str, slot: int, source: str, target: Array, total: Array, more: bool) -> bool:
        """Take what a layer that is not direct wrote to its target into the whole gradient by that source.

        more: whether the total holds something already. The answer: whether that took calls of part loops
        alone, or nothing.
        """
        dark = self._overlay.dark(name, source) if self._fast else None
        if dark is not None:
            target.reshape(len(target), -1)[:, dark] = 0
        axis = self._axis(name, slot)
        if self._fast and axis == 0:
            _kernels().give_first(target, total, more, self._own[name].addresses(f"give {slot}"))
            return dark is None
        if axis is not None and not more:
            total[:] = 0
        if axis is not None:
            total = first_row(total, axis)
        if axis is not None or more:
            total += target
        return dark is None and axis is None and not more

    def _first(self, name: str, slot: int, values: Array, axis: int) -> Array:
        """The first token of a source's values, in memory of its own."""
        first = first_row(values, axis)
        if not self._fast or axis or not values.flags.c_contiguous:
            return np.ascontiguousarray(first)
        own = self._own[name]
        kept = own.kept.get(f"first {slot}")
        if kept is None or kept.shape != first.shape:
            flat = own.array(f"first {slot}", first.size, values.dtype)
            kept = own.kept[f"first {slot}"] = flat.reshape(first.shape)
        _kernels().take_first(values, kept, own.addresses(f"take {slot}"))
        return kept

    def _axis(self, name: str, slot: int) -> int | None:
        """The axis of a source's tokens where the layer reads the first of them alone, else None."""
        return self._cuts.get((name, slot)) if self.cutting else None


def _kernels() -> ModuleType:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.tokens import rows  # noqa: PLC0415

    return rows
