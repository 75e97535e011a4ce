"""The machine: runs a graph of layers forward and backward on batches, in buffers allocated once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from engine import dropout
from engine.activations import activation
from engine.arrays import Array, Shape, by_layer
from engine.blocks import Scratch
from engine.errors import EngineError
from engine.layer import Layer

if TYPE_CHECKING:
    from engine.graph import Net

DIGIT = (28, 28)
"""Height and width of a whole digit."""


class Machine:
    """Buffers for up to `batch` examples and the passes over them.

    pre, activation: layer name -> (n, *shape) of the last forward pass, valid until the next one; under
    dropout activation is what the next layers are fed. parameters are read where they lie, so a trainer may
    write them between passes. gradients: one array for each parameter, written by backward. fast: compiled
    kernels, float32.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        parameters: Mapping[str, Array],
        batch: int,
        *,
        gradients: Mapping[str, Array] | None = None,
        fast: bool = False,
    ):
        self.layers = layers
        self.batch = batch
        self.dtype = next((p.dtype for p in parameters.values()), np.dtype(np.float32))
        self.pre: dict[str, Array] = {}
        self.activation: dict[str, Array] = {}
        owned = by_layer(parameters)
        back = None if gradients is None else by_layer(gradients)
        self._parameters = {layer.name: owned.get(layer.name, {}) for layer in layers}
        self._gradients = {n.name: None if back is None else back.get(n.name, {}) for n in layers}
        self._scratch = {layer.name: Scratch(fast) for layer in layers}
        self._rows = {layer.name: Scratch() for layer in layers}
        self._steps = {layer.name: _activation_step(layer, fast) for layer in layers}

    def forward(self, x: Array, rng: np.random.Generator | None = None) -> Array:
        """Output activations (n, *shape) for inputs (n, *shape), with dropout only where an rng is given."""
        n = len(x)
        if n > self.batch:
            raise EngineError(f"a machine for batches of {self.batch} got {n} examples")
        first, last = self.layers[0].name, self.layers[-1].name
        self.pre, self.activation = {first: x}, {first: x}
        for layer in self.layers[1:]:
            assert layer.block is not None
            name = layer.name
            pre = self._buffer(layer, "pre", n)
            # An activation function that does nothing needs no room of its own.
            plain = layer.activation == "identity" and not layer.dropout
            act = pre if plain else self._buffer(layer, "activation", n)
            inputs = [self.activation[source] for source in layer.sources]
            layer.block.forward(inputs, self._parameters[name], pre, self._scratch[name])
            self._steps[name].forward(pre, act, rng)
            self.pre[name], self.activation[name] = pre, act
        return self.activation[last]

    def backward(self, grad: Array, *, keep: bool = False) -> dict[str, Array]:
        """Run back from the gradient (n, *shape) with respect to the output's pre-activations.

        Writes the parameter gradients. With keep, the input's gradient is worked out too and the answer
        holds, for each layer but the output, the gradient with respect to its activations.
        """
        found: dict[str, Array] = {}
        for layer in reversed(self.layers[1:]):
            if layer is self.layers[-1]:
                grad_pre = grad
            elif layer.name in found:
                grad_pre = found[layer.name].copy() if keep else found[layer.name]
                self._steps[layer.name].backward(grad_pre, self.pre[layer.name], self.activation[layer.name])
            else:
                # No path to the output.
                continue
            self._back_through_block(layer, grad_pre, found, keep)
        return found

    def _back_through_block(self, layer: Layer, grad: Array, found: dict[str, Array], keep: bool) -> None:
        assert layer.block is not None
        targets: list[Array | None] = []
        for source in layer.sources:
            if source == self.layers[0].name and not keep:
                targets.append(None)
            elif source in found:
                targets.append(np.empty_like(found[source]))
            else:
                found[source] = self._buffer(self.layers[self._place(source)], "grad", len(grad))
                targets.append(found[source])
        inputs = [self.activation[source] for source in layer.sources]
        name = layer.name
        layer.block.backward(
            grad, inputs, self._parameters[name], self._scratch[name], self._gradients[name], targets
        )
        for source, target in zip(layer.sources, targets, strict=True):
            # A layer that feeds several others gathers the gradient of each.
            if target is not None and target is not found[source]:
                found[source] += target

    def score_gradients(self, label: int) -> dict[str, Array]:
        """After a forward pass: the derivative of one class's score (pre-activation) by every activation."""
        output = self.layers[-1]
        grad = np.zeros_like(self.pre[output.name])
        grad.reshape(len(grad), -1)[:, label] = 1
        found = self.backward(grad, keep=True)
        nothing = {layer.name: np.zeros_like(self.activation[layer.name]) for layer in self.layers}
        # Nothing comes after the output, so there the score itself stands in for the activation.
        return {**nothing, **found, output.name: grad}

    def _buffer(self, layer: Layer, kind: str, n: int) -> Array:
        """The first n rows of a layer's buffer of that kind; rows beyond a smaller last batch lie idle."""
        flat = self._rows[layer.name].array(kind, self.batch * layer.size, self.dtype)
        return flat[: n * layer.size].reshape(n, *layer.shape)

    def _place(self, name: str) -> int:
        return next(i for i, layer in enumerate(self.layers) if layer.name == name)


