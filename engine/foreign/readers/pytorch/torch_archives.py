"""PyTorch's own archives of whole models: their graphs are read as texts, the code in them is not run.

TorchScript (torch.jit.save): data.pkl is a tree of modules. torch.export's .pt2: the weights lie bare, with a
table in JSON; before PyTorch 2.8 they were a state_dict within the archive. Where their owner tells how the
network goes on, the weights alone are read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign import json_text
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Program
from engine.foreign.json_text import values_of
from engine.foreign.pickles import Made, Outside, read_pickle, shown
from engine.foreign.readers.pytorch.graphs import exported_graph, script_graph
from engine.foreign.readers.pytorch.state_dict import from_tensors
from engine.foreign.readers.pytorch.torch_file import (
    NAMES,
    byte_order,
    of_bfloat16,
    tensor_of,
    tensors_of,
)
from engine.foreign.refused import way_round

_LISTS = (
    *(f"torch.jit._pickle.build_{kind}" for kind in ("intlist", "doublelist", "boollist", "tensorlist")),
    "torch.jit._pickle.restore_type_tag",
)
_CONSTANTS, _OLD_CONSTANTS = "/model_constants_config.json", "serialized_constants.pt"
_TABLE, _OLD = "/model_weights_config.json", "serialized_state_dict.pt"
# torch._export.serde's numbers for element types that weights have.
_TYPES = {1: "u1", 2: "i1", 3: "<i2", 4: "<i4", 5: "<i8", 6: "<f2", 7: "<f4", 8: "<f8", 13: "bf16"}
_GRAPH = ("models/model.json", "serialized_exported_program.json")
# How an error tells that the size is wrong: a row that no dense layer reads, a check of the text.
_OF_ANOTHER_SIZE = (" multiplies (", "its text ends in an error", " moves windows of ")
_ROUND = "; tell how it goes on, --architecture, or export the model as ONNX"
# Shapes of images that a TorchScript file may be meant for, which it does not tell.
_SIDES, _COLOURED = (28, 32, 24, 20, 16, 8), (32, 28, 64, 24, 16, 8)
# Of those that fit as well the roundest is meant.
_SELDOM = sorted(
    (*range(4, 101), 112, 128, 160, 192, 224, 256), key=lambda side: (-min(side & -side, 16), side)
)


def _pickle(file: ForeignFile) -> str | None:
    """The name of a TorchScript file's tree of modules."""
    found = [name for name in file.entries if name.endswith("/data.pkl")]
    folder = found[0].removesuffix("data.pkl") if len(found) == 1 else None
    code = folder is not None and any(name.startswith(f"{folder}code/") for name in file.entries)
    return found[0] if code else None


def _read_script(file: ForeignFile) -> Imported:
    name = _pickle(file) or ""
    folder = name.removesuffix("data.pkl")
    tree = _followed(lambda: read_pickle(file.entry(name), (*NAMES, *_LISTS), ("__torch__",)))
    order = byte_order(file, folder)
    tensors = {key: tensor_of(file, folder, order, key, made) for key, made in _leaves(tree, "", 0)}
    if file.told:
        return _told(from_tensors(tensors, "TorchScript file", file.told, stored=True))
    constants = _constants(file, folder)

    def program(shape: tuple[int, ...]) -> Program:
        return script_graph.program_of(
            tree,
            lambda path: file.entry(f"{folder}code/{path}"),
            lambda made: tensor_of(file, folder, order, "a tensor", made),
            constants,
            shape,
        )

    weights = [*tensors.values(), *(each for each in constants if isinstance(each, np.ndarray))]
    return _of_some_size(program, weights)


def _constants(file: ForeignFile, folder: str) -> list[Any]:
    """The tensors that the text of a TorchScript file names CONSTANTS.c0 and so on."""
    name = f"{folder}constants.pkl"
    found = read_pickle(file.entry(name), (*NAMES, *_LISTS)) if name in file.entries else ()
    order = byte_order(file, folder)
    places = f"{folder}constants/"
    return [
        tensor_of(file, folder, order, "a constant", made, places) if isinstance(made, Made) else made
        for made in (found if isinstance(found, tuple | list) else ())
    ]


