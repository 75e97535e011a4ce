"""A TensorFlow.js model, of layers or a graph: model.json, and the files of weights that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import MOST_BYTES, ForeignFile, Format
from engine.foreign.graph.finish import imported
from engine.foreign.json_text import values_of
from engine.foreign.pickles import shown
from engine.foreign.readers.keras import tf_graph
from engine.foreign.readers.keras.model import MODELS, layers_of, name_of, named, outputs_told, program_of

_TYPES = {"float32": "<f4", "int32": "<i4", "bool": "?", "uint8": "u1", "uint16": "<u2", "float16": "<f2"}
_MOST_DEPTH = 16
Tables = dict[str, list[tuple[list[str], str, Array]]]
"""By each name on the way to an array: the names ahead of it, what stands behind, and the array."""
_WHOLE = ("int32", "bool")  # sizes and axes of a graph


def _recognises(file: ForeignFile) -> bool:
    return file.content[:1000].lstrip()[:1] == b"{" and b'"modelTopology"' in file.content


def _read(file: ForeignFile) -> Imported:
    value = values_of(file.content)
    topology = value.get("modelTopology")
    if isinstance(topology, dict) and "node" in topology:
        more = value.get("userDefinedMetadata")  # where older converters tell of inputs and outputs
        signature = value.get("signature") or (more.get("signature") if isinstance(more, dict) else None)
        graph, notes = tf_graph.program_of(topology, signature, _weights(value.get("weightsManifest"), file))
        return imported(graph, "a TensorFlow.js graph model", notes)
    model = topology.get("model_config", topology) if isinstance(topology, dict) else None
    if not isinstance(model, dict):
        raise EngineError("it has no modelTopology: save it with model.save() of TensorFlow.js")
    model = {**model, "class_name": model.get("class_name", "Sequential")}
    tables: Tables = {}
    for name, array in _weights(value.get("weightsManifest"), file).items():
        *parts, last = name.split("/")
        if len(parts) > _MOST_DEPTH:
            raise EngineError(f"its weights {shown(name)} lie too deep")
        # Keras 3 has the names of the models around a layer ahead of it, and those of its parts behind.
        for place, part in enumerate(parts):
            tail = "/".join((*parts[place + 1 :], last))
            tables.setdefault(part, []).append((parts[:place], tail, array))
    version = topology.get("keras_version", "") if isinstance(topology, dict) else ""
    said = f", Keras {shown(version)}" if isinstance(version, str) and version else ""
    found = _placed(model, tables, ())
    program = program_of(model, lambda path: found.get(path, {}))
    return imported(program, f"a TensorFlow.js model{said}", outputs_told(model))


def _placed(model: Any, tables: Tables, path: tuple[str, ...]) -> dict[tuple[str, ...], Mapping[str, Array]]:
    """Each layer's arrays, by the names of the models around it and its own."""
    found: dict[tuple[str, ...], Mapping[str, Array]] = {}
    for item in layers_of(model):
        name = name_of(item)
        if named(item)[0] in MODELS:
            found |= _placed(item, tables, (*path, name))
        else:
            own = tables.get(name, ())
            inside = [each for each in own if path and path[-1] in each[0]]
            found[*path, name] = {tail: array for _, tail, array in inside or own}
    return found


def _weights(manifest: Any, file: ForeignFile) -> dict[str, Array]:
    """The arrays of all groups of the manifest, by name."""
    if not isinstance(manifest, list):
        raise EngineError("it has no weightsManifest: save it with model.save() of TensorFlow.js")
    arrays: dict[str, Array] = {}
    read = 0  # by all groups: one that names the same files again costs as much again
    for group in manifest:
        paths = group.get("paths") if isinstance(group, dict) else None
        items = group.get("weights") if isinstance(group, dict) else None
        if (
            not isinstance(paths, list)
            or not isinstance(items, list)
            or not all(isinstance(p, str) for p in paths)
        ):
            raise EngineError("its weightsManifest has a group without paths and weights")
        parts: list[bytes] = []
        for path in paths:
            parts.append(file.beside(path))
            read += len(parts[-1])
            if read > MOST_BYTES:
                raise EngineError(
                    f"its weights have more than {MOST_BYTES:,} bytes: no digit reader has so many"
                )
        content, place = b"".join(parts), 0
        for item in items:
            name, array, place = _array(item, content, place)
            arrays[name] = array
        if place != len(content):
            raise EngineError(f"its weights' files have {len(content):,} bytes, its manifest says {place:,}")
    return arrays


def _array(item: Any, content: bytes, place: int) -> tuple[str, Array, int]:
    """One array of a group's content from this place on: its name, numbers, and where they end."""
    told = item if isinstance(item, dict) else {}
    name, shape, kind, squeezed = (told.get(key) for key in ("name", "shape", "dtype", "quantization"))
    squeezed = squeezed if isinstance(squeezed, dict) else {}
    code = _TYPES.get(str(squeezed.get("dtype", kind)))
    if not isinstance(name, str) or not isinstance(shape, list) or len(shape) > 8 or code is None:
        raise EngineError(f"its manifest has {item!r:.60}, which is no array of numbers")
    if not all(type(n) is int and 0 <= n < 1 << 28 for n in shape):
        raise EngineError(f"{shown(name)} has shape {shape!r:.40}, which is none")
    end = place + size_of(tuple(shape)) * np.dtype(code).itemsize
    if end > len(content):
        raise EngineError(
            f"{shown(name)} reaches beyond the {len(content):,} bytes of its files: copy them again"
        )
    array = np.frombuffer(content[place:end], code).reshape(shape)
    if "scale" in squeezed or kind not in _WHOLE:
        array = array.astype(np.float32)
    if "scale" in squeezed:
        array = array * np.float32(squeezed["scale"]) + np.float32(squeezed.get("min", 0.0))
    return name, array, end


TFJS = Format("a TensorFlow.js model", "TensorFlow.js", (".json",), _recognises, _read)
