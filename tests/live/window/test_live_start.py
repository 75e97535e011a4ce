"""The start of the window: Python's collector waits for the first picture, and no longer."""

import gc

import pytest

pytest.importorskip("PySide6")

from patience import PATIENCE
from PySide6.QtCore import QObject, QSettings, QSize, Signal
from PySide6.QtWidgets import QApplication

from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.command.options import Network
from viz3d.live import app
from viz3d.live.command import _collected_later
from viz3d.live.control.screen_fit import within
from viz3d.live.options import Asked, Change, Opening
from viz3d.live.places import LEAST
from viz3d.session.files.stored import LIST


def test_the_collector_is_on_again_where_no_window_opens():
    # Lost otherwise: a process whose memory only grows.
    seen = []

    def fail():
        with _collected_later():
            seen.append(gc.isenabled())
            raise UserError("no")

    with pytest.raises(UserError):
        fail()
    assert seen == [False]
    assert gc.isenabled()


class Screen(QObject):
    """One of some size, which may become another."""

    changed = Signal()

    def __init__(self, *size):
        super().__init__()
        self.size = QSize(*size)
        self.availableGeometryChanged, self.availableSize = self.changed, lambda: self.size


def test_a_window_stays_within_its_screen_and_on_a_low_one_may_be_lower(window):
    # Lost otherwise: on a laptop of 1920x1080 at 175 % the timeline lies under the screen's edge.
    screen = Screen(1920, 1080)
    window.fit._go_to(screen)
    window.resize(1440, 900)
    assert window.minimumSize() == LEAST
    screen.size = QSize(1097, 569)
    screen.availableGeometryChanged.emit()
    assert (window.width(), window.height()) == (1089, 529)
    assert window.drawing.geometry().top() >= window.top.geometry().bottom()
    assert window.timeline.geometry().bottom() < 529
    screen.size = QSize(300, 200)
    screen.availableGeometryChanged.emit()
    assert window.inspector.height() > 300, "there is an end to it"
    other = Screen(3840, 2160)
    window.fit._go_to(other)
    screen.availableGeometryChanged.emit()
    assert window.minimumSize() == LEAST
    assert within(QSize(9999, 9999), other) == QSize(3832, 2120)


@pytest.mark.parametrize("heard", ["painted", "failed", "nothing"])
def test_the_collector_is_on_from_the_first_picture_or_its_failure(qtbot, tmp_path, monkeypatch, heard):
    settings = QSettings(str(tmp_path / "live.ini"), QSettings.Format.IniFormat)
    (tmp_path / "1-abc").mkdir()
    (tmp_path / "1-abc" / LIST).write_text("cut short")
    seen, told = [], []

    def used(window_app):
        tops = window_app.topLevelWidgets()
        (window,) = [each for each in tops if isinstance(each, app.Window) and each.isVisible()]
        told.extend(window.message.messages)
        seen.append(gc.isenabled())
        window.view.painter.painted.disconnect(window.view._take)
        if heard == "nothing":  # as of a window that begins minimised
            qtbot.waitUntil(gc.isenabled, timeout=PATIENCE)
        else:
            getattr(window.view.painter, heard).emit("said")
        seen.append(gc.isenabled())
        window.keeping.end_at_once()
        window.close()

    monkeypatch.setattr(app, "settings", lambda: settings)
    monkeypatch.setattr(app, "_UNSEEN", 100 if heard == "nothing" else 10**6)
    monkeypatch.setattr(app, "state_folder", lambda: tmp_path)
    monkeypatch.setattr(app.display, "prepare", lambda: None)
    monkeypatch.setattr(QApplication, "exec", lambda *_: used(QApplication.instance()))
    monkeypatch.setattr("viz3d.live.view.drawn_view.Painter.ask", lambda *_: None)
    asked = Asked(
        Network(), Change(), Wanted(digit=4, data="digits"), Opening(session=None, theme="dark", size=None)
    )
    with _collected_later():
        app.open_window(asked)
    assert seen == [False, True]
    assert gc.isenabled()
    assert "a session was left behind that cannot be restored" in told[0]
    assert (tmp_path / "1-abc" / LIST).exists()


def test_data_of_ones_own_opens_the_window_though_no_network_reads_it(tmp_path, capsys):
    rows = [f"{k % 3},{k},{k * k},{'xyz'[k % 3]}" for k in range(30)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,c,label", *rows]))
    asked = Asked(Network(None, None), Change(None), Wanted(data=str(tmp_path / "mine.csv")), Opening())
    session = app.begin(asked, "net mlp")
    assert session.net.layers[0].size == 3
    assert session.net.classes == ("x", "y", "z")
    assert "begins with new weights" in capsys.readouterr().err
    session.run("train steps 2 images 20 seed 0")
