"""Pulse: the light that runs along each strand, forward as a signal or back as what explains the answer."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.meeting import crowding, overlap
from scenes.light.strand_curves import POINTS
from scenes.light.theme import Theme, sample, shade
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Span, Timeline

Floats = NDArray[np.float32]

_TRAVEL = 0.62  # share of a connection's span that one pulse needs for its way
_WIDTH = 0.13  # length of the bright head, as a share of the way
# A connection in which more light than this meets, at rest or at its front, shines less, lest it be white.
_BRIGHTEST, _FRONT = 2.9, 0.7
_REST = 0.55  # light left in a connection once the signal has moved on
_CLEAR = 0.35  # share of a strand's way in which it fades beside a painted neuron
_PLACE = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
# Brighter towards the target; dark where they leave, lest they bleach the pixels and maps they come from.
_SWELL = ((0.28 + 0.72 * _PLACE**0.9) * smooth(_PLACE / 0.20)).astype(np.float32)
_FADE = (-0.02, 0.06)  # shares of the film, from when the way back begins, in which the signal goes
_STAYS = 1.2  # of its light at rest, what a signal has at the end where nothing else is drawn
_HEAD = 0.10  # length of the bright front that runs back, as a share of the way


def delays(drawn: DrawnSynapses) -> Floats:
    """Share of the spare time that each pulse waits: strong ones leave first, float32 (K,), 0..1."""
    start, stop = np.array([(span.start, span.stop) for span in drawn.spans], dtype=np.int64).reshape(-1, 2).T
    rank = np.arange(len(drawn)) - start[drawn.connection]
    last = np.maximum(stop - start - 1, 1).astype(np.float32)
    wait = 1.0 - rank.astype(np.float32) / last[drawn.connection]
    # DrawnSynapses are sorted by strength; neighbours in rank are scattered a little, so that no front forms.
    scatter = ((drawn.source * 7919 + drawn.target * 104729) % 997) / 997.0
    mixed: Floats = (0.65 * wait + 0.35 * scatter).astype(np.float32)
    return mixed


def arrivals(drawn: DrawnSynapses, line: Timeline) -> Floats:
    """Seconds at which each pulse reaches its target, float32 (K,)."""
    spans = np.array(line.pulses, dtype=np.float32).reshape(-1, 2)[drawn.connection]
    length = spans[:, 1] - spans[:, 0]
    arrival: Floats = spans[:, 0] + length * (_TRAVEL + (1 - _TRAVEL) * delays(drawn))
    return arrival.astype(np.float32)


def beside(drawn: DrawnSynapses, line: Timeline) -> Floats:
    """How many connections that are drawn run at the same time as each, at least 1: float32 (C,)."""
    seen = [pulse for pulse, span in zip(line.pulses, drawn.spans, strict=True) if span.stop > span.start]
    return np.array([max(seen.count(pulse), 1) for pulse in line.pulses], dtype=np.float32)


def base_alpha(drawn: DrawnSynapses, theme: Theme, line: Timeline, shine: Floats, kept: Floats) -> Floats:
    """Opacity at rest, float32 (K, POINTS), 0..1: a function of |value| that only grows.

    shine: float32 (K,), the light of each strand; kept: float32 (C,), what each connection keeps of it.
    """
    warm = (drawn.value > 0) | attends(drawn)
    sign = np.where(warm, 1.0, theme.inhibit_alpha) if drawn.by != "signal" else theme.signal_alpha
    counts = np.array([span.stop - span.start for span in drawn.spans], dtype=np.float32)
    # Few strands may shine more than many, which add up.
    gain = np.clip(np.sqrt(1500.0 / np.maximum(counts, 1.0)), 0.6, 1.6)
    gain = (gain / beside(drawn, line) * kept)[drawn.connection]
    alpha = (theme.strand * (0.03 + 0.97 * shine)) * sign * gain
    settled: Floats = (alpha[:, None] * _SWELL).astype(np.float32)
    return settled


def _steepness(drawn: DrawnSynapses) -> Floats:
    """Exponent of each strand's brightness, float32 (K,): a connection's middle strand shines at a sixth.

    One exponent for all would leave a connection dark whose strongest synapse stands out, and drown one whose
    synapses are alike.
    """
    used = [span for span in drawn.spans if span.stop > span.start]
    start = np.array([span.start for span in used], dtype=np.int64)
    stop = np.array([span.stop for span in used], dtype=np.int64)
    # The median: strands are sorted by their strength.
    low, high = (start + stop - 1) // 2, (start + stop) // 2
    middle = ((drawn.strength[low] + drawn.strength[high]) / 2).astype(np.float64)
    exponent = np.clip(np.log(0.16) / np.log(np.clip(middle, 1e-6, 0.999)), 0.5, 6.0)
    return np.repeat(exponent.astype(np.float32), stop - start)


def attends(drawn: DrawnSynapses) -> NDArray[np.bool_]:
    """Which strands are told as attention, bool (K,): where products are shown, theirs are no weight's."""
    return drawn.attention & (drawn.by == "contribution")


