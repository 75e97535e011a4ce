"""The window with data that is no digits: names in the answer, any input shown, a pad of its own size."""

from pathlib import Path

import numpy as np
import own_data
import pytest
from live_windows import opened, opened_on, settled, steps
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

import data
import engine
from viz3d.command.errors import UserError
from viz3d.live.widgets.pictures import as_grey
from viz3d.live.window import Window
from viz3d.session.acts.change import Mutate, Select, UseNet
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.registry import read_act
from viz3d.session.acts.take import TakeClass


@pytest.mark.parametrize("kind", ["numbers", "colours"])
def test_the_window_shows_what_is_read_and_names_the_classes(qtbot, tmp_path, kind):
    # Lost otherwise: a window that closes over the first picture in colour.
    if kind == "numbers":
        where, text = own_data.flowers(tmp_path / "f.csv"), "input 4 | dense 8 relu | dense 3 softmax"
        names = ("setosa", "versicolor", "virginica")
    else:
        where = own_data.pictures(tmp_path / "pets")
        text, names = "input 7x9x3 | conv 2 3x3 relu | dense 2 softmax", ("cat", "dog")
    window = opened_on(qtbot, tmp_path, where, text)
    assert not window.drawing.pad.isEnabled()
    assert window.drawing._refused.isVisible() == (kind == "colours")
    assert window.drawing.sizeHint().width() <= 452, "what it says takes no more room than the pad's tools"
    assert window.drawing.numbers.isHidden() == window.drawing.pad.isVisible() == (kind == "colours")
    offered = [each.text() for each in window.training.page.panel.source.menu().actions()]
    assert f"All {'examples' if kind == 'numbers' else 'images'} and tests" in offered
    window.drawing.sample_chosen.emit(1)
    assert window.desk.session.acts[-1] == TakeClass(names[1])
    assert window.desk.session.label == 1
    window.desk.do(Select(f"{window.desk.session.net.layers[-1].name}:1"))
    assert window.inspector._note.text() == f"probability of {names[1]}"
    layer = window.desk.session.net.layers[1]
    window.desk.do(Select(f"{layer.name}:{'1,1,0' if len(layer.shape) == 3 else '1'}"))
    window.desk.do(Mutate(f"ablate {layer.name}:0"))
    settled(qtbot, window)
    assert not window.grab().isNull()
    assert window.desk.session.net.classes == names


