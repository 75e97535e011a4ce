"""Clip: what has a picture for each moment, and the stage that draws it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from scenes.frame import Frame, PairFrame


class Clip(Protocol):
    """A film: a scene, a pair of scenes. Pure, and made of plain arrays, so that processes can share it."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""

    @property
    def seconds(self) -> float:
        """Length of the film."""

    def dissolve(self, t: float) -> float:
        """Share of the last picture, with which a film begins, in that at time t: 1 at first, later 0."""

    def still(self) -> "Clip":
        """The same clip for pictures of one moment each: it does not begin with its last picture."""

    def frame(self, t: float) -> Frame | PairFrame:
        """What the picture shows at time t in seconds."""

    def beats(self) -> list[tuple[float, str]]:
        """All that happens, in order: the seconds from which on it does, and a sentence."""

    def story(self) -> list[tuple[float, str]]:
        """What is said of it, in order: the seconds from which on it is, and a sentence that can be read."""


class ClipStage(ABC):
    """Draws one clip off screen. Use it as a context manager."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Free all that was built."""

    @abstractmethod
    def begin_at(self, t: float) -> Callable[[], NDArray[np.uint8]]:
        """Do what the graphics driver does for the picture at time t in seconds; return what finishes it.

        A film's first picture is its last, which dissolves. What finishes it may run in another thread while
        the next picture is begun here, one at a time and each once. It returns what `draw_at` does.
        """

    def draw_at(self, t: float) -> NDArray[np.uint8]:
        """Draw the clip at time t in seconds: uint8 (height, width, 3), RGB, top row first."""
        return self.begin_at(t)()
