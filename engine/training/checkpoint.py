"""Checkpoints: all that an interrupted training needs to go on with the same numbers, as one .npz file."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_kind
from engine.files import npz
from engine.files.description import from_json, to_json
from engine.files.places import path_of
from engine.net import Net
from engine.spill import Spill, nbytes, spilled
from engine.training.optimizers import STATE
from engine.training.progress import Progress

FORMAT = "viz3d checkpoint"
ORDER = "order"
VERSION = 1
_COUNTS = 1 << 48
_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training between two steps; net holds the weights (no average of them) and the recipe.

    arrays: flat (parameters,): the optimizer's state as "optimizer.<name>", and where there are such
    "average", "best" and "good"; "order": of the images in the epoch that is under way (images,) int64, else
    (0,). updates: of the optimizer; average_weight: of the average. data: fingerprint of the images. notes:
    what the caller of Training.checkpoint gave.
    """

    net: Net
    progress: Progress
    arrays: Mapping[str, Array]
    updates: int
    average_weight: float
    recent: tuple[tuple[int, int, float], ...]
    window: int
    patience: int | None
    rng: Mapping[str, Any]
    data: str
    notes: Mapping[str, Any]

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, without those of the net, be they in memory or not."""
        return nbytes(self.arrays)

    def put_away(self, spill: Spill) -> None:
        """Have the arrays in a file alone until one is asked for; in memory where they cannot be written."""
        object.__setattr__(self, "arrays", spilled(self.arrays, spill))

    def generator(self) -> np.random.Generator:
        """Random numbers that go on where those of the training stood."""
        bits = getattr(np.random, self.rng["bit_generator"])()
        bits.state = self.rng
        return np.random.Generator(bits)


def fingerprint(images: Array, labels: Array, validation: tuple[Array, Array] | None) -> str:
    """Digest of the arrays' shapes and values: other data would make other numbers."""
    digest = hashlib.blake2b(digest_size=16)
    for array in (images, labels, *(validation or ())):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).data)
    return digest.hexdigest()


def save_checkpoint(checkpoint: Checkpoint, path: str | Path) -> None:
    """Write a checkpoint to a .npz file, whole or not at all; EngineError where it cannot be written."""
    check_kind(checkpoint, Checkpoint, "a checkpoint", "training.checkpoint()")
    path = path_of(path)
    if path.suffix != ".npz":
        raise EngineError(f"a checkpoint is saved as a .npz file, got {path.name}: end its name in .npz")
    description = {
        "format": FORMAT,
        "version": VERSION,
        "net": to_json(checkpoint.net),
        "progress": dataclasses.asdict(checkpoint.progress),
        "arrays": [name for name in checkpoint.arrays if name != ORDER],
        "updates": checkpoint.updates,
        "average_weight": checkpoint.average_weight,
        "order": len(checkpoint.arrays[ORDER]),
        "recent": [list(row) for row in checkpoint.recent],
        "window": checkpoint.window,
        "patience": checkpoint.patience,
        "rng": _plain(checkpoint.rng),
        "data": checkpoint.data,
        "notes": dict(checkpoint.notes),
    }
    arrays = {f"net.{name}": array for name, array in checkpoint.net.parameters.items()}
    arrays |= {ORDER: checkpoint.arrays[ORDER], **checkpoint.arrays}
    # Not packed: random digits do not shrink, and a checkpoint is made while somebody waits.
    npz.write(path, description, arrays, packed=False)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read what `save_checkpoint` wrote; EngineError, one line, where it is anything else, or damaged."""
    path = path_of(path)
    with npz.opened(path, "checkpoint") as archive:
        value = archive.description()
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise EngineError("it is no checkpoint: give one that a stopped training left")
        if value.get("version") != VERSION:
            raise EngineError(f"its version is {value.get('version')!r}, known is {VERSION}: update viz3d")
        return _read(archive, value)


def _read(archive: npz.Archive, value: Mapping[str, Any]) -> Checkpoint:
    description = from_json(value["net"])
    shapes = description.parameter_shapes()
    size = sum(int(np.prod(shape)) for shape in shapes.values())
    names = [str(name) for name in value["arrays"]]
    needed = [f"optimizer.{name}" for name in STATE[description.recipe.optimizer]]
    needed += ["average"] if description.recipe.average else []
    if set(names) - {"best", "good"} != set(needed):
        raise EngineError(f"it holds {', '.join(names)}, its recipe needs {', '.join(needed)}: make it again")
    archive.expect([*(f"net.{name}" for name in shapes), ORDER, *names])
    parameters = {name: archive.floats(f"net.{name}", shape) for name, shape in shapes.items()}
    net = description.net(parameters)
    count = _count(value, ORDER)
    order = archive.integers(ORDER, (count,))
    if not np.array_equal(np.sort(order), np.arange(count)):
        raise EngineError("its order names an image twice: make it again")
    progress = _progress(value["progress"])
    if progress.cursor and not progress.cursor < count:
        raise EngineError(f"it is at image {progress.cursor} of {count}: make it again")
    return Checkpoint(
        net=net,
        progress=progress,
        arrays={name: archive.floats(name, (size,)).astype(net.dtype) for name in names} | {ORDER: order},
        updates=_count(value, "updates"),
        average_weight=float(value["average_weight"]),
        recent=tuple((_size(n), _size(right), float(loss)) for n, right, loss in value["recent"]),
        window=_count(value, "window", 1),
        patience=None if value["patience"] is None else _count(value, "patience", 1),
        rng=_generator_state(value["rng"]),
        data=str(value["data"]),
        notes=dict(value["notes"]),
    )


def _count(value: Mapping[str, Any], name: str, least: int = 0) -> int:
    return _size(value[name], name, least)


def _size(count: object, name: str = "recent step", least: int = 0) -> int:
    if type(count) is not int or not least <= count < _COUNTS:
        raise EngineError(f"its {name} is {count!r:.40}, which is no number of things: make it again")
    return count


def _progress(value: Mapping[str, Any]) -> Progress:
    fields = {field.name: str(field.type) for field in dataclasses.fields(Progress)}
    if set(value) != set(fields):
        raise EngineError(f"its progress has {', '.join(value)}, not {', '.join(fields)}: make it again")
    for name, kind in fields.items():
        good = isinstance(value[name], int if kind == "int" else (int, float)) and 0 <= value[name] < _COUNTS
        if isinstance(value[name], bool) or not (good or (value[name] is None and "None" in kind)):
            raise EngineError(f"its progress has {name} {value[name]!r:.40}: make it again")
    return Progress(**value)


def _generator_state(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EngineError(f"its random numbers are {value!r:.40}: make it again")
    if value.get("bit_generator") not in _GENERATORS:
        raise EngineError(f"its random numbers are of {value.get('bit_generator')!r:.40}: make it again")
    state: dict[str, Any] = _numbers(value)
    # A state that its generator refuses is found here, with the file's name.
    getattr(np.random, state["bit_generator"])().state = state
    return state


def _plain(value: Any) -> Any:
    """A generator's state as JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return {"uint": value.dtype.itemsize * 8, "values": value.tolist()}
    return value.item() if isinstance(value, np.generic) else value


def _numbers(value: Any) -> Any:
    """What `_plain` was given."""
    if isinstance(value, Mapping):
        if set(value) == {"uint", "values"}:
            return np.array(value["values"], f"u{int(value['uint']) // 8}")
        return {key: _numbers(item) for key, item in value.items()}
    return value
