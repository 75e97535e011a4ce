"""The live window's pad: what a hand draws is what is told."""

import numpy as np
import pytest
from live_hands import click, drag
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.live.widgets.drawing.drawing_panel import DrawingPanel
from viz3d.live.widgets.drawing.pad import Pad
from viz3d.live.widgets.drawing.samples import Samples
from viz3d.live.widgets.drawing.seen import Seen
from viz3d.live.widgets.drawing.strokes import ink, picture_of
from viz3d.live.widgets.sheet import dress

RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def panel(qtbot, qapp):
    dress(qapp, "dark")
    panel = DrawingPanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


@pytest.fixture
def pad(panel):
    return panel.pad


def at(picture, x, y, side=216):
    """The picture's value under a place of the pad."""
    return picture[int(y * 280 / side), int(x * 280 / side)]


def test_a_stroke_leaves_ink_where_the_mouse_went_and_nowhere_else(pad):
    told = []
    pad.changed.connect(told.append)
    drag(pad, (50, 50), (100, 50), (150, 50))
    picture = told[-1]
    assert picture.shape == (280, 280)
    assert picture.dtype == np.uint8
    assert at(picture, 50, 50) == at(picture, 100, 50) == at(picture, 150, 50) == 255
    assert at(picture, 100, 100) == at(picture, 30, 50) == 0
    assert len(told) == 3, "one picture at each move, so that the net can follow the hand"
    assert np.array_equal(picture, pad.picture())


def test_a_corner_that_the_mouse_cuts_is_drawn_round(pad):
    drag(pad, (40, 40), (180, 40), (180, 180))
    picture = pad.picture()
    assert at(picture, 180, 40) < 255, "a sharp corner: points joined by straight lines"
    assert at(picture, 160, 60) > 0


def test_a_click_is_a_dot(pad):
    click(pad, 100, 100)
    assert at(pad.picture(), 100, 100) == 255


def test_undo_takes_the_last_stroke_and_clear_can_be_taken_back(pad):
    drag(pad, (50, 50), (100, 50))
    one = pad.picture()
    drag(pad, (50, 150), (100, 150))
    two = pad.picture()
    pad.undo()
    assert np.array_equal(pad.picture(), one)
    drag(pad, (50, 150), (100, 150))
    pad.clear()
    assert not pad.picture().any()
    pad.undo()
    assert np.array_equal(pad.picture(), two)


def test_the_right_button_and_the_eraser_take_ink_away(pad):
    drag(pad, (50, 100), (150, 100))
    drag(pad, (100, 90), (100, 110), button=RIGHT)
    assert at(pad.picture(), 100, 100) == 0
    pad.erases = True
    click(pad, 60, 100)
    assert at(pad.picture(), 60, 100) == 0
    assert at(pad.picture(), 130, 100) == 255


def test_a_wider_brush_draws_wider(pad):
    drag(pad, (50, 100), (150, 100))
    thin = pad.picture().astype(int).sum()
    pad.clear()
    pad.brush *= 2
    drag(pad, (50, 100), (150, 100))
    assert pad.picture().astype(int).sum() > 1.8 * thin


def test_the_brush_is_shown_under_the_pointer_and_is_no_ink(pad):
    bare = pad.grab().toImage()
    QTest.mouseMove(pad, QPoint(60, 60))
    thin = pad.grab().toImage()
    pad.brush *= 2
    assert pad.grab().toImage() != thin != bare
    assert not pad.picture().any()


def test_a_shown_digit_makes_room_for_a_drawn_one_and_undo_brings_it_back(pad, qtbot):
    digit = np.zeros((28, 28), np.uint8)
    digit[20:24, 20:24] = 255
    with qtbot.assertNotEmitted(pad.changed):
        pad.set_picture(digit)
    assert at(pad.picture(), 170, 170) == 255
    drag(pad, (50, 50), (80, 50))
    assert at(pad.picture(), 170, 170) == 0
    pad.undo()
    assert at(pad.picture(), 170, 170) == 255
    pad.erases = True
    click(pad, 60, 60)
    assert at(pad.picture(), 170, 170) == 255, "an eraser works on the digit that is shown"


