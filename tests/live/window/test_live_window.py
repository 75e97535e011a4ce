"""The live window: a hand draws, picks and changes, and each deed is one act that can be taken back."""

import numpy as np
import pytest
from live_hands import LEFT, click, drag
from live_windows import PATIENCE, STROKE, pictured, probabilities, select, settled, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.graph import address
from viz3d.session.session import Session

WHERE = "hidden1:201"


def test_ablate_moves_the_answer_to_what_the_engine_says_and_undo_brings_all_back(window, qtbot):
    select(window, WHERE)
    session, before = window.desk.session, window.desk.session.trace
    silent = window.inspector.change.silent
    QTest.mouseClick(silent, LEFT)
    expected = session.before.net.mutate(f"ablate {WHERE}").trace(session.digit.image)
    assert all(np.array_equal(session.trace.pre[name], expected.pre[name]) for name in expected.pre)
    assert np.array_equal(window.answer.bars._answer.probabilities, expected.probabilities)
    assert np.array_equal(window.answer.bars._answer.before, before.probabilities)
    assert silent.isChecked()
    QTest.mouseClick(silent, LEFT)
    assert steps(window) == []
    assert np.array_equal(probabilities(window), before.probabilities)
    assert not silent.isChecked()


def test_to_let_a_neuron_speak_again_keeps_what_was_done_since(window):
    select(window, WHERE)
    QTest.mouseClick(window.inspector.change.silent, LEFT)
    window.command.entered.emit("scale hidden2:5 2")
    QTest.mouseClick(window.inspector.change.silent, LEFT)
    assert steps(window) == ["scale hidden2:5 2"]
    assert [str(edit) for edit in window.desk.session.net.edits] == ["scale hidden2:5 2"]


def test_a_drag_of_a_slider_shows_each_value_and_is_one_step(window):
    select(window, WHERE)
    slider = window.inspector.change.scale.slider
    shown = []
    window.desk.showed.connect(lambda: shown.append(window.desk.shown.traced.net.edits))
    QTest.mousePress(slider, LEFT, pos=QPoint(40, 10))
    for x in (60, 80, 100):
        QTest.mouseMove(slider, QPoint(x, 10))
    assert steps(window) == []
    assert len(set(shown)) >= 3
    QTest.mouseRelease(slider, LEFT, pos=QPoint(100, 10))
    (step,) = steps(window)
    assert step.startswith(f"scale {WHERE} ")
    assert np.array_equal(
        probabilities(window),
        window.desk.session.before.net.mutate(step).trace(window.desk.session.digit.image).probabilities,
    )
    assert window.inspector.change.scale.value == pytest.approx(float(step.split()[-1]), abs=0.01)
    window.desk.undo()
    assert steps(window) == []
    assert window.desk.session.net.edits == ()


def test_a_second_scale_is_of_the_neuron_as_it_was_and_not_of_the_first(window):
    select(window, WHERE)
    slider = window.inspector.change.scale.slider
    for x in (40, 90):
        drag(slider, (x - 20, 10), (x, 10))
        meant = 3 * (x - 7) / (slider.width() - 14)
        assert window.inspector._card.scale == pytest.approx(meant, abs=0.005)
    assert len(steps(window)) == 2


def test_a_picked_neuron_is_selected_and_followed_and_the_trail_leads_back(window):
    net = window.desk.session.net
    window.view.picked.emit(net.offset("hidden1") + 201)
    assert window.desk.session.selection == WHERE
    assert window.inspector._card.address == WHERE
    click(window.inspector.table.viewport(), 20, 5)
    followed = window.desk.session.selection
    assert followed.startswith("input:")
    window.actions_by_name["back"].trigger()
    assert window.desk.session.selection == WHERE
    window.actions_by_name["forth"].trigger()
    assert window.desk.session.selection == followed
    window.actions_by_name["deselect"].trigger()
    assert window.inspector._card is None
    for _ in range(3):
        window.inspector.back.emit()
    assert window.inspector._kind.text() == "ANSWER", "where all began: nobody has to know of Esc"
    assert steps(window) == [], "to look is nothing that undo counts"


def test_arrows_walk_from_what_was_picked_in_a_panel(window):
    # Lost otherwise: they do nothing before the scene was clicked.
    window.setFocus()
    window.picking.pick_place("hidden1:3")
    QTest.keyClick(window, Qt.Key.Key_Down)
    assert window.desk.session.selection == "hidden1:4"
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert window.desk.session.selection.startswith("hidden2:")


def test_a_class_whose_bar_is_clicked_is_selected(window):
    window.answer.bars.chosen.emit(7)
    assert window.desk.session.selection == "output:7"
    assert window.view.selected == address.neuron(window.desk.session.net.graph, "output:7")


