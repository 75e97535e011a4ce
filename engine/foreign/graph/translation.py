"""The state of a translation: the layers so far, and what each foreign tensor is in their terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import prod
from typing import NoReturn

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LayerNorm, PatchEmbedding, TokenDense
from engine.errors import EngineError
from engine.foreign.graph.curves import GRID, Curve, behind_relu, curve_of, named
from engine.foreign.graph.draft import Draft, Node, View
from engine.foreign.graph.keeping import Kept, followed
from engine.foreign.graph.norming import Norming
from engine.foreign.pickles import shown

Value = Array | View | Curve | Norming
MOST_MOVED, MOST_MOVED_IN_ALL = 1 << 22, 1 << 24
"""Places of one tensor that is put together of others, and of all of them in a program."""
MOST_COPIED = 2048
"""Neurons of a row of which a scale and shift become a layer of their own."""


class Translation:
    """What is known while a program's operations are gone through."""

    def __init__(self, draft: Draft, uses: Counter[str]):
        self.draft = draft
        self.uses = uses
        self.values: dict[str, Value] = {}
        self.notes: list[str] = []
        self.where = ""
        self.moved = 0
        self.ended: list[tuple[Curve, View]] = []
        self.at_hand: Sequence[Value | None] = ()
        self.kept: list[Kept] = []

    def refuse(self, problem: str) -> NoReturn:
        """EngineError that names the operation at hand."""
        raise EngineError(f"{self.where} {problem}")

    def note(self, text: str) -> None:
        """Something to tell of the import, once."""
        if text not in self.notes:
            self.notes.append(text)

    def take(self, name: str) -> Value:
        """An operation's input; the last one to ask takes it out of the tensors that are still needed."""
        if name not in self.values:
            self.refuse(f"reads {shown(name)}, which nothing before it makes")
        self.uses[name] -= 1
        return self.values[name] if self.uses[name] > 0 else self.values.pop(name)

    def view(self, value: Value) -> View:
        """A tensor as neurons times scales plus offsets; a function in the making comes to its end."""
        if isinstance(value, View):
            return value
        if isinstance(value, Curve):
            # An operation may ask for its input twice: the function is put into a layer once.
            found = next((view for curve, view in self.ended if curve is value), None)
            if found is None:
                found = self.replace(value, self.activated(value))
                self.ended.append((value, found))
            return found
        if isinstance(value, Norming):
            self.refuse("takes a mean or variance of tokens, of which a layer normalisation alone is known")
        return self.refuse("reads constants where it should read what the network has made of the image")

    def replace(self, old: Value, made: View) -> View:
        """Have a tensor that is still needed elsewhere be what it was found to be."""
        self.values.update({name: made for name, value in self.values.items() if value is old})
        return made

    def renumber(self, old: View, node: Node, new: Array) -> bool:
        """Have each tensor of a layer's neurons, of which `old` is one, be of these new numbers; or none.

        The others may have its numbers in another order, but must have the same.
        """
        ways: dict[str, View] = {}
        first = np.lexsort([part.reshape(-1) for part in (*old.full(), old.index)])
        for name, value in self.values.items():
            if not self.touches(value, node):
                continue
            if not isinstance(value, View) or value.index.size != old.index.size:
                return False
            order = np.lexsort([part.reshape(-1) for part in (*value.full(), value.index)])
            pairs = zip((value.index, *value.full()), (old.index, *old.full()), strict=True)
            if not all(np.array_equal(a.reshape(-1)[order], b.reshape(-1)[first]) for a, b in pairs):
                return False
            numbers = np.empty(old.index.size, np.int64)
            numbers[order] = new.reshape(-1)[first]
            ways[name] = View(numbers.reshape(value.index.shape))
        self.values.update(ways)
        return True

    def free(self, node: Node, but: Value | None = None) -> bool:
        """Whether nobody but the operation at hand, or this tensor, knows a layer as it is."""
        others = [value for value in self.values.values() if value is not but]
        if but is not None and any(value is but for value in self.at_hand):
            # An input is no more among the values once it is taken, and may be of the same layer. What the
            # operation made of its inputs has none beside it: they are what it is made of.
            others += [value for value in self.at_hand if value is not None and value is not but]
        return not self.draft.read(node) and not any(self.touches(value, node) for value in others)

    @staticmethod
    def touches(value: Value, node: Node) -> bool:
        """Whether a tensor has neurons of a layer."""
        if isinstance(value, np.ndarray):
            return False
        view = value if isinstance(value, View) else value.base
        first, last = view.span
        if last < node.base or first >= node.base + node.size:  # asked of each tensor, again and again
            return False
        return bool(((view.index >= node.base) & (view.index < node.base + node.size)).any())

    def whole(self, view: View) -> list[Node] | None:
        """The layers of which the tensor has every neuron once; None where it has others, or constants."""
        if (view.index < 0).any() or not view.index.size:
            return None
        owners = self.draft.owners(view.index)
        every = np.concatenate([node.numbers.reshape(-1) for node in owners])
        if view.index.size != every.size or not np.array_equal(
            np.sort(view.index, axis=None), np.sort(every)
        ):
            return None
        return owners

    def of(self, node: Node, view: View) -> tuple[Array, Array]:
        """Scale and offset of each neuron of a layer that the tensor has whole, in the layer's shape."""
        scale, offset = view.full()
        own = (view.index >= node.base) & (view.index < node.base + node.size)
        made = np.ones(node.size), np.zeros(node.size)
        for flat, values in zip(made, (scale, offset), strict=True):
            flat[view.index[own] - node.base] = values[own]
        return made[0].reshape(node.shape), made[1].reshape(node.shape)

    def keep(self, view: View, mean: Array, variance: Array) -> None:
        """Note the mean and the variance of a tensor, of shapes that go with its own, that a norm keeps."""
        shape, maps = view.index.shape, view.index.ndim == 4
        whole = (self.whole(view) or []) if view.index.ndim in (2, 4) else []
        told = View(view.index, *(np.broadcast_to(part, shape) for part in (variance, mean)))
        for node in whole:
            own = self.of(node, told)
            self.kept.append(Kept.of(node, self.of(node, view), own[1], own[0], maps))

    def settled(self, view: View) -> View:
        """The tensor with its scales and offsets in the parameters of layers, where they fit in."""
        if view.scale is None and view.offset is None:
            return view
        owners = self.whole(view)
        if owners is None or not all(_takes_scales(node) and self.free(node, view) for node in owners):
            return view
        scales = [self.of(node, view) for node in owners]
        changes = [_folded(node, *own) for node, own in zip(owners, scales, strict=True)]
        if any(change is None for change in changes):
            return view
        for node, change, own in zip(owners, changes, scales, strict=True):
            node.parameters.update(change or {})
            followed(self.kept, node, *own)
        return self.replace(view, View(view.index))

    def exact(self, view: View) -> View:
        """The tensor as neurons alone: what scales and offsets are left become layers of their own."""
        view = self.settled(view)
        return view if view.plain else self.replace(view, self.copied(view))

    def copied(self, view: View) -> View:
        """The tensor as the neurons of layers of its own, each neuron one of before, scaled and shifted."""
        owners = self.whole(view)
        if owners is None:
            self.refuse("reads a part of a layer, or constants, where it needs whole layers")
        index = view.index.copy()
        for node in owners:
            made = self._scaled(node, *self.of(node, view))
            own = (view.index >= node.base) & (view.index < node.base + node.size)
            index[own] += made.base - node.base
        return View(index)

    def _scaled(self, node: Node, scale: Array, offset: Array) -> Node:
        rows = scale.reshape(-1, scale.shape[-1]), offset.reshape(-1, scale.shape[-1])
        alike = all(float(np.ptp(part, axis=0).max()) <= 1e-9 * (1 + np.abs(part).max()) for part in rows)
        width = node.shape[-1]
        parameters = {"weight": np.diag(rows[0][0]), "bias": rows[1][0]}
        name = f"{self.where} on {shown(node.name)}"
        if len(node.shape) == 3 and alike:
            parameters["weight"] = parameters["weight"].reshape(1, 1, width, width)
            return self.draft.add(name, Conv(width, 1, 1), [node], parameters)
        if len(node.shape) == 2 and alike:
            return self.draft.add(name, TokenDense(width), [node], parameters)
        if len(node.shape) > 1 or width > MOST_COPIED:
            one = np.abs(scale - 1).max() < 1e-6
            deed = "adds a number of its own to each neuron of" if one else "scales one by one the neurons of"
            self.refuse(f"{deed} {shown(node.name)}, which no layer here does")
        return self.draft.add(name, Dense(width), [node], parameters)

    def activated(self, curve: Curve) -> View:
        """What a function of each number makes; it becomes the activation of the layers, or of copies."""
        base = curve.base
        owners = self.whole(base)
        if owners and all(self.open(node, curve, "relu") for node in owners):
            # Pieces of one function, such as the lid on a ReLU6 that some write as two operations.
            with suppress(EngineError):
                name, times, plus = named(behind_relu(curve))
                for node in owners:
                    node.activation = name
                return base.affine(times, plus)
        name, times, plus = named(curve)
        if name == "identity":
            return base.affine(times, plus)
        if owners is None or not all(self.open(node, but=curve) for node in owners):
            base = self.copied(base)
            owners = self.draft.owners(base.index)
        for node in owners:
            node.activation = name
        return base.affine(times, plus)

    def open(self, node: Node, but: Value | None = None, now: str = "identity") -> bool:
        """Whether a layer, whose activation function is `now`, can still take another."""
        plain = node.block is not None and node.activation == now and not node.dropout
        return plain and self.free(node, but)

    def curve(self, value: Value) -> Curve:
        """A tensor as the function of itself that it is so far."""
        if isinstance(value, Curve):
            return value
        view = self.settled(self.view(value))
        # No function is one of pixels that were shifted before it: a layer of their own has these.
        shifted = view.offset is not None and self.draft.image in self.draft.owners(view.index)
        made = None if shifted else curve_of(view)
        return made if made is not None else Curve(self.exact(view), GRID, ())

    def owner(self, view: View) -> Node:
        """The one layer of a tensor that is that layer, number by number and in order, batch aside."""
        owners = self.whole(view)
        if (
            owners is None
            or len(owners) != 1
            or not np.array_equal(view.index.reshape(-1), owners[0].numbers.reshape(-1))
        ):
            self.refuse(
                "reads numbers of a layer in another order than they stand in, as an MLP-Mixer does, or of "
                "several layers: nothing here mixes tokens but attention"
            )
        return owners[0]

    def lay(self, node: Node, shape: Sequence[int] | None = None) -> View:
        """A layer as a tensor with a batch of 1."""
        return View(node.numbers.reshape(1, *(node.shape if shape is None else shape)))

    def limited(self, numbers: Iterable[int], most: int) -> None:
        """EngineError where an array of so many numbers along each axis would have more than `most`."""
        total = 1
        for number in numbers:
            total *= int(number)
        if total > most:
            self.refuse(f"makes an array of {total:,} numbers, the limit is {most:,}")

    def moving(self, shape: Iterable[int]) -> None:
        """EngineError where a tensor that is put together of others is too large, or all such ones are."""
        lengths = tuple(map(int, shape))
        self.limited(lengths, MOST_MOVED)
        self.moved += prod(lengths)
        if self.moved > MOST_MOVED_IN_ALL:
            self.refuse(f"and what comes before it put together more than {MOST_MOVED_IN_ALL:,} numbers")


