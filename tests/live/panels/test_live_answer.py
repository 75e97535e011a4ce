"""The live window's answer: bars light what speaks for them, and the neurons that make it can be followed."""

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import settled
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

import engine
from scenes import focus_on_class
from viz3d.findings.answer import AnswerFacts


@pytest.fixture
def window(pictured_window):
    return pictured_window


def on_bar(window, label, share=0.5):
    """Where the picture shows a place of a bar's track."""
    picture = window.view.picture
    bars = picture.scene.layout.bars
    place = bars.base[label] + share * bars.length * bars.along
    x, y = picture.frame.camera.project(place[None], picture.scene.size)[0]
    return QPoint(round(float(x)), round(float(y)))


def lit(qtbot, window, bar):
    """Wait until what speaks for a class is lit; None for none."""
    qtbot.waitUntil(lambda: lit_now(window) == bar)


def lit_now(window):
    evidence = window.view.painter.requests[-1].evidence
    return None if evidence is None else evidence[1]


def test_a_bar_under_the_pointer_lights_what_speaks_for_it_and_all_else_steps_back(window, qtbot):
    bars, view = window.answer.bars, window.view
    QTest.mouseMove(bars, QPoint(60, 6 * bars.high + 8))
    lit(qtbot, window, 6)
    request = view.painter.requests[-1]
    assert request.evidence[0] is window.desk.session.trace
    focus = focus_on_class(request.evidence[0], request.scene.layout, request.scene.theme, 6)
    moment = request.scene.moment(request.scene.seconds)
    plain, stepped = (request.scene.seen(moment, focus=each).synapse_rgba[..., 3] for each in (None, focus))
    assert (stepped <= 0.12 * plain + 1).all()
    frame = request.scene.seen(moment, request.pose, request.free, focus)
    entries, told = request.stamp.edges._entries(frame.t, frame.focus)
    # Neurons keep their colours while a class is lit, and so does the legend their scale.
    assert [text for _, _, text in entries][1:] == ["speaks for 6", "speaks against 6"]
    np.testing.assert_array_equal(entries[0][0], request.scene.words.scale.colours(request.scene.theme))
    assert told[-1] == f"the {len(focus.value)} synapses of most evidence"
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    lit(qtbot, window, None)


def test_a_bar_in_the_scene_is_lit_under_the_pointer_and_a_click_selects_its_output(window, qtbot):
    # Lost otherwise: the bars in space are only to look at.
    view = window.view
    for label in (9, 2):
        QTest.mouseMove(view, on_bar(window, label))
        lit(qtbot, window, label)
        assert window.answer.bars._under == label, "both bars of a class are lit"
    QApplication.sendEvent(window.answer.bars, QEvent(QEvent.Type.Leave))
    qtbot.wait(150)
    assert lit_now(window) == 2, "a panel that is left takes back only what it lit itself"
    QTest.mouseMove(view, QPoint(view.width() // 2, 8))
    lit(qtbot, window, None)
    QTest.mouseClick(view, LEFT, pos=on_bar(window, 7, 0.9))
    assert window.desk.session.selection == "output:7"
    assert window.inspector._card.address == "output:7"


def test_what_a_hidden_panel_lit_is_lit_no_longer(window, qtbot):
    QTest.mouseMove(window.answer.bars, QPoint(60, 3 * window.answer.bars.high + 8))
    lit(qtbot, window, 3)
    QTest.mouseClick(window.answer.bars, LEFT, pos=QPoint(60, 3 * window.answer.bars.high + 8))
    assert window.desk.session.selection == "output:3"
    lit(qtbot, window, None)
    assert window.view.painter.requests[-1].focus[1] == (window.view.selected,)


def test_the_five_neurons_stand_in_the_panel_are_lit_and_followed(window, qtbot):
    rows, desk = window.answer.reasons.rows, window.desk
    first, second = np.argsort(-desk.session.trace.probabilities)[:2]
    margins = engine.margins(desk.session.trace, "hidden3", int(first), int(second))
    expected = [f"hidden3:{i}" for i in margins.order[:5]]
    assert list(rows._reasons.names) == expected
    assert window.answer.reasons._title.text() == f"WHY {first} AND NOT {second}"
    QTest.mouseMove(rows, QPoint(40, 2 * rows.high + 5))
    neuron = rows._reasons.neurons[2]
    qtbot.waitUntil(lambda: window.view.painter.requests[-1].focus == (desk.session.trace, (neuron,)))
    QTest.mouseClick(rows, LEFT, pos=QPoint(40, 2 * rows.high + 5))
    assert desk.session.selection == expected[2]


def test_while_a_hand_draws_the_bars_come_first_and_then_the_reasons(window, qtbot):
    # Lost otherwise: bars that lag behind the pen, or reasons that are those of a drawing before.
    pad, answer = window.drawing.pad, window.answer
    pad.clear()
    QTest.mousePress(pad, LEFT, pos=QPoint(108, 30))
    for y in range(40, 180, 20):
        QTest.mouseMove(pad, QPoint(108, y))
    qtbot.waitUntil(lambda: window.desk.trying)
    traced = window.desk.shown.traced
    assert answer.bars._answer.probabilities is traced.trace.probabilities
    made = [each.where for each in AnswerFacts(traced).makers]
    qtbot.waitUntil(lambda: list(answer.reasons.rows._reasons.names) == made)
    QTest.mouseRelease(pad, LEFT, pos=QPoint(108, 170))


def test_the_reasons_follow_another_digit_and_an_edit(window, qtbot):
    window.command.entered.emit("digit 7")
    trace = window.desk.session.trace
    reasons = window.answer.reasons.rows._reasons
    assert reasons.ahead == str(trace.prediction) == "7"
    QTest.mouseMove(window.answer.reasons.rows, QPoint(40, 5))
    window.command.entered.emit(f"ablate {reasons.names[0]}")
    assert reasons.names[0] not in window.answer.reasons.rows._reasons.names
    settled(qtbot, window)
    other = window.answer.reasons.rows._reasons.neurons[0]
    # What now stands under the pointer is lit.
    qtbot.waitUntil(lambda: window.view.painter.requests[-1].focus == (window.desk.session.trace, (other,)))


def test_where_no_neuron_makes_the_answer_none_is_spoken_of(window):
    notes = [each for each in window.answer.reasons.findChildren(QLabel) if "silenced" in each.text()]
    assert len(notes) == 1
    window.command.entered.emit("ablate hidden3")
    assert not window.answer.reasons.rows._reasons.neurons
    assert notes[0].text() == "no neuron before it makes any of that"
    window.desk.undo()
    assert "silenced" in notes[0].text()
