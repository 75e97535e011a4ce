"""The machine: runs a graph of layers forward and backward on batches, in buffers allocated once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from engine.arrays import Array, Shape, by_layer, end_to_end, in_one_piece, like, size_of
from engine.blocks import Scratch
from engine.edits.overlay import Overlay
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.kernels import dropout, threads
from engine.run.gradient_buffers import laid_out, shared
from engine.run.micro_batch import MicroBatch
from engine.run.shortcuts.first_rows import short_shape
from engine.run.sizes import one_buffer, part_size

Passed = tuple[dict[str, Array], dict[str, Array]]
"""Pre-activations and activations, by layer."""


class Machine:
    """Buffers for up to `batch` examples and the passes over them.

    pre, activation: layer name -> (n, *shape) of the last forward pass, valid until the next one; under
    dropout activation is what the next layers are fed. parameters are read where they lie, so a trainer may
    write them between passes. gradients: one array for each parameter, written by backward. fast: compiled
    kernels, float32. lean: where fast, a pass may leave out layers and tokens that neither the answer nor the
    gradients need (see `engine.run.shortcuts`); `backward` with keep fills them in.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        parameters: Mapping[str, Array],
        batch: int,
        *,
        gradients: Mapping[str, Array] | None = None,
        fast: bool = False,
        lean: bool = False,
        overlay: Overlay | None = None,
    ):
        self.overlay = overlay or Overlay()
        self.layers = layers
        self.batch = batch
        self.dtype = next((p.dtype for p in parameters.values()), np.dtype(np.float32))
        self.pre: dict[str, Array] = {}
        self.activation: dict[str, Array] = {}
        self._rows = {layer.name: Scratch() for layer in layers}
        self._rooms: dict[tuple[int, bool], Passed] = {}
        self._shares: dict[int, list[Passed]] = {}
        self._running: list[Passed] = []
        self._inputs: dict[int, tuple[Array, list[Array]]] = {}
        self._slopes: dict[tuple[int, bool, bool], tuple[dict[str, Array], list[dict[str, Array]]]] = {}
        self._size = part_size(layers, batch, fast)
        self._parts = []
        told: list[list[Array]] = []
        known = by_layer(parameters)
        for first in range(0, batch, self._size):
            # The first part's gradients are the sum's beginning.
            own = like(gradients) if gradients and first else gradients
            told.append(list((own or {}).values()))
            self._parts.append(MicroBatch(layers, known, own, fast, self.overlay, lean))
        flat = [array for array in map(end_to_end, told) if array is not None]
        self._sums = [[array] for array in flat] if len(flat) == len(told) else told
        self._skipped = self._parts[0].skipped if self._parts else {}
        self._short = self._parts[0].short if self._parts else frozenset()
        self._lean = False
        self._drops = any(layer.dropout for layer in layers)
        if self._parts and self._parts[0].tapes:
            self._lay_out()

    @property
    def in_parts(self) -> bool:
        """Whether parts of a batch run side by side, see `engine.run.micro_batch`."""
        return len(self._parts) > 1

    def forward(self, x: Array, rng: np.random.Generator | None = None) -> Array:
        """Output activations (n, *shape) for inputs (n, *shape), with dropout only where an rng is given."""
        n = len(x)
        if n > self.batch:
            raise EngineError(f"a machine for batches of {self.batch} got {n} examples")
        first, last = self.layers[0].name, self.layers[-1].name
        pre, act = self._room(n, whole=False)
        x, inputs = self._take_in(x)
        self._lean = bool(self._skipped or self._short)
        self.pre, self.activation = {first: x, **pre}, {first: self.overlay.enter(first, x), **act}
        cuts = self._cuts(n)
        draws = self._draws(rng, len(cuts))
        if n not in self._shares:
            self._shares[n] = [self._cut(cut, pre, act) for cut in cuts]
        entering = self.activation[first]
        entered = inputs if entering is x else [entering[cut] for cut in cuts]
        self._running = [
            ({first: own, **its_pre}, {first: its_own, **its_act})
            for own, its_own, (its_pre, its_act) in zip(inputs, entered, self._shares[n], strict=True)
        ]

        def work(i: int) -> None:
            self._parts[i].forward(*self._running[i], draws[i])

        threads.each(work, len(cuts))
        return self.activation[last]

    def _take_in(self, x: Array) -> tuple[Array, list[Array]]:
        """The inputs, and those of each part of the batch; where passes are replayed, at one place always."""
        own = self.place(len(x))
        if own is None:
            return x, [x[cut] for cut in self._cuts(len(x))]
        if x is not own:
            own[...] = x
        return own, self._inputs[len(x)][1]

    def place(self, n: int) -> Array | None:
        """Where the next pass will have its n inputs (n, *shape), best written there; None for nowhere."""
        if not self._parts[0].tapes:
            return None
        if n not in self._inputs:
            flat = self._buffer(self.layers[0], "input", n, whole=True)
            self._inputs[n] = flat, [flat[cut] for cut in self._cuts(n)]
        return self._inputs[n][0]

    def _draws(self, rng: np.random.Generator | None, count: int) -> list[np.random.Generator | None]:
        """Random numbers for each of `count` parts of a batch."""
        if count == 1 or rng is None:
            return [rng] * count
        keys = [dropout.draw_key(rng) for _ in range(count)]
        # Keys are drawn in any case, but only dropout repays what making a generator takes.
        return [np.random.default_rng(key) if self._drops else None for key in keys]

    def resume(
        self,
        pre: Mapping[str, Array],
        act: Mapping[str, Array],
        layers: Sequence[Layer],
    ) -> Array:
        """A forward pass of these layers only, in order; pre, act (n, *shape): of all others that they read.

        For what follows a change, where all that lies ahead of it is known. Not to be followed by backward.
        """
        n = len(next(iter(act.values())))
        own_pre, own_act = self._room(n, whole=True)
        fresh = {layer.name for layer in layers}
        self._lean = False
        self.pre = {**pre, **{name: own_pre[name] for name in fresh}}
        self.activation = {**act, **{name: own_act[name] for name in fresh}}
        self._parts[0].forward(self.pre, self.activation, None, layers)
        return self.activation[self.layers[-1].name]

    def backward(self, grad: Array, *, keep: bool = False) -> dict[str, Array]:
        """Run back from the gradient (n, *shape) with respect to the output's pre-activations.

        Writes the parameter gradients. With keep, the input's gradient is worked out too and the answer
        holds, for each layer but the output, the gradient with respect to its activations; without, it is
        good for nothing.
        """
        n = len(grad)
        filling, self._lean = keep and self._lean, self._lean and not keep
        cuts = self._cuts(n)
        grad_act, here = self._gradient_buffers(n, keep)
        if filling:
            self._fill(n)

        def work(i: int) -> None:
            self._parts[i].backward(grad[cuts[i]], *self._running[i], here[i], keep)

        # The part that came last on the way there is the one that the caches still have.
        threads.each(lambda i: work(len(cuts) - 1 - i), len(cuts))
        for part in self._sums[1 : len(cuts)]:
            for total, more in zip(self._sums[0], part, strict=True):
                np.add(total, more, out=total)
        return grad_act

    def _fill(self, n: int) -> None:
        """Fill in what the forward pass has left out."""
        # What it has written lies where the whole pass has it, but for layers held short.
        pre, act = self._room(n, whole=True)
        self.pre, self.activation = {**self.pre, **pre}, {**self.activation, **act}
        self._running = [self._cut(cut, self.pre, self.activation) for cut in self._cuts(n)]
        threads.each(lambda i: self._parts[i].fill(*self._running[i]), len(self._running))

    @cached_property
    def _contributing(self) -> list[Layer]:
        """The layers with a path to the output, without the output."""
        contributing = {self.layers[-1].name}
        for layer in reversed(self.layers):
            if layer.name in contributing:
                contributing.update(layer.sources, self.overlay.sources(layer.name))
        return [layer for layer in self.layers[:-1] if layer.name in contributing]

    def _gradient_buffers(self, n: int, keep: bool) -> tuple[dict[str, Array], list[dict[str, Array]]]:
        """Where the gradients by the activations of n examples go; the same of each part of the batch."""
        asked = n, keep, self._lean
        if asked not in self._slopes:
            left_out = () if keep else (self.layers[0].name, *(self._skipped if self._lean else ()))
            contributing = [layer for layer in self._contributing if layer.name not in left_out]
            if self._lean and not self.overlay.edited:
                shapes = {k.name: short_shape(k) if k.name in self._short else k.shape for k in contributing}
                numbers = shared(self.layers[1:], self._parts[0].reads, shapes)
                sizes = [cut.stop - cut.start for cut in self._cuts(n)]
                self._slopes[asked] = {}, [laid_out(numbers, shapes, size, self.dtype) for size in sizes]
            else:
                whole = {layer.name: self._buffer(layer, "grad", n, not self._lean) for layer in contributing}
                parts = [{name: array[cut] for name, array in whole.items()} for cut in self._cuts(n)]
                self._slopes[asked] = whole, parts
        return self._slopes[asked]

    def _room(self, n: int, whole: bool) -> Passed:
        """Where the pre-activations and the activations of n examples go, all layers but the input.

        whole: those too that a lean pass leaves out, and all tokens.
        """
        if (n, whole) not in self._rooms:
            layers = [k for k in self.layers[1:] if whole or k.name not in self._skipped]
            pre = {layer.name: self._buffer(layer, "pre", n, whole) for layer in layers}
            act = {}
            for layer in layers:
                one = one_buffer(layer, self.overlay)
                act[layer.name] = pre[layer.name] if one else self._buffer(layer, "activation", n, whole)
            self._rooms[n, whole] = pre, act
        return self._rooms[n, whole]

    def _cuts(self, n: int) -> list[slice]:
        """The parts of a batch of n."""
        if n <= self._size:
            return [slice(0, n)]
        return [slice(first, min(first + self._size, n)) for first in range(0, n, self._size)]

    @staticmethod
    def _cut(part: slice, pre: dict[str, Array], act: dict[str, Array]) -> Passed:
        """Pre-activations and activations of a part of a batch: one array still where they are one."""
        cut = {name: array[part] for name, array in pre.items()}
        return cut, {name: cut[name] if array is pre[name] else array[part] for name, array in act.items()}

    def first_broken(self) -> str:
        """The first layer whose sums in the last forward pass hold NaN or infinity, "" where none does."""
        if self._lean:
            self._fill(len(self.activation[self.layers[-1].name]))
            self._lean = False
        names = (layer.name for layer in self.layers if layer.name in self.pre)
        return next((name for name in names if not np.isfinite(self.pre[name]).all()), "")

    def score_gradients(self, label: int) -> dict[str, Array]:
        """After a forward pass: the derivative of one class's score (pre-activation) by every activation."""
        output = self.layers[-1]
        grad = np.zeros_like(self.pre[output.name])
        grad.reshape(len(grad), -1)[:, label] = 1
        grad_act = self.backward(grad, keep=True)
        nothing = {layer.name: np.zeros_like(self.activation[layer.name]) for layer in self.layers}
        # Nothing comes after the output, so there the score itself stands in for the activation.
        return {**nothing, **grad_act, output.name: grad}

    def _lay_out(self) -> None:
        """Have all that a lean pass writes on its way there lie in one piece."""
        sizes = {(self.layers[0].name, "input"): self.batch * self.layers[0].size}
        for layer in self.layers[1:]:
            if layer.name not in self._skipped:
                kinds = ("pre",) if one_buffer(layer, self.overlay) else ("pre", "activation")
                size = self.batch * size_of(self._shape(layer, whole=False))
                sizes |= {(layer.name, kind): size for kind in kinds}
        for (name, kind), array in in_one_piece(sizes, self.dtype).items():
            self._rows[name].take_over(kind, array)

    def _shape(self, layer: Layer, whole: bool) -> Shape:
        """The shape of what is held of a layer, for one example."""
        return layer.shape if whole or layer.name not in self._short else short_shape(layer)

    def _buffer(self, layer: Layer, kind: str, n: int, whole: bool) -> Array:
        """The first n rows of a layer's buffer of that kind; rows beyond a smaller last batch lie idle."""
        shape = self._shape(layer, whole)
        flat = self._rows[layer.name].array(kind, self.batch * size_of(shape), self.dtype)
        return flat[: n * size_of(shape)].reshape(n, *shape)
