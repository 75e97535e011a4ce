"""Arrays as pictures, in the colours of the scene."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from engine import Net
from scenes.light.theme import Theme, sample
from viz3d.command.wording import short
from viz3d.figures.example import cells, read_cells
from viz3d.findings.layer_strips import Strip
from viz3d.live.widgets.parts import LEFT, Painted, cut, framed
from viz3d.live.widgets.style import CAPTION, Look, font

_LUMA = np.array((0.299, 0.587, 0.114))  # of ITU-R BT.601
PICTURE = 131  # px of two pictures beside each other
_LINE = 15  # px of a line below a picture
Picture = NDArray[np.uint8]
Values = NDArray[np.floating[Any]]


def grey_image(picture: Picture) -> QImage:
    """A uint8 (h, w) picture for Qt; it owns its memory."""
    kept = np.ascontiguousarray(picture)
    high, wide = kept.shape
    return QImage(kept.data, wide, high, wide, QImage.Format.Format_Grayscale8).copy()


def colour_image(picture: Picture) -> QImage:
    """A uint8 (h, w, 3) picture for Qt; it owns its memory."""
    kept = np.ascontiguousarray(picture)
    high, wide, _ = kept.shape
    return QImage(kept.data, wide, high, 3 * wide, QImage.Format.Format_RGB888).copy()


def as_grey(image: NDArray[Any]) -> Picture:
    """An input of any kind as a uint8 (h, w): the brightness of colours, a cell for each of some numbers."""
    if image.ndim == 3:
        return np.asarray((image @ _LUMA).round(), np.uint8)
    if image.ndim == 2:
        return image
    low, high = float(image.min()), float(image.max())
    shares = (image - low) / (high - low) if high > low else np.full(len(image), 0.5)
    return np.asarray((255 * cells(shares)).round(), np.uint8)


def pictured(image: NDArray[Any], net: Net | None = None) -> Picture:
    """An input of any kind as a uint8 (h, w), or in colour (h, w, 3).

    net: what reads it. Numbers are then scaled as it does, and examples can be compared; else each by its own
    least and largest.
    """
    if net is not None and image.ndim == 1:
        return np.asarray((255 * read_cells(net, image)).round(), np.uint8)
    return image if image.dtype == np.uint8 and image.ndim == 3 else as_grey(image)


def image_of(picture: Picture) -> QImage:
    """A uint8 (h, w) or (h, w, 3) picture for Qt; it owns its memory."""
    return grey_image(picture) if picture.ndim == 2 else colour_image(picture)


def pixels_of(image: QImage) -> Picture:
    """The bytes of each row of a picture of Qt, to be read while that lives and nothing draws on it.

    Of a grey one they are its uint8 (h, w).
    """
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * image.depth() // 8]


def array_of(image: QImage) -> Picture:
    """The uint8 (h, w) of a grey picture of Qt, which nothing that is drawn on it changes."""
    return pixels_of(image).copy()


def colours_of(image: QImage) -> Picture:
    """The uint8 (h, w, 3) of any picture of Qt: red, green, blue."""
    rows = pixels_of(bare := image.convertToFormat(QImage.Format.Format_RGBX8888))
    return rows.reshape(bare.height(), bare.width(), 4)[:, :, :3].copy()


def heat(values: Values, theme: Theme) -> Picture:
    """Values 0..1 of shape (h, w) as the scene shows its input: uint8 (h, w, 3)."""
    colours = sample(theme.heat, np.asarray(values, np.float32))
    colours[values <= 0.01] = theme.idle_pixel
    return colours


def signed(values: Values, theme: Theme, ground: tuple[int, int, int]) -> Picture:
    """Values of either sign, shape (h, w), as what excites and what inhibits: uint8 (h, w, 3).

    The full colour is the size that 3 of 1,000 exceed, so that one outlier does not blind.
    """
    size: NDArray[np.float32] = np.abs(np.nan_to_num(np.asarray(values, np.float32)))
    top = float(np.quantile(size, 0.997)) or float(size.max()) or 1.0
    share = np.clip(size / top, 0, 1).astype(np.float32)
    colours = np.where((values > 0)[..., None], sample(theme.excite, share), sample(theme.inhibit, share))
    keep = share[..., None] ** 0.8
    mixed = colours * keep + np.array(ground, np.float32) * (1 - keep)
    picture: Picture = mixed.round().astype(np.uint8)
    return picture


class SignedPicture(Painted):
    """A small matrix: warm where it excites, cool where it inhibits."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self._values: Values | None = None

    def set_values(self, values: Values | None) -> None:
        """Show values (h, w); None shows nothing."""
        self._values = values
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the matrix."""
        values, box = self._values, QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)

        def fill() -> None:
            painter.fillRect(box, look.well)
            if values is not None:
                ground = (look.well.red(), look.well.green(), look.well.blue())
                painter.drawImage(fitted(box, values.shape), colour_image(signed(values, look.theme, ground)))

        framed(painter, box, 6, fill)


class FieldPicture(Painted):
    """What the net sees, with a frame around the part that a neuron can see."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self._pixels: Values | None = None
        self._field = (0, 0, 0, 0)

    def set_field(self, pixels: Values, field: tuple[int, int, int, int]) -> None:
        """Show pixels (h, w) of 0..1, and a field: first row, first column, last row, last column."""
        self._pixels, self._field = pixels, field
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the pixels and the frame."""
        pixels, box = self._pixels, QRectF(self.rect())
        if pixels is None:
            return
        place = fitted(box, pixels.shape)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        framed(painter, box, 6, lambda: painter.drawImage(place, colour_image(heat(pixels, look.theme))))
        cell, (top, left, bottom, right) = place.width() / pixels.shape[1], self._field
        corner = place.x() + left * cell, place.y() + top * cell
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.accent, 1.6))
        frame = QRectF(*corner, (right - left + 1) * cell, (bottom - top + 1) * cell)
        painter.drawRect(frame.intersected(box.adjusted(1, 1, -1, -1)))


def fitted(box: QRectF, shape: tuple[int, ...]) -> QRectF:
    """The largest rectangle in `box`, about its middle, with the proportions of (h, w)."""
    step = min(box.width() / shape[1], box.height() / shape[0])
    rectangle = QRectF(0, 0, step * shape[1], step * shape[0])
    rectangle.moveCenter(box.center())
    return rectangle


class StripPicture(Painted):
    """A sheet of values at small size, with its name and its least and greatest value below."""

    ringed = False

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side + 2 * _LINE)
        self._strip: Strip | None = None

    def set_strip(self, strip: Strip | None) -> None:
        """Show a sheet, or with None nothing."""
        self._strip = strip
        self.setVisible(strip is not None)
        if strip is not None:
            told = f"{strip.name}, {ends(strip)}"
            self.setAccessibleName(told)
            self.setToolTip(told)
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the sheet as large as there is room, and write what it is."""
        strip, side = self._strip, self.width()
        if strip is None:
            return
        box = QRectF(0, 0, side, side)

        def fill() -> None:
            painter.fillRect(box, look.well)
            image = sheet_image(strip, look)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > side)
            painter.drawImage(fitted(box, strip.values.shape), image)

        framed(painter, box, 6, fill)
        painter.setPen(look.faint)
        painter.setFont(font("regular", CAPTION))
        for line, words in enumerate((strip.name, ends(strip))):
            below = QRectF(0, side + 2 + line * _LINE, side, _LINE)
            painter.drawText(below, LEFT, cut(painter, words, side))


