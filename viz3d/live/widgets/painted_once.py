"""What stays the same from picture to picture is painted once and kept, to be laid over each."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

T = TypeVar("T")


class Last(Generic[T]):
    """What was made last, and of what: as long as that stays the same, nothing is made anew."""

    def __init__(self) -> None:
        self._of: tuple[Any, ...] | None = None
        self._made: T

    def made(self, of: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What `make` gives, of parts that are compared."""
        if self._of != of:
            self._made, self._of = make(), of
        return self._made


@dataclass(frozen=True, eq=False)
class PaintedOnce:
    """Something painted beforehand: its pixels, and where they begin, px."""

    at: QPointF
    image: QImage

    @classmethod
    def painted(cls, box: QRectF, ratio: float, paint: Callable[[QPainter], None]) -> "PaintedOnce":
        """Paint what lies within a box, px. ratio: pixels of the screen for one unit of the window."""
        left, top = floor(box.left()), floor(box.top())
        wide, high = max(ceil(box.right()) - left, 1), max(ceil(box.bottom()) - top, 1)
        image = QImage(ceil(wide * ratio), ceil(high * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-left, -top)
            paint(painter)
        # A copy: with what was painted on Qt keeps what it painted with, 90 KB for a word with a soft edge.
        return cls(QPointF(left, top), image.copy())

    def lay(self, painter: QPainter) -> None:
        """Lay it over what a painter paints on."""
        painter.drawImage(self.at, self.image)
