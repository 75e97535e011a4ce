"""The live window's answer: bars light what speaks for them, and the neurons that make it can be followed."""

import itertools

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import settled
from patience import PATIENCE
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph import address
from scenes import focus_on_class
from scenes.texts import ENGLISH
from viz3d.findings.answer import AnswerFacts
from viz3d.live.view.overlay.layer_frames import group_corners
from viz3d.live.widgets.answering import rows as rows_module
from viz3d.live.widgets.answering.class_bars import Answer
from viz3d.live.widgets.answering.strip import _share_font, _told
from viz3d.live.work import thinker


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


def decided(qtbot, window):
    """What stands in the panel, once what decides of the digit on screen is known and has its place."""
    rows = window.answer.reasons.rows
    qtbot.waitUntil(lambda: rows.at(0) is not None)
    settled(qtbot, window)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    return [rows.at(place) for place in range(5)]


def test_switching_off_the_first_neuron_moves_the_bars_to_what_stands_beside_it(window, qtbot):
    # Lost otherwise: the promise of the panel. One is named, and without it the bars are as they were.
    desk = window.desk
    window.command.entered.emit("sample digits:111")  # a four that is read as a nine
    first = decided(qtbot, window)[0]
    found = AnswerFacts(desk.session.traced).deciders
    assert [each.where for each in decided(qtbot, window)] == [each.where for each in found.neurons[:5]]
    assert window.answer.reasons._title.text() == "WHY 9 AND NOT 4"
    assert first.turns
    assert "turn the answer" in window.answer.reasons._note.text()
    QTest.mouseClick(window.answer.reasons.rows, LEFT, pos=QPoint(40, 5))
    assert desk.session.selection == first.where
    QTest.mouseClick(window.inspector.change.silent, LEFT)
    assert desk.session.traced.edits == f"ablate {first.where}"
    probabilities = desk.session.trace.probabilities
    assert int(probabilities.argmax()) == 4
    assert [ENGLISH.percent(float(probabilities[label])) for label in (9, 4)] == list(first.shares)


def test_a_reason_under_the_pointer_is_lit_and_told_to_a_screen_reader(window, qtbot):
    third = decided(qtbot, window)[2]
    rows = window.answer.reasons.rows
    QTest.mouseMove(rows, QPoint(40, 2 * rows.high + 5))
    asked = window.desk.session.trace, (third.neuron,)
    qtbot.waitUntil(lambda: window.view.painter.requests[-1].focus == asked)
    assert rows.toolTip() == "", "a tip would hide the rows below"
    assert third.tip.startswith(f"Without {third.where} alone: ")
    assert third.tip in rows.accessibleDescription()


def test_the_right_button_on_a_reason_offers_to_switch_it_off(window, qtbot):
    first = decided(qtbot, window)[0]
    QTest.mouseClick(window.answer.reasons.rows, Qt.MouseButton.RightButton, pos=QPoint(40, 5))
    assert window.desk.session.selection == first.where
    menu = window.editing.menus.menu
    next(each for each in menu.actions() if each.text() == "Ablate").trigger()
    menu.close()
    assert window.desk.session.traced.edits == f"ablate {first.where}"


