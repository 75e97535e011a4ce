"""Networks of other systems: read, and where digits are at hand, tried out on what their files leave open."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import data
import engine
from engine import Imported, Net, Told, Way
from engine.foreign.readers.pytorch.branches import CHAINED, SHORTCUTS
from engine.foreign.readers.pytorch.weights import SHAPES_FIT, TAKEN_WITH
from engine.run.whole_digits import DIGIT, framings_of
from viz3d.command.choice.climbing import climbed, nearer
from viz3d.command.choice.measured import LAYOUT, measured, told_of
from viz3d.command.choice.readings import FAIR, TRAINED, Best, Nets, search
from viz3d.command.choice.rivals import functions_and_layout, usual_branches
from viz3d.command.choice.seen import framed, may_read
from viz3d.command.choice.trial_digits import SOME, TELL, TRY, Digits

Images = NDArray[np.float32]

SCALES: dict[str, tuple[float, float]] = {
    "0..1": (0.0, 1.0),
    "mean 0.1307 and std 0.3081": (0.1307, 0.3081),
    "-1..1": (0.5, 0.5),
    "0..255": (0.0, 1 / 255),
    "inverted, 1..0": (1.0, -1.0),
    "inverted, 1..-1": (0.5, -0.5),
    "inverted, 255..0": (1.0, -1 / 255),
    "inverted, mean 0.1307 and std 0.3081": (0.8693, -0.3081),
}
"""How others hand pixels to their networks: what it is called, and the mean and std of pixels 0..1."""
OF_COUNTS = {"0..16": (0.0, 1 / 16)}
"""One more for 8x8: such digits, UCI's, are counts of the ink in blocks of 4x4."""
_SMALL = (8, 8)
_FEWER = 0.05  # of other digits, from which on it is told


@dataclass(frozen=True)
class Found:
    """A network of another system: what was made of it, and lines that tell of it."""

    net: Net
    lines: tuple[str, ...]


def read_foreign(file: Path, told: Told, scale: tuple[float, float] | None, whole: bool = True) -> Found:
    """Read a network of another system; scale: the mean and std that it was trained with, None: tried out.

    whole: whether its accuracy is told over the whole test split, else over its first thousand. EngineError
    where the file is not known.
    """
    imported = engine.import_net(file, told)
    notes = list(imported.notes)
    net, digits = imported.net, _at_hand(imported.net)
    if digits is not None and not _reads_digits(net):
        ways = imported.readings or (Way("", lambda: imported.net),)
        scales = [scale] if scale else [*SCALES.values()]
        digits = digits if may_read(Nets(ways, net), scales, digits) else None
    if digits is None:
        net = engine.rescaled(net, *(scale or (0.0, 1.0)))
        lines = [] if _reads_digits(net) else [_odd(net)]
    else:
        net, lines = _tried(imported, digits, scale, notes, whole)
    provenance = {"imported": imported.kind, "file": file.name}
    told_lines = (f"{file}: {imported.kind}", *(f"note: {note}" for note in notes), *lines)
    return Found(net.replace(provenance=provenance), told_lines)


def _reads_digits(net: Net) -> bool:
    """Whether a network reads digits, by its shapes or as it is told."""
    shape = net.layers[0].shape
    image = len(shape) == 3 and shape[2] == 1 and shape[0] == shape[1] and 8 <= shape[0] <= DIGIT[0]
    written = net.noun == "digit" and not net.gives_numbers
    return (image or shape == (784,) or bool(net.framing)) and net.layers[-1].size == 10 and written


def _may_read_digits(net: Net) -> bool:
    """Whether it may, though its pictures are large or in colour, as photos are."""
    shape = net.layers[0].shape
    square = bool(framings_of(shape)) and shape[0] == shape[1] >= _SMALL[0]
    return square and net.layers[-1].size == 10 and net.task is None and not net.gives_numbers


def _odd(net: Net) -> str:
    shape, classes = "x".join(map(str, net.layers[0].shape)), net.layers[-1].size
    gives = "one number" if classes == 1 else f"{classes} answers: --data takes data of that kind"
    gives = f"{classes} numbers" if net.gives_numbers and classes > 1 else gives
    return f"note: it reads {shape} and gives {gives}"


def _at_hand(net: Net) -> Digits | None:
    """The digits of MNIST's test split, or the embedded ones; None where the network reads none.

    One of 8x8 has most likely learned from UCI's, which are the embedded ones and fill their square; one that
    saw digits whole has not.
    """
    if not _reads_digits(net) and not _may_read_digits(net):
        return None
    framing = net.framing
    small = net.layers[0].shape[:2] == _SMALL and framing in ("", "ink")
    if not small and (known := _of_mnist(framing)):
        return known
    found = data.load("digits", "all")
    return Digits("the embedded digits", found.images, found.labels, usual=False, framing=framing)


