"""A part of a batch on its way through the layers, forward and backward: which layers, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array, by_layer
from engine.blocks import Dense, LayerNorm, Normalisation, PatchEmbedding, Scratch, TokenDense
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.run.activation_step import step_of
from engine.run.ends import Ends
from engine.run.layer_back import LayerBack
from engine.run.shortcuts.added_bundles import rows_added
from engine.run.shortcuts.first_rows import first_row_layers
from engine.run.shortcuts.fused import Apart, Fused, edited_within, fused_layers, own_layers, steps_apart
from engine.run.shortcuts.tape import Tape

if TYPE_CHECKING:
    from engine.run.shortcuts.edited_rows import EditedRows

Named = Mapping[str, Array]
_REPLAYED = (Dense, PatchEmbedding, TokenDense, LayerNorm)
"""Blocks that may do nothing but calls of part loops."""


class MicroBatch:
    """What the layers need for one part of a batch: buffers, and what forward keeps for backward.

    parameters: by layer, then by short name. gradients: keyed "<layer>.<name>"; written by backward, where
    there are any. lean: see `Machine`.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        parameters: Mapping[str, Named],
        gradients: Named | None,
        fast: bool,
        overlay: Overlay,
        lean: bool = False,
    ):
        self.layers = layers
        self.overlay = overlay
        self._before: dict[str, Array | None] = {}
        self.gradients = gradients
        back = None if gradients is None else by_layer(gradients)
        self._parameters = {layer.name: parameters.get(layer.name, {}) for layer in layers}
        learned = {n.name: None if back is None else back.get(n.name, {}) for n in layers}
        self._scratch = {layer.name: Scratch(fast) for layer in layers}
        self._steps = {layer.name: step_of(layer, fast) for layer in layers}
        self._dropping = [self._steps[layer.name] for layer in layers[1:] if layer.dropout]
        self._fast = fast
        self._skipping: dict[str, Fused] = {}
        self.short = first_row_layers(layers, overlay) if fast and lean else frozenset()
        """Layers of which a whole pass holds the first token alone."""
        self._fused = fused_layers(layers, overlay, self.short) if fast and lean else {}
        self._apart: dict[str, Apart] = {}
        if fast and lean and overlay.edited and gradients is not None:
            self._apart, kept, self.overlay = steps_apart(layers, self._fused, rows_added(layers, overlay))
            for name, steps in kept.items():
                self._scratch[name].kept.update(steps)
        self._rows = self._edited_rows() if fast and overlay.cells and gradients is not None else {}
        self._ends = Ends(layers, self.short, fast, self.overlay)
        named = {layer.name: layer for layer in layers}
        plain = fast and not overlay.edited
        masked = {n.name for n in layers[1:] if plain and named[n.sources[0]].activation == "relu"}
        self._layer_back = LayerBack(
            self.overlay,
            self._ends,
            self._parameters,
            learned,
            self._scratch,
            self._steps,
            self._rows,
            masked,
            fast,
        )
        self._there, self._back = Tape(), Tape()
        self.tapes = plain and lean and any(isinstance(n.block, _REPLAYED) for n in layers[:-1])
        """Whether passes are replayed, as far as they can be."""

    @property
    def skipped(self) -> dict[str, str]:
        """Layers that a whole forward pass leaves unwritten, and the layer that is written in their place."""
        return {n.name: name for name, pair in self._fused.items() for n in pair.left_out}

    def reads(self, layer: Layer) -> Sequence[str]:
        """The layers to which a lean pass sends gradients back from this one, by its slots."""
        pair = self._fused.get(layer.name)
        return layer.sources if pair is None else pair.sources

    def forward(
        self,
        pre: Named,
        act: Named,
        rng: np.random.Generator | None,
        layers: Sequence[Layer] | None = None,
        known: Named | None = None,
    ) -> dict[str, Array]:
        """Fill pre-activations and activations (n, *shape) of all layers from the input's.

        layers: of these only, in order, from what is there of the others. known: what the blocks of some of
        them come to, before any edit; the answer is the same of all layers whose sums are edited, where that
        was asked for (known is not None). Of all layers, the `skipped` ones are not filled.
        """
        unedited: dict[str, Array] = {}
        self._ends.feed(known is None and layers is None, self.layers if layers is None else layers)
        for step in self._dropping:
            step.draw(rng)
        self._skipping, self._ends.cutting = (self._fused, True) if layers is None else ({}, False)
        skipped = self.skipped if self._skipping else {}
        first, last = self.layers[0].name, self.layers[-1].name
        told = self.tapes and layers is None and known is None
        # Of some layers only, those ahead need not be there.
        buffers = (act[first], pre[last], act[last]) if told else ()
        if not told or not self._there.holds(*buffers):
            self._forget()  # What blocks keep for the way back will lie elsewhere.
        todo = self.layers[1:] if layers is None else layers
        with closing(self._there.over(todo, told, buffers, set())) as steps:
            for layer in steps:
                if layer.name in skipped:
                    self._there.replays()
                else:
                    self._forward_layer(layer, pre, act, known, unedited)
        if told and not self._there.holds(*buffers):
            self._back.forget()  # A loop has chosen otherwise: the calls on the way back have to follow.
        return unedited

    def _forward_layer(
        self,
        layer: Layer,
        pre: Named,
        act: Named,
        known: Named | None,
        unedited: dict[str, Array],
    ) -> None:
        """Fill a layer's pre-activations and activations."""
        assert layer.block is not None
        edits, name, scratch, step = self.overlay, layer.name, self._scratch[layer.name], None
        direct, pair = name in self._ends.direct, self._step(name)
        scratch.replays = False
        if pair is not None:
            inputs = self._ends.seen(pair.reads, pair.sources, act)
            pair.forward(inputs, [self._parameters[n.name] for n in own_layers(pair)], pre[name])
            scratch.replays = pair.replays and all(x.flags.c_contiguous for x in inputs)
        elif known is not None and name in known:
            pre[name][...] = known[name]
        else:
            own = self._parameters[name]
            layer.block.forward(self._ends.seen(name, layer.sources, act), own, pre[name], scratch)
        if edited_within(pair):
            edits.shift(name, pre[name])
        elif not direct and edits.sums(name):
            if known is not None:
                unedited[name] = pre[name].copy()
            self._add_up(name, pre[name], act)
        # What lies in one buffer has a function that does nothing.
        if act[name] is not pre[name]:
            step = self._steps[name]
            step.forward(pre[name], act[name])
        self._before[name] = None if direct else self._fire(name, pre[name], act[name])
        if name in self._ends.by_calls and scratch.replays and (step is None or step.replays):
            self._there.replays()

    def _step(self, name: str) -> Fused | Apart | None:
        """What does a layer's work in place of its block, if anything."""
        return self._skipping.get(name) or self._apart.get(name)

    def _add_up(self, name: str, pre: Array, act: Named) -> None:
        """Correct a layer's sums in place, once its block has made them."""
        fed = name in self._ends.fed
        self.overlay.add_up(name, pre, act, self._parameters[name], self._fast, fed)

    def _fire(self, name: str, pre: Array, act: Array) -> Array | None:
        """Edit a layer's activations in place; the answer is what `LayerBack.through_function` needs."""
        if name in self._rows:
            self._rows[name].forward(pre, act)
            return None
        return self.overlay.fire(name, pre, act)

    def _edited_rows(self) -> dict[str, EditedRows]:
        """Layers of which many neurons are edited, but for those that a step leaves out with its edits."""
        # Numba takes a second to import: only training pays it.
        from engine.run.shortcuts.edited_rows import edited_rows  # noqa: PLC0415

        written = [layer for layer in self.layers if layer.name not in self.skipped]
        return edited_rows(self.overlay, written, self._steps)

    def _forget(self) -> None:
        """Record both ways anew: what blocks have kept is that of another pass."""
        self._there.forget()
        self._back.forget()

    def fill(self, pre: Named, act: Named) -> None:
        """Fill in what the forward pass has skipped, and be ready to go back through all layers."""
        self._forget()
        skipped = self.skipped if self._skipping else {}
        for layer in self.layers[1:]:
            name, unwritten = layer.name, layer.name in skipped or layer.name in self.short
            if not unwritten and name not in self._skipping:
                continue
            assert layer.block is not None
            # Of a pooling what follows has read the numbers that are there: only its winners are wanted.
            out = pre[name] if unwritten else np.empty_like(pre[name])
            seen = [self._ends.fed[name]] if name in self._ends.fed else [act[n] for n in layer.sources]
            layer.block.forward(seen, self._parameters[name], out, self._scratch[name])
            if unwritten:
                if self.overlay.sums(name):
                    self._add_up(name, pre[name], act)
                self._steps[name].draw(None)
                self._steps[name].forward(pre[name], act[name])
                self._before[name] = self._fire(name, pre[name], act[name])
        self._skipping, self._ends.cutting = {}, False

    def recall(self, pre: Named, act: Named) -> None:
        """Be ready for backward from what a forward pass elsewhere, a trace's, has left in pre and act."""
        self._forget()
        self._ends.feed(False, self.layers)
        for layer in self.layers[1:]:
            name = layer.name
            if isinstance(layer.block, Normalisation):
                # What it divided by is kept nowhere else.
                inputs = [act[source] for source in layer.sources]
                spare = np.empty_like(pre[name])
                layer.block.forward(inputs, self._parameters[name], spare, self._scratch[name])
            self._before[name] = None
            if name in self.overlay.cells:
                fired = np.empty_like(act[name])
                self._steps[name].draw(None)
                self._steps[name].forward(pre[name], fired)
                self._before[name] = self._fire(name, pre[name], fired)

    def backward(self, grad: Array, pre: Named, act: Named, grad_act: Named, keep: bool) -> None:
        """Run back from the gradient by the output's pre-activations, after forward.

        grad_act: where the gradient by each layer's activations goes, for the layers that are wanted; but
        for the input's it is overwritten with that by the pre-activations unless keep.
        """
        written: set[str] = set()
        skipped = self.skipped if self._skipping else {}
        last, told = self.layers[-1], self.tapes and not keep
        layers = list(reversed(self.layers[1:]))
        buffers = (act[self.layers[0].name], act[last.name], grad_act)
        with closing(self._back.over(layers, told, buffers, written)) as steps:
            for layer in steps:
                name = layer.name
                if name in skipped or (layer is not last and name not in grad_act):
                    # Left out, or without a path to the output.
                    self._back.replays()
                    continue
                scratch, step = self._scratch[name], None
                scratch.replays = False
                if layer is last:
                    grad_pre = grad
                else:
                    grad_pre = grad_act[name].copy() if keep else grad_act[name]
                    before = self._before[name]
                    step = self._layer_back.through_function(name, grad_pre, pre[name], act[name], before)
                pair = self._step(name)
                self._layer_back.through_block(layer, pair, grad_pre, act, grad_act, written, not keep)
                if layer is not last and scratch.replays and (step is None or step.replays):
                    self._back.replays(*self.reads(layer))

    def backward_into(self, source: str, out: Array, slopes: Named, act: Named) -> None:
        """Write the gradient by a layer's activations, from those by the pre-activations of all that read it.

        out: zeros (n, *shape); slopes: layer name -> (*shape), n being 1. After forward or recall.
        """
        written: set[str] = set()
        for layer in reversed(self.layers[1:]):
            if source in layer.sources or source in self.overlay.sources(layer.name):
                grad = slopes[layer.name][None].copy()
                pair = self._step(layer.name)
                self._layer_back.through_block(layer, pair, grad, act, {source: out}, written, False)