def test_a_finger_draws(pad, qtbot):
    finger = QTest.createTouchDevice()
    QTest.touchEvent(pad, finger).press(0, QPoint(40, 40), pad).commit()
    QTest.touchEvent(pad, finger).move(0, QPoint(120, 40), pad).commit()
    QTest.touchEvent(pad, finger).release(0, QPoint(120, 40), pad).commit()
    assert at(pad.picture(), 80, 40) == 255


def test_a_stroke_that_the_system_takes_the_finger_from_is_ended(pad):
    finger = QTest.createTouchDevice()
    QTest.touchEvent(pad, finger).press(0, QPoint(40, 40), pad).commit()
    QTest.touchEvent(pad, finger).move(0, QPoint(60, 40), pad).commit()
    QApplication.sendEvent(pad, QTouchEvent(QEvent.Type.TouchCancel, finger))
    rested = pad.picture()
    QTest.mouseMove(pad, QPoint(160, 160))
    assert np.array_equal(pad.picture(), rested)
    assert pad.can_undo


def test_a_tap_of_a_finger_is_a_dot_and_two_fingers_leave_none(pad):
    # Lost otherwise: whoever lays a hand down, or comes near with two fingers, has dots in the drawing.
    finger, place = QTest.createTouchDevice(), QPoint(60, 60)
    QTest.touchEvent(pad, finger).press(0, place, pad).commit()
    QTest.touchEvent(pad, finger).move(0, place, pad).press(1, QPoint(120, 60), pad).commit()
    QTest.touchEvent(pad, finger).move(0, place + place, pad).move(1, QPoint(150, 60), pad).commit()
    QTest.touchEvent(pad, finger).release(0, place, pad).release(1, QPoint(150, 60), pad).commit()
    assert not pad.picture().any()
    assert not pad.can_undo
    QTest.touchEvent(pad, finger).press(0, place, pad).commit()
    QTest.touchEvent(pad, finger).release(0, place, pad).commit()
    assert at(pad.picture(), 60, 60) == 255


def pen(pad, kind, x, y, pressure, end=QPointingDevice.PointerType.Pen, button=Qt.MouseButton.LeftButton):
    """What a tablet's driver tells Qt."""
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, end, QInputDevice.Capability.Pressure, 1, 1
    )
    place, none = QPointF(x, y), Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(kind, device, place, place, pressure, 0, 0, 0, 0, 0, none, button, button)
    QApplication.sendEvent(pad, event)


