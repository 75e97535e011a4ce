"""A live window for tests, whose pictures are asked for and not drawn."""

import re
from pathlib import Path

import numpy as np
from patience import PATIENCE
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import data
import engine
from viz3d.command.choice.suiting import suited
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.live.work.painter import Painter, PaintRequest, Picture
from viz3d.session.acts.change import Select, UseNet
from viz3d.session.acts.take import TakeDigit, TakeSample
from viz3d.session.session import Session

STROKE = ((110, 20), (108, 60), (106, 100), (104, 140), (102, 190))
"""Of a pen, as pixels of the pad: a one."""


class IdlePainter(Painter):
    """Keeps the requests."""

    def __init__(self):
        super().__init__()
        self.requests = []

    def ask(self, request: PaintRequest):
        self.requests.append(request)


class FramePainter(Painter):
    """Knows what each picture shows, and draws none: what is picked in it is worked out of the frame."""

    def ask(self, request: PaintRequest):
        image = QImage(*request.scene.size, QImage.Format.Format_RGB32)
        image.fill(0)
        seconds = {"frame": 0.0, "draw": 0.0, "image": 0.0}
        self.painted.emit(Picture(image, self._frame(request), request.scene, request, seconds))


def opened(qtbot, folder, net=None, theme="dark", kept=None, painter=IdlePainter):
    """A window that is shown, with a four of the set that comes with viz3d; kept: its sessions’ place."""
    window = shown(folder, net, theme, painter, kept)
    qtbot.addWidget(window)
    settled(qtbot, window)
    return window


def shown(folder, net=None, theme="dark", painter=IdlePainter, kept=None):
    """The same before its first scene; whoever opens it closes it."""
    return _shown(Session(net or UseNet("mlp"), TakeDigit(4), "digits"), folder, theme, painter, kept)


def _shown(session, folder, theme, painter, kept=None):
    dress(QApplication.instance(), theme)
    settings = QSettings(str(Path(folder) / "live.ini"), QSettings.Format.IniFormat)
    rng = np.random.default_rng(0)
    window = Window(session, settings, theme, rng=rng, view=SceneView(painter()), kept=kept)
    window.show()
    return window


def opened_on(qtbot, folder, where, text):
    """A window on data of one's own, its first test example and an untrained net of that text."""
    net = suited(engine.build(text, np.random.default_rng(0)), data.load_own(where, "train"))
    engine.save(net, folder / "net.npz")
    session = Session(UseNet(None, folder / "net.npz"), TakeSample("test:0"), str(where))
    return opened_session(qtbot, folder, session)


def opened_session(qtbot, folder, session):
    """A window that is shown, with a session that has a past of its own."""
    window = _shown(session, folder, "dark", IdlePainter)
    qtbot.addWidget(window)
    settled(qtbot, window)
    return window


def settled(qtbot, window):
    """Wait until the scene of what is shown has come, as large as the view is, and has that size at rest."""

    def come():
        found = window.showing.drawn
        return bool(
            found is not None
            and found.trace is window.desk.shown.traced.trace
            and found.scene.size == window.showing.look().size
            and not window.view._resizing.isActive()
        )

    qtbot.waitUntil(come, timeout=PATIENCE)


def select(window, where):
    window.desk.do(Select(where))


def steps(window):
    """What was done; of drawings without what they were read as, which is not what most tests are about."""
    words, done = window.desk.steps()
    return [re.sub(r"(?<=^a drawing)(.*), read as .*", r"\1", each) for each in words[:done]]


def drop(window, *files, brought=None):
    """Let go of files over the window, or of places in the web, or of what else is brought."""
    if brought is None:
        brought = QMimeData()
        brought.setUrls([file if isinstance(file, QUrl) else QUrl.fromLocalFile(str(file)) for file in files])
    may = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction  # what file managers propose
    held = (may, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(QPoint(300, 300), *held), QDropEvent(QPointF(300, 300), *held)):
        event.setDropAction(Qt.DropAction.MoveAction)
        QApplication.sendEvent(window, event)
        assert event.dropAction() == Qt.DropAction.CopyAction, "the file would be deleted where it lay"


def pictured(window):
    """Give the view the picture of what is shown, but for its light: what it shows can be pointed at."""
    settled(QtBot(None), window)  # what was asked for until then is of the scene before
    view = window.view
    request = view.painter.requests[-1]
    frame = request.scene.frame(request.scene.seconds, request.pose, request.free)
    view._take(
        Picture(QImage(8, 8, QImage.Format.Format_RGB32), frame, request.scene, request, {"draw": 0.0})
    )
    return view.picture


def image(window):
    """The picture that is read."""
    return window.desk.session.digit.image


def probabilities(window):
    return window.desk.session.trace.probabilities


def refusals(window):
    """What was said of files, but that they are being read, as on a busy machine."""
    return [each for each in window.message.messages if "is being read" not in each]


def stops(window):
    """What Tab leads to, from the scene once around."""
    window.activateWindow()
    window.view.setFocus(Qt.FocusReason.TabFocusReason)
    found = []
    for _ in range(100):
        window.focusNextPrevChild(True)
        stop = QApplication.focusWidget()
        if stop in found:
            break
        found.append(stop)
    return found