def test_while_a_hand_draws_the_bars_come_first_and_the_reasons_when_it_rests(window, qtbot, monkeypatch):
    # Lost otherwise: bars that lag behind the pen, or reasons that are those of a drawing before.
    pad, answer = window.drawing.pad, window.answer
    pad.clear()
    before, led = decided(qtbot, window), leaders(window.desk.shown.traced)
    rest = thinker._PAUSE
    monkeypatch.setattr(thinker, "_PAUSE", PATIENCE / 1000)  # on a busy machine the hand rests between moves
    QTest.mousePress(pad, LEFT, pos=QPoint(108, 30))
    for y in range(40, 180, 20):
        QTest.mouseMove(pad, QPoint(108, y))
    qtbot.waitUntil(lambda: window.desk.trying)
    traced = window.desk.shown.traced
    assert answer.bars._answer.probabilities is traced.trace.probabilities
    qtbot.waitUntil(lambda: answer.reasons._title.text() == "WHY {} AND NOT {}".format(*leaders(traced)))
    rows = answer.reasons.rows
    assert rows.at(0) is None, "what was so before the pen moved is told no longer"
    # What stood there stays, so that nothing flickers: dimmed, and said to be of before.
    assert rows.stale
    assert rows._shown == tuple(before)
    assert answer.reasons._note.text() == "dimmed: {} and not {}, before this change".format(*led)
    QTest.mouseMove(rows, QPoint(40, 5))
    QTest.mouseClick(rows, LEFT, pos=QPoint(40, 5))
    assert not window.desk.session.selection
    monkeypatch.setattr(thinker, "_PAUSE", rest)
    window.showing.show()
    made = [each.where for each in AnswerFacts(traced).deciders.neurons[:5]]
    assert [each.where for each in decided(qtbot, window)] == made
    QTest.mouseRelease(pad, LEFT, pos=QPoint(108, 170))


def leaders(traced):
    return AnswerFacts(traced).leaders


def test_the_reasons_follow_another_digit_and_an_edit(window, qtbot):
    window.command.entered.emit("digit 7")
    first = decided(qtbot, window)[0]
    assert window.answer.reasons._reasons.ahead == "7"
    QTest.mouseMove(window.answer.reasons.rows, QPoint(40, 5))
    window.command.entered.emit(f"ablate {first.where}")
    assert window.answer.reasons.rows.at(0) is None
    now = decided(qtbot, window)
    assert first.where not in [each.where for each in now]
    settled(qtbot, window)
    # What now stands under the pointer is lit.
    asked = window.desk.session.trace, (now[0].neuron,)
    qtbot.waitUntil(lambda: window.view.painter.requests[-1].focus == asked)


def test_nobody_asks_for_reasons_that_a_card_hides_until_they_are_seen_again(window, qtbot):
    # Lost otherwise: each edit beside a card silences dozens more neurons, or the panel stays empty after it.
    decided(qtbot, window)
    window.command.entered.emit("select hidden1:5")
    window.command.entered.emit("digit 4")
    settled(qtbot, window)
    assert window.showing._deciding is None
    window.command.entered.emit("select none")
    assert [each.where for each in decided(qtbot, window)] == [
        each.where for each in AnswerFacts(window.desk.session.traced).deciders.neurons[:5]
    ]


def test_where_no_neuron_makes_the_answer_none_is_spoken_of(window, qtbot):
    note = window.answer.reasons._note
    decided(qtbot, window)
    window.command.entered.emit("ablate hidden3")
    qtbot.waitUntil(lambda: note.text() == "no neuron before it makes any of that")
    assert window.answer.reasons.rows.at(0) is None
    window.desk.undo()
    decided(qtbot, window)
    assert "tried" in note.text()


def test_of_a_sure_digit_it_is_told_by_how_much_it_leads_without_each(window, qtbot):
    # Lost otherwise: five rows of ">99.9 % <0.1 %", which tell nothing apart.
    window.command.entered.emit("sample digits:0")
    first, reasons = decided(qtbot, window)[0], window.answer.reasons
    assert first.shares == (">99.9%", "<0.1%")
    assert reasons.rows.heads == ("Ablate one, and it leads", "by", "less")
    lead = AnswerFacts(window.desk.session.traced).margin
    window.command.entered.emit(f"ablate {first.where}")
    left = AnswerFacts(window.desk.session.traced).margin
    assert reasons.rows._figures(first) == (f"{left:.2f}", f"{lead - left:.2f}")


