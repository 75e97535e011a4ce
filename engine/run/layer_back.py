"""A gradient's way back through one layer: its function, its block, and the edits of its synapses."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.arrays import Array
from engine.blocks import Scratch, TokenDense
from engine.edits import way_back
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.run.activation_step import ActivationStep
from engine.run.ends import Ends
from engine.run.shortcuts.fused import Apart, Fused, edited_within, own_layers

if TYPE_CHECKING:
    from engine.run.shortcuts.edited_rows import EditedRows

Named = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class LayerBack:
    """What one part of a batch needs on its way back through any one layer, by the layer's name.

    gradients: where those of a layer's parameters go, by short name; None where nobody asks. scratch, steps:
    what blocks and activation functions have kept of the forward pass. rows: layers of which many neurons are
    edited. masked: layers to whose silent inputs a gradient need not be sent, where nobody looks at it.
    """

    overlay: Overlay
    ends: Ends
    parameters: Mapping[str, Named]
    gradients: Mapping[str, Named | None]
    scratch: Mapping[str, Scratch]
    steps: Mapping[str, ActivationStep]
    rows: Mapping[str, EditedRows]
    masked: Set[str]
    fast: bool

    def through_function(
        self, name: str, grad: Array, pre: Array, act: Array, before: Array | None
    ) -> ActivationStep | None:
        """Turn the gradient by a layer's activations (n, *shape) into that by its sums, in place.

        before: what `Overlay.fire` has answered. The answer is the function's step, None where it had nothing
        to do.
        """
        step = self.steps[name]
        if name in self.rows:
            self.rows[name].backward(grad, pre)
        elif before is not None:
            self.overlay.back_fire(name, grad, pre, act, before, step.backward)
        elif act is not pre:
            step.backward(grad, pre, act)
        else:
            return None
        return step

    def through_block(
        self,
        layer: Layer,
        pair: Fused | Apart | None,
        grad: Array,
        act: Named,
        grad_act: Named,
        written: set[str],
        unseen: bool,
    ) -> None:
        """Send the gradient by a layer's sums (n, *shape) to its sources and its parameters.

        pair: the layer with the one before it, where both are one step. grad_act: where the gradients by
        activations are gathered, for the layers that are wanted. written: those of them that hold something
        already; the layer's sources are added. unseen: whether nobody looks at the gradients by activations.
        """
        assert layer.block is not None
        name = layer.name
        sources, reader = (layer.sources, name) if pair is None else (pair.sources, pair.reads)
        direct, within, scratch = name in self.ends.direct, edited_within(pair), self.scratch[name]
        scratch.adding = direct and (pair or layer.block).adds and sources[0] in written
        scratch.masked = name in self.masked and unseen
        handed = grad if isinstance(layer.block, TokenDense) else None
        targets = self.ends.targets(name, sources, grad_act, written, scratch.adding, handed)
        inputs, fed = self.ends.seen(reader, sources, act), reader in self.ends.fed
        ends = None if direct else way_back.take_ends(self.overlay, name, grad)
        taken = None if direct or within else way_back.take_windows(self.overlay, name, grad)
        if pair is None:
            layer.block.backward(grad, inputs, self.parameters[name], scratch, self.gradients[name], targets)
        else:
            given = [self.parameters[n.name] for n in own_layers(pair)]
            wanted = [self.gradients[n.name] for n in own_layers(pair)]
            pair.backward(grad, inputs, given, wanted, targets, scratch.adding)
            asked = pair.replays and targets[0] is not None
            scratch.replays = asked and all(x.flags.c_contiguous for x in (grad, *inputs))
        if fed or (pair is None and not direct):
            own, learn = self.parameters[reader], self.gradients[reader]
            way_back.put_ends_back(self.overlay, name, ends, grad, learn, targets[1:])
            way_back.back_bundle(self.overlay, reader, grad, act, own, targets, learn, self.fast, fed)
        for slot, (source, target) in enumerate(zip(sources, targets, strict=True)):
            if target is not None and not direct:
                total, more = grad_act[source], source in written
                scratch.replays &= self.ends.gather(name, slot, source, target, total, more)
            elif target is not None and source in written and target is not grad_act[source]:
                # A layer that feeds several others gathers the gradient of each.
                total = grad_act[source]
                total += target
                scratch.replays = False
            written.add(source)
        scratch.replays &= name in self.ends.by_calls
        if not direct and self.overlay.touches(name):
            self._through_edits(name, grad, taken, act, grad_act, written)

    def _through_edits(
        self,
        name: str,
        grad: Array,
        taken: way_back.Taken | None,
        act: Named,
        grad_act: Named,
        written: set[str],
    ) -> None:
        """Send back what edited synapses of a layer carry, once its block has sent back the rest."""

        def gathered(source: str) -> Array | None:
            target = grad_act.get(source)
            if target is not None and source not in written:
                target[:] = 0
                written.add(source)
            return target

        own, learn = self.parameters[name], self.gradients[name]
        way_back.back_up(self.overlay, name, grad, act, own, gathered, learn, self.fast)
        if taken is not None:
            way_back.back_windows(self.overlay, name, taken, act, gathered, self.fast)
            way_back.put_windows_back(self.overlay, name, taken, grad)
