"""Places of neurons in a layer: flat indices, ascending, or None for all of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.graph.layer import Layer

Where = Array | slice


def evenly(places: Array) -> Where:
    """Indices ascending as a slice where they are evenly spaced, as those of a layer or of a map are.

    NumPy then takes and writes them without looking each one up; but what it takes is no copy.
    """
    count = len(places)
    if not count:
        return places
    first = int(places[0])
    if count == 1:
        return slice(first, first + 1)
    last = int(places[-1])
    if last - first == count - 1:
        return slice(first, last + 1)
    step = (last - first) // (count - 1)
    # Of most that are not even the second tells it.
    even = first + step * (count - 1) == last and int(places[1]) == first + step
    even = even and (count == 2 or bool((np.diff(places) == step).all()))
    return slice(first, last + 1, step) if even else places


def units_of(places: Array | None, size: int, units: int) -> Any:
    """The maps that flat indices are all of; None where they are only some of one."""
    if places is None:
        return slice(None)
    found = np.unique(places % units)
    return found if len(places) * units == len(found) * size else None


def among(places: Array, chosen: Array | None) -> Array:
    """Which of some places (n,) are among the chosen ones, ascending, None for all: a mask bool (n,)."""
    if chosen is None:
        return np.ones(len(places), bool)
    near = np.minimum(np.searchsorted(chosen, places), len(chosen) - 1)
    return np.asarray(chosen[near] == places)


def part_of(places: Array, layer: Layer) -> Array | None:
    """Flat indices (n,) as they are held: None where they are all of the layer."""
    return places if len(places) < layer.size else None


def same(one: Array | None, other: Array | None) -> bool:
    """Whether two sets of flat indices are the same, None being all of a layer."""
    if one is None or other is None:
        return one is other
    return one is other or (len(one) == len(other) and bool((one == other).all()))


def together(one: Array | None, other: Array | None, size: int) -> Array | None:
    """Flat indices of both, ascending, of a layer of this size; None where they overlap."""
    if one is None or other is None:
        return None
    seen = np.zeros(size, bool)
    seen[one] = True
    if seen[other].any():
        return None
    seen[other] = True
    return np.flatnonzero(seen)


def are_all(mine: Array | None, others: Array, layer: Layer) -> bool:
    """Whether places of a layer, None for all of it, are these flat indices."""
    if mine is None:
        return len(others) == layer.size
    return same(mine, others)
