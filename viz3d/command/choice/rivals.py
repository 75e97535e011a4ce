"""Which functions, shortcuts and layout a network has that its file does not tell: what digits say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine import Evaluation, Net, Way
from viz3d.command.choice.readings import FAIR, made
from viz3d.command.choice.trial_digits import FEW, SOME, SURE, TRY, Digits, Work

_ALIKE, _FEWER = 1.08, 3.0
"""Times the least surprise, and deviations of chance under the most digits, within which nothing is parted:
what trained nets had stayed within both (benchmarks/RESULTS.md), though often others were surely ahead."""
_USUAL, _DOUBT = 1.15, 1.3
"""As the first of those, for the function that most files mean: within the one it is taken, within the other
named, be surely fewer digits read with it. Nets with it that had learned little came to so much."""
_CHANCE, _NOT_SURE = 2.0, 3.0
"""Standard errors of the losses' difference within which no lead counts, and within which another is named:
of 165 digits two were misread, and GELU had a third of the loss of ReLU, which the net had."""
_MOST_NAMED = 8
_MOST_LAYOUTS = 3  # that are taken one after another, each for reading more digits


@dataclass(frozen=True, eq=False)
class _Rival:
    """A way with one of the functions, or layouts, and what its net makes of the digits.

    The net is not kept: of a large file so many would fill the memory.
    """

    way: Way
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
    first, said, _ = _usual(ways, way, net, scale, digits)
    net = net if first.assumed == way.assumed else first.make()
    guess = f"its functions are a guess: {said}: --activation NAME says which it is"
    return first, net, guess if said else ""


def usual_branches(way: Way, net: Net, scale: tuple[float, float], digits: Digits) -> tuple[Way, Net, str]:
    """The same of the shortcuts that its layers may have around them: words where digits do not part them.

    Nor where it reads less than such networks do: another may then be meant, whatever fits best.
    """
    ways = way.around()
    if not ways:
        return way, net, ""
    first, said, sure = _usual(ways, way, net, scale, digits)
    guess = f"whether its layers follow one another is a guess: {said}: an ONNX file tells, or --architecture"
    net = net if first.assumed == way.assumed else first.make()
    return first, net, "" if sure else guess


def _usual(
    ways: Sequence[Way], way: Way, net: Net, scale: tuple[float, float], digits: Digits
) -> tuple[Way, str, bool]:
    """Of these ways the most usual that digits cannot part, what to say of it, and whether that is sure.

    Sure is what digits part from all others, and what reads as many as such networks do. way: the one of
    them that the net is read in so far.
    """
    rivals = _tried(ways, scale, digits, count := digits.enough(net, SOME, TRY))
    if len(rivals) < 2:  # No other of them can be made of the file.
        return way, "", True
    tried, own, usual = len(rivals), way.assumed, rivals[0]
    if (more := digits.enough(net, SOME, SURE)) >= 2 * count:
        least = min(rivals, key=lambda each: each.found.loss)
        near = sorted(rivals, key=lambda each: (not _near(each, least, digits), each.found.loss))
        kept = [each for each in rivals if each in (usual, *near[:_MOST_NAMED]) or each.way.assumed == own]
        # Not the search's work: for that it would leave layouts untried.
        apart = replace(digits, work=Work())
        rivals = _tried([each.way for each in kept], scale, apart, count := more)
    first, named, doubt = _told(rivals, own, digits)
    others = [each for each in named if each is not first]
    said = f"on {count:,} digits {_parted(first, others, rivals, tried, doubt)}"
    parted = not others and not (doubt and first is not rivals[0])
    return first.way, said, parted and first.found.accuracy >= FAIR


def _tried(ways: Sequence[Way], scale: tuple[float, float], digits: Digits, count: int) -> list[_Rival]:
    rivals = []
    for way in ways:
        if (net := made(way)) is not None:
            rivals.append(_Rival(way, digits.tried(net, *scale, count)))
    return rivals


def _near(rival: _Rival, least: _Rival, digits: Digits) -> bool:
    """Whether a few digits do not rule out that a rival is the best."""
    return digits.behind(rival.found, least.found) <= _NOT_SURE


def _told(rivals: Sequence[_Rival], way: str, digits: Digits) -> tuple[_Rival, Sequence[_Rival], bool]:
    """The rival to take, those to name, and whether the most usual is named in any case.

    rivals: the most usual first. way: the one that the net is read in so far.
    """
    most, usual = max(rivals, key=lambda each: each.found.accuracy), rivals[0]
    fair = [each for each in rivals if digits.ahead(each.found, most.found) <= _FEWER]
    least = min(fair, key=lambda each: each.found.loss)

    def within(each: _Rival, ratio: float, deviations: float) -> bool:
        close = each.found.loss <= ratio * least.found.loss
        return close or digits.behind(each.found, least.found) <= deviations

    alike = [each for each in fair if within(each, _USUAL if each is usual else _ALIKE, _CHANCE)]
    own = next(each for each in rivals if each.way.assumed == way)
    first = alike[0] if digits.usual and alike else own
    doubted = [each for each in fair if within(each, _ALIKE, _NOT_SURE) or each in alike]
    # What reads most digits is named in any case: another may be less surprised, and read fewer.
    named = dict.fromkeys((most, *sorted(doubted, key=lambda each: each.found.loss)))
    return first, [*named], within(usual, _DOUBT, _NOT_SURE)


def _parted(
    first: _Rival, others: Sequence[_Rival], rivals: Sequence[_Rival], tried: int, doubt: bool
) -> str:
    """From which others the one taken is not to be told, or the next best where there is none.

    tried: how many rivals there were. doubt: whether the first of them, the most usual, is told in any case.
    """
    if others:
        more = " and others" * (len(others) > _MOST_NAMED)
        others = others[:_MOST_NAMED]
        said = f"{first.told} is not to be told from {', '.join(each.told for each in others)}{more}"
    else:
        others = [min((each for each in rivals if each is not first), key=lambda each: each.found.loss)]
        said = f"{first.told} fits best of {tried}, then {others[0].told}"
    if doubt and rivals[0] not in (first, *others):
        said += f", nor is {rivals[0].told} ruled out, which is by far the most usual"
    return said


def functions_and_layout(
    way: Way, net: Net, scale: tuple[float, float], digits: Digits
) -> tuple[Way, Net, str, str]:
    """The way with the functions and the layout that digits suggest, its net, and what to say of each.

    A layout with which surely more digits are read is taken, and then the functions are tried with it.
    """
    for _ in range(_MOST_LAYOUTS):
        guess = ""
        if len(way.functions()) > 1:
            way, net, guess = usual_function(way, net, scale, digits)
        layout, better = layout_told(way, net, scale, digits)
        if better is None or not digits.usual:
            break
        way, net = better, better.make()
    return way, net, guess, layout


def layout_told(way: Way, net: Net, scale: tuple[float, float], digits: Digits) -> tuple[str, Way | None]:
    """What to say of the layout of a net's convolutions: how much is read with it, and with the next best.

    And the way with another with which surely more digits are read, None where there is none. Empty words
    where the shapes of its weights fit no other.
    """
    ways = {each.assumed: each for each in way.layouts()}
    others = [each for name, each in ways.items() if name != way.assumed]
    if not others:
        return "", None
    count = digits.enough(net, FEW, TRY / 4)
    own = digits.tried(net, *scale, count)
    rivals: list[_Rival] = []
    for each in others:
        if rivals and digits.work.ends():
            break
        if (of := made(each)) is not None:
            rivals.append(_Rival(each, digits.tried(of, *scale, count)))
    if not rivals:
        return "", None
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
    better = next_best.way if ahead < -_FEWER else None
    return f"its layout is a guess: {said}: --architecture TEXT says which it is", better
