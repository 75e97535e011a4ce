"""Which functions and which layout a network has, where its file does not tell: what digits say of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import Evaluation, Net, Way
from viz3d.command.choice.readings import FEW, SOME, TRY, Digits, made

_ALIKE, _FEWER = 1.08, 3.0
"""Times the least surprise, and deviations of chance under the most digits, within which nothing is parted:
what trained nets had stayed within both (benchmarks/RESULTS.md), though often others were surely ahead."""
_USUAL, _DOUBT = 1.15, 1.3
"""As the first of those, for the function that most files mean: within the one it is taken, within the other
named, be surely fewer digits read with it. Nets with it that had learned little came to so much."""
_MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class _Rival:
    """A way with one of the functions, or layouts, its net, and what that makes of the digits."""

    way: Way
    net: Net
    found: Evaluation

    @property
    def told(self) -> str:
        """The function or layout, and what is read with it."""
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
    count = digits.enough(net, SOME, TRY)
    tries = [(each, net if each.assumed == way.assumed else made(each)) for each in ways]
    rivals = [_Rival(each, of, digits.tried(of, *scale, count)) for each, of in tries if of is not None]
    most, usual = max(rivals, key=lambda each: each.found.accuracy), rivals[0]
    fair = [each for each in rivals if digits.ahead(each.found, most.found) <= _FEWER]
    least = min(each.found.loss for each in fair)
    alike = [each for each in fair if each.found.loss <= (_USUAL if each is usual else _ALIKE) * least]
    own = next(each for each in rivals if each.way.assumed == way.assumed)
    first = alike[0] if digits.usual and alike else own
    # What reads most digits is named in any case: another may be less surprised, and read fewer.
    named = dict.fromkeys((most, *sorted(alike, key=lambda each: each.found.loss)))
    doubt = usual.found.loss <= _DOUBT * least
    said = f"on {count:,} digits {_parted(first, [*named], rivals, doubt)}"
    return first.way, first.net, f"its functions are a guess: {said}: --activation NAME says which it is"


def _parted(first: _Rival, named: Sequence[_Rival], rivals: Sequence[_Rival], doubt: bool) -> str:
    """From which of those named the one taken is not to be told, or the next best where there is none.

    doubt: whether the first of the rivals, the most usual, is told in any case.
    """
    others = [each for each in named if each is not first]
    if others:
        more = " and others" * (len(others) > _MOST_NAMED)
        others = others[:_MOST_NAMED]
        said = f"{first.told} is not to be told from {', '.join(each.told for each in others)}{more}"
    else:
        others = [min((each for each in rivals if each is not first), key=lambda each: each.found.loss)]
        said = f"{first.told} fits best of {len(rivals)}, then {others[0].told}"
    if doubt and rivals[0] not in (first, *others):
        said += f", nor is {rivals[0].told} ruled out, which is by far the most usual"
    return said


def layout_told(way: Way, net: Net, scale: tuple[float, float], digits: Digits) -> str:
    """What to say of the layout of a net's convolutions: how much is read with it, and with the next best.

    Empty words where the shapes of its weights fit no other.
    """
    ways = {each.assumed: each for each in way.layouts()}
    others = [each for name, each in ways.items() if name != way.assumed]
    if not others:
        return ""
    count = digits.enough(net, FEW, TRY / 4)
    own = digits.tried(net, *scale, count)
    rivals: list[_Rival] = []
    for each in others:
        if rivals and digits.work.ends():
            break
        if (of := made(each)) is not None:
            rivals.append(_Rival(each, of, digits.tried(of, *scale, count)))
    if not rivals:
        return ""
    next_best = max(rivals, key=lambda each: (each.found.accuracy, -each.found.loss))
    ahead = digits.ahead(next_best.found, own)
    if abs(ahead) <= _FEWER:
        said = f"on {count:,} digits it ({own.accuracy:.1%}) is not to be told from {next_best.told}"
    else:
        other = "the next best" if ahead > 0 else "another more"
        said = (
            f"of {len(rivals) + 1} that were tried the one taken reads {own.accuracy:.1%} of {count:,} "
            f"digits, {other}, {next_best.told}"
        )
    return f"its layout is a guess: {said}: --architecture TEXT says which it is"
