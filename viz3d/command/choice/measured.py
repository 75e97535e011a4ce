"""How a network is meant whose batch norms keep means and deviations: as digits make just these."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

import engine
from engine import Net, Way
from engine.foreign.normed import misfits
from engine.foreign.readers.pytorch.branches import SHORTCUTS
from engine.foreign.readers.pytorch.layouts import BENT
from engine.foreign.readers.pytorch.weights import BEHIND
from viz3d.command.choice.trial_digits import FEW, FEWEST, MANY, MOST_WORK, SURE, TRY, Digits

_FEWEST = 20  # digits, of which the cells of maps are many
_FITS, _APART = 0.6, 1.25
"""Deviations off, within which the way that is least so is meant, and times as many on another scale: nets
trained for 250 to 1,000 steps were off by 0.05 to 0.47, on the next best scale by 1.4 times that or more."""
_SURE, _LITTLE, _FAR = 3.0, 1.15, 1.5
"""Standard errors of the difference by unit, and times the least, beyond which another way is ruled out; or
so many times and half the errors. Weights move on while norms keep means of before: units are off together.
"""
_MOST_ROUNDS, _MOST_NEAR = 3, 6
_MOST_STARTS = 5  # functions of different kinds that a way is begun with
_ALIKE, _SMALL = 1e-9, 0.1
LAYOUT = "its layout is"
"""How the line begins that tells of a layout."""


@dataclass(frozen=True)
class Measured:
    """The way that fits what batch norms keep.

    scale: the number of its scale. told: lines on how far off it and the next best are. left: in what ways
    differ that these leave open. near: ways that they cannot tell from it, since what differs lies behind the
    last norm.
    """

    way: Way
    net: Net
    scale: int
    told: Sequence[str]
    left: Set[str]
    near: Sequence[Way]

    def of(self, way: Way) -> Way:
        """A way with no other functions and layouts than batch norms leave open, and its own."""

        def kept(ways: Sequence[Way]) -> tuple[Way, ...]:
            return tuple(
                self.of(each) for each in ways if each.beside in self.left or each.assumed == way.assumed
            )

        return replace(way, functions=lambda: kept(way.functions()), layouts=lambda: kept(way.layouts()))


@dataclass(frozen=True, eq=False)
class _Try:
    """A way on one scale. apart: how far off each unit of its net is, squared.

    The net is not kept: each of dozens of ways has weights of its own, which of a large file fill the memory.
    """

    way: Way
    scale: int
    apart: NDArray[np.float64]

    @property
    def off(self) -> float:
        """How far it is off, in deviations."""
        return float(np.sqrt(self.apart.mean()))


class _Bench:
    """Tries ways and scales on digits; names: of the scales, by mean and std. unfit: ways that do not fit."""

    def __init__(self, scales: dict[str, tuple[float, float]], digits: Digits):
        self.names, self._pairs, self._digits = [*scales], [*scales.values()], digits
        self.unfit: set[str] = set()

    def tried(self, way: Way, scales: Iterable[int], most: int, work: float) -> list[_Try]:
        """A way on these scales, on as many digits as come to so much work; none where it does not fit."""
        try:
            found = way.whole() if way.whole else None
        except engine.EngineError:
            found = None
        if found is None or not found.normed:
            self.unfit.add(way.assumed)
            return []
        count = max(_FEWEST, min(most, self._digits.enough(found.net, most, work)))
        shown = ((scale, self._digits.given(found.net, *self._pairs[scale], count)) for scale in scales)
        return [_Try(way, scale, misfits(found.net, found.normed, given)) for scale, given in shown]

    @property
    def spent(self) -> bool:
        """Whether it has cost as much as it may: half of what a search may."""
        return self._digits.work.done > MOST_WORK / 2


def measured(ways: Sequence[Way], scales: dict[str, tuple[float, float]], digits: Digits) -> Measured | None:
    """The way that fits what batch norms keep, and its scale; None where none does, or there are none."""
    bench = _Bench(scales, digits)
    best = _begun(ways, bench)
    for _ in range(_MOST_ROUNDS):
        if best is None:
            break
        tries = _beside(best, bench)
        again = sorted(bench.tried(tries[0].way, range(len(scales)), FEW, TRY / 4), key=lambda each: each.off)
        if again[0].scale == best.scale or again[0].off > _FITS:
            return _fitting(again, tries[1:], bench)
        best = again[0]
    return None


def _begun(ways: Sequence[Way], bench: _Bench) -> _Try | None:
    """The nearest of a few functions with the norms on either side of them, on all scales."""
    open_ways = [each for each in ways if each.whole]
    plain = (*open_ways[:1], *[each for each in open_ways if BEHIND in each.assumed][:1])
    begins = [each for way in plain for each in (way, *way.functions()[1:_MOST_STARTS])]
    begins += [each for each in open_ways if SHORTCUTS in each.assumed]
    tries: list[_Try] = []
    for way in begins:
        if not tries or not bench.spent:
            tries += bench.tried(way, range(len(bench.names)), FEWEST, TRY / 32)
    return min(tries, key=lambda each: each.off, default=None)


def _beside(begun: _Try, bench: _Bench) -> list[_Try]:
    """A way and those with each function and layout that it may have, the nearest first, on its scale.

    Both at once: a pool of another kind and a function of another kind make up for each other.
    """
    way, scale = begun.way, [begun.scale]
    layouts = (way, *way.layouts())
    # Each layout with one function before any with the next: time may end before all are tried.
    in_turn = chain.from_iterable(zip_longest(*(each.functions() for each in layouts)))
    ways = {each.assumed: each for each in (*layouts, *in_turn) if each is not None}
    few: list[_Try] = []
    for each in ways.values():
        if not few or not bench.spent:
            few += bench.tried(each, scale, FEWEST, TRY / 32)
    few.sort(key=lambda each: each.off)
    nearest = few[0].way
    beside = {each.assumed for each in (nearest, *nearest.functions(), *nearest.layouts())}
    own = [each.way for place, each in enumerate(few) if place < _MOST_NEAR or each.way.assumed in beside]
    some = [each for way in own for each in bench.tried(way, scale, FEW, TRY / 4)]
    return sorted(some, key=lambda each: each.off)


def _fitting(again: Sequence[_Try], others: Sequence[_Try], bench: _Bench) -> Measured | None:
    """The way that is nearest, where it is near and no other scale is.

    again: it on all scales, the nearest first. others: other ways on its scale, the nearest first.
    """
    first = again[0]
    if first.off > _FITS or (len(again) > 1 and again[1].off < _APART * first.off):
        return None
    more = [
        each
        for way in (first.way, *(each.way for each in others[:_MOST_NEAR]))
        for each in bench.tried(way, [first.scale], MANY, SURE / 4)
    ]
    best = _plain(min(more, key=lambda each: each.off), more)
    rivals, left = _left_open(best, more, (first, *others), bench)
    told = _scale_told(again, bench)
    told += _told("its functions are", best, rivals, best.way.functions(), left)
    told += _told(LAYOUT, best, rivals, best.way.layouts(), left)
    return Measured(best.way, best.way.make(), best.scale, told, left, _unseen(best, bench))


def _plain(best: _Try, more: Sequence[_Try]) -> _Try:
    """The best way without a function before the end, where that is not surely further off: few have one."""
    name = best.way.assumed.replace(f", {BENT}", "")
    plain = next((each for each in more if each.way.assumed == name), best)
    return best if plain is best or _ruled_out(plain, best) else plain


def _scale_told(again: Sequence[_Try], bench: _Bench) -> list[str]:
    """How far off a way is on the scales that were tried, the nearest first."""
    if len(again) < 2:
        return []
    first, then = again[:2]
    return [
        f"its pixels' scale is measured: on {bench.names[first.scale]} digits make the means and deviations "
        f"that its batch norms keep, {_percent(first.off)} of a deviation off, on the next best, "
        f"{bench.names[then.scale]}, {_percent(then.off)}"
    ]


def told_of(found: Measured, way: Way, scales: dict[str, tuple[float, float]], digits: Digits) -> list[str]:
    """What batch norms tell of the way that digits led to, be it another than they had found."""
    if way.assumed == found.way.assumed:
        return [*found.told]
    bench = _Bench(scales, digits)
    again = sorted(bench.tried(way, range(len(scales)), FEW, TRY / 4), key=lambda each: each.off)
    if again and again[0].scale == found.scale:
        return _scale_told(again, bench)
    return [f"its pixels' scale, {bench.names[found.scale]}, is measured with {found.way.assumed}"]


def _left_open(
    best: _Try, more: Sequence[_Try], few: Sequence[_Try], bench: _Bench
) -> tuple[Sequence[_Try], Set[str]]:
    """All that was tried, and which functions and layouts beside the best way's are not ruled out by it.

    more: the nearest on many digits; few: those and others on a few, the nearest first. What there was no
    time to try is open too.
    """
    on_few = {each.way.assumed: each for each in few}
    own, ways = on_few[best.way.assumed], (*best.way.functions(), *best.way.layouts())
    late = [each for each in ways if each.assumed not in on_few and each.assumed not in bench.unfit]
    later = [each for way in late if not bench.spent for each in bench.tried(way, [own.scale], FEW, TRY / 4)]
    far = few[1 + _MOST_NEAR :]
    named = {each.way.assumed for each in more if not _ruled_out(each, best)}
    named |= {each.way.assumed for each in far if not _ruled_out(each, few[0])}
    named |= {each.way.assumed for each in later if not _ruled_out(each, own)}
    known = on_few.keys() | bench.unfit | {each.way.assumed for each in later}
    left = {each.beside for each in ways if each.assumed in named or each.assumed not in known}
    return [*more, *few, *later], left


def _told(what: str, best: _Try, more: Sequence[_Try], among: Sequence[Way], left: Set[str]) -> list[str]:
    """How far ahead the best is of ways that differ in one thing, where all of these are ruled out."""
    names = {each.assumed: each.beside for each in among if each.assumed != best.way.assumed}
    rivals = [each for each in more if each.way.assumed in names]
    if not rivals or any(each in left for each in names.values()):
        return []
    rival = min(rivals, key=lambda each: each.off)
    own, its = _differing(best, rival)
    called = next(each.beside for each in among if each.assumed == best.way.assumed)
    return [
        f"{what} measured: with {called} the same comes {_percent(own)} of a deviation off, "
        f"with the next best, {names[rival.way.assumed]}, {_percent(its)}"
    ]


def _differing(best: _Try, rival: _Try) -> tuple[float, float]:
    """How far off two ways are by the units of which they differ; by all where they have others."""
    if rival.apart.shape != best.apart.shape:
        return best.off, rival.off
    differ = np.abs(rival.apart - best.apart) > _ALIKE
    return float(np.sqrt(best.apart[differ].mean())), float(np.sqrt(rival.apart[differ].mean()))


def _ruled_out(other: _Try, best: _Try) -> bool:
    """Whether a way is surely further off, by the units of which the two differ."""
    if other.apart.shape != best.apart.shape:
        return other.off > _FAR * best.off
    apart = other.apart - best.apart
    apart = apart[np.abs(apart) > _ALIKE]
    if not len(apart) or apart.mean() <= 0:
        return False
    own, its = _differing(best, other)
    surely = apart.mean() / max(float(apart.std()), _ALIKE) * len(apart) ** 0.5
    return bool((surely > _SURE and its > _LITTLE * own) or (its > _FAR * own and surely > _SURE / 2))


def _unseen(best: _Try, bench: _Bench) -> list[Way]:
    """Ways near to the best whose norms come to the same."""
    own = bench.tried(best.way, [best.scale], FEWEST, TRY / 32)
    found = [(way, bench.tried(way, [best.scale], FEWEST, TRY / 32)) for way in best.way.near() if way.odd]
    return [way for way, its in found if own and its and _same(own[0].apart, its[0].apart)]


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and bool(np.abs(one - other).max() < _ALIKE)


def _percent(off: float) -> str:
    return f"{100 * off:.1f} %" if off < _SMALL else f"{100 * off:.0f} %"
