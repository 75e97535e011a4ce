"""A PyTorch state_dict in a .safetensors file, read, and written with the net's architecture beside it."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.json_text import values_of
from engine.foreign.marks import marked, marks_of
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.modules import natural
from engine.foreign.readers.pytorch.torch_file import from_saved, of_bfloat16
from engine.foreign.writers.baked import plain
from engine.net import Net
from engine.text.torch_weights import torch_weights

_TYPES = {
    **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "?"},
    **{"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1"},
    **{"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1"},
}
_ARCHITECTURE = "viz3d architecture"


def _recognises(file: ForeignFile) -> bool:
    """Whether the header's length, in 8 bytes, comes before what may be a JSON object, and is no lie."""
    return file.content[8:9] == b"{" and int.from_bytes(file.content[:8], "little") < len(file.content)


def _read(file: ForeignFile) -> Imported:
    # Imported where it is used: loading a net must not wait for it.
    from safetensors import SafetensorError, deserialize  # noqa: PLC0415

    try:
        parts = deserialize(file.content)  # type: ignore[no-untyped-call]
        tensors = {name: _tensor(name, **own) for name, own in parts}
    except SafetensorError as error:
        raise EngineError(f"it is a damaged .safetensors file ({error!s:.80}): save it again") from None
    # The library has just read the header, and so it is sound.
    header = values_of(file.content[8 : 8 + int.from_bytes(file.content[:8], "little")])
    told = header.get("__metadata__", {})
    text = told.get(_ARCHITECTURE)
    # The library writes tensors in the order of their names, whatever that of the module was.
    tensors = dict(sorted(tensors.items(), key=lambda item: natural(item[0])))
    found = from_saved(tensors, "PyTorch state_dict (.safetensors)", file, stored=False, text=text)
    return dataclasses.replace(marked(found, told), whole=bool(text))


def _tensor(name: str, dtype: str, shape: list[int], data: bytes) -> Array:
    """A tensor's numbers."""
    if dtype not in _TYPES:
        raise EngineError(f"{shown(name)} holds numbers of type {dtype:.40}: save them as float32")
    flat = np.frombuffer(data, _TYPES[dtype])
    return (of_bfloat16(flat) if dtype == "BF16" else flat).reshape(shape)


def _write(net: Net) -> bytes:
    from safetensors.numpy import save  # noqa: PLC0415

    # The architecture goes along: tensors alone do not tell a sigmoid from a ReLU.
    made = plain(net)
    told = {"format": "pt", _ARCHITECTURE: made.text, **marks_of(net)}
    content: bytes = save(torch_weights(made), told)
    return content


SAFETENSORS = Format("a PyTorch state_dict", "PyTorch", (".safetensors",), _recognises, _read, True, _write)