def _of_mnist(framing: str) -> Digits | None:
    with suppress(data.DataError):
        found = data.load("mnist", "test", download=False)
        return Digits("MNIST's test digits", found.images, found.labels, framing=framing)
    return None


@dataclass(frozen=True)
class _Taken:
    """A network in the way that was taken, and what to say of that.

    found: the search that its scale is of. other: whether it is not the way that the file's notes tell of.
    alike: ways that fit digits as well. guess, layout, branches: how surely its functions, what lies between
    its convolutions, and whether it has shortcuts, are what they are taken for. assumed: the way in words.
    measured: what its batch norms tell.
    """

    net: Net
    found: Best
    told: str = ""
    other: bool = False
    alike: Sequence[str] = ()
    guess: str = ""
    layout: str = ""
    branches: str = ""
    assumed: str = ""
    measured: Sequence[str] = ()


def _tried(
    imported: Imported, digits: Digits, scale: tuple[float, float] | None, notes: list[str], whole: bool
) -> tuple[Net, list[str]]:
    """The network in the way and on the scale on which it reads most digits, and what to say of that.

    Of notes those go that tell of another way.
    """
    ways = imported.readings or (Way("", lambda: imported.net),)
    usual = SCALES | OF_COUNTS if imported.net.layers[0].shape[:2] == _SMALL else SCALES
    scales = usual if scale is None else {"as told": scale}
    taken, digits, seen = _framed(imported, ways, scales, digits)
    if taken.other:
        notes[:] = [note for note in notes if not note.startswith(TAKEN_WITH)]
    if SHORTCUTS in taken.assumed or (taken.found.share >= FAIR and ways[0].around()):
        # What is no chain of layers reads few digits as one, or fits them better with shortcuts.
        notes[:] = [note for note in notes if not note.startswith(CHAINED)]
    notes[:0] = [taken.branches] if taken.branches else []
    if taken.layout or any(each.startswith(LAYOUT) for each in taken.measured):
        notes[:] = [note for note in notes if not note.startswith(SHAPES_FIT)]
    told = (seen, taken.told, taken.guess, taken.layout, *taken.measured)
    lines = [f"note: {each}" for each in told if each]
    lines += [f"note: {doubt}" for doubt in _doubts(taken, digits, bool(imported.readings))]
    names, found = list(scales), taken.found
    if scale is None and found.share >= TRAINED and not taken.measured:
        lines.append(_scale_told(names, found))
    framing = digits.framing if digits.framing in framings_of(taken.net.layers[0].shape) else ""
    net = replace(engine.rescaled(taken.net, *scales[names[found.scale]]), framing=framing)
    count = digits.enough(net, len(digits.images) if whole else SOME, TELL if whole else TRY)
    right = digits.right(net, 0.0, 1.0, count)
    which = f"all {count:,}" if count == len(digits.images) else f"the first {count:,}"
    lines.append(f"it reads {right:.2%} of {which} of {digits.name} right")
    return net, lines + _of_others(net, digits, right)


def _of_others(net: Net, digits: Digits, right: float) -> list[str]:
    """What a network that learned from the embedded digits makes of MNIST's, of which films show one."""
    known = None if digits.usual else _of_mnist(net.framing)
    if known is None or right < TRAINED:
        return []
    found = known.right(net, 0.0, 1.0, known.enough(net, SOME, TRY))
    if right - found < _FEWER:
        return []
    return [
        f"of MNIST's, shown where no --data is named, it reads {found:.0%}: --data digits shows the others"
    ]


def _framed(
    imported: Imported, ways: Sequence[Way], scales: dict[str, tuple[float, float]], digits: Digits
) -> tuple[_Taken, Digits, str]:
    """The network in the way that is taken, the digits framed as it reads them best, and a line on that."""

    def best(of: Digits) -> _Taken:
        return _measured(imported, scales, of) or _taken(ways, imported.net, [*scales.values()], of)

    taken, pairs = best(digits), [*scales.values()]
    enough = taken.found.share >= TRAINED
    nets = Nets((Way("", lambda: taken.net),) if enough else ways, taken.net)
    count = digits.enough(taken.net, SOME, TRY)
    usual = digits.tried(taken.net, *pairs[taken.found.scale], count)
    so, line = framed(nets, taken.net, pairs, usual, digits)
    if not line:
        return taken, digits, ""
    of = _at_hand(replace(imported.net, framing=so.framing)) or so
    return best(of), of, line


