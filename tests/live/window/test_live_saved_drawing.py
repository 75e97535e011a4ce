"""What is drawn in the window, as a file: it is read again as the window reads it, or that is said."""

from pathlib import Path

import numpy as np
import pytest
from live_hands import drag
from live_windows import opened
from PIL import Image, ImageDraw
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox

import data
from viz3d.live.widgets.asking.save_name import ask_where
from viz3d.session.acts.drawing import Drawing


@pytest.fixture
def window(qtbot, qapp, tmp_path):
    window = opened(qtbot, tmp_path)
    yield window
    window.close()


def test_a_drawing_that_is_saved_is_read_again_as_the_window_reads_it(window, tmp_path):
    # Lost otherwise: a film by --image of another picture than the one that was drawn.
    drag(window.drawing.pad, (60, 40), (150, 40), (90, 170))
    file = tmp_path / "seven.png"
    window.saving.save(file)
    assert Image.open(file).size == (280, 280), "strokes as they were drawn, not 28x28"
    assert np.array_equal(data.digit_from_image(file), window.desk.session.digit.image)
    window.digits.step(1)
    window.saving.save(file)
    assert np.array_equal(np.asarray(Image.open(file)), window.desk.session.digit.image)
    assert window.message.messages[-1].endswith("its pixels, for --image")


def strokes(*ends):
    page = Image.new("L", (28, 28))
    for each in ends:
        ImageDraw.Draw(page).line(each, fill=255, width=3)
    return np.asarray(page)


@pytest.mark.parametrize(
    ("digit", "said"),
    [
        (strokes((2, 2, 20, 2)), "it refuses this: no digit found, but a line"),
        (
            strokes((2, 2, 12, 2, 5, 16)),
            "for --image; it scales and centres ink: there it is another picture",
        ),
        (strokes((6, 2, 6, 25), (20, 2, 20, 25)), "it refuses this, for 2 digits are seen"),
        (strokes((2, 2, 25, 25), (25, 2, 2, 25)), "for the digit seems crossed out: --pick 1 reads it"),
    ],
)
def test_a_picture_that_is_read_otherwise_or_not_says_so_where_it_is_saved(window, tmp_path, digit, said):
    # Lost otherwise: who saved it learns only from --image that it is refused, or meets another digit there.
    window.desk.do(Drawing.of(digit))
    window.saving.save(tmp_path / "corner.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "corner.png")), digit)
    assert said in window.message.messages[-1]
    window.saving.save(tmp_path / "corner.jpg")
    assert not (tmp_path / "corner.jpg").exists()
    assert "end its name in .png" in window.message.messages[-1]


@pytest.mark.parametrize(("typed", "made"), [("four", "four.png"), ("four.png", "four.png"), (None, None)])
def test_the_drawing_can_be_saved_from_the_menu(window, tmp_path, typed, made):
    # Lost otherwise: who types a name alone, as in every other program, is told to type it again.
    def answer():
        dialog = QApplication.activeModalWidget()
        if typed is None:
            dialog.reject()
            return
        dialog.findChild(QLineEdit).setText(str(tmp_path / typed))
        dialog.accept()

    QTimer.singleShot(0, answer)
    entries = {each.text(): each for each in window.top.export.menu().actions()}
    entries["Save the drawing…"].trigger()
    assert [each.name for each in tmp_path.glob("four*")] == ([made] if made else [])


@pytest.mark.parametrize(
    ("begin", "kind", "made"),
    [
        ("session.txt", None, "it.txt"),
        ("session.txt", "Python (*.py)", "it.py"),
        ("film.webm", "Films (*.mp4 *.webm)", "it.webm"),
        ("frames", None, "it"),
        ("film.webm", "All files (*)", "it"),
    ],
)
def test_a_name_without_an_ending_gets_that_of_its_kind(qtbot, tmp_path, begin, kind, made):
    def answer():
        dialog = QApplication.activeModalWidget()
        if kind:
            dialog.selectNameFilter(kind)
            dialog.filterSelected.emit(kind)
        dialog.findChild(QLineEdit).setText(str(tmp_path / "it"))
        dialog.accept()

    QTimer.singleShot(0, answer)
    kinds = "Lines (*.txt);;Python (*.py);;Films (*.mp4 *.webm);;All files (*)"
    assert Path(ask_where(None, "Save", begin, kinds)).name == made


@pytest.mark.parametrize("agrees", [True, False])
def test_a_file_that_a_name_without_an_ending_means_is_asked_about(qtbot, tmp_path, agrees):
    # Lost otherwise: the file of yesterday, on a desktop whose dialog looks for the name as it was typed.
    there, asked = tmp_path / "four.png", []
    there.touch()

    def choose():
        dialog = QApplication.activeModalWidget()
        assert dialog.testOption(QFileDialog.Option.DontConfirmOverwrite), "one question is enough"
        dialog.findChild(QLineEdit).setText(str(tmp_path / "four"))
        QTimer.singleShot(0, agree)
        dialog.accept()

    def agree():
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(1, agree)
            return
        asked.append(box.text())
        QTimer.singleShot(0, give_up)
        box.button(QMessageBox.StandardButton.Yes if agrees else QMessageBox.StandardButton.No).click()

    def give_up():
        if isinstance(dialog := QApplication.activeModalWidget(), QFileDialog):
            dialog.reject()

    QTimer.singleShot(0, choose)
    chosen = ask_where(None, "Save", str(tmp_path / "drawing.png"), "Pictures (*.png)")
    assert asked == ["four.png is there already. Write over it?"]
    assert chosen == (str(there) if agrees else "")
