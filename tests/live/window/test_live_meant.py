"""What is drawn is meant as a digit and kept as a sample; what is said of ink that is none, and of no ink."""

import numpy as np
import pytest
from live_hands import LEFT, PEN, drag, stroke
from live_views import spot
from live_windows import image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

import data
import engine
from viz3d.live.control.digit.drawing import _seen
from viz3d.session.acts.label import SetLabel


@pytest.fixture
def window(pictured_window):
    return pictured_window


def digit_field(window, digit):
    return QPoint(22 * digit + 11, 11)


def test_what_is_meant_is_said_with_a_click_and_told_as_right_or_wrong_with_the_loss(window):
    meant, session = window.drawing.meant.digits, window.desk.session
    stroke(window, (3, 3))  # a drawing is nobody's: its label is not known
    assert session.label is None
    assert window.answer._note.text() == "no label: neither right nor wrong"
    read = session.trace.prediction
    for digit, word in ((read, "right"), ((read + 1) % 10, "wrong")):
        QTest.mouseClick(meant, LEFT, pos=digit_field(window, digit))
        assert session.label == digit
        assert isinstance(session.done[-1], SetLabel)
        loss = engine.evaluate(session.net, image(window)[None], np.array([digit])).loss
        told = window.answer._note.text()
        assert told.startswith(f"label {digit} · {word} · loss ")
        assert float(told.split()[-1]) == pytest.approx(loss, rel=0.01)
    QTest.mouseClick(meant, LEFT, pos=digit_field(window, (read + 1) % 10))
    assert session.label is None, "the same again takes it back"
    QTest.keyClick(meant, Qt.Key.Key_Right)
    QTest.keyClick(meant, Qt.Key.Key_Right)
    QTest.keyClick(meant, Qt.Key.Key_Left)
    QTest.keyClick(meant, Qt.Key.Key_Return)
    assert session.label is not None


def test_a_stroke_under_way_is_not_meant_as_the_digit_before_it(window):
    # Lost otherwise: the fields say 7 of a drawing of which the card tells that nobody gave a label.
    view, meant, desk = window.view, window.drawing.meant.digits, window.desk
    desk.do(SetLabel(7))
    assert meant._current == 7
    QTest.mousePress(view, LEFT, PEN, spot(window, 4, 14))
    assert desk.trying
    assert meant._current == -1
    desk.try_out(None)
    assert meant._current == 7, "of what is shown again"
    QTest.mouseRelease(view, LEFT, PEN, spot(window, 4, 14))
    assert meant._current == -1
    desk.undo()
    assert meant._current == 7


def test_a_digit_that_is_kept_is_read_by_training_and_one_without_a_label_is_not_kept(
    window, monkeypatch, tmp_path
):
    folder = tmp_path / "samples"
    monkeypatch.setenv("VIZ3D_SAMPLES", str(folder))
    stroke(window, (3, 3), (20, 20))
    keep = window.drawing.meant.keep
    QTest.mouseClick(keep, LEFT)
    assert "say which one is meant" in window.message.messages[-1]
    assert not folder.exists()
    QTest.mouseClick(window.drawing.meant.digits, LEFT, pos=digit_field(window, 6))
    QTest.mouseClick(keep, LEFT)
    told = f"kept as a 6: 1 digit to train with, 1 to test, for train --data {folder}"
    assert window.message.messages[-1] == told
    kept = data.load("mnist", "train", folder=folder)
    assert np.array_equal(kept.images[0], image(window))
    assert kept.labels.tolist() == [6]
    QTest.mouseClick(keep, LEFT)
    assert window.message.messages[-1].startswith("this 6 was kept before: 1 digit")
    from viz3d.train.command import train

    out = tmp_path / "net.npz"
    train(preset="mlp-sigmoid", data=str(folder), epochs=1, out=out, report=False, quiet=True)
    assert engine.load(out).name == "mlp-sigmoid"


def test_an_empty_pad_claims_no_answer_and_undo_brings_the_digit_back(window):
    # Lost otherwise: an empty pad beside the bars of the digit that was on it.
    desk, before = window.desk, image(window)
    QTest.keyClick(window, Qt.Key.Key_Backspace)
    empty = np.zeros((28, 28), np.uint8)
    assert np.array_equal(image(window), empty)
    assert np.array_equal(window.drawing.seen.picture(), empty)
    expected = desk.session.net.predict(empty[None])[0]
    np.testing.assert_array_equal(window.answer.bars._answer.probabilities, expected)
    assert window.answer._note.text() == "nothing is drawn: the biases alone answer"
    assert window.answer._digit.property("role") == "faint"
    assert desk.session.digit.source == "an empty picture", "so scene, inspect and films call it"
    assert window.helping.tour.stop is None or "draw" not in window.helping.tour._done
    window.labelling.keep()
    desk.do(SetLabel(4))
    window.labelling.keep()
    assert "an empty picture is no sample" in window.message.messages[-1]
    desk.undo()
    desk.undo()
    assert np.array_equal(image(window), before)
    assert not window.drawing.pad.empty
    assert window.answer._digit.property("role") == "answer"
    desk.redo()
    assert window.drawing.pad.empty, "it invites to draw"


def test_strokes_on_the_pad_that_touch_are_one_digit_under_way():
    # Lost otherwise: a wide scribble is answered by nothing, in the midst of the hand's way.
    picture = np.zeros((240, 260), np.uint8)
    y, x = np.indices(picture.shape)
    for middle in (85, 169):
        away = np.hypot((x - middle) / 45, (y - 120) / 60)
        picture[(away > 0.85) & (away < 1.0)] = 255
    with pytest.raises(data.DataError, match="digits that touch"):
        data.digit_from_image(picture)
    assert _seen(picture) is not None
    assert _seen(np.zeros_like(picture)) is None


def test_ink_that_is_no_digit_yet_says_why_nothing_is_read(window):
    # Lost otherwise: ink on the pad, and bars that do not move.
    window.drawing.pad.clear()
    drag(window.drawing.pad, (20, 100), (110, 104), (200, 100))
    assert not image(window).any()
    assert window.message.messages[-1].startswith("it is not read yet: no digit found, but a line ")
    assert window.message.isVisible()
    # Lost otherwise: for seconds it is said that nothing is read, beside a seven that is.
    drag(window.drawing.pad, (200, 100), (160, 160), (120, 230))
    assert image(window).any()
    assert window.message.isHidden()
