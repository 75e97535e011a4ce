"""Pace: how fine a picture is while something moves, by how long the last ones took."""

from dataclasses import dataclass, replace

from engine.kernels.threads import processors
from viz3d.live.work.painter import Picture

# Share of the pixels in both directions, and of the synapses: the strongest of each connection.
_STEPS = ((1.0, 1.0), (0.75, 0.6), (0.6, 0.35), (0.5, 0.35), (0.4, 0.2))
_FIRST = 2
# Seconds between two pictures of a network that learns: where a card draws them, where the processors do that
# train, and where these are no more than _FEW; the next one where they take long.
_PAUSES = (0.2, 0.5, 1.0)
_FEW = 2
_FAST, _SLOW = 0.035, 0.085  # seconds: a moving picture that takes less may be finer, and coarser if more


@dataclass(frozen=True)
class Pace:
    """How fast this machine draws this network.

    Attributes:
        step: of _STEPS, how a moving picture is drawn.
        whole: seconds that the last whole picture took.
        by_card: whether a graphics card drew the last picture.
    """

    step: int = _FIRST
    whole: float = 1.0
    by_card: bool = False

    @property
    def slow(self) -> bool:
        """Whether whole pictures take so long that others are drawn with fewer pixels."""
        return self.whole >= _FAST

    @property
    def between(self) -> float:
        """Seconds from one picture to the next of a network that learns.

        Where the processors draw that train, pictures give way, and so they do where they take long.
        """
        drawn_by = 0 if self.by_card else 1 if processors() > _FEW else 2
        return _PAUSES[min(drawn_by + self.slow, len(_PAUSES) - 1)]

    @property
    def moving(self) -> tuple[float, float]:
        """Share of the pixels in both directions, and of the synapses, while something moves."""
        return _STEPS[self.step if self.slow else 0]

    def after(self, picture: Picture) -> "Pace":
        """What a picture that was drawn teaches."""
        request, seconds = picture.request, sum(picture.seconds.values())
        known = replace(self, by_card=picture.by_card)
        if request.whole:
            return replace(known, whole=seconds)
        if (request.scale, request.share) != self.moving:
            return known  # it was asked for before the last step
        by = 1 if seconds > _SLOW else -1 if seconds < _FAST else 0
        return replace(known, step=min(max(self.step + by, 1), len(_STEPS) - 1))
