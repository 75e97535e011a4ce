"""Stacked: where the layers of a transformer stand: in decks along the flow of the signal.

In landscape the layers of a deck stand close behind one another; in portrait, where the signal falls, side by
side in a row; many rows run to and fro. In a picture hardly wider than high the decks of blocks stand in two
lines, read as those of a text are; the more blocks, the wider a picture in which they do.
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
# net of many blocks, where it stands farther off, and in lines.
_APART, _EVEN, _LINED = (1.0, 0.5), (0.9, 0.57), (1.05, 0.7)
_OPEN = 15.0  # from an opened panel to those beside it in its deck, more than that
_OUT = {False: 15.0, True: 11.3}  # from the last deck to the outputs; where decks stand in two lines
_SPREAD = 1.26  # by how much bars stand farther apart there
_BLOCKS, _TIGHTER = 2, 0.35  # blocks that have all the room they want; of more, the power by which it shrinks
# Of a picture's length for its height, how much longer a net is of which two lines are larger than one.
_FOLDED = 2.7
# Lines that fill a page, of the least length for its height; by how much they are longer in one of more, and
# that which ends in bars is shorter.
_LONG, _LEAST, _MORE, _BARS = 126.0, 1.3, 156.0, 4.0
# Of the length for its height of a page, and of a wide one's, how long decks are at least that stand in one.
_SHORT, _WIDE = 46.0, 2.65
_BETWEEN = 21.0  # from the feet of one line to the tops of the next, for its names and its arcs
_FULL = 0.84  # of its place in a row, what a panel fills in portrait
_ROW = 6  # panels that have their place in a row
_LARGEST = 18.0  # width of a panel there, such as the digit's
_BROAD = 0.95  # and what attention's scores and their face do
_FEW, _LINES = 5, (3.6, 1.6)  # rows that have a line of text between them; between two of few, and of more
_LONGER = 18.0  # between two in a picture that is twice as tall, more than that
_ROW_OUT = 7.0  # from the last row to the outputs
# Of a leaning panel's height, its part of the way down; where rows are many, the camera stands lower.
_FALL = {many: sin(radians(36 + up)) / cos(radians(up)) for many, up in ((False, 24), (True, 14))}
_BROADER = {False: 1.0, True: 1.12}  # and by how much those are wider


@dataclass(frozen=True, eq=False)
class Stacked:
    """Rasters and middles of a net's panels by layer, faces of its attention, and whether rows are many."""

    places: dict[str, tuple[Raster, Vector]]
    faces: tuple[Face, ...]
    many: bool = False


@dataclass(frozen=True, eq=False)
class Axes:
    """The flow of the signal and each panel's right and up, float32 (3,); aspect, long: see Orientation.

    lined: whether decks stand in two lines.
    opened: name of a layer that stands farther from those beside it in its deck, so that the strands between
        them are seen; "" for none.
    """

    flow: Vector
    right: Vector
    up: Vector
    portrait: bool
    aspect: float
    long: float = 1.0
    lined: bool = False
    opened: str = ""


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
    many = False
    if axes.portrait:
        shelves, many = _rows(net, cut, axes.long)
    else:
        shelves, lined = _piles(net, cut, axes)
        axes = replace(axes, lined=lined)
    places: dict[str, tuple[Raster, Vector]] = {}
    faces = []
    for shelf in shelves:
        for number, layer in enumerate(shelf.members):
            cells = _drawing(net, cut, layer, shelf, axes)
            along, aside = (step * number for step in shelf.steps)
            along += _opening(shelf.members[: number + 1], axes)
            foot = (shelf.along + along) * axes.flow + (shelf.aside + aside) * axes.right
            centre = foot + (_above(net, cut, layer, cells, shelf) - shelf.below) * axes.up
            places[layer.name] = cells, centre.astype(np.float32)
            if has_face(cut, layer):
                before = centre + shelf.steps[0] * axes.flow + shelf.steps[1] * axes.right
                plane = before.astype(np.float32), axes.right, axes.up
                faces.append(face(net, cut, layer, cells, shelf.side, *plane))
    return Stacked(places, tuple(faces), many)


def _piles(net: Net, cut: Patches, axes: Axes) -> tuple[list[_Shelf], bool]:
    """Decks one behind another, all of one height, and whether they stand in two lines.

    In a net of many blocks all is closer.
    """
    straight = _behind(net, cut, axes, _EVEN if _blocks(net) > _BLOCKS else _APART)
    tall = _tall(cut, straight[0].pitch)
    many = _blocks(net) > 1 and straight[-1].along > _FOLDED * axes.aspect * corridor.HIGH
    if not (axes.aspect and many):
        longer = max(_SHORT * (axes.aspect or _WIDE) / straight[-1].along, 1.0)
        return [replace(each, along=longer * each.along) for each in straight], False
    lines = _behind(net, cut, replace(axes, lined=True), _LINED)
    return _folded(lines, tall, _LONG + _MORE * (axes.aspect - _LEAST)), True


