"""DrawnView: a widget whose pictures a painter draws, asked for when something changes, with all texts."""

from dataclasses import replace
from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent

from viz3d.live.view.beneath import beneath_nothing
from viz3d.live.view.hand import Hand
from viz3d.live.view.overlay.edges import sides
from viz3d.live.view.overlay.layer_frames import draw_layer_frames
from viz3d.live.view.overlay.lettering import draw_pixel, written
from viz3d.live.view.overlay.veils import draw_ground_above
from viz3d.live.view.pace import Pace
from viz3d.live.view.pointing import NOTHING
from viz3d.live.view.viewed_scene import Marks, ViewedScene
from viz3d.live.view.written import Written
from viz3d.live.widgets.parts import CENTRE
from viz3d.live.widgets.style import TEXT, font, look, look_beside
from viz3d.live.work.heap import Tidying
from viz3d.live.work.painter import Painter, PaintRequest, Picture

_REST = 110  # ms without a change, after which the picture is drawn whole: by 150 it is seen
_RESIZED = 150  # ms without a change of size
_AGED = 500  # ms that panels over the view wait to be painted again while one picture follows another
_WHOLE = 1.0, 1.0
_MARGIN = 24.0
# px within the free rectangle that the net leaves to headline, bars' numbers and cards.
_LEFT, _TOP, _RIGHT, _BOTTOM = 8.0, 60.0, 60.0, 64.0
_LEGEND = 32.0
_LEAST = 120.0  # px that the net gets however little is free


