"""The maxout block: of each group of linear neurons the largest goes on. Nothing is learned here.

The pieces of a group are neurons of the layer before (a dense layer or a convolution without activation
function), so each can be read by itself, the losers too; this block only chooses.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Edges, Kind, Scratch, Wiring
from engine.blocks.kinds import Maximum
from engine.errors import EngineError


@dataclass(frozen=True)
class Maxout(Maximum):
    """The largest of each `pieces` neurons that lie side by side in the last axis; of equals the first.

    (Goodfellow et al. 2013, section 2.) Neuron j reads the neurons j pieces .. j pieces + pieces - 1 of the
    source, as in PyTorch's x.unflatten(-1, (-1, pieces)).amax(-1). The winner's edge has weight 1 and the
    others 0, which only an input can tell (Kind.COMPUTED); where no input is known every edge has weight 1,
    as each may win. An edge's number is its source neuron.
    """

    kind: ClassVar[str] = "maxout"
    pieces: int

    def __post_init__(self) -> None:
        if self.pieces < 2:
            raise EngineError(f"maxout chooses among 2 or more pieces, got {self.pieces}")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1:
            raise EngineError(f"a maxout layer has one source, got {len(sources)}")
        *before, last = sources[0]
        if last % self.pieces:
            raise EngineError(f"{last} neurons cannot be divided into groups of {self.pieces}")
        return (*before, last // self.pieces)

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        first, *others = self._pieces(inputs[0])
        np.copyto(out, first)
        for piece in others:
            np.maximum(out, piece, out=out)

    def _pieces(self, x: Array) -> list[Array]:
        """The first neuron of every group, the second of every group, and so on."""
        return [x[..., i :: self.pieces] for i in range(self.pieces)]

    def _winner(self, x: Array) -> Array:
        """The number in its group, 0 .. pieces - 1, of each winner."""
        first, *others = self._pieces(x)
        best, winner = first.copy(), np.zeros(first.shape, np.int32)
        for i, piece in enumerate(others, 1):
            # NaN wins, so that it goes on and is found.
            better = (piece > best) | (np.isnan(piece) & ~np.isnan(best))
            np.copyto(best, piece, where=better)
            winner[better] = i
        return winner

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        back = input_gradients[0]
        if back is None:
            return
        winner = self._winner(inputs[0])
        for i, piece in enumerate(self._pieces(back)):
            np.multiply(grad, winner == i, out=piece)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return size_of(wiring.sources[slot])

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        source = np.asarray(ids, np.int64)
        target, piece = np.divmod(source, self.pieces)
        weight = np.ones(len(source), np.float32)
        if wiring.inputs:
            x = wiring.inputs[slot]
            weight = (self._winner(x).reshape(-1)[target] == piece).astype(x.dtype)
        return Edges(source, target, weight, np.full(len(source), -1, np.int64), Kind.COMPUTED)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        return np.arange(target * self.pieces, (target + 1) * self.pieces)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        return np.array([source], np.int64)
