#!/usr/bin/env python
"""Make renders/gallery/live-session.gif: the real window, off the screen, driven by mouse events.

Somebody draws a crooked four, which the network half takes for a nine; silences the neuron that decides most;
and it is a four.

    python scripts/make_live_gif.py [OUT.gif]
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

# Before Qt: no screen, and a window of 1200x750 in a picture of 960x600, so that the text stays sharp.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "0.8"

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.command import display
from viz3d.export.writing.writers import Write, open_writer
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session

OUT = Path(__file__).parents[1] / "renders" / "gallery" / "live-session.gif"
SIZE, PICTURE, RATE = (1200, 750), (960, 600), 10
WHERE = "hidden1:155"  # without it the four is read as one
STROKES = (  # on the pad, as shares of its side
    ((0.52, 0.21), (0.33, 0.35), (0.30, 0.575), (0.54, 0.475), (0.60, 0.51)),
    ((0.675, 0.246), (0.575, 0.464), (0.464, 0.886)),
)
ARROW = ((0, 0), (0, 17), (4, 13.5), (6.6, 19.4), (9.2, 18.2), (6.7, 12.5), (12, 12))
LEFT = Qt.MouseButton.LeftButton
PATIENCE = 60_000  # ms


class Filming:
    """The window, where the pointer is in it, and what writes its pictures."""

    def __init__(self, window: Window, write: Write) -> None:
        self.window, self.write = window, write
        self.at, self.pressed = QPointF(560, 520), False

    def take(self, count: int = 1) -> None:
        """Take so many pictures of the window at rest."""
        settle(self.window)
        image = self.window.grab().toImage()
        with QPainter(image) as painter:
            draw_pointer(painter, self.at, self.pressed)
        picture = pixels(image)
        for _ in range(count):
            self.write(picture)

    def glide(self, to: QPointF, pictures: int) -> None:
        """Move the pointer there, slower at both ends."""
        start = self.at
        for k in range(1, pictures + 1):
            share = k / pictures
            self.at = start + (to - start) * (share * share * (3 - 2 * share))
            self.take()

    def click(self, part: QWidget, place: QPoint) -> None:
        """Click at a place of a part of the window."""
        self.pressed = True
        self.take(2)
        self.pressed = False
        QTest.mouseClick(part, LEFT, pos=place)


def main(out: Path) -> None:
    """Film the session."""
    display.prepare()
    app = QApplication([])
    dress(app, "dark")
    with tempfile.TemporaryDirectory() as folder, open_writer(str(out), PICTURE, RATE) as write:
        settings = QSettings(str(Path(folder) / "live.ini"), QSettings.Format.IniFormat)
        window = Window(Session(UseNet("mlp"), TakeDigit(7), "digits"), settings)
        window.resize(*SIZE)
        window.show()
        film = Filming(window, write)
        draw(film)
        pick(film)
        silence(film)
        window.close()
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


def draw(film: Filming) -> None:
    """Draw the four, with a picture for each move of the pen."""
    pad = film.window.drawing.pad
    pad.clear()
    film.take(4)
    for stroke in STROKES:
        points = [QPointF(x * pad.width(), y * pad.height()) for x, y in along(stroke, 11)]
        film.glide(place_in(film, pad, points[0]), 4)
        QTest.mousePress(pad, LEFT, pos=points[0].toPoint())
        for point in points[1:]:
            QTest.mouseMove(pad, point.toPoint())
            film.at = place_in(film, pad, point)
            film.take()
        QTest.mouseRelease(pad, LEFT, pos=points[-1].toPoint())
    film.take(8)


def pick(film: Filming) -> None:
    """Click the first of the neurons that decide, below the bars."""
    rows = film.window.answer.reasons.rows
    reason, place = rows.at(0), QPoint(48, rows.high // 2)
    assert reason is not None
    assert reason.where == WHERE, reason
    film.glide(place_in(film, rows, QPointF(place)), 7)
    QTest.mouseMove(rows, place)
    film.take(8)
    film.click(rows, place)
    film.take(10)


def silence(film: Filming) -> None:
    """Press Ablate, and see the bars swing."""
    button = film.window.inspector.change.silent
    middle = QPointF(button.rect().center())
    film.glide(place_in(film, button, middle), 4)
    film.click(button, middle.toPoint())
    film.take(24)


def along(points: Sequence[tuple[float, float]], count: int) -> np.ndarray:
    """Evenly spaced points (count, 2) along a line through `points`."""
    corners = np.array(points)
    gone = np.concatenate([[0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
    at = np.linspace(0, gone[-1], count)
    return np.stack([np.interp(at, gone, corners[:, k]) for k in (0, 1)], axis=1)


def place_in(film: Filming, part: QWidget, place: QPointF) -> QPointF:
    """Where a place of a part is in the window."""
    return QPointF(part.mapTo(film.window, place))


def settle(window: Window) -> None:
    """Wait until the picture of what is shown is there with all its pixels, and what decides is known."""

    def come() -> bool:
        drawn, picture = window.showing.drawn, window.view.picture
        current = drawn is not None and drawn.trace is window.desk.shown.traced.trace
        whole = picture is not None and picture.request is window.view._asked and picture.request.scale == 1.0
        answer, rows = window.answer, window.answer.reasons.rows
        return bool(
            current and whole and (rows.at(0) or not answer.isVisible() or window.desk.shown.traced.empty)
        )

    spin(1)
    wait(come)


def spin(milliseconds: int) -> None:
    """Let Qt run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(come: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(PATIENCE // 20):
        spin(20)
        if come():
            return
    raise SystemExit("the window has drawn nothing for a minute")


def draw_pointer(painter: QPainter, at: QPointF, pressed: bool) -> None:
    """Draw an arrow, which no grab of a window has."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if pressed:
        painter.setPen(QPen(QColor(111, 240, 255, 200), 2))
        painter.drawEllipse(at, 12, 12)
    painter.setPen(QPen(QColor(10, 14, 27), 1.2))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in ARROW]))


def pixels(image: QImage) -> np.ndarray:
    """A picture as uint8 (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    plain.setDevicePixelRatio(1.0)
    array = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    assert array.shape[:2] == (PICTURE[1], PICTURE[0]), array.shape
    return np.ascontiguousarray(array[:, : plain.width(), :3])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
