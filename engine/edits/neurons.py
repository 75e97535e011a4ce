"""What the edits of a layer's neurons come to: a column for each neuron, however many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.edits.grammar import Edit
from engine.edits.places import Where, evenly, index_of
from engine.graph.region import Region

SHIFT, GAIN, OFFSET, FUNCTION = range(4)
"""Rows of a table: what its bias gets; what becomes of its activation, gain x activation + offset; and its
activation function's place among the names, 0 for that of its layer."""
MANY = 8
"""One of so many neurons of a layer, and examples, from which on all of its numbers are edited."""
UNEDITED = (0.0, 1.0, 0.0, 0)


@dataclass(frozen=True, eq=False)
class NeuronTable:
    """Edited neurons of one layer, a column of numbers each.

    alike: the four numbers of every one of them, where all are edited alike; else each is a column of
    various, (4, n) float64. names: the functions that FUNCTION counts, "" first.
    """

    region: Region
    alike: tuple[float, float, float, int] | None = UNEDITED
    various: Array | None = None
    names: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        """How many columns of numbers it has."""
        return 1 if self.various is None else len(self.region)

    @property
    def place(self) -> Array:
        """The neurons as flat indices (n,) int64, ascending."""
        return self.region.flat

    @property
    def numbers(self) -> Array:
        """What is done to each neuron, (4, n) float64, read-only where they are alike."""
        if self.various is not None:
            return self.various
        return np.broadcast_to(np.array(self.alike, float)[:, None], (4, len(self.region)))

    def edited(self, edit: Edit, region: Region) -> NeuronTable:
        """The table after one edit more of some neurons."""
        value, names = edit.value or 0.0, self.names
        function = names.index(edit.function) if edit.function in names else len(names)
        if edit.function is not None and edit.function not in names:
            names = (*names, edit.function)
        if self.alike is not None and (not len(self.region) or region.same(self.region)):
            shift, gain, offset, now = self.alike
            match edit.verb:
                case "shift":
                    shift += value
                case "function":
                    now = function
                case "scale":
                    gain, offset = gain * value, offset * value
                case _:
                    # Ablated or clamped: whatever it would have been is forgotten.
                    gain, offset = 0.0, value
            return NeuronTable(region, (shift, gain, offset, now), None, names)
        every, numbers = self._with(region.flat)
        at = slice(None) if len(every) == len(region) else np.searchsorted(every, region.flat)
        match edit.verb:
            case "shift":
                numbers[SHIFT, at] += value
            case "function":
                numbers[FUNCTION, at] = function
            case "scale":
                numbers[GAIN : OFFSET + 1, at] *= value
            case _:
                numbers[GAIN, at], numbers[OFFSET, at] = 0.0, value
        return NeuronTable(Region(region.shape, every), None, numbers, names)

    def _with(self, place: Array) -> tuple[Array, Array]:
        """Places and numbers of a copy that holds these neurons too, and can tell them from others."""
        at = np.minimum(np.searchsorted(self.place, place), len(self.place) - 1)
        if (self.place[at] == place).all():
            return self.place, self.numbers.copy()
        every = np.union1d(self.place, place)
        numbers = np.empty((4, len(every)))
        numbers[:] = np.array(UNEDITED, float)[:, None]
        numbers[:, np.searchsorted(every, self.place)] = self.numbers
        return every, numbers


