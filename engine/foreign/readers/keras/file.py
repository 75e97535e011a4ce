"""Keras's .keras and .h5 files, read as data: the model is never loaded, and no code in it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign import json_text
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.graph.finish import imported
from engine.foreign.json_text import values_of
from engine.foreign.pickles import shown
from engine.foreign.readers.keras import hdf5
from engine.foreign.readers.keras.model import MODELS, layers_of, name_of, named, outputs_told, program_of

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"
_MOST_TRAINED = 1 << 16
"""Characters of how a model was trained: that of a usual one has a thousand."""
_OF_NUMBERS = (
    *("MeanSquaredError", "mean_squared_error", "mse", "MeanAbsoluteError", "mean_absolute_error", "mae"),
    *("Huber", "huber", "LogCosh", "log_cosh"),
)
"""Losses of what gives numbers; some train scores of classes with them, too."""
Found = dict[tuple[str, ...], dict[str, Array]]


def _read_keras(file: ForeignFile) -> Imported:
    model = values_of(file.entry(_CONFIG, json_text.MOST_BYTES))
    version = ""
    if "metadata.json" in file.entries:
        told = values_of(file.entry("metadata.json", json_text.MOST_BYTES))
        version = told.get("keras_version", "") if isinstance(told, dict) else ""
    found: Found = {}
    _gather(hdf5.read(file.entry(_WEIGHTS, hdf5.MOST_BYTES)), model, (), found)
    compiled = model.get("compile_config") if isinstance(model, dict) else None
    return _imported(model, found, f"a Keras model (.keras{_of(version)})", compiled)


def _of(version: Any) -> str:
    return f", Keras {shown(version)}" if isinstance(version, str) and version else ""


def _imported(model: Any, found: Found, kind: str, compiled: Any) -> Imported:
    program = program_of(model, lambda path: found.get(path, {}))
    loss, config = _loss(compiled)
    two, numbers = _of_two(loss, config), _of_numbers(loss)
    return imported(program, kind, outputs_told(model), of_two=two, of_numbers=numbers)


def _loss(compiled: Any) -> tuple[str, Any]:
    """The name of the loss that a model was trained with and its settings; "" where it does not tell."""
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    name, config = (loss.get("class_name"), loss.get("config")) if isinstance(loss, dict) else (loss, None)
    name = config if name == "function" else name
    return name if isinstance(name, str) else "", config


def _of_two(kind: str, config: Any) -> str:
    """What tells that a model learned to score one of two classes by a sum: its loss; else ""."""
    of_sums = isinstance(config, dict) and config.get("from_logits") is True
    if kind in ("BinaryCrossentropy", "BinaryFocalCrossentropy") and of_sums:
        return f"it was trained with {kind}(from_logits=True)"
    return ""


def _of_numbers(kind: str) -> str | None:
    """What tells that a model gives numbers: its loss; "" where it tells nothing, None: classes."""
    if kind in _OF_NUMBERS:
        return f"it was trained with {kind}, as what gives numbers is"
    return None if kind.lower().startswith(("categorical", "sparse")) else ""


def _gather(group: hdf5.Group, model: Any, path: tuple[str, ...], found: Found) -> None:
    """The arrays of a model's layers. Keras 3 names groups by class and count: dense, dense_1 and so on."""
    counts: dict[str, int] = {}
    for item in layers_of(model):
        kind, _ = named(item)
        stem = _snake(kind)
        number = counts[stem] = counts.get(stem, -1) + 1
        own = group.group(f"layers/{stem}_{number}" if number else f"layers/{stem}")
        if own is None:
            continue
        if kind in MODELS:
            _gather(own, item, (*path, name_of(item)), found)
        else:
            found[*path, name_of(item)] = _arrays(own, "")


def _arrays(group: hdf5.Group, before: str) -> dict[str, Array]:
    """The arrays of a layer and of layers inside it, such as 0, 1, query_dense/0."""
    numbers = sorted(group.arrays, key=lambda name: (len(name), name))
    arrays = {f"{before}{name}": group.arrays[name] for name in numbers}
    for name, inside in group.groups.items():
        arrays |= _arrays(inside, before if name == "vars" else f"{before}{name}/")
    return arrays


def _snake(name: str) -> str:
    """A class's name as Keras writes it in files: MaxPooling2D as max_pooling2d."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _read_h5(file: ForeignFile) -> Imported:
    root = hdf5.read(file.content)
    told, weights = root.text("model_config"), root.group("model_weights")
    if not told or weights is None:
        what = "weights" if told else "configuration"
        raise EngineError(
            f"it is an HDF5 file without a model's {what}: save the whole model, model.save('net.keras')"
        )
    model = values_of(told)
    kind = f"a Keras model (.h5{_of(root.text('keras_version'))})"
    compiled = _trained(root.text("training_config"))
    return _imported(model, _placed(model, _tables(weights), ()), kind, compiled)


def _trained(told: str) -> Any:
    """How a model was trained, None where that is no JSON or far longer than any: the model is as it is."""
    try:
        return json.loads(told) if len(told) <= _MOST_TRAINED else None
    except (ValueError, RecursionError):
        return None


def _tables(weights: hdf5.Group) -> dict[str, dict[str, Array]]:
    """The arrays of each layer of an .h5 by the names that they have there."""
    tables: dict[str, dict[str, Array]] = {}
    for layer in weights.texts("layer_names") or list(weights.groups):
        group = weights.group(layer)
        if group is None:
            raise EngineError(f"it has no weights of {shown(layer)}: save it again")
        for name in group.texts("weight_names") or []:
            array = group.array(name)
            if array is None:
                raise EngineError(f"it has no {shown(name)} of {shown(layer)}: save it again")
            tables.setdefault(layer, {})[name.split(":")[0]] = array
    return tables


def _placed(model: Any, tables: Mapping[str, Mapping[str, Array]], path: tuple[str, ...]) -> Found:
    """Each layer's arrays; those of a model inside stand under that model's name, with the layer's ahead."""
    found: Found = {}
    for item in layers_of(model):
        kind, _ = named(item)
        name = name_of(item)
        if kind in MODELS:
            table = tables.get(name, {})
            inside: dict[str, dict[str, Array]] = {}
            for key, array in table.items():
                # Keras 3 has the names of the models around it ahead.
                parts = key.split("/")
                parts = parts[parts.index(name) + 1 :] if name in parts else parts
                inside.setdefault(parts[0], {})["/".join(parts)] = array
            found |= _placed(item, inside, (*path, name))
        else:
            table = tables.get(name, {})
            found[*path, name] = {_tail(key, name): array for key, array in table.items()}
    return found


def _tail(key: str, layer: str) -> str:
    """An array's name without that of its layer: query/kernel of multi_head_attention/query/kernel."""
    parts = key.split("/")
    return "/".join(parts[1:] if len(parts) > 1 and (parts[0] == layer or len(parts) == 2) else parts)


KERAS = Format(
    name="a Keras model",
    system="Keras",
    endings=(".keras",),
    recognises=lambda file: {_CONFIG, _WEIGHTS} <= set(file.entries),
    read=_read_keras,
)
KERAS_H5 = Format(
    name="a Keras model",
    system="Keras",
    endings=(".h5", ".hdf5"),
    recognises=lambda file: file.content.startswith(hdf5.SIGNATURE) and hdf5.CONFIG in file.content,
    read=_read_h5,
)
