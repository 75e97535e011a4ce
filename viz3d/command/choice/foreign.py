"""Networks of other systems: read, and where digits are at hand, tried out on what their files leave open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import data
import engine
from engine import EngineError, Evaluation, Imported, Net, Told, Way

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
_FEWEST, _FEW, _SOME = 60, 200, 1000
_HANDFUL = 30  # tell 40 % from 10 %
# Synapses that are summed up in one try, and where the accuracy is told: seconds for a large convolution.
_TRY, _SURE, _TELL = 4e8, 2e9, 1e10
_DENSE = 8  # times faster are matrix products, in which each synapse has a weight of its own
_LIKELY = (0, 1, 4)
"""Numbers of the scales on which each way to read a file is tried: as it is, normalised, inverted."""
_OF_ONE, _FAR_LESS = {3: 0, 6: 4}, 0.7
"""Pixels 255 times as large as others: nets that learned little are surer on them in any case."""
_TRAINED, _FAIR = 0.4, 0.92
_CLEAR = 0.002
_MANY = 4000
_CERTAIN, _LIKELY_CHANCE, _MAYBE = 3.0, 2.0, 1.0
"""How many deviations of chance a way that is not the usual one must be ahead, and to be tried on more."""
_LESS_SURPRISED = 0.88
"""Under so many times the likeliest way's loss another must stay, where it does not surely read more digits:
briefly trained nets with ReLU were read with a smoother function at 0.90 times the loss or more."""
_NEAR = 0.1  # to the best of a few digits: what reads so many is tried on more


@dataclass(frozen=True)
class Found:
    """A network of another system: what was made of it, and lines that tell of it."""

    net: Net
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Digits:
    """Digits to try a network out on.

    usual: whether they are of the hands that such networks learn from. Others are read a little better by
    smoother functions, whatever the network had.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.integer[Any]]
    usual: bool = True

    def right(self, net: Net, mean: float, std: float, count: int) -> float:
        """The share of the first digits, 0..1, that a network reads right, handed (x - mean) / std."""
        return self.tried(net, mean, std, count).accuracy

    def tried(self, net: Net, mean: float, std: float, count: int) -> Evaluation:
        """What a network makes of the first digits, handed (x - mean) / std."""
        shape = net.layers[0].shape
        top = (28 - shape[0]) // 2 if len(shape) == 3 else 0
        images = self.images[:count].astype(np.float32) / 255
        if len(shape) == 3:
            images = images[:, top : top + shape[0], top : top + shape[1]]
        given = ((images - np.float32(mean)) / np.float32(std)).reshape(-1, *shape)
        # Compiled loops would be quicker, but a new architecture's take ten seconds to be made.
        return engine.evaluate(net, given, self.labels[:count], compiled=False)

    def ahead(self, usual: Evaluation, other: Evaluation) -> float:
        """By how many deviations of chance one network reads more of the same digits than the usual one.

        Of the digits that one alone reads right, chance gives each half (McNemar 1947).
        """
        labels = self.labels[: min(usual.total, other.total)]
        right = [found.answers[: len(labels)] == labels for found in (usual, other)]
        gained, lost = int((right[1] & ~right[0]).sum()), int((right[0] & ~right[1]).sum())
        return float((gained - lost) / max(gained + lost, 1) ** 0.5)

    def enough(self, net: Net, most: int, work: float) -> int:
        """How many digits to show a network: fewer where each takes longer, but never just a handful."""
        work *= 1 if _shared(net) else _DENSE
        return min(len(self.images), most, max(_FEWEST, int(work / net.edge_count)))


def _shared(net: Net) -> bool:
    """Whether synapses share their weights, as those of convolutions do."""
    return net.parameter_count < net.edge_count / 2


def read_foreign(file: Path, told: Told, scale: tuple[float, float] | None, whole: bool = True) -> Found:
    """Read a network of another system; scale: the mean and std that it was trained with, None: tried out.

    whole: whether its accuracy is told over the whole test split, else over its first thousand. EngineError
    where the file is not known.
    """
    imported = engine.import_net(file, told)
    notes = list(imported.notes)
    net, digits = imported.net, _at_hand(imported.net)
    if digits is None:
        net = engine.rescaled(net, *(scale or (0.0, 1.0)))
        lines = [] if _reads_digits(net) else [_odd(net)]
    else:
        net, lines = _tried(imported, digits, scale, notes, whole)
    provenance = {"imported": imported.kind, "file": file.name}
    told_lines = (f"{file}: {imported.kind}", *(f"note: {note}" for note in notes), *lines)
    return Found(net.replace(provenance=provenance), told_lines)


