"""Statistics of a network's neurons, gathered and kept with it, and its choice of images worth watching."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import engine
from data import Dataset
from engine import Net
from viz3d.command.choice.digits import balanced, many
from viz3d.command.choice.suiting import aligned

MOST = 300
"""Images of each digit that statistics are gathered of: more change them by less than a film shows."""
_HESITATES = 0.60, 0.93  # confidence of an answer that is worth watching
_CLEAR = 0.95  # the most confident answer to a legible image that still shows a doubt
_THIRD = 0.02  # probability above which a third class has a say


def with_statistics(net: Net, train: Dataset) -> Net:
    """The network with statistics of its own over training images, at most MOST of each digit.

    One of too many classes for statistics stays as it is. Raises UserError or EngineError where it cannot
    read them.
    """
    if net.layers[-1].size > engine.NO_CLASS:
        return net
    some = balanced(aligned(net, train, net.name), MOST)
    source = f"{len(some.labels):,} {some.split}ing {many(some)} of {some.title}"
    return replace(net, statistics=engine.statistics_of(net, some.images, some.labels, source=source))


def with_watch(net: Net, *sets: Dataset, legible: Mapping[str, Sequence[int]] | None = None) -> Net:
    """The network with one image of each digit of these sets that is worth watching, see `worth_watching`.

    legible: by the name of a set, such as "mnist:test", images that people read at a glance.
    """
    watch: dict[str, tuple[int, ...]] = {}
    for images in sets:
        name = f"{images.name}:{images.split}"
        probabilities = engine.evaluate(net, images.images, images.labels).probabilities
        watch[name] = worth_watching(probabilities, images.labels, (legible or {}).get(name, ()))
    return replace(net, watch={**net.watch, **watch})


def worth_watching(
    probabilities: np.ndarray, labels: np.ndarray, legible: Sequence[int] = ()
) -> tuple[int, ...]:
    """For each class the number of an image whose answer hesitates and is right; -1 where none is right.

    That is the first legible one that is right with a confidence of 60 to 95 %; else the first of all with
    one of 60 to 93 % and a third class above 2 %; where there is none, the least sure that is right.

    probabilities: (N, classes); labels: (N,); legible: images that people read at a glance. Few of those are
    that make a network hesitate, and a clear digit that is doubted shows more.
    """
    answers = probabilities.argmax(axis=1)
    ranked = np.sort(probabilities, axis=1)
    sure, third = ranked[:, -1], ranked[:, -3] if ranked.shape[1] > 2 else ranked[:, 0]
    hesitates = (sure >= _HESITATES[0]) & (sure <= _HESITATES[1]) & (third > _THIRD)
    clear = np.zeros(len(labels), dtype=bool)
    clear[list(legible)] = True
    clear &= (sure >= _HESITATES[0]) & (sure <= _CLEAR)
    chosen = []
    for digit in range(probabilities.shape[1]):
        right = np.flatnonzero((labels == digit) & (answers == digit))
        torn = right[clear[right]]
        torn = torn if len(torn) else right[hesitates[right]]
        least = right[np.argmin(sure[right])] if len(right) else -1
        chosen.append(int(torn[0]) if len(torn) else int(least))
    return tuple(chosen)


def save_alike(net: Net, path: Path) -> None:
    """Save a network as its file had it: in half floats, where those hold every weight exactly."""
    with np.errstate(over="ignore"):
        half = all(np.array_equal(a.astype(np.float16), a) for a in net.parameters.values())
    engine.save(net, path, half=half)
