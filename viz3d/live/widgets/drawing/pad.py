"""The pad: a place to draw a digit with mouse, finger or pen."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QTabletEvent,
    QTouchEvent,
    qRgb,
)

from viz3d.live.widgets.drawing.strokes import SIDE, Drawing, Stroke, blank, ink, ink_on, part_of, picture_of
from viz3d.live.widgets.parts import CENTRE, Painted, framed, inside
from viz3d.live.widgets.pictures import Picture, fitted, image_of, pixels_of
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import HEAD, Look, font, with_alpha

BRUSH = 21.0  # pixels of 280: about two pixels of 28, as people's digits are
# A pad is dark on every theme: the net reads white on black.
_GROUND, _EDGE = QColor(2, 3, 10), QColor(132, 156, 226)
_LIGHT = np.array([qRgb(max(k, 2), max(k, 3), max(k, 10)) for k in range(256)], np.uint32)  # ink over it
Kept = tuple[Drawing, tuple[Drawing, ...]]
_TREMBLES = 4  # px that a finger may go before it draws
_BENT = 3  # points at the end of a stroke about which its line changes with the next one


class Pad(Painted):
    """A square to draw in, white on black.

    `changed` brings a uint8 (280, 280) at each move of a stroke and after `undo` and `clear`, not after
    `set_picture`; `rested` brings the same when the pen is lifted, and after these two.

    Attributes:
        brush, erases: px of 280 that a stroke is wide, and whether it takes ink away.
        inviting: what stands on it while it is empty.
    """

    role = Role.Canvas
    changed = Signal(object)
    rested = Signal(object)

    def __init__(self, side: int = 216) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAccessibleName("Drawing pad")
        self.setToolTip("Draw here: the network reads it while you draw")
        self.brush, self.erases = BRUSH, False
        self.inviting = "Draw a digit"
        self._drawing = Drawing()
        self._past: list[Drawing] = []
        self._settled = blank()  # the drawing without the stroke in hand
        self._take(self._settled)  # and with it
        self._stroke: Stroke | None = None
        self._pointer: QPointF | None = None
        self._landed: QPointF | None = None  # where a finger came down that may yet get company
        self.setMouseTracking(True)

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn or shown."""
        return self._drawing.empty and self._stroke is None

    @property
    def under_way(self) -> bool:
        """Whether a pen is down."""
        return self._stroke is not None

    @property
    def can_undo(self) -> bool:
        """Whether a stroke, a clearing or a shown picture can be taken back."""
        return bool(self._past)

    def picture(self) -> Picture:
        """What is drawn: uint8 (280, 280), white on black."""
        return self._picture

    def set_picture(self, picture: Picture | None) -> None:
        """Show a picture, uint8 (h, w) or in colour (h, w, 3), or nothing.

        The next stroke replaces it; an eraser changes it.
        """
        self._past = []
        self._hold(Drawing(picture))

    def kept(self) -> Kept:
        """The strokes of the moment, and those that can be taken back, for `restore`."""
        return self._drawing, tuple(self._past)

    def restore(self, kept: Kept) -> None:
        """Show strokes again that were drawn here, without a signal."""
        self._past = list(kept[1])
        self._hold(kept[0])

    def clear(self) -> None:
        """Take everything away; `undo` brings it back."""
        if not self.empty:
            self._past.append(self._drawing)
            self._hold(Drawing())
            self._tell_all()

    def undo(self) -> None:
        """Take the last stroke back, or the last clearing."""
        if self._past:
            self._hold(self._past.pop())
            self._tell_all()

    def _tell_all(self) -> None:
        self.changed.emit(self.picture())
        self.rested.emit(self.picture())

    def _hold(self, drawing: Drawing) -> None:
        self._stroke, self._drawing = None, drawing
        self._settled = ink(blank(), drawing.below, drawing.strokes)
        self._take(self._settled)
        self.update()

    def _take(self, inked: QImage) -> None:
        self._inked, self._picture = inked, picture_of(inked)
        self._seen = _LIGHT[self._picture]

    def _take_part(self, stroke: Stroke, part: tuple[slice, slice]) -> None:
        """Ink a stroke that differs from what was inked of it before in some rows and columns alone."""
        ink_on(self._inked, self._settled, stroke, part)
        # A new one: whoever was told of the last keeps it.
        self._picture = self._picture.copy()
        inked = self._picture[part] = picture_of(self._inked, part)
        self._seen[part] = _LIGHT[inked]

    def begin(self, place: QPointF, pressure: float = 1.0, erases: bool = False) -> None:
        """Set the pen down at a place of the widget."""
        self.finish()
        erases = erases or self.erases
        self._past.append(self._drawing)
        if self._drawing.below is not None and not self._drawing.strokes and not erases:
            self._hold(Drawing())  # a digit that is shown makes room for the one that is drawn
        self._inked = self._settled.copy()  # it is inked on
        self._stroke = Stroke((self._point(place, pressure),), erases)
        self.update()
        self._told()

    def draw_to(self, place: QPointF, pressure: float = 1.0) -> None:
        """Move the pen that is down."""
        if self._stroke:
            self._stroke = self._stroke.longer(*self._point(place, pressure))
            self._told()

    def finish(self) -> None:
        """Lift the pen."""
        if self._stroke:
            self._settled = self._inked
            self.update()
            self._drawing = Drawing(self._drawing.below, (*self._drawing.strokes, self._stroke))
            self._stroke = None
            self.rested.emit(self.picture())

    def _point(self, place: QPointF, pressure: float) -> tuple[float, float, float]:
        scale = SIDE / self.width()
        return place.x() * scale, place.y() * scale, self.brush * (0.4 + 0.6 * pressure)

    def _told(self) -> None:
        if self._stroke:
            bent = self._stroke.points[-_BENT:]
            self._take_part(self._stroke, part_of(bent))
            self._touch(*bent)
        self.changed.emit(self.picture())

    def _touch(self, *points: tuple[float, float, float]) -> None:
        """Have the pad painted again around points as strokes have them, and not where nothing changes."""
        scale = self.width() / SIDE
        far = max(wide for *_, wide in points) * scale / 2 + 2
        across, down = [x * scale for x, _, _ in points], [y * scale for _, y, _ in points]
        left, top, right, bottom = min(across) - far, min(down) - far, max(across) + far, max(down) + far
        self.update(QRectF(left, top, right - left, bottom - top).toAlignedRect())

    def _point_to(self, place: QPointF | None) -> None:
        """Show how wide the brush is at a place."""
        spots = [self._point(each, 1.0) for each in (self._pointer, place) if each is not None]
        self._pointer = place
        if spots and not self._stroke:
            self._touch(*spots)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; the right button erases."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.begin(event.position(), erases=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, or show how wide the brush is."""
        self._point_to(event.position())
        self.draw_to(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Show no brush."""
        self._point_to(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self.finish()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen draws as wide as it is pressed; its other end erases, and so does its button."""
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            eraser = event.pointerType() == event.pointerType().Eraser
            held = event.button() == Qt.MouseButton.RightButton
            self.begin(event.position(), event.pressure(), eraser or held)
        elif kind == QEvent.Type.TabletMove:
            self.draw_to(event.position(), event.pressure())
        else:
            self.finish()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Let the first finger draw; all else as usual."""
        if event.type() == QEvent.Type.TouchCancel:
            self._landed = None
            self.finish()  # the system has taken the finger for a gesture of its own
        touches = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)
        if isinstance(event, QTouchEvent) and event.type() in touches and event.points():
            self._take_finger(event)
            event.accept()
            return True
        return super().event(event)

    def _take_finger(self, event: QTouchEvent) -> None:
        """Draw from where it came down once it goes, or is lifted: with a second one it leaves no dot."""
        finger = event.points()[0]
        place, lifted = finger.position(), finger.state() == QEventPoint.State.Released
        if event.type() == QEvent.Type.TouchBegin:
            self._landed = place
        elif event.pointCount() > 1 and self._landed is not None:
            self._landed = None
        elif self._landed is not None and (lifted or (place - self._landed).manhattanLength() >= _TREMBLES):
            self.begin(self._landed)
            self._landed = None
        self.draw_to(place)
        if lifted:
            self.finish()

    def _shown(self) -> QImage:
        """The drawing as it is seen, with as many pixels as are needed."""
        if self.devicePixelRatio() * self.width() <= SIDE:
            return QImage(self._seen.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGB32)
        shown = _LIGHT[pixels_of(self._inked)]
        high, wide = shown.shape
        return QImage(shown.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the picture, a frame where MNIST's digits lie, and what to do while it is empty."""
        box, margin = QRectF(self.rect()), self.width() * 4 / 28

        def fill() -> None:
            below = self._drawing.below
            if self.empty:
                painter.fillRect(box, _GROUND)
            elif below is not None and below.ndim == 3:
                painter.fillRect(box, _GROUND)
                painter.drawImage(fitted(box, below.shape), image_of(below))  # in colour nothing is drawn
                return
            else:
                painter.drawImage(box, self._shown())
            painter.setPen(QPen(with_alpha(_EDGE, 0.14), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(margin, margin, -margin, -margin))
            if self._pointer and not self._stroke:
                radius = self.brush / 2 * self.width() / SIDE
                painter.setPen(QPen(with_alpha(_EDGE, 0.8), 1))
                painter.drawEllipse(self._pointer, radius, radius)

        if not self.empty and self.rect().adjusted(8, 8, -8, -8).contains(self.exposed.boundingRect()):
            fill()  # its edge is not touched
            return
        framed(painter, box, 8, fill)
        painter.setPen(QPen(with_alpha(_EDGE, 0.24), 1))
        painter.drawRoundedRect(inside(self), 8, 8)
        if self.empty:
            painter.setPen(QColor(150, 163, 206))
            painter.setFont(font("medium", HEAD))
            painter.drawText(box, CENTRE, self.inviting)