class DrawnView(Hand):
    """Asks the painter for a picture when something has changed, and else does nothing.

    Signals: `resized` when it has another size and that is at rest; `refitted` when the first picture of a
    size is shown; `failed` one line of what went wrong in the painter.

    Attributes:
        painter: what draws; `close_painter` ends it.
        camera: where a person looks from.
        picture: what is shown, None before the first.
    """

    resized = Signal()
    refitted = Signal()
    failed = Signal(str)

    def __init__(self, painter: Painter | None = None) -> None:
        super().__init__()
        self.painter = painter or Painter()
        self.picture: Picture | None = None
        self._shown: ViewedScene | None = None
        self._written: Written | None = None
        self._time, self._card = float("inf"), ""
        self._waits = "The first picture is being drawn …"
        self._lit = NOTHING  # the neuron or the bar that is lit because the pointer rests on it
        self._framed: tuple[str, ...] = ()
        self._sheets: set[str] = set()  # those that cover the scene
        self._free: QRectF | None = None
        self._covered: tuple[QRectF, ...] = ()
        self._legend: tuple[float, float, float] | None = None
        self._asked: PaintRequest | None = None
        self._hidden = False
        self._pace, self._tidying = Pace(), Tidying(self)
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(self._rest)
        self._seen_whole = QRegion()  # the part over which nothing lies
        self._ageing = QTimer(self, singleShot=True, interval=_AGED)
        self._ageing.timeout.connect(self.update)
        # Another size is another stage, which takes longer than a window's size stands still under a hand.
        self._resizing = QTimer(self, singleShot=True, interval=_RESIZED)
        self._resizing.timeout.connect(self._resized)
        self.camera.moved.connect(self._ask)
        self.painter.painted.connect(self._take)
        self.painter.failed.connect(self._fail)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def between(self) -> float:
        """Seconds from one picture to the next of a network that learns, by what draws them and how fast."""
        return self._pace.between

    def set_hidden(self, on: bool) -> None:
        """Have no pictures drawn while nobody can see them; then that of what has come of it meanwhile."""
        self._hidden = on
        self._ask()

    def stir(self) -> None:
        """Draw what is asked for soon as quickly as while something moves: a hand has begun to."""
        if self._shown is not None:
            self._resting.start()

    @property
    def legend_top(self) -> float:
        """How far up the legend reaches, px."""
        line = self._legend_line()  # that of a picture of another size is where it was
        return line[2] if self._shown is None else replace(self._shown.edges, legend=line).legend_top()

    def written_at(self, *, ended: bool = False) -> list[QRect]:
        """Where something is written at the moment; ended: where all is that the film comes to."""
        seen, shown = self.seen(), self._shown
        if seen is None or shown is None:
            return []
        frame, end = seen.frame, seen.scene.seconds
        if ended and frame.t < end:
            frame = seen.scene.frame(end, frame.camera, shown.room(frame.camera, end, self.marked))
        boxes = shown.edges.taken(frame.t, frame.winner > 0, frame.camera)
        boxes += map(written, frame.captions)
        return [box.toAlignedRect() for box in boxes]

    def planes_at(self) -> list[QRect]:
        """Around the planes in which neurons stand at the moment."""
        seen = self.seen()
        if seen is None:
            return []
        panels, pose, size = seen.scene.layout.panels, seen.frame.camera, seen.scene.size
        corners = [pose.project(panel.corners(), size) for panel in panels]
        ends = [[at.min(axis=0).tolist(), at.max(axis=0).tolist()] for at in corners if np.isfinite(at).all()]
        return [QRectF(QPointF(*one), QPointF(*other)).toAlignedRect() for one, other in ends]

    def written(self) -> QImage:
        """The picture with all that is written over it, as far as panels leave it free."""
        left, top, right, bottom = sides(self._box().adjusted(-_MARGIN, 0, _MARGIN, 0))
        part = QRectF(left, top, right - left, max(bottom, self._legend_line()[2] + _MARGIN / 2) - top)
        return self.grab(part.toAlignedRect().intersected(self.rect())).toImage()

    def close_painter(self) -> None:
        """End the painter's thread and free what it draws with; the last picture stays."""
        self._resting.stop()
        self._ageing.stop()
        self._resizing.stop()
        self._tidying.stop()
        self.painter.close()

    def seen(self) -> Picture | None:
        """The picture, unless another net is about to be seen."""
        picture, shown = self.picture, self._shown
        known = picture is not None and shown is not None and picture.scene.layout is shown.scene.layout
        return picture if known and picture is not None and self._fits(picture) else None

    # The picture.

    def _box(self) -> QRectF:
        return self._free or QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _legend_line(self) -> tuple[float, float, float]:
        box = self._box()
        return self._legend or (box.left(), box.right(), box.bottom() - 8)

    def _settle(self) -> None:
        """Take the view's size and its free rectangle into account, and ask for a picture."""
        if self._shown is None or self._resizing.isActive():
            return
        scene, size, box = self._shown.scene, (self.width(), self.height()), self._box()
        if scene.size != size:
            scene = replace(scene, site=replace(scene.site, size=size))
        self._shown = replace(
            self._shown, scene=scene, box=box, legend=self._legend_line(), covered=self._covered
        )
        left, top = box.left() + _LEFT, box.top() + _TOP
        right = max(box.right() - _RIGHT, left + _LEAST)
        bottom = max(box.bottom() - _BOTTOM - (0.0 if self._legend else _LEGEND), top + _LEAST)
        if self.camera.settle(scene.layout, size, (left, top, right, bottom)):
            self.moved.emit()
        self._ask()

    def _ask(self) -> None:
        """Ask for a picture: with fewer pixels, where another was asked for just now or the camera moves."""
        if self._shown is None or self._hidden or not self.isVisible() or self._resizing.isActive():
            return
        moving = self._resting.isActive() or self._asked is None or self._asked.pose != self.camera.pose
        self._request(*(self._pace.moving if moving and self.picture is not None else _WHOLE))
        self._resting.start()

    def _rest(self) -> None:
        if self._ageing.isActive():
            self._ageing.stop()
            self.update()
        if self._asked is not None and not self._asked.whole:
            self._request(*_WHOLE)

    def _request(self, scale: float, share: float) -> None:
        shown, pose = self._shown, self.camera.pose
        if shown is None or pose is None:
            return
        t, lit = min(self._time, shown.scene.seconds), self._lit if shown.has(self._lit) else self.marked
        about = shown.lit(lit) if shown.has(lit) else ()
        self._asked = PaintRequest(
            shown.scene,
            t,
            pose,
            scale,
            share,
            self.devicePixelRatioF(),
            free=shown.room(pose, t, self.marked),
            focus=(shown.trace, about) if about else None,
            group=bool(lit.group),
            evidence=(shown.trace, lit.bar) if lit.bar >= 0 else None,
            stamp=shown,
        )
        self.painter.ask(self._asked)

    def _take(self, picture: Picture) -> None:
        """Show a picture that was drawn."""
        fitted = self.picture is not None and self.picture.scene.size == picture.scene.size
        self.picture, self._pace = picture, self._pace.after(picture)
        if not fitted:
            self.refitted.emit()
        self._tidying.soon()
        self._look_again(moving=not picture.request.whole)
        if not self._resting.isActive():
            self.update()
            return
        if not self._ageing.isActive():
            self._ageing.start()
            self._seen_whole = beneath_nothing(self)
        self.update(self._seen_whole)

    def _fail(self, words: str) -> None:
        """Tell what went wrong, and promise no picture."""
        self._waits = ""
        self.update()
        self.failed.emit(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and all text over it in its own theme: the window may have another by now."""
        picture = self.picture
        colours = look() if picture is None else look_beside(picture.scene.theme)
        self._see_what_is_bared(event.region())
        with QPainter(self) as painter:
            if picture is None or self._sheets:
                ground = QColor(*look().theme.background) if picture else colours.well
                painter.fillRect(self.rect(), ground)
                if picture is None:
                    painter.setPen(colours.faint)
                    painter.setFont(font("regular", TEXT))
                    painter.drawText(self._box(), CENTRE, self._waits)
                return
            written = self._written
            if written is None or written.picture is not picture:
                self._written = written = Written.of(picture, colours, self.devicePixelRatioF())
            if not self._fits(picture):
                painter.drawImage(QRectF(self.rect()), written.sheet)
                return
            painter.drawImage(0, 0, written.sheet)
            draw_ground_above(painter, picture.scene, look().theme, self._box().top())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shown = cast(ViewedScene, picture.request.stamp)
            pull = (self._joins, self._tip) if self._joins >= 0 and self._dragging else None
            shown.mark(painter, colours, picture.frame, Marks(self.marked, self._pointed, self._card, pull))
            if self._framed:
                draw_layer_frames(painter, colours, shown.scene, picture.frame.camera, self._framed)
            if self._pen_place is not None:
                draw_pixel(painter, colours, picture.scene, picture.frame, self._pen_place)

    def _see_what_is_bared(self, painted: QRegion) -> None:
        """Take part in what a panel that has closed over the view lays bare, while pictures follow."""
        if self._ageing.isActive() and not (painted - self._seen_whole).isEmpty():
            self._seen_whole = beneath_nothing(self)

    def _fits(self, picture: Picture) -> bool:
        return picture.scene.size == (self.width(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have a picture made of the new size: the first at once, any other when the size is at rest."""
        if self.picture is None:
            self._resized()
        else:
            self._resizing.start()

    def _resized(self) -> None:
        self._settle()
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first picture."""
        self._settle()

    def event(self, event: QEvent) -> bool:
        """Ask for other pixels on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask()
        return super().event(event)
