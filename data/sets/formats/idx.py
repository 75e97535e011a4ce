"""IDX files, the format of MNIST: strict, gz or plain, whatever the file is called.

Format: http://yann.lecun.com/exdb/mnist/ ("the IDX file format"). MNIST's own files hold bytes; those of sets
of any size and classes may hold any of the format's kinds of numbers, as QMNIST's labels do.
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
from data.paths import FilePath, path_of
from data.sets.formats.array_inputs import pixels_of

Bytes = NDArray[np.uint8]

MOST_IMAGES = 1_000_000  # EMNIST by class, the largest of MNIST's relatives, has 814,255
MOST_SIDE = 1024
MOST_BYTES = 1 << 30  # of one file's images: more is asked for by mistake
GZIP_MAGIC = b"\x1f\x8b"
DEFLATE_BEST = 1032  # no deflate stream grows more than this many times
UNSIGNED_BYTE = 0x08
_KINDS = {UNSIGNED_BYTE: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_COLUMNS = 16  # of labels, of which the first is the class: QMNIST's have 8
Shape = tuple[int, ...]


def read_idx_images(path: FilePath, size: tuple[int, int] | None = (28, 28)) -> Bytes:
    """Images of an IDX file: uint8 (N, h, w), or (N, h, w, 3) of one with four dimensions.

    size: what height and width must be, of bytes; None: any, of any kind of numbers, which run from 0 to 255,
    0 to 1 or -1 to 1. DataError in one line where the magic, the dimensions or the length are not exactly
    right.
    """
    path = path_of(path)
    values = _read(path, "images", size, any_kind=size is None)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise DataError(f"{path}: its pixels hold NaN or infinity: fill that in, or leave the images out")
    return values.view(np.uint8) if values.dtype == np.uint8 else pixels_of(path, values)


def read_idx_labels(path: FilePath, classes: int | None = 10) -> Bytes:
    """Labels of an IDX1 file: uint8 (N,), each 0 .. classes - 1, of bytes; None: any, of any kind of numbers.

    Of labels in several columns the first is the class, as in QMNIST. DataError in one line where the magic,
    the length or a label is not right.
    """
    path = path_of(path)
    values = _read(path, "labels", (), any_kind=classes is None)
    values = values if values.ndim == 1 else values[:, 0]
    with np.errstate(invalid="ignore"):
        labels = values.astype(np.uint8)
    if (odd := np.flatnonzero(labels != values)).size:
        raise DataError(
            f"{path}: label {values[odd[0]]} at position {odd[0]}: labels are whole numbers, 0..255"
        )
    wrong = np.flatnonzero(labels >= (256 if classes is None else classes))
    if wrong.size:
        raise DataError(
            f"{path}: label {labels[wrong[0]]} at position {wrong[0]} is out of range: labels are "
            f"0..{(classes or 0) - 1}; is this a file of digits?"
        )
    return labels


def idx_size(path: Path) -> tuple[int, ...]:
    """Height, width and colours by the header of a file of images; empty where they are not of bytes."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            header = (gzip.GzipFile(fileobj=raw) if packed else raw).read(20)
    except (OSError, EOFError, zlib.error):
        return ()
    sides = header[3] - 1 if len(header) == 20 and header[2] == UNSIGNED_BYTE else 0
    return tuple(int(n) for n in np.frombuffer(header[8 : 8 + 4 * sides], ">u4")) if sides in (2, 3) else ()


