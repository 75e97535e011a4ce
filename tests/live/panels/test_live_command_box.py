"""The line in which any change can be typed: completed, entered once, and told what is wrong with it."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.widgets.sheet import dress


@pytest.fixture
def host(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    return host


@pytest.fixture
def box(host, qapp):
    dress(qapp, "dark")
    box = CommandBox()
    column = QVBoxLayout(host)
    column.addWidget(box)
    column.addWidget(QPushButton("where Tab goes else"))
    host.resize(300, 100)
    known = ("ablate", "amplify", "hidden1", "hidden2", "conv1:", "conv1:3,4,12")
    box.line.set_offers(lambda text: [word for word in known if word.startswith(text.split(" ")[-1])])
    host.show()
    box.line.setFocus()
    return box


def write(box, text):
    QTest.keyClicks(box.line, text)


def press(box, key):
    popup = box.line._popup
    QTest.keyClick(popup if popup.isVisible() else box.line, key)


def test_a_line_is_told_when_it_is_entered_and_kept_until_it_is_accepted(box):
    told = []
    box.entered.connect(told.append)
    write(box, "  prune hidden1:* 30% ")
    press(box, Qt.Key.Key_Return)
    assert told == ["prune hidden1:* 30%"]
    assert box.line.text() != ""
    box.accept()
    assert box.line.text() == ""
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert len(told) == 1, "an empty line is nothing"


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("ab", "ablate "),
        ("ablate hid", "ablate hidden1"),
        ("ablate hidden1:3; am", "ablate hidden1:3; amplify "),
        ("ablate conv1:3,", "ablate conv1:3,4,12"),
    ],
)
def test_tab_completes_the_word_at_the_cursor(box, typed, completed):
    write(box, typed)
    press(box, Qt.Key.Key_Tab)
    assert box.line.text() == completed
    assert box.line.hasFocus(), "the line goes on"


def test_what_is_completed_and_goes_on_leaves_room_for_the_next_word(qtbot, qapp):
    # Lost otherwise: Tab and then "hidden1:3" gives "ablatehidden1:3", which is no act.
    box = CommandBox()
    qtbot.addWidget(box)
    offers = {"abl": ["ablate"], "ablate ": ["hidden1:"], "ablate h": ["hidden1:"]}
    box.line.set_offers(lambda text: offers.get(text, []))
    box.show()
    write(box, "abl")
    press(box, Qt.Key.Key_Tab)
    QTest.keyClicks(box.line, "h")
    press(box, Qt.Key.Key_Tab)
    QTest.keyClicks(box.line, "3")
    assert box.line.text() == "ablate hidden1:3"


def test_a_line_that_is_entered_beside_its_completions_leaves_nothing_behind(box):
    told = []
    box.entered.connect(lambda line: (told.append(line), box.accept()))
    popup = box.line._popup
    write(box, "ablate h")
    # As a window on a screen has it: the first one is current, though nobody has walked to it.
    first, mark = popup.model().index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
    popup.selectionModel().setCurrentIndex(first, mark)
    press(box, Qt.Key.Key_Return)
    assert (told, box.line.text()) == (["ablate h"], "")
    write(box, "ablate h")
    press(box, Qt.Key.Key_Down)
    press(box, Qt.Key.Key_Down)
    press(box, Qt.Key.Key_Return)
    assert (told, box.line.text()) == (["ablate h"], "ablate hidden2"), "the one that was walked to is taken"


def test_no_completion_is_cut(box):
    write(box, "ablate h")
    popup = box.line._popup
    rows = popup.model().rowCount()
    assert rows > 1
    last = popup.visualRect(popup.model().index(rows - 1, 0))
    assert popup.viewport().rect().contains(last), "all of a few are whole"


def test_a_completion_is_picked_with_the_arrow_keys_and_enter(box):
    write(box, "ablate h")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(box, key)
    assert box.line.text() == "ablate hidden2"


def test_enter_sends_what_was_typed_where_no_completion_was_picked(box, qtbot):
    write(box, "ablate hidden")
    with qtbot.waitSignal(box.entered) as told:
        press(box, Qt.Key.Key_Return)
    assert told.args == ["ablate hidden"]


def test_what_is_wrong_is_said_until_the_line_is_changed(box):
    write(box, "ablate hidden9")
    box.show_error("there is no layer 'hidden9'")
    assert box._error.isVisible()
    write(box, "x")
    assert not box._error.isVisible()


def test_up_and_down_bring_back_what_was_entered(box):
    for line in ("one", "two", "one"):
        box.line.setText(line)
        box.accept()
    found = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(box.line, key)
        found.append(box.line.text())
    assert found == ["one", "two", "two", "one", ""]
