"""A pair: two scenes side by side in one film, such as a net before and after an edit, in step."""

from dataclasses import dataclass
from types import TracebackType
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.errors import SceneError
from scenes.look import Look, PairChanges
from scenes.scene import Scene, compose

_RULE = 2  # pixels between the two, at 1080 lines


@dataclass(frozen=True, eq=False)
class Pair:
    """Two scenes of equal size and length; stacked: the left one stands above the right one.

    Plain arrays: it can be pickled to a worker process.
    """

    left: Scene
    right: Scene
    stacked: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture in pixels."""
        width, height = self.left.size
        return (width, 2 * height) if self.stacked else (2 * width, height)

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return self.left.seconds


def compose_pair(
    before: Trace,
    after: Trace,
    look: Look | None = None,
    *,
    titles: tuple[str, str] = ("Before", "After"),
    mutated: tuple[str, str] = ("", ""),
    **changes: Unpack[PairChanges],
) -> Pair:
    """Make a film of one digit's way through two nets, side by side or in a tall picture stacked.

    The arguments are those of `compose`; `size` is that of the whole picture. Each net has a headline of
    `titles` and a text of `mutated` of its own, in place of the look's.

    Where both nets have one layout, both cameras go one way, so that only what differs looks different.

    Raises:
        TypeError: a look has no field of that name.
        SceneError: a value cannot be drawn.
    """
    look = (look or Look()).changed(**changes)
    half, stacked = _half(look.size)
    try:
        looks = [
            look.changed(size=half, title=title, mutated=text)
            for title, text in zip(titles, mutated, strict=True)
        ]
    except SceneError as error:
        raise SceneError(f"of each half, {error}") from None
    return Pair(compose(before, looks[0]), compose(after, looks[1]), stacked)


def _half(size: tuple[int, int]) -> tuple[tuple[int, int], bool]:
    """The size of each half in pixels, and whether they are stacked."""
    width, height = size
    stacked = height > width
    if (height if stacked else width) % 2:
        raise SceneError(f"{max(size)} pixels cannot be halved between two scenes: give an even number")
    return ((width, height // 2), True) if stacked else ((width // 2, height), False)


class PairStage:
    """Draws a pair off screen. Use it as a context manager."""

    def __init__(self, pair: Pair, supersample: int = 1) -> None:
        from scenes.vtk.stage import Stage  # noqa: PLC0415  # brings VTK

        self.pair = pair
        self._stages: tuple[Stage, Stage] = (Stage(pair.left, supersample), Stage(pair.right, supersample))
        self._rule = max(1, round(_RULE * pair.size[1] / 1080))

    def __enter__(self) -> "PairStage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free both windows and all that was built in them."""
        for stage in self._stages:
            stage.close()

    def draw_at(self, t: float) -> NDArray[np.uint8]:
        """Draw both scenes at time t in seconds: uint8 (height, width, 3), RGB, top row first."""
        axis = 0 if self.pair.stacked else 1
        whole = np.concatenate([stage.draw_at(t) for stage in self._stages], axis=axis)
        start = self.pair.left.size[1 - axis] - self._rule // 2
        rule = slice(start, start + self._rule)
        whole[(slice(None), rule) if axis else rule] = self.pair.left.theme.panel_frame[:3]
        return whole
