"""How well a network reads test images, unless that is no longer wanted half way."""

import time
from collections.abc import Callable

import numpy as np

import engine
from data import Dataset
from engine import Evaluation, Net
from viz3d.evaluate.report import Report

_CHUNK = 500  # images that are tested between two looks at whether that is still wanted


def examine(net: Net, tests: Dataset, stop: Callable[[], bool]) -> Report | None:
    """How well a network reads test images; None where `stop` says, now and then, that it is not wanted."""
    begun, parts = time.perf_counter(), []
    for start in range(0, len(tests.labels), _CHUNK):
        if stop():
            return None
        some = slice(start, start + _CHUNK)
        # A net that is about to diverge may overflow here: its training will say so.
        with np.errstate(all="ignore"):
            parts.append(engine.evaluate(net, tests.images[some], tests.labels[some], compiled=True))
    return Report(net, tests, _together(parts), time.perf_counter() - begun)


def _together(parts: list[Evaluation]) -> Evaluation:
    """The evaluation of all images from those of some."""
    correct, total = sum(part.correct for part in parts), sum(part.total for part in parts)
    return Evaluation(
        accuracy=correct / total,
        correct=correct,
        total=total,
        loss=sum(part.loss * part.total for part in parts) / total,
        confusion=np.sum([part.confusion for part in parts], axis=0),
        answers=np.concatenate([part.answers for part in parts]),
        probabilities=np.concatenate([part.probabilities for part in parts]),
    )
