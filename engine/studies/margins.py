"""Margins: which neurons of a layer push one image's answer from one class to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_class
from engine.run.trace import Trace, check_trace
from engine.studies.silencer import Silencer


@dataclass(frozen=True, eq=False)
class Margins:
    """How far one class is ahead of another, with all neurons and without each one of a layer.

    margin: score (pre-activation) of class `ahead` less that of class `behind`. without (size,): the same
    with one neuron silent. answers (size,): what is then read.
    """

    layer: str
    ahead: int
    behind: int
    margin: float
    without: Array
    answers: Array

    @property
    def push(self) -> Array:
        """What each neuron does for class `ahead` against `behind` (size,): the margin that goes with it."""
        return self.margin - self.without

    @property
    def order(self) -> Array:
        """The layer's neurons (size,), the one that pushes most first."""
        return np.argsort(-self.push, kind="stable")


def margins(trace: Trace, layer: str, ahead: int, behind: int, *, batch: int = 256) -> Margins:
    """Silence each neuron of a layer by itself, for a trace's image; exact, not by gradients.

    Only what follows the layer is worked out anew, many neurons at once; a neuron that is silent already
    pushes nothing.
    """
    check_trace(trace)
    net, output = trace.net, trace.net.layers[-1]
    studied = net.layer(layer)
    for label in (ahead, behind):
        check_class(label, output.size)
    if ahead == behind:
        raise EngineError(f"class {ahead} has no margin over itself: name two classes")
    if studied is output:
        raise EngineError(f"{layer} is the answer itself: take a layer before it")
    scores = trace.pre[output.name].reshape(-1)
    margin = float(scores[ahead]) - float(scores[behind])
    without = np.full(studied.size, margin, np.float64)
    answers = np.full(studied.size, trace.activation[output.name].argmax(), np.int64)
    active = np.flatnonzero(trace.activation[layer])
    silencer = Silencer(trace, min(batch, len(active)))
    batch = silencer.batch

    def read(silent: Array) -> tuple[Array, Array]:
        """Margins and answers (batch,) of the image with one of these neurons silent each, then with none."""
        score, out = silencer.read(studied, list(silent[:, None]), batch)
        return score[:, ahead] - score[:, behind], out.argmax(axis=1)

    # Sums of a batch are rounded otherwise than those of one image, so a batch is compared with a batch: what
    # a neuron does is exactly 0 where nothing of it arrives.
    intact, _ = read(active[:0])
    for start in range(0, len(active), batch):
        chunk = active[start : start + batch]
        left, read_as = read(chunk)
        without[chunk] = margin - (intact - left)[: len(chunk)]
        answers[chunk] = read_as[: len(chunk)]
    return Margins(layer, ahead, behind, margin, without, answers)
