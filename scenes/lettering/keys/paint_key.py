"""PaintKey: what the colours of paint mean, in words."""

from dataclasses import dataclass

import numpy as np

from engine import Net
from scenes.lettering.names.naming import called
from scenes.light.paint import Paint, colour
from scenes.light.theme import Ramp, Theme
from scenes.texts import ENGLISH, Texts


@dataclass(frozen=True, eq=False)
class PaintKey:
    """What the legend says of paint.

    Attributes:
        title: which layers are painted, and what that shows.
        colours: from the lowest value to the highest, uint8 (256, 3).
        ends: words below them: at the left, in the middle and at the right.
    """

    title: str
    colours: Ramp
    ends: tuple[str, str, str]


def paint_key(paint: Paint, net: Net, theme: Theme, texts: Texts = ENGLISH) -> PaintKey:
    """Put paint on a net into words for the legend."""
    titles = [called(net.layer(name), texts) for name in paint.values]
    match titles:
        case [one]:
            layers = one
        case [one, other]:
            layers = texts.say("paint.two", one=one, other=other)
        case _:
            layers = texts.say("paint.layers", n=len(titles))
    values = np.linspace(-1.0 if paint.signed else 0.0, 1.0, 256, dtype=np.float32)
    ends = paint.low, "0" if paint.signed else "", paint.high
    return PaintKey(f"{layers}: {paint.title}", colour(values, theme), ends)
