"""What a hand picks and changes in the scene of the live window, from several sides and in several nets."""

import numpy as np
import pytest
from live_hands import LEFT, click
from live_windows import FramePainter, settled, shown, steps
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph import address
from scenes.lettering.fonts import extent
from viz3d.session.change import UseNet

POSES = [(40, 17), (10, 5), (70, 30), (-30, 40), (130, 12)]
CTRL = Qt.KeyboardModifier.ControlModifier
NETS = ["mlp", "cnn-draw", "vit-small"]
FAR = {"mlp": "hidden1", "cnn-draw": "conv1", "vit-small": "tokens"}  # of the output: no synapse leads there
HIDDEN = {"mlp": "hidden1:434", "cnn-draw": "hidden1:3", "vit-small": "tokens:5,9"}


@pytest.fixture(scope="module")
def windows(qapp, tmp_path_factory):
    made = {}
    yield (
        lambda name: (
            made.get(name)
            or made.setdefault(name, shown(tmp_path_factory.mktemp(name), UseNet(name), painter=FramePainter))
        )
    )
    for window in made.values():
        window.close()
        window.deleteLater()


@pytest.fixture
def window(request, qtbot, windows):
    window = windows(getattr(request, "param", "mlp"))
    window.activateWindow()  # keys are those of the active one
    settled(qtbot, window)
    window.desk.jump(0)
    window.picking.pick(-1)
    window.message.messages = []
    QApplication.sendEvent(window.view, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not window.view._lit)
    settled(qtbot, window)
    return window


def turn_to(window, azimuth, elevation):
    view = window.view
    view.camera.turn(azimuth - view.camera.pose.azimuth, elevation - view.camera.pose.elevation)


def place(window, neuron):
    """Where the picture shows a neuron, on a whole pixel."""
    scene, frame = window.view.picture.scene, window.view.picture.frame
    x, y = frame.camera.project(scene.layout.positions[neuron][None], scene.size)[0].round()
    return int(x), int(y)


def free(window, x, y):
    """Whether the view is what lies under a pixel: no panel."""
    at = window.view.mapTo(window, QPoint(int(x), int(y)))
    return window.rect().contains(at) and window.childAt(at) is window.view


def in_front(window, neurons, count):
    """Some of these neurons, that nothing hides, and where a click meets them."""
    found = []
    for neuron in np.random.default_rng(0).permutation(np.asarray(neurons)):
        x, y = place(window, neuron)
        if free(window, x, y) and window.view.neuron_at(x, y) == neuron:
            found.append((int(neuron), x, y))
        if len(found) == count:
            break
    return found


def layer(window, name):
    net = window.desk.session.net
    return np.arange(net.layer(name).size) + net.offset(name)


def synapse(window, source, target):
    return " -> ".join(map(window.desk.session.traced.address, (source, target)))


def arrays(trace):
    return [*trace.pre.values(), *trace.activation.values(), trace.probabilities]


def equal(trace, values):
    return all(np.array_equal(a, b) for a, b in zip(arrays(trace), values, strict=True))


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
        for k, (x, y) in ((j, point.round()) for j in range(len(far)) for point in pixels[j]):
            others = np.hypot(*(np.delete(pixels, k, axis=0) - (x, y)).reshape(-1, 2).T).min()
            if others > 14 and free(window, x, y) and view.neuron_at(x, y) < 0:
                click(view, int(x), int(y))
                assert session.selection == synapse(window, focus.carrier[k], focus.target[k])
                seen += 1
                window.picking.pick(neuron)
                break
    assert seen >= 3


