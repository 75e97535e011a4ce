"""A program in the making from PyTorch's operators (aten), which torch.export and TorchScript write down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.foreign.graph.program import Chain, Op
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.graphs.sizes import shape_after
from engine.foreign.refused import way_round


@dataclass(frozen=True)
class Tensor:
    """What the network makes of the image, by its name in the program; its shape, where that can be told."""

    name: str
    shape: tuple[int, ...] | None = None


class Aten:
    """Gathers operations for a program. operators: what is known, by name; see `operators.py`."""

    def __init__(self, chain: Chain, operators: Mapping[str, Callable[..., Any]]):
        self.chain = chain
        self.operators = operators
        self.label = ""

    def call(self, name: str, arguments: Sequence[Any], more: Mapping[str, Any], label: str = "") -> Any:
        """What an operator makes; name without its namespace, overload and the sign of "in place"."""
        self.label = label or name
        known = self.operators.get(name.rstrip("_"))
        if known is None:
            way = way_round(f"{name} {self.label}")
            raise EngineError(
                f"its operator {shown(name)}: {way}"
                if way
                else f"its operator {shown(name)} is none that is known"
            )
        try:
            return known(self, *arguments, **more)
        except EngineError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise EngineError(f"its operator {shown(name)} cannot be made out ({error!s:.80})") from None

    def op(self, operation: str, *inputs: Any, **settings: Any) -> Tensor:
        """One more operation on tensors, arrays and numbers; None for an input that is left out."""
        place = len(self.chain.ops)
        names = []
        for number, value in enumerate(inputs):
            if isinstance(value, Tensor):
                names.append(value.name)
                continue
            names.append("" if value is None else f"{place}.{number} constant")
            if value is not None:
                self.chain.constants[names[-1]] = np.asarray(value)
        made = f"{place} {self.label}"
        self.chain.ops.append(Op(operation, shown(self.label), tuple(names), (made,), settings))
        self.chain.last = made
        return Tensor(made, shape_after(operation, inputs, settings))


class _Untold:
    """What the file leaves to the image, such as a rank or a side."""


UNTOLD = _Untold()
