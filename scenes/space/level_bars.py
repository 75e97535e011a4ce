"""Level bars: in a narrow picture they turn to the camera, so that a number stands level with its bar."""

from dataclasses import replace
from math import cos, radians, sin

import numpy as np

from scenes.motion.easing import between
from scenes.space.layout import BAR_AT, LABEL_AT, Layout

_LEVEL = 0.3  # narrowness from which on bars are wholly level
_ABOVE = 13.0, 20.0  # degrees of elevation up to which bars beside decks are not, and from which on they are


def level_bars(layout: Layout, azimuth: float, elevation: float, narrow: float) -> Layout:
    """The layout with bars as a picture needs them; the same one where they are so.

    azimuth, elevation: of the film's last pose, degrees; narrow: how much narrower than wide a picture is,
    see `lens`.
    """
    axes, bars = layout.orientation, layout.bars
    turned = max(narrow / _LEVEL, between(elevation, *_ABOVE) if layout.decks else 0.0)
    share = min(turned, 1.0) if axes.name != "portrait" else 0.0
    turn = radians(azimuth * share)
    along = cos(turn) * np.array(axes.flow) + sin(turn) * np.array(axes.right)
    if np.allclose(along, bars.along, atol=1e-6):
        return layout
    neurons = bars.label - LABEL_AT * bars.along
    label, base = ((neurons + away * along).astype(np.float32) for away in (LABEL_AT, BAR_AT))
    turned = replace(bars, label=label, base=base, along=along.astype(np.float32))
    return replace(layout, bars=turned)
