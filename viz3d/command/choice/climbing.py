"""From the likeliest way to read a network to a better one, one thing after another."""

from collections.abc import Sequence

from engine import Evaluation, Net, Way
from viz3d.command.choice.readings import FAIR, LESS_SURPRISED, MOST_NEAR, Nets
from viz3d.command.choice.trial_digits import FEW, MANY, SOME, SURE, TRY, Digits

_MOST_STEPS, _MOST_TRIED, _MOST_TOLD = 4, 12, 3
"""How often a better way is looked for beside the best, how many are tried on more digits, and are told."""
_ONE = 0.002  # of the loss: ways that differ less are one in effect
_CLEAR = 0.002
_CERTAIN, _MAYBE = 3.0, 1.0
"""How many deviations of chance a way that is not the usual one must be ahead, and to be tried on more."""


_Tried = tuple[Evaluation, int]
"""What a network makes of the digits, and the number of the way that it is read in."""
Start = tuple[Way, Net, tuple[float, float]]
"""A way to read a file, its net, and the mean and std with which that reads most digits."""


Scale = tuple[float, float]


def climbed(
    starts: Sequence[Start], scales: Sequence[Scale], digits: Digits
) -> tuple[Way, Net, Sequence[str]]:
    """The way that is come to by one better way after another, its net, and what fits the digits as well.

    starts: the likeliest first. From the others it is tried where that comes to less than such networks read.
    scales: means and stds of pixels that may be meant.
    """
    best, usual = _climbed(starts[0], scales, digits)
    for start in starts[1:]:
        if usual.accuracy >= FAIR or digits.work.ends():
            break
        other, found = _climbed(start, scales, digits)
        if digits.ahead(usual, found) > _CERTAIN:
            best, usual = other, found
    return best


def _climbed(
    start: Start, scales: Sequence[Scale], digits: Digits
) -> tuple[tuple[Way, Net, Sequence[str]], Evaluation]:
    """The same from one start, and what it makes of the first digits.

    What differs more is tried while so few digits are read that more must be wrong than one thing.
    """
    alike: Sequence[str] = ()
    way, net, scale = start
    for _ in range(_MOST_STEPS):
        scale = _scaled(net, scale, scales, digits)
        usual = digits.tried(net, *scale, digits.enough(net, SOME, TRY))
        others = {each.assumed: each for each in (*way.near(), *(way.far() if usual.accuracy < FAIR else ()))}
        better, alike = nearer([*others.values()], usual, net, scale, digits)
        if better is None:
            break
        way, net = better
        if digits.work.ends():
            break
    return (way, net, alike), usual


def _scaled(net: Net, scale: Scale, scales: Sequence[Scale], digits: Digits) -> Scale:
    """The scale on which a network surely reads more digits than on the one that it has, or that."""
    count = digits.enough(net, FEW, TRY / 4)
    usual = digits.tried(net, *scale, count)
    tried = [(digits.tried(net, *each, count), each) for each in scales if each != scale]
    sure = [each for each in tried if digits.ahead(usual, each[0]) > _CERTAIN]
    return max(sure, key=lambda each: each[0].accuracy)[1] if sure else scale


def nearer(
    ways: Sequence[Way], usual: Evaluation, net: Net, scale: tuple[float, float], digits: Digits
) -> tuple[tuple[Way, Net] | None, Sequence[str]]:
    """Of ways to read a file the one that fits the digits clearly better than a net, and those as well.

    It surely reads more of them, or as many and is far less surprised by the truth. The usual way is what
    most files mean: chance must be ruled out before another is taken.
    """
    nets = Nets(ways)
    fitting = [i for i in range(len(ways)) if nets[i] is not None]
    if len(fitting) > _MOST_TRIED:
        count = digits.enough(net, FEW // 2, TRY / 8)
        few = sorted((found.loss, i) for found, i in _tried(nets, fitting, scale, digits, count))
        fitting = [i for _, i in few[:_MOST_TRIED]]
    found = _tried(nets, fitting, scale, digits, usual.total)
    likely = [each for each in found if _promising(usual, each[0], digits)]
    if len(likely) > MOST_NEAR and digits.work.ends():
        likely = sorted(likely, key=lambda each: -each[0].accuracy)[:MOST_NEAR]
    alike = [ways[i].beside for other, i in found if _as_well(usual, other, digits)][:_MOST_TOLD]
    count = digits.enough(net, MANY, SURE)
    if likely and count > usual.total:
        usual = digits.tried(net, *scale, count)
        likely = _tried(nets, [i for _, i in likely], scale, digits, count)
    sure = [
        (other, i)
        for other, i in likely
        if digits.ahead(usual, other) > _CERTAIN
        or (other.accuracy >= usual.accuracy and other.loss < LESS_SURPRISED * usual.loss)
    ]
    if not sure:
        return None, alike
    number = _meant(sure, ways, digits)
    best = nets[number]
    assert best is not None
    return (ways[number], best), ()  # what fits as well as the one before fits less well than this


def _tried(nets: Nets, numbers: Sequence[int], scale: Scale, digits: Digits, count: int) -> list[_Tried]:
    """What the networks of these numbers, all of which are some, make of the first digits."""
    found: list[_Tried] = []
    for i in numbers:
        if len(numbers) > MOST_NEAR and found and digits.work.ends():
            break
        if (net := nets[i]) is not None:
            found.append((digits.tried(net, *scale, count), i))
    return found


def _meant(sure: Sequence[_Tried], ways: Sequence[Way], digits: Digits) -> int:
    """Of ways that surely fit better the one to take: one that is meant seldom must be far ahead."""
    usual_ways, odd = ([each for each in sure if ways[each[1]].odd is odd] for odd in (False, True))
    likely, seldom = _best(usual_ways or odd), _best(odd or usual_ways)
    surely = digits.ahead(likely[0], seldom[0]) > _CERTAIN
    return (seldom if surely or seldom[0].loss < LESS_SURPRISED * likely[0].loss else likely)[1]


def _best(tried: Sequence[_Tried]) -> _Tried:
    """Of those that read about the most the one that is least surprised by the truth."""
    most = max(each.accuracy for each, *_ in tried)
    return min((each for each in tried if each[0].accuracy >= most - _CLEAR), key=lambda each: each[0].loss)


def _as_well(usual: Evaluation, other: Evaluation, digits: Digits) -> bool:
    """Whether digits cannot tell two ways apart, though they are not one in effect."""
    one = abs(other.loss - usual.loss) < _ONE * usual.loss and bool((other.answers == usual.answers).all())
    return not one and other.loss * LESS_SURPRISED < usual.loss and digits.ahead(other, usual) < _MAYBE


def _promising(usual: Evaluation, other: Evaluation, digits: Digits) -> bool:
    """Whether a way may turn out to fit better on more digits."""
    surprised = other.loss < LESS_SURPRISED * usual.loss and other.accuracy >= usual.accuracy
    return surprised or digits.ahead(usual, other) > _MAYBE
