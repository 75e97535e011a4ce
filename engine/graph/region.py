"""Some neurons of a layer: a range of indices on each axis, as slices, and as flat indices."""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np

from engine.arrays import Array, Shape

Ranges = list[tuple[int, int]]
"""The first and the last index on each axis."""
Slices = tuple[slice, ...]
_SMALL = 1 << 16
"""Neurons of a layer up to which its indices are kept."""


class Region:
    """Some neurons of a layer of this shape: a box of it, or any by flat indices (n,) int64, ascending.

    What edits name is a box nearly always, and passes work on it as such: flat indices are made where
    somebody asks for them, and whether they are a box is looked for in the same way.
    """

    def __init__(self, shape: Shape, chosen: Ranges | Array):
        self.shape = shape
        if isinstance(chosen, np.ndarray):
            self.flat = chosen
            self._count = len(chosen)
        else:
            self.box = chosen
            self._count = 1
            for first, last in chosen:
                self._count *= last + 1 - first
        self.whole = self._count == prod(shape)
        """Whether it is all of the layer."""

    def __len__(self) -> int:
        return self._count

    def __reduce__(self) -> tuple[type[Region], tuple[Shape, Ranges | Array]]:
        # What was worked out on the way is worked out again by whoever unpickles it.
        box: Ranges | None = self.__dict__.get("box")
        return Region, (self.shape, self.flat if box is None else box)

    @property
    def part(self) -> Region | None:
        """Itself, None where it is all of the layer."""
        return None if self.whole else self

    @cached_property
    def flat(self) -> Array:
        """The flat indices (n,) int64, ascending and read-only."""
        if self._count == 1:
            alone = np.array([self.first])
            alone.setflags(write=False)
            return alone
        every = _kept(self.shape) if prod(self.shape) <= _SMALL else _every(self.shape)
        # A copy: of a view the indices of the whole layer would live on.
        places: Array = every[tuple([slice(first, last + 1) for first, last in self.box or ()])].flatten()
        places.setflags(write=False)
        return places

    @property
    def first(self) -> int:
        """The first of the flat indices."""
        box, flat = self.__dict__.get("box"), 0
        if box is None:
            return int(self.flat[0])
        for (first, _), length in zip(box, self.shape, strict=True):
            flat = flat * length + first
        return flat

    @cached_property
    def box(self) -> Ranges | None:
        """The first and the last index on each axis; None where the neurons are no box."""
        first, last, box = int(self.flat[0]), int(self.flat[-1]), []
        for length in reversed(self.shape):
            (first, low), (last, high) = divmod(first, length), divmod(last, length)
            box.append((low, high))
        box.reverse()
        sides = [high + 1 - low for low, high in box]
        if min(sides) < 1 or len(self) != prod(sides):
            return None
        return box if (Region(self.shape, box).flat == self.flat).all() else None

    @cached_property
    def slices(self) -> Slices | None:
        """The box as an index of (n, *shape) by which NumPy makes a view; None of no box."""
        box = self.box
        return None if box is None else (slice(None), *[slice(first, last + 1) for first, last in box])

    def at(self, values: Array) -> tuple[Array, Any]:
        """Values of the layer (n, ...), perhaps in another shape, not copied, and an index of these."""
        if self.slices is None:
            return values.reshape(len(values), -1), (slice(None), self.flat)
        shaped = values.ndim == len(self.shape) + 1
        return values if shaped else values.reshape(len(values), *self.shape), self.slices

    def same(self, other: Region) -> bool:
        """Whether both are the same neurons of a layer."""
        if self is other or self._count != other._count:
            return self is other
        if self.box is None or other.box is None:
            return bool((self.flat == other.flat).all())
        return self.box == other.box


def _every(shape: Shape) -> Array:
    """The flat index of each neuron of a layer, of its shape, not to be written to."""
    every = np.arange(prod(shape)).reshape(shape)
    every.setflags(write=False)
    return every


_kept = lru_cache(maxsize=32)(_every)
