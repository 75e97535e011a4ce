"""Places of neurons in a layer: regions, None for all of it, or flat indices, ascending."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.graph.region import Region

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


def index_of(part: Region | None) -> Where:
    """A region, None for all of a layer, as an index of (size,) that NumPy takes fast."""
    if part is None:
        return slice(None)
    if len(part.shape) > 1 or part.box is None:
        return evenly(part.flat)
    ((first, last),) = part.box
    return slice(first, last + 1)


def units_of(part: Region | None, units: int) -> Any:
    """The maps that a region, None for all of a layer, is all of; None where it is only some of one."""
    if part is None:
        return slice(None)
    found = np.unique(part.flat % units)
    return found if len(part) * units == len(found) * prod(part.shape) else None


def within(places: Array, part: Region | None) -> Array:
    """Which of some flat indices (n,) are in a region, None for all of a layer: a mask bool (n,)."""
    return np.ones(len(places), bool) if part is None else among(places, part.flat)


def among(places: Array, chosen: Array) -> Array:
    """Which of some flat indices (n,) are among the chosen ones, ascending: a mask bool (n,)."""
    near = np.minimum(np.searchsorted(chosen, places), len(chosen) - 1)
    return np.asarray(chosen[near] == places)


def same(one: Region | None, other: Region | None) -> bool:
    """Whether two regions are the same, None being all of a layer."""
    return one is other or (one is not None and other is not None and one.same(other))


def together(one: Region | None, other: Region | None) -> Region | None:
    """Both, None where they overlap; of the arguments None is all of a layer."""
    if one is None or other is None:
        return None
    seen = np.zeros(prod(one.shape), bool)
    seen[one.flat] = True
    if seen[other.flat].any():
        return None
    seen[other.flat] = True
    return Region(one.shape, np.flatnonzero(seen))
