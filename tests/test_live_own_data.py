"""The window with data that is no digits: names in the answer, any input shown, and no pad to draw on."""

from dataclasses import replace

import numpy as np
import own_data
import pytest
from live_windows import IdlePainter, settled
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

import data
import engine
from viz3d.command.choice.suiting import suited
from viz3d.command.errors import UserError
from viz3d.live.cards import check_room
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.pictures import as_grey
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.session.change import Mutate, Select, UseNet
from viz3d.session.session import Session
from viz3d.session.take import TakeClass, TakeSample


def window_of(qtbot, folder, where, text) -> Window:
    net = suited(engine.build(text, np.random.default_rng(0)), data.load_own(where, "train"))
    engine.save(net, folder / "net.npz")
    session = Session(UseNet(None, folder / "net.npz"), TakeSample("test:0"), str(where))
    dress(QApplication.instance(), "dark")
    settings = QSettings(str(folder / "live.ini"), QSettings.Format.IniFormat)
    window = Window(session, settings, "dark", rng=np.random.default_rng(0), view=SceneView(IdlePainter()))
    window.show()
    qtbot.addWidget(window)
    settled(qtbot, window)
    return window


@pytest.mark.parametrize("kind", ["numbers", "colours"])
def test_the_window_shows_what_is_read_and_names_the_classes(qtbot, tmp_path, kind):
    # Lost otherwise: a window that closes over the first picture in colour.
    if kind == "numbers":
        where, text = own_data.flowers(tmp_path / "f.csv"), "input 4 | dense 8 relu | dense 3 softmax"
        names = ("setosa", "versicolor", "virginica")
    else:
        where = own_data.pictures(tmp_path / "pets")
        text, names = "input 7x9x3 | conv 2 3x3 relu | dense 2 softmax", ("cat", "dog")
    window = window_of(qtbot, tmp_path, where, text)
    assert not window.drawing.pad.isEnabled()
    assert window.drawing.meant.isHidden()
    assert window.drawing.numbers.isHidden() == window.drawing.pad.isVisible() == (kind == "colours")
    window.drawing.sample_chosen.emit(1)
    assert window.desk.session.acts[-1] == TakeClass(names[1])
    assert window.desk.session.label == 1
    window.desk.do(Select(f"{window.desk.session.net.layers[-1].name}:1"))
    assert names[1] in window.inspector._note.text()
    layer = window.desk.session.net.layers[1]
    window.desk.do(Select(f"{layer.name}:{'1,1,0' if len(layer.shape) == 3 else '1'}"))
    window.desk.do(Mutate(f"ablate {layer.name}:0"))
    settled(qtbot, window)
    assert not window.grab().isNull()
    assert window.desk.session.net.classes == names


def test_any_input_is_shown_in_grey():
    assert as_grey(np.full((3, 4, 3), 255, np.uint8)).tolist() == [[255] * 4] * 3
    assert as_grey(np.array([0.0, 5.0, 10.0])).tolist() == [[0, 128, 255]]
    image = np.eye(4, dtype=np.uint8)
    assert as_grey(image) is image


def test_more_classes_than_there_are_rows_for_are_refused_in_one_line():
    net = engine.build("input 28x28 | dense 100 softmax", np.random.default_rng(0))
    with pytest.raises(UserError, match="custom has 100 classes, the window lists up to 62: export"):
        check_room(net)
    check_room(replace(engine.build("input 4 | dense 3 softmax", np.random.default_rng(0))))
