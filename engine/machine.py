"""The machine: runs a graph of layers forward and backward on batches, in buffers allocated once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import activation
from engine.arrays import Array
from engine.errors import EngineError
from engine.layer import Layer

if TYPE_CHECKING:
    from engine.graph import Net


class Machine:
    """Buffers for up to `batch` examples and the passes over them.

    pre, activation: layer name -> (n, *shape) of the last forward pass, valid until the next one. parameters are read
    where they lie, so a trainer may write them between passes. `gradients` (written by backward) holds one array for
    each parameter.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        parameters: Mapping[str, Array],
        batch: int,
        *,
        gradients: Mapping[str, Array] | None = None,
        backward: bool = False,
    ):
        self.layers = layers
        self.gradients = gradients
        dtype = next((p.dtype for p in parameters.values()), np.dtype(np.float32))
        self._parameters = {layer.name: _own(parameters, layer) for layer in layers}
        self._gradients = {n.name: None if gradients is None else _own(gradients, n) for n in layers}
        self._buffers: dict[str, dict[str, Array]] = {"pre": {}, "activation": {}, "grad": {}}
        for layer in layers[1:]:
            for kind in ("pre", "activation"):
                self._buffers[kind][layer.name] = np.empty((batch, *layer.shape), dtype)
        if backward or gradients is not None:
            for layer in layers:
                self._buffers["grad"][layer.name] = np.empty((batch, *layer.shape), dtype)
        self.dtype = dtype
        self.batch = batch
        self.pre: dict[str, Array] = {}
        self.activation: dict[str, Array] = {}
        self._fed: dict[str, Array] = {}
        self._masks: dict[str, Array] = {}
        self._caches: dict[str, object] = {}

    def forward(self, x: Array, rng: np.random.Generator | None = None) -> Array:
        """Output activations (n, *shape) for inputs (n, *shape); neurons are dropped only where an rng is given."""
        n = len(x)
        if n > self.batch:
            raise EngineError(f"a machine for batches of {self.batch} got {n} examples")
        first = self.layers[0].name
        self.pre = {first: x}
        self.activation = {first: x}
        self._fed = {first: x}
        self._masks = {}
        for layer in self.layers[1:]:
            self._run(layer, n, rng)
        return self.activation[self.layers[-1].name]

    def _run(self, layer: Layer, n: int, rng: np.random.Generator | None) -> None:
        assert layer.block is not None
        name = layer.name
        pre = self._buffers["pre"][name][:n]
        act = self._buffers["activation"][name][:n]
        inputs = [self._fed[source] for source in layer.sources]
        self._caches[name] = layer.block.forward(inputs, self._parameters[name], pre)
        activation(layer.activation).forward(pre, act)
        self.pre[name], self.activation[name], self._fed[name] = pre, act, act
        if rng is not None and layer.dropout:
            # Inverted dropout: what stays is scaled up, so that nothing changes at inference.
            kept = rng.random(act.shape, np.float32) >= layer.dropout
            self._masks[name] = kept * self.dtype.type(1 / (1 - layer.dropout))
            self._fed[name] = act * self._masks[name]

    def backward(self, grad: Array, *, to_input: bool = False) -> dict[str, Array]:
        """Run back from the gradient (n, *shape) with respect to the output's pre-activations.

        Writes the parameter gradients and returns, for each layer, the gradient with respect to its activations
        (valid until the next pass). The input's is worked out only on request.
        """
        n = len(grad)
        last = self.layers[-1]
        found: dict[str, Array] = {}
        for layer in reversed(self.layers[1:]):
            if layer is last:
                grad_pre = grad
            elif layer.name in found:
                grad_pre = self._through_activation(layer, found[layer.name])
            else:
                continue
            self._back_through_block(layer, grad_pre, found, n, to_input)
        return found

    def _through_activation(self, layer: Layer, grad: Array) -> Array:
        if layer.name in self._masks:
            grad *= self._masks[layer.name]
        out = np.empty_like(grad)
        activation(layer.activation).backward(grad, self.activation[layer.name], out)
        return out

    def _back_through_block(
        self, layer: Layer, grad_pre: Array, found: dict[str, Array], n: int, to_input: bool
    ) -> None:
        assert layer.block is not None
        inputs = [self._fed[source] for source in layer.sources]
        targets: list[Array | None] = []
        for source in layer.sources:
            if source == self.layers[0].name and not to_input:
                targets.append(None)
            elif source in found:
                targets.append(np.empty_like(found[source]))
            else:
                found[source] = self._buffers["grad"][source][:n]
                targets.append(found[source])
        name = layer.name
        layer.block.backward(
            grad_pre, inputs, self._parameters[name], self._caches[name], self._gradients[name], targets
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
        found = self.backward(grad, to_input=True)
        # The output's own activation is last in line: the score's derivative by it is left as that of the score.
        return {layer.name: found.get(layer.name, grad) for layer in self.layers}


def _own(arrays: Mapping[str, Array], layer: Layer) -> dict[str, Array]:
    start = layer.name + "."
    return {name[len(start) :]: array for name, array in arrays.items() if name.startswith(start)}


def as_inputs(net: Net, images: Array) -> Array:
    """Images as the net's input batch (B, *input shape) of its dtype.

    uint8 (B, 28, 28) is scaled by 1/255; floats of the input's shape are taken as they are.
    """
    shape = net.layers[0].shape
    images = np.asarray(images)
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


def probabilities(net: Net, output: Array) -> Array:
    """Class probabilities (B, classes) from output activations: as they are for softmax, exp of log-softmax, else
    non-negative activations over their sum (equal shares where all are 0).
    """
    kind = net.layers[-1].activation
    flat = output.reshape(len(output), -1)
    if kind == "softmax":
        return flat.copy()
    if kind == "log-softmax":
        return np.exp(flat)
    positive = np.maximum(flat, 0)
    total = positive.sum(axis=1, keepdims=True)
    return np.where(total > 0, positive / np.where(total > 0, total, 1), 1 / flat.shape[1])


def predict(net: Net, images: Array, batch: int) -> Array:
    """Probabilities (B, classes); see Net.predict."""
    if batch < 1:
        raise EngineError(f"batch {batch} must be 1 or more")
    images = np.asarray(images)
    machine = Machine(net.layers, net.parameters, min(batch, max(len(images), 1)))
    found = np.empty((len(images), net.layers[-1].size), net.dtype)
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        found[part] = probabilities(net, machine.forward(as_inputs(net, images[part])))
    return found
