"""The sheets beside training: the architecture is edited in one, a test is told in the other."""

import numpy as np
import pytest
from live_hands import click, click_on
from live_windows import PATIENCE, settled, steps
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from viz3d.evaluate.report import label_of, likeliest
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.training.architecture_sheet import LayersField


@pytest.fixture
def field(qtbot, qapp):
    """A field for an architecture, by itself."""
    dress(qapp, "dark")
    field = LayersField()
    qtbot.addWidget(field)
    field.resize(420, 300)
    field.show()
    return field


def test_the_architecture_is_edited_in_place_and_what_is_wrong_is_said_beside_it(training_window, qtbot):
    window = training_window
    window.top.train.click()
    click_on(window.training.page.panel.layers_button)
    sheet = window.training_sheets.layers
    assert sheet.isVisible()
    assert sheet.field.toPlainText().startswith("input 28x28\ndense 512 relu\n")
    net = window.desk.session.net
    sheet.field.setPlainText("input 28x28\nconv 8 5x5 rellu\npool 2\ndense 10 softmax")
    click_on(sheet.change)
    assert window.desk.session.net is net
    assert sheet.field.words.isVisible()
    assert "did you mean relu?" in sheet.field.words.text()
    (mark,) = sheet.field.extraSelections()
    assert mark.cursor.selectedText() == "rellu"
    box = sheet.field.cursorRect(mark.cursor)
    assert abs(sheet.field.words.y() - box.top()) < 8, "beside the word's line"
    assert sheet.field.words.x() > longest(sheet.field), "no line lies under it"
    assert window.focusWidget() is sheet.field, "what is typed next would be the window's keys"
    QTest.keyClick(sheet.field, Qt.Key.Key_End)
    QTest.keyClick(sheet.field, Qt.Key.Key_Backspace)
    assert not sheet.field.words.isVisible()
    sheet.field.setPlainText("input 28x28\nconv 8 5x5 relu\npool 2\ndense 10 softmax")
    click_on(sheet.change)
    settled(qtbot, window)
    assert window.desk.session.net.text == "input 28x28 | conv 8 5x5 relu | pool 2 | dense 10 softmax"
    assert window.desk.session.script()[-1].startswith("architecture seed 0 input 28x28 | conv 8")
    QTest.keyClick(sheet.field, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    window.desk.undo()
    assert window.desk.session.net is net


def longest(field):
    """Where the longest line of a text ends, px."""
    cursor, ends = field.textCursor(), []
    cursor.movePosition(cursor.MoveOperation.Start)
    while cursor.movePosition(cursor.MoveOperation.EndOfBlock) and not cursor.atEnd():
        ends.append(field.cursorRect(cursor).right())
        cursor.movePosition(cursor.MoveOperation.NextBlock)
    return max([*ends, field.cursorRect(cursor).right()])


def test_beside_long_lines_what_is_wrong_is_said_under_all_of_them_or_if_they_fill_it_under_its_word(
    field,
):
    # Lost otherwise: the next two layers lie under it.
    layers = ["imput 28x28", "dense 10 softmax as a_name_that_leaves_no_room_beside_it"]
    for text, line in (("\n".join(layers), 1), ("\n".join(layers * 20), 0)):
        field.setPlainText(text)
        field.mark(1, 1, 5, "did you mean input?")
        box = field.cursorRect(QTextCursor(field.document().findBlockByNumber(line)))
        assert box.bottom() < field.words.y() < box.bottom() + 16
        assert field.words.geometry().bottom() < field.viewport().height()


def test_what_is_wrong_has_the_lines_that_it_needs_whatever_was_wrong_before(field):
    # Lost otherwise: of a longer error only the upper half of its first line.
    field.setPlainText("input 28x28")
    heights = []
    for count in (1, 30, 1):
        field.mark(1, 1, 5, "unknown " * count)
        assert field.words.height() >= field.words.heightForWidth(field.words.width())
        heights.append(field.words.height())
    assert heights[0] == heights[2] < heights[1]


def test_no_halves_of_words_stick_out_beside_the_architecture(training_window, qtbot):
    window = training_window
    # Lost otherwise: names of layers and the answer lie half under the sheet.
    window.top.train.click()
    before = QRectF(window.view._free)
    for size, covered in (((1440, 900), False), ((1024, 700), True)):
        window.resize(*size)
        click_on(window.training.page.panel.layers_button)
        sheet = window.training_sheets.layers
        assert ("architecture" in window.view._sheets) is covered
        assert QRectF(sheet.geometry()).intersects(window.view._free) is covered
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        assert not window.view._sheets
    window.resize(1440, 900)
    assert window.view._free == before


def test_what_is_said_lies_over_no_button_of_the_architecture(training_window):
    # Lost otherwise: whoever presses the button while a run tells of itself presses the message.
    window = training_window
    window.top.train.click()
    click_on(window.training.page.panel.layers_button)
    sheet = window.training_sheets.layers
    words = "where the last run stood is not known: the optimizer begins with a fresh state, as a new run"
    for size in ((960, 640), (1024, 700), (1440, 900)):
        window.resize(*size)
        window.message.say(words)
        sheet.say(
            "column 7, “28x28conv” in “input 28x28conv 8 5x5 relu pool 2 dense 32 tanh dense 9 softmax”"
        )
        window.message.say(words)
        said = window.message.geometry()
        assert sheet.geometry().contains(said)
        for each in (sheet.change, sheet._told, sheet.close_button):
            assert not said.intersects(each.geometry().translated(sheet.pos())), each.text()
        window.message.close_message()


def test_a_test_is_told_wide_and_a_click_takes_the_image(training_window, qtbot):
    window = training_window
    window.top.train.click()
    click_on(window.training.page.panel.test_button)
    report = window.training_sheets.report
    qtbot.waitUntil(report.isVisible, timeout=PATIENCE)
    told = window.training_sheets._tested
    words = [each.text() for each in report.findChildren(QLabel)]
    assert {f"{told.result.correct:,}", "200"} <= set(words)
    assert report.matrix._counts.sum() == 200
    report.grab()
    assert report.geometry().bottom() == window.drawing.geometry().bottom(), "it has the pad's room, too"
    whole = window.size()
    window.message.say("UCI digits test image #14 is kept as a sample of yours, a 7")
    for size in ((960, 640), (1440, 900)):
        window.resize(*size)
        foot = report.matrix.mapTo(window.root, report.matrix.foot)
        said, cells = window.message.geometry(), QRect(QPoint(report.x(), report.y()), foot)
        assert report.geometry().contains(said)
        assert not said.intersects(cells), "no message lies over its figures and cells"
    window.message.close_message()
    window.resize(whole)
    assert not window.timeline.isVisible(), "nothing shines through the page beside it"
    assert label_of(told, int(told.mistakes[0]))[0].endswith(")")
    assert [share for _, share in likeliest(told, 0)] == sorted(told.result.probabilities[0])[-3:][::-1]
    truth, answer = (int(each[told.mistakes[0]]) for each in (told.images.labels, told.result.answers))
    spot = report.matrix._box((truth, answer), *report.matrix._steps()).center()
    QTest.mouseClick(report.matrix, Qt.MouseButton.RightButton, pos=spot.toPoint())
    assert report.matrix.picked is None
    click(report.matrix, int(spot.x()), int(spot.y()))
    asked = (told.images.labels == truth) & (told.result.answers == answer)
    assert set(report.grid.places) == set(np.flatnonzero(asked)), "a cell shows what it counts"
    sure = [told.confidence[told.of_cell(*cell)] for cell in ((0, 0), (truth, answer))]
    assert (np.diff(sure[0]) >= 0).all(), "of right ones, those on which it hesitated come first"
    assert (np.diff(sure[1]) <= 0).all()
    click_on(report.first)
    assert report.matrix.picked is None
    cell = report.grid.cell(3)
    click(report.grid, int(cell.center().x()), int(cell.center().y()))
    assert not report.isVisible()
    assert window.timeline.isVisible()
    assert steps(window)[-1] == "sample digits:test:3"
    settled(qtbot, window)
    assert window.playing.clock.isActive(), "it is seen to cross"
    click_on(window.training.page.panel.again_button)
    assert report.isVisible(), "the next one is a click away"
    assert set(report.grid.places[:4]) == {0, 1, 2, 3}
    QTest.keyClick(report, Qt.Key.Key_Escape)
    assert not report.isVisible()