def colours(drawn: DrawnSynapses, theme: Theme) -> NDArray[np.uint8]:
    """Colour of each strand by the sign of its value, uint8 (K, 3); signal and attention have their own."""
    if drawn.by == "signal":
        return sample(theme.signal, drawn.strength)
    ramps = np.concatenate([theme.inhibit, theme.excite, theme.attend])
    return ramps[np.where(attends(drawn), 2, drawn.value > 0) * 256 + shade(drawn.strength)]


@dataclass(frozen=True, eq=False)
class Light:
    """What a film's strands look like at rest, worked out once.

    Attributes:
        rgba: uint8 (K, POINTS, 4), colour by the sign of the value, and no opacity.
        alpha: float32 (K, POINTS), opacity 0..1 near the camera once the signal has passed.
        wait: float32 (K,), share of the spare time that each pulse waits.
        front: float32 (K, POINTS), brightness 0..1 of the front of each pulse, forward and back, as it
            comes by; 0 in a picture in which nothing runs.
    """

    rgba: NDArray[np.uint8]
    alpha: Floats
    wait: Floats
    front: Floats


@dataclass(frozen=True, eq=False)
class Glow:
    """The light of strands at one moment, before a camera sees them.

    Attributes:
        trail: float32 (K, POINTS), opacity 0..255 near the camera of what pulses leave behind them.
        heads: of connections that pulses run along, the slice of their strands, and float32 (k, POINTS), the
            opacity 0..255 of the pulses, which shine through any fog.
    """

    trail: Floats
    heads: tuple[tuple[slice, Floats], ...]


def prepare(
    drawn: DrawnSynapses,
    theme: Theme,
    line: Timeline,
    painted: NDArray[np.int32] | None = None,
    sight: Floats | None = None,
) -> Light:
    """Work out colours, opacities and delays of a film's strands.

    sight: see `overlap`, None for a picture in which nothing runs.
    painted: ids of neurons that show paint; strands fade before they reach them, lest their light tint it.
    """
    if not len(drawn):
        none = np.zeros((0, POINTS), dtype=np.float32)
        return Light(np.zeros((0, POINTS, 4), dtype=np.uint8), none, none[:, 0], none)
    shine = drawn.strength ** _steepness(drawn)
    kept = np.minimum(1.0, _BRIGHTEST / np.maximum(crowding(drawn, shine), 1e-6))
    alpha = base_alpha(drawn, theme, line, shine, kept)
    if painted is not None:
        leaves, lands = np.isin(drawn.source, painted), np.isin(drawn.target, painted)
        alpha *= np.where(leaves[:, None], smooth(_PLACE / _CLEAR), 1.0)
        alpha *= np.where(lands[:, None], smooth((1.0 - _PLACE) / _CLEAR), 1.0)
    colour = np.zeros((len(drawn), 4), dtype=np.uint8)
    colour[:, :3] = colours(drawn, theme)
    # A colour is one number here: NumPy copies four bytes at once much faster than one by one.
    rgba = np.repeat(colour.view(np.uint32), POINTS, axis=1).view(np.uint8)
    front = np.zeros_like(alpha) if sight is None else _fronts(drawn, sight)
    return Light(rgba.reshape(len(drawn), POINTS, 4), alpha, delays(drawn), front)


def _fronts(drawn: DrawnSynapses, sight: Floats) -> Floats:
    """Brightness of the fronts, float32 (K, POINTS): the less, the more of them meet in one place."""
    front = 0.04 + 0.36 * drawn.strength
    kept = np.minimum(1.0, _FRONT / np.maximum(overlap(drawn, front, sight), 1e-6))
    return (front[:, None] * kept[drawn.connection]).astype(np.float32)


