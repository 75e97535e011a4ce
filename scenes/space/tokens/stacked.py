"""Stacked: where the layers of a transformer stand: in decks along the flow of the signal.

In landscape the layers of a deck stand close behind one another; in portrait, where the signal falls, side by
side in a row; many rows run to and fro. In a square picture the decks of blocks stand in two lines, read as
those of a text are.
All lengths are scene units.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np

from engine import AttentionScores, Layer, Net
from scenes.space import corridor
from scenes.space.bands import banded, stands_in_bands
from scenes.space.panel import Vector
from scenes.space.raster import Raster, Room, raster
from scenes.space.tokens.decks import asks, decks
from scenes.space.tokens.faces import Face, face, has_face
from scenes.space.tokens.patches import Patches, rise, tiles

_CLASS = 0.9  # of the distance between two patches, what the class token's tile needs above them
_CLOSE = 1.5  # from panel to panel of a deck in landscape
# Of two decks' mean width, how far one is behind the other, the first two and the last two: so far that none
# hides more than the edge of the next to a camera that sees the first of them from more aside. More even in a
# net of many blocks and in a picture that is less wide, where it stands farther off or higher; and in lines.
_APART, _EVEN, _LINED = (1.0, 0.5), (0.9, 0.57), (1.05, 0.7)
_OUT = 15.0  # from the last deck to the outputs
_BLOCKS, _TIGHTER = 2, 0.35  # blocks that have all the room they want; of more, the power by which it shrinks
_LONG, _BARS = 126.0, 4.0  # lines that fill the page; by how much that which ends in bars is shorter
_BETWEEN = 16.0  # from the feet of one line to the tops of the next, for its names and its arcs
_FULL = 0.84  # of its place in a row, what a panel fills in portrait
_ROW = 6  # panels that have their place in a row
_LARGEST = 18.0  # width of a panel there, such as the digit's
_BROAD = 0.95  # and what attention's scores and their face do
_FEW, _LINES = 5, (3.6, 1.6)  # rows that have a line of text between them; between two of few, and of more
_LONGER = 18.0  # between two in a picture that is twice as tall, more than that
_ROW_OUT = 7.0  # from the last row to the outputs
_FALL = sin(radians(36 + 24)) / cos(radians(24))  # of a leaning panel's height, its part of the way down


@dataclass(frozen=True, eq=False)
class Stacked:
    """Rasters and middles of a net's panels by layer, and the faces of its attention."""

    places: dict[str, tuple[Raster, Vector]]
    faces: tuple[Face, ...]


@dataclass(frozen=True, eq=False)
class Axes:
    """The flow of the signal and each panel's right and up, float32 (3,); slim, long: see Orientation."""

    flow: Vector
    right: Vector
    up: Vector
    portrait: bool
    slim: float
    long: float = 1.0


@dataclass(frozen=True, eq=False)
class _Shelf:
    """A deck in its place.

    Attributes:
        members: its layers.
        pitch: from patch to patch.
        side: of a panel of attention's scores, and of their face.
        along, aside: where its first panel stands, along the flow and to the right.
        steps: from panel to panel, likewise.
        below: how far below the first line it stands.
    """

    members: tuple[Layer, ...]
    pitch: float
    side: float
    along: float = 0.0
    aside: float = 0.0
    steps: tuple[float, float] = (0.0, 0.0)
    below: float = 0.0


def stacked(net: Net, cut: Patches, axes: Axes) -> Stacked:
    """Place the layers of a net that cuts its image so."""
    shelves = _rows(net, cut, axes.long) if axes.portrait else _piles(net, cut, axes)
    places: dict[str, tuple[Raster, Vector]] = {}
    faces = []
    for shelf in shelves:
        for number, layer in enumerate(shelf.members):
            cells = _drawing(net, cut, layer, shelf, axes)
            along, aside = (step * number for step in shelf.steps)
            foot = (shelf.along + along) * axes.flow + (shelf.aside + aside) * axes.right
            centre = foot + (_above(net, cut, layer, cells, shelf) - shelf.below) * axes.up
            places[layer.name] = cells, centre.astype(np.float32)
            if has_face(cut, layer):
                before = centre + shelf.steps[0] * axes.flow + shelf.steps[1] * axes.right
                plane = before.astype(np.float32), axes.right, axes.up
                faces.append(face(net, cut, layer, cells, shelf.side, *plane))
    return Stacked(places, tuple(faces))


def _piles(net: Net, cut: Patches, axes: Axes) -> list[_Shelf]:
    """Decks one behind another, all of one height; in a net of many blocks all is closer."""
    piles = decks(net, cut)
    pitch = corridor.HIGH / (max(cut.rows, cut.cols) + _CLASS * cut.ahead)
    blocks, tight = _blocks(net), 1.0 / _long(net)
    fold, even = axes.slim > 1.0 and blocks > 1, blocks > _BLOCKS or axes.slim > 1.0
    shares = np.linspace(*(_LINED if fold else _EVEN if even else _APART), max(len(piles) - 2, 1))
    tall = _tall(cut, pitch)
    shelves, x = [_Shelf(members, pitch, tall) for members in piles], 0.0
    wide = [max(_drawing(net, cut, layer, each, axes).width for layer in each.members) for each in shelves]
    for number, members in enumerate(piles):
        shelves[number] = replace(shelves[number], along=x, steps=(tight * _CLOSE, 0.0))
        x += tight * _CLOSE * (_panels(cut, members) - 1)
        if number == len(piles) - 2:
            x += _OUT / axes.slim**0.6
        elif number < len(piles) - 2:
            # The digit is seen whole, whatever the net.
            share = shares[number] * (tight if number else 1.0)
            x += float(share) * (wide[number] + wide[number + 1]) / 2
    return _folded(shelves, tall) if fold else shelves


