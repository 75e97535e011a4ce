"""Written: a picture with all text that belongs to it, painted once."""

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from viz3d.live.view.shown import Shown
from viz3d.live.widgets.style import Look
from viz3d.live.work.painter import Picture


@dataclass(frozen=True, eq=False)
class Written:
    """A picture as the view shows it, but for rings and cards of neurons that are selected or pointed at.

    Panels that float over the view are translucent: whatever changes in one has the view beneath painted
    again. Then this is copied, and no text is set for it.

    Attributes:
        picture, look: what it was painted of.
        sheet: the pixels.
    """

    picture: Picture
    look: Look
    sheet: QImage

    @classmethod
    def of(cls, picture: Picture, look: Look, ratio: float) -> "Written":
        """Paint it. ratio: pixels of the screen for one unit of the window."""
        size = QSize(*picture.scene.size)
        sheet = QImage(size * ratio, QImage.Format.Format_RGB32)
        sheet.setDevicePixelRatio(ratio)
        whole = sheet.size() == picture.image.size()
        with QPainter(sheet) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not whole)
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), picture.image)
            cast(Shown, picture.wish.stamp).write(painter, look, picture.frame)
        return cls(picture, look, sheet)

    def shows(self, picture: Picture, look: Look, ratio: float) -> bool:
        """Whether it is of this picture, look and ratio."""
        return self.picture is picture and self.look is look and self.sheet.devicePixelRatio() == ratio