def stays(signal: DrawnSynapses, explained: DrawnSynapses) -> NDArray[np.bool_]:
    """Of each connection, bool (C,), whether its signal stays at the end, for it has nothing else to show.

    Only learned weights have some measures: without the signal a net would be dark between its decks.
    """
    if explained.by not in ("weight", "gradient"):
        return np.zeros(len(signal.spans), dtype=np.bool_)
    each = zip(signal.spans, explained.spans, explained.quotas, strict=True)
    return np.array(
        [sent.stop > sent.start and span.stop == span.start and most > 0 for sent, span, most in each]
    )


def forth(
    drawn: DrawnSynapses, rest: Light, line: Timeline, t: float, staying: NDArray[np.bool_] | None = None
) -> Glow:
    """The light of the signal at time t: pulses run to their targets, and all goes as the way back begins.

    staying: connections, bool (C,), of which a part stays; None for none.
    """
    start, end = _turns(line.pulses)
    begun, progress = t > start, (t - start) / (end - start)
    left: float | NDArray[np.float64] = 1.0 - float(
        smooth(between(t, *(line.back[0] + share * line.seconds for share in _FADE)))
    )
    if staying is not None and staying.any():
        left = np.where(staying, _STAYS + (1.0 - _STAYS) * left, left)
    elif left <= 0:  # from then on, in a third of the film
        return _ends(rest)[0]
    calm = left * (1.0 - (1.0 - _REST) * smooth(between(progress, 1.15, 1.9)))
    share = np.where(begun, calm * 255.0, 0.0).astype(np.float32)
    trail = rest.alpha * share[drawn.connection][:, None]
    heads = []
    for number in np.flatnonzero(begun & (progress < 1.6)):
        span = drawn.spans[number]
        head = ((float(progress[number]) - (1 - _TRAVEL) * rest.wait[span]) / _TRAVEL)[:, None]
        trail[span] *= np.clip((head - _PLACE) / 0.06 + 0.5, 0.0, 1.0)
        bump = np.exp(-(((head - _PLACE) / _WIDTH) ** 2)) * np.clip((1.25 - head) / 0.25, 0.0, 1.0)
        bright = share[number] * rest.front[span]
        heads.append((span, bump * bright * (rest.alpha[span] > 0)))
    return Glow(trail, tuple(heads))


def back(drawn: DrawnSynapses, rest: Light, line: Timeline, t: float) -> Glow:
    """The light of what explains the answer at time t: it appears from the answer back to the digit."""
    start, end = _turns(line.backs)
    dark, full = _ends(rest)
    if t <= start.min(initial=np.inf):
        return dark
    if t >= end.max(initial=-np.inf):
        return full
    trail, heads = np.zeros_like(rest.alpha), []
    for number in np.flatnonzero(t > start):
        span = drawn.spans[number]
        # From beyond the target, 1, to beyond the source, 0.
        head = 1.15 - 1.3 * float(between(t, start[number], end[number]))
        trail[span] = rest.alpha[span] * (255.0 * np.clip((_PLACE - head) / 0.12, 0.0, 1.0))
        if head > -0.1:
            bump = np.exp(-(((_PLACE - head) / _HEAD) ** 2)) * float(between(1.15 - head, 0.0, 0.1))
            bright = 255.0 * rest.front[span]
            heads.append((span, (bump * bright * (rest.alpha[span] > 0)).astype(np.float32)))
    return Glow(trail, tuple(heads))


@lru_cache(maxsize=8)
def _turns(spans: tuple[Span, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds at which each connection's turn begins and ends: float64 (C,) each."""
    start, end = np.array(spans).reshape(-1, 2).T
    return start, end


@lru_cache(maxsize=8)
def _ends(rest: Light) -> tuple[Glow, Glow]:
    """Strands before any light, and as they stay once all have appeared: most of a film, the same objects."""
    return Glow(np.zeros_like(rest.alpha), ()), Glow(rest.alpha * np.float32(255.0), ())


def seen(drawn: DrawnSynapses, rest: Light, glow: Glow, fog: Floats) -> NDArray[np.uint8]:
    """RGBA along each strand, uint8 (K, POINTS, 4); fog (N,): what distance leaves of each neuron's light."""
    if not glow.heads and not glow.trail.any():
        return rest.rgba.copy()  # as they are before any light
    near, far = fog[drawn.source][:, None], fog[drawn.target][:, None]
    alpha = (far - near) * _PLACE
    alpha += near
    alpha *= glow.trail
    for span, head in glow.heads:
        alpha[span] += head
    rgba = rest.rgba.copy()
    rgba[..., 3] = np.minimum(alpha, 255.0, out=alpha)
    return rgba