def ends(strip: Strip) -> str:
    """The least and the greatest value, and how much is shown."""
    words = f"{minus(short(strip.low))} to {minus(short(strip.high))}"
    return f"{words}, {strip.shown}" if strip.shown else words


def minus(text: str) -> str:
    """A number with a true minus sign."""
    return text.replace("-", "−")


def sheet_image(strip: Strip, look: Look) -> QImage:
    """A sheet in the colours of the look; gaps are clear."""
    values, gap, well = strip.values, np.isnan(strip.values), look.well
    ground = (well.red(), well.green(), well.blue())
    if strip.ramp == "signed":
        colours = signed(np.nan_to_num(values), look.theme, ground)
    else:
        share = np.nan_to_num(values / (strip.high or 1.0)).astype(np.float32)
        colours = _rising(share, look, ground) if strip.ramp == "attend" else heat(share, look.theme)
    rgba = np.dstack([colours, np.where(gap, 0, 255).astype(np.uint8)])
    kept = np.ascontiguousarray(rgba)
    high, wide, _ = kept.shape
    return QImage(kept.data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()


def _rising(share: NDArray[np.float32], look: Look, ground: tuple[int, int, int]) -> Picture:
    """Attention 0..1 out of the ground: its ramp alone begins bright."""
    keep = np.sqrt(share)[..., None]
    mixed = sample(look.theme.attend, share) * keep + np.array(ground, np.float32) * (1 - keep)
    return np.asarray(mixed.round(), np.uint8)
