"""Drawing on the input's plane in the scene, saying which digit is meant, and keeping it as a sample."""

import numpy as np
import pytest
from live_hands import LEFT, drag
from live_views import spot
from live_windows import pictured, settled, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

import data
import engine
from viz3d.live.control.digit.drawing import _seen
from viz3d.live.control.digit.plane import covered
from viz3d.session.label import SetLabel

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
PEN = CTRL | Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton
POSES = [(40, 17), (60, 40), (75, 30), (110, 20), (130, 12), (160, -20)]


@pytest.fixture
def window(pictured_window):
    return pictured_window


def stroke(window, *pixels, keys=PEN, button=LEFT):
    view = window.view
    QTest.mousePress(view, button, keys, spot(window, *pixels[0]))
    for pixel in pixels[1:]:
        QTest.mouseMove(view, spot(window, *pixel))
    QTest.mouseRelease(view, button, keys, spot(window, *pixels[-1]))


def image(window):
    return window.desk.session.digit.image


def look_from(window, azimuth, elevation):
    camera = window.view.camera
    camera.turn(azimuth - camera.pose.azimuth, elevation - camera.pose.elevation)
    pictured(window)


@pytest.mark.parametrize("pose", POSES)
def test_the_pixel_under_the_pen_is_the_one_that_is_painted(window, pose):
    # Lost otherwise: ink appears beside the pen, as soon as the net is turned.
    look_from(window, *pose)
    for row, column in ((4, 4), (14, 20), (25, 9)):
        window.drawing.pad.clear()
        QTest.mouseClick(window.view, LEFT, PEN, spot(window, row, column))
        assert np.unravel_index(image(window).argmax(), (28, 28)) == (row, column)
        far = np.hypot(*(np.mgrid[:28, :28] - np.array([row, column])[:, None, None])) > 3
        assert not image(window)[far].any(), "an empty pad is an empty plane"


def test_a_stroke_in_the_scene_is_one_step_and_the_answer_follows_each_move(window, qtbot):
    view, desk = window.view, window.desk
    window.drawing.pad.clear()
    before = image(window)
    window.timeline.track.go(1.0)
    seen = []
    desk.showed.connect(lambda: seen.append(desk.shown.traced))
    QTest.mousePress(view, LEFT, PEN, spot(window, 4, 14))
    for row in (9, 14, 19, 24):
        QTest.mouseMove(view, spot(window, row, 14))
        # Each move is read at once: its pixel is there, and the answer is that of this picture.
        assert seen[-1].digit.image[row, 14] > 128
        expected = desk.session.net.trace(seen[-1].digit.image).probabilities
        assert np.array_equal(window.answer.bars._answer.probabilities, expected)
    assert steps(window) == ["an empty picture"]
    QTest.mouseRelease(view, LEFT, PEN, spot(window, 24, 14))
    assert steps(window) == ["an empty picture", "a drawing"]
    assert desk.session.trace.prediction == 1
    assert (image(window)[4:25, 14] > 128).all(), "no gaps between two moves"
    assert np.array_equal(window.drawing.seen.picture(), image(window))
    assert window.view.painter.wishes[-1].t == window.timeline.track.beats.seconds
    desk.undo()
    assert np.array_equal(image(window), before)


def test_strokes_add_up_and_the_right_button_or_the_eraser_takes_ink_away(window):
    window.drawing.pad.clear()
    stroke(window, (5, 5), (5, 20))
    stroke(window, (5, 20), (20, 20))
    assert len(steps(window)) == 3, "the empty pad, and a step for each stroke"
    assert image(window)[5, 10] > 128 < image(window)[12, 20]
    stroke(window, (5, 10), button=RIGHT)
    assert image(window)[5, 10] < 128 < image(window)[12, 20]
    window.drawing.eraser.click()
    stroke(window, (12, 20))
    assert image(window)[12, 20] < 128
    window.drawing.eraser.click()


