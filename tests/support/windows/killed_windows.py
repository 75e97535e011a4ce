"""A program for one test: windows in the midst of what people do, all of which are then killed at once.

    python killed_windows.py FOLDER DATA NETWORK

FOLDER/NAME is where the window of each deed keeps its session. DATA: a folder of images. NETWORK: a file of
another system. FOLDER/told.json tells what was on screen when they were killed.
"""

import json
import os
import signal
import sys
from pathlib import Path

from live_exports import choice
from live_hands import LEFT
from live_windows import STROKE, IdlePainter, drop
from PySide6.QtCore import QEventLoop, QPoint, QSettings, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.live.control.keeping import keeping
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.live.work.session_folders import new_place
from viz3d.session.acts.change import Mutate, UseNet
from viz3d.session.acts.take import TakeDigit, TakeSample
from viz3d.session.session import Session

ROOT, DATA, NETWORK = map(Path, sys.argv[1:])
STEPS = 8  # that each run makes at least


def wait_for(done):
    """Run Qt's loop until something is so; the test that started this has patience for it."""
    loop, timer = QEventLoop(), QTimer(interval=20)
    timer.timeout.connect(lambda: loop.quit() if done() else None)
    timer.start()
    loop.exec()


def opened(name, data="digits", digit=None):
    session = Session(UseNet("mlp-sigmoid"), digit or TakeDigit(4), data)
    settings = QSettings(str(ROOT / f"{name}.ini"), QSettings.Format.IniFormat)
    window = Window(session, settings, view=SceneView(IdlePainter()), kept=new_place(ROOT / name))
    window.show()
    return window


def pause(window):
    page = window.training.page
    page.panel.run.emit(False)
    page.trainer.hold()
    newest = page.trainer.run.snapshots.net_at(page.trainer.run.step)
    wait_for(lambda: page._sent is newest)


def train(window, pausing=True):
    page = window.training.page
    page.panel.images.emit(200, 100)
    page.toggle()
    wait_for(lambda: page.trainer.run is not None and page.trainer.run.step >= STEPS)
    if pausing:
        pause(window)


def scrub(window, place=1):
    """Go back to the first mark after the beginning; return its step."""
    step = window.training.page.trainer.run.snapshots.steps()[place]
    window.training.page.panel.scrubbed.emit(step)
    return step


def drawing(window):
    """A stroke was drawn, and another one is in hand."""
    pad = window.drawing.pad
    for place, way in ((0, QTest.mouseMove), (1, QTest.mouseMove)):
        QTest.mousePress(pad, LEFT, pos=QPoint(STROKE[0][0] + 30 * place, STROKE[0][1]))
        for x, y in STROKE[1:]:
            way(pad, QPoint(x + 30 * place, y))
        if not place:
            QTest.mouseRelease(pad, LEFT, pos=QPoint(*STROKE[-1]))


def branched(window):
    train(window)
    step = scrub(window)
    train(window)
    return step


def export(window):
    """A film is being made; return its process, which may have ended when the window is killed."""
    window.desk.do(Mutate("ablate hidden1:17"))
    window.exporting.panel.wanted.emit(choice(ROOT / "film.gif"))
    exporter = window.exporting.exporter
    wait_for(lambda: bool(exporter._process and exporter._process.processId()))
    process = exporter._process.processId()
    wait_for(lambda: exporter._heard)
    return process


DEEDS = {
    "drawing": drawing,
    "paused": train,
    "scrubbed": lambda window: (train(window), scrub(window))[1],
    "at_its_start": lambda window: (train(window), scrub(window, 0))[1],
    "branched": branched,
    "imported": lambda window: (drop(window, NETWORK), wait_for(lambda: window.desk.session.done))[1],
    "own_data": lambda window: window.desk.do(TakeSample("test:3")),
    "export": export,
    "training": lambda window: train(window, pausing=False),  # last, lest the run end meanwhile
}


def main():
    app = QApplication([])
    dress(app, "dark")
    keeping._EVERY = 50
    told, windows = {}, {}
    for name, deed in DEEDS.items():
        window = opened(name, str(DATA), TakeSample("test:0")) if name == "own_data" else opened(name)
        windows[name], told[name] = window, {"went": deed(window)}
    trained = windows["training"].training.page.trainer
    pause(windows["training"])  # so that it can be told what it had made
    wait_for(lambda: all(not each.keeping._soon.isActive() for each in windows.values()))
    wait_for(
        lambda: all(each.keeping._keeper._asked is each.keeping._keeper._written for each in windows.values())
    )
    for name, window in windows.items():
        run = window.training.page.trainer.run
        told[name]["steps"] = None if run is None else run.snapshots.steps()[-1]
        told[name]["code"] = window.desk.session.acts[-1].text
    (ROOT / "told.json").write_text(json.dumps(told, default=str))
    trained.go_on()
    os.kill(os.getpid(), signal.SIGKILL)


main()
