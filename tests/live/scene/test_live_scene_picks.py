"""What a hand picks in the scene of the live window, from several sides and in several nets."""

import numpy as np
import pytest
from live_hands import LEFT, click
from live_scenes import CTRL, POSES, free, in_front, layer, synapse, turn_to, untouched
from live_windows import steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

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


def test_a_strand_is_picked_near_its_end_beside_all_neurons(window):
    session, view = window.desk.session, window.view
    neuron, seen = address.neuron(session.net.graph, "hidden2:73"), 0
    for pose in POSES:
        turn_to(window, *pose)
        window.picking.pick(neuron)
        frame, scene = view.picture.frame, view.picture.scene
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
                click(view, int(x), int(y))
                assert session.selection == synapse(window, focus.carrier[k], focus.target[k])
                seen += 1
                window.picking.pick(neuron)
                break
    assert seen >= 3


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