def idx_bytes(values: Bytes) -> bytes:
    """The IDX file of images uint8 (N, h, w) or labels uint8 (N,), as it is read again."""
    header = b"\0\0" + bytes((UNSIGNED_BYTE, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    return header + np.ascontiguousarray(values).tobytes()


def _read(path: Path, kind: str, item: Shape | None, any_kind: bool) -> NDArray[np.generic]:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            most = os.fstat(raw.fileno()).st_size * (DEFLATE_BEST if packed else 1)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            return _parse(path, stream, most, kind, item, any_kind)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; give the IDX file of the {kind}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; give the IDX file of the {kind} in it") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: the gzip data is damaged ({_line(error)}); fetch the file again") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check the file") from None


def _parse(
    path: Path, stream: BinaryIO, most: int, kind: str, item: Shape | None, any_kind: bool
) -> NDArray[np.generic]:
    """Read header and data; most: bytes that the file can hold, so that a lying header allocates nothing."""
    header = stream.read(4)
    if len(header) < 4:
        raise DataError(f"{path}: {len(header)} bytes are too few for an IDX header; fetch the file again")
    coloured = item is None and header[3] == 4
    in_columns = any_kind and item == () and header[3] == 2
    dimensions = 4 if coloured else 3 if item is None else 1 + len(item) + in_columns
    _check_magic(path, header, kind, dimensions, any_kind)
    numbers = np.dtype(_KINDS[header[2]])
    size = 4 + 4 * dimensions
    header += stream.read(size - 4)
    if len(header) < size:
        raise DataError(
            f"{path}: truncated in its header ({len(header)} of {size} bytes); fetch the file again"
        )
    count, *shape = (int(n) for n in np.frombuffer(header, ">u4", offset=4))
    if item is None:
        item = _any_size(path, count, shape, numbers.itemsize)
    elif in_columns and 1 <= shape[0] <= _MOST_COLUMNS:
        item = (shape[0],)
    elif tuple(shape) != item:
        told = "x".join(map(str, shape))
        wrong = f"images are {told}; this reads 28x28 images only"
        if kind == "labels":
            wrong = f"each label has {told} columns; 1 to {_MOST_COLUMNS} are possible"
        raise DataError(f"{path}: {wrong}")
    if not 1 <= count <= MOST_IMAGES:
        raise DataError(f"{path}: the header says {count:,} {kind}; 1 to {MOST_IMAGES:,} are possible")
    promised = count * int(np.prod(item, dtype=np.int64)) * numbers.itemsize
    if promised + size > most:
        raise DataError(f"{path}: truncated, {count:,} {kind} do not fit into this file; fetch it again")
    data = stream.read(promised + 1)
    if len(data) != promised:
        state = "truncated" if len(data) < promised else "has bytes after its end"
        got = f"{len(data):,}" if len(data) < promised else "more"
        raise DataError(
            f"{path}: {state}: {count:,} {kind} need {promised:,} bytes, found {got}; fetch the file again"
        )
    return np.frombuffer(data, numbers).reshape(count, *item)


def _any_size(path: Path, count: int, shape: list[int], each: int) -> Shape:
    """The shape of an image, where images may be of that shape; each: bytes of a number."""
    told = "x".join(map(str, shape))
    if not all(1 <= side <= MOST_SIDE for side in shape[:2]) or (len(shape) == 3 and shape[2] != 3):
        raise DataError(
            f"{path}: images are {told}; this reads sides of 1 to {MOST_SIDE} pixels, grey or with 3 colours"
        )
    if count * int(np.prod(shape, dtype=np.int64)) * each > MOST_BYTES:
        raise DataError(f"{path}: {count:,} images of {told} are more than 1 GB: keep fewer of them")
    return tuple(shape)


def _check_magic(path: Path, header: bytes, kind: str, dimensions: int, any_kind: bool) -> None:
    if header[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file: it begins with {header[:4].hex(' ')}, not 00 00")
    if header[2] not in (_KINDS if any_kind else (UNSIGNED_BYTE,)):
        known = "unsigned bytes, 0x08" + ", or numbers of another kind that the format has" * any_kind
        raise DataError(f"{path}: IDX data of type 0x{header[2]:02x}; {kind} must be {known}")
    if header[3] != dimensions:
        other = {1: "a file of labels", 3: "a file of images"}.get(header[3], "neither images nor labels")
        raise DataError(
            f"{path}: {header[3]} dimensions, {kind} have {dimensions}: this is {other}; files swapped?"
        )


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