def test_what_keys_walk_to_is_said_row_by_row(window, qtbot, monkeypatch):
    # Lost otherwise: with a screen reader all rows are one long text, and none is where one stands.
    said = []
    monkeypatch.setattr(rows_module, "speak", lambda _widget, words: said.append(words))
    shown = decided(qtbot, window)
    QTest.keyClick(window.answer.reasons.rows, Qt.Key.Key_Down)
    QTest.keyClick(window.answer.reasons.rows, Qt.Key.Key_Down)
    QTest.keyClick(window.answer.bars, Qt.Key.Key_Down)
    share = ENGLISH.percent(float(window.desk.session.trace.probabilities[0]))
    assert said == [shown[0].tip, shown[1].tip, f"0, {share}"]


def test_whole_maps_stand_below_the_neurons_and_are_switched_off_as_one(window, qtbot):
    window.command.entered.emit("net cnn-draw")
    window.command.entered.emit("sample digits:41")
    rows, desk = window.answer.reasons.rows, window.desk
    decided(qtbot, window)
    shown = [rows.at(place) for place in range(rows.height() // rows.high)]
    place, whole = next((place, each) for place, each in enumerate(shown) if each.neuron < 0)
    assert place > 2
    rows._hover(-1)
    rows._hover(place)
    assert window.view._pointed.group == whole.where
    QTest.mouseClick(rows, Qt.MouseButton.RightButton, pos=QPoint(40, place * rows.high + 5))
    assert [each.text() for each in window.editing.menus.menu.actions()][1:4] == ["", "Ablate", "Freeze"]
    window.editing.menus.menu.close()
    # It is framed in the scene, none of its neighbours with it.
    assert window.view.marked.group == whole.where
    settled(qtbot, window)
    scene, neurons = window.view._shown.scene, address.neurons(desk.session.net.graph, whole.where)
    (frame,) = group_corners(scene, neurons)
    # Its own synapses are lit, all else steps back.
    request = window.view.painter.requests[-1]
    assert (request.focus, request.group) == ((desk.session.trace, tuple(neurons.tolist())), True)
    # Its name stands at it, as at a neuron.
    pose = window.view.painter.requests[-1].pose
    at, seen = window.view._shown._tagged(pose, window.view.marked), pose.project(frame, scene.size)
    np.testing.assert_allclose((at.x, at.y - at.radius), (seen[:, 0].mean(), seen[:, 1].min()), atol=3)
    panel = next(each for each in scene.layout.panels if each.layer == whole.where.partition(":")[0])
    inside = np.abs(scene.layout.positions[panel.start : panel.stop] - frame.mean(axis=0)).max(axis=1)
    assert (inside <= np.abs(frame - frame.mean(axis=0)).max()).sum() == len(neurons)
    window.command.entered.emit("select none")
    qtbot.waitUntil(lambda: rows.at(place) == whole)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert "1 of 16 maps does" in window.answer.reasons._note.text()
    assert whole.turns
    QTest.mouseClick(rows, LEFT, pos=QPoint(40, place * rows.high + 5))
    assert desk.session.selection == whole.where
    QTest.mouseClick(window.inspector.group.ablate, LEFT)
    assert desk.session.trace.prediction != desk.session.before.trace.prediction


def test_shares_above_the_columns_touch_nowhere(qapp):
    # Lost otherwise: "<0.1%<0.1%>99.9%" in one row, where the card is narrow.
    left = np.array([0.0001, 0.04, 0.0001, 0.9, 0.02, 0.0002, 0.03, 0.0001, 0.0001, 0.0094], np.float32)
    answer = Answer(tuple("0123456789"), left)
    assert _told(answer, list(range(10)), 60.0) == set(range(10)), "with room, each has its own"
    assert not _told(answer, list(range(10)), 17.0)
    for step in (26.0, 32.0):
        told = sorted(_told(answer, list(range(10)), step))
        assert 3 in told
        assert not any(answer.shares[label][1].startswith("<") for label in told)
        ends = [
            (
                (label + 0.5) * step,
                QFontMetricsF(_share_font(label == 3)).horizontalAdvance(answer.shares[label][1]),
            )
            for label in told
        ]
        assert all(b - a > (wide + next_wide) / 2 for (a, wide), (b, next_wide) in itertools.pairwise(ends))
