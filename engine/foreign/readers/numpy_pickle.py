"""NumPy's object arrays, out of an .npy entry whose pickle is read as data.

Format: NumPy Enhancement Proposal 1 (the .npy file); the pickled state of an array is (version, shape, dtype,
whether in Fortran order, bytes or items), that of a dtype (version, byte order, ...).
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.errors import EngineError
from engine.foreign.pickles import Made, Name, read_pickle

_RECONSTRUCT = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_NAMES = (*_RECONSTRUCT, "numpy.ndarray", "numpy.dtype", "_codecs.encode")
_NUMBERS = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
_MOST_ITEMS = 1000


def read_npy(content: bytes, name: str) -> Array | list[Array]:
    """The array of numbers in an .npy file, or the list of arrays in one of objects (n,).

    EngineError names `name` and what else was found.
    """
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise EngineError(f"{name} is in npy version {version}, known are 1.0 and 2.0: save it again")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    data = file.read()
    if dtype.kind in "fiu":
        return _numbers(data, dtype, shape, fortran, name)
    if dtype.kind != "O":
        raise EngineError(f"{name} is an array of {dtype!s:.40}: only arrays of numbers are read")
    items = _items(read_pickle(data, _NAMES), name)
    if (len(items),) != tuple(shape):
        raise EngineError(f"{name} has {len(items)} items, its header says {shape}: save it again")
    return items


def _items(value: Any, name: str) -> list[Array]:
    shape, kind, _, items = _state(value, name)
    if kind != "O" or not isinstance(items, list) or len(shape) != 1 or len(items) != shape[0]:
        raise EngineError(f"{name} is not a row of arrays: only arrays of numbers are read")
    if len(items) > _MOST_ITEMS:
        raise EngineError(f"{name} has {len(items):,} items, the limit is {_MOST_ITEMS}")
    return [_array(item, f"{name}[{place}]") for place, item in enumerate(items)]


def _array(value: Any, name: str) -> Array:
    shape, kind, fortran, data = _state(value, name)
    if kind[1:] not in _NUMBERS or not isinstance(data, bytes):
        raise EngineError(f"{name} is an array of {kind!r:.20}: only arrays of numbers are read")
    return _numbers(data, np.dtype(kind), shape, fortran, name)


def _state(value: Any, name: str) -> tuple[Shape, str, bool, Any]:
    """Shape, type ("<f8" or "O"), whether in Fortran order, and content of a pickled array."""
    made = isinstance(value, Made) and value.name in _RECONSTRUCT and value.arguments[:1] == (_NDARRAY,)
    if not made or not isinstance(value.state, tuple) or len(value.state) != 5:
        kind = value.name if isinstance(value, Made) else type(value).__name__
        raise EngineError(f"{name} is a {kind}: only arrays of numbers are read")
    _, shape, dtype, fortran, content = value.state
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 8:
        raise EngineError(f"{name} has a shape that is none: save it again")
    return shape, _kind(dtype, name), bool(fortran), _bytes(content)


def _kind(value: Any, name: str) -> str:
    known = isinstance(value, Made) and value.name == "numpy.dtype" and value.arguments
    code = value.arguments[0] if known else None
    if not isinstance(code, str) or not isinstance(value.state, tuple | None):
        raise EngineError(f"{name} has no type of numbers: only arrays of numbers are read")
    order = value.state[1] if value.state and len(value.state) > 1 else "="
    if code in ("O8", "O4", "O"):
        return "O"
    return f"{order if order in ('<', '>') else '='}{code}"


def _bytes(value: Any) -> Any:
    # Protocol 2 knows no bytes and writes them as a text of the same codes.
    if isinstance(value, Made) and value.name == "_codecs.encode" and len(value.arguments) == 2:
        text, code = value.arguments
        if isinstance(text, str) and code == "latin1":
            return text.encode("latin1")
    return value


def _numbers(data: bytes, dtype: np.dtype[Any], shape: Shape, fortran: bool, name: str) -> Array:
    if len(data) != size_of(shape) * dtype.itemsize:
        raise EngineError(
            f"{name} has {len(data):,} bytes, which do not fit its shape {shape}: save it again"
        )
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


_NDARRAY = Name("numpy.ndarray")
