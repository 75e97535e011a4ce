"""What a hand picks in the scene of the live window, from several sides and in several nets."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from live_hands import LEFT, click
from live_scenes import CTRL, POSES, free, in_front, layer, synapse, turn_to, untouched
from live_windows import steps
from patience import PATIENCE
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph import address
from scenes.lettering.fonts import extent
from viz3d.session.acts.change import UseNet

NETS = ["mlp", "cnn-draw", "vit-tiny"]
HIDDEN = {"mlp": "hidden1:434", "cnn-draw": "hidden1:3", "vit-tiny": "tokens:5,9"}


@pytest.fixture
def window(request, qtbot, windows):
    return untouched(qtbot, windows(getattr(request, "param", "mlp")))


@pytest.mark.parametrize("window", NETS, indirect=True)
def test_a_click_on_a_neuron_selects_that_very_neuron_from_every_side(window):
    session = window.desk.session
    for pose in POSES:
        turn_to(window, *pose)
        chosen = in_front(window, range(session.net.neuron_count), 3)
        assert chosen
        for neuron, x, y in chosen:
            click(window.view, x, y)
            assert session.selection == session.traced.address(neuron)
            assert window.view.selected == neuron
            assert window.inspector._card.address == session.selection
    assert steps(window) == []


@pytest.mark.parametrize("window", ["cnn-fast"], indirect=True)
def test_of_the_picture_of_the_net_before_nothing_can_be_picked(window, qtbot):
    # Lost otherwise: a click just after another net was chosen selects some neuron, or ends in an error.
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    last = in_front(window, range(session.net.neuron_count - 300, session.net.neuron_count), 2)
    assert last
    window.desk.do(UseNet("mlp-sigmoid"))
    for _, x, y in last:
        assert view.neuron_at(x, y) == -1
        click(view, x, y)
        QTest.mouseDClick(view, LEFT, pos=QPoint(round(x), round(y)))
        assert session.selection == ""
    qtbot.waitUntil(lambda: len(view.seen().scene.neurons.level) == session.net.neuron_count)
    turn_to(window, *POSES[0])
    (neuron, x, y), *_ = in_front(window, range(784, session.net.neuron_count), 1)
    click(view, x, y)
    assert session.selection == session.traced.address(neuron)


@pytest.mark.parametrize("window", NETS, indirect=True)
def test_a_synapse_picked_at_its_end_is_that_synapse_from_every_side(window):
    # Lost otherwise: another strand is cut than the one that the hand is on.
    session, view = window.desk.session, window.view
    neuron = address.neuron(session.net.graph, HIDDEN[session.net.name])
    seen = 0
    for pose in POSES:
        turn_to(window, *pose)
        window.picking.pick(neuron)
        focus = view.picture.frame.focus
        assert focus.about == (neuron,)
        ends = {
            int(s if t == neuron else t): (int(c), int(t))
            for s, t, c in zip(focus.source, focus.target, focus.carrier, strict=True)
        }
        for end, x, y in in_front(window, list(ends), 3):
            QTest.mouseClick(view, LEFT, CTRL, QPoint(x, y))
            assert session.selection == synapse(window, *ends[end])
            assert view.marked.synapse == ends[end]
            assert view.picture.frame.focus.about == ends[end]
            assert window.inspector.synapse.card.address == session.selection
            middle = view.picture.frame.focus.curves[0, 12]  # it is hit all along: for its menu
            spot = view.picture.frame.camera.project(middle[None], view.picture.scene.size)[0, :2]
            assert view.thing_at(*spot.tolist()).neurons
            seen += 1
            window.picking.pick(neuron)
    assert seen >= 5
    assert steps(window) == []


def strands(window, neuron):
    """Of the strands of the selected neuron those with a place near their end that no other passes: x, y."""
    view, (frame, scene) = window.view, (window.view.picture.frame, window.view.picture.scene)
    focus = frame.focus
    far = np.where((focus.target == neuron)[:, None, None], focus.curves, focus.curves[:, ::-1])[:, 1:5]
    pixels = frame.camera.project(far.reshape(-1, 3), scene.size).reshape(len(far), -1, 2)
    # All that the others pass, between their points too.
    parts = np.linspace(0, 1, 9)[:-1, None, None, None]
    way = ((1 - parts) * focus.curves[:, :-1] + parts * focus.curves[:, 1:]).swapaxes(0, 1)
    passed = frame.camera.project(way.reshape(-1, 3).astype(np.float32), scene.size)
    passed = passed.reshape(len(far), -1, 2)
    for k, (x, y) in ((j, point.round()) for j in range(len(far)) for point in pixels[j]):
        others = np.hypot(*(np.delete(passed, k, axis=0) - (x, y)).reshape(-1, 2).T).min()
        if others > 14 and free(window, x, y) and view.neuron_at(x, y) < 0:
            yield (int(focus.carrier[k]), int(focus.target[k])), int(x), int(y)


def test_a_strand_is_picked_near_its_end_beside_all_neurons(window):
    session, view = window.desk.session, window.view
    neuron, seen = address.neuron(session.net.graph, "hidden2:73"), 0
    for pose in POSES:
        turn_to(window, *pose)
        window.picking.pick(neuron)
        for ends, x, y in strands(window, neuron):
            click(view, x, y)
            assert session.selection == synapse(window, *ends)
            seen += 1
            window.picking.pick(neuron)
            break
    assert seen >= 3


def test_a_strand_is_picked_though_the_pointer_has_just_come_over_another_neuron(window, qtbot):
    # Lost otherwise: on the way to its end other synapses are lit, and the click selects nothing.
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    neuron = address.neuron(session.net.graph, "hidden2:73")
    window.picking.pick(neuron)
    (source, target), x, y = next(strands(window, neuron))
    hidden = layer(window, "hidden2")
    other, *at = next(each for each in in_front(window, hidden, 2) if each[0] != neuron)
    QTest.mouseMove(view, QPoint(*at))
    qtbot.waitUntil(lambda: view.picture.frame.focus.about == (other,), timeout=PATIENCE)
    assert view._strands(view.picture) is not None
    another = replace(view.picture, scene=copy(view.picture.scene))
    assert view._strands(another) is None, "of another digit other synapses are lit"
    click(view, x, y)
    assert session.selection == synapse(window, source, target)


@pytest.fixture
def flights(window):
    """The camera is as near again as it was."""
    pose = window.view.camera.pose
    yield
    window.view.camera._go(pose)


def twice(view, x, y, after=100):
    """Press as the second of two clicks, so many ms after the last one, by a hand that is not quite still."""
    at, button = QPointF(x, y), Qt.MouseButton.LeftButton
    stirred = at + QPointF(QApplication.startDragDistance() - 1, 0)
    kind, keys = QEvent.Type.MouseButtonDblClick, Qt.KeyboardModifier.NoModifier
    for what, where in ((kind, at), (QEvent.Type.MouseMove, stirred)):
        event = QMouseEvent(what, where, QPointF(view.mapToGlobal(where)), button, button, keys)
        event.setTimestamp(view._clicked.when + after)
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, LEFT, pos=stirred.toPoint())


def near(window, neuron):
    """How far a neuron is from the middle of what panels leave free where the camera flies to, px."""
    camera = window.view.camera
    size, (left, top, right, bottom) = camera.view
    at = camera._goal.project(window.view.place_of(neuron)[None], size)[0]
    return np.hypot(*(at - ((left + right) / 2, (top + bottom) / 2)))


def test_a_double_click_flies_to_what_its_first_click_picked_though_a_picture_moves_it_away(window, flights):
    # Lost otherwise: while pictures still come after a turn, a double click on a neuron leads nowhere.
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    neuron, x, y = in_front(window, layer(window, "hidden2"), 1)[0]
    home = view.camera.pose
    click(view, x, y)
    turn_to(window, *POSES[2])
    assert view.neuron_at(x, y) != neuron
    twice(view, x, y)
    assert view.camera.flying
    assert near(window, neuron) < 1
    assert session.selection == session.traced.address(neuron)
    # A click of long ago is none: what is under the pointer now is meant, and selected.
    view.camera._go(home)
    (other, x, y), *_ = (each for each in in_front(window, layer(window, "hidden1"), 2) if each[0] != neuron)
    twice(view, x, y, after=10_000)
    assert near(window, other) < 1
    assert session.selection == session.traced.address(other)


def test_a_double_click_on_a_bar_or_a_strand_flies_to_the_neuron_at_its_end(window, flights):
    # Lost otherwise: of all that a click selects, a double click leads to neurons and names alone.
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    home, bars, scene = view.camera.pose, view.picture.scene.layout.bars, view.picture.scene
    middle = (bars.base[4] + bars.length / 2 * bars.along)[None].astype(np.float32)
    x, y = view.picture.frame.camera.project(middle, scene.size)[0].round().tolist()
    click(view, int(x), int(y))
    twice(view, x, y)
    assert session.selection == "output:4"
    assert near(window, session.net.offset("output") + 4) < 1
    view.camera._go(home)
    neuron = address.neuron(session.net.graph, "hidden2:73")
    window.picking.pick(neuron)
    (source, target), x, y = next(strands(window, neuron))
    click(view, x, y)
    twice(view, x, y)
    assert session.selection == synapse(window, source, target)
    assert near(window, source if target == neuron else target) < 1


def test_what_the_pointer_rests_on_is_lit_and_all_else_is_dimmed(window, qtbot):
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    plain = view.picture.frame
    neuron, x, y = in_front(window, layer(window, "hidden2"), 1)[0]
    QTest.mouseMove(view, QPoint(x, y))
    qtbot.waitUntil(lambda: view.picture.frame.focus is not None)
    lit = view.picture.frame
    assert lit.focus.about == (neuron,)
    near = {neuron, *lit.focus.source.tolist(), *lit.focus.target.tolist()}
    image = session.net.layers[0].size
    other = np.setdiff1d(np.arange(image, session.net.neuron_count), list(near))
    assert (lit.neuron_rgb[:image] == plain.neuron_rgb[:image]).all(), "but for the image that all is about"
    assert (lit.neuron_rgb[other] <= plain.neuron_rgb[other] * 0.5 + 1).all()
    assert (lit.neuron_rgb[list(near)] == plain.neuron_rgb[list(near)]).all()
    assert session.selection == "", "to point is not to select"
    QTest.mouseMove(view, QPoint(600, 600))
    qtbot.waitUntil(lambda: view.picture.frame.focus is None)


@pytest.mark.parametrize("window", NETS, indirect=True)
def test_the_caption_of_a_layer_selects_it_and_the_right_button_opens_its_menu(window):
    session, view = window.desk.session, window.view
    turn_to(window, *POSES[0])
    cards = {card.name: card for card in view.picture.scene.words.cards if len(card.layers) == 1}
    seen = 0
    for caption in view.picture.frame.captions:
        if caption.text in cards and caption.alpha > 0.5:
            left, top, right, bottom = extent(caption)
            at = QPoint(int((left + right) / 2), int((top + bottom) / 2))
            if free(window, at.x(), at.y()) and view.neuron_at(at.x(), at.y()) < 0:
                QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=at)
                name = session.net.layers[cards[caption.text].layers[0]].name
                assert session.selection == name
                assert view.marked.layer == name
                words = [action.text() for action in window.editing.menus.menu.actions()]
                assert words[0] == name
                assert {"Prune …", "Noise …", "Grow …", "Remove neurons …"} <= set(words)
                window.editing.menus.menu.close()
                seen += 1
    assert seen >= 2


def test_arrows_move_the_selection_and_with_shift_the_camera(window):
    session, view = window.desk.session, window.view
    window.picking.pick_place("hidden1:17")
    view.setFocus()
    told = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
        told.append(session.selection)
    assert told == ["hidden1:18", "hidden1:28", "hidden1:27", "hidden2:13", "hidden1:26"]
    pose = view.camera.pose
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert session.selection == "hidden1:26"
    assert view.camera.pose != pose
    window.picking.pick_place("hidden1:26 -> hidden2:3")
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert session.selection == "hidden2:3"
    window.picking.pick_place("hidden1")
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert session.selection == "hidden2"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert session.selection == "hidden2:0"
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert session.selection == "hidden2:0", "the first has none before it"
