"""IDX files, the format of MNIST: strict, gz or plain, whatever the file is called.

Format: http://yann.lecun.com/exdb/mnist/ ("the IDX file format").
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError

Bytes = NDArray[np.uint8]
FilePath = str | os.PathLike[str]

MOST_IMAGES = (
    300_000  # the largest MNIST relative (EMNIST digits) has 280,000; more than this is a lying header
)
GZIP_MAGIC = b"\x1f\x8b"
DEFLATE_BEST = 1032  # no deflate stream grows more than this many times
UNSIGNED_BYTE = 0x08


def read_idx_images(path: FilePath) -> Bytes:
    """Images of an IDX3 file: uint8 (N, 28, 28).

    DataError in one line where the magic, the dimensions or the length are not exactly right.
    """
    return _read(Path(path), "images", (28, 28))


def read_idx_labels(path: FilePath) -> Bytes:
    """Labels of an IDX1 file: uint8 (N,), each 0..9.

    DataError in one line where the magic, the length or a label is not right.
    """
    path = Path(path)
    labels = _read(path, "labels", ())
    wrong = np.flatnonzero(labels > 9)
    if wrong.size:
        raise DataError(
            f"{path}: label {labels[wrong[0]]} at position {wrong[0]} is out of range: labels are 0..9; "
            f"is this a file of digits?"
        )
    return labels


def idx_bytes(values: Bytes) -> bytes:
    """The IDX file of images uint8 (N, h, w) or labels uint8 (N,), as it is read again."""
    header = b"\0\0" + bytes((UNSIGNED_BYTE, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    return header + np.ascontiguousarray(values).tobytes()


def _read(path: Path, kind: str, item: tuple[int, ...]) -> Bytes:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            most = os.fstat(raw.fileno()).st_size * (DEFLATE_BEST if packed else 1)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            return _parse(path, stream, most, kind, item)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; give the IDX file of the {kind}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; give the IDX file of the {kind} in it") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: the gzip data is damaged ({_line(error)}); fetch the file again") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check the file") from None


def _parse(path: Path, stream: BinaryIO, most: int, kind: str, item: tuple[int, ...]) -> Bytes:
    """Read header and data; most: bytes that the file can hold, so that a lying header allocates nothing."""
    dimensions = 1 + len(item)
    size = 4 + 4 * dimensions
    header = stream.read(size)
    if len(header) < 4:
        raise DataError(f"{path}: {len(header)} bytes are too few for an IDX header; fetch the file again")
    _check_magic(path, header, kind, dimensions)
    if len(header) < size:
        raise DataError(
            f"{path}: truncated in its header ({len(header)} of {size} bytes); fetch the file again"
        )
    count, *shape = (int(n) for n in np.frombuffer(header, ">u4", offset=4))
    if tuple(shape) != item:
        raise DataError(f"{path}: images are {'x'.join(map(str, shape))}; this reads 28x28 images only")
    if not 1 <= count <= MOST_IMAGES:
        raise DataError(f"{path}: the header says {count:,} {kind}; 1 to {MOST_IMAGES:,} are possible")
    promised = count * int(np.prod(item, dtype=np.int64))
    if promised + size > most:
        raise DataError(f"{path}: truncated, {count:,} {kind} do not fit into this file; fetch it again")
    data = stream.read(promised + 1)
    if len(data) != promised:
        state = "truncated" if len(data) < promised else "has bytes after its end"
        got = f"{len(data):,}" if len(data) < promised else "more"
        raise DataError(
            f"{path}: {state}: {count:,} {kind} need {promised:,} bytes, found {got}; fetch the file again"
        )
    return np.frombuffer(data, np.uint8).reshape(count, *item)


def _check_magic(path: Path, header: bytes, kind: str, dimensions: int) -> None:
    if header[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file: it begins with {header[:4].hex(' ')}, not 00 00")
    if header[2] != UNSIGNED_BYTE:
        raise DataError(f"{path}: IDX data of type 0x{header[2]:02x}; {kind} must be unsigned bytes, 0x08")
    if header[3] != dimensions:
        other = {1: "a file of labels", 3: "a file of images"}.get(header[3], "neither images nor labels")
        raise DataError(
            f"{path}: {header[3]} dimensions, {kind} have {dimensions}: this is {other}; files swapped?"
        )


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
