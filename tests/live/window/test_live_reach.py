"""By keys alone: Tab leads to whatever can be used, and each tells that it has the keys."""

import pytest
from live_windows import select, stops
from patience import PATIENCE
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from viz3d.live.reach import is_covered
from viz3d.live.widgets.parts import scrolled_by


@pytest.mark.parametrize("forth", [True, False])
def test_tab_leads_into_a_scrolled_page_to_what_is_then_seen(window, forth):
    # Lost otherwise: keys turn what lies below the edge of the page, and nobody sees it.
    window.resize(1024, 700)
    window.top.train.click()
    QApplication.processEvents()
    panel = window.training.page.panel
    bar = scrolled_by(panel.trainer_button).verticalScrollBar()
    assert bar.maximum() > 100
    bar.setValue(bar.maximum() if forth else 0)
    beside = window.timeline.loop if forth else window.viewing.corner.views["home"]
    window.activateWindow()
    beside.setFocus(Qt.FocusReason.TabFocusReason)
    window.focusNextPrevChild(forth)
    reached = QApplication.focusWidget()
    assert panel.isAncestorOf(reached)
    assert reached.visibleRegion().boundingRect() == reached.rect()


def bits(window, widget):
    QApplication.processEvents()
    spot = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-4, -4, 4, 4)
    return window.grab(spot.intersected(window.rect())).toImage()


@pytest.mark.parametrize("state", ["at rest", "a neuron", "training", "exporting", "learning"])
def test_each_stop_of_tab_is_seen_and_tells_that_it_has_the_keys(window, state):
    # Lost otherwise: keys act on what lies under another panel, and nobody sees which part has them.
    if state == "a neuron":
        select(window, "hidden1:201")
    elif state == "training":
        window.top.train.click()
    elif state == "exporting":
        window.top.train.click()
        window.exporting.open("film")
    elif state == "learning":
        window.helping.learning.toggle()
    found = stops(window)
    assert window.view in found
    assert len(found) > 25
    for stop in found:
        assert not is_covered(stop, window.root), stop.accessibleName()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        with_keys = bits(window, stop)
        stop.clearFocus()
        if not stop.visibleRegion().isEmpty():  # else it is scrolled away, and comes when it is reached
            assert bits(window, stop) != with_keys, stop.accessibleName()


def test_what_is_asked_is_heard_and_is_the_first_that_tab_leads_to(window, monkeypatch):
    # Lost otherwise: who has keys alone presses Tab thirty times for the session that a crash left.
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    window.activateWindow()
    window.setFocus()
    answers = [(word, "", lambda: None) for word in ("Restore", "Later")]
    window.question.ask("Restore it?", "It was kept.", answers)
    assert told == ["Restore it? It was kept."]
    window.focusNextPrevChild(True)
    assert QApplication.focusWidget() is window.question.buttons[0]
    window.question.leave()
    assert QApplication.focusWidget() is window


def test_what_a_panel_lies_over_is_left_out_and_what_it_covers_in_part_is_not(window):
    root = window.root
    finder = next(each for each in stops(window) if each.accessibleName() == "Find by address")
    sheet = QWidget(root)
    sheet.setGeometry(window.inspector.geometry())
    assert not is_covered(finder, root), "it is hidden"
    sheet.show()
    assert is_covered(finder, root)
    assert finder not in stops(window)
    at = finder.mapTo(root, QPoint(0, 0))
    sheet.setGeometry(at.x() + 20, at.y() - 5, 400, 60)
    assert not is_covered(finder, root)
    sheet.lower()
    sheet.setGeometry(window.inspector.geometry())
    assert not is_covered(finder, root)


def test_keys_of_a_button_that_hides_itself_go_to_what_stands_beside_it(window, qtbot):
    # Lost otherwise: "Work it out" is pressed, and Tab begins anew at the top of the window.
    select(window, "hidden1:201")
    panel = window.inspector.over_data
    panel.wanted.disconnect()
    panel.wanted.connect(lambda: panel.set_progress(0.1, "100 images"))
    window.activateWindow()
    panel.ask.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.ask, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is panel.cancel, timeout=PATIENCE)
    select(window, "")
    QApplication.processEvents()
    assert QApplication.focusWidget() is window, "not a slider of another card, which arrows would move"


def test_a_click_into_the_scene_draws_no_line_around_it(window, qtbot):
    def alike():
        window.view.setFocus(Qt.FocusReason.MouseFocusReason)
        clicked = bits(window, window.view)
        window.view.clearFocus()
        return bits(window, window.view) == clicked

    qtbot.waitUntil(alike, timeout=PATIENCE)  # on a busy machine a picture may come between the two


def test_keys_come_to_the_parts_of_the_pads_card_as_they_stand_on_it(window):
    names = [stop.accessibleName() or stop.text() for stop in stops(window)]
    order = [
        names.index(name) for name in ("Draw in 3D", "Digits to take", "What the digit is meant as", "Play")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
def test_tab_goes_down_the_page_of_a_neuron_as_it_stands(window, size):
    # Lost otherwise: in a low window, where what changes a neuron stands first, Tab goes to it last but one;
    # and from the head of any it leaps to the edits at its foot.
    window.resize(*size)
    window.desk.enter("shift hidden1:201 0.5")
    select(window, "hidden1:201")
    QApplication.processEvents()
    card = window.inspector
    parts = card.steps, card.change, card.over_data, card.edits, *card._tabs, card.table
    facts = [each for each in stops(window) if any(p is each or p.isAncestorOf(each) for p in parts)]
    assert card.edits.list in facts
    places = [each.mapTo(window, QPoint(0, 0)).y() for each in facts]
    assert len(facts) > 5
    assert places == sorted(places)


def test_a_page_that_goes_gives_the_keys_back(window):
    # Lost otherwise: after Esc the space bar presses a button that nobody chose, in place of play.
    line = window.command.line
    for begin in (window, line):
        pages = {"learn": window.helping.page, "help": window.keys, "layers": window.sheets.layers.sheet}
        for name, page in pages.items():
            begin.setFocus()
            window.actions_by_name[name].trigger()
            page.setFocus()
            assert page.isVisible()
            QTest.keyClick(page, Qt.Key.Key_Escape)
            assert not page.isVisible()
            assert window.focusWidget() is begin


def test_enter_presses_each_button_that_tab_reaches(window):
    # Lost otherwise: on a desktop whose theme does not say so, Space alone presses them.
    window.top.inspect.click()
    window.top.train.setFocus()
    QTest.keyClick(window.top.train, Qt.Key.Key_Return)
    assert window.training.page.isVisible()
    window.top.inspect.click()
    assert [each.text() for each in window.findChildren(QPushButton) if not each.autoDefault()] == []


def test_esc_leaves_an_empty_field_and_keys_go_on_from_what_was_found(window):
    # Lost otherwise: letters and arrows go on into the field, and by keys alone only Tab leads out of it.
    window.activateWindow()
    window.actions_by_name["find"].trigger()
    QTest.keyClicks(window.focusWidget(), "hidden1:201")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    window.focusNextPrevChild(True)
    assert window.inspector.isAncestorOf(window.focusWidget()), "Tab goes on where it was found"
    window.setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    session = window.desk.session
    assert session.selection.startswith("hidden2:")
    window.actions_by_name["command"].trigger()
    assert window.focusWidget() is window.command.line
    window.actions_by_name["deselect"].trigger()
    assert window.focusWidget() is window
    assert session.selection.startswith("hidden2:")
    window.actions_by_name["deselect"].trigger()
    assert not session.selection
