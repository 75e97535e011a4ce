"""What the edits of a layer's neurons come to: a column for each neuron, however many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    names: the activation functions that FUNCTION counts, "" first.
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
        """Places and numbers of a copy that holds these neurons too."""
        every = place
        if len(self.place):
            at = np.minimum(np.searchsorted(self.place, place), len(self.place) - 1)
            if (self.place[at] == place).all():
                return self.place, self.numbers.copy()
            every = np.union1d(self.place, place)
        numbers = np.zeros((4, len(every)))
        numbers[GAIN] = 1
        if len(self.place):
            numbers[:, np.searchsorted(every, self.place)] = self.numbers
        return every, numbers

    @property
    def cells(self) -> Cells:
        """The same as the passes read it."""
        shift, gain, offset, function = self.numbers
        moved, chosen = shift.nonzero()[0], slice(None)
        names, functions = self.names, {}
        if len(names) > 1:
            given = ((n, self.place[function == number]) for number, n in enumerate(names) if number)
            functions = {name: places for name, places in given if len(places)}
        felt = (gain != 1) | (offset != 0)
        if functions:
            felt |= function != 0
        if not felt.all():
            chosen = felt
        return Cells(
            self.place[moved], shift[moved], self.place[chosen], gain[chosen], offset[chosen], functions
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

    def rounded(self, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """What `gain` and `offset` are in a float type."""
        if dtype not in self._rounded:
            self._rounded[dtype] = self.gain.astype(dtype), self.offset.astype(dtype)
        return self._rounded[dtype]

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out on the way is worked out again by whoever unpickles it.
        return {name: value for name, value in self.__dict__.items() if name not in ("_rounded", "where")}

    @cached_property
    def _rounded(self) -> dict[np.dtype[Any], tuple[Array, Array]]:
        return {}


def evenly(places: Array) -> Array | slice:
    """Indices ascending as a slice where they are evenly spaced, as those of a layer or of a map are.

    NumPy then takes and writes them without looking each one up; but what it takes is no copy.
    """
    count = len(places)
    if not count:
        return places
    first, last = int(places[0]), int(places[-1])
    step = max(1, (last - first) // max(1, count - 1))
    if first + step * (count - 1) != last or (count > 2 and (np.diff(places) != step).any()):
        return places
    return slice(first, last + 1, step)
