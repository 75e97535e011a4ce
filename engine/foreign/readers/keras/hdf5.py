"""HDF5 files as plain groups and arrays, read in a process of their own, which a damaged file may end."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Array, size_of
from engine.errors import EngineError

SIGNATURE, CONFIG = b"\x89HDF\r\n\x1a\n", b"model_config"
"""How a file begins, and the attribute that a whole model has."""
_INSTALL = "it holds an HDF5 file: reading it needs the h5py package: python -m pip install h5py"
MOST_BYTES = 1 << 27
_CHILD = Path(__file__).with_name("hdf5_child.py")
# Of the clock, for one that waits without end: what it may take of the processor it limits itself.
_SECONDS = 60
_SLOW = "its HDF5 takes too long to read: save it again"


@dataclass(frozen=True)
class Group:
    """A group: its attributes that are texts or lists of texts, the groups and the arrays in it, by name."""

    attributes: dict[str, Any]
    groups: dict[str, Group] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)

    def group(self, path: str) -> Group | None:
        """The group at a path, None where there is none."""
        found: Group | None = self
        for part in path.split("/"):
            found = None if found is None else found.groups.get(part)
        return found

    def array(self, path: str) -> Array | None:
        """The array at a path, None where there is none."""
        before, _, name = path.rpartition("/")
        group = self.group(before) if before else self
        return None if group is None else group.arrays.get(name)

    def text(self, key: str) -> str:
        """An attribute that is a text, else ""."""
        value = self.attributes.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[str] | None:
        """An attribute that is a list of texts, long ones in pieces key0, key1 and so on; or None."""
        pieces = [key] if key in self.attributes else []
        while not pieces or pieces[-1] != key:
            name = f"{key}{len(pieces)}"
            if name not in self.attributes:
                break
            pieces.append(name)
        values = [self.attributes[piece] for piece in pieces]
        found = [text for value in values for text in (value if isinstance(value, list) else [value])]
        return [text for text in found if isinstance(text, str)] if pieces else None


def read(content: bytes) -> Group:
    """The root group of a file with this content; EngineError, one line, where it is damaged.

    No link to another place or file is followed, no filter but gzip is used.
    """
    # It is held twice, here and by the process that reads it.
    if len(content) > MOST_BYTES:
        raise EngineError(f"its HDF5 has {len(content):,} bytes, the limit is {MOST_BYTES:,}")
    if importlib.util.find_spec("h5py") is None:
        raise EngineError(_INSTALL)
    status, out = read_apart(content)
    length = int.from_bytes(out[:8], "little")
    if status == -getattr(signal, "SIGXCPU", 0):
        raise EngineError(_SLOW)
    if -status in (signal.SIGTERM, signal.SIGINT, 9):
        ended = signal.Signals(-status).name
        raise EngineError(f"the process that reads its HDF5 was ended by {ended}: run it again")
    if status or len(out) < 8 + length or not length:
        raise EngineError("its HDF5 is damaged (the HDF5 library cannot read it): save it again")
    told = json.loads(out[8 : 8 + length])
    if "error" in told:
        raise EngineError(told["error"] if told["error"].isprintable() else ascii(told["error"]))
    return _tree(told, out, 8 + length)


def read_apart(content: bytes) -> tuple[int, bytes]:
    """The exit status of the process that reads a file with this content, and what it wrote."""
    words = [sys.executable, "-P", str(_CHILD)]
    # It multiplies nothing, and where threads are few, OpenBLAS would end it.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            words, input=content, capture_output=True, timeout=_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        raise EngineError(_SLOW) from None
    return done.returncode, done.stdout


def _tree(told: dict[str, Any], content: bytes, place: int) -> Group:
    root = Group(told["groups"].pop(""))
    for path, attributes in told["groups"].items():
        before, _, name = path.rpartition("/")
        parent = root.group(before) if before else root
        if parent is not None:
            parent.groups[name] = Group(attributes)
    for path, kind, shape in told["arrays"]:
        before, _, name = path.rpartition("/")
        parent = root.group(before) if before else root
        dtype = np.dtype(kind)
        count = size_of(tuple(shape))
        if parent is not None:
            parent.arrays[name] = np.frombuffer(content, dtype, count, place).reshape(shape)
        place += count * dtype.itemsize
    return root