def test_a_wrong_change_is_told_under_the_line_and_changes_nothing(window, qtbot):
    net = window.desk.session.net
    QTest.keyClicks(window.command.line, "ablate hidden1:9999")
    QTest.keyClick(window.command.line, Qt.Key.Key_Return)
    assert "hidden1 has neurons 0..511" in window.command._error.text()
    assert window.desk.session.net is net
    window.command.line.clear()
    QTest.keyClicks(window.command.line, "ablate hidden1:17; clamp hidden2:5 0.8")
    QTest.keyClick(window.command.line, Qt.Key.Key_Return)
    assert steps(window) == ["ablate hidden1:17; clamp hidden2:5 0.8"]
    assert window.command.line.text() == ""


def test_a_step_in_the_list_is_jumped_to(window):
    for line in ("ablate hidden1:1", "select hidden1:2", "ablate hidden1:2", "digit 3"):
        window.command.entered.emit(line)
    window.inspector.edits.jumped.emit(1)
    assert steps(window) == ["ablate hidden1:1"]
    assert window.desk.steps()[0] == ["ablate hidden1:1", "ablate hidden1:2", "digit 3"]
    window.inspector.edits.jumped.emit(3)
    assert window.desk.session.label == 3
    window.actions_by_name["undo"].trigger()
    window.actions_by_name["undo"].trigger()
    assert steps(window) == ["ablate hidden1:1"]
    window.actions_by_name["redo"].trigger()
    assert steps(window) == ["ablate hidden1:1", "ablate hidden1:2"]


def test_a_key_that_is_held_shows_the_net_before_its_edits_and_says_so(window, qtbot):
    window.command.entered.emit("ablate hidden1:0-300")
    changed = window.desk.session.net
    settled(qtbot, window)
    assert "before" not in window.showing.drawn.scene.words.source
    QTest.keyPress(window, Qt.Key.Key_B)
    assert window.desk.shown.traced.net is window.desk.session.before.net
    settled(qtbot, window)
    assert window.showing.drawn.scene.words.source.endswith("before the edits")
    # A busy X server's repeat of a key that is held: lost otherwise, the picture flickers between both.
    QTest.keyRelease(window, Qt.Key.Key_B)
    assert window.desk.comparing
    QTest.keyPress(window, Qt.Key.Key_B)
    assert window.desk.shown.traced.net is window.desk.session.before.net
    assert not window._let_go.isActive()
    QTest.keyRelease(window, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: window.desk.shown.traced.net is changed, timeout=PATIENCE)


def test_the_menu_changes_a_neuron_and_resets_it(window):
    select(window, WHERE)
    offered = window.inspector.change.menu_button.menu

    def marked():
        return [each.text() for each in offered().actions()[0].menu().actions() if each.isChecked()]

    assert marked() == ["relu"]
    window.editing.neuron.more("Function tanh")
    assert marked() == ["tanh"]
    window.editing.neuron.more("Cut what leaves it")
    assert steps(window) == [f"function {WHERE} tanh", f"cut {WHERE} -> hidden2"]
    window.editing.neuron.more("Reset")
    assert steps(window) == [f"cut {WHERE} -> hidden2"]
    window.editing.neuron.more("Add a synapse …")
    assert window.command.line.text() == f"add {WHERE} -> output:0 0.5"


def test_what_was_done_is_copied_as_a_script_that_leads_to_the_same(window):
    drag(window.drawing.pad, *STROKE)
    window.command.entered.emit("ablate hidden1:17")
    again = Session.play(window.writing.script().splitlines())
    assert np.array_equal(again.trace.probabilities, probabilities(window))
    assert 'net = net.mutate("ablate hidden1:17")' in window.writing.python()


def test_the_clock_runs_only_while_it_plays(window, qtbot):
    assert not window.playing.clock.isActive()
    window.playing.begin()
    window.showing.show()
    window.playing._tick()
    assert window.timeline.time == 0  # nobody would see the digit cross before there is a picture
    pictured(window)
    qtbot.waitUntil(lambda: bool(0 < window.timeline.time < 10), timeout=PATIENCE)
    assert window.playing.clock.isActive()
    assert window.view.painter.requests[-1].t == window.timeline.time
    window.timeline.speed.emit(400.0)
    qtbot.waitUntil(lambda: not window.playing.clock.isActive(), timeout=PATIENCE)
    assert window.timeline.time == window.timeline.track.beats.seconds


def test_a_scene_of_before_an_act_is_dropped(window, qtbot):
    stale = window.desk.shown
    scene, trace = window.showing.drawn.scene, window.desk.session.trace
    window.command.entered.emit("ablate hidden1:0-300")
    settled(qtbot, window)
    now = window.showing.drawn.scene
    from viz3d.live.work.thinker import Composed

    window.thinker.composed.emit(Composed(trace, scene, stale))
    assert window.showing.drawn.scene is now


def test_a_window_that_is_minimised_has_no_pictures_drawn_until_it_is_back(window, qtbot):
    # Nobody sees them, and a run that goes on gets their processors.
    drawn = window.view.painter.requests
    window.showMinimized()
    before = len(drawn)
    select(window, "hidden1:201")
    window.command.entered.emit("ablate hidden1:0-300")
    settled(qtbot, window)
    assert len(drawn) == before
    window.showNormal()
    assert drawn[-1].scene is window.showing.drawn.scene