@pytest.mark.parametrize("window", NETS, indirect=True)
def test_a_drag_from_neuron_to_neuron_adds_exactly_that_synapse_and_undo_takes_it_back(window, qtbot):
    session, view = window.desk.session, window.view
    first = FAR[session.net.name]
    before, count = [np.array(a) for a in arrays(session.trace)], session.net.edge_count
    added = 0
    for pose in POSES:
        turn_to(window, *pose)
        starts, ends = in_front(window, layer(window, first), 1), in_front(window, layer(window, "output"), 1)
        if not starts or not ends:
            continue
        (source, x, y), (target, to_x, to_y) = starts[0], ends[0]
        where = synapse(window, source, target)
        QTest.mousePress(view, LEFT, CTRL, QPoint(x, y))
        QTest.mouseMove(view, QPoint((x + to_x) // 2, (y + to_y) // 2))
        QTest.mouseMove(view, QPoint(to_x, to_y))
        assert steps(window) == []
        QTest.mouseRelease(view, LEFT, CTRL, QPoint(to_x, to_y))
        (step,) = steps(window)
        assert step.startswith(f"add {where} ")
        assert session.net.edge_count == count + 1
        expected = session.before.net.mutate(step).trace(session.digit.image)
        assert equal(session.trace, arrays(expected))
        assert session.selection == where
        added += 1
        window.desk.undo()
        assert equal(session.trace, before)
        window.picking.pick(-1)
        settled(qtbot, window)
    assert added >= 2


def test_a_line_to_a_neuron_that_hears_it_already_selects_that_synapse_and_says_so(window):
    view, session = window.view, window.desk.session
    turn_to(window, *POSES[0])
    source, x, y = in_front(window, layer(window, "hidden3"), 1)[0]
    target, to_x, to_y = in_front(window, layer(window, "output"), 1)[0]
    QTest.mousePress(view, LEFT, CTRL, QPoint(x, y))
    QTest.mouseMove(view, QPoint(to_x, to_y))
    QTest.mouseRelease(view, LEFT, CTRL, QPoint(to_x, to_y))
    assert "there already" in window.message.messages[-1]
    assert steps(window) == []
    assert session.selection == synapse(window, source, target)


@pytest.mark.parametrize("tool", [False, True])
def test_from_a_pixel_ctrl_adds_a_synapse_and_with_shift_besides_it_draws(window, qtbot, tool):
    view, session = window.view, window.desk.session
    turn_to(window, *POSES[0])
    window.drawing.in_scene.setChecked(tool)
    source, x, y = in_front(window, layer(window, "input"), 1)[0]
    target, to_x, to_y = in_front(window, layer(window, "output"), 1)[0]
    image = session.digit.image
    for keys, did in ((CTRL, "add "), (CTRL | Qt.KeyboardModifier.ShiftModifier, "a drawing")):
        QTest.mousePress(view, LEFT, keys, QPoint(x, y))
        for share in (0.02, 1.0):
            QTest.mouseMove(view, QPoint(round(x + share * (to_x - x)), round(y + share * (to_y - y))))
        QTest.mouseRelease(view, LEFT, keys, QPoint(to_x, to_y))
        (step,) = steps(window)
        assert step.startswith(did)
        assert np.array_equal(session.digit.image, image) == (did == "add ")
        assert session.selection == (synapse(window, source, target) if did == "add " else "")
        window.desk.jump(0)
        window.picking.pick(-1)
        settled(qtbot, window)
    window.drawing.in_scene.setChecked(False)


def test_a_line_that_leads_nowhere_or_back_adds_nothing_and_says_why(window):
    view = window.view
    turn_to(window, *POSES[0])
    _, x, y = in_front(window, layer(window, "hidden3"), 1)[0]
    _, to_x, to_y = in_front(window, layer(window, "hidden1"), 1)[0]
    for end in ((to_x, to_y), (700, 600)):
        QTest.mousePress(view, LEFT, CTRL, QPoint(x, y))
        QTest.mouseMove(view, QPoint(*end))
        QTest.mouseRelease(view, LEFT, CTRL, QPoint(*end))
        assert steps(window) == []
    (words,) = window.message.messages
    assert "a signal never runs back from hidden3 to hidden1" in words
    QTest.mousePress(view, LEFT, CTRL, QPoint(x, y))
    QTest.mouseMove(view, QPoint(to_x, to_y))
    pose = view.camera.pose
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseMove(view, QPoint(to_x + 30, to_y))
    QTest.mouseRelease(view, LEFT, CTRL, QPoint(to_x, to_y))
    assert len(window.message.messages) == 1, "Escape lets go of the line"
    assert view.camera.pose == pose


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
    other = np.setdiff1d(np.arange(session.net.neuron_count), list(near))
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
                assert {"Prune …", "Noise …", "Grow …", "Remove …"} <= set(words)
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
