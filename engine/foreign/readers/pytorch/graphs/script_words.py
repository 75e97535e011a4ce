"""TorchScript's words that are no operators: names, methods, and what it works out of constants."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.foreign.pickles import Made
from engine.foreign.readers.pytorch.graphs.aten import UNTOLD


def untold(value: Any) -> bool:
    """Whether what only the image tells is or is in a value."""
    return value is UNTOLD or (isinstance(value, list | tuple) and any(part is UNTOLD for part in value))


@dataclass(frozen=True, eq=False)
class Word:
    """A name that is no value of the text: torch.relu, say."""

    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Method:
    """A function of a module."""

    module: Made
    name: str


def _compared(of: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A comparison of single values; of lists nothing is told."""
    return lambda a, b: UNTOLD if isinstance(a, list | tuple) or isinstance(b, list | tuple) else of(a, b)


PLAIN: Mapping[str, Callable[..., Any]] = {
    "__is__": lambda a, b: a is b,
    "__isnot__": lambda a, b: a is not b,
    "__not__": operator.not_,
    "__and__": lambda a, b: a and b,
    "__or__": lambda a, b: a or b,
    "__contains__": lambda several, one: one in several,
    "eq": _compared(operator.eq),
    "ne": _compared(operator.ne),
    "lt": _compared(operator.lt),
    "le": _compared(operator.le),
    "gt": _compared(operator.gt),
    "ge": _compared(operator.ge),
    "len": len,
    "floordiv": operator.floordiv,
    "annotate": lambda *both: both[1],
    "unchecked_cast": lambda *both: both[1],
    "uninitialized": lambda _: None,
    "format": lambda first, *_: first,
}
"""What the text works out of constants alone."""
