"""Bands: the neurons of a dense layer sorted by the class that they prefer, the choosiest first."""

import zlib

import numpy as np
from numpy.typing import NDArray

from engine import NO_CLASS, Layer, LayerStatistics, Net
from scenes.space.raster import Bands, Raster, Room

_WIDEST = 3.2  # scene units from ball to ball: farther apart they are no panel


def stands_in_bands(net: Net, layer: Layer) -> bool:
    """Whether a layer's neurons are sorted by class: of a hidden dense layer whose statistics are known."""
    hidden = layer is not net.layers[0] and layer is not net.layers[-1]
    return (
        hidden
        and len(layer.shape) == 1
        and net.statistics is not None
        and layer.name in net.statistics.layers
    )


def preferring_none(net: Net, layer: Layer) -> int:
    """How many neurons of a layer that stands in bands prefer no class."""
    assert net.statistics is not None
    return int((net.statistics.layers[layer.name].preferred == NO_CLASS).sum())


def order_key(net: Net) -> int:
    """A number (CRC-32) of what bands are made of: nets of the same layers and key have the same places."""
    value = 0
    for layer in net.layers:
        if net.statistics is not None and stands_in_bands(net, layer):
            known = net.statistics.layers[layer.name]
            value = zlib.crc32(known.choosiness.tobytes(), zlib.crc32(known.preferred.tobytes(), value + 1))
    return value


def banded(known: LayerStatistics, room: Room, portrait: bool) -> Raster:
    """Bands from the first class to the last, and after them the neurons that prefer none.

    In landscape each band begins a row, the panel is as high as its room and no wider; in portrait each
    begins a column, and the panel is as wide as its room. Along a band the choosiest neuron comes first.
    """
    classes, counts = np.unique(known.preferred, return_counts=True)
    lines, length = (_columns if portrait else _rows)(counts, room)
    line, place = np.zeros(len(known.preferred), np.int32), np.zeros(len(known.preferred), np.int32)
    spans, first = np.zeros((len(classes), 2), np.int32), 0
    for number, label in enumerate(classes):
        members = np.flatnonzero(known.preferred == label)
        members = members[np.argsort(-known.choosiness[members], kind="stable")]
        along = np.arange(len(members), dtype=np.int32)
        line[members], place[members] = first + along // length, along % length
        last = first + (len(members) - 1) // length
        spans[number], first = (first, last), last + 1
    bands = Bands(tuple(int(label) for label in classes), spans, rows=not portrait)
    if portrait:
        cell = min(room.width / lines, _WIDEST), min(room.height / length, _WIDEST)
        return _raster(length, lines, place, line, cell, bands)
    pitch = min(room.height / lines, _WIDEST)
    return _raster(lines, length, line, place, (pitch, pitch), bands)


def _raster(
    rows: int,
    cols: int,
    row: NDArray[np.int32],
    col: NDArray[np.int32],
    cell: tuple[float, float],
    bands: Bands,
) -> Raster:
    whole = np.array([[0, rows - 1, 0, cols - 1]], np.int32)
    return Raster("neurons", rows, cols, row, col, cell, whole, bands)


def _lines(counts: NDArray[np.int64], length: int) -> int:
    """How many rows (or columns) of so many places the bands fill."""
    return int((-(-counts // length)).sum())


def _rows(counts: NDArray[np.int64], room: Room) -> tuple[int, int]:
    """Rows and places in each: as many as the room allows a panel of square cells that is as high as it."""
    length = 1
    while length < counts.max() and (length + 1) * room.height <= room.width * _lines(counts, length + 1):
        length += 1
    return _lines(counts, length), length


def _columns(counts: NDArray[np.int64], room: Room) -> tuple[int, int]:
    """Columns and places in each: those that make cells as square as they can be where all fill the room."""

    def aspect(length: int) -> float:
        return float(abs(np.log(room.width * length / (room.height * _lines(counts, length)))))

    length = min(range(1, int(counts.max()) + 1), key=aspect)
    return _lines(counts, length), length
