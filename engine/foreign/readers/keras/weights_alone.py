"""Keras's files of weights alone, `model.save_weights("net.weights.h5")`, as tensors in PyTorch's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.pickles import shown
from engine.foreign.readers.keras import hdf5
from engine.foreign.readers.pytorch.stack import KERAS
from engine.foreign.readers.pytorch.state_dict import from_tensors
from engine.foreign.refused import way_round

_WAY = "save the whole model, model.save('net.keras')"
_BRANCHES = ("add", "multiply", "concatenate", "average", "subtract", "maximum", "minimum", "dot")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "dense": ("kernel", "bias"),
    "conv2d": ("kernel", "bias"),
    "batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance"),
}
"""The arrays of the layers that weights alone may be of, in the order in which Keras 3 counts them."""
_TORCH = {
    **{"kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias"},
    **{"moving_mean": "running_mean", "moving_variance": "running_var"},
}


def _read(file: ForeignFile) -> Imported:
    root = hdf5.read(file.content)
    order = root.texts("layer_names")
    layers = dict(_of_keras_2(root, order) if order else _of_keras_3(root, ""))
    parts = order or (root.groups["layers"].groups if "layers" in root.groups else {})
    branch = next((name for name in parts if _place(name)[0] in _BRANCHES), None)
    if branch is not None and file.told.architecture is None:
        raise EngineError(f"its layers branch ({shown(branch)}), how, weights alone do not tell: {_WAY}")
    if not layers:
        raise EngineError(f"it is an HDF5 file without a model's configuration or weights: {_WAY}")
    tensors: dict[str, Array] = {}
    for name, arrays in layers.items():
        for key, array in arrays.items():
            tensors[f"{name}.{_TORCH[key]}"] = _turned(name, key, array)
    return from_tensors(tensors, "Keras file of weights", file.told, stored=bool(order), habits=KERAS)


def _of_keras_2(root: hdf5.Group, order: list[str]) -> Iterator[tuple[str, dict[str, Array]]]:
    """Each layer's arrays in the model's order: Keras 2 lists its layers, and names their arrays."""
    for layer in order:
        group = root.group(layer)
        names = (group.texts("weight_names") if group is not None else None) or []
        arrays: dict[str, Array] = {}
        for name in names:
            array = group.array(name) if group is not None else None
            key = name.rpartition("/")[2].split(":")[0]
            if array is None or key not in _TORCH:
                raise EngineError(f"it holds {shown(name)}: {way_round(name) or _unknown(layer)}")
            arrays[key] = array
        if arrays:
            yield layer.replace(".", "_"), arrays


def _of_keras_3(group: hdf5.Group, path: str) -> Iterator[tuple[str, dict[str, Array]]]:
    """Each layer's arrays, found by the groups' names: a class and a number; a class's own are numbered."""
    for name in sorted(group.groups, key=_place):
        inside = group.groups[name]
        if name == "optimizer" and not path:
            continue
        own = inside.groups.get("vars")
        if own is not None and own.arrays and "seed_generator" not in name:
            yield f"{path}{name}".replace(".", "_"), _named(name, own)
        yield from _of_keras_3(inside, path if name == "layers" else f"{path}{name}/")


def _place(name: str) -> tuple[str, int]:
    stem, number = re.fullmatch(r"(.*?)(?:_(\d{1,6}))?", name, re.DOTALL).groups()  # type: ignore[union-attr]
    return stem, int(number or 0)


def _named(name: str, own: hdf5.Group) -> dict[str, Array]:
    """A layer's arrays by their names, told by the layer's class or by their shapes."""
    told = own.attributes.get("name")
    stems = (_place(name)[0], _place(told)[0] if isinstance(told, str) else "")
    arrays = [own.arrays[key] for key in sorted(own.arrays, key=lambda key: (len(key), key))]
    kind = next((stem for stem in stems if stem in _NAMES), "")
    if (
        not kind
        and not any(map(way_round, stems))
        and len(arrays) == 2
        and arrays[1].shape == arrays[0].shape[-1:]
    ):
        # Of a class of its owner's own, whose parts have names of their own.
        kind = {2: "dense", 4: "conv2d"}.get(arrays[0].ndim, "")
    names = _NAMES.get(kind, ())
    if not kind or not (len(names) == len(arrays) or (kind != "batch_normalization" and len(arrays) == 1)):
        raise EngineError(f"it holds {shown(name)} of {len(arrays)} arrays: {_unknown(name)}")
    return dict(zip(names, arrays, strict=False))


def _unknown(name: str) -> str:
    way = way_round(name)
    if "batch_normalization" in name:
        return f"which of its scale and shift is left out, weights alone do not tell: {_WAY}"
    return way or f"weights alone are taken of Dense, Conv2D and BatchNormalization: {_WAY}"


def _turned(name: str, key: str, array: Array) -> Array:
    """An array as PyTorch has it: units or maps first."""
    if array.dtype.kind != "f":
        raise EngineError(f"{shown(name)} holds {array.dtype}, not floating-point numbers")
    if key != "kernel":
        return array
    if "transpose" in name:
        raise EngineError(f"it holds {shown(name)}: {_unknown(name)}")
    if array.ndim not in (2, 4):
        raise EngineError(f"{shown(name)} has a kernel {array.shape}: {_unknown(name)}")
    return np.ascontiguousarray(array.T if array.ndim == 2 else array.transpose(3, 2, 0, 1))


KERAS_WEIGHTS = Format(
    name="a Keras file of weights",
    system="Keras",
    endings=(".weights.h5",),
    recognises=lambda file: file.content.startswith(hdf5.SIGNATURE),
    read=_read,
    bare=True,
)
