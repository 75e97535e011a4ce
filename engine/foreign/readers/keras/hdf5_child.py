"""Reads an HDF5 file from its standard input and writes what is in it, plain, to its standard output.

A program of its own (see `hdf5`): the HDF5 library may crash on a damaged file, and then this process alone
ends. What it writes: the length of a JSON text as 8 bytes, that text, and the arrays' bytes end to end. The
text is {"error": ...} or {"groups": {path: attributes}, "arrays": [[path, type, shape], ...]}.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, BinaryIO

import h5py
import numpy as np

MOST_BYTES, MOST_OBJECTS, MOST_DEPTH, MOST_MEMORY = 1 << 27, 20_000, 16, 1 << 32
MOST_SECONDS = 8
"""Of the processor: however busy the machine, an honest file is read."""


class _RefusedError(Exception):
    pass


def limit() -> None:
    """Let this process take no more memory and time than an honest file needs, where the system can."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return
    # Beyond the first of the seconds the kernel sends SIGXCPU, beyond the second SIGKILL.
    wanted = {
        resource.RLIMIT_AS: (MOST_MEMORY, MOST_MEMORY),
        resource.RLIMIT_CPU: (MOST_SECONDS, MOST_SECONDS + 1),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, limits in wanted.items():
        # A tighter limit of the whole session's own can only be kept: no process may raise it.
        hard = resource.getrlimit(kind)[1]
        tight = limits if hard == resource.RLIM_INFINITY else tuple(min(each, hard) for each in limits)
        resource.setrlimit(kind, tight)  # type: ignore[arg-type]


class _Walk:
    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Any]] = {}
        self.arrays: list[tuple[str, np.ndarray[Any, Any]]] = []
        self.room = MOST_BYTES

    def group(self, group: h5py.Group, path: str, depth: int) -> None:
        if depth > MOST_DEPTH or len(self.groups) + len(self.arrays) > MOST_OBJECTS:
            raise _RefusedError("it has too many groups inside each other")
        self.groups[path] = {name: _plain(group.attrs[name]) for name in group.attrs}
        for name in group:
            link = group.get(name, getlink=True)
            inside = f"{path}/{name}".lstrip("/")
            if not isinstance(link, h5py.HardLink):
                raise _RefusedError(
                    f"{inside:.60} is a link to another place: only what lies in the file is read"
                )
            item = group[name]
            if isinstance(item, h5py.Group):
                self.group(item, inside, depth + 1)
            elif isinstance(item, h5py.Dataset):
                self.dataset(item, inside)

    def dataset(self, item: h5py.Dataset, path: str) -> None:
        if item.dtype.kind not in "fiu" or item.shape is None or len(item.shape) > 8:
            raise _RefusedError(f"{path:.60} holds {item.dtype!s:.40}: only arrays of numbers are read")
        if item.external or item.is_virtual:
            raise _RefusedError(f"{path:.60} keeps its numbers in another file, which is not read")
        self.room -= item.size * item.dtype.itemsize
        if self.room < 0:
            raise _RefusedError(
                f"{path:.60} and the arrays before it have too many numbers for a digit reader"
            )
        plist = item.id.get_create_plist()
        known = (h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32)
        if any(plist.get_filter(i)[0] not in known for i in range(plist.get_nfilters())):
            raise _RefusedError(
                f"{path:.60} is packed in a way that is not read: save it with gzip or as it is"
            )
        self.arrays.append((path, np.ascontiguousarray(item[()])))


def _plain(value: Any) -> Any:
    """An attribute as a text or a list of texts; None for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "SOU":
        return [_plain(item) for item in value.reshape(-1)[:MOST_OBJECTS].tolist()]
    return None


def answer(content: bytes, out: BinaryIO) -> None:
    """Read a file with this content, and write what is in it."""
    walk = _Walk()
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            walk.group(file, "", 0)
        told: dict[str, Any] = {
            "groups": walk.groups,
            "arrays": [(path, array.dtype.str, array.shape) for path, array in walk.arrays],
        }
    except _RefusedError as error:
        told, walk.arrays = {"error": str(error)}, []
    except Exception as error:  # A damaged file makes HDF5 raise anything.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        told, walk.arrays = {"error": f"its HDF5 is damaged ({reason:.80}): save it again"}, []
    text = json.dumps(told).encode()
    out.write(len(text).to_bytes(8, "little") + text)
    for _, array in walk.arrays:
        out.write(array.reshape(-1).view(np.uint8).data)


if __name__ == "__main__":
    limit()
    answer(sys.stdin.buffer.read(), sys.stdout.buffer)
