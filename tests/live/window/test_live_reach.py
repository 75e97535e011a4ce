"""By keys alone: Tab leads to whatever can be used, and each tells that it has the keys."""

from dataclasses import replace

import pytest
from live_windows import select
from patience import PATIENCE
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from viz3d.live.reach import is_covered
from viz3d.live.widgets.parts import scrolled_by


def stops(window):
    """What Tab leads to, from the scene once around."""
    window.activateWindow()
    window.view.setFocus(Qt.FocusReason.TabFocusReason)
    found = []
    for _ in range(100):
        window.focusNextPrevChild(True)
        stop = QApplication.focusWidget()
        if stop in found:
            break
        found.append(stop)
    return found


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
    parts = card.change, card.over_data, card.edits, *card._tabs, card.table
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


def test_a_screen_reader_is_told_the_answer_once_it_rests_and_messages_at_once(window, qtbot, monkeypatch):
    # Who does not see the bars would have to go to them after each stroke.
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    answer = window.answer
    answer._spoken.setInterval(10)
    shown = answer.bars._answer
    answer.set_answer(shown)
    answer.set_answer(shown)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    name = shown.classes[shown.prediction]
    assert told == [f"{name} · {answer._share.text()}, {answer._note.text()}"]
    answer.set_answer(shown)
    qtbot.wait(50)
    assert len(told) == 1, "the same again"
    window.desk.said.emit("saved")
    assert told[1:] == ["saved"]
    window.training.page.panel.set_running(True)
    answer.set_answer(replace(shown, label=None))
    qtbot.wait(50)
    assert len(told) == 2, "each second another, while it learns"
    window.training.page.panel.set_running(False)
    qtbot.waitUntil(lambda: "no label" in told[-1], timeout=PATIENCE)


def test_enter_presses_each_button_that_tab_reaches(window):
    # Lost otherwise: on a desktop whose theme does not say so, Space alone presses them.
    window.top.inspect.click()
    window.top.train.setFocus()
    QTest.keyClick(window.top.train, Qt.Key.Key_Return)
    assert window.training.page.isVisible()
    window.top.inspect.click()
    assert [each.text() for each in window.findChildren(QPushButton) if not each.autoDefault()] == []


def test_esc_leaves_an_empty_field_and_arrows_walk_on_from_what_was_found(window):
    # Lost otherwise: letters and arrows go on into the field, and by keys alone only Tab leads out of it.
    window.actions_by_name["find"].trigger()
    QTest.keyClicks(window.focusWidget(), "hidden1:201")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
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


@pytest.mark.parametrize("state", ["at rest", "a neuron", "training"])
def test_a_screen_reader_is_told_what_each_part_is_and_what_it_shows(window, state):
    # Lost otherwise: readers pass over what Qt calls a filler, and nobody hears a bar.
    if state == "a neuron":
        select(window, "hidden1:201")
    elif state == "training":
        window.top.train.click()
    told = {stop: QAccessible.queryAccessibleInterface(stop) for stop in stops(window)}
    for stop, known in told.items():
        name, text = known.text(QAccessible.Text.Name), known.text(QAccessible.Text.Description)
        assert name, stop
        assert known.role() not in (QAccessible.Role.Client, QAccessible.Role.NoRole), name
        if stop is window.answer.bars:
            assert known.role() == QAccessible.Role.List
            answer = stop.answer
            assert f"{answer.classes[answer.prediction]}, {window.answer._share.text()}" in text
        elif stop is window.timeline.track:
            assert text.endswith(f"{stop.time:.1f} of {stop.beats.seconds:.1f} seconds")


def heard(part):
    """All that a screen reader finds on the screen under a part, as it goes through: (role, name, text)."""
    for place in range(part.childCount()):
        child = part.child(place)
        if child is not None and child.isValid() and not child.state().invisible:
            yield (
                child.role(),
                child.text(QAccessible.Text.Name),
                child.text(QAccessible.Text.Description),
                child,
            )
            yield from heard(child)


@pytest.mark.parametrize("state", ["at rest", "a neuron", "a synapse", "training"])
def test_a_screen_reader_finds_no_part_without_a_name(window, state):
    # Lost otherwise: "image", "panel", "slider 139" is all that is said of a curve, a card, a clamp.
    Role = QAccessible.Role
    if state == "training":
        window.top.train.click()
    elif state != "at rest":
        select(window, {"a neuron": "hidden1:201", "a synapse": "hidden1:201 -> hidden2:5"}[state])
    QApplication.processEvents()
    found = list(heard(QAccessible.queryAccessibleInterface(window)))
    silent = {Role.Client, Role.NoRole, Role.StaticText, Role.ScrollBar, Role.Separator}
    mine = [each for each in found if each[-1].object() is not None]  # a table's corner is Qt's own
    nameless = [(role, part.object()) for role, name, _, part in mine if role not in silent and not name]
    assert not nameless, nameless
    names = {name for _, name, _, _ in found}
    assert "Network: mlp" in names
    for _, name, text, part in found:
        # What Qt takes for a slider's value is the place of its handle.
        assert part.role() != Role.Slider or (text and part.valueInterface() is None), name
    if state == "training":
        assert {"Chart: Loss", "Trainer: adam", "decay loss: not known yet", "Progress of the run"} <= names
        window.training.page.panel.charts.set_run([1, 2], ([2, 1], [2, 1.5]), ([0.1, 0.5], [0.1, 0.3]))
        chart = QAccessible.queryAccessibleInterface(window.training.page.panel.charts.loss)
        assert "step 2: 1.5" in chart.text(QAccessible.Text.Description)
    elif state != "at rest":
        told = next(text for _, name, text, _ in found if name == "The network in space")
        assert told.startswith("hidden1:201, " if state == "a neuron" else "hidden1:201 -> hidden2:5, ")


def test_a_screen_reader_hears_where_keys_lead(window, qtbot, monkeypatch):
    # Lost otherwise: with arrows the selection walks, and nothing is heard of where it is.
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    for where in ("hidden1:201", "hidden1:201 -> hidden2:5", "hidden2"):
        select(window, where)
        qtbot.waitUntil(lambda where=where: where in told[-1] if told else False, timeout=PATIENCE)
    QTest.keyClick(window.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: told[-1].startswith("hidden2:0, "), timeout=PATIENCE)
    for part, words in (
        (window.timeline.track, "seconds"),
        (window.drawing.meant.digits, ""),
        (window.drawing.seen, "row"),
    ):
        told.clear()
        QTest.keyClick(part, Qt.Key.Key_Left)
        assert told
        assert words in told[-1]
