"""Timeline: when things happen in a film, in seconds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise

from engine import Net
from scenes.motion.pauses import EACH, Moments, Pairs, Pauses, moments_of

Span = tuple[float, float]

# Shares of the film's length.
_DISSOLVE = (0.026, 0.057)
_DIGIT = (0.035, 0.13)
_PULSES = (0.14, 0.47)
_BARS = (0.47, 0.55)
_ANSWER = (0.545, 0.615)
_BACK = (0.64, 0.80)
_CARD = (0.80, 0.83)
_LIT = 0.026  # from when a layer fires until a film stops at it, if others are not too near
_ENDS = 0.235  # of the signal's way, what its first step takes, and its last, where all others are short

_BLOCK = re.compile(r"(?<=\d)[._]")  # what ends the name of a block in that of one of its layers

ROOMY = 10
"""Stations, of layers that fire together, of a net that has room for each one's name and story."""


@dataclass(frozen=True)
class Timeline:
    """Beats of one film.

    Attributes:
        seconds: length of the film.
        dissolve: while the last picture, with which a film begins, gives way to the first.
        digit: while the digit appears.
        fires: by layer name, when the layer's neurons fire; the input fires when the digit has appeared.
        pulses: for each connection of the net, while its pulse runs.
        bars: while the bars fill.
        answer: while the winner steps forward; it holds from then on.
        back: while what speaks for the answer, and against it, is traced back to the digit.
        backs: for each connection of the net, while its synapses are: from their targets to their sources.
        card: while the card that tells why comes up; it holds from then on.
        pauses: where the film stops; all other times are those of a film without them.
        asked: the pauses as they were asked for.
    """

    seconds: float
    dissolve: Span
    digit: Span
    fires: dict[str, float]
    pulses: tuple[Span, ...]
    bars: Span
    answer: Span
    back: Span
    backs: tuple[Span, ...]
    card: Span
    pauses: Pauses
    asked: Pairs = ()

    @property
    def places(self) -> dict[str, float]:
        """The film's moment at which it stops at each layer, by name, and at each other beat."""
        ends = {"digit": self.digit[1], "bars": self.bars[1], "answer": self.answer[1], "why": self.card[1]}
        return ends | {name: at + self._lags[at] for name, at in self.fires.items()}

    @cached_property
    def _lags(self) -> dict[float, float]:
        """By the moment when layers fire, the seconds after which the film stops at them.

        What the layer after them does has hardly begun then.
        """
        turns = sorted({*self.fires.values(), self.answer[1]})
        return {at: min(_LIT * self.seconds, (then - at) / 2) for at, then in pairwise(turns)}

    def told_from(self, start: float) -> float:
        """From when on it is told what begins at a moment: after a stop at what has just ended with it."""
        if not self.pauses.moments:
            return start
        own = [lag for at, lag in self._lags.items() if abs(at - start) < 1e-6]
        return self.pauses.told_from(start, own[0] if own else self.bars[1] - self.answer[0])


def stops(lines: Sequence[tuple[Net, Timeline]], pause: Pairs) -> Moments:
    """Pauses as moments of a film, where they may name layers and beats of one net or of several.

    Those for each layer are for the first net's; layers of one block stop it once, when the last has fired.
    SceneError where there is no such layer, beat or moment.
    """
    (net, line), *_ = lines
    blocks = {_BLOCK.split(layer.name)[0]: line.places[layer.name] for layer in net.layers[1:]}
    each = list(blocks.values()) if any(name == EACH for name, _ in pause) else []
    return moments_of(pause, [line.places for _, line in lines], each, line.seconds)


def _passed(deepest: int) -> list[float]:
    """The share of the way that is passed at each depth, 0..1.

    All steps take as long, but in a net of many layers the first and the last a part of the whole: what
    happens there, which has a sentence of its own, would else be told for a tenth of a second.
    """
    steps = [1.0] * deepest
    if deepest >= ROOMY:
        steps[0] = steps[-1] = (deepest - 2) * _ENDS / (1.0 - 2.0 * _ENDS)
    whole = sum(steps)
    return [total / whole for total in accumulate(steps, initial=0.0)]


def plan(net: Net, seconds: float, pause: Pairs = ()) -> Timeline:
    """Spread the beats of a film over `seconds`, above 0; pause: where it stops, which adds to them.

    SceneError where the net has no layer or beat to stop at that is called so.
    """
    depth = net.graph.depths
    passed = _passed(max(depth.values()))
    start, end = _PULSES[0] * seconds, _PULSES[1] * seconds
    fires = {name: start + (end - start) * passed[d] for name, d in depth.items()}
    pulses = tuple((fires[source], fires[target]) for source, target in net.connections)
    first, last = _BACK[0] * seconds, _BACK[1] * seconds
    met = {name: last - (last - first) * passed[d] for name, d in depth.items()}
    backs = tuple((met[target], met[source]) for source, target in net.connections)

    def scaled(share: Span) -> Span:
        return share[0] * seconds, share[1] * seconds

    line = Timeline(
        seconds=seconds,
        dissolve=scaled(_DISSOLVE),
        digit=scaled(_DIGIT),
        fires=fires,
        pulses=pulses,
        bars=scaled(_BARS),
        answer=scaled(_ANSWER),
        back=scaled(_BACK),
        backs=backs,
        card=scaled(_CARD),
        pauses=Pauses(seconds),
    )
    return replace(line, pauses=Pauses(seconds, stops([(net, line)], pause)), asked=pause) if pause else line
