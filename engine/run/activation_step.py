"""What happens to a layer's neurons after its block: activation function, then dropout, both ways."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.graph.layer import Layer
from engine.kernels import dropout


class ActivationStep:
    """A layer's activation function followed by its dropout, forward and backward in place."""

    def __init__(self, layer: Layer, fast: bool = False):
        self.function = activation(layer.activation, fast)
        self.rate = layer.dropout
        self.scale = 1 / (1 - layer.dropout)
        self._key: int | None = None
        self._kept: Array | None = None
        self._undropped: Array | None = None
        self.replays = self.function.replays and not layer.dropout
        """Whether all that it does after `draw` is calls of part loops, see `kernels.parts.Recording`."""

    def draw(self, rng: np.random.Generator | None) -> None:
        """Draw whom the next forward pass drops: nobody where no rng is given."""
        self._key = dropout.draw_key(rng) if rng is not None and self.rate else None

    def forward(self, pre: Array, act: Array) -> None:
        """Write activations (n, *shape) from pre-activations, with dropout as it was drawn."""
        self.function.forward(pre, act)
        self._kept = None
        if self._key is not None:
            # Inverted dropout: what stays is scaled up, so that nothing changes at inference.
            self._kept = dropout.kept(self._key, act.shape, self.rate) * act.dtype.type(self.scale)
            self._undropped = act.copy()
            act *= self._kept

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        """Turn the gradient by activations (n, *shape) into that by sums, in place, after a forward pass."""
        if self._kept is not None and self._undropped is not None:
            grad *= self._kept
            act = self._undropped
        self.function.backward(grad, pre, act, grad)


class _FastRelu(ActivationStep):
    """The same for ReLU in one compiled pass each way, with the same neurons dropped."""

    def __init__(self, layer: Layer):
        super().__init__(layer)
        self._loops, self.replays = _loops(), True

    def draw(self, rng: np.random.Generator | None) -> None:
        super().draw(rng)
        if self._key is not None:
            self._loops.draw(self._key, dropout.threshold(self.rate), self.scale)
        else:
            self._loops.draw(0, 0, 1.0)

    def forward(self, pre: Array, act: Array) -> None:
        self._loops.relu(pre, act)

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        del pre
        self._loops.relu_backward(grad, act)


class _FastDropout(ActivationStep):
    """Dropout alone in one compiled pass each way, with the same neurons dropped."""

    def __init__(self, layer: Layer):
        super().__init__(layer)
        self._loops = _loops()

    def draw(self, rng: np.random.Generator | None) -> None:
        super().draw(rng)
        if self._key is not None:
            self._loops.draw(self._key, dropout.threshold(self.rate), self.scale)

    def forward(self, pre: Array, act: Array) -> None:
        act[...] = pre
        self._drop(act)

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        del pre, act
        self._drop(grad)

    def _drop(self, values: Array) -> None:
        if self._key is not None:
            self._loops.drop(values)


def step_of(layer: Layer, fast: bool) -> ActivationStep:
    """The layer's step; fast: compiled kernels, float32."""
    if fast and layer.activation == "relu":
        return _FastRelu(layer)
    if fast and layer.activation == "identity" and layer.dropout:
        return _FastDropout(layer)
    return ActivationStep(layer, fast)


def _loops() -> Any:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.dense import Dropout  # noqa: PLC0415

    return Dropout()
