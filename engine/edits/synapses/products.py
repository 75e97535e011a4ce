"""What edits one behind another make of a convolution's weights, however they overlap, as a few sums.

An edit is of all synapses from some cells to some windows: a product of cells' places and maps, and of
windows' places and maps. So are those that two edits have in common; and what edits make of a weight, gain x
own + offset, is a sum over such products. All products of the same places are one convolution with other
weights, so that what a chain of edits costs goes by the places that it tells apart, not by its synapses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import Conv, LayerNorm
from engine.blocks.kinds import Gated
from engine.edits.grammar import Edit
from engine.edits.synapses.bundle import Bundle
from engine.graph.graph import Weights
from engine.graph.layer import Layer
from engine.graph.region import Region

MOST = 12
"""Edits between two layers up to which they are kept, one behind another."""
_MOST_PRODUCTS = 64
_LARGEST = 64.0
"""Gain or offset of a product up to which sums of products lose nothing to rounding that counts."""


@dataclass(frozen=True, eq=False)
class Told:
    """An edit of all synapses from some neurons to others, None for all of a layer."""

    verb: str
    value: float
    starts: Region | None
    ends: Region | None


def is_told(source: Layer, target: Layer) -> bool:
    """Whether edits between two layers are remembered: of a convolution, a normalisation, or of attention."""
    slot = target.block.carried if isinstance(target.block, Gated) else 0
    told = isinstance(target.block, Conv | LayerNorm | Gated)
    return told and source.name == target.sources[slot]


def and_then(
    told: tuple[Told, ...] | None, edit: Edit, starts: Region | None, ends: Region | None
) -> tuple[Told, ...] | None:
    """What was told, and an edit more; None where that is too much, and where a synapse is added."""
    if told is None or len(told) >= MOST or edit.verb == "add":
        return None
    return (*told, Told(edit.verb, edit.value or 0.0, starts, ends))


@dataclass(frozen=True, eq=False)
class Run:
    """A convolution of cells at some places, into windows at some, with the weights gain x own + offset.

    sent, into: masks (h, w) bool, None for all places; gain, offset (channels, maps). Where all places are
    sent these are the windows' weights; else what they have more than those.
    """

    sent: Array | None
    into: Array | None
    gain: Array
    offset: Array


def runs_of(edits: Iterable[Told], source: Layer, target: Layer) -> list[Run] | None:
    """What edits come to, in order: the first runs are of all places, of windows of their own each.

    None where they name neurons that are no places by maps, or come to too much.
    """
    shapes = source.shape, target.shape
    products = _products(edits, shapes, _sides)
    if products is None or any(np.abs(numbers[:2]).max() > _LARGEST for _, numbers in products.values()):
        return None
    every = np.ones(source.shape[:2], bool), np.ones(target.shape[:2], bool)
    nothing = np.zeros((2, source.shape[2], target.shape[2]))
    found = {_key(every): (*every, nothing.copy())}
    for (cells, channels, places, filters), numbers in products.values():
        key = _key((cells, places))
        _, _, total = found.setdefault(key, (cells, places, nothing.copy()))
        for row, number in zip(total, numbers, strict=False):
            row[np.ix_(channels, filters)] += number
    added = [(places, total) for cells, places, total in found.values() if cells.all()]
    more = [
        Run(cells, None if places.all() else places, *total)
        for cells, places, total in found.values()
        if total.any() and not cells.all()
    ]
    return [*_of_all_cells(added), *more]


def _of_all_cells(added: list[tuple[Array, Array]]) -> list[Run]:
    """Runs of all cells: of windows (h, w), bool, and what is added up there, those that each has alike."""
    inside, totals = (np.array(each) for each in zip(*added, strict=True))
    kinds, kind = np.unique(inside.reshape(len(inside), -1).T, axis=0, return_inverse=True)
    runs = []
    for number, chosen in enumerate(kinds):
        places = (kind == number).reshape(inside.shape[1:])
        runs.append(Run(None, None if places.all() else places, *totals[chosen].sum(axis=0)))
    return runs


def edit_of(bundle: Bundle) -> list[Told]:
    """A bundle, but for what it has apart, as edits."""
    if bundle.cut:
        return [Told("cut", 0.0, bundle.starts, bundle.ends)]
    scaled = Told("scale", bundle.gain, bundle.starts, bundle.ends)
    return [scaled, Told("nudge", bundle.offset, bundle.starts, bundle.ends)]


def added_bundles(
    edits: Iterable[Told], weights: Weights, source: Layer, target: Layer
) -> list[Bundle] | None:
    """What edits come to, in order, as bundles that are added up; None where they come to too much."""
    products = _products(edits, (source.shape, target.shape), _neurons)
    if products is None:
        return None
    found = []
    for (starts, ends), (gain, offset, _) in products.values():
        # Of all synapses the block has summed up the own weights.
        more = gain - float(starts.all() and ends.all())
        if more or offset:
            parts = (Region(source.shape, np.flatnonzero(starts)), Region(target.shape, np.flatnonzero(ends)))
            found.append(Bundle(weights, source, target, parts[0], parts[1].part, 1 + more, offset))
    if not any(starts.all() and ends.all() for (starts, ends), _ in products.values()):
        # All own weights are gone: no product tells of them.
        found.append(Bundle(weights, source, target, Region(source.shape, np.arange(source.size)), None, 0))
    too_large = any(max(abs(bundle.gain), abs(bundle.offset)) > _LARGEST for bundle in found)
    return None if too_large else found


def _neurons(part: Region | None, shape: Shape) -> tuple[Array]:
    """A mask (size,) of a region's neurons."""
    mask = np.full(prod(shape), part is None)
    if part is not None:
        mask[part.flat] = True
    return (mask,)


