"""Synapses as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.blocks import Kind


@dataclass(frozen=True, repr=False)
class Synapses:
    """Edges as arrays of equal length (n,).

    source, target: global neuron ids. weight: of the net's dtype. parameter: index in the net's flat
    parameter numbering, -1 where the weight is no parameter. kind: engine.Kind (learned, fixed, computed from
    the input, or attention). gate: the neuron whose activation multiplies the weight (attention), else -1;
    with a trace, weight has that activation in it, and without one it counts as 1.
    """

    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    weight: npt.NDArray[np.floating[Any]]
    parameter: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    gate: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.source)

    def __repr__(self) -> str:
        if not len(self):
            return "<Synapses: none>"
        kinds = [f"{n:,} {Kind(k).name.lower()}" for k, n in enumerate(np.bincount(self.kind)) if n]
        weights = f"weights {self.weight.min():.4g} to {self.weight.max():.4g}"
        return f"<Synapses: {', '.join(kinds)}; {weights}>"


def joined(parts: Sequence[Synapses]) -> Synapses:
    """All synapses of these parts, in their order; none where there is no part."""
    if len(parts) == 1:
        return parts[0]

    def gather(name: str, dtype: npt.DTypeLike) -> Array:
        return np.concatenate([np.empty(0, dtype), *(getattr(part, name) for part in parts)])

    return Synapses(
        gather("source", np.int32),
        gather("target", np.int32),
        gather("weight", np.float32),
        gather("parameter", np.int64),
        gather("kind", np.int8),
        gather("gate", np.int32),
    )
