"""The legend's entries: how wide each is, and how they stand in rows."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from scenes.light.focus import Focus
from scenes.light.theme import Ramp
from viz3d.command.wording import counted
from viz3d.live.widgets.style import CAPTION, font

SWATCH, APART = 24.0, 20.0  # px, the length of a sample, and between two entries
Entry = tuple[Ramp | None, float, str]
"""Colours, the length of their sample or of its place, and words."""


def rows_of(entries: Sequence[Entry], drawn: Entry, room: float) -> list[list[Entry]]:
    """All in one row where there is room, else in several, with short samples and words that are wrapped."""
    for told in (drawn, (None, 0.0, _cut(drawn[2]))):
        if sum(entry_wide(each) + APART for each in (*entries, told)) - APART <= room:
            return [[*entries, told]]
    rows: list[list[Entry]] = [[]]
    for colours, whole, text in (*entries, drawn):
        long = min(whole, SWATCH)
        fits = entry_wide((colours, long, text)) <= room
        first, *more = _wrapped((colours, long, text if fits else _cut(text)), room)
        used = sum(entry_wide(each) + APART for each in rows[-1])
        if rows[-1] and used + entry_wide(first) > room:
            rows.append([])
        rows[-1].append(first)
        rows += [[each] for each in more]
    return rows


def told_of(focus: Focus) -> tuple[tuple[str, str], str]:
    """What warm and cool say of the synapses of a neuron or a group, or of one, and how many are lit."""
    signs = "excites", "inhibits"
    if not focus.synapse:
        # Without a comma, after which words are cut where there is little room.
        it = "them" if focus.group else "it"
        by = f": those out of {it} by weight" if focus.silent else f" of {it}"
        return signs, counted(len(focus.value), "synapse") + by
    if focus.silent:  # it carries nothing that could excite or inhibit
        return ("weight above 0", "weight below 0"), "one synapse of a silent source"
    return signs, "one synapse"


def entry_wide(entry: Entry) -> float:
    """How wide an entry is, px."""
    _, long, text = entry
    return (long + 8 if long else 0.0) + _text_wide(text)


@lru_cache(1024)  # each picture of a network that learns has the words of the one before
def _text_wide(text: str) -> float:
    return QFontMetricsF(font("regular", CAPTION)).horizontalAdvance(text)


def _wrapped(entry: Entry, room: float) -> list[Entry]:
    """An entry that fits into so much room, its words on several lines if need be."""
    colours, long, text = entry
    lines: list[Entry] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and entry_wide((colours, long, longer)) > room:
            lines.append((None if lines else colours, long, line))
            longer = word
        line = longer
    return [*lines, (None if lines else colours, long, line)]


def _cut(text: str) -> str:
    """The words of an entry without what they say more exactly."""
    head, _, tail = text.partition(" of ")
    if tail.endswith(" drawn") and "synapses" in tail:
        return f"{head} {tail[tail.index('synapses') :]}"
    return text.partition(", ")[0]  # a comma within a number ends nothing


def ramp(painter: QPainter, box: QRectF, colours: Ramp) -> None:
    """Draw a scale of colours."""
    fade = QLinearGradient(box.topLeft(), box.topRight())
    for k in range(9):
        fade.setColorAt(k / 8, QColor(*map(int, colours[min(255, 32 * k)])))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fade)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
