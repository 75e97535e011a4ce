"""Lines, addresses and menus of the live window; what takes long goes on beside it."""

import pytest
from live_edits import WHERE, equal, typed
from live_windows import PATIENCE, select, steps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


@pytest.fixture
def window(edited_window):
    return edited_window


def test_menus_offer_what_can_be_done_with_what_is_selected(window):
    entries = {}
    for where in ("hidden1:434", WHERE, "hidden1", ""):
        select(window, where)
        entries[where] = [entry[0] for entry in window.editing.menus.entries() if entry]
    assert {"Ablate", "Freeze", "Clamp …", "Shift …", "Function"} <= set(entries["hidden1:434"])
    assert {"Cut", "Nudge up", "Set its weight …", "Go to hidden1:434"} <= set(entries[WHERE])
    assert {"Prune …", "Grow …", "Remove neurons …", "Ablate all of it"} <= set(entries["hidden1"])
    assert entries[""] == []
    select(window, WHERE)
    window.actions_by_name["menu"].trigger()
    menu = window.editing.menus.menu
    next(action for action in menu.actions() if action.text() == "Set its weight …").trigger()
    menu.close()
    assert window.command.line.text().startswith(f"set {WHERE} ")
    assert window.command.line.selectedText()


def test_an_address_is_completed_and_found(window):
    search = window.inspector.search
    window.actions_by_name["find"].trigger()
    assert window.focusWidget() is search
    QTest.keyClicks(search, "hidd")
    QTest.keyClick(search, Qt.Key.Key_Tab)
    assert search.text() == "hidden1:"
    brightest = int(window.desk.session.trace.activation["hidden1"].argmax())
    QTest.keyClick(search, Qt.Key.Key_Tab)
    assert search.text() == f"hidden1:{brightest}"
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert window.desk.session.selection == f"hidden1:{brightest}"
    assert search.text() == ""
    for words, found in (("hidden2", "hidden2"), (WHERE, WHERE)):
        search.setText(words)
        search.returnPressed.emit()
        assert window.desk.session.selection == found
    search.setText("hidden9:3")
    search.returnPressed.emit()
    assert "did you mean hidden" in window.message.messages[-1]
    assert search.property("wrong")
    assert window.desk.session.selection == WHERE
    search.clear()


def test_the_line_completes_addresses_and_functions(window):
    offers = window.editing.entering._offers
    assert offers("ablate hidden1:2")[0].startswith("hidden1:2")
    assert offers("cut hidden1:3 ") == ["->"]
    assert "tanh" in offers("function hidden1:3 ")
    assert "undo" in offers("und")


def test_to_look_around_after_undo_does_not_drop_what_can_be_done_again(window):
    typed(window, "ablate hidden1:1")
    typed(window, "ablate hidden1:2")
    last = window.desk.session.trace
    window.actions_by_name["undo"].trigger()
    window.actions_by_name["undo"].trigger()
    window.picking.pick_place("hidden1:3")
    window.picking.pick_place("hidden1:3 -> hidden2:5")
    assert window.desk.steps() == (["ablate hidden1:1", "ablate hidden1:2"], 0)
    window.actions_by_name["redo"].trigger()
    window.actions_by_name["redo"].trigger()
    assert steps(window) == ["ablate hidden1:1", "ablate hidden1:2"]
    assert equal(window.desk.session.trace, last)


LONG = "train steps 100000 images 500 seed 0 batch 1"
SHORT = "train steps 6 images 100 seed 0 batch 10"


def test_a_long_act_runs_beside_the_window_and_escape_stops_it(window, qtbot):
    session, net = window.desk.session, window.desk.session.net
    typed(window, LONG)
    qtbot.waitUntil(lambda: window.command._bar.share > 0, timeout=PATIENCE)
    assert window.command._work.isVisible()
    assert window.command.line.text() == "", "the line is free"
    window.picking.pick_place("hidden1:3")
    typed(window, "select hidden1:4")
    assert session.selection == "hidden1:4"
    typed(window, "ablate hidden1:4")
    assert "is under way" in window.command._error.text()
    window.actions_by_name["ablate"].trigger()
    window.actions_by_name["undo"].trigger()
    assert all("is under way" in words for words in window.message.messages)
    assert len(window.message.messages) == 2
    other = Session(UseNet("mlp"), TakeDigit(3), "digits")
    # Lost otherwise: what is under way would become an act of the session that took this one's place.
    assert not window.desk.attempt(lambda: window.opening.show_session(other))
    assert "is under way" in window.message.messages[-1]
    assert not window.training.page.isEnabled()
    assert session.net is net
    window.actions_by_name["deselect"].trigger()
    qtbot.waitUntil(lambda: not window.command._work.isVisible(), timeout=PATIENCE)
    assert session.net is net
    assert session.selection == "hidden1:4"
    assert "was stopped" in window.message.messages[-1]
    window.command.line.clear()
    typed(window, "ablate hidden1:4")
    assert steps(window) == ["ablate hidden1:4"], "the window takes changes again"


@pytest.mark.parametrize(
    "line",
    [
        SHORT,
        "evolve output generations 2 population 2 images 50 seed 0",
        "train steps 0 images 9 seed 1 weights new",
    ],
)
def test_a_long_act_is_an_act_to_the_last_bit_and_a_digit_may_come_meanwhile(window, qtbot, line):
    session, net = window.desk.session, window.desk.session.net
    typed(window, line)
    typed(window, "digit 3")
    qtbot.waitUntil(lambda: session.net is not net, timeout=PATIENCE)
    assert {step.partition(" ")[0] for step in steps(window)} == {line.partition(" ")[0], "digit"}
    again = Session.play(window.writing.script().splitlines())
    assert equal(session.trace, again.trace)
    window.desk.jump(0)
    assert session.net is net


def test_a_training_that_was_typed_can_be_gone_on_with(window, qtbot):
    # Lost otherwise: what the optimizer knows, where the run was done beside the window.
    session = window.desk.session
    for line in (SHORT, "train steps 2 images 100 seed 0 state kept"):
        net = session.net
        typed(window, line)
        qtbot.waitUntil(lambda net=net: session.net is not net, timeout=PATIENCE)
    assert equal(session.trace, Session.play(window.writing.script().splitlines()).trace)


def test_a_long_act_that_cannot_be_done_says_why_and_leaves_the_window_free(window, qtbot):
    net = window.desk.session.net
    typed(window, "evolve hidden9 generations 1 population 1 images 1 seed 0")
    qtbot.waitUntil(lambda: bool(window.message.messages), timeout=PATIENCE)
    assert "no layer 'hidden9'" in window.message.messages[-1]
    assert window.desk.session.net is net
    assert not window.command._work.isVisible()
    typed(window, "evolve output")
    assert "write it like evolve" in window.command._error.text()


def test_undo_after_a_line_takes_back_what_it_did_and_not_the_line(window, qtbot):
    # Lost otherwise: who types an edit and presses Ctrl+Z gets the words back, and keeps the edit.
    line = window.command.line
    line.setFocus()
    typed(window, "ablate hidden1:17")
    assert steps(window) == ["ablate hidden1:17"]
    assert window.focusWidget() is line
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (steps(window), line.text()) == ([], "")
    QTest.keyClick(
        line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert steps(window) == ["ablate hidden1:17"]
    QTest.keyClicks(line, "abl")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (steps(window), line.text()) == (["ablate hidden1:17"], "")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert steps(window) == []
