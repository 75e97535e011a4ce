"""A frame around the window while something is held over it that would be opened, and words that say so."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from viz3d.live.widgets.parts import Painted
from viz3d.live.widgets.style import RADIUS, Look, font, with_alpha

_EDGE, _LINE = 6, 2.0  # px: of the frame from the window's edges, and its width
_HEAD, _HIGH, _SIDE = 20, 56, 32  # px: the words, the slip that they are on, and its room beside them


class DropFrame(Painted):
    """Lies over all of its parent, and lets all that a hand does pass."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__()
        self.setParent(parent)
        self.setProperty("clear", True)  # of `beneath`: the window is seen through it
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = ""
        self.hide()

    def tell(self, brought: QMimeData) -> None:
        """Show what would be opened if it were let go of here, where anything would."""
        self._words = told(brought)
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect())
        self.setVisible(bool(self._words))
        self.raise_()
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the frame, and the slip in its middle."""
        painter.setPen(QPen(look.accent, _LINE))
        painter.setBrush(with_alpha(look.accent, 0.06))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE), RADIUS, RADIUS)
        head, most = font("semibold", _HEAD), self.width() - 4.0 * _SIDE
        fits = QFontMetricsF(head)
        words = fits.elidedText(self._words, Qt.TextElideMode.ElideMiddle, most)
        slip = QRectF(0, 0, fits.horizontalAdvance(words) + 2 * _SIDE, _HIGH)
        slip.moveCenter(QRectF(self.rect()).center())
        painter.setPen(QPen(with_alpha(look.accent, 0.55), 1.2))
        painter.setBrush(look.popup)
        painter.drawRoundedRect(slip, RADIUS, RADIUS)
        painter.setPen(look.text)
        painter.setFont(head)
        painter.drawText(slip, Qt.AlignmentFlag.AlignCenter, words)


def told(brought: QMimeData) -> str:
    """What letting go of it would do, in words; "" where it would open nothing."""
    files = [Path(url.toLocalFile()).name for url in brought.urls() if url.isLocalFile()]
    if files:
        return f"Let go to open {files[0] if len(files) == 1 else f'{len(files)} files'}"
    return "Let go to have the picture read" if brought.hasImage() else ""
