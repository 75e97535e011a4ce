"""Weights and biases of dense layers as bare arrays under names of their owner's own, such as W1 and b1."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile
from engine.foreign.readers.pytorch.modules import named, natural
from engine.foreign.readers.pytorch.state_dict import from_tensors


def from_arrays(arrays: Mapping[str, Array], what: str, file: ForeignFile) -> Imported:
    """The network of arrays such as W1, b1, W2, b2: weights of two axes, each with a bias or none.

    Weights may be (n_in, n_out) or (n_out, n_in): they must all fit each other one way.
    """
    arrays = {name: array for name, array in arrays.items() if array.dtype.kind == "f" and array.ndim}
    if any("." in name for name in arrays):
        return from_tensors(arrays, f"{what} of a state_dict", file.told, stored=True)
    weights = {name: array for name, array in arrays.items() if _is_weight(name, array)}
    biases = {name: array.reshape(-1) for name, array in arrays.items() if name not in weights}
    names = [*weights]
    if len({_place(name) for name in names}) == len(names) and None not in map(_place, names):
        names = sorted(names, key=lambda name: _place(name) or 0)
    ranks = [weights[name].ndim for name in names]
    # Kernels ahead of dense layers, as PyTorch's functions take them; other systems' lie otherwise.
    if (
        2 not in ranks
        or ranks != sorted(ranks, reverse=True)
        or (4 in ranks and not what.startswith("PyTorch"))
    ):
        raise EngineError(
            f"it holds {named(arrays) or 'no numbers'}: known are weights and biases of dense layers"
        )
    turned = _turned([weights[name] for name in names])
    parted = (
        None if turned is not None or biases or 4 in ranks else _parted([weights[name] for name in names])
    )
    if parted is not None:
        turned, biases = parted[0], dict(zip(names, parted[1], strict=True))
    if turned is None:
        raise EngineError(f"its weights {named(weights)} do not fit each other as they are named")
    modules: dict[str, Array] = {}
    left = dict(biases)
    for name, weight in zip(names, turned, strict=True):
        modules[f"{name}.weight"] = weight
        bias = name if parted is not None else _bias(name, len(weight), left)
        if bias is not None:
            modules[f"{name}.bias"] = left.pop(bias)
    if left:
        raise EngineError(f"it holds {named(left)} besides weights and their biases: leave them out")
    found = from_tensors(modules, f"{what} of weights and biases", file.told, stored=True)
    return dataclasses.replace(found, kind=found.kind.replace("a .npz", "an .npz"))


def _is_weight(name: str, array: Array) -> bool:
    """Whether an array is a layer's weights; where a row or column could be its biases too, by its name."""
    if array.ndim not in (2, 4):
        return False
    return min(array.shape) > 1 or re.match(r"w|coef|kernel|theta", name.lower()) is not None


def is_bare(tensors: Mapping[str, Array]) -> bool:
    """Whether arrays have names of their owner's own, and not those of a module's layers."""
    return not any("." in name for name in tensors) and not set(tensors) <= {"weight", "bias"}


def _place(name: str) -> int | None:
    """The last number in a name."""
    numbers = re.findall(r"\d+", name)
    return int(numbers[-1][:9]) if numbers else None


def _turned(weights: Sequence[Array]) -> list[Array] | None:
    """The weights as (n_out, n_in), turned where they fit that way; None where neither fits."""
    kernels, weights = ([w for w in weights if w.ndim == rank] for rank in (4, 2))
    for made in ([w.T for w in weights], list(weights)):
        fits = all(a.shape[0] == b.shape[1] for a, b in pairwise(made))
        if fits and (made[0].shape[1] > made[-1].shape[0] or len({n for w in made for n in w.shape}) == 1):
            return [*kernels, *made]
    return None


def _parted(weights: Sequence[Array]) -> tuple[list[Array], list[Array]] | None:
    """Weights (n_out, n_in) and biases of arrays (n_out, 1 + n_in) whose first column is the bias, as in Ng's
    course, or the other way round; None where that does not fit.
    """
    for made in (list(weights), [w.T for w in weights]):
        if all(len(a) + 1 == b.shape[1] for a, b in pairwise(made)) and made[0].shape[1] > len(made[-1]):
            return [each[:, 1:] for each in made], [each[:, 0] for each in made]
    return None


def _bias(name: str, length: int, biases: Mapping[str, Array]) -> str | None:
    """The name of the bias that goes with a weight: of the same number, or the next in the file."""
    fits = [bias for bias in biases if len(biases[bias]) == length]
    same = [bias for bias in fits if _place(bias) == _place(name)]
    if len(same) == 1:
        return same[0]
    arr = [bias for bias in fits if re.fullmatch(r"arr_\d+", bias)]
    after = [bias for bias in sorted(arr, key=natural) if (_place(bias) or 0) > (_place(name) or 0)]
    if after:
        return after[0]
    return fits[0] if fits else None
