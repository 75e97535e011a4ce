"""Another net, or another digit, amid a stroke: what is half drawn is not lost."""

import numpy as np
import pytest
from live_hands import LEFT, PEN
from live_views import spot
from live_windows import PATIENCE, image, pictured, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest


@pytest.fixture
def window(pictured_window):
    return pictured_window


def test_a_net_chosen_amid_a_stroke_reads_it_at_once_and_the_stroke_goes_on(window, qtbot):
    # Lost otherwise: what is half drawn, when one presses for another net.
    pad, desk = window.drawing.pad, window.desk
    QTest.mousePress(pad, LEFT, pos=QPoint(110, 20))
    for y in range(24, 100, 6):
        QTest.mouseMove(pad, QPoint(110, y))
    window.opening.open_preset("mlp-sigmoid")
    assert desk.session.net.name == "mlp-sigmoid"

    def read():
        shown = desk.shown.traced
        return bool(desk.trying and shown.net is desk.session.net and shown.digit.image.max() > 200)

    qtbot.waitUntil(read, timeout=PATIENCE)
    for y in range(100, 196, 6):
        QTest.mouseMove(pad, QPoint(110, y))
    QTest.mouseRelease(pad, LEFT, pos=QPoint(110, 196))
    assert steps(window)[-2:] == ["net mlp-sigmoid", "a drawing"]
    assert image(window)[4:24, 13:15].max(axis=1).min() > 128
    desk.undo()
    desk.undo()


def test_a_net_chosen_amid_a_stroke_in_the_scene_reads_it_and_a_digit_ends_it(window):
    view, desk = window.view, window.desk
    window.drawing.pad.clear()
    before = image(window)
    QTest.mousePress(view, LEFT, PEN, spot(window, 4, 14))
    QTest.mouseMove(view, spot(window, 12, 14))
    window.opening.open_preset("mlp-sigmoid")
    assert desk.shown.traced.net is desk.session.net
    assert desk.shown.traced.digit.image[4:12, 14].min() > 128
    QTest.mouseRelease(view, LEFT, PEN, QPoint(5, 5))
    assert steps(window)[-2:] == ["net mlp-sigmoid", "a drawing"]
    assert image(window)[4:12, 14].min() > 128
    desk.undo()
    desk.undo()
    np.testing.assert_array_equal(image(window), before)
    pictured(window)
    QTest.mousePress(view, LEFT, PEN, spot(window, 4, 14))
    QTest.keyClick(window, Qt.Key.Key_3)
    taken = image(window)
    QTest.mouseMove(view, QPoint(300, 300))
    QTest.mouseRelease(view, LEFT, PEN, QPoint(300, 300))
    assert image(window) is taken
    desk.undo()