def _reads_digits(net: Net) -> bool:
    shape = net.layers[0].shape
    image = len(shape) == 3 and shape[2] == 1 and shape[0] == shape[1] and 8 <= shape[0] <= 28
    return (image or shape == (784,)) and net.layers[-1].size == 10


def _odd(net: Net) -> str:
    shape, classes = "x".join(map(str, net.layers[0].shape)), net.layers[-1].size
    return (
        f"note: it reads {shape} and gives {classes} answers: give the commands that show or test it data of "
        "that kind, with --data"
    )


def _at_hand(net: Net) -> _Digits | None:
    """The digits of MNIST's test split, or the embedded ones; None where the network reads none."""
    if not _reads_digits(net):
        return None
    try:
        found = data.load("mnist", "test", download=False)
    except data.DataError:
        found = data.load("digits", "all")
        return _Digits("the embedded digits", found.images, found.labels, usual=False)
    return _Digits("MNIST's test digits", found.images, found.labels)


def _tried(
    imported: Imported, digits: _Digits, scale: tuple[float, float] | None, notes: list[str], whole: bool
) -> tuple[Net, list[str]]:
    """The network in the way and on the scale on which it reads most digits, and what to say of that."""
    readings = imported.readings or (Way("", lambda: imported.net),)
    scales = SCALES if scale is None else {"as told": scale}
    nets = [imported.net if i == 0 else _made(reading) for i, reading in enumerate(readings)]
    best, where = _search(nets, list(scales.values()), digits)
    lines = []
    if best < _TRAINED:
        where = (0, 0)
        ways = len(readings) * len(scales)
        lines.append(
            f"note: it reads {best:.1%} of a few of {digits.name} at best, of {ways} ways that were tried: "
            "it is not trained on such digits, or its layers go on in another way (--architecture, "
            "--activation)"
        )
    number, place = where
    net = nets[number] or imported.net
    name, chosen = list(scales.items())[place]
    near = _nearer(readings[number], net, chosen, digits) if best >= _TRAINED and digits.usual else None
    if near is not None:
        notes[:] = [note for note in notes if not note.startswith("taken with")]
        net, assumed = near
        _, (_, place) = _search([net], list(scales.values()), digits)
        name, chosen = list(scales.items())[place]
        lines.append(f"note: of ways near to the likeliest, one fits the digits clearly better: {assumed}")
    elif number:
        notes[:] = [note for note in notes if not note.startswith("taken with")]
        lines.append(
            f"note: of {len(readings)} ways to read it, it reads most digits with {readings[number].assumed}"
        )
    if imported.readings and _TRAINED <= best < _FAIR:
        lines.append(
            "note: that is less than such networks read: its layers may go on in another way "
            "(--architecture, --activation, or the network as ONNX)"
        )
    if scale is None and best >= _TRAINED:
        lines.append(f"note: of {len(scales)} scales of its pixels that were tried, {name} fits it best")
    net = engine.rescaled(net, *chosen)
    count = digits.enough(net, len(digits.images) if whole else _SOME, _TELL if whole else _TRY)
    right = digits.right(net, 0.0, 1.0, count)
    which = f"all {count:,}" if count == len(digits.images) else f"the first {count:,}"
    lines.append(f"it reads {right:.2%} of {which} of {digits.name} right")
    return net, lines


