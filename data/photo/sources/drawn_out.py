"""Pictures that are drawn as they move: of frames in which a drawing grows, the one where it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.photo.pixels.morphology import border_of, dilate
from data.photo.sources.files import Floats

Mask = NDArray[np.bool_]

INKED = 0.2  # of a colour's range: so far from its paper's colour is ink
STILL = 0.08  # of it: what differs by less is the same picture
KEPT = 0.99  # of the ink stays, within a pixel, where a drawing grows
MORE = 1.005  # times the ink: less is a coder's noise
MOST = 0.5  # of the picture is ink at most: more is another ground
AT_BORDER = 0.05  # of the border is ink, at most, more than before


@dataclass(frozen=True, eq=False)
class _Drawing:
    """Frames in which ink is added alone: the one with the most, its number, the first and the last one."""

    number: int
    colours: Floats
    first: Floats
    last: Floats

    @cached_property
    def paper(self) -> Floats:
        """The colour (c,) along the first frame's border."""
        sides = [border_of(each) for each in np.moveaxis(self.first, 2, 0)]
        return np.asarray(np.median(np.stack(sides), axis=1), np.float32)

    @cached_property
    def ink(self) -> Mask:
        """Where (h, w) the frame with the most is inked."""
        return self.ink_in(self.colours)

    def ink_in(self, colours: Floats) -> Mask:
        """What is not as the paper is (h, w) of colours (h, w, c)."""
        return np.asarray(np.abs(colours - self.paper).max(2) > INKED)

    def with_frame(self, number: int, colours: Floats) -> _Drawing | None:
        """The same with one frame more; None where that is another picture."""
        if colours.shape != self.last.shape:
            return None
        if float(np.abs(colours - self.last).max()) < STILL:
            return replace(self, last=colours)
        ink = self.ink_in(colours)
        before, now = np.count_nonzero(self.ink), np.count_nonzero(ink)
        if now > MOST * ink.size or border_of(ink).mean() > border_of(self.ink).mean() + AT_BORDER:
            return None
        lost = np.count_nonzero(self.ink & ~dilate(ink, 1))
        if now == 0 or now < KEPT * before or lost > (1 - KEPT) * before:
            return None
        if now <= MORE * before:
            return replace(self, last=colours)
        return _Drawing(number, colours, self.first, colours)


def drawn_out(frames: Iterator[Floats]) -> Iterator[tuple[int, Floats]]:
    """Frames (h, w, c) 0..1 with their numbers, from 1 on; of those that a drawing grows in only the whole.

    Row by row or stroke by stroke: what is there stays, and more comes. DataError: a frame is damaged.
    """
    drawing, number = None, 0
    while True:
        try:
            colours = next(frames, None)
        except DataError:
            if drawing is not None and drawing.colours is drawing.first:
                yield drawing.number, drawing.colours
            raise
        if colours is None:
            break
        number += 1
        longer = None if drawing is None else drawing.with_frame(number, colours)
        if drawing is not None and longer is None:
            yield drawing.number, drawing.colours
        drawing = longer or _Drawing(number, colours, colours, colours)
    if drawing is not None:
        yield drawing.number, drawing.colours
