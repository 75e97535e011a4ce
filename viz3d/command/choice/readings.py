"""Ways to read a network whose file leaves things open, tried on digits: the likeliest of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine import EngineError, Evaluation, Net, Way
from engine.arrays import Shape
from viz3d.command.choice.trial_digits import FEW, MANY, SOME, SURE, TRY, Digits

_HANDFUL = 30  # tell 40 % from 10 %
_LIKELY = (0, 1, 2, 4)
"""Numbers of the scales on which each way to read a file is tried: as it is, both usual norms, inverted."""
_OF_ONE, _FAR_LESS = {3: 0, 5: 4, 6: 4, 7: 4, 8: 0}, 0.7
"""Pixels 16 or 255 times as large as others, or inverted ones of more contrast than 1..0: nets that learned
little are surer on them in any case; under so many times what the plain ones come to they are taken."""
TRAINED, FAIR = 0.4, 0.92
"""Shares of digits under which a network has not learned them, or less than such networks do."""
_LIKELY_CHANCE = 2.0  # deviations of chance within which the more usual of two ways is taken
_DOUBTED = 3.0  # those of the losses within which another scale is told
_FEWER = 0.05  # digits that a way's own scale may read less than another: chosen on 62 nets, as _FAR_LESS was
LESS_SURPRISED = 0.88
"""Under so many times the likeliest way's loss another must stay, where it does not surely read more digits:
briefly trained nets with ReLU were read with a smoother function at 0.90 times the loss or more."""
_NEAR = 0.1  # to the best of a few digits: what reads so many is tried on more
_MOST_OTHERS = 2
MOST_NEAR = 4
"""So few are tried, whatever a search has cost: which is best must come out."""

_HELD = 1 << 24  # parameters of the ways that are held at once, 64 MB


class Nets:
    """The networks that ways to read a file make: made as they are asked for, held while they are few bytes.

    Each of dozens of ways has weights of its own: of a large file all of them would fill the memory.
    """

    def __init__(self, ways: Sequence[Way], first: Net | None = None):
        self._ways = ways
        self._held: dict[int, Net | None] = {} if first is None else {0: first}

    def __len__(self) -> int:
        return len(self._ways)

    @cached_property
    def shapes(self) -> Sequence[Shape]:
        """The shape of the input of each; () where its layers do not fit each other."""
        found = (self[number] for number in range(len(self)))
        return [() if net is None else net.layers[0].shape for net in found]

    def of(self, numbers: Iterable[int]) -> "Nets":
        """Some of them."""
        return Nets([self._ways[number] for number in numbers])

    def __getitem__(self, number: int) -> Net | None:
        """The network of this way, None where its layers do not fit each other then."""
        if number not in self._held:
            held = sum(net.parameter_count for net in self._held.values() if net is not None)
            if held > _HELD:
                self._held.clear()
            self._held[number] = made(self._ways[number])
        return self._held[number]


@dataclass(frozen=True)
class Best:
    """The way to read a file and the scale with which most digits are read: their numbers, and the share.

    others: ways that are another's best, each with its best scale, the likeliest first. alike: scales on
    which this way reads about as many. tried: what it reads on each that was tried on the same digits.
    """

    share: float
    way: int
    scale: int
    others: Sequence[tuple[int, int]] = ()
    alike: Sequence[int] = ()
    tried: Mapping[int, float] = field(default_factory=dict)


def made(reading: Way) -> Net | None:
    """The network read so, None where its layers do not fit each other then."""
    try:
        return reading.make()
    except EngineError:
        return None


def search(nets: Nets, scales: list[tuple[float, float]], digits: Digits) -> Best:
    """The network and scale with which most digits are read: a few digits first, then more."""

    def tried(tries: Iterable[tuple[int, int]], most: int, work: float) -> dict[tuple[int, int], Evaluation]:
        # All on the same digits: what one reads of few, and another of many, chance alone may part.
        some = sorted(tries)  # a network's tries side by side, so that it is made once
        counts = [digits.enough(net, most, work) for n in {n for n, _ in some} if (net := nets[n])]
        count = _HANDFUL if most == _HANDFUL else min(counts, default=0)
        found: dict[tuple[int, int], Evaluation] = {}
        last = None
        for n, s in some:
            # Between two ways: of one that is tried all these scales are, or the best would be missed unsaid.
            if len(some) > MOST_NEAR and last not in (None, n) and digits.work.ends():
                break
            if net := nets[n]:
                found[n, s], last = digits.tried(net, *scales[s], count), n
        return found

    likely = [place for place in _LIKELY if place < len(scales)]
    few = tried(((n, s) for s in likely for n in range(len(nets))), FEW, TRY / 4)
    if not few:
        return Best(-1.0, 0, 0)
    ways = {n for n, _ in few}
    number = ways.pop() if len(ways) == 1 else _usual_best(tried(_near_best(few), SOME, SURE), digits)[0]
    rest = [(number, place) for place in range(len(scales)) if place not in likely]
    of_one = {each: few[each] for each in few if each[0] == number} | tried(rest, FEW, TRY / 4)
    first = tried(_near_best(of_one), MANY, SURE)
    best = _usual_best(first, digits)
    if first[best].accuracy >= TRAINED or len(nets) == 1 or digits.work.ends():
        others = _others(few, best[0])
        return Best(first[best].accuracy, *best, others, _alike(first, best, digits), _own(first, best[0]))
    every = ((n, s) for n in range(len(nets)) for s in range(len(scales)))
    last = tried(_near_best(tried(every, _HANDFUL, 0)), FEW, TRY / 4)
    best = _usual_best(last, digits)
    return Best(last[best].accuracy, *best, alike=_alike(last, best, digits), tried=_own(last, best[0]))


def _own(found: Mapping[tuple[int, int], Evaluation], way: int) -> dict[int, float]:
    return {scale: each.accuracy for (number, scale), each in found.items() if number == way}


def _alike(
    found: Mapping[tuple[int, int], Evaluation], best: tuple[int, int], digits: Digits
) -> Sequence[int]:
    """Scales on which a way reads as many digits as on its best, or is about as little surprised.

    As far as chance lets tell: what surely reads more of them need not be what it was trained on.
    """
    own = [each for each in found if each[0] == best[0] and each != best]
    return [
        each[1]
        for each in own
        if abs(digits.ahead(found[each], found[best])) <= _LIKELY_CHANCE
        or digits.behind(found[each], found[best]) <= _DOUBTED
    ]


def _others(few: Mapping[tuple[int, int], Evaluation], best: int) -> list[tuple[int, int]]:
    """Ways other than the best, each on its best scale, those that read most first."""
    own: dict[int, tuple[int, int]] = {}
    for each in sorted(few, key=lambda each: few[each].accuracy):
        own[each[0]] = each
    learned = [each for number, each in own.items() if number != best and few[each].accuracy >= TRAINED]
    return sorted(learned, key=lambda each: -few[each].accuracy)[:_MOST_OTHERS]


def _usual_best(found: Mapping[tuple[int, int], Evaluation], digits: Digits) -> tuple[int, int]:
    """The most usual way to read the file that is not surely worse than the best, and its scale."""
    top = max(found, key=lambda each: found[each].accuracy)
    for number in sorted({number for number, _ in found}):
        own = sorted(each for each in found if each[0] == number)
        best = max(own, key=lambda each: found[each].accuracy)
        ahead = digits.ahead(found[best], found[top])
        if ahead <= _LIKELY_CHANCE and not _surely_less_surprised(found, top, own, digits):
            # On pixels as it was trained on it is least surprised, and as sure as it may be. Where sums are
            # larger than any in training it may read more, and is sure of all that it misreads.
            off = {each: digits.off(found[each]) for each in own}
            fair = [
                each
                for each in own
                if found[each].accuracy >= found[best].accuracy - _FEWER
                or found[each].loss < _FAR_LESS * found[best].loss
            ]
            least = min(fair, key=lambda each: np.nan_to_num(off[each], nan=np.inf))
            plain = (number, _OF_ONE.get(least[1], least[1]))
            little = plain in fair and off[least] > _FAR_LESS * off[plain]
            return plain if little else least
    return top


def _surely_less_surprised(
    found: Mapping[tuple[int, int], Evaluation],
    top: tuple[int, int],
    own: Sequence[tuple[int, int]],
    digits: Digits,
) -> bool:
    """Whether what reads most digits is far less surprised by them than one way is on any scale.

    Chance may have ReLU read about as many of a thousand digits as the sigmoids that a net has.
    """
    least = min(own, key=lambda each: found[each].loss)
    less = found[top].loss < LESS_SURPRISED * found[least].loss
    return less and digits.behind(found[least], found[top]) > _DOUBTED


def _near_best(found: Mapping[tuple[int, int], Evaluation]) -> list[tuple[int, int]]:
    """The tries that come near to the best, at most four, the usual way first."""
    least = max(each.accuracy for each in found.values()) - _NEAR
    near = sorted(each for each in found if found[each].accuracy >= least)
    return sorted(sorted(near, key=lambda each: -found[each].accuracy)[:MOST_NEAR])
