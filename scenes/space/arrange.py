"""Arrange: where the layers of a net are placed, and each neuron in its layer.

A layer is drawn by its shape: (n,) folds into a grid of neurons, (h, w, c) becomes a wall of feature maps,
(tokens, d) one row for each token. Where it is known which class neurons prefer, those of dense layers stand
in bands, one for each class, and all panels are of one height (see `bands` and `corridor`), as they are where
all are walls. Layers stand one behind another along the flow of the signal; those that fire at the same time
stand at one station. Where the image is cut into patches, tokens lie where their patches do and layers stand
in decks (see `stacked`).
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import isqrt, radians, sin

import numpy as np

from engine import Layer, Net
from scenes.errors import SceneError
from scenes.motion.timeline import ROOMY
from scenes.space import corridor
from scenes.space.arcs import rises
from scenes.space.bands import banded, stands_in_bands
from scenes.space.ends import bars_of, room_for_inputs, room_for_names
from scenes.space.layout import LEAN, Layout, Orientation, orientation
from scenes.space.panel import Panel, Vector
from scenes.space.raster import COLUMN, Raster, Room, column, raster, striped, tower
from scenes.space.tokens.patches import patches
from scenes.space.tokens.stacked import Axes, Stacked, stacked

_APART = 1.8  # scene units between panels of one station
_LETTERED = 4.0  # scene units that short names of numbers take at most
# Least and most slim panels of a picture about as high as wide, and how many are tried; least of a wider one.
_SLIM, _LESS = (1.3, 2.2, 10), 1.05


def arrange(net: Net, axes: Orientation, opened: str = "") -> Layout:
    """Place the neurons of `net` along the axes.

    opened: name of a layer that stands apart where layers stand in decks, so that its synapses are seen; ""
        for none.

    Raises:
        SceneError: a layer's shape has no drawing, or the net does not end in a layer of classes.
    """
    if len(net.layers[-1].shape) != 1:
        raise SceneError(
            f"the last layer has shape {net.layers[-1].shape}: it must be (classes,) to end in bars"
        )
    portrait, cut = axes.name == "portrait", patches(net)
    flow, right, up = (np.array(v, dtype=np.float32) for v in (axes.flow, axes.right, axes.up))
    stations = _stations(net)
    step = _step(len(stations), portrait)
    ranked = any(stands_in_bands(net, layer) for layer in net.layers)
    walled = step is None and all(len(layer.shape) == 3 for layer in net.layers[1:-1])
    even = cut is not None or walled or (ranked and step is None)
    plan = _Plan(net, len(stations), step, portrait, even, axes.slim, axes.long)
    if axes.aspect and not cut:
        plan = _slimmed(plan, stations, axes.aspect * corridor.longer(len(stations)))
    pile = (
        stacked(net, cut, Axes(flow, right, up, portrait, axes.aspect, axes.long, opened=opened))
        if cut
        else Stacked(_lined_up(plan, stations, axes), ())
    )
    panels = tuple(
        Panel(layer.name, net.offset(layer.name), *pile.places[layer.name], right=right, up=up)
        for layer in net.layers
    )
    positions = np.concatenate([panel.positions() for panel in panels])
    aside = room_for_names(net, plan.slim)
    bars = bars_of(panels[-1], flow, aside, portrait=portrait, corridor=even, long=axes.long)
    named = 0.0 if portrait else room_for_inputs(net, panels[0].raster, plan.slim)
    of_all = axes, panels, positions, bars, pile.faces
    over = rises(net.graph, panels, decks=any(panel.raster.seam for panel in panels))
    return Layout(*of_all, corridor=ranked or walled, named=named, rows=pile.many, rises=over, opened=opened)


def opens(net: Net, axes: Orientation, layer: str) -> str:
    """The layer that stands apart where the synapses of this one alone are drawn: "" where all are seen."""
    return layer if layer and axes.name != "portrait" and patches(net) is not None else ""


def stands_alike(net: Net, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the neurons of `net` stand alike in pictures of two sizes (width, height) in pixels."""
    a, b = orientation(one), orientation(other)
    # In pictures about as high as wide, many nets stand alike in more than one shape.
    return a == b or np.array_equal(arrange(net, a).positions, arrange(net, b).positions)


