"""The card of an export in the live window: what it orders, records and refuses."""

from pathlib import Path

import pytest
from live_exports import choice
from live_windows import select
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from scenes import SceneError
from viz3d.export.kinds import VIDEO_KINDS
from viz3d.export.order import Order
from viz3d.live.places import LEAST
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_film_stays_on_its_last_picture_and_has_subtitles_as_the_card_says(window, tmp_path):
    panel = window.exporting.panel
    window.exporting.open("film")
    panel.hold.setText("1,5")
    QTest.mouseClick(panel.subtitles, Qt.MouseButton.LeftButton)
    order = window.exporting.order(panel.choice)
    order.write(tmp_path)
    again = Order.read(tmp_path).output
    assert (again.hold, again.subtitles) == (order.output.hold, order.output.subtitles) == (1.5, True)
    panel.what.set_value("picture")
    panel._follow()
    assert not panel.hold.isEnabled()
    still = window.exporting.order(panel.choice)
    assert (still.output.hold, still.output.subtitles) == (0, False)
    panel.what.set_value("film")
    panel._follow()
    panel.hold.setText("soon")
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    assert "'soon' is no number of seconds" in panel.error.text()


def test_a_film_stops_where_the_card_says_and_what_it_cannot_stop_at_is_told(window, tmp_path):
    # Lost otherwise: who wants to talk about a layer goes to a terminal, where the drawing is not.
    panel = window.exporting.panel
    window.exporting.open("film")
    panel.stops.setText("hidden1=2,5, bars=3;1=1")
    plain = window.exporting.order(choice("a.mp4")).output
    order = window.exporting.order(panel.choice)
    order.write(tmp_path)
    again = Order.read(tmp_path).output
    assert again.seconds == order.output.seconds == plain.seconds + 6.5
    assert [added for _, added in again.pauses.moments] == [1.0, 2.5, 3.0]
    panel.stops.setText("1,5=1,hidden1=2,5 , bars=3")
    assert window.exporting.order(panel.choice).output.pauses.moments[1:] == again.pauses.moments[1:]
    panel.stops.setText("2")
    assert window.exporting.order(panel.choice).output.seconds == plain.seconds + 2 * 4, "each layer"
    panel.stops.setText("hidden9=2")
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    assert panel.error.text().startswith("pause hidden9 is not known: give one of ")
    for words, error in (("hidden1=soon", "give a layer with seconds"), ("99", "60 seconds at most")):
        panel.stops.setText(words)
        QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
        assert error in panel.error.text()
    assert not window.exporting.exporter.busy
    panel.what.set_value("picture")
    panel._follow()
    assert not panel.stops.isEnabled()
    assert window.exporting.order(panel.choice).output.seconds == plain.seconds


def test_in_the_smallest_window_no_row_of_the_card_is_cut_with_an_error_either(window):
    window.resize(LEAST)
    panel = window.exporting.panel
    window.exporting.open("film")
    panel.stops.setText("hidden9=2")
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    assert panel.error.isVisible()
    panel.layout().activate()
    for part in (*panel.findChildren(QPushButton), *panel.findChildren(QLineEdit)):
        assert part.height() >= part.sizeHint().height(), part.accessibleName() or part.text()
    assert panel.geometry().bottom() < window.height()


def test_a_recorded_camera_and_stops_are_refused_before_anything_is_made(window):
    recording = window.exporting.recording
    recording.toggle()
    window.view.camera.turn(5, 0)
    window.view.camera.turn(5, 0)
    recording.toggle()
    window.exporting.panel.wanted.emit(choice("a.mp4", camera="recorded", stops="hidden1=2"))
    assert "a recorded camera has its own time" in window.exporting.panel.error.text()
    assert not window.exporting.exporter.busy


def test_words_theme_and_the_chosen_layer_are_those_of_the_card_and_the_screen(window, tmp_path):
    # Lost otherwise: a film out of the window speaks English alone, and shows other synapses than the screen.
    panel = window.exporting.panel
    window.lighting.choose(layer="hidden3", synapses=300)
    window.exporting.open("film")
    panel.title.setText("Eine Vier")
    panel.caption.setText("von Hand")
    panel.language.set_value("de")
    panel.theme.set_value("colour-blind")
    window.exporting.order(panel.choice).write(tmp_path)
    look = Order.read(tmp_path).output.look
    assert (look.title, look.caption, look.language, look.theme) == (
        "Eine Vier",
        "von Hand",
        "de",
        "colour-blind",
    )
    assert (look.layer, look.synapses) == ("hidden3", 300)
    window.desk.do(UseNet("cnn-fast"))
    assert window.showing.look().layer == "", "another network has no such layer"


