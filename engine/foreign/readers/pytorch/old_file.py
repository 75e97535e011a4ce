"""PyTorch's files of before version 1.6, which some still write: five pickles, and the numbers behind them.

They become the archive that newer versions write, of which `torch_file.py` reads the tensors. Reference:
PyTorch's torch/serialization.py, _legacy_load.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Iterator
from typing import Any

from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import MOST_BYTES, ForeignFile, Format
from engine.foreign.pickles import Made, Name, Outside, read_pickle
from engine.foreign.readers.pytorch.torch_file import (
    BESIDE,
    NAMES,
    OF_TRAINING,
    SIZES,
    from_saved,
    tensors_of,
)

_MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_COUNT = 8
"""Bytes of the count of numbers ahead of each storage."""


def _read(file: ForeignFile) -> Imported:
    stream = io.BytesIO(file.content)
    parts = [_pickle(stream) for _ in range(5)]
    told = read_pickle(parts[2], ())
    if not isinstance(told, dict) or told.get("little_endian") is not True:
        raise EngineError("its numbers are of a big-endian machine: save it again")
    value = read_pickle(parts[3], (*NAMES, *BESIDE), OF_TRAINING)
    kinds = {each.id[2]: each.id[1] for each in _storages(value, set())}
    keys = read_pickle(parts[4], ())
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("old/data.pkl", parts[3])
        for key in keys if isinstance(keys, list) else ():
            archive.writestr(f"old/data/{key}", _numbers(stream, kinds.get(key)))
    made = ForeignFile.of(content.getvalue(), None, file.told)
    return from_saved(tensors_of(made), "PyTorch state_dict", made, stored=True)


def _storages(value: Any, seen: set[int]) -> Iterator[Outside]:
    """All that lies outside of a pickle's value: (word, type, key, place, count, ...); each part once."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Outside):
        if isinstance(value.id, tuple) and len(value.id) in (5, 6):
            yield value
        return
    inside = (*value.arguments, value.state) if isinstance(value, Made) else value
    parts = list(inside.values()) if isinstance(inside, dict) else inside
    for part in parts if isinstance(parts, list | tuple) else ():
        yield from _storages(part, seen)


def _pickle(stream: io.BytesIO) -> bytes:
    """The next pickle of a file, whole."""
    start = stream.tell()
    for opcode, _, _ in pickletools.genops(stream):
        if opcode.name == "STOP":
            break
    return stream.getvalue()[start : stream.tell()]


def _numbers(stream: io.BytesIO, kind: object) -> bytes:
    """The next storage's numbers."""
    if not isinstance(kind, Name) or kind.text not in SIZES:
        raise EngineError("it has numbers of no type that is known: save it again")
    count = int.from_bytes(stream.read(_COUNT), "little")
    size = count * SIZES[kind.text]
    if size > MOST_BYTES:
        raise EngineError(f"it has {size:,} bytes of numbers, the limit is {MOST_BYTES:,}")
    return stream.read(size)


OLD_TORCH = Format(
    name="a PyTorch state_dict",
    system="PyTorch",
    endings=(),
    recognises=lambda file: file.content.startswith(_MAGIC),
    read=_read,
    bare=True,
)