def _behind(net: Net, cut: Patches, axes: Axes, apart: tuple[float, float]) -> list[_Shelf]:
    """Decks one behind another, the first two and the last two so far `apart`."""
    piles = decks(net, cut)
    pitch = corridor.HIGH / (max(cut.rows, cut.cols) + _CLASS * cut.ahead)
    shelves, x, tight = [_Shelf(members, pitch, _tall(cut, pitch)) for members in piles], 0.0, 1 / _long(net)
    shares = np.linspace(*apart, max(len(piles) - 2, 1))
    wide = [max(_drawing(net, cut, layer, each, axes).width for layer in each.members) for each in shelves]
    for number, members in enumerate(piles):
        shelves[number] = replace(shelves[number], along=x, steps=(tight * _CLOSE, 0.0))
        x += tight * _CLOSE * (_panels(cut, members) - 1) + _opening(members, axes)
        if number == len(piles) - 2:
            x += _OUT[axes.lined]
        elif number < len(piles) - 2:
            # The digit is seen whole, whatever the net.
            share = shares[number] * (tight if number else 1.0)
            x += float(share) * (wide[number] + wide[number + 1]) / 2
    return shelves


def _opening(members: tuple[Layer, ...], axes: Axes) -> float:
    """How much longer a deck is, up to the last of its first members, where one of them is opened."""
    names = [layer.name for layer in members]
    if axes.portrait or axes.opened not in names:
        return 0.0
    place = names.index(axes.opened)
    return _OPEN * ((place > 0) + (place < len(names) - 1))


def _blocks(net: Net) -> int:
    return sum(isinstance(layer.block, AttentionScores) for layer in net.layers)


def _long(net: Net) -> float:
    """How much longer a net of many blocks would be than all fits, 1 for none."""
    return float(max(1.0, _blocks(net) / _BLOCKS) ** _TIGHTER)


def _folded(shelves: list[_Shelf], tall: float, long: float) -> list[_Shelf]:
    """Decks in two lines as long as each other, `long` at least; the second begins with a block."""
    starts = [n for n, shelf in enumerate(shelves) if asks(shelf.members)]
    out = shelves[-1].along + _BARS
    turn = min(starts, key=lambda n: max(shelves[n - 1].along, out - shelves[n].along))
    first, second, back = shelves[:turn], shelves[turn:], shelves[turn].along
    long = max(long, first[-1].along, out - back)
    upper, lower = long / first[-1].along, (long - _BARS) / (out - _BARS - back)
    below = tall + _BETWEEN
    return [replace(each, along=upper * each.along) for each in first] + [
        replace(each, along=lower * (each.along - back), below=below) for each in second
    ]


def _rows(net: Net, cut: Patches, long: float) -> tuple[list[_Shelf], bool]:
    """Decks one below another, the panels of each side by side, and whether there are many.

    The tokens stand beside the digit.
    """
    first, second, *others = decks(net, cut)
    rows, last = [first + second, *others[:-1]], others[-1]
    counts = [_panels(cut, members) for members in rows]
    many = len(rows) > _FEW
    across, fall = corridor.WIDE * _BROADER[many], _FALL[many]
    room = across / max(_ROW, *counts[1:])
    wide = [any(len(layer.shape) == 1 for layer in members) for members in rows]
    places = [across / n if k == 0 or wide[k] else room for k, n in enumerate(counts)]
    shelves: list[_Shelf] = []
    grid, along, below = max(cut.rows, cut.cols), 0.0, 0.0
    line = _LINES[many] + _LONGER * (long - 1.0)
    for members, place in zip(rows, places, strict=True):
        pitch = min(_FULL * place, _LARGEST) / grid
        half = cut.rows * pitch / 2
        if shelves:
            along += fall * (below + half + _CLASS * cut.ahead * pitch) + line
        # Rows begin at one place, so that layers stand in columns. Of many every other one runs back from
        # where the one above has ended: what goes on has a short way.
        aside, step = (place - across) / 2, place
        if many and shelves and not asks(members):
            aside, step = aside + place * (len(members) - 1), -place
        side = min(_tall(cut, pitch), _BROAD * place)
        shelves.append(_Shelf(members, pitch, side, along, aside, (0.0, step)))
        below = half
    return [*shelves, _Shelf(last, 1.0, 1.0, along + fall * below + _ROW_OUT)], many


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
        apart = 1.0 if portrait else _SPREAD if axes.lined else _long(net)
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
