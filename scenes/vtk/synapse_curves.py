"""SynapseCurves: the drawn synapses as curves, with a fixed budget of lines for each connection."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.focus import MOST, MOST_OF_CLASS, Focus
from scenes.light.strand_curves import POINTS
from scenes.vtk.curves import Curves
from scenes.vtk.window.offscreen import OffscreenWindow

_GLOW_SHARE = 0.10  # the strongest are drawn a second time, wide and faint
_FOCUS = max(2 * MOST, MOST_OF_CLASS)  # curves at most


def _glowing(count: int) -> int:
    return int(np.ceil(_GLOW_SHARE * count))


class SynapseCurves:
    """All synapses as one part, and the wide glow of the strongest of each connection as another.

    A part for each connection, of which a transformer has a hundred, costs the driver a hundred times as much
    as its lines.

    Args:
        drawn: the synapses; their quotas are the budget.
        window: where they are drawn.
        unit: pixels for one pixel of the page's design.
        ink: take light away, for a light ground.

    Attributes:
        thin, wide: the lines of all synapses, and their glow.
    """

    def __init__(self, drawn: DrawnSynapses, window: OffscreenWindow, *, unit: float, ink: bool) -> None:
        def rooms(counts: Sequence[int], width: float) -> Curves:
            empty = np.zeros((0, POINTS, 3), dtype=np.float32)
            return Curves(empty, window, width=width * unit, ink=ink, rooms=counts, sparing=True)

        self.thin = rooms(drawn.quotas, 1.1)
        self.wide = rooms([_glowing(most) for most in drawn.quotas], 5.0)
        self.move(drawn)

    def move(self, drawn: DrawnSynapses) -> None:
        """Take the ways of other synapses, within the same quotas. They are dark until drawn."""
        counts = [span.stop - span.start for span in drawn.spans]
        glowing = [_glowing(count) for count in counts]
        ends = [np.arange(span.stop - n, span.stop) for span, n in zip(drawn.spans, glowing, strict=True)]
        self._strong = np.concatenate([np.zeros(0, dtype=np.int64), *ends])
        self._given: NDArray[np.uint8] | None = None
        self.thin.move(drawn.curves, counts)
        self.wide.move(drawn.curves[self._strong], glowing)

    def scale(self, factor: float, share: float = 1.0) -> None:
        """Draw all so many times as wide as at first, or the strongest share of each connection alone."""
        # In a smaller picture, corners are hardly to be seen.
        step = 3 if factor < 1.0 else 1
        self.thin.scale(factor, step, share)
        self.wide.scale(factor, step)

    def draw(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities, uint8 (K, POINTS, 4), in the order of the drawn synapses.

        The same array again, to which nobody may write, costs nothing.
        """
        if rgba is self._given:
            return
        self._given = rgba
        self.thin.draw(rgba)
        faint = rgba[self._strong]
        faint[..., 3] //= 5
        self.wide.draw(faint)


class FocusCurves:
    """The synapses of one neuron or those of a class, over all others: thin, and once more wide and faint."""

    def __init__(self, window: OffscreenWindow, *, unit: float, ink: bool) -> None:
        def room(width: float) -> Curves:
            empty = np.zeros((0, POINTS, 3), dtype=np.float32)
            return Curves(empty, window, width=width * unit, ink=ink, rooms=[_FOCUS])

        self.thin, self.wide = room(1.6), room(5.0)
        self._shown: Focus | None = None

    def scale(self, factor: float) -> None:
        """Draw all so many times as wide as at first."""
        self.thin.scale(factor)
        self.wide.scale(factor)

    def draw(self, focus: Focus | None) -> None:
        """Show a focus. The same one again costs nothing."""
        if focus is self._shown:
            return
        self._shown = focus
        for curves, part in ((self.thin, 1), (self.wide, 7)):
            if focus is None:
                curves.move(np.zeros((0, POINTS, 3), dtype=np.float32))
                continue
            curves.move(focus.curves)
            rgba = focus.rgba.copy()
            rgba[..., 3] //= part
            curves.draw(rgba)