def _products(
    edits: Iterable[Told],
    shapes: tuple[Shape, Shape],
    sides: Callable[[Region | None, Shape], tuple[Array, ...] | None],
) -> dict[tuple[bytes, ...], tuple[tuple[Array, ...], Array]] | None:
    """Products and what they add to gain, offset and to whether a synapse is there, from nothing on.

    sides: tells a region of a layer of some shape by masks, None where it cannot.
    """
    every = [mask for shape in shapes for mask in sides(None, shape) or ()]
    known = {_key(every): (tuple(every), np.array([1.0, 0.0, 1.0]))}
    for edit in edits:
        named = [sides(part, shape) for part, shape in zip((edit.starts, edit.ends), shapes, strict=True)]
        if named[0] is None or named[1] is None:
            return None
        mine = (*named[0], *named[1])
        for masks, numbers in list(known.values()):
            both = [one & other for one, other in zip(masks, mine, strict=True)]
            if all(mask.any() for mask in both):
                more = _change(edit, numbers)
                _, before = known.get(_key(both), (None, 0.0))
                known[_key(both)] = tuple(both), before + more
        known = {key: each for key, each in known.items() if each[1].any()}
        if len(known) > _MOST_PRODUCTS:
            return None
    return known


def _change(edit: Told, numbers: Array) -> Array:
    """What an edit adds to a product's numbers where it meets it: gain, offset, whether it is there."""
    gain, offset, there = numbers
    match edit.verb:
        case "scale":
            return np.array([(edit.value - 1) * gain, (edit.value - 1) * offset, 0.0])
        case "nudge":
            return np.array([0.0, edit.value * there, 0.0])
        case "cut":
            return -numbers
    return np.array([-gain, edit.value * there - offset, 0.0])


def _key(masks: Iterable[Array]) -> tuple[bytes, ...]:
    return tuple(mask.tobytes() for mask in masks)


def _sides(part: Region | None, shape: Shape) -> tuple[Array, Array] | None:
    """Places (h, w) and maps (m,) of which a region holds all; None where it is no such product."""
    if part is None:
        return np.ones(shape[:2], bool), np.ones(shape[2], bool)
    mask = np.zeros(shape, bool)
    if part.slices is not None:
        mask[part.slices[1:]] = True
    else:
        mask.reshape(-1)[part.flat] = True
    places, maps = np.asarray(mask.any(axis=2)), np.asarray(mask.any(axis=(0, 1)))
    return (places, maps) if places.sum() * maps.sum() == len(part) else None
