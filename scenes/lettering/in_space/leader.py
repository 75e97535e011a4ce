"""Lines at the bars: from the answer's neuron to its bar, where these stand in another order; and at zero."""

from collections.abc import Sequence

import numpy as np

from scenes.frame import Caption, Ghost
from scenes.lettering.fonts import extent
from scenes.lettering.view import View
from scenes.lettering.words import Words

_ALPHA, _WIDTH = 0.7, 1.6  # px in the page's design
_ZERO, _THIN = 0.8, 1.4  # of the line at zero: its opacity, and its width there
_CLEAR = 4.0  # px there, from the line's end to the name


def leader(words: Words, view: View, texts: Sequence[Caption], shown: float) -> tuple[Ghost, ...]:
    """The line, as far as the answer has stepped forward, 0..1; none where each class has its own bar.

    Of many classes the likeliest have bars, from the likeliest on: without it the strands that meet at the
    answer's neuron would end beside the bar of another class.
    """
    if len(words.classes) <= len(words.bars) or shown <= 0:
        return ()
    name = words.classes[words.prediction]
    mine = (text for text in texts if text.text == name and text.anchor in ("mm", "rm") and text.alpha > 0.5)
    label = next(mine, None)
    neuron = view.camera.project(view.layout.panels[-1].positions(), view.size)[words.prediction]
    if label is None or not np.isfinite(neuron).all():
        return ()
    left, top, right, foot = extent(label)
    unit = max(view.sheet.unit, 0.6)
    aside = _CLEAR * unit
    end = ((left + right) / 2, top - aside) if view.sheet.portrait else (left - aside, (top + foot) / 2)
    start = float(neuron[0]), float(neuron[1])
    return (Ghost(start, end, _WIDTH * unit, view.theme.answer, _ALPHA * shown),)


def zero_line(view: View, zero: float) -> tuple[Ghost, ...]:
    """A thin line through all bars where they begin, 0..1 of their length; none at their very beginning."""
    if not zero:
        return ()
    bars = view.layout.bars
    first, last = bars.base[[0, -1]] + np.float32(zero * bars.length) * bars.along
    way = (first - last) / max(float(np.linalg.norm(first - last)), 1e-9)
    over = np.float32(2 * np.linalg.norm(bars.thick)) * way
    (x0, y0), (x1, y1) = view.camera.project(np.stack([first + over, last - over]), view.size).tolist()
    ends, unit = ((x0, y0), (x1, y1)), max(view.sheet.unit, 0.6)
    return (Ghost(*ends, _THIN * unit, view.theme.text_faint, _ZERO),) if np.isfinite(ends).all() else ()