def test_without_the_tool_or_the_key_a_drag_turns_and_with_it_all_else_turns_too(window):
    view, before = window.view, image(window)
    azimuth = view.camera.pose.azimuth
    stroke(window, (5, 5), (5, 20), keys=NONE)
    assert view.camera.pose.azimuth != azimuth
    assert np.array_equal(image(window), before)
    pictured(window)
    window.actions_by_deed["in_scene"].trigger()
    assert window.drawing.in_scene.isChecked()
    assert view.draws
    azimuth = view.camera.pose.azimuth
    stroke(window, (5, 5), (5, 20), keys=NONE)
    assert view.camera.pose.azimuth == azimuth
    assert not np.array_equal(image(window), before)
    beside = QPoint(view.width() // 2, 20)
    QTest.mousePress(view, LEFT, NONE, beside)
    QTest.mouseMove(view, beside + QPoint(60, 0))
    QTest.mouseRelease(view, LEFT, NONE, beside + QPoint(60, 0))
    assert view.camera.pose.azimuth != azimuth
    window.actions_by_deed["in_scene"].trigger()
    assert not view.draws


@pytest.mark.parametrize("moved", [(0.0, 0.1), (180.0, 1.0)])
def test_who_wants_to_draw_in_the_scene_is_shown_where(window, moved):
    # Lost otherwise: the tool is on, and there is no plane to draw on.
    camera, plane = window.view.camera, window.view._shown.scene.layout.panels[0]
    assert camera.faces(plane)
    camera.turn(moved[0], 0.0)
    camera.zoom(moved[1], window.view.place_of(1200))
    assert not camera.faces(plane)
    window.drawing.in_scene.click()
    assert camera.flying
    assert camera.faces(plane), "at the end of its flight"


def test_a_finger_draws_on_the_plane_too(window):
    window.drawing.pad.clear()
    window.actions_by_deed["in_scene"].trigger()
    view, finger = window.view, QTest.createTouchDevice()
    QTest.touchEvent(view, finger).press(0, spot(window, 6, 6), view).commit()
    QTest.touchEvent(view, finger).move(0, spot(window, 6, 18), view).commit()
    QTest.touchEvent(view, finger).release(0, spot(window, 6, 18), view).commit()
    assert (image(window)[6, 6:19] > 128).all()
    assert steps(window) == ["an empty picture", "a drawing"]
    before, middle = image(window).copy(), spot(window, 20, 8)
    QTest.touchEvent(view, finger).press(0, middle, view).commit()
    assert window.desk.trying
    for k, apart in enumerate((30, 60, 90, 120)):
        both = QTest.touchEvent(view, finger)
        both.move(0, middle - QPoint(apart, 0), view)
        (both.move if k else both.press)(1, middle + QPoint(apart, 0), view)
        both.commit()
    assert not window.desk.trying, "whoever comes near with two fingers has begun no stroke"
    both = QTest.touchEvent(view, finger)
    both.release(0, middle, view)
    both.release(1, middle, view)
    both.commit()
    assert np.array_equal(image(window), before)
    assert len(steps(window)) == 2


def test_two_fingers_come_near_and_turn_nothing(window):
    # Lost otherwise: without mouse and keys nobody comes nearer, and two fingers spin the scene.
    view, finger = window.view, QTest.createTouchDevice()
    window.actions_by_deed["home"].trigger()
    before, acts = view.camera.pose, steps(window)
    for k, apart in enumerate((40, 60, 80, 100, 120, 120)):
        both = QTest.touchEvent(view, finger)
        deed = both.press if k == 0 else both.release if k == 5 else both.move
        for number, side in enumerate((-1, 1)):
            deed(number, QPoint(600 + side * apart, 620), view)
        both.commit()
    pose = view.camera.pose
    assert (pose.azimuth, pose.elevation) == (before.azimuth, before.elevation)
    assert pose.distance < 0.7 * before.distance
    assert steps(window) == acts, "and nothing is picked or drawn"
    QTest.mouseClick(view, LEFT, pos=QPoint(700, 620))
    window.actions_by_deed["home"].trigger()


def test_on_the_plane_of_a_net_that_sees_the_middle_the_pixel_under_the_pen_is_painted(window, qtbot):
    window.opening.open_preset("cnn-crop")
    settled(qtbot, window)
    pictured(window)
    window.drawing.pad.clear()
    QTest.mouseClick(window.view, LEFT, PEN, spot(window, 3, 17))
    assert np.unravel_index(image(window).argmax(), (28, 28)) == (5, 19)
    shown = window.desk.session.trace.activation["input"][..., 0]
    assert np.unravel_index(shown.argmax(), (24, 24)) == (3, 17)


def test_a_brush_covers_what_is_near_its_way_and_softly_its_border():
    cover = covered((5.5, 5.5), (5.5, 15.5), 1.0, (28, 28))
    np.testing.assert_array_equal(cover[5, 5:16], 1)
    np.testing.assert_allclose(cover[[4, 6], 10], 0.5)
    assert not cover[[2, 3, 7, 8]].any()
    wide = covered((5.5, 5.5), (5.5, 5.5), 2.0, (28, 28))
    assert wide.sum() == pytest.approx(np.pi * 4, rel=0.1)


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