def _blocks(net: Net) -> int:
    return sum(isinstance(layer.block, AttentionScores) for layer in net.layers)


def _long(net: Net) -> float:
    """How much longer a net of many blocks would be than all fits, 1 for none."""
    return float(max(1.0, _blocks(net) / _BLOCKS) ** _TIGHTER)


def _folded(shelves: list[_Shelf], tall: float) -> list[_Shelf]:
    """Decks in two lines as long as each other, which fill a square; the second begins with a block."""
    starts = [n for n, shelf in enumerate(shelves) if asks(shelf.members)]
    out = shelves[-1].along + _BARS
    turn = min(starts, key=lambda n: max(shelves[n - 1].along, out - shelves[n].along))
    first, second, back = shelves[:turn], shelves[turn:], shelves[turn].along
    long = max(_LONG, first[-1].along, out - back)
    upper, lower = long / first[-1].along, (long - _BARS) / (out - _BARS - back)
    below = tall + _BETWEEN
    return [replace(each, along=upper * each.along) for each in first] + [
        replace(each, along=lower * (each.along - back), below=below) for each in second
    ]


def _rows(net: Net, cut: Patches, long: float) -> list[_Shelf]:
    """Decks one below another, the panels of each side by side; the tokens beside the digit."""
    first, second, *others = decks(net, cut)
    rows, last = [first + second, *others[:-1]], others[-1]
    counts = [_panels(cut, members) for members in rows]
    room = corridor.WIDE / max(_ROW, *counts[1:])
    wide = [any(len(layer.shape) == 1 for layer in members) for members in rows]
    places = [corridor.WIDE / n if k == 0 or wide[k] else room for k, n in enumerate(counts)]
    shelves: list[_Shelf] = []
    grid, along, below = max(cut.rows, cut.cols), 0.0, 0.0
    line = _LINES[len(rows) > _FEW] + _LONGER * (long - 1.0)
    for members, place in zip(rows, places, strict=True):
        pitch = min(_FULL * place, _LARGEST) / grid
        half = cut.rows * pitch / 2
        if shelves:
            along += _FALL * (below + half + _CLASS * cut.ahead * pitch) + line
        # Rows begin at one place, so that layers stand in columns. Of many every other one runs back from
        # where the one above has ended: what goes on has a short way.
        aside, step = place / 2 - corridor.WIDE / 2, place
        if len(rows) > _FEW and shelves and not asks(members):
            aside, step = aside + place * (len(members) - 1), -place
        side = min(_tall(cut, pitch), _BROAD * place)
        shelves.append(_Shelf(members, pitch, side, along, aside, (0.0, step)))
        below = half
    return [*shelves, _Shelf(last, 1.0, 1.0, along + _FALL * below + _ROW_OUT)]


def _panels(cut: Patches, members: tuple[Layer, ...]) -> int:
    """How many panels a deck has, with its faces of attention."""
    return len(members) + sum(has_face(cut, layer) for layer in members)


def _tall(cut: Patches, pitch: float) -> float:
    """Height of a panel of tiles."""
    return (cut.rows + _CLASS * cut.ahead) * pitch


def _drawing(net: Net, cut: Patches, layer: Layer, shelf: _Shelf, axes: Axes) -> Raster:
    pitch, tall, portrait = shelf.pitch, _tall(cut, shelf.pitch), axes.portrait
    if layer is net.layers[0]:
        cells = raster(layer, last=False, portrait=portrait)
        return replace(cells, cell=(pitch / cut.size,) * 2, seam=cut.size)
    if layer is net.layers[-1]:
        cells = raster(layer, last=True, portrait=portrait)
        # Of a long net, which is seen from farther away, bars stand farther apart.
        apart = 1.0 if portrait else axes.slim**0.5 if axes.slim > 1.0 else _long(net)
        return replace(cells, cell=(apart * corridor.pitch(layer.size, portrait),) * 2)
    if cut.hold(layer):
        return tiles(cut, layer.shape[1], pitch)
    room = Room(corridor.WIDE, tall) if portrait and len(layer.shape) == 1 else Room(shelf.side, shelf.side)
    if net.statistics is not None and stands_in_bands(net, layer):
        return banded(net.statistics.layers[layer.name], room, portrait)
    return raster(layer, last=False, portrait=portrait, room=room)


def _above(net: Net, cut: Patches, layer: Layer, cells: Raster, shelf: _Shelf) -> float:
    """How far a panel's middle is above that of the patches: tiles meet these, all else ends with them."""
    if layer is net.layers[0]:
        return 0.0
    if cut.hold(layer):
        return rise(cells)
    alone = layer is net.layers[-1] or len(layer.shape) == 1
    return ((_tall(cut, shelf.pitch) if alone else shelf.side) - cut.rows * shelf.pitch) / 2
