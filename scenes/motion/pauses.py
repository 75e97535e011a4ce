"""Pauses: a film that stops. What time of the film is shown when, and which stops were asked for."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from numbers import Real
from typing import Any

from guarding import in_a_line
from scenes.errors import SceneError

Pairs = tuple[tuple[str | float, float], ...]
Moments = tuple[tuple[float, float], ...]
"""The film's moments at which it stops, rising, and the seconds that each adds."""
Pause = Pairs | Mapping[str, float] | Mapping[float, float] | Mapping[str | float, float] | float
"""Where a film stops and for how long: by name or moment in seconds; a number alone: at each layer."""

EACH = ""
"""What stands in `Pairs` for each layer that has no pause of its own."""
LONGEST, _ALL = 60, 600
"""Seconds of one pause, and of all of a film."""
_EASE = 0.5  # seconds in which a film comes to rest, and sets off again
_NEXT = 0.011  # of a film's length: so long after a stop a sentence begins that waited for its end

_FIX = "give a layer with seconds, such as conv1=2, or a number for all layers"


@dataclass(frozen=True)
class Stop:
    """A film that stands still.

    Attributes:
        at: the film's moment, seconds.
        ease: seconds in which it comes to rest before, and those in which it sets off after; it passes half
            as many of its own in each.
        first, last: the seconds, as it is shown, between which it stands.
    """

    at: float
    ease: float
    first: float
    last: float


@dataclass(frozen=True)
class Pauses:
    """The film's time at each moment that is shown, and the other way round. Each pause adds what it lasts.

    Attributes:
        film: length of the film without pauses, seconds.
        moments: the film's moments at which it stops, rising, each with the seconds that are added.
    """

    film: float
    moments: Moments = ()

    @property
    def seconds(self) -> float:
        """Length of the film with its pauses."""
        return self.film + sum(added for _, added in self.moments)

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        """All stops in order. None is reached before the film has set off from the one before."""
        ends = [-math.inf, *(at for at, _ in self.moments), math.inf]
        gaps = [after - before for before, after in pairwise(ends)]
        stops, before = list[Stop](), 0.0
        for (at, added), near in zip(self.moments, map(min, pairwise(gaps)), strict=True):
            ease = min(_EASE, added / 2, near, 2 * at, 2 * (self.film - at))
            first = at + before + ease / 2
            stops.append(Stop(at, ease, first, first + added - ease))
            before += added
        return tuple(stops)

    def film_at(self, shown: float) -> float:
        """The film's time that is shown after so many seconds, within the film."""
        if shown >= self.seconds:
            return self.film
        shown, before = max(shown, 0.0), 0.0
        for stop, (_, added) in zip(self.stops, self.moments, strict=True):
            if shown < stop.first:
                to_go = stop.first - shown
                return stop.at - to_go * to_go / (2 * stop.ease) if to_go < stop.ease else shown - before
            if shown <= stop.last:
                return stop.at
            if (gone := shown - stop.last) < stop.ease:
                return stop.at + gone * gone / (2 * stop.ease)
            before += added
        return shown - before

    def shown_at(self, film: float) -> float:
        """When a moment of the film is shown, in seconds; of a stop, when it is reached."""
        before = 0.0
        for stop, (_, added) in zip(self.stops, self.moments, strict=True):
            if film <= stop.at:
                if 2 * (left := stop.at - film) >= stop.ease:
                    break
                return stop.first - math.sqrt(2 * stop.ease * left)
            if 2 * (gone := film - stop.at) < stop.ease:
                return stop.last + math.sqrt(2 * stop.ease * gone)
            before += added
        return film + before

    def settled(self, shown: float) -> float:
        """The first moment that shows the same picture: while the film stands still, when it began to."""
        for stop in self.stops:
            if stop.first <= shown <= stop.last:
                return stop.first
        return shown

    def told_from(self, film: float, lag: float) -> float:
        """From which of the film's moments on a sentence of this one is told: not before a stop just after.

        What stands still is told by the sentence that led to it. lag: seconds that are just after.
        """
        late = [stop.at for stop in self.stops if 0 <= stop.at - film <= lag + 1e-9]
        return min(late[-1] + _NEXT * self.film, self.film) if late else film

    def fading(self, end: float, fade: float) -> float:
        """In how many of the film's seconds a sentence goes that is told until `end`: not while it stops."""
        before = bisect_right([stop.at for stop in self.stops], end)
        return min(fade, end - self.stops[before - 1].at) if before else fade


def pairs_of(pause: Any) -> Pairs:
    """Pauses as a tuple of pairs, from a mapping, pairs, or a number of seconds for each layer.

    Raises:
        SceneError: they are none; the message begins with the word "pause".
    """
    if isinstance(pause, Real) and not isinstance(pause, bool):
        pause = ((EACH, pause),)
    try:
        given = [(where, seconds) for where, seconds in getattr(pause, "items", lambda: pause)()]
    except (TypeError, ValueError):
        raise SceneError(f"pause {in_a_line(pause)}: {_FIX}") from None
    pairs = tuple((at, _length(at, seconds)) for at, seconds in ((_place(where), s) for where, s in given))
    names = [where for where, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise SceneError(f"pause {name or 'for all layers'} is given twice: give it once")
    if (total := sum(seconds for _, seconds in pairs)) > _ALL:
        raise SceneError(f"pause: all together are {total:g} seconds: give {_ALL} at most")
    return pairs


def _place(where: Any) -> str | float:
    if isinstance(where, str):
        return " ".join(where.split())
    if isinstance(where, Real) and not isinstance(where, bool) and math.isfinite(where):
        return float(where)
    raise SceneError(f"pause {in_a_line(where)}: {_FIX}")


def _length(where: Any, seconds: Any) -> float:
    number = isinstance(seconds, Real) and not isinstance(seconds, bool)
    given = f"{seconds:g}" if number else in_a_line(seconds)
    told = f"pause {where}={given}" if where != EACH else f"pause {given}"
    if not number:
        raise SceneError(f"{told}: {_FIX}")
    if not 0 < seconds <= LONGEST:
        raise SceneError(f"{told} is out of range: give more than 0, and {LONGEST} seconds at most")
    return float(seconds)


def moments_of(
    pairs: Pairs, places: Sequence[Mapping[str, float]], each: Sequence[float], film: float
) -> Moments:
    """Pauses as moments of the film, rising, each once.

    places: when a film stops at a name, of each network that is shown. each: the moments that stand for all
    layers. film: length of the film, seconds.

    Raises:
        SceneError: there is no such name or moment; the message names those that there are.
    """
    found: dict[float, float] = {}
    for where, seconds in pairs:
        if where != EACH:
            at = _moment(where, places, film)
            found[at] = found.get(at, 0.0) + seconds
    for at in each:
        found.setdefault(at, dict(pairs).get(EACH, 0.0))
    moments = tuple((at, found[at]) for at in sorted(found) if found[at])
    pairs_of(moments)  # which checks how long all are together
    return moments


def _moment(where: str | float, places: Sequence[Mapping[str, float]], film: float) -> float:
    for known in places:
        if where in known:
            return known[str(where)]
    try:
        at = float(where)
    except ValueError:
        at = math.nan
    if 0 <= at <= film:
        return at
    if math.isfinite(at):
        raise SceneError(f"pause {at:g} is out of range: give a moment of the film, 0 to {film:g} seconds")
    names = ", ".join(dict.fromkeys(name for known in places for name in known))
    raise SceneError(f"pause {where} is not known: give one of {names}, or a moment in seconds")
