"""Safe .npz files: written whole or not at all, read without pickle and without trust."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.errors import EngineError, harmless
from engine.files.places import obstacle, part_beside, unreadable

DESCRIPTION = "description"
FLOATS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))
DAMAGE = (
    *(ValueError, TypeError, LookupError, ArithmeticError, EOFError, RecursionError, MemoryError),
    *(NotImplementedError, RuntimeError, SyntaxError, tokenize.TokenError, zlib.error),
)
"""What zipfile, json and NumPy raise where a file is damaged."""
_MAX_DESCRIPTION = 1 << 20
_MAX_BYTES = 1 << 30
_PIECE = 1 << 20


def write(path: Path, description: Mapping[str, Any], arrays: Mapping[str, Array], *, packed: bool) -> None:
    """Write a .npz of a JSON object and arrays, whole or not at all; packed: smaller, and much slower.

    See `write_whole`.
    """
    text = json.dumps(description, allow_nan=False).encode()
    write_whole(
        path, lambda file: _write(file, {DESCRIPTION: np.frombuffer(text, np.uint8), **arrays}, packed)
    )


def write_whole(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Have `fill` write a file that becomes `path`, or the file behind that link, when it is whole.

    EngineError where the folder is missing, the disk is full, a device or the like stands there; what was at
    `path` then stays.
    """
    if reason := obstacle(path):
        raise EngineError(f"cannot write {path}: {reason}: give the name of a file")
    target = path.resolve()
    if not target.parent.exists():
        raise EngineError(f"cannot write {path}: there is no folder {path.parent}: make it, or name another")
    beside = part_beside(target)
    try:
        with beside.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full: free some space" if full else error.strerror or str(error)
        raise EngineError(f"cannot write {path}: {why}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _write(file: IO[bytes], arrays: Mapping[str, Array], packed: bool) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


@contextmanager
def opened(path: Path, what: str = "net") -> Iterator[Archive]:
    """The file's entries; EngineError, one line, where it is not sound or the block finds that it is not."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield Archive(archive)
    except EngineError as error:
        raise EngineError(f"{path}: {harmless(str(error))}") from None
    except zipfile.BadZipFile as error:
        raise EngineError(
            f"{path} is no {what} file, or is cut short ({error!s:.80}): give another, or make it again"
        ) from None
    except OSError as error:
        raise EngineError(unreadable(path, error)) from None
    except DAMAGE as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise EngineError(f"{path} is damaged ({reason}): make it again") from None


class Archive:
    """The entries of an open file; nothing is read before its declared size and shape are checked."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        if len(sizes) != len(archive.infolist()):
            raise EngineError("two of its entries have the same name: it was not written by viz3d")
        if sum(sizes.values()) > _MAX_BYTES:
            raise EngineError(
                f"it would unpack to {sum(sizes.values()):,} bytes, the limit is {_MAX_BYTES:,}"
            )
        entry = f"{DESCRIPTION}.npy"
        if entry not in sizes:
            raise EngineError("it has no description: it was not written by viz3d")
        if sizes[entry] > _MAX_DESCRIPTION:
            raise EngineError(
                f"its description has {sizes[entry]:,} bytes, the limit is {_MAX_DESCRIPTION:,}"
            )
        self._sizes = sizes

    def description(self) -> Any:
        """The JSON value that describes the rest, its texts as they may be shown."""
        return _shown(json.loads(self._values(DESCRIPTION, None, (np.dtype(np.uint8),)).tobytes().decode()))

    def expect(self, names: Sequence[str]) -> None:
        """EngineError unless the arrays are exactly those."""
        missing = [name for name in names if f"{name}.npy" not in self._sizes]
        known = {f"{name}.npy" for name in (*names, DESCRIPTION)}
        extra = [name for name in self._sizes if name not in known]
        if missing or extra:
            what = (
                f"lacks {', '.join(missing)}"
                if missing
                else f"holds {', '.join(extra)}, which its net has not"
            )
            raise EngineError(f"it {what}: make it again")

    def floats(self, name: str, shape: Shape) -> Array:
        """A finite float array of the shape; float16 comes as float32."""
        return self._values(name, shape, FLOATS)

    def bytes(self, name: str, shape: Shape) -> Array:
        """A uint8 array of the shape."""
        return self._values(name, shape, (np.dtype(np.uint8),))

    def integers(self, name: str, shape: Shape) -> Array:
        """An int64 array of the shape."""
        return self._values(name, shape, (np.dtype(np.int64),))

    def _values(self, name: str, shape: Shape | None, dtypes: Sequence[np.dtype[Any]]) -> Array:
        """One entry, read-only: an array of the shape, or of any one axis where it is None."""
        entry = f"{name}.npy"
        with self._archive.open(entry) as file:
            stored, fortran, dtype = _header(file, name)
            if dtype not in dtypes:
                raise EngineError(
                    f"{name} is an array of {dtype!s:.40}: viz3d writes plain numbers and reads no pickles"
                )
            if stored != shape and (shape is not None or len(stored) != 1):
                raise EngineError(f"{name} has shape {stored}, its net needs {shape}: make the file again")
            room = self._archive.getinfo(entry).file_size - file.tell()
            if fortran or room != size_of(stored) * dtype.itemsize:
                raise EngineError(
                    f"{name} has {room:,} bytes, which do not fit its shape {stored}: make the file again"
                )
            return _read_only(file, name, stored, dtype)


def _read_only(file: IO[bytes], name: str, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """The values of the shape that come next, read piece by piece: nothing is held twice."""
    values = np.empty(size_of(shape), np.float32 if dtype == np.float16 else dtype)
    step = _PIECE // dtype.itemsize
    for start in range(0, len(values), step):
        piece = values[start : start + step]
        piece[:] = np.frombuffer(file.read(len(piece) * dtype.itemsize), dtype)
        if dtype.kind == "f" and not np.isfinite(piece).all():
            raise EngineError(f"{name} holds NaN or infinity: make the file again")
    values.flags.writeable = False
    return values.reshape(shape)


def _shown(value: Any) -> Any:
    """A JSON value whose texts no terminal and no picture can take for anything but texts.

    EngineError where it holds a number that nothing here has; 128 bits are a generator's state.
    """
    if type(value) is int and value.bit_length() > 128:
        raise EngineError(f"its description has a number of {value.bit_length():,} bits: make it again")
    if isinstance(value, str):
        return value if value.isprintable() else harmless(value)
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {_shown(name): _shown(each) for name, each in value.items()}
    return value


def _header(file: IO[bytes], name: str) -> tuple[Shape, bool, np.dtype[np.generic]]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(file)
    raise EngineError(f"{name} is in npy version {version}, known are 1.0 and 2.0: make the file again")
