"""Weights and biases of dense layers as bare arrays: NumPy's .npz, and the lists of Nielsen's book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Chain
from engine.foreign.json_text import values_of
from engine.foreign.pickles import shown
from engine.foreign.readers.numpy_pickle import read_npy
from engine.foreign.readers.pytorch.bare_arrays import from_arrays
from engine.graph.recipe import Recipe

_NIELSEN = "taken with a sigmoid in every layer, as preset mlp-sigmoid: the file does not say"
_MOST_LAYERS = 400


def nielsen(
    weights: Sequence[Array], biases: Sequence[Array], kind: str, cost: str, notes: tuple[str, ...]
) -> Imported:
    """The sigmoid network of weights (n_out, n_in) and biases (n_out, 1) or (n_out,), one of each a layer."""
    if len(weights) != len(biases) or not 0 < len(weights) <= _MOST_LAYERS:
        raise EngineError(
            f"it has {len(weights)} weights and {len(biases)} biases: one of each a layer is known"
        )
    for place, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        if weight.ndim != 2 or not weight.size or bias.shape not in ((len(weight), 1), (len(weight),)):
            raise EngineError(
                f"weights[{place}] {weight.shape} and biases[{place}] {bias.shape}: "
                "known are (n_out, n_in) and (n_out, 1)"
            )
        if place and weight.shape[1] != len(weights[place - 1]):
            raise EngineError(
                f"weights[{place}] reads {weight.shape[1]} numbers, not {len(weights[place - 1])}"
            )
        if weight.dtype.kind != "f" or bias.dtype.kind != "f":
            raise EngineError(f"weights[{place}] holds {weight.dtype}, not floating-point numbers")
    chain = Chain((1, weights[0].shape[1]), None)
    for place, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        chain.add("Gemm", f"layer {place}", weight, bias.reshape(-1), transB=1)
        chain.add("Sigmoid", f"layer {place}'s sigmoid")
    recipe = Recipe(cost, "sgd", lr=0.25, batch=32, epochs=30)
    return imported(chain.program(), kind, notes, recipe)


def _read_npz(file: ForeignFile) -> Imported:
    entries = [name.removesuffix(".npy") for name in file.entries if name.endswith(".npy")]
    if {"weights", "biases"} <= set(entries):
        weights, biases = (_rows(file, name) for name in ("weights", "biases"))
        if "sizes" in entries and weights:
            _check_sizes(weights, np.asarray(read_npy(file.entry("sizes.npy"), "sizes")).tolist())
        kind = "an .npz of weights and biases as object arrays"
        if all(bias.ndim == 1 for bias in biases) and len(weights) == len(biases):
            # Nielsen's own biases are columns; rows are other people's, whose functions are open.
            rows = {f"{key}_{i}": a for key, many in (("weights", weights), ("biases", biases))
                    for i, a in enumerate(many)}  # fmt: skip
            return from_arrays(rows, ".npz", file)
        return nielsen(weights, biases, kind, "squared-error", (_NIELSEN,))
    arrays = {name: read_npy(file.entry(f"{name}.npy"), name) for name in entries}
    odd = [name for name, array in arrays.items() if isinstance(array, list)]
    if odd:
        raise EngineError(
            f"{shown(odd[0])} is an array of arrays: known are weights and biases by these names"
        )
    return from_arrays({name: np.asarray(array) for name, array in arrays.items()}, ".npz", file)


def _check_sizes(weights: Sequence[Array], told: Any) -> None:
    """EngineError where the layers' sizes that a file tells (None: it tells none) are not its weights'."""
    sizes = [weights[0].shape[-1], *map(len, weights)] if weights else []
    if told is not None and told != sizes:
        raise EngineError(f"its sizes are {told!r:.60}, its weights are of {sizes}: save it again")


def _rows(file: ForeignFile, name: str) -> list[Array]:
    arrays = read_npy(file.entry(f"{name}.npy"), name)
    if not isinstance(arrays, list):
        raise EngineError(f"{name} is one array {arrays.shape}, known is an array of arrays, one a layer")
    return arrays


def _is_nielsen(file: ForeignFile) -> bool:
    head = file.content[:1000].lstrip()[:1] == b"{"
    return (
        head
        and all(key in file.content for key in (b'"weights"', b'"biases"', b'"sizes"'))
        and b'"layers"' not in file.content
    )


def _read_json(file: ForeignFile) -> Imported:
    value = values_of(file.content)
    if not isinstance(value, dict) or not all(isinstance(value.get(k), list) for k in ("weights", "biases")):
        raise EngineError('it has no lists of "weights" and "biases"')
    weights, biases = (
        [_numbers(each, f"{k}[{i}]") for i, each in enumerate(value[k])] for k in ("weights", "biases")
    )
    _check_sizes(weights, value.get("sizes"))
    cost = "binary-cross-entropy" if value.get("cost") == "CrossEntropyCost" else "squared-error"
    kind = "a network of Nielsen's book (sizes, weights, biases)"
    return nielsen(
        weights, biases, kind, cost, ("a sigmoid in every layer, as the book's network2.py has it",)
    )


def _numbers(value: Any, name: str) -> Array:
    try:
        array = np.array(value)
    except ValueError:
        raise EngineError(f"{name} is no table of numbers: its rows have different lengths") from None
    if array.dtype.kind not in "fi":
        raise EngineError(f"{name} holds something other than numbers")
    return array.astype(np.float64)


NPZ = Format(
    name="an .npz of weights and biases",
    system="NumPy",
    endings=(".npz",),
    recognises=lambda file: (
        any(name.endswith(".npy") for name in file.entries) and "description.npy" not in file.entries
    ),
    read=_read_npz,
    bare=True,
)
NIELSEN = Format(
    name="a network of Nielsen's book",
    system="Nielsen's book",
    endings=(".json",),
    recognises=_is_nielsen,
    read=_read_json,
)
