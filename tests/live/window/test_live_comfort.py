"""What the window remembers and follows: the person's own files, the system's colours, dense screens."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from live_windows import drop, opened, settled
from patience import PATIENCE
from project import WINDOWS
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

import data
import engine
from viz3d.live.control.keeping.recent import Recent
from viz3d.live.control.scene import theming
from viz3d.live.widgets.style import look


def entries(window):
    menu = window.top.networks.menu()
    menu.aboutToShow.emit()
    return [action.text().split("\t") for action in menu.actions() if action.text()]


def test_own_files_stand_below_the_presets_with_their_accuracy(window, tmp_path, qtbot):
    names = [entry[0] for entry in entries(window)]
    assert names[-1] == "Open…"
    assert set(names[:-1]) == set(data.bundled_models())
    mine = tmp_path / "mine.npz"
    engine.save(engine.load(data.model_path("mlp-sigmoid")), mine)
    drop(window, mine)
    qtbot.waitUntil(lambda: window.desk.session.net.name == "mlp-sigmoid", timeout=PATIENCE)
    window.writing.save_session(tmp_path / "evening.viz3d")
    assert entries(window)[-3:] == [["evening.viz3d", "session"], ["mine.npz", "97.99%"], ["Open…", "Ctrl+O"]]
    window.opening.open_preset("mlp")
    next(a for a in window.top.networks.menu().actions() if a.text().startswith("mine.npz")).trigger()
    qtbot.waitUntil(lambda: window.desk.session.net.name == "mlp-sigmoid", timeout=PATIENCE)
    settled(qtbot, window)
    mine.unlink()
    assert entries(window)[-2:] == [["evening.viz3d", "session"], ["Open…", "Ctrl+O"]]


def test_six_own_files_are_remembered_whatever_stands_in_the_settings(tmp_path):
    settings = QSettings(str(tmp_path / "live.ini"), QSettings.Format.IniFormat)
    for broken in ("no list", "[1, 2]", '{"a": 1}', "7"):
        settings.setValue("recent", broken)
        assert Recent(settings).files() == []
    for k in range(8):
        (tmp_path / f"{k}.npz").touch()
        Recent(settings).add(tmp_path / f"{k}.npz")
    Recent(settings).add(tmp_path / "5.npz", "99.00%")
    settings.sync()
    again = Recent(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    assert [file.path.name for file in again.files()] == [f"{k}.npz" for k in (5, 7, 6, 4, 3, 2)]
    assert again.files()[0].facts == "99.00%"


@pytest.fixture
def system(monkeypatch):
    """Sets what the desktop prefers."""
    hints = QGuiApplication.styleHints()

    told = SimpleNamespace(scheme=Qt.ColorScheme.Dark)
    desktop = SimpleNamespace(
        colorScheme=lambda: told.scheme,
        colorSchemeChanged=hints.colorSchemeChanged,
    )
    monkeypatch.setattr(theming.QGuiApplication, "styleHints", lambda: desktop)

    def be(scheme):
        told.scheme = scheme
        hints.colorSchemeChanged.emit(scheme)

    return be


def test_colours_follow_the_system_until_the_person_chooses(qtbot, qapp, tmp_path, system):
    window = opened(qtbot, tmp_path, theme="dark")
    window.theming.choose("system")
    system(Qt.ColorScheme.Light)
    assert look().theme.name == "light"
    assert window.showing.look().theme == "light"
    system(Qt.ColorScheme.Dark)
    assert look().theme.name == "dark"
    window.actions_by_name["theme"].trigger()
    assert window.theming.choice == "light"
    system(Qt.ColorScheme.Dark)
    assert look().theme.name == "light"
    menu = window.top.help.menu()
    menu.aboutToShow.emit()
    # Lost otherwise: who knows a theme from the menu does not find it where a film is made.
    card = [each.text() for each in window.exporting.panel.theme.findChildren(QPushButton)]
    assert [action.text() for action in menu.actions() if action.isCheckable()][1:] == card
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Light"]
    for words, name in (
        ("High contrast", "high-contrast"),
        ("Colour-blind", "colour-blind"),
        ("Colours as the system", "dark"),
    ):
        next(action for action in menu.actions() if action.text() == words).trigger()
        assert look().theme.name == window.showing.look().theme == name
    window.close()
    kept = QSettings(str(tmp_path / "live.ini"), QSettings.Format.IniFormat)
    assert kept.value("theme") == "system"


def test_a_system_that_tells_no_colours_is_dark(system):
    system(Qt.ColorScheme.Unknown)
    assert theming.theme_of("system") == "dark"
    assert theming.theme_of("light") == "light"


DENSE = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from live_windows import IdlePainter
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.session.acts.change import UseNet
from viz3d.session.session import Session
from viz3d.session.acts.take import TakeDigit

app = QApplication([])
dress(app, "dark")
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
session = Session(UseNet("mlp-sigmoid"), TakeDigit(4), "digits")
window = Window(session, settings, view=SceneView(IdlePainter()))
window.resize(1280, 720)
window.show()
while window.showing.drawn is None:
    app.processEvents()
image = window.grab().toImage()
print(image.width(), image.height(), window.view.painter.requests[-1].ratio)
window.close()
"""


def test_a_dense_screen_gets_all_its_pixels(tmp_path):
    path = os.pathsep.join([str(WINDOWS), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", DENSE, str(tmp_path / "live.ini")],
        env=os.environ | {"PYTHONPATH": path, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE / 1000,
    )
    assert done.stdout.split() == ["2560", "1440", "2.0"]
