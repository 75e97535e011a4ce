"""A part of a batch on its way through the layers, forward and backward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, by_layer
from engine.blocks import Scratch, TokenDense
from engine.layer import Layer
from engine.steps import step_of

# Examples in a part: few enough to stay in a processor's cache, and so many that Python's share of the time
# is small (measured: 16 costs 5 % more than 32, and 64 about as much).
PART = 32

Named = Mapping[str, Array]


def part_size(layers: Sequence[Layer], batch: int, fast: bool) -> int:
    """How many examples of a batch are worked on at once.

    Transformers are taken in parts, which run side by side where there are several processors: their many
    small products gain nothing from being shared out one by one. The size never depends on the processors, so
    the sums of training are the same on one as on several.
    """
    apart = fast and any(isinstance(layer.block, TokenDense) for layer in layers)
    return min(batch, PART) if apart else batch


class Part:
    """What the layers need for one part of a batch: buffers, and what forward keeps for backward.

    parameters, gradients: keyed "<layer>.<name>"; gradients are written by backward, where there are any.
    """

    def __init__(self, layers: Sequence[Layer], parameters: Named, gradients: Named | None, fast: bool):
        self.layers = layers
        self.gradients = gradients
        own = by_layer(parameters)
        back = None if gradients is None else by_layer(gradients)
        self._parameters = {layer.name: own.get(layer.name, {}) for layer in layers}
        self._gradients = {n.name: None if back is None else back.get(n.name, {}) for n in layers}
        self._scratch = {layer.name: Scratch(fast) for layer in layers}
        self._steps = {layer.name: step_of(layer, fast) for layer in layers}
        self._spare = Scratch()

    def forward(self, pre: Named, act: Named, rng: np.random.Generator | None) -> None:
        """Fill pre-activations and activations (n, *shape) of all layers from the input's."""
        for layer in self.layers[1:]:
            assert layer.block is not None
            name = layer.name
            inputs = [act[source] for source in layer.sources]
            layer.block.forward(inputs, self._parameters[name], pre[name], self._scratch[name])
            self._steps[name].forward(pre[name], act[name], rng)

    def backward(self, grad: Array, pre: Named, act: Named, found: Named, keep: bool) -> None:
        """Run back from the gradient by the output's pre-activations, after forward.

        found: where the gradient by each layer's activations goes, for the layers that are wanted; it is
        overwritten with that by the pre-activations unless keep.
        """
        written: set[str] = set()
        for layer in reversed(self.layers[1:]):
            name = layer.name
            if layer is self.layers[-1]:
                grad_pre = grad
            elif name in found:
                grad_pre = found[name].copy() if keep else found[name]
                self._steps[name].backward(grad_pre, pre[name], act[name])
            else:
                # No path to the output.
                continue
            self._through_block(layer, grad_pre, act, found, written)

    def _through_block(self, layer: Layer, grad: Array, act: Named, found: Named, written: set[str]) -> None:
        assert layer.block is not None
        name = layer.name
        targets: list[Array | None] = []
        for slot, source in enumerate(layer.sources):
            target = found.get(source)
            if target is not None and source in written:
                spare = self._spare.array(str(slot), target.size, target.dtype)
                target = spare.reshape(target.shape)
            targets.append(target)
        inputs = [act[source] for source in layer.sources]
        layer.block.backward(
            grad, inputs, self._parameters[name], self._scratch[name], self._gradients[name], targets
        )
        for source, target in zip(layer.sources, targets, strict=True):
            # A layer that feeds several others gathers the gradient of each.
            if target is not None and source in written:
                total = found[source]
                total += target
            written.add(source)
