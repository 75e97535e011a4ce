"""What fingers do on a touch screen: rest for a menu, scroll, drag, tap."""

import pytest
from live_scenes import in_front, layer, untouched
from live_windows import steps
from patience import PATIENCE
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QHeaderView, QMenu, QScrollArea

from viz3d.live.view.hold import Hold
from viz3d.live.widgets.finger_scroll import FingerScroll


@pytest.fixture
def window(qtbot, windows):
    window = windows("mlp")
    window.resize(1024, 700)
    yield untouched(qtbot, window)
    window.move(0, 0)


@pytest.fixture
def no_double_taps(qapp):
    """Two taps are two, however soon the second comes: a busy machine must not tell which they are."""
    before = qapp.doubleClickInterval()
    qapp.setDoubleClickInterval(0)
    yield
    qapp.setDoubleClickInterval(before)


class Finger:
    """A finger on a window, which comes down on one of its widgets."""

    def __init__(self, widget):
        self._device, self._window = QTest.createTouchDevice(), widget.window()
        self._origin = widget.mapTo(self._window, QPoint(0, 0))  # the widget may move under it

    def do(self, *deeds):
        """Of each finger what it does and where in the widget: press, move or release."""
        touch = QTest.touchEvent(self._window, self._device)
        for number, (deed, at) in enumerate(deeds):
            getattr(touch, deed)(number, self._origin + at, self._window)
        touch.commit()

    def drag(self, start, *way):
        self.do(("press", start))
        for at in way:
            self.do(("move", at))
        self.do(("release", way[-1]))


def spot_of_a_neuron(window):
    return next((neuron, QPoint(x, y)) for neuron, x, y in in_front(window, layer(window, "hidden3"), 1))


def menu_of(window):
    return next((each for each in window.findChildren(QMenu) if each.isVisible()), None)


def test_a_finger_that_rests_opens_the_menu_of_the_right_button(window, qtbot):
    # Lost otherwise: without a right button nobody finds what can be done with a neuron.
    session, view = window.desk.session, window.view
    neuron, at = spot_of_a_neuron(window)
    QGuiApplication.styleHints().setMousePressAndHoldInterval(40)
    finger, pose = Finger(view), view.camera.pose
    finger.do(("press", at))
    finger.do(("move", at + QPoint(1, 1)))  # as any finger trembles
    qtbot.waitUntil(lambda: menu_of(window) is not None, timeout=PATIENCE)
    menu = menu_of(window)
    assert menu.actions()[0].text() == session.selection == session.traced.address(neuron)
    finger.do(("release", at))
    assert menu.isVisible(), "it stays when the finger is lifted"
    menu.close()
    assert view.camera.pose == pose
    assert steps(window) == []


@pytest.mark.usefixtures("no_double_taps")
def test_a_finger_that_taps_turns_or_pinches_opens_none(window, qtbot):
    view = window.view
    (hold,) = view.findChildren(Hold)
    waits = hold._rests.isActive  # until the finger has rested
    neuron, at = spot_of_a_neuron(window)
    finger = Finger(view)
    finger.drag(at, at)
    assert view.selected == neuron
    assert not waits()
    finger.do(("press", at))
    assert waits()
    finger.do(("move", at + QPoint(30, 0)))
    assert not waits()
    finger.do(("release", at + QPoint(30, 0)))
    # Lost otherwise: what comes to stand where the finger was is lit, and nobody points at it.
    assert view._rests is None
    assert not view._pointed
    finger.do(("press", at))
    assert waits()
    for k in range(1, 4):
        way = QPoint(20 * k, 0)
        finger.do(("move", at - way), ("press" if k == 1 else "move", at + QPoint(60, 0) + way))
    assert not waits()
    finger.do(("release", at), ("release", at))
    assert menu_of(window) is None


def scrolled(window, qtbot):
    """The inspector of a neuron, which has no room for all of it, at its top."""
    window.move(-500, 0)  # Qt's own screen is 800 px wide, and beside it no finger comes down
    window.desk.attempt(lambda: window.picking.pick(1000))
    area = next(each for each in window.inspector.findChildren(QScrollArea) if each.isVisible())
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100, timeout=PATIENCE)
    bar.setValue(0)
    return area, bar


def test_a_finger_scrolls_a_panel_and_changes_nothing_that_it_passes(window, qtbot):
    # Lost otherwise: what is below the window's end is out of a finger's reach, or sliders move under it.
    _, bar = scrolled(window, qtbot)
    for part in (window.inspector.change.scale, window.inspector.change.silent):
        bar.setValue(0)
        middle = part.rect().center()
        Finger(part).drag(middle, *(middle - QPoint(2, 20 * k) for k in range(1, 5)))
        assert bar.value() == 80, "what lay under the finger stays there"
        assert steps(window) == []


def test_a_finger_across_drags_a_slider_and_a_tap_presses_a_button(window, qtbot):
    _, bar = scrolled(window, qtbot)
    change = window.inspector.change
    slider = change.scale.slider
    middle = slider.rect().center()
    Finger(slider).drag(middle, *(middle + QPoint(10 * k, 3 * k) for k in range(1, 5)))
    qtbot.waitUntil(lambda: len(steps(window)) == 1, timeout=PATIENCE)
    assert slider.sliderPosition() == pytest.approx(500 + 1000 * 40 / (slider.width() - 14), abs=20)
    Finger(change.silent).drag(QPoint(20, 10), QPoint(21, 11))
    assert steps(window)[-1] == f"ablate {window.desk.session.selection}"
    assert bar.value() == 0


def test_at_the_end_of_a_list_the_panel_around_it_follows_the_finger(window, qtbot):
    area, bar = scrolled(window, qtbot)
    table = window.inspector.table
    rows = table.verticalScrollBar()
    bar.setValue(table.mapTo(area.widget(), QPoint(0, 0)).y() - 60)
    panel = bar.value()
    assert panel > 50
    at = QPoint(40, 10)
    Finger(table.viewport()).drag(at, at - QPoint(0, 30), at - QPoint(0, 44))
    assert (rows.value(), bar.value()) == (2, panel), "two rows of 22 px"
    rows.setValue(0)
    Finger(table.viewport()).drag(at, at + QPoint(0, 30), at + QPoint(0, 50))
    assert (rows.value(), bar.value()) == (0, panel - 50)
    assert window.desk.session.selection == window.desk.session.traced.address(1000), "no row was clicked"


def test_whatever_scrolls_is_scrolled_by_a_finger(window):
    parts = window.findChildren(QAbstractScrollArea)
    assert len(parts) > 8
    for part in parts:
        if not isinstance(part, QHeaderView):
            assert part.findChild(FingerScroll) is not None, f"{type(part).__name__} {part.accessibleName()}"
