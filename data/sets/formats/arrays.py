"""A NumPy file with inputs and labels: looked at before anything is allocated, and read without pickle."""

from __future__ import annotations

import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.dataset import Labelled, Origins, Parts, as_labels, numbered, one_of
from data.sets.formats.array_inputs import inputs_of
from data.sets.formats.array_names import pair_of

_PLACES = ("arr_0", "arr_1", "arr_2", "arr_3")
"""Arrays without names of their own: inputs and labels, for training and then for testing."""
_NAMES = ("classes", "class_names", "target_names", "names")
MOST_BYTES = 1 << 30
MOST_TIMES = 100
"""By which an array may grow as it is unpacked: images do by 3 to 20, black and white floats by 50 to 200."""
_SMALL = 1 << 26  # bytes to which any may grow
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, SyntaxError, RecursionError, MemoryError),
    *(
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ),
)
"""What zipfile and NumPy raise where a file is damaged; a header is read by Python's own parser."""


def read_arrays(path: Path) -> Parts:
    """The set in a .npz, or a folder of .npy: x and y, or x_train, y_train, x_test, y_test; classes' names.

    x: (N, h, w), (N, h, w, 1 or 3) or (N, 3, h, w) are images, uint8, 0..1 or -1..1; (N, D) are rows of
    numbers, but bytes that fill a square of 8 pixels or more, numbers 0..1 that fill one of 16 or more, and
    3,072 bytes as CIFAR has them (three colours of 32x32, one behind another) are images. y: whole numbers
    (N,), words, or (N, classes) with one 1 in each row.
    """
    held = _Held(path)
    train, test = held.pair("train"), held.pair("test")
    train = train or held.pair("") or held.placed(0)
    test = test or held.placed(2)
    if train is None:
        names = ", ".join(repr(each)[1:-1] for each in held.names[:8]) or "nothing"
        if held.names == [_PLACES[0]]:
            raise DataError(
                f"{path} holds one array: have its labels in a file beside it, named alike (set-images.npz, "
                "set-labels.npz), and give the folder"
            )
        if any(each.endswith(".weight") for each in held.names):
            raise DataError(f"{path} holds the weights of a network and no examples: networks go to --model")
        raise DataError(f"{path} holds {names}: name the arrays x and y, or x_train, y_train, x_test, y_test")
    parts = [train] if test is None else [train, test]
    inputs = [inputs_of(path, x) for x, _ in parts]
    if len({array.shape[1:] for array in inputs}) > 1:
        raise DataError(f"{path}: training and test examples are of other shapes: give those of one set")
    labels, classes = _labels(path, [y for _, y in parts], held.class_names())
    pairs: list[Labelled] = list(zip(inputs, labels, strict=True))
    for x, y in pairs:
        if len(x) != len(y) or not len(x):
            raise DataError(f"{path}: {len(x):,} examples have {len(y):,} labels: give one for each")
    return Parts(
        name=path.resolve().name if path.is_dir() else path.stem,
        title=path.resolve().name if path.is_dir() else path.stem,
        kind="a NumPy file",
        noun=one_of(classes, inputs[0]),
        train=pairs[0],
        test=pairs[1] if len(pairs) > 1 else None,
        classes=classes,
        said=held.left_alone(),
        origins=(Origins(np.arange(len(inputs[0]))), Origins(np.arange(len(inputs[-1])))),
    )