def _of_some_size(program: Callable[[tuple[int, ...]], Program], weights: Sequence[Array]) -> Imported:
    """The net for the likeliest image that fits the network; a TorchScript file does not tell the size."""
    tables = [array for array in weights if array.ndim == 2]
    # A table that is no layer's weight stands as it is multiplied, its inputs first.
    rows = dict.fromkeys((1, array.shape[1]) for array in tables)
    turned = dict.fromkeys((1, array.shape[0]) for array in tables)
    maps = [array.shape[1] for array in weights if array.ndim == 4]
    # A scale of maps, (1, maps, 1, 1), is hardly a kernel, but for one that makes colours grey.
    kernels = [array.shape[1] for array in weights if array.ndim == 4 and array.size > array.shape[1]]
    images = [
        (1, count, side, side)
        for count in dict.fromkeys((*kernels[:1], *maps[:1])) or (1,)
        for side in (_SIDES if count == 1 else _COLOURED)
    ]
    # Layers that take maps take no rows: what is wrong with one says nothing of the file.
    others = [] if kernels else [*list(rows)[:3], *list(turned)[:1], (1, 28, 28)]
    seldom = [(1, images[0][1], side, side) for side in _SELDOM] if kernels else []
    problems: list[str] = []
    for shape in (*images, *others, *seldom):
        try:
            told = _followed(lambda shape=shape: program(shape))  # type: ignore[misc]
            found = imported(told, "a TorchScript file")
        except EngineError as error:
            problems.append(str(error))
            if problems[-1].startswith("AdaptivePool") or " more than " in problems[-1]:
                break  # It fits any size, and so the error is no sign of a wrong one.
            continue
        size = "x".join(map(str, found.net.layers[0].shape))
        note = (
            f"the file leaves its image's size open: taken as {size}, which fits its layers; of another size "
            "give it as ONNX"
        )
        return dataclasses.replace(found, notes=(note, *found.notes), whole=True)
    # Of a wrong size the text ends before it comes to what is not taken at any.
    plain = [each for each in problems if not any(mark in each for mark in _OF_ANOTHER_SIZE)]
    if not plain:
        raise EngineError(
            f"the file leaves its image's size open, and no square of up to {max(_SELDOM)} pixels fits its "
            f"layers ({problems[0]}): export the model as ONNX, which tells it"
        )
    raise EngineError(next(filter(way_round, problems), (plain or problems)[0]))


def _followed(program: Callable[[], Any]) -> Any:
    """What a function makes of a graph; what cannot be followed is named with the way round."""
    try:
        return program()
    except EngineError as error:
        raise EngineError(f"{error}{'' if way_round(str(error)) else _ROUND}") from None
    except (AttributeError, StopIteration, LookupError, TypeError, ValueError) as error:
        reason = str(error)[:60] or type(error).__name__
        raise EngineError(f"its graph is damaged ({reason}): save it again") from None


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, Made]]:
    """The tensors of a tree of modules, by their names in a state_dict."""
    if depth > 50:
        raise EngineError("its modules lie too deep inside each other")
    if not isinstance(value, Made) or not isinstance(value.state, dict):
        return
    for key, part in value.state.items():
        full = f"{name}.{key}" if name else str(key)
        tensor = isinstance(part, Made) and part.name in NAMES
        if tensor and isinstance(part.arguments[0] if part.arguments else None, Outside | Made):
            yield full, part
        else:
            yield from _leaves(part, full, depth + 1)


def _read_export(file: ForeignFile) -> Imported:
    old = next((name for name in file.entries if name.endswith(_OLD)), None)
    if old is not None:
        tensors = tensors_of(ForeignFile.of(file.entry(old)))
    else:
        folder, config = _table(file, _TABLE)
        if config is None:
            raise EngineError("its table of weights is none: save it again")
        tensors = {name: _weight(file, folder, name, item) for name, item in config.items()}
    graph = next((name for name in file.entries if name.endswith(_GRAPH)), None)
    if file.told or graph is None:
        return _told(from_tensors(tensors, "model of torch.export", file.told, stored=True))
    kept = {**_exported_constants(file), **tensors}

    def tensor(name: str) -> Array:
        if name not in kept:
            raise EngineError(f"it has no numbers for {shown(name)}: save it again")
        return kept[name]

    content = file.entry(graph)
    program = _followed(lambda: exported_graph.program_of(content, tensor))
    return dataclasses.replace(imported(program, "a model of torch.export"), whole=True)


