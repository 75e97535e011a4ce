"""Timeline: when things happen in a film, in seconds."""

from dataclasses import dataclass

from engine import Net
from engine.graph.topology import depths

Span = tuple[float, float]

# Shares of the film's length.
_DIGIT = (0.02, 0.15)
_PULSES = (0.17, 0.665)
_BARS = (0.665, 0.775)
_ANSWER = (0.765, 0.845)


ROOMY = 10
"""Stations, of layers that fire together, of a net that has room for each one's name and story."""


@dataclass(frozen=True)
class Timeline:
    """Beats of one film.

    Attributes:
        seconds: length of the film.
        digit: while the digit appears.
        fires: by layer name, when the layer's neurons fire; the input fires when the digit has appeared.
        pulses: for each connection of the net, while its pulse runs.
        bars: while the bars fill.
        answer: while the winner steps forward; it holds from then on.
    """

    seconds: float
    digit: Span
    fires: dict[str, float]
    pulses: tuple[Span, ...]
    bars: Span
    answer: Span


def plan(net: Net, seconds: float) -> Timeline:
    """Spread the beats of a film over `seconds`, above 0."""
    depth = depths(net.graph)
    deepest = max(depth.values())
    start, end = _PULSES[0] * seconds, _PULSES[1] * seconds
    fires = {name: start + (end - start) * d / deepest for name, d in depth.items()}
    pulses = tuple((fires[source], fires[target]) for source, target in net.connections)

    def scaled(share: Span) -> Span:
        return share[0] * seconds, share[1] * seconds

    return Timeline(seconds, scaled(_DIGIT), fires, pulses, scaled(_BARS), scaled(_ANSWER))
