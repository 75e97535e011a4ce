"""Two small charts of a neuron: its sum as a pull in two directions, and what it pushes."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from scenes.light.theme import Ramp
from viz3d.live.widgets.inspecting.neuron_card import NeuronCard
from viz3d.live.widgets.parts import CENTRE, LEFT, Painted, cut
from viz3d.live.widgets.style import CAPTION, HEAD, Look, font, number

_NONE = "no score: nothing that it says goes on"


class SumBar(Painted):
    """The sum of a neuron: what excites to the right, what inhibits to the left, a tick where they end."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(56)
        self._card: NeuronCard | None = None
        self.setAccessibleName("Sum")

    def set_card(self, card: NeuronCard) -> None:
        """Show a neuron's sum."""
        self._card = card
        self.setToolTip(_sentence(card))
        self.update()

    def aloud(self) -> str:
        """The sum in figures, and what they are."""
        card = self._card
        return "" if card is None else f"{''.join(text for text, _ in _figures(card))}: {_sentence(card)}"

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the bar, the sum in figures, and what they are."""
        card = self._card
        if card is None:
            return
        half, middle = self.width() / 2, self.width() / 2
        top = max(card.excited, -card.inhibited, abs(card.total), 1e-9)
        _pull(painter, middle + 1, (half - 1) * card.excited / top, look.theme.excite)
        _pull(painter, middle - 1, (half - 1) * card.inhibited / top, look.theme.inhibit)
        painter.setBrush(look.text)
        x = middle + (half - 2) * card.total / top
        painter.drawRoundedRect(QRectF(x - 1.25, 0, 2.5, 12), 1, 1)
        self._write(painter, look, card)
        painter.setFont(font("regular", CAPTION))
        painter.setPen(look.faint)
        room = QRectF(0, 40, self.width(), 16)
        text = QFontMetricsF(painter.font()).elidedText(
            _sentence(card), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, LEFT, text)

    def _write(self, painter: QPainter, look: Look, card: NeuronCard) -> None:
        painter.setFont(font("medium", HEAD))
        metrics, x = QFontMetricsF(painter.font()), 0.0
        for text, colour in _figures(card):
            painter.setPen(getattr(look, colour))
            painter.drawText(QPointF(x, 32), text)
            x += metrics.horizontalAdvance(text)


def _figures(card: NeuronCard) -> list[tuple[str, str]]:
    """The sum written out, each part with the colour of the look that it has."""
    return [
        (number(card.excited), "excite"),
        (" − ", "faint"),
        (number(-card.inhibited), "inhibit"),
        (" + ", "faint"),
        (f"({number(card.bias)})" if card.bias < 0 else number(card.bias), "soft"),
        (" = ", "faint"),
        (number(card.total), "text"),
    ]


def _sentence(card: NeuronCard) -> str:
    what = "its score" if card.kind == "OUTPUT" else "sum"
    words = f"excited − inhibited + bias = {what}"
    told = card.function not in ("", "identity")  # that would be the sum once more
    return f"{words},  {card.function}(sum) = {number(card.output)}" if told else words


def _pull(painter: QPainter, start: float, length: float, colours: Ramp) -> None:
    """A bar from `start`, to the right or (length below 0) to the left, brighter towards its end."""
    fill = QLinearGradient(start, 0, start + length, 0)
    fill.setColorAt(0, QColor(*colours[0].tolist()))
    fill.setColorAt(1, QColor(*colours[255].tolist()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(start, 2, length, 8).normalized(), 2, 2)


class PushBars(Painted):
    """What one unit more of a neuron does to each class's score: bars up and down from a line."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(62)
        self._card: NeuronCard | None = None
        self.setAccessibleName("What one unit more of it does to each score")

    def set_card(self, card: NeuronCard) -> None:
        """Show a neuron's pushes."""
        self._card = card
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell the number of the bar under the pointer."""
        card = self._card
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and card is not None:
            if card.pushes is not None and len(card.pushes):
                k = min(int(event.pos().x() / self.width() * len(card.pushes)), len(card.pushes) - 1)
                QToolTip.showText(event.globalPos(), f"{_push(card, k)} for each unit of activation", self)
            return True
        return super().event(event)

    def aloud(self) -> str:
        """Each class with its push."""
        card = self._card
        if card is None or card.pushes is None:
            return _NONE
        return ", ".join(_push(card, k) for k in range(len(card.pushes)))

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the bars and the classes under them."""
        card = self._card
        middle, high = 23.0, 21.0
        painter.setPen(QPen(look.track, 1))
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        if card is None or card.pushes is None:
            painter.setPen(look.faint)
            painter.setFont(font("regular", CAPTION))
            painter.drawText(QRectF(0, 30, self.width(), 16), LEFT, _NONE)
            return
        step, top = self.width() / max(len(card.pushes), 1), float(np.abs(card.pushes).max(initial=0)) or 1.0
        for k, push in enumerate(card.pushes.tolist()):
            length, best = max(high * abs(push) / top, 1.0), k == card.prediction
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.excite if push > 0 else look.inhibit)
            wide = min(10.0, step - 3)
            box = QRectF((k + 0.5) * step - wide / 2, middle - length if push > 0 else middle, wide, length)
            if push:
                painter.drawRoundedRect(box, 2, 2)
            painter.setPen(look.answer if best else look.soft)
            painter.setFont(font("semibold" if best else "regular", CAPTION))
            name = cut(painter, card.classes[k], step - 4)
            painter.drawText(QRectF(k * step, 46, step, 16), CENTRE, name)


def _push(card: NeuronCard, place: int) -> str:
    """A class, and what one unit more of the neuron does to its score."""
    assert card.pushes is not None
    return f"{card.classes[place]}: {number(float(card.pushes[place]), 3, signed=True)}"
