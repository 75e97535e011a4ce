"""Edits of many neurons of a layer in training: its rows are worked out whole by compiled loops."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks import Scratch
from engine.blocks.activations import leak_of
from engine.edits.neurons import GAIN, OFFSET, Cells
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.kernels import edited_neurons as loops
from engine.run.activation_step import ActivationStep

FEW = 8
"""One of so many neurons: if fewer are edited, NumPy edits each column."""
FEW_FUNCTIONS = 64
"""The same of neurons with another function, which cost more."""


class EditedRows:
    """What `Overlay.fire` and `Overlay.back_fire` do, with the step of the layer's own function."""

    def __init__(self, cells: Cells, layer: Layer, step: ActivationStep):
        self._step = step
        self._told = layer.activation in ("identity", "relu") and not layer.dropout
        self._rectified = self._told and layer.activation == "relu"
        self._passes = _passes(cells, layer.size)
        self._kept = Scratch()

    def forward(self, pre: Array, act: Array) -> None:
        """Edit activations (n, *shape), which the layer's own function has written, in place."""
        if not self._told:
            # Of other functions, and of dropout, only what they have written tells the slope.
            self._own(act)[...] = act
        for name, tables in self._passes:
            loops.act(name, pre, act, tables)

    def _own(self, act: Array) -> Array:
        return self._kept.array("own", act.size, act.dtype).reshape(act.shape)

    def backward(self, grad: Array, pre: Array) -> None:
        """Turn the gradient by activations (n, *shape) into that by sums, in place, after `forward`."""
        others = None
        if not self._told:
            others = grad.copy()
            self._step.backward(others, pre, self._own(grad))
        for name, tables in self._passes:
            loops.back(name, grad, pre, tables, self._rectified)
        if others is not None:
            gain, told = self._passes[0][1][1], self._passes[0][1][0]
            own = np.logical_and.reduce([tables[0] != loops.HERE for _, tables in self._passes])
            others.reshape(len(grad), -1)[...] *= np.where(told == loops.OWN, gain, 1)
            np.copyto(grad.reshape(len(grad), -1), others.reshape(len(grad), -1), where=own)


def _passes(cells: Cells, size: int) -> list[tuple[str, Sequence[Array]]]:
    """Of each other function, and once where there is none: its name and the tables of the loops.

    With the first pass the neurons that keep their function are edited too.
    """
    code, gains, offsets = np.zeros(size, np.int32), np.ones(size, np.float32), np.zeros(size, np.float32)
    gains[cells.table.place] = cells.table.numbers[GAIN]
    offsets[cells.table.place] = cells.table.numbers[OFFSET]
    functions = cells.functions
    for number, places in enumerate(functions.values(), 1):
        code[places] = number
    passes: list[tuple[str, Sequence[Array]]] = []
    for number, name in enumerate(functions or ("identity",), 1):
        told = np.where(code == number, loops.HERE, loops.LEFT).astype(np.int32)
        if number == 1:
            told[code == 0] = loops.OWN
        leak = 1.0 if name == "identity" else leak_of(name)
        kind = name if leak is None else "leaky"
        passes.append((kind, (told, gains, offsets, np.array([leak or 0], np.float32))))
    return passes


def edited_rows(
    overlay: Overlay, layers: Sequence[Layer], steps: dict[str, ActivationStep]
) -> dict[str, EditedRows]:
    """The layers of which so many neurons are edited that they are worked out by rows; float32."""
    found = {}
    for layer in layers[1:]:
        cells = overlay.cells.get(layer.name)
        if cells is None or not cells.acts:
            continue
        others = sum(map(len, cells.functions.values()))
        many = len(cells.chosen) * FEW >= layer.size or others * FEW_FUNCTIONS >= layer.size
        if many:
            found[layer.name] = EditedRows(cells, layer, steps[layer.name])
    return found