def test_a_rest_of_the_hand_is_no_part_of_a_recording(window):
    recording, clock = window.exporting.recording, iter((0.0, 10.0, 10.05))
    recording._clock = lambda: next(clock)
    recording.toggle()
    window.view.camera.turn(5, 0)
    window.view.camera.turn(5, 0)
    recording.toggle()
    assert recording.kept.seconds == pytest.approx(0.45)
    recording._clock = lambda: 20.0
    recording.toggle()
    recording.toggle()
    assert recording.kept is None
    assert "nothing was recorded" in window.message.messages[-1]


def test_a_recording_is_filmed_in_the_shape_of_the_window_it_was_made_in(window):
    # Lost otherwise: after a window's shape has changed, a refused film, or one that fails once it is begun.
    recording, view = window.exporting.recording, window.view.camera.view
    recording.toggle()
    window.view.camera.turn(5, 0)
    window.view.camera.turn(5, 0)
    recording.toggle()
    recording.view = (90, 160), (0.0, 0.0, 90.0, 160.0)
    order = window.exporting.order(choice("a.mp4", size="180x320", camera="recorded"))
    assert order.view == recording.view
    for camera, size, shape in (
        ("recorded", "320x180", "90x160"),
        ("screen", "180x320", f"{view[0][0]}x{view[0][1]}"),
    ):
        with pytest.raises(SceneError, match=f"size {size} lays the net out anew: .* such as {shape}"):
            window.exporting.order(choice("a.mp4", size=size, camera=camera))


def test_what_cannot_be_exported_is_told_on_the_card_and_nothing_begins(window, tmp_path):
    (tmp_path / "mine.mp4").write_bytes(b"mine")
    wrong = {
        "give WIDTHxHEIGHT": choice("a.mp4", size="large"),
        "too small": choice("a.mp4", size="10x10"),
        "lays the net out anew": choice("a.mp4", size="90x160"),
        "the endings are": choice("a.avi"),
        "a picture ends in .png": choice("a.png"),
        "no folder": choice(tmp_path / "gone" / "a.mp4"),
        "is there already": choice(tmp_path / "mine.mp4"),
        "name a file": choice(""),
    }
    for words, wanted in wrong.items():
        window.exporting.panel.wanted.emit(wanted)
        assert words in window.exporting.panel.error.text()
        assert not window.exporting.exporter.busy
    assert (tmp_path / "mine.mp4").read_bytes() == b"mine"


def test_the_card_names_a_new_file_whose_ending_is_that_of_its_kind(window, tmp_path):
    (tmp_path / "renders").mkdir()
    (tmp_path / "renders" / "mlp-4.mp4").touch()
    panel = window.exporting.panel
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert panel.isVisible()
    assert panel.choice.out == str(Path("renders/mlp-4-2.mp4"))
    QTest.mouseClick(panel.ending._buttons[".gif"], Qt.MouseButton.LeftButton)
    assert panel.choice.out.endswith("mlp-4-2.gif")
    QTest.mouseClick(panel.what._buttons["picture"], Qt.MouseButton.LeftButton)
    assert panel.choice.out.endswith("mlp-4-2.png")
    for kind in VIDEO_KINDS:
        panel.set_file(f"a{kind}")
        assert (panel.choice.film, panel.choice.ending) == (True, kind)
    for each in panel.ending._buttons.values():
        assert each.width() >= each.sizeHint().width(), "its name is cut"
    assert not panel.camera._buttons["recorded"].isEnabled()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_the_name_that_is_offered_follows_what_is_on_screen(window):
    # Lost otherwise: a film of another network and digit under the name of the last one.
    panel = window.exporting.panel
    window.exporting.open("film")
    panel.ending.set_value(".gif")
    panel._follow()
    window.desk.do(TakeDigit(6))
    assert panel.choice.out == str(Path("renders/mlp-6.gif"))
    window.desk.become(Session.play(["net cnn-fast", "digit 3"]))
    assert panel.choice.out == str(Path("renders/cnn-fast-3.gif"))
    panel.file.setText("mine.gif")
    window.desk.do(TakeDigit(6))
    assert panel.choice.out == "mine.gif", "a person's own stays"


def test_a_page_that_is_asked_for_is_not_left_under_the_card(window):
    window.exporting.open("film")
    QTest.mouseClick(window.top.train, Qt.MouseButton.LeftButton)
    assert window.training.page.isVisible()
    assert not window.exporting.panel.isVisible()


@pytest.mark.parametrize("key", ["export", "learn", "help"])
def test_esc_closes_a_card_that_says_so_whatever_has_the_keys(window, key):
    select(window, "hidden1:201")
    window.actions_by_name[key].trigger()
    card = {"export": window.exporting.panel, "learn": window.helping.page, "help": window.keys}[key]
    window.view.setFocus()
    assert card.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    # Lost otherwise: what is selected goes, and the card stays over it.
    assert not card.isVisible()
    assert window.desk.session.selection == "hidden1:201"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.desk.session.selection
