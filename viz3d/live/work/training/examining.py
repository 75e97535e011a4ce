"""How well a network reads test images, unless that is no longer wanted half way."""

import time
from collections.abc import Callable

import numpy as np

import engine
from data import Dataset
from engine import Net
from viz3d.evaluate.report import Report

_CHUNK = 500  # images that are tested between two looks at whether that is still wanted


def examine(net: Net, tests: Dataset, stop: Callable[[], bool], step: int | None = None) -> Report | None:
    """How well a network reads test images; None where `stop` says, now and then, that it is not wanted.

    step: of the run that it is from.
    """
    if stop():
        return None
    begun = time.perf_counter()
    # A net that is about to diverge may overflow here: its training will say so.
    with np.errstate(all="ignore"):
        result = engine.evaluate(net, tests.images, tests.labels, _CHUNK, compiled=True, stop=stop)
    whole = result.total == len(tests.labels)
    return Report(net, tests, result, time.perf_counter() - begun, step=step) if whole else None
