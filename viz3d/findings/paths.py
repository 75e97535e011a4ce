"""The strongest ways from pixels to a digit's score, and what edits have made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import engine
from viz3d.session.traced_digit import TracedDigit


@dataclass(frozen=True)
class Way:
    """A path: the addresses of its neurons from a pixel to an output, and what it brings to the score.

    before: what it brought before the edits, None where there is nothing to compare with.
    """

    where: tuple[str, ...]
    contribution: float
    before: float | None

    def as_json(self) -> dict[str, Any]:
        """The path as JSON values."""
        told = {} if self.before is None else {"before": self.before}
        return {"contribution": self.contribution, **told, "neurons": list(self.where)}


@dataclass(frozen=True, eq=False)
class PathsFacts:
    """The strongest paths from pixels to a digit's score; see engine.strongest_paths.

    score: of that digit. pixels (input size,): what all paths from each pixel bring together; starts: the
    same of the listed paths alone. gone: paths that were among the strongest before the edits and no longer
    are. resized: edits have moved neurons to other places, so nothing can be compared.
    """

    traced: TracedDigit
    label: int
    score: float
    pixels: np.ndarray
    starts: np.ndarray
    ways: tuple[Way, ...]
    gone: tuple[Way, ...] = ()
    resized: bool = False

    @classmethod
    def of(
        cls, traced: TracedDigit, count: int, label: int | None = None, before: TracedDigit | None = None
    ) -> "PathsFacts":
        """Find the paths to a digit, by default the one that is read; before: the same digit before edits."""
        trace, net = traced.trace, traced.net
        label = trace.prediction if label is None else label
        paths = engine.strongest_paths(trace, label, count)
        starts = np.zeros(net.layers[0].size)
        np.add.at(starts, [path.neurons[0] for path in paths], [path.contribution for path in paths])
        resized = before is not None and before.net.layers != net.layers
        old = None if before is None or resized else before.trace
        gone: list[engine.Path] = []
        if old is not None:
            mine = {path.neurons for path in paths}
            gone = [path for path in engine.strongest_paths(old, label, count) if path.neurons not in mine]
        return cls(
            traced,
            label,
            float(trace.pre[net.layers[-1].name].reshape(-1)[label]),
            engine.pixel_contributions(trace, label),
            starts,
            _ways(traced, paths, old),
            _ways(traced, gone, old),
            resized,
        )

    @property
    def compared(self) -> bool:
        """Whether there is something to compare with."""
        return any(way.before is not None for way in (*self.ways, *self.gone))

    def as_json(self) -> dict[str, Any]:
        """The paths as JSON values."""
        return {
            "class": self.label,
            "score": self.score,
            "from_pixels": float(self.pixels.sum()),
            "strongest": [way.as_json() for way in self.ways],
            **({"no_longer": [way.as_json() for way in self.gone]} if self.compared else {}),
        }


def _ways(traced: TracedDigit, paths: Iterable[engine.Path], old: engine.Trace | None) -> tuple[Way, ...]:
    """Paths with what they bring now, and before."""
    ways = [path.neurons for path in paths]
    now = engine.path_contributions(traced.trace, ways).tolist()
    then = [None] * len(ways) if old is None else engine.path_contributions(old, ways).tolist()
    where = (tuple(traced.address(number) for number in way) for way in ways)
    return tuple(Way(*each) for each in zip(where, now, then, strict=True))
