"""Sliders of the live window: what a hand and keys do to them, and their scales."""

import pytest
from live_hands import drag
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import number


@pytest.fixture(autouse=True)
def dressed(qapp):
    dress(qapp, "dark")


def test_a_press_that_moves_nothing_is_nothing_to_undo(qtbot, qapp):
    setting = Setting("x", Scale(0, 10), number)
    qtbot.addWidget(setting)
    setting.resize(300, 20)
    setting.show()
    with qtbot.assertNotEmitted(setting.chosen, wait=400):
        drag(setting.slider, (2, 10), (4, 10))


def test_keys_move_a_slider_and_many_make_one_step(qtbot, qapp):
    setting = Setting("x", Scale(0, 10), number)
    qtbot.addWidget(setting)
    setting.show()
    sliding, chosen = [], []
    setting.sliding.connect(sliding.append)
    setting.chosen.connect(chosen.append)
    for _ in range(5):
        QTest.keyClick(setting.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(chosen))
    assert len(sliding) == 5
    assert chosen == [pytest.approx(0.5)]
    # Lost otherwise: a screen reader says 50, the place of the handle.
    assert setting.slider.accessibleDescription() == number(0.5)
    setting.set_value(7.0)
    assert setting.slider.accessibleDescription() == number(7.0)


@pytest.mark.parametrize(
    "scale",
    [
        Scale(-3, 5),
        Scale(1e-5, 1, log=True),
        Scale(1e-6, 0.1, log=True, zero=True),
        Scale(fixed=(8, 16, 32, 64)),
    ],
)
def test_scales_find_back_what_they_gave(scale):
    for share in (0.0, 1 / 3, 2 / 3, 1.0):
        assert scale.share(scale.value(share)) == pytest.approx(share, abs=2e-3)
    assert Scale(1e-6, 0.1, log=True, zero=True).value(0) == 0