def _nearer(way: Way, net: Net, scale: tuple[float, float], digits: _Digits) -> tuple[Net, str] | None:
    """The way near to one that fits the digits clearly better, and what it assumes; None: none does.

    It surely reads more of them, or as many and is far less surprised by the truth. The usual way is what
    most files mean: chance must be ruled out before another is taken.
    """
    usual = digits.tried(net, *scale, digits.enough(net, _SOME, _TRY))
    made = ((each.assumed, _made(each)) for each in way.near())
    tried = [
        (found, other, assumed)
        for assumed, other in made
        if other is not None and _promising(usual, found := digits.tried(other, *scale, usual.total), digits)
    ]
    count = digits.enough(net, _MANY, _SURE)
    if tried and count > usual.total:
        usual = digits.tried(net, *scale, count)
        tried = [(digits.tried(other, *scale, count), other, assumed) for _, other, assumed in tried]
    sure = [
        each
        for each in tried
        if digits.ahead(usual, each[0]) > _CERTAIN
        or (each[0].accuracy >= usual.accuracy and each[0].loss < _LESS_SURPRISED * usual.loss)
    ]
    if not sure:
        return None
    most = max(found.accuracy for found, *_ in sure)
    _, best, assumed = min((e for e in sure if e[0].accuracy >= most - _CLEAR), key=lambda e: e[0].loss)
    return best, assumed


def _promising(usual: Evaluation, other: Evaluation, digits: _Digits) -> bool:
    """Whether a way may turn out to fit better on more digits."""
    surprised = other.loss < _LESS_SURPRISED * usual.loss and other.accuracy >= usual.accuracy
    return surprised or digits.ahead(usual, other) > _MAYBE


def _made(reading: Way) -> Net | None:
    """The network read so, None where its layers do not fit each other then."""
    try:
        return reading.make()
    except EngineError:
        return None


def _search(
    nets: list[Net | None], scales: list[tuple[float, float]], digits: _Digits
) -> tuple[float, tuple[int, int]]:
    """The best share of digits, and the numbers of the network and scale: a few digits first, then more."""

    def tried(tries: Iterable[tuple[int, int]], most: int, work: float) -> dict[tuple[int, int], Evaluation]:
        # All on the same digits: what one reads of few, and another of many, chance alone may part.
        some = [(net, *each) for each in tries if (net := nets[each[0]]) is not None]
        counts = [digits.enough(net, most, work) for net, *_ in some]
        count = _HANDFUL if most == _HANDFUL else min(counts, default=0)
        return {(n, place): digits.tried(net, *scales[place], count) for net, n, place in some}

    likely = [place for place in _LIKELY if place < len(scales)]
    few = tried(((n, s) for s in likely for n in range(len(nets))), _FEW, _TRY / 4)
    if not few:
        return -1.0, (0, 0)
    number, _ = _usual_best(tried(_near_best(few), _SOME, _SURE), digits)
    rest = [(number, place) for place in range(len(scales)) if place not in likely]
    of_one = {each: few[each] for each in few if each[0] == number} | tried(rest, _FEW, _TRY / 4)
    first = tried(_near_best(of_one), _MANY, _SURE)
    best = _usual_best(first, digits)
    if first[best].accuracy >= _TRAINED or len(nets) == 1:
        return first[best].accuracy, best
    every = ((n, s) for n in range(len(nets)) for s in range(len(scales)))
    last = tried(_near_best(tried(every, _HANDFUL, 0)), _FEW, _TRY / 4)
    best = _usual_best(last, digits)
    return last[best].accuracy, best


def _usual_best(found: Mapping[tuple[int, int], Evaluation], digits: _Digits) -> tuple[int, int]:
    """The most usual way to read the file that is not surely worse than the best, and its scale."""
    top = max(found, key=lambda each: found[each].accuracy)
    for number in sorted({number for number, _ in found}):
        own = sorted(each for each in found if each[0] == number)
        best = max(own, key=lambda each: found[each].accuracy)
        if digits.ahead(found[best], found[top]) <= _LIKELY_CHANCE:
            # On pixels as it was trained on it is least surprised: a few digits more may be chance.
            fair = [each for each in own if digits.ahead(found[each], found[best]) <= _LIKELY_CHANCE]
            least = min(fair, key=lambda each: np.nan_to_num(found[each].loss, nan=np.inf))
            plain = (number, _OF_ONE.get(least[1], least[1]))
            little = plain in fair and found[least].loss > _FAR_LESS * found[plain].loss
            return plain if little else least
    return top


def _near_best(found: Mapping[tuple[int, int], Evaluation]) -> list[tuple[int, int]]:
    """The tries that come near to the best, at most four, the usual way first."""
    least = max(each.accuracy for each in found.values()) - _NEAR
    near = sorted(each for each in found if found[each].accuracy >= least)
    return sorted(sorted(near, key=lambda each: -found[each].accuracy)[:4])
