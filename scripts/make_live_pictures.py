#!/usr/bin/env python
"""Make renders/gallery/live.png and live-training.png: the real window, off the screen.

The first shows a drawn four after one neuron is silenced, as the film of make_live_gif.py ends; the second a
network that learns from new weights, which takes some minutes where MNIST has to be fetched.

    python scripts/make_live_pictures.py [FOLDER]
"""

import os
import sys
import tempfile
from pathlib import Path

import make_live_gif as film
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.command import display
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.session.acts.change import Mutate, Select, UseNet
from viz3d.session.acts.take import TakeDigit, TakeSample
from viz3d.session.session import Session

OUT = Path(__file__).parents[1] / "renders" / "gallery"
SIZE = (1440, 900)
PLAIN = "test:44"  # a 3 as most people write it, which a network reads early
STEPS = 1300  # of training, of which an epoch has 3,750
MINUTES = 10  # that these may take


def main(out: Path) -> None:
    """Make both pictures."""
    os.environ["QT_SCALE_FACTOR"] = "1"  # in place of the film's
    display.prepare()
    app = QApplication([])
    dress(app, "dark")
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "live.ini"), QSettings.Format.IniFormat)
        drawn(opened(settings, TakeDigit(7), "digits"), out / "live.png")
        trained(opened(settings, TakeSample(PLAIN), "mnist"), out / "live-training.png")


def opened(settings: QSettings, take: TakeDigit | TakeSample, images: str) -> Window:
    """Open a window on a digit of a data set, and wait for its picture."""
    window = Window(Session(UseNet("mlp"), take, images), settings)
    window.resize(*SIZE)
    window.playing.begin()
    window.show()
    film.wait(window.playing.clock.isActive)
    window.playing.to_end()
    film.settle(window)
    return window


def drawn(window: Window, out: Path) -> None:
    """Draw the film's four, and silence its neuron."""
    pad = window.drawing.pad
    pad.clear()
    for stroke in film.STROKES:
        points = [QPoint(round(x * pad.width()), round(y * pad.height())) for x, y in film.along(stroke, 11)]
        QTest.mousePress(pad, film.LEFT, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(pad, point)
            film.spin(20)
        QTest.mouseRelease(pad, film.LEFT, pos=points[-1])
    window.desk.do(Select(film.WHERE))
    window.desk.do(Mutate(f"ablate {film.WHERE}"))
    film.settle(window)
    keep(window, out)


def trained(window: Window, out: Path) -> None:
    """Train with new weights, and look while it learns."""
    window.top.train.click()
    page = window.training.page
    page.panel.weights.emit("new")
    page.panel.chosen.emit("batch", 16.0)  # of larger ones the run would be over too early
    page.toggle()
    for _ in range(600 * MINUTES):
        film.spin(100)
        if page.trainer.run is not None and page.trainer.run.step >= STEPS:
            break
    else:
        raise SystemExit(f"{STEPS} steps were not made in {MINUTES} minutes")
    # What was said as it began goes a while after a hand was at the window.
    QTest.mouseMove(window.top, QPoint(40, 8))
    QTest.mouseMove(window.top, QPoint(60, 8))
    film.wait(lambda: not window.message.isVisible())
    keep(window, out)


def keep(window: Window, out: Path) -> None:
    """Write the picture of the window as it is, and close it."""
    window.grab().save(str(out))
    print(out)
    window.keeping.end_at_once()
    window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