def _takes_scales(node: Node) -> bool:
    """Whether scales and offsets of a layer's outputs can go into its parameters."""
    normed = isinstance(node.block, LayerNorm) and node.activation == "identity" and not node.dropout
    return node.linear or normed


def _folded(node: Node, scale: Array, offset: Array) -> dict[str, Array] | None:
    """A layer's parameters with a scale and offset of its neurons in them, None where they do not fit."""
    rows = scale.reshape(-1, scale.shape[-1]), offset.reshape(-1, offset.shape[-1])
    if float(np.ptp(rows[0], axis=0).max()) > 1e-9 * (1 + float(np.abs(rows[0]).max())):
        return None
    times, own = rows[0][0], node.parameters
    made = {key: array * times for key, array in own.items()}
    if isinstance(node.block, PatchEmbedding) and node.block.positions:
        return {**made, "position": made["position"] + rows[1]}
    if float(np.ptp(rows[1], axis=0).max()) > 1e-9 * (1 + float(np.abs(rows[1]).max())):
        return None
    if isinstance(node.block, LayerNorm):
        return {"scale": made["scale"], "shift": made["shift"] + rows[1][0]}
    if isinstance(node.block, TokenDense) and len(node.sources) > 1:
        return None if float(np.abs(times - 1).max()) > 1e-9 else {**own, "bias": own["bias"] + rows[1][0]}
    return {**made, "bias": made["bias"] + rows[1][0]}
