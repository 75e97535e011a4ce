"""Drawing on the input's plane in the scene, with a pen, an eraser and fingers."""

import numpy as np
import pytest
from live_hands import LEFT, PEN, stroke
from live_views import spot
from live_windows import image, pictured, settled, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from viz3d.live.control.digit.plane import covered

NONE, RIGHT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.RightButton
POSES = [(40, 17), (60, 40), (75, 30), (110, 20), (130, 12), (160, -20)]


@pytest.fixture
def window(pictured_window):
    return pictured_window


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
    assert window.view.painter.requests[-1].t == window.timeline.track.beats.seconds
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
    window.actions_by_name["in_scene"].trigger()
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
    window.actions_by_name["in_scene"].trigger()
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
    window.actions_by_name["in_scene"].trigger()
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
    window.actions_by_name["home"].trigger()
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
    window.actions_by_name["home"].trigger()


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
