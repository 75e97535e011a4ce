"""Timeline: when things happen in a film, in seconds."""

from dataclasses import dataclass
from itertools import accumulate

from engine import Net

Span = tuple[float, float]

# Shares of the film's length.
_DISSOLVE = (0.026, 0.057)
_DIGIT = (0.035, 0.13)
_PULSES = (0.14, 0.47)
_BARS = (0.47, 0.55)
_ANSWER = (0.545, 0.615)
_BACK = (0.64, 0.80)
_CARD = (0.80, 0.83)
_ENDS = 0.235  # of the signal's way, what its first step takes, and its last, where all others are short

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


def plan(net: Net, seconds: float) -> Timeline:
    """Spread the beats of a film over `seconds`, above 0."""
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

    return Timeline(
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
    )
