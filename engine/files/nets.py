"""Net files: one .npz with a JSON description and the arrays, never a pickle.

The entry "description" is the UTF-8 of a JSON object (see description.py); every other entry is a parameter,
float32, float64, or float16 to save space, or belongs to the statistics (see statistics.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, harmless
from engine.files import npz
from engine.files import statistics as kept
from engine.files.description import from_json, to_json
from engine.files.places import path_of
from engine.net import Net, check_net


def save(net: Net, path: str | Path, half: bool = False, packed: bool = True) -> None:
    """Write a net to a .npz file, whole or not at all; half stores float16 (half the size, 3 digits).

    packed: smaller, and much slower.

    EngineError where the folder is missing, the disk is full or the like; what was at `path` then stays as it
    was.
    """
    check_net(net)
    path = path_of(path)
    if path.suffix.lower() != ".npz":
        raise EngineError(f"a net is saved as a .npz file, got {path.name}: end its name in .npz")
    arrays = {name: _stored(name, array, half) for name, array in net.parameters.items()}
    description = to_json(net)
    if net.statistics is not None:
        arrays |= kept.arrays_of(net.statistics)
        description |= {kept.KEY: kept.describe(net.statistics)}
    npz.write(path, description, arrays, packed=packed)


def load(path: str | Path, expect: str | None = None) -> Net:
    """Read a net from a .npz file that `save` wrote; float16 becomes float32.

    expect: the net's name, such as "mlp". EngineError, one line with the file, what is wrong and what to do,
    where the file is anything but a sound net (of that name).
    """
    path = path_of(path)
    if not path.suffix and not path.exists():
        raise EngineError(
            f"there is no file {harmless(str(path))}: a net's file ends in .npz; of one that comes with "
            "viz3d data.model_path(NAME) is the file"
        )
    try:
        with npz.opened(path) as archive:
            net = _read(archive)
            _ = net.overlay  # an edit that cannot be made is a fault of the file
    except EngineError as error:
        if path.suffix.lower() == ".npz" or not path.is_file():
            raise
        raise EngineError(f"{error}; a net of another system is read by engine.import_net") from None
    if expect is not None and net.name != expect:
        sizes = "-".join(str(layer.size) for layer in net.layers)
        raise EngineError(
            f"{path} holds {net.name} ({sizes}), expected {expect}: name the right file or preset"
        )
    return net


def provenance(path: str | Path) -> dict[str, Any]:
    """What a .npz file tells of how its net came to be, see `Net.provenance`, without reading its arrays.

    EngineError, one line, where that part of the file is not sound.
    """
    with npz.opened(path_of(path)) as archive:
        return from_json(archive.description()).provenance


def _stored(name: str, array: Array, half: bool) -> Array:
    if not np.isfinite(array).all():
        raise EngineError(f"{name} holds NaN or infinity: a net like that is not saved")
    if not half:
        return array
    if np.abs(array).max() > np.finfo(np.float16).max:
        raise EngineError(
            f"{name} holds {np.abs(array).max():g}, too large for float16: save it with half off"
        )
    return array.astype(np.float16)


def _read(archive: npz.Archive) -> Net:
    value = archive.description()
    description = from_json(value)
    expected = description.parameter_shapes()
    told = kept.KEY in value
    archive.expect([*expected, *(kept.NAMES if told else ())])
    arrays = {name: archive.floats(name, shape) for name, shape in expected.items()}
    statistics = kept.read(archive, value[kept.KEY], description.layers) if told else None
    return description.net(arrays, statistics)
