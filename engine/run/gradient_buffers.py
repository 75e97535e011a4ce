"""Where gradients by activations lie in a pass back that nobody looks into: few buffers, used in turns.

A gradient is wanted from the first of its layer's readers that has gone back until the layer itself has. In
as few buffers as that takes, gradients stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.arrays import Array, Shape, aligned, size_of
from engine.blocks import Add, TokenDense
from engine.graph.layer import Layer


def shared(
    layers: Sequence[Layer], reads: Callable[[Layer], Sequence[str]], shapes: Mapping[str, Shape]
) -> dict[str, int]:
    """The number of the buffer of each layer's gradient, by name; layers of one number have one size.

    layers: all but the input, in order; reads: whose gradients each of them writes. shapes: of the layers
    whose gradients are wanted, for one example; a pass goes back through these and the last.
    """
    found: dict[str, int] = {}
    free: dict[int, list[int]] = {}
    count = 0
    for layer in reversed([k for k in layers if k.name in shapes or k is layers[-1]]):
        own = found.get(layer.name)
        for slot, source in enumerate(reads(layer)):
            if source not in shapes or source in found:
                continue
            same = shapes[source] == shapes.get(layer.name)
            if own is not None and same and _hands_on(layer, slot):
                # What it would write there is its own gradient, and that is wanted no longer.
                found[source], own = own, None
            elif free.get(size_of(shapes[source])):
                found[source] = free[size_of(shapes[source])].pop()
            else:
                found[source], count = count, count + 1
        if own is not None:
            free.setdefault(size_of(shapes[layer.name]), []).append(own)
    return found


def _hands_on(layer: Layer, slot: int) -> bool:
    """Whether a source's gradient is the layer's own, as the source is added as it is."""
    return isinstance(layer.block, Add) or (isinstance(layer.block, TokenDense) and slot > 0)


def laid_out(numbers: Mapping[str, int], shapes: Mapping[str, Shape], n: int, dtype: Any) -> dict[str, Array]:
    """Arrays (n, *shape) by name: one object where a number and a shape are the same."""
    flat: dict[int, Array] = {}
    views: dict[tuple[int, Shape], Array] = {}
    for name, number in numbers.items():
        shape = shapes[name]
        if number not in flat:
            flat[number] = aligned(n * size_of(shape), dtype)
        if (number, shape) not in views:
            views[number, shape] = flat[number].reshape(n, *shape)
    return {name: views[number, shapes[name]] for name, number in numbers.items()}
