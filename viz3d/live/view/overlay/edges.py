"""Edges: what stands at the edges of the picture: headline, answer and legend."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from scenes import Focus, Frame, Orbit, Scene
from scenes.lettering.names.answer import answer_before
from scenes.light.theme import meeting
from scenes.space.page import Box
from viz3d.live.view.overlay.answer_place import lowered
from viz3d.live.view.overlay.fitting import fitting, lit, name_size, shortened, width_of
from viz3d.live.view.overlay.legend import APART, SWATCH, Entry, ramp, rows_of, told_of
from viz3d.live.view.overlay.veils import draw_veil, draw_veil_above
from viz3d.live.widgets.painted_once import Last, PaintedOnce
from viz3d.live.widgets.parts import RIGHT
from viz3d.live.widgets.scene.beats import SOON
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font

_MID = 28  # px, size of the confidence
_RAMP = 72.0  # px, length of a scale in the legend
_ROOMY = 280.0  # px of the legend, from where on what speaks is said in whole words
_OVER = 24.0  # px that letters may reach out of the box that is kept clear for them
_ROW = 18.0  # px from row to row of the legend


@dataclass(frozen=True, eq=False)
class Edges:
    """What is written at the edges, and within which rectangle; `legend` has its own.

    Attributes:
        scene: what is shown.
        before: probabilities before the edits, None where there are none.
        box: what panels leave free, px.
        legend: left end, right end and base line of the legend, px.
    """

    scene: Scene
    before: NDArray[np.float32] | None
    box: QRectF
    legend: tuple[float, float, float]
    _room: Last[tuple[Box, float]] = field(default_factory=Last, init=False)  # of the answer, and its floor
    _taken: Last[list[QRectF]] = field(default_factory=Last, init=False)
    _head: Last[tuple[QRectF, PaintedOnce]] = field(default_factory=Last, init=False)
    _answer: Last[tuple[QRectF, PaintedOnce]] = field(default_factory=Last, init=False)
    _foot: Last[PaintedOnce] = field(default_factory=Last, init=False)

    def headline(self, t: float, focus: Focus | None = None) -> str:
        """What is happening at a time; on the way back what is lit, where something is pointed out."""
        if focus is not None and t >= self.scene.timeline.back[0]:
            return lit(focus, self.scene.words.classes)
        # Where one stops at a layer that has just fired, that layer is told, not the next one.
        t -= SOON if any(abs(t - at) < SOON for at in self.scene.timeline.fires.values()) else 0.0
        (_, first), *later = self.scene.beats()
        return [first, *(text for at, text in later if t >= at - 1e-9)][-1]

    def source(self) -> str:
        """Where the digit is from."""
        return self.scene.words.source

    def verdict(self) -> tuple[str, str]:
        """The line under the answer, and the role of its colour."""
        words = self.scene.words
        if self.before is not None:
            was = answer_before(self.before, self.scene.probabilities, words.classes)
            if was:
                return was, "accent"
        return words.verdict, "soft" if words.right is None else "right" if words.right else "wrong"

    def taken(self, t: float, answered: bool, camera: Orbit | None = None) -> list[QRectF]:
        """The boxes that headline, legend and answer fill at a time; camera: see `answer_down`."""
        down = self.answer_down(camera) if answered else 0.0

        def find() -> list[QRectF]:
            boxes = [self._headline_box(t, answered), self._legend_box(t)]
            return [*boxes, self._answer_box().translated(0, down)] if answered else boxes

        return self._taken.made((t, answered, down), find).copy()

    def answer_down(self, camera: Orbit | None) -> float:
        """How far below its usual place the answer stands, px, so that it hides no bar that a camera sees."""
        if camera is None:
            return 0.0
        box, floor = self._room.made(
            (), lambda: (sides(self._answer_box()), min(self.box.bottom(), self.legend_top()) - 8)
        )
        return lowered(self.scene.layout, camera, self.scene.size, box, floor)

    def _headline_room(self, answered: bool) -> float:
        return self.box.width() - (self._answer_box().width() + 32 if answered else 0)

    def _headline_box(self, t: float, answered: bool, focus: Focus | None = None) -> QRectF:
        room = self._headline_room(answered)
        told = shortened(self.headline(t, focus), room)
        wide = max(width_of("display", fitting(told, room), told), width_of("regular", TEXT, self.source()))
        wide = min(wide, room)
        return QRectF(self.box.left(), self.box.top() + 16, wide, 48 if self.source() else 28)

    def _answer_box(self) -> QRectF:
        words = self.scene.words
        aside = max(
            width_of("display", _MID, words.confidence),
            width_of("regular", TEXT, self.verdict()[0]),
            width_of("semibold", CAPTION, words.head),
        )
        name = words.classes[words.prediction]
        wide = width_of("bold", name_size(name), name) + 16 + aside
        return QRectF(self.box.right() - wide, self.box.top() + 22, wide, 82)

    def draw(self, painter: QPainter, look: Look, frame: Frame) -> None:
        """Write them all; see `shade` for what lies under the legend."""
        made_for = look, painter.device().devicePixelRatio()
        draw_veil_above(painter, self.scene, self.box.top())
        said = self.headline(frame.t, frame.focus), frame.winner > 0
        headline, told = self._head.made((*made_for, *said), lambda: self._headline(frame, *made_for))
        draw_veil(painter, self.scene, headline, frame.camera)
        told.lay(painter)
        if frame.winner > 0:
            answer, told = self._answer.made(made_for, lambda: self._answered(*made_for))
            down = self.answer_down(frame.camera)
            painter.setOpacity(frame.winner)
            draw_veil(painter, self.scene, answer.translated(0, down), frame.camera)
            painter.translate(0, down)
            told.lay(painter)
            painter.translate(0, -down)
            painter.setOpacity(1.0)
        way = frame.t < self.scene.timeline.back[0], frame.focus
        self._foot.made((*made_for, *way), lambda: self._legend_laid(frame, *made_for)).lay(painter)

    def shade(self, painter: QPainter, frame: Frame) -> None:
        """Dim what lies behind the legend, ahead of the names: these keep clear of it, but come near."""
        legend = self.taken(frame.t, frame.winner > 0)[1]
        draw_veil(painter, self.scene, legend.adjusted(0, 4, 0, -4))

    def _headline(self, frame: Frame, look: Look, ratio: float) -> tuple[QRectF, PaintedOnce]:
        """The headline's box, and what is written there."""
        box = self._headline_box(frame.t, frame.winner > 0, frame.focus)
        return box, PaintedOnce.painted(
            _beyond(box), ratio, lambda painter: self._write_headline(painter, look, frame)
        )

    def _answered(self, look: Look, ratio: float) -> tuple[QRectF, PaintedOnce]:
        """The answer's box, and what is written there."""
        box = self._answer_box()
        return box, PaintedOnce.painted(
            _beyond(box), ratio, lambda painter: self._write_answer(painter, look)
        )

    def _legend_laid(self, frame: Frame, look: Look, ratio: float) -> PaintedOnce:
        box = _beyond(self._legend_box(frame.t, frame.focus))
        return PaintedOnce.painted(box, ratio, lambda painter: self._write_legend(painter, look, frame))

    def _write_headline(self, painter: QPainter, look: Look, frame: Frame) -> None:
        left, top = self.box.left(), self.box.top()
        room = self._headline_room(frame.winner > 0)
        told = shortened(self.headline(frame.t, frame.focus), room)
        head, tail = font("display", fitting(told, room)), font("regular", TEXT)
        painter.setFont(head)
        painter.setPen(look.text)
        cut = Qt.TextElideMode.ElideRight
        painter.drawText(QPointF(left, top + 34), QFontMetricsF(head).elidedText(told, cut, room))
        painter.setFont(tail)
        painter.setPen(look.soft)
        painter.drawText(QPointF(left, top + 57), QFontMetricsF(tail).elidedText(self.source(), cut, room))

    def _write_answer(self, painter: QPainter, look: Look) -> None:
        words, theme = self.scene.words, self.scene.theme
        right, top = self.box.right(), self.box.top()
        digit, (verdict, role) = words.classes[words.prediction], self.verdict()
        # Of what is empty the answer is no claim.
        faint = theme.text_faint, theme.text_faint
        loud, soft = faint if words.empty else (theme.answer, theme.answer_soft)
        size = name_size(digit)
        wide = width_of("bold", size, digit)
        painter.setFont(font("bold", size))
        painter.setPen(QColor(*loud))
        painter.drawText(QPointF(right - wide, top + 96), digit)
        end = right - wide - 16
        for face, size, colour, text, y, high in (
            ("semibold", CAPTION, look.soft, words.head, 26, 16),
            ("display", _MID, QColor(*soft), words.confidence, 42, 34),
            ("regular", TEXT, getattr(look, role), verdict, 80, 18),
        ):
            painter.setFont(font(face, size))
            painter.setPen(colour)
            painter.drawText(QRectF(end - 420, top + y, 420, high), RIGHT, text)

    def _entries(self, t: float, focus: Focus | None, *, met: bool = True) -> tuple[list[Entry], Entry]:
        """What the legend tells of colours at a time, and of how many synapses are drawn.

        met: also what warm and cool look like where both meet.
        """
        words, theme, key = self.scene.words, self.scene.theme, self.scene.words.key
        scale = words.scale
        title = f"{scale.title.removeprefix('Neuron ')}, {scale.ends[0]} to {scale.ends[2]}".lower()
        entries: list[Entry] = [(scale.colours(theme), _RAMP, title)]
        if words.paint is not None:
            text = f"{words.paint.title}, {words.paint.ends[0]} to {words.paint.ends[2]}"
            entries.insert(0, (words.paint.colours, _RAMP, text))
        if focus is not None and focus.label >= 0:
            name, room = words.classes[focus.label], self.legend[1] - self.legend[0]
            speaks = "speaks " if room > _ROOMY else ""
            entries += [
                (theme.excite, SWATCH, f"{speaks}for {name}"),
                (theme.inhibit, SWATCH, f"{speaks}against {name}"),
            ]
            return entries, (None, 0.0, f"the {len(focus.value)} synapses of most evidence")
        if focus is not None:
            (warm, cool), told = told_of(focus)
            entries += [(theme.excite, SWATCH, warm), (theme.inhibit, SWATCH, cool)]
            return entries, (None, 0.0, told)
        if words.tokens.face:
            entries.append((theme.face, SWATCH, words.tokens.face))
        forth = t < self.scene.timeline.back[0]
        if forth:
            entries.append((theme.signal, SWATCH, "signal"))
        else:
            signs = (
                (theme.excite, key.warm),
                (theme.inhibit, key.cool),
                (meeting(theme), key.both if met else ""),
            )
            entries += [(colours, SWATCH, text) for colours, text in signs if text]
            if key.attends:
                entries.append((theme.attend, SWATCH, "attention"))
            if key.stays:
                entries.append((theme.signal, SWATCH, key.stays))
        # What is to be known of the places comes first.
        return entries, (None, 0.0, words.places or (key.sent if forth else key.drawn))

    def _legend_rows(self, t: float, focus: Focus | None = None) -> list[list[Entry]]:
        """What the legend tells: in one row where there is room, else in several, with short samples.

        Where both meet is told where that takes no row more.
        """
        left, right, _ = self.legend
        full, plain = (rows_of(*self._entries(t, focus, met=met), right - left) for met in (True, False))
        return full if len(full) == len(plain) else plain

    def _legend_box(self, t: float, focus: Focus | None = None) -> QRectF:
        left, right, base = self.legend
        high = _ROW * (len(self._legend_rows(t, focus)) - 1)
        return QRectF(left, base - 16 - high, right - left, 22 + high)

    def legend_top(self) -> float:
        """How far up the legend reaches at any time, px."""
        return min(self._legend_box(t).top() for t in (0.0, self.scene.seconds))

    def _write_legend(self, painter: QPainter, look: Look, frame: Frame) -> None:
        left, right, base = self.legend
        painter.setFont(font("regular", CAPTION))
        rows = self._legend_rows(frame.t, frame.focus)
        for k, row in enumerate(rows):
            x, y = left, base - _ROW * (len(rows) - 1 - k)
            for colours, long, text in row:
                if colours is not None:
                    ramp(painter, QRectF(x, y - 6.5, long, 5), colours)
                elif len(rows) == 1:
                    x = right - width_of("regular", CAPTION, text)
                x += long + 8 if long else 0.0
                painter.setPen(look.soft if long else look.faint)
                painter.drawText(QPointF(x, y), text)
                x += width_of("regular", CAPTION, text) + APART


def _beyond(box: QRectF) -> QRectF:
    """A box of text with room for letters that reach over it."""
    return box.adjusted(-_OVER, -_OVER, _OVER, _OVER)


def sides(box: QRectF) -> Box:
    """Left, top, right and bottom of a box."""
    return box.left(), box.top(), box.right(), box.bottom()
