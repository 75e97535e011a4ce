"""Where the panels float: on a grid of 8 pixels, 16 between them, for a window of any size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

from viz3d.live.widgets.style import BELOW_HEADLINE, SIDE_PANEL

GAP, TOP, TIMELINE = 16, 64, 64
LEAST = QSize(960, 640)  # of the window: all panels have their room
_TIGHT = QSize(848, 500)  # of it on a screen that has no more: each panel is there, and scrolls
_LEGEND = 24  # of the room that the scene leaves to a legend, which here stands over the timeline
_NARROW, _CORNER = 120, 176  # px that a legend needs, and that the scene's corner takes beside it
_MESSAGE, _LONGEST = 400, 640  # px that a message needs, and that it takes at most
_ANSWER = 192  # px that the answer takes at most, at the right of what is free
_LESS = 48  # px by which a message is narrower where it would hide words
_STRIP = QSize(180, 140)  # that an answer needs beside the pad
_WIDE = 1200  # from here on the timeline ends at the inspector, below it runs on under it


@dataclass(frozen=True)
class Places:
    """Rectangles of the panels, and the one that they leave free for the scene."""

    top: QRect
    drawing: QRect
    timeline: QRect
    inspector: QRect
    free: QRect


def places(window: QSize, drawing: QSize) -> Places:
    """Where everything goes.

    window: its size. drawing: what the drawing panel needs.
    """
    wide, high = window.width(), window.height()
    right, foot = wide - GAP - SIDE_PANEL, high - GAP
    left = GAP + drawing.width() + GAP
    end, floor = (right, foot) if wide >= _WIDE else (wide, foot - TIMELINE - GAP)
    above = foot - drawing.height()
    return Places(
        top=QRect(0, 0, wide, TOP - 8),
        drawing=QRect(GAP, above, drawing.width(), drawing.height()),
        timeline=QRect(left, foot - TIMELINE, end - GAP - left, TIMELINE),
        inspector=QRect(right, TOP, SIDE_PANEL, floor - TOP),
        free=QRect(GAP, TOP, right - 2 * GAP, above + _LEGEND - TOP),
    )


def least(room: QSize) -> QSize:
    """The least size of the window where a screen has so much room for it."""
    return LEAST.boundedTo(room).expandedTo(_TIGHT)


def message_place(
    spots: Places,
    corner: QRect,
    fits: Callable[[int], QSize],
    written: Sequence[QRect] = (),
    slips: Sequence[QRect] = (),
) -> QRect:
    """Where a message stands: over the scene's corner; where that is narrow, where it hides no words.

    corner: the buttons there. fits: the size of the message in so much room. written: what is to be read.
    slips: what stands over the corner already.
    """
    left, room = spots.timeline.left(), spots.free.right() + 1 - spots.timeline.left()
    size = fits(min(_LONGEST, room))
    if room >= _MESSAGE:
        over = min([corner.top(), *(slip.top() for slip in slips)])
        return QRect(QPoint(left + (room - size.width()) // 2, over - GAP - size.height()), size)
    beside = QRect(QPoint(left, corner.top() - GAP // 2 - size.height()), size)
    # Below the headline, in more lines where it is narrower: the digits by the answer may begin early.
    most = min(_LONGEST, spots.free.width() - _ANSWER)
    below = [
        QRect(QPoint(spots.free.left(), BELOW_HEADLINE), fits(most - less)) for less in (0, _LESS, 2 * _LESS)
    ]
    # Beside the pad's card, if it is not so long that it would reach up into the net.
    high, low = spots.drawing.top() - GAP, spots.timeline.top()
    tried = [beside] if high <= beside.top() and beside.bottom() < low else []
    for each in below:
        lower = range(0, spots.drawing.top() - each.bottom() - GAP // 2, GAP // 2)
        tried += [each.translated(0, down) for down in lower]
    return min(tried or below, key=lambda each: sum(each.intersects(text) for text in (*written, *slips)))


def strip_place(spots: Places) -> QRect | None:
    """Where the answer stands while a sheet lies over the scene, None where there is no room."""
    top = spots.drawing.top()
    place = QRect(
        QPoint(spots.timeline.left(), top), QPoint(spots.free.right(), spots.timeline.top() - GAP - 1)
    )
    return place if place.width() >= _STRIP.width() and place.height() >= _STRIP.height() else None


def legend_line(spots: Places) -> tuple[float, float, float]:
    """Left end, right end and base line of the legend, px: over the timeline, or over the pad."""
    left, right, line = spots.timeline.left() + 8, spots.free.right(), spots.timeline
    if right - left >= _NARROW:
        return left, right, line.top() - GAP
    return spots.free.left(), right - _CORNER, spots.drawing.top() - GAP
