"""Digits to try a network out on: how well it reads them, how surprised it is, and what trying has cost."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from engine import Evaluation, Net
from engine.run.whole_digits import as_seen, framings_of

FEWEST, FEW, SOME, MANY = 60, 200, 1000, 4000  # digits that a network is shown in one try
# Synapses that are summed up in one try, and where the accuracy is told: seconds for a large convolution.
TRY, SURE, TELL = 4e8, 2e9, 1e10
_DENSE = 8  # times faster are matrix products, in which each synapse has a weight of its own
MOST_WORK = 5e10
"""Synapses that a search may sum up before it takes what it has found: fifteen seconds of convolutions."""
_SURENESS = np.geomspace(0.2, 5.0, 33)
_FUNCTION = 20  # synapses in the time of one neuron's function, GELU and the like


@dataclass
class Work:
    """How much a search has summed up so far. cut: whether something was left untried for that."""

    done: float = 0.0
    cut: bool = False

    def ends(self) -> bool:
        """Whether it is as much as a search may, asked where something is left to try: that is noted."""
        over = self.done > MOST_WORK
        self.cut |= over
        return over


@dataclass(frozen=True)
class Digits:
    """Digits to try a network out on.

    usual: whether they are of the hands that such networks learn from. Others are read a little better by
    smoother functions, whatever the network had. work: what trying networks out has cost. framing: what a
    network of another input is shown of each, see `Net.framing`; "": what is usual at its size.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.integer[Any]]
    usual: bool = True
    work: Work = field(default_factory=Work)
    framing: str = ""

    def right(self, net: Net, mean: float, std: float, count: int) -> float:
        """The share of the first digits, 0..1, that a network reads right, handed (x - mean) / std."""
        return self.tried(net, mean, std, count).accuracy

    def tried(self, net: Net, mean: float, std: float, count: int) -> Evaluation:
        """What a network makes of the first digits, handed (x - mean) / std; its loss: see `surprise`."""
        given = self.given(net, mean, std, count)
        # Compiled loops would be quicker, but a new architecture's take ten seconds to be made.
        found = engine.evaluate(net, given, self.labels[:count], compiled=False)
        return replace(found, loss=surprise(found.probabilities, self.labels[:count]))

    def given(self, net: Net, mean: float, std: float, count: int) -> NDArray[np.float32]:
        """The first digits (N, *input shape) as a network is handed them, (x - mean) / std; that is work."""
        shape = net.layers[0].shape
        may = framings_of(shape)
        framing = self.framing if self.framing in may else next(iter(may), "")
        images = as_seen(self.images[:count], shape, framing).astype(np.float32) / 255
        neurons = sum(layer.size for layer in net.layers)
        sums = net.edge_count / (1 if _shared(net) else _DENSE)
        self.work.done += len(images) * (sums + _FUNCTION * neurons)
        given = (images - np.float32(mean)) / np.float32(std)
        return given.reshape(-1, *shape).astype(np.float32, copy=False)

    def ahead(self, usual: Evaluation, other: Evaluation) -> float:
        """By how many deviations of chance one network reads more of the same digits than the usual one.

        Of the digits that one alone reads right, chance gives each half (McNemar 1947).
        """
        labels = self.labels[: min(usual.total, other.total)]
        right = [found.answers[: len(labels)] == labels for found in (usual, other)]
        gained, lost = int((right[1] & ~right[0]).sum()), int((right[0] & ~right[1]).sum())
        return float((gained - lost) / max(gained + lost, 1) ** 0.5)

    def off(self, found: Evaluation) -> float:
        """The cross-entropy of answers, as sure of themselves as they are, times that at their best sureness.

        Training on cross-entropy leaves a net about as sure as it may be, on pixels as it was trained on (Guo
        et al. 2017); one that is not so, as with another loss, still is least surprised there.
        """
        labels = self.labels[: found.total]
        sure = np.log(np.maximum(found.probabilities, np.finfo(np.float32).tiny), dtype=np.float64)
        return float(-sure[np.arange(len(labels)), labels].mean() * found.loss)

    def behind(self, other: Evaluation, best: Evaluation) -> float:
        """By how many deviations of chance one network is more surprised by the same digits than the best.

        The mean of the differences, digit by digit, in its standard errors. Where a network has misread a
        digit or two, a loss three times another's is chance still.
        """
        count = min(other.total, best.total)
        lost = [surprises(found.probabilities[:count], self.labels[:count]) for found in (other, best)]
        apart = lost[0] - lost[1]
        if not np.isfinite(apart).all():
            return float("inf")
        return float(apart.mean() / max(apart.std() / count**0.5, np.finfo(np.float32).tiny))

    def enough(self, net: Net, most: int, work: float) -> int:
        """How many digits to show a network: fewer where each takes longer, but never just a handful."""
        work *= 1 if _shared(net) else _DENSE
        return min(len(self.images), most, max(FEWEST, int(work / net.edge_count)))


def surprise(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """The cross-entropy of answers (N, classes) against labels (N,), as sure of themselves as fits them best.

    A net read in a way that is not its own is mostly too sure or not sure enough, and one that learned little
    is so in its own way too, which must not part them: temperature scaling (Guo et al. 2017, section 4.2).
    """
    return float(surprises(probabilities, labels).mean())


def surprises(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """The surprise, see there, at each digit: float64 (N,), infinite where an answer is no number."""
    with np.errstate(invalid="ignore"):
        scores = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny), dtype=np.float64)
    if not np.isfinite(scores).all():
        return np.full(len(labels), np.inf)
    truth = scores[np.arange(len(labels)), labels]
    tries = (np.log(np.exp(each * scores).sum(axis=1)) - each * truth for each in _SURENESS)
    return min(tries, key=lambda each: float(each.mean()))


def _shared(net: Net) -> bool:
    """Whether synapses share their weights, as those of convolutions do."""
    return net.parameter_count < net.edge_count / 2
