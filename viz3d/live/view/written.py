"""Written: a picture with all text that belongs to it, painted once."""

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from viz3d.live.view.viewed_scene import ViewedScene
from viz3d.live.widgets.style import Look
from viz3d.live.work.painter import Picture


@dataclass(frozen=True, eq=False)
class Written:
    """A picture as the view shows it, but for rings and cards of neurons that are selected or pointed at.

    Panels that float over the view are translucent: whatever changes in one has the view beneath painted
    again. Then this is copied, and no text is set for it.

    Attributes:
        picture: what it was painted of. Where that has all of the screen's pixels its own are painted on.
        sheet: the pixels.
    """

    picture: Picture
    sheet: QImage

    @classmethod
    def of(cls, picture: Picture, look: Look, ratio: float) -> "Written":
        """Paint it, once for each picture. ratio: pixels of the screen for one unit of the window."""
        size = QSize(*picture.scene.size)
        whole = size * ratio == picture.image.size()
        sheet = picture.image if whole else QImage(size * ratio, QImage.Format.Format_RGB32)
        sheet.setDevicePixelRatio(ratio)
        with QPainter(sheet) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not whole:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(QRectF(0, 0, size.width(), size.height()), picture.image)
            cast(ViewedScene, picture.request.stamp).write(painter, look, picture.frame)
        return cls(picture, sheet)
