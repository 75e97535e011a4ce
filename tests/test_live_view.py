"""The view of a scene: what a hand does to it, and what is drawn for that."""

from dataclasses import replace

import numpy as np
import pytest
from live_hands import LEFT, click, drag
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scene_fixtures import trace

from scenes import compose, pick
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress

pytestmark = pytest.mark.usefixtures("screen")
SIZE = (560, 380)
LONG = 60_000  # ms
POSES = [(40, 17), (10, 5), (70, 30), (-30, 40), (130, 12)]


@pytest.fixture
def view(qtbot, qapp):
    dress(qapp, "dark")
    view = SceneView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    yield view
    view.close_painter()


def still(qtbot, view):
    """Wait until the whole picture of what was last wished is there, and nothing is under way."""

    def done():
        shown = view.picture is not None and view.picture.wish is view._asked and view._asked.scale == 1.0
        return bool(shown and not view._resting.isActive() and not view.camera.flying)

    qtbot.waitUntil(done, timeout=LONG)


def show(qtbot, view, preset="mlp", before=None):
    found = trace(preset)
    view.show_scene(compose(found, size=(640, 360), synapses=200), before, found)
    still(qtbot, view)


def place(view, neuron):
    """Where the picture shows a neuron."""
    scene = view.picture.scene
    return view.picture.frame.camera.project(scene.layout.positions[neuron][None], scene.size)[0]


def turn_to(qtbot, view, azimuth, elevation):
    pose = view.camera.pose
    view.camera.turn(azimuth - pose.azimuth, elevation - pose.elevation)
    still(qtbot, view)


def in_front(view, count):
    """Neurons that nothing hides where their middle falls on a whole pixel."""
    frame, scene = view.picture.frame, view.picture.scene
    for neuron in np.random.default_rng(0).permutation(len(frame.level)):
        x, y = place(view, neuron).round()
        inside = 0 <= x < SIZE[0] and 0 <= y < SIZE[1]
        if inside and pick(scene.layout, frame.neuron_size, frame.camera, SIZE, (x, y)) == neuron:
            yield int(neuron), int(x), int(y)
            count -= 1
        if count == 0:
            return


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_a_click_selects_the_neuron_that_is_seen_there(qtbot, view, preset):
    show(qtbot, view, preset)
    picked = []
    view.picked.connect(picked.append)
    for pose in POSES:
        turn_to(qtbot, view, *pose)
        for neuron, x, y in in_front(view, 3):
            click(view, x, y)
            assert picked[-1] == neuron
            assert view.selected == neuron
    assert len(picked) == 15
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert picked[-1] == -1
    assert view.selected == -1


def test_a_drag_turns_about_the_middle_and_selects_nothing(qtbot, view):
    show(qtbot, view)
    picked, before, middle = [], view.camera.pose, view.camera._pivot
    view.picked.connect(picked.append)
    drag(view, (200, 200), (240, 200), (260, 230))
    after = view.camera.pose
    assert after.azimuth < before.azimuth
    assert after.elevation > before.elevation
    points = np.asarray(middle, np.float32)[None]
    np.testing.assert_allclose(after.project(points, SIZE), before.project(points, SIZE), atol=0.05)
    assert not picked


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_what_another_button_holds_follows_the_hand(qtbot, view, button):
    show(qtbot, view)
    neuron, x, y = next(in_front(view, 1))
    before = place(view, neuron)
    drag(view, (x, y), (x + 20, y + 10), (x + 41, y + 22), button=button)
    still(qtbot, view)
    np.testing.assert_allclose(place(view, neuron), before + np.array([41, 22]), atol=1.0)


def test_the_wheel_zooms_about_the_pointer(qtbot, view):
    show(qtbot, view)
    neuron, x, y = next(in_front(view, 1))
    before, scale = place(view, neuron), view.camera.pose.distance
    wheel(view, x, y, 240)
    still(qtbot, view)
    assert view.camera.pose.distance < 0.9 * scale
    np.testing.assert_allclose(place(view, neuron), before, atol=1.5)


def wheel(view, x, y, turn):
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, turn), *none, False)
    QApplication.sendEvent(view, event)


def test_keys_turn_and_go_home(qtbot, view):
    show(qtbot, view)
    home = view.camera.pose
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.camera.pose.azimuth > home.azimuth
    assert view.camera.pose.elevation > home.elevation
    QTest.keyClick(view, Qt.Key.Key_R)
    still(qtbot, view)
    assert view.camera.pose.position == pytest.approx(home.position, abs=1e-3)


def test_a_double_click_flies_to_the_neuron_and_a_view_leads_back(qtbot, view):
    show(qtbot, view)
    opened, home = [], view.camera.pose
    view.opened.connect(opened.append)
    neuron, x, y = next(in_front(view, 1))
    QTest.mouseDClick(view, LEFT, pos=QPoint(x, y))
    assert opened == [neuron]
    still(qtbot, view)
    left, top, right, bottom = view.camera._rectangle
    np.testing.assert_allclose(place(view, neuron), ((left + right) / 2, (top + bottom) / 2), atol=0.5)
    view.view_from("side")
    still(qtbot, view)
    assert view.camera.pose.azimuth != home.azimuth


