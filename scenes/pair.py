"""A pair: two scenes side by side in one film, such as a net before and after an edit, in step."""

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.errors import SceneError
from scenes.scene import SYNAPSES, Scene, compose

if TYPE_CHECKING:
    pass

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
    *,
    size: tuple[int, int] = (1920, 1080),
    seconds: float = 10.5,
    theme_name: str = "dark",
    label: int | None = None,
    source: str = "",
    synapses: int = SYNAPSES,
    titles: tuple[str, str] = ("Before", "After"),
    mutated: tuple[str, str] = ("", ""),
) -> Pair:
    """Make a film of one digit's way through two nets, side by side or in a tall picture stacked.

    The arguments are those of `compose`, and for each net a headline and how it was mutated.

    Where both nets have one layout, both cameras go one way, so that only what differs looks different.

    Raises:
        SceneError: a value cannot be drawn.
    """
    stacked = size[1] > size[0]
    long = 1 if stacked else 0
    if size[long] % 2:
        raise SceneError(f"{size[long]} pixels cannot be halved between two scenes: give an even number")
    half = (size[0], size[1] // 2) if stacked else (size[0] // 2, size[1])
    left, right = (
        compose(
            trace,
            size=half,
            seconds=seconds,
            theme_name=theme_name,
            label=label,
            source=source,
            synapses=synapses,
            title=title,
            mutated=text,
        )
        for trace, title, text in zip((before, after), titles, mutated, strict=True)
    )
    return Pair(left, right, stacked)


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
