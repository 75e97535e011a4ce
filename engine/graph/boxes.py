"""Boxes of neurons in a layer: a range of indices on each axis, as flat indices and as slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod

import numpy as np

from engine.arrays import Array, Shape, keep, of_array, read_only

Ranges = list[tuple[int, int]]
"""The first and the last index on each axis."""
Slices = tuple[slice, ...]
_SMALL = 1 << 16
"""Neurons of a layer up to which its indices are kept."""


def flat_box(chosen: Sequence[range], shape: Shape) -> Array:
    """The flat indices (n,) int64, ascending and read-only, of a box of a layer."""
    # A copy that is a view of nothing, so that what is found out about it is kept.
    places = _every(shape)[tuple(slice(each.start, each.stop) for each in chosen)].flatten()
    places.setflags(write=False)
    box: Ranges | None = [(each.start, each.stop - 1) for each in chosen]
    keep(places, _seeker(shape), box)
    return places


def box_of(places: Array, shape: Shape) -> Ranges | None:
    """The box that flat indices, ascending, are; None where they are none."""
    return of_array(places, _seeker(shape))


def slices_of(places: Array | None, shape: Shape) -> Slices | None:
    """Flat indices as slices of (n, *shape); None where they are no box. Of all of a layer (None) n alone."""
    if places is None:
        return (slice(None),)
    box = box_of(places, shape)
    return None if box is None else (slice(None), *(slice(low, high + 1) for low, high in box))


def _every(shape: Shape) -> Array:
    """The flat index of each neuron of a layer, of its shape, not to be written to."""
    return _kept(shape) if prod(shape) <= _SMALL else np.arange(prod(shape)).reshape(shape)


@lru_cache(maxsize=32)
def _kept(shape: Shape) -> Array:
    return read_only(np.arange(prod(shape)).reshape(shape))


@lru_cache(maxsize=256)
def _seeker(shape: Shape) -> Callable[[Array], Ranges | None]:
    """What finds boxes in a layer of this shape: one object, by which it is known what it has found."""
    return lambda places: _box_of(places, shape)


def _box_of(places: Array, shape: Shape) -> Ranges | None:
    first, last, box = int(places[0]), int(places[-1]), []
    for length in reversed(shape):
        (first, low), (last, high) = divmod(first, length), divmod(last, length)
        box.append((low, high))
    box.reverse()
    sides = [high + 1 - low for low, high in box]
    if min(sides) < 1 or len(places) != prod(sides):
        return None
    filled = _every(shape)[tuple(slice(low, high + 1) for low, high in box)]
    return box if (places.reshape(sides) == filled).all() else None
