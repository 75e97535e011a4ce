"""A part of a data set held out for testing, where it has none of its own: drawn with a seed, and said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.sets.dataset import Labels, Parts

SEED = 0
SHARE = 5
"""Of so many examples of a class, one is held out."""
FEW = 20
"""A data set of fewer examples is tested on those that it learns from."""


def held_out(parts: Parts) -> Parts:
    """The same with a test part: of each class one example of five, drawn with seed 0, in their order.

    A class with fewer than five gives one, and a single example stays where it is. Of fewer than 20 examples,
    or one of each class, none is held out: they are learned from and tested on.
    """
    if parts.test is not None:
        return parts
    images, labels = parts.train
    test = _drawn(labels) if len(labels) >= FEW else np.empty(0, np.int64)
    if not len(test):
        few = f"fewer than {FEW} examples" if len(labels) < FEW else "each class has one example alone"
        said = f"{few}: they are both learned from and tested on"
        return replace(parts, test=parts.train, said=(*parts.said, said), origins=(parts.origins[0],) * 2)
    rest = np.setdiff1d(np.arange(len(labels)), test)
    whole = parts.origins[0]
    said = (
        f"it has no test part: one in {SHARE} of each class, {len(test):,} examples drawn with seed {SEED}, "
        "is held out"
    )
    return replace(
        parts,
        train=(images[rest], labels[rest]),
        test=(images[test], labels[test]),
        said=(*parts.said, said),
        origins=(None, None) if whole is None else (whole.taken(rest), whole.taken(test)),
    )


def _drawn(labels: Labels) -> NDArray[np.int64]:
    rng = np.random.default_rng(SEED)
    # One look at all labels, and not one for each of perhaps very many classes.
    order = np.argsort(labels, kind="stable")
    counts = np.unique(labels, return_counts=True)[1]
    ends = np.cumsum(counts)
    taken = [
        rng.permutation(order[end - count : end])[: max(1, round(count / SHARE))]
        for end, count in zip(ends.tolist(), counts.tolist(), strict=True)
        if count > 1
    ]
    return np.sort(np.concatenate(taken)) if taken else np.empty(0, np.int64)


def in_turns(labels: Labels) -> NDArray[np.int64] | None:
    """The order (N,) in which examples that stand class by class, as folders do, are taken in turns.

    None where they do not stand so, or are one of each. The first so many of them would else be of one class:
    to learn from, to be tested on, to be looked at. Which class stands first does not matter.
    """
    begins = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
    if len(begins) > len(np.unique(labels)):
        return None
    counts = np.diff(np.r_[begins, len(labels)])
    turn = np.arange(len(labels)) - np.repeat(begins, counts)  # its place among those of its class
    order = np.argsort(turn, kind="stable")
    return order if (order[1:] < order[:-1]).any() else None
