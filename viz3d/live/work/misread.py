"""MisreadFinder: looks for an image that a network misreads, in a thread of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from data import Dataset
from engine import Net
from viz3d.live.work.worker import Worker

_CHUNK = 200  # images that are read between two looks at whether the search is still wanted


@dataclass(frozen=True, eq=False)
class Found:
    """The next image that a network misreads, -1 where it misreads none; stamp: what the asker gave along."""

    net: Net
    images: Dataset
    place: int
    stamp: object


class MisreadFinder(Worker):
    """Finds misread images. Signals: `found` brings a Found, `failed` one line of what went wrong.

    A search is left where another is asked for, or all is closed.
    """

    found = Signal(object)

    def ask(self, net: Net, images: Dataset, begin: int, stamp: object = None) -> None:
        """Look from place `begin` on, and once around."""
        self._put((net, images, begin, stamp))

    def _handle(self, request: Any) -> None:
        net, images, begin, stamp = request
        order = np.roll(np.arange(len(images.labels)), -begin)
        for start in range(0, len(order), _CHUNK):
            if self._superseded():
                return
            place = _misread(net, images, order[start : start + _CHUNK])
            if place >= 0:
                self.found.emit(Found(net, images, place, stamp))
                return
        self.found.emit(Found(net, images, -1, stamp))


def _misread(net: Net, images: Dataset, places: NDArray[np.int64]) -> int:
    wrong = net.predict(images.images[places]).argmax(axis=1) != images.labels[places]
    return int(places[np.argmax(wrong)]) if wrong.any() else -1