def _slimmed(plan: "_Plan", stations: list[list[Layer]], aspect: float) -> "_Plan":
    """A plan of panels so high and slim that the net's length, of their height, is `aspect` at most.

    Of all that are, those least slim; a net longer than any makes it has the slimmest.
    """
    slims = np.linspace(_SLIM[0] if plan.slim > 1 else _LESS, *_SLIM[1:])
    low, high = 0, len(slims) - 1
    while low < high:  # the slimmer, the shorter
        middle = (low + high) // 2
        rasters, gaps = _spaced(replace(plan, slim=float(slims[middle])), stations)
        if sum(gaps) <= aspect * max(r.height for stop in rasters for r in stop):
            high = middle
        else:
            low = middle + 1
    return replace(plan, slim=float(slims[low]))


def _spaced(plan: "_Plan", stations: list[list[Layer]]) -> tuple[list[list[Raster]], list[float]]:
    """Rasters by station, and from the middle of one station to that of the next."""
    portrait = plan.portrait
    rasters = [[_drawing(plan, n, len(stop)) for n in stop] for stop in stations]
    gaps = [_gap(plan, i, a, b) for i, (a, b) in enumerate(pairwise(rasters))]
    # Long names of numbers that come in need the room themselves.
    named = not portrait and room_for_inputs(plan.net, rasters[0][0], plan.slim) > _LETTERED
    if plan.slim == 1 and not plan.step and not named:
        whole = corridor.TALL[plan.corridor] * plan.long if portrait else corridor.LONG
        gaps = corridor.stretched(gaps, whole)
        if portrait:
            # Names of bands need all the room that they have.
            air = [0.0 if any(r.bands for r in b) else _air(plan, a, b) for a, b in pairwise(rasters)]
            gaps = corridor.closed(gaps, air, whole)
    if plan.step and not portrait:
        # The digit is seen whole beside the first wall, also by a camera that looks along the flow.
        gaps[0] += 0.3 * max(r.width for r in rasters[0])
    return rasters, gaps


def _lined_up(
    plan: "_Plan", stations: list[list[Layer]], axes: Orientation
) -> dict[str, tuple[Raster, Vector]]:
    """Rasters and middles of panels by layer, station behind station."""
    portrait, (rasters, gaps) = plan.portrait, _spaced(plan, stations)
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    flow, right, up = (np.array(v, dtype=np.float32) for v in (axes.flow, axes.right, axes.up))
    places: dict[str, tuple[Raster, Vector]] = {}
    for stop, drawn, x in zip(stations, rasters, along, strict=True):
        for layer, cells, aside in zip(stop, drawn, _asides(drawn, portrait), strict=True):
            places[layer.name] = cells, (x * flow + aside * (right if portrait else up)).astype(np.float32)
    return places


@dataclass(frozen=True, eq=False)
class _Plan:
    """What all layers of a net share: how many stations there are, and scene units between them, see `_step`.

    corridor: whether all panels are of one height; slim, long: see Orientation.
    """

    net: Net
    stations: int
    step: float | None
    portrait: bool
    corridor: bool
    slim: float
    long: float


def _stations(net: Net) -> list[list[Layer]]:
    """The layers by the moment when they fire, in order."""
    depth = net.graph.depths
    return [[layer for layer in net.layers if depth[layer.name] == d] for d in sorted(set(depth.values()))]


def _step(stations: int, portrait: bool) -> float | None:
    """Scene units from one station to the next in a net of many, None where there is room for each."""
    if stations <= ROOMY:
        return None
    return float(np.clip(85.0 / stations, 3.4, 8.0) if portrait else np.clip(150.0 / stations, 4.6, 9.0))


def _drawing(plan: _Plan, layer: Layer, beside: int) -> Raster:
    net, portrait = plan.net, plan.portrait
    if layer is net.layers[0]:
        return _input(plan, layer)
    if net.statistics is not None and stands_in_bands(net, layer):
        room = corridor.band_room(layer.size, plan.stations, portrait, plan.step)
        room = _slim(plan, _shared(room, beside, portrait))
        return banded(net.statistics.layers[layer.name], room, portrait)
    last = layer is net.layers[-1]
    fills = _room(plan, layer, beside)
    if fills and plan.step and not portrait and not last and len(layer.shape) == 1:
        return tower(layer.size, _slim(plan, fills))
    drawn = raster(layer, last, portrait, fills and _slim(plan, fills))
    if last:
        cell = corridor.pitch(layer.size, portrait) if plan.corridor else drawn.cell[0]
        return replace(drawn, cell=(plan.slim * cell,) * 2)
    return drawn


