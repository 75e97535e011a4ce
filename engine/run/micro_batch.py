"""A part of a batch on its way through the layers, forward and backward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, by_layer, size_of
from engine.blocks import Normalisation, Scratch
from engine.edits.overlay import Overlay, Taken
from engine.graph.layer import Layer
from engine.run.activation_step import step_of
from engine.run.first_rows import axis_of, first_row, first_row_layers, short_slots
from engine.run.fused import Fused, fused_layers

Named = Mapping[str, Array]


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
        self._gradients = {n.name: None if back is None else back.get(n.name, {}) for n in layers}
        self._scratch = {layer.name: Scratch(fast) for layer in layers}
        self._steps = {layer.name: step_of(layer, fast) for layer in layers}
        self._spare = Scratch()
        self._fast = fast
        self._skipping: dict[str, Fused] = {}
        self.short = first_row_layers(layers, overlay) if fast and lean else frozenset()
        """Layers of which a whole forward pass holds the first token alone."""
        self._fused = fused_layers(layers, overlay, self.short) if fast and lean else {}
        self._cutting = False
        named = {layer.name: layer for layer in layers}
        self._cuts = {
            (layer.name, slot): axis_of(named[layer.sources[slot]])
            for layer in layers
            for slot in short_slots(layer, self.short)
        }
        """The axis of a source's tokens, by layer and slot, where the first is read and all are held."""
        cut = {name for name, _ in self._cuts}
        self._direct = {n.name for n in layers if n.name not in cut and not overlay.touches(n.name)}
        """Layers that no edit touches and that read what their sources hold."""
        plain = fast and not overlay.edited
        self._masked = {n.name for n in layers[1:] if plain and named[n.sources[0]].activation == "relu"}
        """Layers to whose silent inputs a gradient need not be sent, where nobody looks at it."""
        self._looked_at = False

    @property
    def skipped(self) -> dict[str, str]:
        """Layers that a whole forward pass leaves unwritten, and the layer that is written in their place."""
        return {pair.first.name: name for name, pair in self._fused.items()}

    def reads(self, layer: Layer) -> Sequence[str]:
        """The layers to which a lean pass sends gradients back from this one, in the order of its slots."""
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
        edits, unedited = self.overlay, {}
        self._skipping, self._cutting = (self._fused, True) if layers is None else ({}, False)
        skipped = self.skipped if self._skipping else {}
        for layer in self.layers[1:] if layers is None else layers:
            assert layer.block is not None
            name, own = layer.name, self._parameters[layer.name]
            if name in skipped:
                continue
            pair = self._skipping.get(name)
            if pair is not None:
                inputs = self._seen(name, pair.sources, act)
                pair.forward(inputs, self._parameters[pair.first.name], pre[name])
            elif known is not None and name in known:
                pre[name][...] = known[name]
            else:
                layer.block.forward(self._seen(name, layer.sources, act), own, pre[name], self._scratch[name])
            direct = name in self._direct
            if not direct and edits.sums(name):
                if known is not None:
                    unedited[name] = pre[name].copy()
                edits.add_up(name, pre[name], act, own, self._fast)
            # What lies in one buffer has a function that does nothing.
            if act[name] is not pre[name]:
                self._steps[name].forward(pre[name], act[name], rng)
            self._before[name] = None if direct else edits.fire(name, pre[name], act[name])
        return unedited

    def fill(self, pre: Named, act: Named) -> None:
        """Fill in what the forward pass has skipped, and be ready to go back through all layers."""
        skipped = self.skipped if self._skipping else {}
        for layer in self.layers[1:]:
            name, unwritten = layer.name, layer.name in skipped or layer.name in self.short
            if not unwritten and name not in self._skipping:
                continue
            assert layer.block is not None
            # Of a pooling what follows has read the numbers that are there: only its winners are wanted.
            out = pre[name] if unwritten else np.empty_like(pre[name])
            seen = [act[source] for source in layer.sources]
            layer.block.forward(seen, self._parameters[name], out, self._scratch[name])
            if unwritten:
                self._steps[name].forward(pre[name], act[name], None)
                self._before[name] = None
        self._skipping, self._cutting = {}, False

    def recall(self, pre: Named, act: Named) -> None:
        """Be ready for backward from what a forward pass elsewhere, a trace's, has left in pre and act."""
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
                self._steps[name].forward(pre[name], fired, None)
                self._before[name] = self.overlay.fire(name, pre[name], fired)

    def backward(self, grad: Array, pre: Named, act: Named, grad_act: Named, keep: bool) -> None:
        """Run back from the gradient by the output's pre-activations, after forward.

        grad_act: where the gradient by each layer's activations goes, for the layers that are wanted; but
        for the input's it is overwritten with that by the pre-activations unless keep.
        """
        written: set[str] = set()
        skipped = self.skipped if self._skipping else {}
        self._looked_at = keep
        for layer in reversed(self.layers[1:]):
            name = layer.name
            if name in skipped:
                continue
            if layer is self.layers[-1]:
                grad_pre = grad
            elif name in grad_act:
                grad_pre = grad_act[name].copy() if keep else grad_act[name]
                self._through_function(name, grad_pre, pre[name], act[name])
            else:
                # No path to the output.
                continue
            self._through_block(layer, grad_pre, act, grad_act, written)

    def backward_into(self, source: str, out: Array, slopes: Named, act: Named) -> None:
        """Write the gradient by a layer's activations, from those by the pre-activations of all that read it.

        out: zeros (n, *shape); slopes: layer name -> (*shape), n being 1. After forward or recall.
        """
        written: set[str] = set()
        self._looked_at = True
        for layer in reversed(self.layers[1:]):
            if source in layer.sources or source in self.overlay.sources(layer.name):
                grad = slopes[layer.name][None].copy()
                self._through_block(layer, grad, act, {source: out}, written)

    def _through_function(self, name: str, grad: Array, pre: Array, act: Array) -> None:
        before, step = self._before[name], self._steps[name]
        if before is None:
            if act is not pre:
                step.backward(grad, pre, act)
        else:
            self.overlay.back_fire(name, grad, pre, act, before, step.backward)

    def _through_block(
        self, layer: Layer, grad: Array, act: Named, grad_act: Named, written: set[str]
    ) -> None:
        assert layer.block is not None
        name, pair = layer.name, self._skipping.get(layer.name)
        sources = layer.sources if pair is None else pair.sources
        direct, scratch = name in self._direct, self._scratch[name]
        scratch.adding = direct and pair is None and layer.block.adds and sources[0] in written
        scratch.masked = name in self._masked and not self._looked_at
        targets = self._targets(name, sources, grad_act, written)
        inputs = self._seen(name, sources, act)
        taken = None if direct else self.overlay.take_windows(name, grad)
        if pair is None:
            layer.block.backward(
                grad, inputs, self._parameters[name], scratch, self._gradients[name], targets
            )
        else:
            first = pair.first.name
            pair.backward(grad, inputs, self._parameters[first], self._gradients[first], targets)
        if pair is None and not direct:
            own, learn = self._parameters[name], self._gradients[name]
            self.overlay.back_bundle(name, grad, act, own, targets[0], learn, self._fast)
        for slot, (source, target) in enumerate(zip(sources, targets, strict=True)):
            if target is not None and not direct:
                dark = self.overlay.dark(name, source) if self._fast else None
                if dark is not None:
                    target.reshape(len(target), -1)[:, dark] = 0
                self._gather(grad_act[source], target, source in written, self._cut_axis(name, slot))
            elif target is not None and source in written and target is not grad_act[source]:
                # A layer that feeds several others gathers the gradient of each.
                total = grad_act[source]
                total += target
            written.add(source)
        if not direct and self.overlay.touches(name):
            self._through_edits(name, grad, taken, act, grad_act, written)

    def _targets(
        self, name: str, sources: Sequence[str], grad_act: Named, written: set[str]
    ) -> list[Array | None]:
        """Where a block writes its sources' gradients: in their place, or beside what is there already."""
        targets: list[Array | None] = []
        direct, adding = name in self._direct, self._scratch[name].adding
        for slot, source in enumerate(sources):
            target, axis = grad_act.get(source), None if direct else self._cut_axis(name, slot)
            more = source in written and not (adding and slot == 0)
            if target is not None and (more or axis is not None):
                shape = target.shape if axis is None else first_row(target, axis).shape
                target = self._spare.array(str(slot), size_of(shape), target.dtype).reshape(shape)
            targets.append(target)
        return targets

    def _cut_axis(self, name: str, slot: int) -> int | None:
        """The axis of a source's tokens where the layer reads the first of them alone, else None."""
        return self._cuts.get((name, slot)) if self._cutting else None

    @staticmethod
    def _gather(total: Array, target: Array, more: bool, axis: int | None) -> None:
        """Take a gradient into that of the layer it is for: of all tokens, or of the first."""
        if axis is not None and not more:
            total[:] = 0
        if axis is not None:
            total = first_row(total, axis)
        if axis is not None or more:
            total += target

    def _seen(self, name: str, sources: Sequence[str], act: Named) -> list[Array]:
        """What a layer's block reads: its sources' activations, and 0 of neurons that are cut off from it."""
        if name in self._direct:
            return [act[source] for source in sources]
        inputs = []
        for slot, source in enumerate(sources):
            values, axis = act[source], self._cut_axis(name, slot)
            if axis is not None:
                values = np.ascontiguousarray(first_row(values, axis))
            dark = self.overlay.dark(name, source) if self._fast else None
            if dark is not None:
                values = values.copy()
                values.reshape(len(values), -1)[:, dark] = 0
            inputs.append(values)
        return inputs

    def _through_edits(
        self, name: str, grad: Array, taken: Taken | None, act: Named, grad_act: Named, written: set[str]
    ) -> None:
        """Send back what edited synapses of a layer carry, once its block has sent back the rest."""

        def gathered(source: str) -> Array | None:
            target = grad_act.get(source)
            if target is not None and source not in written:
                target[:] = 0
                written.add(source)
            return target

        own, learn = self._parameters[name], self._gradients[name]
        self.overlay.back_up(name, grad, act, own, gathered, learn, self._fast)
        if taken is not None:
            self.overlay.back_windows(name, taken, act, gathered, self._fast)
            self.overlay.put_windows_back(name, taken, grad)
