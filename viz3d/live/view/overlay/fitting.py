"""How the texts at the edges of the picture are worded and sized for the room that they have."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtGui import QFontMetricsF

from scenes import Focus
from viz3d.live.widgets.style import font

_HEADLINE, _BIG = 18, 92
_NAME = 150.0  # px that the answer may be wide
_SMALL = 13  # px of a headline that has little room: below that it is cut


def lit(focus: Focus, classes: Sequence[str]) -> str:
    """The headline of what is pointed out, which is not what the scene's own story tells."""
    if focus.label >= 0:
        return f"Lit: what speaks for {classes[focus.label]} and against it"
    if focus.synapse:
        return "Lit: this synapse"
    return f"Lit: the strongest synapses of {'these neurons' if focus.group else 'this neuron'}"


def shortened(headline: str, room: float) -> str:
    """A headline without what follows its last comma, or whose synapses are lit, where it has no room."""
    if width_of("display", _SMALL, headline) <= room:
        return headline
    return headline.rpartition(", ")[0] or headline.partition(" of this")[0].partition(" of these")[0]


def fitting(headline: str, room: float) -> int:
    """The size in px at which a headline is whole in so much room, or the least."""
    sizes = range(_HEADLINE, _SMALL, -1)
    return next((size for size in sizes if width_of("display", size, headline) <= room), _SMALL)


def name_size(name: str) -> int:
    """The size in px at which the answer is written: a long name is as wide as there is room."""
    return min(_BIG, int(_BIG * _NAME / max(width_of("bold", _BIG, name), 1.0)))


@lru_cache(maxsize=2048)  # the same few texts are measured a hundred times for each picture
def width_of(face: str, size: int, text: str) -> float:
    """How wide a text is in one of the fonts of `style`, px."""
    return QFontMetricsF(font(face, size)).horizontalAdvance(text)
