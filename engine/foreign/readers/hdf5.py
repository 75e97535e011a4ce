"""HDF5 files, of which plain arrays and attributes are read: no link to another file, no filter but gzip."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.formats import MOST_BYTES
from engine.foreign.pickles import shown

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_INSTALL = 'it holds an HDF5 file: reading it needs the h5py package: pip install "viz3d[keras]"'


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The root group of a file with this content; EngineError, one line, where it is damaged."""
    # Imported where it is used: it is an extra, and loading a net must not wait for it.
    try:
        import h5py  # noqa: PLC0415
    except ImportError:
        raise EngineError(_INSTALL) from None
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            yield file
    except EngineError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, UnicodeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(f"its HDF5 is damaged ({reason:.80}): save it again") from None


def member(group: Any, name: str) -> Any | None:
    """A group or array of a group, None where there is none; EngineError where it lies in another file."""
    import h5py  # noqa: PLC0415

    found = group
    for part in name.split("/"):
        if not isinstance(found, h5py.Group):
            return None
        link = found.get(part, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise EngineError(f"{shown(name)} is a link to another place: only what lies in the file is read")
        found = found[part]
    return found


def names(group: Any) -> list[str]:
    """The names in a group, numbers in their order."""
    known = [str(name) for name in group]
    return sorted(known, key=lambda name: (not name.isdecimal(), int(name[:9]) if name.isdecimal() else 0, name))


def array(dataset: Any, room: int = MOST_BYTES) -> Array:
    """An array's numbers; EngineError where they are none, or more than `room` bytes."""
    import h5py  # noqa: PLC0415

    name = shown(str(getattr(dataset, "name", "an array")))
    if not isinstance(dataset, h5py.Dataset):
        raise EngineError(f"{name} is no array")
    if dataset.dtype.kind not in "fiu" or dataset.shape is None or len(dataset.shape) > 8:
        raise EngineError(f"{name} holds {dataset.dtype!s:.40}: only arrays of numbers are read")
    if dataset.external or dataset.is_virtual:
        raise EngineError(f"{name} keeps its numbers in another file, which is not read")
    if dataset.size * dataset.dtype.itemsize > room:
        raise EngineError(f"{name} has {dataset.size:,} numbers: no digit reader has so many")
    plist = dataset.id.get_create_plist()
    known = (h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32)
    if any(plist.get_filter(i)[0] not in known for i in range(plist.get_nfilters())):
        raise EngineError(f"{name} is packed in a way that is not read: save it with gzip or as it is")
    return np.asarray(dataset[()])


def text(value: Any) -> str:
    """An attribute's text; "" where it is none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def texts(group: Any, key: str) -> list[str] | None:
    """An attribute that is a list of texts, which long ones have in pieces key0, key1 and so on; or None."""
    found: list[str] = []
    keys = [key] if key in group.attrs else [f"{key}{i}" for i in range(1000) if f"{key}{i}" in group.attrs]
    for each in keys:
        found += [text(value) for value in np.asarray(group.attrs[each]).reshape(-1)[:10_000].tolist()]
    return found if keys else None