def grey_window(qtbot, folder: Path, *, inverted: bool = False) -> Window:
    """A window on pictures of 12 rows and 16 columns, of two classes with names."""
    where = own_data.pictures(folder / "marks", ("bright one", "dark"), size=(16, 12), colour=False)
    for file in where.rglob("*.png") if inverted else ():
        Image.fromarray(255 - np.asarray(Image.open(file)) // 4).save(file)
    return opened_on(qtbot, folder, where, "input 12x16 | dense 8 relu | dense 2 softmax")


def drawn_on(window: Window) -> np.ndarray:
    """What the pad holds after a stroke from the left to the middle: uint8 (280, 280)."""
    pad, left = window.drawing.pad, Qt.MouseButton.LeftButton
    QTest.mousePress(pad, left, pos=QPoint(20, 108))
    for x in range(20, 109, 8):
        QTest.mouseMove(pad, QPoint(x, 108))
    QTest.mouseRelease(pad, left, pos=QPoint(108, 108))
    return pad.picture()


def test_a_drawing_is_read_at_the_size_of_ones_own_pictures_as_a_file_of_it_is(qtbot, tmp_path):
    # Lost otherwise: the pad of every network that does not read 28x28.
    window = grey_window(qtbot, tmp_path)
    session = window.desk.session
    picture = drawn_on(window)
    assert isinstance(session.done[-1], Drawing)
    assert session.digit.image.shape == (12, 16)
    # The pad is square: what of it has the proportions of 12 x 16 is seen.
    Image.fromarray(picture[35:245]).save(tmp_path / "drawn.png")
    np.testing.assert_array_equal(
        session.digit.image, data.read_picture(tmp_path / "drawn.png", (12, 16), False)
    )
    assert session.digit.image[6, 2] > 130
    assert session.digit.image[6, 13] == 0
    again = read_act(session.done[-1].text)
    assert again == session.done[-1]
    QTest.mouseClick(window.drawing.seen, Qt.MouseButton.LeftButton, pos=QPoint(80, 44))
    assert session.digit.image[6, 14] == 255
    window.desk.undo()
    window.desk.undo()
    assert session.digit.image.shape == (12, 16)


def test_white_ink_is_dark_where_ones_own_pictures_are_dark_on_light(qtbot, tmp_path):
    window = grey_window(qtbot, tmp_path, inverted=True)
    session = window.desk.session
    drawn_on(window)
    assert session.digit.image[6, 2] < 125
    assert session.digit.image[6, 13] == 255
    window.drawing.pad.clear()
    assert (session.digit.image == 255).all()
    told = window.answer._note.text()
    assert told == "nothing is drawn: it is all of one shade", "white pixels speak: not the biases alone"
    window.desk.do(SetLabel(1))
    assert window.answer._note.text().startswith("label dark"), "a page that is meant to be empty has a label"


def test_what_is_meant_is_chosen_by_name_where_classes_have_names(qtbot, tmp_path):
    window = grey_window(qtbot, tmp_path)
    session, meant = window.desk.session, window.drawing.meant
    drawn_on(window)
    assert session.label is None
    assert meant.digits.isHidden()
    assert not meant.keep.isHidden()
    assert meant.names.text() == "nobody said"
    meant.names.menu().actions()[1].trigger()
    assert session.done[-1].text == "label bright one"
    assert (session.label, meant.names.text()) == (0, "bright one")
    assert window.answer._note.text().startswith("label bright one · ")
    meant.names.menu().actions()[0].trigger()
    assert session.label is None
    with pytest.raises(
        UserError, match="label cat: custom knows no such class: give one of bright one, dark"
    ):
        session.run("label cat")


def test_a_picture_of_ones_own_kind_is_kept_with_its_classes_and_training_reads_it(
    qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("VIZ3D_SAMPLES", str(tmp_path / "samples"))
    window = grey_window(qtbot, tmp_path)
    session, meant = window.desk.session, window.drawing.meant
    drawn_on(window)
    QTest.mouseClick(meant.keep, Qt.MouseButton.LeftButton)
    assert "say which one is meant" in window.message.messages[-1]
    meant.names.menu().actions()[1].trigger()
    QTest.mouseClick(meant.keep, Qt.MouseButton.LeftButton)
    [folder] = (tmp_path / "samples").iterdir()
    held = "1 image to train with, 1 to test"
    assert window.message.messages[-1] == f"kept as a bright one: {held}, for train --data {folder}"
    kept = data.load_own(folder, "train")
    np.testing.assert_array_equal(kept.images[0], session.digit.image)
    assert kept.labels.tolist() == [0]
    assert tuple(kept.classes) == session.net.classes
    QTest.mouseClick(meant.keep, Qt.MouseButton.LeftButton)
    assert window.message.messages[-1].startswith("this bright one was kept before: ")
    window.desk.do(Drawing.of(np.zeros((12, 16), np.uint8), "dark"))
    QTest.mouseClick(meant.keep, Qt.MouseButton.LeftButton)
    assert window.message.messages[-1].startswith("kept as a dark: "), (
        "an empty picture may be the very sample"
    )


def test_test_images_that_the_network_does_not_take_are_pale_and_say_why(qtbot, tmp_path):
    # Lost otherwise: ten digits to click, each of which is an error.
    window = opened(qtbot, tmp_path)
    samples = window.drawing.samples
    assert samples.isEnabled()
    net = engine.build("input 16x16 | dense 4 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "own.npz")
    stroke = np.zeros((28, 28), np.uint8)
    stroke[5:20, 13:15] = 255
    window.desk.do(Drawing.of(stroke))
    window.desk.do(UseNet(None, tmp_path / "own.npz"))
    assert steps(window)[-1].startswith("model ")
    assert not samples.isEnabled()
    assert "does not read" in samples.toolTip()
    window.desk.undo()
    assert samples.isEnabled()
    assert "does not read" not in samples.toolTip()


def test_pictures_in_colour_are_shown_in_their_colours(qtbot, tmp_path):
    # Lost otherwise: a person who takes his cat sees an orange or a grey one.
    where = own_data.pictures(tmp_path / "pets")
    window = opened_on(qtbot, tmp_path, where, "input 7x9x3 | conv 2 3x3 relu | dense 2 softmax")
    digit, drawing = window.desk.session.digit.image, window.drawing
    assert digit.shape == (7, 9, 3)

    def middle(widget, box=None):
        image = widget.grab().toImage()
        at = image.rect().center() if box is None else box.center().toPoint()
        colour = image.pixelColor(at)
        return colour.red(), colour.green(), colour.blue()

    assert middle(drawing.seen) == tuple(digit[3, 4].tolist())
    assert np.abs(np.subtract(middle(drawing.pad), digit[3, 4])).max() < 40, "larger, and smooth"
    offered = window.digits._offered[1].reshape(-1, 3).astype(int)
    shown = middle(drawing.samples, drawing.samples._box(1))
    assert np.abs(offered - shown).sum(axis=1).min() < 60
    window.drawing.sample_chosen.emit(1)
    assert np.array_equal(drawing.seen.picture(), window.desk.session.digit.image)
    QTest.keyClick(window, Qt.Key.Key_Backspace)
    assert not drawing.pad.empty, "a picture that cannot be drawn is not cleared either"


def test_any_input_is_shown_in_grey():
    assert as_grey(np.full((3, 4, 3), 255, np.uint8)).tolist() == [[255] * 4] * 3
    assert as_grey(np.array([0.0, 5.0, 10.0])).tolist() == [[0, 128, 255]]
    image = np.eye(4, dtype=np.uint8)
    assert as_grey(image) is image


def test_the_window_says_which_letters_of_a_networks_names_it_cannot_write(qtbot, tmp_path, monkeypatch):
    # Lost otherwise: bars with numbers, and no word of why.
    told = "viz3d.live.control.scene.letters.how_written"
    monkeypatch.setattr(told, lambda net: ("no font here has x",) if net.noun != "digit" else ())
    text = "input 4 | dense 8 relu | dense 3 softmax"
    window = opened_on(qtbot, tmp_path, own_data.flowers(tmp_path / "f.csv"), text)
    qtbot.waitUntil(lambda: "no font here has x" in window.message._text.text())