class _Held:
    """The arrays of a .npz, or of a folder with a .npy or .npz for each, read when they are asked for."""

    def __init__(self, path: Path):
        self.path = path
        self._files: dict[str, Path] = {}
        try:
            if path.is_dir():
                files = sorted(path.glob("*.np[yz]"))
                self._files = {file.stem: file for file in files}
                self.names = [*self._files]
                return
            with zipfile.ZipFile(path) as archive:
                self.names = [name.removesuffix(".npy") for name in archive.namelist()]
        except _DAMAGE as error:
            raise self._damaged(error) from None

    def pair(self, part: str) -> tuple[NDArray[np.generic], NDArray[np.generic]] | None:
        """Inputs and labels of a part by their names, see `pair_of`; None where there are none."""
        named = pair_of(self.names, part)
        return None if named is None else (self._read(named[0]), self._read(named[1]))

    def left_alone(self) -> tuple[str, ...]:
        """What is to be said of arrays for validation, where others are for training and testing."""
        tests = any("test" in name.lower() for name in self.names)
        val = [name for name in self.names if re.match(r"(x|images?|data)_?val|val(id\w*)?_", name, re.I)]
        told = ", ".join(ascii(name)[1:-1] for name in val)
        return (f"its {told} are left alone",) if tests and val else ()

    def placed(self, first: int) -> tuple[NDArray[np.generic], NDArray[np.generic]] | None:
        """Inputs and labels that have no names, by their places; None where there are none."""
        x, y = _PLACES[first : first + 2]
        return (self._read(x), self._read(y)) if x in self.names and y in self.names else None

    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, where the file has them."""
        for name in _NAMES:
            if name in self.names:
                return tuple(str(each) for each in self._read(name).reshape(-1).tolist())
        return ()

    def _read(self, name: str) -> NDArray[np.generic]:
        try:
            with self._opened(name) as (file, room):
                version = npy.read_magic(file)
                header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
                shape, _, kind = header(file)
                size = math.prod(shape) * kind.itemsize
                if kind.hasobject:
                    raise DataError(
                        f"{self.path}: {name} holds Python objects, which are not read: save numbers, or "
                        f"words as text, {name}.astype(str)"
                    )
                self._check_size(name, shape, size, room)
            with self._opened(name) as (file, _):
                return np.asarray(npy.read_array(file, allow_pickle=False))
        except _DAMAGE as error:
            raise (error if isinstance(error, DataError) else self._damaged(error)) from None

    def _check_size(self, name: str, shape: tuple[int, ...], size: int, room: int) -> None:
        """DataError where an array is more than its file says, than is read, or than any such file holds."""
        if size > room:
            raise DataError(f"{self.path}: {name} cannot be {shape}: save it again")
        if size > MOST_BYTES:
            raise DataError(
                f"{self.path}: {name} {shape} has {size:,} bytes, the limit is {MOST_BYTES:,}: give fewer "
                "examples, or bytes (uint8) in place of floats"
            )
        file = self._files.get(name, self.path)
        if file.suffix.lower() == ".npz" and size > max(_SMALL, MOST_TIMES * file.stat().st_size):
            raise DataError(
                f"{file}: {name} {shape} grows to {size:,} bytes, more than {MOST_TIMES} times the "
                "file, as few sets of examples do: if it is one, save it with numpy.savez, not packed"
            )

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        """An array's own file, and its bytes."""
        path = self._files.get(name, self.path)
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                yield file, path.stat().st_size
            return
        with zipfile.ZipFile(path) as archive:
            inside = f"{name}.npy"
            if self._files:
                if len(archive.namelist()) != 1:
                    raise DataError(f"{path} holds {len(archive.namelist())} arrays: give this file alone")
                inside = archive.namelist()[0]
            with archive.open(inside) as file:
                yield file, archive.getinfo(inside).file_size

    def _damaged(self, error: Exception) -> DataError:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        return DataError(f"{self.path}: cannot be read as a NumPy file ({reason}): save it again")


def _labels(
    path: Path, values: list[NDArray[np.generic]], names: tuple[str, ...]
) -> tuple[list[NDArray[np.integer]], tuple[str, ...]]:
    values = [_one_each(path, y) for y in values]
    if not names:
        return numbered(values)
    if values[0].dtype.kind not in "iu":
        raise DataError(f"{path}: with names of classes, labels are whole numbers: got {values[0].dtype}")
    for y in values:
        if len(y) and not 0 <= int(y.min()) <= int(y.max()) < len(names):
            raise DataError(f"{path}: labels are {y.min()}..{y.max()}, but {len(names)} classes are named")
    return [as_labels(y, len(names)) for y in values], names


def _one_hot(y: NDArray[np.generic]) -> bool:
    return bool((y.astype(np.float64).sum(axis=1) == 1).all())


def _one_each(path: Path, y: NDArray[np.generic]) -> NDArray[np.generic]:
    """Labels (N,), whole numbers or words."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and y.shape[1] > 1 and y.dtype.kind in "biuf" and _one_hot(y):
        y = y.argmax(axis=1)
    if y.dtype.kind == "f" and (y == np.rint(y)).all():
        y = y.astype(np.int64)
    if y.dtype.kind == "S":
        y = np.char.decode(y.astype(np.bytes_), "utf-8", "replace")
    if y.ndim != 1 or y.dtype.kind not in "biuU":
        raise DataError(f"{path}: y is {y.dtype} {y.shape}: give a whole number or a word for each example")
    return y.astype(np.int64) if y.dtype.kind == "b" else y
