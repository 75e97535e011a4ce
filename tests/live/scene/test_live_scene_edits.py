"""What a hand changes in the scene of the live window, from several sides and in several nets."""

import numpy as np
import pytest
from live_hands import LEFT
from live_scenes import (
    CTRL,
    POSES,
    arrays,
    equal,
    in_front,
    layer,
    synapse,
    turn_to,
    untouched,
)
from live_windows import settled, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

NETS = ["mlp", "cnn-draw", "vit-tiny"]
FAR = {"mlp": "hidden1", "cnn-draw": "conv1", "vit-tiny": "tokens"}  # of the output: no synapse leads there


@pytest.fixture
def window(request, qtbot, windows):
    return untouched(qtbot, windows(getattr(request, "param", "mlp")))


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
    # Lost otherwise: a line that a hand ends just beside so small a neuron is gone without a word.
    to_x -= next(far for far in range(1, 40) if view.neuron_at(to_x - far, to_y) < 0)
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