def _slim(plan: _Plan, room: Room) -> Room:
    return Room(room.width / plan.slim, room.height * plan.slim * plan.long)


def _input(plan: _Plan, layer: Layer) -> Raster:
    side = isqrt(layer.size)
    numbers = plan.net.reads_numbers
    if layer.size <= COLUMN and numbers:
        return column(layer.size, plan.portrait)
    # A row of pixels is a picture all the same.
    pixels = layer.shape == (side * side,) and not numbers
    picture = replace(layer, shape=(side, side, 1)) if pixels else layer
    if layer.shape[2:] == (3,):
        return _fit(plan, striped(layer.shape[0], layer.shape[1], plan.portrait))
    drawn = raster(picture, False, plan.portrait)
    return _fit(plan, drawn)


def _fit(plan: _Plan, drawn: Raster) -> Raster:
    """The input's picture as high as all panels, where these are of one height, if it is not too wide so."""
    if plan.corridor and drawn.kind == "tiles":
        wide = drawn.cell[0] / drawn.cell[1]
        high = corridor.input_cell(drawn.rows, wide * drawn.cols, plan.portrait)
        return replace(drawn, cell=(high * wide, high))
    return drawn


def _room(plan: _Plan, layer: Layer, beside: int) -> Room | None:
    """What a layer without bands may fill; None where it has all the room that it wants."""
    step, portrait = plan.step, plan.portrait
    if step is None and beside == 1:
        walled = plan.corridor and len(layer.shape) == 3
        return corridor.wall_room(layer.shape[2], portrait) if walled else None
    if portrait:
        return _shared(Room(48.0, 16.0 if step is None else 0.86 * step), beside, portrait)
    wide, high = (20.0, 28.0) if step is None else (1.5 * step, 36.0)
    return _shared(Room(wide, high), beside, portrait)


def _shared(room: Room, beside: int, portrait: bool) -> Room:
    """The part of a room that each of some layers has: side by side in portrait, else one above another."""
    apart = _APART * (beside - 1)
    if portrait:
        return Room((room.width - apart) / beside, room.height)
    return Room(room.width, (room.height - apart) / beside)


def _asides(drawn: list[Raster], portrait: bool) -> list[float]:
    """Where panels of one station stand beside the flow: the first on top, or in portrait at the left."""
    sizes = np.array([r.width if portrait else r.height for r in drawn])
    ends = np.cumsum(sizes + _APART)
    middles = ends - _APART - sizes / 2 - (ends[-1] - _APART) / 2
    return list(middles if portrait else -middles)


def _gap(plan: _Plan, number: int, before: list[Raster], after: list[Raster]) -> float:
    """Distance between two stations' centres: wide panels need room, so that they do not hide each other."""
    step, portrait, last = plan.step, plan.portrait, number == plan.stations - 2
    if plan.corridor and not portrait:
        return corridor.gap(before, after, plan.stations, plan.slim, first=number == 0, last=last)
    if portrait:
        lean = sin(LEAN + radians(24))  # the share of a panel's height that the camera sees
        high = 0.5 * lean * (max(r.height for r in before) + max(r.height for r in after))
        return high + _air(plan, before, after)
    wide = max(r.width for r in before) + max(r.width for r in after)
    if step:
        return 0.4 * step + 0.25 * wide
    return 12.0 + (0.30 if any(r.walled for r in before + after) else 0.25) * wide


def _air(plan: _Plan, before: list[Raster], after: list[Raster]) -> float:
    """From the foot of a row of a tall picture to the top of the next.

    The line of text under a panel needs room, where there is one for each. So do the names of the bands above
    the next.
    """
    ticked, walled = any(r.bands for r in after), any(r.walled for r in before + after)
    return plan.long * (0.25 * plan.step if plan.step else 8.9 if ticked else 7.4 if walled else 6.3)
