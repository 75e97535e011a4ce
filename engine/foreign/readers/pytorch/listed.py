"""Parameters that people keep in lists: of tensors, pairs, weights and biases, or as a ParameterList."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from engine.arrays import Array

_PLACED = re.compile(r"(?:(.*)\.)?(\d{1,9})")


def in_lists(value: Any, is_tensor: Callable[[Any], bool]) -> dict[str, Any]:
    """The tensors of lists, or of lists of lists, by their places: 0, 1 and so on, weights.0, 0.1; else none.

    A dict may hold such lists, and beside them what is no tensor, such as the losses of each epoch.
    """
    if isinstance(value, dict):
        found = {
            f"{key}.{name}": own
            for key, each in value.items()
            for name, own in in_lists(each, is_tensor).items()
        }
        return {} if any(map(is_tensor, value.values())) else found
    if not isinstance(value, list | tuple):
        return {}
    if value and all(map(is_tensor, value)):
        return {str(place): each for place, each in enumerate(value)}
    parts = [each if isinstance(each, list | tuple) else () for each in value]
    if not all(part and all(map(is_tensor, part)) for part in parts):
        return {}
    return {f"{i}.{j}": each for i, part in enumerate(parts) for j, each in enumerate(part)}


def by_layers(tensors: Mapping[str, Array]) -> Mapping[str, Array]:
    """Tensors that are all in lists, by their places, as W1, b1, W2, b2 and so on; others as they are."""
    lists: dict[str, dict[int, Array]] = {}
    for name, array in tensors.items():
        match = _PLACED.fullmatch(name)
        if match is None:
            return tensors
        lists.setdefault(match[1] or "", {})[int(match[2])] = array
    rows = [[own[place] for place in sorted(own)] for own in lists.values()]
    every = [*chain.from_iterable(rows)]
    sides = [(every[::2], every[1::2])]
    if len(rows) == 2:  # all weights and all biases, whichever come first
        sides = [(rows[0], rows[1]), (rows[1], rows[0]), *sides]
    pair = next((each for each in sides if _are_layers(*each)), None)
    if pair is None:
        return {f"arr_{place}": array for place, array in enumerate(every)}
    numbered = enumerate(zip(*pair, strict=True), 1)
    return {f"{kind}{n}": array for n, both in numbered for kind, array in zip("Wb", both, strict=True)}


def _are_layers(weights: Sequence[Array], biases: Sequence[Array]) -> bool:
    """Whether these are the weights of layers, and those their biases, rows or columns."""
    return (
        len(weights) == len(biases)
        and all(each.ndim in (2, 4) for each in weights)
        and all(each.ndim in (1, 2) and each.size == max(each.shape) for each in biases)
    )