def _exported_constants(file: ForeignFile) -> dict[str, Array]:
    """Tensors of a model of torch.export that are neither learned nor told by its state_dict."""
    old = next((name for name in file.entries if name.endswith(_OLD_CONSTANTS)), None)
    if old is not None:
        return tensors_of(ForeignFile.of(file.entry(old))) if file.entry(old).startswith(b"PK") else {}
    folder, config = _table(file, _CONSTANTS)
    return {
        name: _weight(file, folder, name, item)
        for name, item in (config or {}).items()
        if isinstance(item, dict) and not item.get("use_pickle")
    }


def _table(file: ForeignFile, ending: str) -> tuple[str, dict[str, Any] | None]:
    """The folder and the items of the table whose name ends so; None where there is none."""
    name = next((name for name in file.entries if name.endswith(ending)), "")
    told = values_of(file.entry(name, json_text.MOST_BYTES)) if name else None
    config = told.get("config") if isinstance(told, dict) else None
    return name.rpartition("/")[0], config if isinstance(config, dict) else None


def _weight(file: ForeignFile, folder: str, name: str, item: Any) -> Array:
    """One array of a table: bare numbers in a file of their own."""
    path = item.get("path_name") if isinstance(item, dict) else None
    meta = item.get("tensor_meta") if isinstance(item, dict) else None
    if not isinstance(path, str) or not isinstance(meta, dict) or item.get("use_pickle"):
        raise EngineError(f"{shown(name)} is kept in a way that is not read: save a state_dict instead")
    shape, steps = (_sizes(meta.get(key), name) for key in ("sizes", "strides"))
    code = _TYPES.get(meta.get("dtype", 0), "")
    if not code:
        raise EngineError(
            f"{shown(name)} holds numbers of PyTorch's type {meta.get('dtype')!r:.20}: save float32"
        )
    raw = file.entry(f"{folder}/{path}")
    flat = np.frombuffer(raw, "<u2" if code == "bf16" else code)
    flat = of_bfloat16(flat) if code == "bf16" else flat
    first = _sizes([meta.get("storage_offset", {"as_int": 0})], name)[0]
    # A transposed array lies column by column; turned, it lies in one piece. Of an axis of 1 no step matters.
    known = len(steps) == len(shape)
    axes = sorted(range(len(shape)), key=lambda i: (shape[i] == 1, -steps[i], i)) if known else []
    lying = tuple(shape[i] for i in axes)
    plain = all(shape[i] == 1 or steps[i] == size_of(lying[at + 1 :]) for at, i in enumerate(axes))
    if not known or not plain or first + size_of(shape) > flat.size:
        raise EngineError(
            f"{shown(name)} of shape {shape} does not lie in one piece: save a state_dict instead"
        )
    return flat[first : first + size_of(shape)].reshape(lying).transpose(np.argsort(axes))


def _sizes(value: Any, name: str) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [None]
    numbers: list[Any] = [n.get("as_int") if isinstance(n, dict) else n for n in items]
    if len(numbers) > 8 or not all(type(n) is int and 0 <= n < 1 << 28 for n in numbers):
        raise EngineError(f"{shown(name)} has a size or stride that is none: save it again")
    return tuple(numbers)


def _told(found: Imported) -> Imported:
    notes = (*found.notes, "its weights alone are read, no code of it is run")
    return dataclasses.replace(found, notes=notes)


TORCHSCRIPT = Format(
    name="a TorchScript file",
    system="PyTorch",
    endings=(".pt",),
    recognises=lambda file: _pickle(file) is not None,
    read=_read_script,
    bare=True,
)
EXPORTED = Format(
    name="a model of torch.export",
    system="PyTorch",
    endings=(".pt2",),
    recognises=lambda file: any(name.endswith((_TABLE, _OLD)) for name in file.entries),
    read=_read_export,
    bare=True,
)
