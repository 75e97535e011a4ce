"""Which function a network's layers have, where its file does not tell: what digits say of each."""

from dataclasses import dataclass

from engine import Evaluation, Net, Way
from viz3d.command.choice.readings import SOME, TRY, Digits, made

_ALIKE, _FEWER = 1.08, 3.0
"""Times the least surprise, and deviations of chance in digits read, within which functions are not parted:
what trained nets had stayed within both (benchmarks/RESULTS.md), though often others were surely ahead."""
_MOST_NAMED = 8


@dataclass(frozen=True)
class _Rival:
    """A way with one of the functions, its net, and what that makes of the digits."""

    way: Way
    net: Net
    found: Evaluation

    @property
    def told(self) -> str:
        """The function and what is read with it."""
        return f"{self.way.beside} ({self.found.accuracy:.1%})"


def usual_function(way: Way, net: Net, scale: tuple[float, float], digits: Digits) -> tuple[Way, Net, str]:
    """The way with the most usual of the functions that digits cannot part, its net, and what to say of that.

    A net is read about right with a function that it never had, so that even a sure lead is no proof: the
    next best is told in any case. Empty words where the file leaves no function open. Where digits are not
    of the usual hands the way stays.
    """
    ways = way.functions()
    if not ways:
        return way, net, ""
    rivals = _rivals(way, net, ways, scale, digits)
    best = min(rivals, key=lambda each: each.found.loss)
    alike = [
        each
        for each in rivals
        if each.found.loss <= _ALIKE * best.found.loss and digits.ahead(each.found, best.found) <= _FEWER
    ]
    own = next(each for each in rivals if each.way.assumed == way.assumed)
    first = alike[0] if digits.usual and alike else own
    others = [each for each in alike if each is not first]
    others.sort(key=lambda each: each.found.loss)
    count = f"{first.found.total:,} digits"
    if others:
        names = ", ".join(each.told for each in others[:_MOST_NAMED])
        more = " and others" * (len(others) > _MOST_NAMED)
        said = f"on {count} {first.told} is not to be told from {names}{more}"
    else:
        rest = [each for each in rivals if each is not first]
        nearest = min(rest, key=lambda each: each.found.loss).told
        said = f"of {len(rivals)} that were tried on {count} {first.told} fits best, then {nearest}"
    return first.way, first.net, f"its functions are a guess: {said}: --activation NAME says which it is"


def _rivals(
    way: Way, net: Net, ways: tuple[Way, ...], scale: tuple[float, float], digits: Digits
) -> list[_Rival]:
    """What the net with each of the functions makes of the same digits; the usual ones first."""
    count = digits.enough(net, SOME, TRY)
    others = [(each, net if each.assumed == way.assumed else made(each)) for each in ways]
    if all(each.assumed != way.assumed for each, _ in others):
        others.append((way, net))
    tries = [(each, other) for each, other in others if other is not None]
    return [_Rival(each, other, digits.tried(other, *scale, count)) for each, other in tries]
