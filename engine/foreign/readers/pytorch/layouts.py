"""Layouts: how an image may go through convolutions whose file tells shapes alone, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from engine.errors import EngineError
from engine.foreign.readers.pytorch.modules import Module

_MOST, _MOST_CONVOLUTIONS, _MOST_UNEVEN = 24, 8, 5
_USUAL = 3  # taps along a side of most kernels
_POOLS = ((3, 2, 1), (3, 2, 0), (3, 3, 0), (4, 4, 0))
"""Windows of pools (side, step, padding) that are less usual than 2x2."""
BENT = "an activation before the end"


@dataclass(frozen=True)
class Layout:
    """How an image goes through convolutions: its side, and of each convolution what padding and pool.

    whole: to the mean of each map at the end. means: pools take means. bent: the last convolution has an
    activation function too, though no layer follows it. pool: side, step and padding of the pools' windows.
    """

    side: int
    same: tuple[bool, ...]
    pools: tuple[bool, ...]
    strides: tuple[int, ...]
    whole: bool = False
    means: bool = False
    bent: bool = False
    pool: tuple[int, int, int] = (2, 2, 0)

    def pooled_otherwise(self) -> Layout:
        """The same with means in place of maxima, or the other way round."""
        return replace(self, means=not self.means)

    @property
    def told(self) -> str:
        """In words."""
        parts = ["padding that keeps the size" if all(self.same) else "no padding"]
        if any(self.same) and not all(self.same):
            parts = ["padding " + " ".join("same" if same else "none" for same in self.same)]
        if any(n > 1 for n in self.strides):
            parts.append("strides " + " ".join(map(str, self.strides)))
        count = sum(self.pools)
        side, step, pad = self.pool
        pool = f"{'mean' if self.means else 'max'}-pool {side}"
        pool += f" of step {step}" * (step != side) + f" and padding {pad}" * (pad > 0)
        all_pools = f"{pool} after each convolution" if len(self.pools) > 1 else pool
        some = f"{pool} after convolution " + " and ".join(str(i) for i, p in enumerate(self.pools, 1) if p)
        parts.append("no pooling" if not count else all_pools if count == len(self.pools) else some)
        if self.bent:
            parts.append(BENT)
        return ", ".join([*parts, "the mean of each map"] if self.whole else parts)


def layouts_of(layers: Sequence[Module]) -> Sequence[Layout | None]:
    """The ways in which convolutions come to as many numbers as the layer behind reads; usual ones first."""
    convs = [each for each in layers if each.kind == "conv"]
    if not convs:
        return [None]
    if len(convs) > _MOST_CONVOLUTIONS:
        raise EngineError(
            f"it has {len(convs)} convolutions, and shapes do not tell how they are padded and pooled: give "
            "--architecture, or export the network as ONNX"
        )
    cells = _cells(layers, convs)
    side = 28 if convs[0].weight.shape[1] == 1 else 32
    ways = _ways(len(convs), side)
    usual = [way for way in ways if _fits(convs, way, cells)]
    found = usual or _otherwise_pooled(convs, [way for way in ways if not way.whole], cells)
    return (found or uneven(layers))[:_MOST]


def uneven(layers: Sequence[Module]) -> list[Layout]:
    """The ways in which each convolution may pool, take strides or neither, as it likes; layers as above."""
    convs = [each for each in layers if each.kind == "conv"]
    if not 0 < len(convs) <= _MOST_UNEVEN:
        return []
    side = 28 if convs[0].weight.shape[1] == 1 else 32
    each = list(product((False, True), ((False, 1), (True, 1), (False, 2))))
    made = [
        Layout(side, tuple(s for s, _ in own), tuple(p for _, (p, _) in own), tuple(n for _, (_, n) in own))
        for own in product(each, repeat=len(convs))
    ]
    found = [way for way in made if _fits(convs, way, _cells(layers, convs))]
    return sorted(found, key=lambda way: _changes(way.same) + _changes(way.pools) + _changes(way.strides))


def otherwise_pooled(layers: Sequence[Module], ways: Sequence[Layout]) -> list[Layout]:
    """The ways with less usual pools that come to as many numbers; layers as in `layouts_of`."""
    convs = [each for each in layers if each.kind == "conv"]
    return _otherwise_pooled(convs, ways, _cells(layers, convs)) if convs else []


def _cells(layers: Sequence[Module], convs: Sequence[Module]) -> int | None:
    """Cells of each of the last maps that a dense layer reads; None where none does."""
    flat = next((each for each in layers if each.kind == "dense"), None)
    return None if flat is None else flat.weight.shape[1] // convs[-1].width


def _otherwise_pooled(convs: Sequence[Module], ways: Sequence[Layout], cells: int | None) -> list[Layout]:
    made = (replace(way, pool=pool) for way in ways if any(way.pools) for pool in _POOLS)
    return [way for way in made if _fits(convs, way, cells)]


def _fits(convs: Sequence[Module], way: Layout, cells: int | None) -> bool:
    """Whether a way comes to so many cells of each map; None: nothing reads them, so that means do."""
    end = _end(convs, way)
    if way.whole and end > 1:
        return cells in (None, 1)
    return end > 0 and (cells == end * end or (cells is None and end == 1 and _spans(convs, way)))


def _ways(count: int, side: int) -> list[Layout]:
    """Ways through so many convolutions, plain ones first."""
    same_ways = sorted(product((False, True), repeat=count), key=lambda s: (_changes(s), sum(s)))
    pool_ways = sorted(product((True, False), repeat=count), key=lambda p: (not all(p), not p[-1], -sum(p)))
    stride_ways = [(1,) * count, (2,) * count, *((2,) + (1,) * (count - 1),) * (count > 1)]
    stride_ways += [(2,) * (count - 1) + (1,)] * (count > 2)
    made = [
        Layout(side, same, pools, strides, whole)
        for whole in (False, True)
        for strides in stride_ways
        for pools in pool_ways
        for same in same_ways
        # Convolutions that take strides of two need no pooling.
        if strides[0] == 1 or not any(pools)
    ]
    return sorted(made, key=_unlikely)


def _unlikely(way: Layout) -> tuple[bool, int, int]:
    """How far a way is from the usual ones, in which all convolutions are alike."""
    strided = way.strides[0] > 1
    if way.whole:
        # Before a mean over maps strides are as usual as pools.
        return True, _changes(way.same) + _changes(way.pools) + _changes(way.strides), int(strided)
    return False, int(strided), _changes(way.same) + 2 * (not way.pools[-1])


def _changes(row: Sequence[int]) -> int:
    """How often neighbours differ."""
    return sum(a != b for a, b in pairwise(row))


def _spans(convs: Sequence[Module], way: Layout) -> bool:
    """Whether the last kernels see all of the maps before them, a dense layer in their way.

    Either they are larger than is usual and as large as those maps, or each convolution halves its maps.
    """
    halved = len(convs) > 1 and all(way.same) and all(n > 1 for n in way.strides)
    if halved and not (way.whole or any(way.pools)):
        return True
    wide = convs[-1].weight.shape[2] > _USUAL
    return wide and not (way.same[-1] or way.pools[-1] or way.whole) and way.strides[-1] == 1


def _end(convs: Sequence[Module], way: Layout) -> int:
    """The side of the maps that a way ends in, 0 where it comes to nothing."""
    side = way.side
    for conv, same, pooled, stride in zip(convs, way.same, way.pools, way.strides, strict=True):
        height, width = conv.weight.shape[2:]
        if height != width:
            return 0
        side = (side + (height - 1 if same else 0) - height) // stride + 1
        size, step, pad = way.pool
        side = (side + 2 * pad - size) // step + 1 if pooled else side
        if side < 1:
            return 0
    return side
