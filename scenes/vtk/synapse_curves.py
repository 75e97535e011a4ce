"""SynapseCurves: the drawn synapses as curves, with a fixed budget of lines for each connection."""

import numpy as np
from numpy.typing import NDArray

from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.focus import MOST, MOST_OF_CLASS, Focus
from scenes.light.strand_curves import POINTS
from scenes.vtk.curves import Curves
from scenes.vtk.window.arrays import same
from scenes.vtk.window.offscreen import OffscreenWindow

_GLOW_SHARE = 0.10  # the strongest are drawn a second time, wide and faint
_FOCUS = max(2 * MOST, MOST_OF_CLASS)  # curves at most


def _glowing(count: int) -> int:
    return int(np.ceil(_GLOW_SHARE * count))


class SynapseCurves:
    """One actor for each connection, and one for the wide glow of its strongest synapses.

    Args:
        drawn: the synapses; their quotas are the budget.
        window: where they are drawn.
        unit: pixels for one pixel of the page's design.
        ink: take light away, for a light ground.
    """

    def __init__(self, drawn: DrawnSynapses, window: OffscreenWindow, *, unit: float, ink: bool) -> None:
        def room(count: int, width: float) -> Curves:
            empty = np.zeros((0, POINTS, 3), dtype=np.float32)
            return Curves(empty, window, width=width * unit, ink=ink, room=count, sparing=True)

        self.curves = [(room(most, 1.1), room(_glowing(most), 5.0)) for most in drawn.quotas]
        self.move(drawn)

    def move(self, drawn: DrawnSynapses) -> None:
        """Take the ways of other synapses, within the same quotas. They are dark until drawn."""
        self._spans = [(span, _strongest(span)) for span in drawn.spans]
        self._shown = np.zeros((0, POINTS, 4), dtype=np.uint8)
        for (thin, wide), (span, strong) in zip(self.curves, self._spans, strict=True):
            thin.move(drawn.curves[span])
            wide.move(drawn.curves[strong])

    def scale(self, factor: float, share: float = 1.0) -> None:
        """Draw all so many times as wide as at first, or the strongest share of each connection alone."""
        # In a smaller picture, corners are hardly to be seen.
        step = 3 if factor < 1.0 else 1
        for thin, wide in self.curves:
            thin.scale(factor, step, share)
            wide.scale(factor, step)

    def draw(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities, uint8 (K, POINTS, 4), in the order of the drawn synapses."""
        # Those before are dark since other ways came. A hundred connections at one go are compared faster.
        if not len(rgba) or same(rgba, self._shown):
            return
        self._shown = rgba
        faint = rgba.copy()
        faint[..., 3] //= 5
        for (thin, wide), (span, strong) in zip(self.curves, self._spans, strict=True):
            thin.draw(rgba[span])
            wide.draw(faint[strong])


class FocusCurves:
    """The synapses of one neuron or those of a class, over all others: thin, and once more wide and faint."""

    def __init__(self, window: OffscreenWindow, *, unit: float, ink: bool) -> None:
        def room(width: float) -> Curves:
            empty = np.zeros((0, POINTS, 3), dtype=np.float32)
            return Curves(empty, window, width=width * unit, ink=ink, room=_FOCUS)

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


def _strongest(span: slice) -> slice:
    """The strongest synapses of a connection: they come last."""
    return slice(span.stop - _glowing(span.stop - span.start), span.stop)