class _ActivationStep:
    """A layer's activation function followed by its dropout, forward and backward in place."""

    def __init__(self, layer: Layer):
        self.function = activation(layer.activation)
        self.rate = layer.dropout
        self.scale = 1 / (1 - layer.dropout)
        self._kept: Array | None = None
        self._undropped: Array | None = None

    def forward(self, pre: Array, act: Array, rng: np.random.Generator | None) -> None:
        self.function.forward(pre, act)
        self._kept = None
        if rng is not None and self.rate:
            # Inverted dropout: what stays is scaled up, so that nothing changes at inference.
            self._kept = dropout.kept(dropout.draw_key(rng), act.shape, self.rate) * act.dtype.type(
                self.scale
            )
            self._undropped = act.copy()
            act *= self._kept

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        if self._kept is not None and self._undropped is not None:
            grad *= self._kept
            act = self._undropped
        self.function.backward(grad, pre, act, grad)


class _FastRelu(_ActivationStep):
    """The same for ReLU in one compiled pass each way, with the same neurons dropped."""

    def forward(self, pre: Array, act: Array, rng: np.random.Generator | None) -> None:
        dropping = rng is not None and self.rate > 0
        self._passed = self.scale if dropping else 1.0
        key = dropout.draw_key(rng) if rng is not None and dropping else 0
        kernels = _kernels()
        kernels.relu_dropout(pre, act, key, dropout.threshold(self.rate) if dropping else 0, self._passed)

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        del pre
        _kernels().relu_dropout_backward(grad, act, self._passed)


class _FastDropout(_ActivationStep):
    """Dropout alone in one compiled pass each way, with the same neurons dropped."""

    def forward(self, pre: Array, act: Array, rng: np.random.Generator | None) -> None:
        self._key = None if rng is None else dropout.draw_key(rng)
        act[...] = pre
        self._drop(act)

    def backward(self, grad: Array, pre: Array, act: Array) -> None:
        del pre, act
        self._drop(grad)

    def _drop(self, values: Array) -> None:
        if self._key is not None:
            _kernels().dropout(values, self._key, dropout.threshold(self.rate), self.scale)


def _activation_step(layer: Layer, fast: bool) -> _ActivationStep:
    if fast and layer.activation == "relu":
        return _FastRelu(layer)
    if fast and layer.activation == "identity" and layer.dropout:
        return _FastDropout(layer)
    return _ActivationStep(layer)


def _kernels() -> ModuleType:
    # Numba takes a second to import: only training pays it.
    from engine import kernels  # noqa: PLC0415

    return kernels


def as_inputs(net: Net, images: Array) -> Array:
    """Images as the net's input batch (B, *input shape) of its dtype.

    uint8 (B, 28, 28) is scaled by 1/255; floats of the input's shape are taken as they are. A net that looks
    at less than a whole digit (24 x 24, say) is shown its centre.
    """
    shape = net.layers[0].shape
    images = _centre(np.asarray(images), shape)
    fits = images.ndim >= 2 and images[:1].size == net.layers[0].size * min(len(images), 1)
    if not fits or images.shape[1:] not in (shape, shape[:2], (net.layers[0].size,)):
        raise EngineError(f"{net.name} expects images (B, {', '.join(map(str, shape))}), got {images.shape}")
    if images.dtype == np.uint8:
        return np.divide(images.reshape(-1, *shape), 255, dtype=net.dtype)
    if images.dtype.kind != "f":
        raise EngineError(f"{net.name} expects uint8 or float images, got {images.dtype}")
    if not np.isfinite(images).all():
        raise EngineError(f"{net.name} got an image that holds NaN or infinity")
    return images.reshape(-1, *shape).astype(net.dtype, copy=False)


def _centre(images: Array, shape: Shape) -> Array:
    """The middle of whole digits (B, 28, 28, ...) for an input of fewer pixels; anything else as it is."""
    if images.shape[1:3] != DIGIT or len(shape) != 3 or shape[:2] == DIGIT:
        return images
    if shape[0] > DIGIT[0] or shape[1] > DIGIT[1]:
        return images
    top, left = (DIGIT[0] - shape[0]) // 2, (DIGIT[1] - shape[1]) // 2
    return images[:, top : top + shape[0], left : left + shape[1]]


def probabilities(net: Net, output: Array) -> Array:
    """Class probabilities (B, classes) from output activations.

    Softmax is taken as it is, of log-softmax the exp, of a hinge loss's scores the softmax, else what is not
    negative over its sum (equal shares where all is 0).
    """
    kind = net.layers[-1].activation
    flat = output.reshape(len(output), -1)
    if kind == "identity" and net.recipe.loss == "hinge":
        scores = np.empty_like(flat)
        activation("softmax").forward(flat, scores)
        return scores
    if kind == "softmax":
        return flat.copy()
    if kind == "log-softmax":
        return np.exp(flat)
    positive = np.maximum(flat, 0)
    total = positive.sum(axis=1, keepdims=True)
    return np.where(total > 0, positive / np.where(total > 0, total, 1), 1 / flat.shape[1])