NONE = NeuronTable(Region((0,), np.empty(0, np.int64)))
"""No neuron."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Edited neurons of one layer as the passes read them, see `Overlay.fire`; flat indices, ascending."""

    table: NeuronTable

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out on the way is worked out again by whoever unpickles it.
        return {"table": self.table}

    @property
    def shifts(self) -> bool:
        """Whether any bias is shifted."""
        alike = self.table.alike
        return alike[SHIFT] != 0 if alike is not None else len(self.shifted) > 0

    @property
    def acts(self) -> bool:
        """Whether any activation is edited."""
        alike = self.table.alike
        return alike[GAIN:] != UNEDITED[GAIN:] if alike is not None else len(self.chosen) > 0

    @cached_property
    def _moved(self) -> Array:
        return np.flatnonzero(self.table.numbers[SHIFT])

    @cached_property
    def _acted(self) -> Array:
        _, gain, offset, function = self.table.numbers
        return np.flatnonzero((gain != 1) | (offset != 0) | (function != 0))

    @cached_property
    def shifted(self) -> Array:
        """The neurons whose biases are shifted: flat indices (n,)."""
        found: Array = self.table.place[self._moved]
        return found

    @cached_property
    def shift(self) -> Array:
        """By how much each of `shifted` is, float64 (n,)."""
        found: Array = self.table.numbers[SHIFT, self._moved]
        return found

    @cached_property
    def chosen(self) -> Array:
        """The neurons whose activations are edited: flat indices (n,)."""
        found: Array = self.table.place[self._acted]
        return found

    @cached_property
    def gain(self) -> Array:
        """What the activation of each of `chosen` is multiplied by, float64 (n,)."""
        found: Array = self.table.numbers[GAIN, self._acted]
        return found

    @cached_property
    def offset(self) -> Array:
        """What is then added to each of `chosen`, float64 (n,)."""
        found: Array = self.table.numbers[OFFSET, self._acted]
        return found

    @cached_property
    def functions(self) -> Mapping[str, Array]:
        """Flat indices of the neurons that were given another activation function, by its name."""
        function, names = self.table.numbers[FUNCTION], self.table.names
        found = {name: self.table.place[function == number] for number, name in enumerate(names) if number}
        return {name: places for name, places in found.items() if len(places)}

    def function_of_all(self, size: int) -> str:
        """The function that all neurons of a layer of this size were given; "" where not all were."""
        return next((name for name, places in self.functions.items() if len(places) == size), "")

    @cached_property
    def where(self) -> Where:
        """`chosen` as NumPy takes it fastest."""
        if self.table.alike is None:
            return evenly(self.chosen)
        return index_of(self.table.region) if self.acts else NONE.place

    @cached_property
    def _shifted_where(self) -> Where:
        return evenly(self.shifted)

    @cached_property
    def functions_where(self) -> dict[str, Where]:
        """`functions` as NumPy takes them fastest."""
        alike = self.table.alike
        if alike is not None:
            name = self.table.names[alike[3]]
            return {name: self.where} if name else {}
        return {name: evenly(places) for name, places in self.functions.items()}

    def shift_sums(self, sums: Array) -> None:
        """Shift the biases in sums (n, size), in place."""
        alike = self.table.alike
        if alike is None:
            sums[:, self._shifted_where] += self._rounded(sums.dtype)[2]
        else:
            mine, at = self.table.region.at(sums)
            mine[at] += alike[SHIFT]

    def act(self, sums: Array, values: Array) -> None:
        """Edit activations (n, size) in place, from the sums (n, size)."""
        alike = self.table.alike
        given = self.functions_where if alike is None or alike[FUNCTION] else {}
        for name, chosen in given.items():
            mine = sums[:, chosen]
            fresh = np.empty(mine.shape, values.dtype)
            activation(name).forward(mine, fresh)
            values[:, chosen] = fresh
        if self._by_rows(values):
            gain, offset = self._rows(values.shape[1], values.dtype)
            values *= gain
            values += offset
        elif alike is None:
            gain, offset, _ = self._rounded(values.dtype)
            values[:, self.where] = values[:, self.where] * gain + offset
        elif alike[GAIN] != 1:
            mine, at = self.table.region.at(values)
            mine[at] = mine[at] * alike[GAIN] + alike[OFFSET] if alike[GAIN] else alike[OFFSET]

    def scale_back(self, grad: Array) -> None:
        """Multiply a gradient by the edited activations (n, size) by their gains, in place."""
        alike = self.table.alike
        if self._by_rows(grad):
            grad *= self._rows(grad.shape[1], grad.dtype)[0]
            return
        grad[:, self.where] *= self._rounded(grad.dtype)[0] if alike is None else alike[GAIN]

    def _by_rows(self, values: Array) -> bool:
        """Whether values (n, size) are edited whole: NumPy takes longer to find some of many columns."""
        # Of one example nothing more is asked: a trace edits few numbers.
        many = len(values) >= MANY and len(self.chosen) * MANY >= values.shape[1]
        return many and not isinstance(self.where, slice) and self._all_count

    @cached_property
    def _all_count(self) -> bool:
        # Of a neuron that is clamped not even infinity may be left.
        return bool((self.gain != 0).all())

    def _rows(self, size: int, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """Gain and offset of all neurons of the layer, edited or not, (size,)."""
        key = size, dtype
        if key not in self._whole:
            gain, offset = np.ones(size, dtype), np.zeros(size, dtype)
            gain[self.chosen], offset[self.chosen] = self.gain, self.offset
            self._whole[key] = gain, offset
        return self._whole[key]

    @cached_property
    def _whole(self) -> dict[tuple[int, np.dtype[Any]], tuple[Array, Array]]:
        return {}

    def _rounded(self, dtype: np.dtype[Any]) -> tuple[Array, Array, Array]:
        """What `gain`, `offset` and `shift` are in a float type."""
        if dtype not in self._kept:
            gain, offset, shift = (a.astype(dtype) for a in (self.gain, self.offset, self.shift))
            self._kept[dtype] = gain, offset, shift
        return self._kept[dtype]

    @cached_property
    def _kept(self) -> dict[np.dtype[Any], tuple[Array, Array, Array]]:
        return {}
