"""A program in the making from PyTorch's operators (aten), which torch.export and TorchScript write down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.graph.program import Chain
from engine.foreign.graph.shapes import MOST_MADE
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.graphs.sizes import shape_after
from engine.foreign.refused import way_round


@dataclass(frozen=True)
class Tensor:
    """What the network makes of the image, by its name in the program; its shape, where that can be told."""

    name: str
    shape: tuple[int, ...] | None = None


class Aten:
    """Gathers operations for a program. operators: what is known, by name; see `operators.py`.

    batch: the one that the file was written for; here every image stands alone.
    """

    def __init__(self, chain: Chain, operators: Mapping[str, Callable[..., Any]], batch: int = 1):
        self.chain = chain
        self.operators = operators
        self.batch = batch
        self.label = ""

    def call(self, name: str, arguments: Sequence[Any], more: Mapping[str, Any], label: str = "") -> Any:
        """What an operator makes; name without its namespace, overload and the sign of "in place"."""
        self.label = label or name
        known = self.operators.get(name.rstrip("_"))
        if known is None:
            way = way_round(f"{name} {self.label}")
            raise EngineError(f"its operator {shown(name)}{f': {way}' if way else ' is none that is known'}")
        try:
            return known(self, *arguments, **more)
        except EngineError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise EngineError(f"its operator {shown(name)} cannot be made out ({error!s:.80})") from None

    def op(self, operation: str, *inputs: Any, **settings: Any) -> Tensor:
        """One more operation on tensors, arrays and numbers; None for an input that is left out."""
        read = (
            value.name if isinstance(value, Tensor) else None if value is None else np.asarray(value)
            for value in inputs
        )
        made = self.chain.put(operation, shown(self.label), tuple(read), settings)
        return Tensor(made, shape_after(operation, inputs, settings))


def linear(a: Aten, x: Any, weight: Array, bias: Array | None = None) -> Tensor:
    """X W^T + b, weight (n_out, n_in)."""
    made = a.op("MatMul", x, weight.T)
    return made if bias is None else a.op("Add", made, bias)


def first_of(outputs: int) -> tuple[str, ...]:
    """What to tell of a network that gives so many results, of which the first is taken."""
    return (f"it gives {outputs} results: the first is taken",) if outputs > 1 else ()


def bounded(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape of a constant; EngineError where that would be larger than any network's."""
    if any(n < 0 for n in shape) or (total := size_of(tuple(shape))) > MOST_MADE:
        made = f"of shape {tuple(shape)}" if any(n < 0 for n in shape) else f"of {total:,} numbers"
        raise EngineError(f"it makes a constant {made}: known are those of up to {MOST_MADE:,}")
    return tuple(shape)


class _Untold:
    """What the file leaves to the image, such as a rank or a side."""


UNTOLD = _Untold()
