"""Net files: one .npz with a JSON description and the arrays, never a pickle.

The entry "description" is the UTF-8 of a JSON object (see description.py); every other entry is a parameter,
float32, float64, or float16 to save space. Nothing is read before its declared size and shape were found
right.
"""

from __future__ import annotations

import contextlib
import json
import os
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.description import from_json, to_json
from engine.errors import EngineError
from engine.graph import Net

_ENTRY = "description.npy"
_MAX_DESCRIPTION = 1 << 20
_MAX_BYTES = 1 << 30
DAMAGE = (
    *(ValueError, TypeError, LookupError, ArithmeticError, EOFError, RecursionError, MemoryError),
    *(NotImplementedError, RuntimeError, tokenize.TokenError, zlib.error),
)
"""What zipfile, json and NumPy raise where a file is damaged."""
_FLOATS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


def save(net: Net, path: str | Path, half: bool = False) -> None:
    """Write a net to a .npz file, whole or not at all; half stores float16 (half the size, 3 digits).

    EngineError where the folder is missing, the disk is full or the like; what was at `path` then stays as it
    was.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise EngineError(f"a net is saved as a .npz file, got {path.name}: end its name in .npz")
    arrays = {name: _stored(name, array, half) for name, array in net.parameters.items()}
    text = json.dumps(to_json(net), allow_nan=False).encode()
    write_whole(path, lambda file: _write(file, {"description": np.frombuffer(text, np.uint8), **arrays}))


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Have `write` fill a file that becomes `path` when it is whole; EngineError where that cannot be."""
    # Beside the target, so that the rename stays on one disk and is atomic.
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise EngineError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def load(path: str | Path, expect: str | None = None) -> Net:
    """Read a net from a .npz file that `save` wrote; float16 becomes float32.

    expect: the net's name, such as "mlp". EngineError, one line with the file, what is wrong and what to do,
    where the file is anything but a sound net (of that name).
    """
    path = Path(path)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            net = _read(archive)
    except EngineError as error:
        raise EngineError(f"{path}: {error}") from None
    except zipfile.BadZipFile as error:
        raise EngineError(f"{path} is no net file, or is cut short ({error}): make it again") from None
    except OSError as error:
        raise EngineError(f"cannot read {path}: {error.strerror or error}") from None
    except DAMAGE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EngineError(f"{path} is damaged ({reason}): make it again") from None
    if expect is not None and net.name != expect:
        sizes = "-".join(str(layer.size) for layer in net.layers)
        raise EngineError(
            f"{path} holds {net.name} ({sizes}), expected {expect}: name the right file or preset"
        )
    return net


def _stored(name: str, array: Array, half: bool) -> Array:
    if not np.isfinite(array).all():
        raise EngineError(f"{name} holds NaN or infinity: a net like that is not saved")
    if not half:
        return array
    if np.abs(array).max() > np.finfo(np.float16).max:
        raise EngineError(
            f"{name} holds {np.abs(array).max():g}, too large for float16: save it with half off"
        )
    return array.astype(np.float16)


def _write(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _read(archive: zipfile.ZipFile) -> Net:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if len(sizes) != len(archive.infolist()):
        raise EngineError("two of its entries have the same name: it was not written by viz3d")
    if sum(sizes.values()) > _MAX_BYTES:
        raise EngineError(f"it would unpack to {sum(sizes.values()):,} bytes, the limit is {_MAX_BYTES:,}")
    if _ENTRY not in sizes:
        raise EngineError("it has no description: it was not written by viz3d")
    if sizes[_ENTRY] > _MAX_DESCRIPTION:
        raise EngineError(f"its description has {sizes[_ENTRY]:,} bytes, the limit is {_MAX_DESCRIPTION:,}")
    text = _array(archive, _ENTRY, None).tobytes()
    found = from_json(json.loads(text.decode()))
    expected = found.parameter_shapes()
    missing = [name for name in expected if f"{name}.npy" not in sizes]
    extra = [name for name in sizes if name != _ENTRY and name.removesuffix(".npy") not in expected]
    if missing or extra:
        what = (
            f"lacks {', '.join(missing)}" if missing else f"holds {', '.join(extra)}, which its net has not"
        )
        raise EngineError(f"it {what}: make it again")
    arrays = {name: _array(archive, f"{name}.npy", shape) for name, shape in expected.items()}
    return Net(found.name, found.title, found.layers, arrays, found.recipe, found.provenance)


def _array(archive: zipfile.ZipFile, entry: str, shape: Shape | None) -> Array:
    """One entry: a finite float array of the shape, or bytes (n,) where shape is None."""
    name = entry.removesuffix(".npy")
    with archive.open(entry) as file:
        found, fortran, dtype = _header(file, name)
        if dtype not in (_FLOATS if shape is not None else (np.dtype(np.uint8),)):
            raise EngineError(
                f"{name} is an array of {dtype!s:.40}: viz3d writes plain numbers and reads no pickles"
            )
        if found != shape and (shape is not None or len(found) != 1):
            raise EngineError(f"{name} has shape {found}, its net needs {shape}: make the file again")
        room = archive.getinfo(entry).file_size - file.tell()
        if fortran or room != size_of(found) * dtype.itemsize:
            raise EngineError(
                f"{name} has {room:,} bytes, which do not fit its shape {found}: make the file again"
            )
        values = np.frombuffer(file.read(), dtype).reshape(found)
    if shape is None:
        return values
    if not np.isfinite(values).all():
        raise EngineError(f"{name} holds NaN or infinity: make the file again")
    return values.astype(np.float32) if dtype == np.float16 else values


def _header(file: IO[bytes], name: str) -> tuple[Shape, bool, np.dtype[np.generic]]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(file)
    raise EngineError(f"{name} is in npy version {version}, known are 1.0 and 2.0: make the file again")