def _scale_told(names: Sequence[str], found: Best) -> str:
    """Which scale fits best, and which as well; else the next best, for a net may read more on another's."""
    line = f"note: of {len(names)} scales of its pixels that were tried, {names[found.scale]} fits it best"
    if also := [names[each] for each in found.alike if each != found.scale]:
        return f"{line}; on {' or '.join(also)} it reads about as many (--mean, --std)"
    others = {scale: share for scale, share in found.tried.items() if scale != found.scale}
    if not others:
        return line
    then = max(others, key=lambda each: others[each])
    return (
        f"{line} ({found.tried[found.scale]:.1%}), then {names[then]} ({others[then]:.1%}): --mean and --std "
        "tell which it is"
    )


def _measured(imported: Imported, scales: dict[str, tuple[float, float]], digits: Digits) -> _Taken | None:
    """The network as its batch norms tell it, and digits the rest; None where they tell nothing."""
    bare = Way("", lambda: imported.net, whole=(lambda: imported) if imported.normed else None)
    ways = imported.readings or (bare,)
    found = measured(ways, scales, digits) if digits.usual else None
    if found is None:
        return None
    way, net, scale = found.way, found.net, [*scales.values()][found.scale]
    usual = digits.tried(net, *scale, digits.enough(net, SOME, TRY))
    if usual.accuracy < TRAINED:
        return None
    better, alike = nearer(found.near, usual, net, scale, digits)
    way, net = better or (way, net)
    way, net, branches = usual_branches(way, net, scale, digits)
    way, net, guess, layout = functions_and_layout(found.of(way), net, scale, digits)
    other = way.assumed != ways[0].assumed
    by = "its batch norms tell" if way.assumed == found.way.assumed else "digits suggest"
    told = f"{TAKEN_WITH} {way.assumed}, as {by}: the file does not say" if other else ""
    best = Best(usual.accuracy, 0, found.scale)
    lines = told_of(found, way, scales, digits)
    return _Taken(net, best, told, other, alike, guess, layout, branches, way.assumed, lines)


def _taken(ways: Sequence[Way], first: Net, scales: list[tuple[float, float]], digits: Digits) -> _Taken:
    """The network in the way that fits digits best; the first way's where it reads few in any."""
    nets = Nets(ways, first)
    found = search(nets, scales, digits)
    if found.share < TRAINED:
        framing = (
            f", or it saw digits in another way than {digits.framing} (--framing)" if digits.framing else ""
        )
        count = "the" if digits.work.cut else len(ways) * len(scales)
        told = (
            f"it reads {found.share:.1%} of a few of {digits.name} at best, of {count} ways that were tried: "
            "it is not trained on such digits, or its layers go on in another way (--architecture, "
            f"--activation){framing}"
        )
        return _Taken(first, Best(found.share, 0, 0), told)
    alike: Sequence[str] = ()
    way = usual = ways[found.way]
    net = nets[found.way] or first
    if digits.usual:
        places = ((found.way, found.scale), *found.others)
        starts = [(ways[number], nets[number] or net, scales[at]) for number, at in places]
        way, net, alike = climbed(starts, scales, digits)
    way, net, branches = usual_branches(way, net, scales[found.scale], digits)
    if way is not usual:
        found = search(Nets((way,), net), scales, digits)
    taken, guessed, guess, layout = functions_and_layout(way, net, scales[found.scale], digits)
    if taken.assumed != way.assumed:
        found, net = search(Nets((taken,), guessed), scales, digits), guessed
    functions = {each.beside for each in way.functions()}
    alike = [each for each in alike if each not in functions]
    other = taken.assumed != ways[0].assumed
    told = f"{TAKEN_WITH} {taken.assumed}, as digits suggest: the file does not say"
    return _Taken(net, found, told if other else "", other, alike, guess, layout, branches, taken.assumed)


def _doubts(taken: _Taken, digits: Digits, left_open: bool) -> list[str]:
    """What digits do not tell of a network; left_open: whether its file leaves open how its layers go on."""
    doubts = []
    if taken.alike:
        doubts.append(f"the file does not tell, and digits cannot, whether it is {' or '.join(taken.alike)}")
    if left_open and TRAINED <= taken.found.share < FAIR:
        doubts.append(
            "that is less than such networks read: its layers may go on in another way (--architecture, "
            "--activation, or the network as ONNX)"
        )
    if left_open and digits.work.cut:
        doubts.append(
            "not every way to read it was tried, which would take long: tell its layers with --architecture "
            "or --activation, or give the network as ONNX"
        )
    return doubts
