"""Ways to damage an input; each takes random numbers and the input, and gives another one."""

import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

Rng = np.random.Generator

NASTY = [
    *(
        "\x00",
        "\x1b[2J",
        "\u202e",
        "²",
        "٣",
        "9" * 5_000,
        "-1",
        "1e999",
        "nan",
        "  ",
        ",",
        ";",
        "|",
        "->",
        ":",
    ),
    *("../../x", "/dev/zero", "#", "\n", "{", "[[[[", '"', "'", "\\", "é", "💥", "input", "1" * 40),
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, 2**31, 2**63, 10**40, "", "x", "\x1b[2J", "9" * 5_000, [], {}),
    *([[]], [0] * 1_000, {"a": {}}, "../../x", "x" * 100_000),
]


def damaged_bytes(rng: Rng, content: bytes) -> bytes:
    """Bytes flipped, cut, put in, doubled or overwritten by extremes."""
    buffer = bytearray(content)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(buffer) + 1))
        size = int(rng.integers(1, 1 + min(64, max(len(buffer), 1))))
        kind = rng.integers(6)
        if kind == 0 and buffer:
            buffer[min(at, len(buffer) - 1)] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            del buffer[at : at + size]
        elif kind == 2:
            buffer[at:at] = rng.bytes(size)
        elif kind == 3:
            buffer[at:at] = buffer[at : at + size]
        elif kind == 4:
            buffer[at : at + 4] = [b"\xff" * 4, b"\x00" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\x00\x80"][
                rng.integers(4)
            ]
        else:
            del buffer[at:]
    return bytes(buffer)


def damaged_text(rng: Rng, content: bytes) -> bytes:
    """Words swapped, left out, repeated many times, or replaced by what no word is."""
    if rng.random() < 0.25:
        return damaged_bytes(rng, content)
    words = content.decode(errors="replace").split(" ")
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(words)))
        kind = rng.integers(5)
        if kind == 0:
            words[at] = NASTY[rng.integers(len(NASTY))]
        elif kind == 1:
            other = int(rng.integers(len(words)))
            words[at], words[other] = words[other], words[at]
        elif kind == 2 and len(words) > 1:
            del words[at]
        elif kind == 3:
            words[at] += NASTY[rng.integers(len(NASTY))]
        else:
            words[at : at + 1] = [words[at]] * int(10 ** rng.uniform(0, 4))
    return " ".join(words).encode(errors="replace")[: 1 << 20]


def damaged_json(rng: Rng, content: bytes) -> bytes:
    """One or two values of a JSON text replaced, left out, repeated or put deep into lists."""
    if rng.random() < 0.2:
        return damaged_bytes(rng, content)
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return damaged_bytes(rng, content)
    for _ in range(int(rng.integers(1, 3))):
        value = _changed(rng, value)
    text = json.dumps(value)
    if rng.random() < 0.03:
        text = "[" * 20_000 + text
    return text.encode()


def _changed(rng: Rng, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.9:
        return _changed_object(rng, value)
    if isinstance(value, list) and value and rng.random() < 0.85:
        at = int(rng.integers(len(value)))
        kind = rng.random()
        middle = [_changed(rng, value[at])]
        if kind < 0.1:
            middle = []
        elif kind < 0.2:
            middle = [value[at]] * int(10 ** rng.uniform(0, 3))
        return [*value[:at], *middle, *value[at + 1 :]]
    if isinstance(value, str) and value and rng.random() < 0.5:
        return damaged_text(rng, value.encode()).decode(errors="replace")
    return VALUES[rng.integers(len(VALUES))]


def _changed_object(rng: Rng, value: dict[str, Any]) -> dict[str, Any]:
    key = list(value)[rng.integers(len(value))]
    kind = rng.random()
    if kind < 0.1:
        return {name: each for name, each in value.items() if name != key}
    if kind < 0.15:
        return {**value, NASTY[rng.integers(len(NASTY))]: value[key]}
    return {**value, key: _changed(rng, value[key])}


def damaged_zip(rng: Rng, content: bytes) -> bytes:
    """The entries of an archive damaged one by one, and packed again as if nothing had happened."""
    unpacked = None if rng.random() < 0.2 else _unpacked(content)
    if unpacked is None:
        return damaged_bytes(rng, content)
    entries, packed = unpacked
    for _ in range(int(rng.integers(1, 3))):
        at = int(rng.integers(len(entries)))
        name, inside = entries[at]
        kind = rng.random()
        if kind < 0.7:
            entries[at] = name, damaged_entry(rng, name, inside)
        elif kind < 0.8 and len(entries) > 1:
            del entries[at]
        elif kind < 0.9:
            entries.append((NASTY[rng.integers(len(NASTY))].replace("\x00", "") or "x", inside))
        else:
            entries[at] = name, b"\x00" * int(10 ** rng.uniform(1, 7.5))
    file = io.BytesIO()
    # Packed as it was: some readers take no other way. The warning is of two entries of one name.
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", packed) as archive:
        warnings.simplefilter("ignore")
        for name, inside in entries:
            archive.writestr(name, inside)
    return file.getvalue()


def _unpacked(content: bytes) -> tuple[list[tuple[str, bytes]], int] | None:
    """The entries of an archive and how they are packed; None where it is none, or damaged already."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [(name, archive.read(name)) for name in archive.namelist()]
            return entries, max(entry.compress_type for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, zlib.error, NotImplementedError):
        return None


def damaged_entry(rng: Rng, name: str, inside: bytes) -> bytes:
    """An entry of an archive: JSON in a .npy is damaged as JSON, another .npy in its header or its values."""
    if name.endswith(".json"):
        return damaged_json(rng, inside)
    if name.endswith(".npz"):
        return damaged_zip(rng, inside)
    if not name.endswith(".npy") or rng.random() < 0.2:
        return damaged_bytes(rng, inside)
    if name.startswith("description"):
        values = _loaded(inside)
        if values is None:
            return damaged_bytes(rng, inside)
        return npy(np.frombuffer(damaged_json(rng, values.tobytes()), np.uint8))
    return _damaged_npy(rng, inside)


def _damaged_npy(rng: Rng, inside: bytes) -> bytes:
    kind, values = rng.integers(6), _loaded(inside)
    if kind == 4:
        # As many numbers as no machine has, said by the header alone.
        return inside.replace(b"'shape': (", b"'shape': (999999999, ", 1)
    if values is None or kind == 5:
        return damaged_bytes(rng, inside[:128]) + inside[128:]
    if kind == 0:
        kinds = (np.float16, np.float64, np.int64, np.uint8, np.complex64)
        with np.errstate(over="ignore", invalid="ignore"):
            return npy(values.astype(kinds[rng.integers(len(kinds))]))
    if kind == 1:
        return npy(values.reshape(-1))
    if kind == 2 and values.dtype.kind == "f" and values.size:
        values = values.copy()
        with np.errstate(over="ignore"):
            values.flat[int(rng.integers(values.size))] = [np.nan, np.inf, 3e38, -1e-45][rng.integers(4)]
        return npy(values)
    return npy(np.concatenate([values.reshape(-1)] * 2))


def _loaded(inside: bytes) -> np.ndarray | None:
    """The values of a .npy, None where damage was done to it before."""
    try:
        values: np.ndarray = np.load(io.BytesIO(inside))
    except Exception:  # NumPy raises what Python's parser raises
        return None
    return values


def npy(values: np.ndarray) -> bytes:
    """The bytes of a .npy file."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


Mutator = Callable[[Rng, bytes], bytes]