def test_pressing_a_pen_harder_draws_wider_and_its_other_end_or_its_button_erases(pad):
    press, move, lift = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
    for y, pressure in ((60, 0.1), (150, 1.0)):
        pen(pad, press, 50, y, pressure)
        pen(pad, move, 150, y, pressure)
        pen(pad, lift, 150, y, 0.0)
    ink = pad.picture()[:, 130] > 127
    assert 0 < ink[: 280 // 2].sum() < 0.6 * ink[280 // 2 :].sum()
    pen(pad, press, 100, 150, 1.0, QPointingDevice.PointerType.Eraser)
    pen(pad, lift, 100, 150, 0.0, QPointingDevice.PointerType.Eraser)
    assert at(pad.picture(), 100, 150) == 0
    pen(pad, press, 130, 150, 1.0, button=Qt.MouseButton.RightButton)
    pen(pad, lift, 130, 150, 0.0, button=Qt.MouseButton.RightButton)
    assert at(pad.picture(), 130, 150) == 0, "as the mouse's right button"


def test_pixels_are_painted_by_keys_too(qtbot, qapp):
    # Lost otherwise: who has no mouse cannot change what the network reads.
    dress(qapp, "dark")
    seen = Seen(side=112)
    qtbot.addWidget(seen)
    seen.show()
    told, rested = [], []
    seen.painted.connect(told.append)
    seen.rested.connect(rested.append)
    seen.activateWindow()
    seen.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    before = seen.grab().toImage()
    QTest.keyClick(seen, Qt.Key.Key_Left)
    assert seen.grab().toImage() != before, "it is seen which one is next"
    QTest.keyClick(seen, Qt.Key.Key_Return)
    for _ in range(30):
        QTest.keyClick(seen, Qt.Key.Key_Up)
    QTest.keyClick(seen, Qt.Key.Key_Space)
    assert np.argwhere(seen.picture()).tolist() == [[0, 13], [14, 13]]
    QTest.keyClick(seen, Qt.Key.Key_Space)
    assert np.argwhere(seen.picture()).tolist() == [[14, 13]]
    assert len(told) == len(rested) == 3


def test_pixels_of_what_the_net_sees_can_be_painted_without_gaps(qtbot, qapp):
    seen = Seen(side=112)  # four pixels each
    qtbot.addWidget(seen)
    seen.show()
    told = []
    seen.painted.connect(told.append)
    drag(seen, (2, 2), (110, 2))
    assert (told[-1][0] == 255).all()
    assert not told[-1][1:].any()
    drag(seen, (42, 2), (42, 2), button=RIGHT)
    assert told[-1][0, 10] == 0
    assert told[-1].shape == (28, 28)
    assert told[-1].dtype == np.uint8


def test_a_sample_is_taken_by_mouse_and_by_key(panel, qtbot):
    chosen = []
    panel.sample_chosen.connect(chosen.append)
    click(panel.samples, 38 * 3 + 5, 38 + 5)
    QTest.keyClick(panel.samples, Qt.Key.Key_Up)
    QTest.keyClick(panel.samples, Qt.Key.Key_Left)
    assert chosen == [8, 3, 2]


def test_a_click_between_samples_takes_none(qtbot, qapp):
    samples = Samples()
    qtbot.addWidget(samples)
    with qtbot.assertNotEmitted(samples.chosen):
        click(samples, 33, 10)


def test_drawing_unmarks_the_sample_and_offers_undo(panel):
    panel.set_sample(np.full((28, 28), 9, np.uint8), 4)
    before = panel.samples.grab().toImage()
    drag(panel.pad, (50, 50), (100, 50))
    assert panel.samples.grab().toImage() != before
    assert panel.pad.can_undo


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pad_is_white_on_black_in_both_themes(qtbot, qapp, theme):
    dress(qapp, theme)
    pad = Pad()
    qtbot.addWidget(pad)
    drag(pad, (50, 50), (100, 50))
    shown = pad.grab().toImage()
    scale = shown.width() / pad.width()
    assert shown.pixelColor(int(75 * scale), int(50 * scale)).lightness() > 250
    assert shown.pixelColor(int(75 * scale), int(150 * scale)).lightness() < 20


@pytest.mark.parametrize("seed", range(4))
def test_each_move_tells_all_ink_of_the_strokes_so_far(pad, seed):
    # Only the part that a move can change is inked and read again: nothing may be forgotten.
    rng = np.random.default_rng(seed)

    def check(picture) -> None:
        whole = ink(pad._settled, None, [pad._stroke])
        assert pad._inked == whole
        assert np.array_equal(picture, picture_of(whole))

    pad.changed.connect(check)
    for _ in range(3):
        at = rng.uniform(-10, 226, 2)
        pad.begin(QPointF(*at), rng.uniform(0.2, 1), erases=rng.random() < 0.3)
        for _ in range(30):
            at = at + rng.normal(0, 1, 2) * rng.choice([1, 5, 40])
            pad.draw_to(QPointF(*at), rng.uniform(0.2, 1))
        pad.finish()
    picture, looks = pad.picture(), pad.grab().toImage()
    pad.restore(pad.kept())
    assert np.array_equal(pad.picture(), picture)
    assert pad.grab().toImage() == looks
