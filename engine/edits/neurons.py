"""What the edits of a layer's neurons come to: a column for each neuron, however many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.edits.grammar import Edit

SHIFT, GAIN, OFFSET, FUNCTION = range(4)
"""Rows of a table: what its bias gets; what becomes of its activation, gain x activation + offset; and its
activation function's place among the names, 0 for that of its layer."""


@dataclass(frozen=True, eq=False)
class NeuronTable:
    """Edited neurons of one layer: place (n,) int64, flat indices ascending, numbers (4, n) float64.

    numbers may be (4, 1), of all neurons alike. names: the functions that FUNCTION counts, "" first.
    """

    place: Array
    numbers: Array
    names: tuple[str, ...] = ("",)

    def edited(self, edit: Edit, place: Array) -> NeuronTable:
        """The same after one edit more of some neurons, flat indices ascending."""
        every, numbers = self._with(place)
        at = slice(None) if len(every) == len(place) else np.searchsorted(every, place)
        value, names = edit.value or 0.0, self.names
        match edit.verb:
            case "shift":
                numbers[SHIFT, at] += value
            case "function":
                name = edit.function or ""
                names = names if name in names else (*names, name)
                numbers[FUNCTION, at] = names.index(name)
            case "scale":
                numbers[GAIN : OFFSET + 1, at] *= value
            case _:
                # Ablated or clamped: whatever it would have been is forgotten.
                numbers[GAIN, at], numbers[OFFSET, at] = 0.0, value
        return NeuronTable(every, numbers, names)

    def _with(self, place: Array) -> tuple[Array, Array]:
        """Places and numbers of a copy that holds these neurons too, and can tell them from others."""
        if not len(self.place):
            numbers = np.zeros((4, 1))
            numbers[GAIN] = 1
            return place, numbers
        at = np.minimum(np.searchsorted(self.place, place), len(self.place) - 1)
        if (self.place[at] == place).all():
            alike = len(place) == len(self.place)
            numbers = self.numbers if alike else np.broadcast_to(self.numbers, (4, len(self.place)))
            return self.place, numbers.copy()
        every = np.union1d(self.place, place)
        numbers = np.zeros((4, len(every)))
        numbers[GAIN] = 1
        numbers[:, np.searchsorted(every, self.place)] = self.numbers
        return every, numbers

    @property
    def cells(self) -> Cells:
        """The same as the passes read it."""
        if self.numbers.shape[1] == 1:
            return self._alike()
        shift, gain, offset, function = self.numbers
        functions = {
            name: self.place[function == number]
            for number, name in enumerate(self.names)
            if number and (function == number).any()
        }
        moved = shift.nonzero()[0]
        felt = ((gain != 1) | (offset != 0) | (function != 0)).nonzero()[0]
        return Cells(self.place[moved], shift[moved], self.place[felt], gain[felt], offset[felt], functions)

    def _alike(self) -> Cells:
        """`cells` where all neurons are alike: one number each tells what is done to them."""
        shift, gain, offset, function = self.numbers[:, 0].tolist()
        moved, felt = shift != 0, gain != 1 or offset != 0 or function != 0
        count, nothing, none = len(self.place), NONE.place, NONE.numbers[GAIN]
        numbers = self.numbers if count == 1 else np.broadcast_to(self.numbers, (4, count))
        return Cells(
            self.place if moved else nothing,
            numbers[SHIFT] if moved else none,
            self.place if felt else nothing,
            numbers[GAIN] if felt else none,
            numbers[OFFSET] if felt else none,
            {self.names[int(function)]: self.place} if function else {},
        )


NONE = NeuronTable(np.empty(0, np.int64), np.empty((4, 0)))
"""No neuron."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Edited neurons of one layer, flat indices ascending; see Overlay.fire.

    shifted, shift: biases. chosen, gain, offset: what becomes of the activations. functions: by name, the
    neurons that have another activation function.
    """

    shifted: Array
    shift: Array
    chosen: Array
    gain: Array
    offset: Array
    functions: Mapping[str, Array]

    @cached_property
    def where(self) -> Array | slice:
        """`chosen` as NumPy takes it fastest."""
        return evenly(self.chosen)

    @cached_property
    def shifted_where(self) -> Array | slice:
        """`shifted` as NumPy takes it fastest."""
        return evenly(self.shifted)

    @cached_property
    def functions_where(self) -> dict[str, Array | slice]:
        """`functions` as NumPy takes them fastest."""
        return {name: evenly(places) for name, places in self.functions.items()}

    def rounded(self, dtype: np.dtype[Any]) -> tuple[Array, Array, Array]:
        """What `gain`, `offset` and `shift` are in a float type; (1,) where all are alike."""
        if dtype not in self._rounded:
            gain, offset, shift = (_alone(a).astype(dtype) for a in (self.gain, self.offset, self.shift))
            self._rounded[dtype] = gain, offset, shift
        return self._rounded[dtype]

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out on the way is worked out again by whoever unpickles it.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def _rounded(self) -> dict[np.dtype[Any], tuple[Array, Array, Array]]:
        return {}


def _alone(numbers: Array) -> Array:
    """The one number of a broadcast array, else all."""
    return numbers if numbers.strides[0] else numbers[:1]


def evenly(places: Array) -> Array | slice:
    """Indices ascending as a slice where they are evenly spaced, as those of a layer or of a map are.

    NumPy then takes and writes them without looking each one up; but what it takes is no copy.
    """
    count = len(places)
    if not count:
        return places
    first, last = int(places[0]), int(places[-1])
    if last - first == count - 1:
        return slice(first, last + 1)
    step = (last - first) // (count - 1)
    even = first + step * (count - 1) == last and (count == 2 or bool((np.diff(places) == step).all()))
    return slice(first, last + 1, step) if even else places