def test_pointing_at_a_neuron_tells_it_without_another_picture(qtbot, view):
    show(qtbot, view)
    hovered, shown = [], view.picture
    view.hovered.connect(hovered.append)
    neuron, x, y = next(in_front(view, 1))
    plain = view.grab().toImage()
    QTest.mouseMove(view, QPoint(x, y))
    assert hovered[-1] == neuron
    assert view.grab().toImage() != plain, "a ring and a card are drawn"
    QApplication.sendEvent(view, leave())
    assert hovered[-1] == -1
    assert view.picture is shown
    assert view._asked is shown.wish


def leave():
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_a_click_of_the_right_button_asks_for_the_menu(qtbot, view):
    show(qtbot, view)
    asked = []
    view.menu_asked.connect(lambda neuron, at: asked.append((neuron, at)))
    neuron, x, y = next(in_front(view, 1))
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(x, y))
    assert asked == [(neuron, view.mapToGlobal(QPoint(x, y)))]


def test_moving_is_drawn_with_fewer_pixels_and_rest_with_all(qtbot, view):
    show(qtbot, view)
    view._cost = 1.0
    scales = []
    view.painter.painted.connect(lambda picture: scales.append(picture.wish.scale))
    drag(view, (200, 200), (240, 200), (260, 230))
    # Under load this picture may reach the view a moment before it is told here.
    qtbot.waitUntil(lambda: bool(scales and scales[-1] == 1.0), timeout=LONG)
    assert scales[0] == 0.6


def test_where_nothing_happens_no_picture_is_asked_for(qtbot, view):
    # Lost otherwise: an open window keeps the processor busy.
    show(qtbot, view)
    asked = []
    view.painter.ask = asked.append
    view.painter.painted.connect(asked.append)
    qtbot.wait(500)
    assert not asked


def test_another_network_is_seen_from_home_and_the_same_from_where_one_stands(qtbot, view):
    show(qtbot, view)
    drag(view, (200, 200), (260, 200))
    turned = view.camera.pose
    view.select(1000)
    show(qtbot, view)
    assert view.camera.pose == turned
    assert view.selected == 1000
    show(qtbot, view, "vit-tiny")
    assert view.camera.pose != turned
    assert view.selected == -1
    view.set_free(100, 100, 400, 300)
    still(qtbot, view)
    corners = view.picture.frame.camera.project(view.picture.scene.layout.bounds(), SIZE)
    assert (corners >= 100).all()
    assert (corners <= (400, 300)).all()


def test_no_two_cards_overlap_from_any_side(qtbot, view):
    # Lost otherwise: names of layers pile up as the net is turned.
    from scenes.lettering.fonts import extent
    from scenes.space.page import apart

    show(qtbot, view, "vit-tiny")
    names = {card.name for card in view.picture.scene.words.cards}
    for pose in POSES:
        turn_to(qtbot, view, *pose)
        captions = view.picture.frame.captions
        boxes = [extent(caption) for caption in captions if caption.text in names and caption.alpha > 0.05]
        boxes += view.picture.wish.free.taken
        assert all(apart(a, b) >= 0 for k, a in enumerate(boxes) for b in boxes[:k])
        assert len(boxes) > 3


def test_bars_before_the_edits_leave_a_tick(qtbot, view):
    show(qtbot, view)
    plain = view.grab().toImage()
    before = np.roll(trace().probabilities, 1)
    show(qtbot, view, before=before)
    assert view.grab().toImage() != plain
    edges = view.picture.wish.stamp.edges
    assert edges.verdict() == (f"was {int(before.argmax())} · >99.9% before", "accent")
    assert replace(edges, before=None).verdict()[1] == "soft"


def test_what_speaks_for_a_class_is_drawn_and_the_bar_is_framed(qtbot, view):
    show(qtbot, view)
    plain, label = view.picture.image.copy(), 3
    view.point_out(Thing(bar=label))
    qtbot.waitUntil(lambda: view.picture.frame.focus is not None, timeout=LONG)
    focus = view.picture.frame.focus
    assert (focus.label, focus.about) == (label, ())
    assert view.picture.image != plain
    neuron = view.picture.scene.layout.panels[2].start
    view.point_out(Thing(neuron))
    qtbot.waitUntil(lambda: view.picture.frame.focus.about == (neuron,), timeout=LONG)
    assert view.picture.frame.focus.label == -1
    view.point_out(NOTHING)
    qtbot.waitUntil(lambda: view.picture.frame.focus is None, timeout=LONG)
    still(qtbot, view)
    bars = view.picture.scene.layout.bars
    middle = bars.base[label] + 0.5 * bars.length * bars.along
    x, y = view.picture.frame.camera.project(middle[None], view.picture.scene.size)[0]
    bare, hovered = view.grab().toImage(), []
    view.bar_hovered.connect(hovered.append)
    QTest.mouseMove(view, QPoint(round(float(x)), round(float(y))))
    assert hovered == [label]
    assert view.grab().toImage() != bare
