"""How a net's file keeps the statistics of its neurons, and the numbers of images worth watching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.files import npz
from engine.graph.layer import Layer
from engine.statistics import NO_CLASS, LayerStatistics, Statistics

KEY = "statistics"
_ARRAYS = ("preferred", "choosiness", "mean", "deviation")
NAMES = tuple(f"{KEY}.{name}" for name in _ARRAYS)
"""The entries of a file that hold statistics: those of all their layers, one behind another."""


def describe(statistics: Statistics) -> dict[str, Any]:
    """All of statistics but their arrays, as JSON values."""
    return {
        "layers": list(statistics.layers),
        "images": statistics.images,
        "source": statistics.source,
        "net": statistics.net,
    }


def arrays_of(statistics: Statistics) -> dict[str, Array]:
    """The arrays of statistics as a file's entries: one byte for a class, float16 where it holds the rest."""
    joined = {
        name: np.concatenate([getattr(each, name) for each in statistics.layers.values()] or [np.zeros(0)])
        for name in _ARRAYS
    }
    stored = {
        name: joined[name].astype(np.uint8) if name == "preferred" else _stored(joined[name])
        for name in joined
    }
    return {f"{KEY}.{name}": array for name, array in stored.items()}


def _stored(values: Array) -> Array:
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return half if np.array_equal(half, values) else values.astype(np.float32)


def read(archive: npz.Archive, told: object, layers: tuple[Layer, ...]) -> Statistics:
    """The statistics in a file, of which its description tells so; EngineError says what is wrong."""
    if not isinstance(told, dict):
        raise EngineError(f"its description's {KEY!r} must be an object, got {told!r:.60}: make it again")
    named: Any = told.get("layers")
    sizes = {layer.name: layer.size for layer in layers}
    known = [name for name in sizes if name in named] if isinstance(named, list) else None
    # In the net's order, each once.
    if known is None or known != named:
        raise EngineError(f"its statistics are of layers {named!r:.60}, which its net has not: make it again")
    images, source, net = (told.get(name) for name in ("images", "source", "net"))
    if type(images) is not int or type(net) is not int or not isinstance(source, str):
        raise EngineError(f"its statistics tell of {images!r:.20} images, net {net!r:.20}: make it again")
    ends = np.cumsum([sizes[name] for name in named])
    total = int(ends[-1]) if named else 0
    preferred = archive.bytes(NAMES[0], (total,))
    if ((preferred >= layers[-1].size) & (preferred != NO_CLASS)).any():
        raise EngineError(f"{NAMES[0]} names a class that its net has not: make the file again")
    rest = [archive.floats(name, (total,)).astype(np.float32, copy=False) for name in NAMES[1:]]
    cut = [np.split(array, ends[:-1]) for array in (preferred, *rest)]
    of_each = {name: LayerStatistics(*(part[i] for part in cut)) for i, name in enumerate(named)}
    return Statistics(of_each, images, source, net)


def read_watch(told: object) -> Mapping[str, tuple[int, ...]]:
    """The images worth watching of which a description tells; EngineError where they are anything else."""
    lists: list[Any] = list(told.values()) if isinstance(told, dict) else [None]
    good = all(isinstance(each, list) and all(type(n) is int and n >= -1 for n in each) for each in lists)
    if not good or not isinstance(told, dict):
        raise EngineError(
            f"its description's 'watch' must list image numbers, got {told!r:.60}: make it again"
        )
    return {str(name): tuple(numbers) for name, numbers in told.items()}
