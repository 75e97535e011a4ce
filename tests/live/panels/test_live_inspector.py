"""The live window's inspector: what is shown of a neuron, and what a hand does to it."""

from dataclasses import replace

import pytest
from live_cards import CARD, rows
from live_hands import LEFT, click, drag
from live_windows import PATIENCE
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from viz3d.live.widgets.inspecting.synapse_model import BAR, NAME, PRODUCT, WEIGHT
from viz3d.live.widgets.parts import scrolled_by


def shown(inspector):
    return [each.text() for each in inspector.findChildren(QLabel) if each.isVisible()]


def cell(table, row, column):
    return table.model().index(row, column).data()


def head(table, column):
    """Click the head of a column."""
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    click(header.viewport(), x, 9)


def test_a_card_is_shown_and_without_one_a_hint(inspector):
    assert {"hidden1:201", "1.18", "relu, number 18 of 512"} <= set(shown(inspector))
    inspector.set_card(None)
    assert "hidden1:201" not in shown(inspector)
    assert any("Click a neuron" in text for text in shown(inspector))


def test_the_table_begins_with_what_matters_most(inspector):
    table = inspector.table
    assert cell(table, 0, NAME) == "input:783"
    assert cell(table, 0, PRODUCT) == "+1.00"
    assert table.model().rowCount() == 784
    shares = [abs(table.model().share(row)) for row in range(784)]
    assert shares == sorted(shares, reverse=True)


def test_a_click_on_a_row_goes_to_that_neuron_in_and_out(inspector):
    followed = []
    inspector.followed.connect(followed.append)
    table = inspector.table
    click(table.viewport(), 20, 22 * 2 + 5)
    click(inspector._tabs[1], 20, 10)
    assert table.model().headerData(NAME, Qt.Orientation.Horizontal) == "to"
    click(table.viewport(), 20, 5)
    assert followed == [781, 1255]


def test_a_column_that_is_clicked_sorts_and_again_turns_round(inspector):
    table = inspector.table
    head(table, WEIGHT)
    assert cell(table, 0, WEIGHT) == "+1.00"
    head(table, WEIGHT)
    assert cell(table, 0, WEIGHT) == "−1.00"
    followed = []
    inspector.followed.connect(followed.append)
    click(table.viewport(), 20, 5)
    assert followed == [0]
    inspector.set_card(CARD)
    assert cell(table, 0, WEIGHT) == "−1.00", "the order stays when the digit changes"


def test_hovering_over_a_row_is_told(inspector):
    hovered = []
    inspector.hovered.connect(hovered.append)
    QTest.mouseMove(inspector.table.viewport(), QPoint(20, 5))
    QTest.mouseMove(inspector.table.viewport(), QPoint(20, 22 + 5))
    assert hovered == [783, 782]


def test_many_thousand_synapses_are_shown_without_asking_each(inspector):
    asked = []

    class Names(list):
        def __getitem__(self, at):
            asked.append(at)
            return super().__getitem__(at)

    many = rows(50_000)
    inspector.set_card(replace(CARD, incoming=replace(many, names=Names(many.names))))
    inspector.grab()
    assert 0 < len(asked) < 500


def test_bars_show_the_sign_and_the_size(inspector):
    table = inspector.table
    image = table.grab().toImage()
    x = table.columnViewportPosition(BAR) + 12
    colour = image.pixelColor(x, 18 + 11)
    assert colour.red() > 2 * colour.blue(), "the largest excites"
    negative = next(row for row in range(784) if table.model().share(row) < 0)
    table.scrollTo(table.model().index(negative, 0))
    y = table.rowViewportPosition(negative) + 18 + 11
    cool = table.grab().toImage().pixelColor(x, y)
    assert cool.blue() > 2 * cool.red()


def test_an_edited_neurons_value_stands_in_the_accent_and_not_in_the_answers_colour(inspector):
    inspector.set_card(replace(CARD, edited=True))
    assert inspector._value.property("role") == "accent"
    inspector.set_card(CARD)
    assert inspector._value.property("role") == "name"


def test_a_drag_of_a_slider_acts_at_each_move_and_is_one_step_to_undo(inspector):
    sliding, chosen = [], []
    inspector.change.sliding.connect(lambda verb, value: sliding.append((verb, value)))
    inspector.change.chosen.connect(lambda verb, value: chosen.append((verb, value)))
    slider = inspector.change.clamp.slider
    middle, y = slider.width() // 2, slider.height() // 2
    drag(slider, (7, y), (middle - 20, y), (middle, y), (slider.width() - 7, y))
    assert [verb for verb, _ in sliding] == ["clamp"] * 4
    assert sliding[2][1] == pytest.approx(2.0, abs=0.05)
    assert chosen == [("clamp", 4.0)]


def test_a_slider_in_the_hand_is_not_moved_by_the_answer_that_comes_back(inspector):
    slider = inspector.change.scale.slider
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, 10))
    inspector.set_card(replace(CARD, scale=1.0))
    assert inspector.change.scale.value == 3.0
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 7, 10))
    inspector.set_card(replace(CARD, scale=1.0))
    assert inspector.change.scale.value == 1.0


def test_a_hand_that_rests_on_a_slider_has_not_chosen_yet(inspector, qtbot):
    slider = inspector.change.scale.slider
    QTest.mousePress(slider, LEFT, pos=QPoint(20, 10))
    QTest.mouseMove(slider, QPoint(60, 10))
    with qtbot.assertNotEmitted(inspector.change.chosen, wait=400):
        pass
    with qtbot.waitSignal(inspector.change.chosen):
        QTest.mouseRelease(slider, LEFT, pos=QPoint(60, 10))


def test_ablate_freeze_and_more_tell_what_is_wanted(inspector):
    told = []
    inspector.change.ablate.connect(lambda on: told.append(("ablate", on)))
    inspector.change.freeze.connect(lambda on: told.append(("freeze", on)))
    inspector.change.set_more((("Shift by …", told.clear), None, ("Cut", lambda: told.append("cut"))))
    click(inspector.change.silent, 20, 15)
    inspector.set_card(replace(CARD, ablated=True))
    click(inspector.change.silent, 20, 15)
    click(inspector.change.still, 20, 15)
    inspector.change.menu_button.menu().actions()[2].trigger()
    assert told == [("ablate", True), ("ablate", False), ("freeze", True), "cut"]


def test_edits_can_be_undone_redone_and_jumped_to(inspector):
    told = []
    edits = inspector.edits
    edits.undo.connect(lambda: told.append("undo"))
    edits.redo.connect(lambda: told.append("redo"))
    edits.jumped.connect(told.append)
    inspector.set_edits((), 0)
    click(edits.steps._undo, 10, 10)
    assert told == [], "nothing to undo"
    inspector.set_edits(("scale hidden1:434 0.8", "ablate hidden1:201", "freeze hidden1:3"), 2)
    click(edits.steps._undo, 10, 10)
    click(edits.steps._redo, 10, 10)
    for place in (0, 3):
        edits.list.scrollToItem(edits.list.item(place))
        box = edits.list.visualItemRect(edits.list.item(place))
        click(edits.list.viewport(), 20, box.center().y())
    assert told == ["undo", "redo", 0, 3]


def test_numbers_of_edits_end_below_each_other(inspector):
    # Lost otherwise: from the tenth edit on the words no longer begin below each other.
    edits = inspector.edits.list
    inspector.set_edits(tuple(f"ablate hidden1:{k}" for k in range(11)), 0)
    items = [edits.item(k) for k in range(1, 12)]  # of the first one, which holds, the face is bold
    wide = {
        QFontMetricsF(each.font()).horizontalAdvance(each.text().partition("ablate")[0]) for each in items
    }
    assert max(wide) - min(wide) < 0.5


def test_the_last_edit_stays_in_sight_where_a_card_takes_the_room_of_the_list(inspector, qtbot):
    # Lost otherwise: what Undo would take back is not seen.
    edits = inspector.edits
    inspector.set_edits(tuple(f"ablate hidden1:{k}" for k in range(9)), 7)
    for height in (300, 90, 120):
        edits.list.setFixedHeight(height)
        qtbot.waitUntil(lambda height=height: bool(edits.list.height() == height))
        box = edits.list.visualItemRect(edits.list.item(7))
        assert edits.list.viewport().rect().contains(box)


def test_back_and_forth_can_be_pressed_where_there_is_somewhere_to_go(inspector, qtbot):
    with qtbot.assertNotEmitted(inspector.back):
        click(inspector._back, 10, 10)
    inspector.set_trail(True, False)
    with qtbot.waitSignal(inspector.back):
        click(inspector._back, 10, 10)


def test_what_is_picked_next_is_read_from_its_name_on_and_an_edit_leaves_the_page(edited_window, qtbot):
    window = edited_window
    # Lost otherwise: which neuron the numbers are of.
    size = window.size()
    window.resize(1024, 700)
    inspector, picking = window.inspector, window.picking
    page = scrolled_by(inspector.table)
    bar = page.verticalScrollBar()
    picking.pick_place("hidden1:5")
    leads = (
        lambda: picking.pick_place("hidden2:5"),
        lambda: inspector.followed.emit(800),
        lambda: picking.walk(-1),
        lambda: inspector.joined.emit(800, False),
    )
    for lead in leads:
        qtbot.waitUntil(lambda: bar.maximum() > 100, timeout=PATIENCE)
        bar.setValue(bar.maximum())
        lead()
        assert bar.value() == 0
    picking.walk(-1)
    qtbot.waitUntil(lambda: bar.maximum() > 100, timeout=PATIENCE)
    bar.setValue(90)
    window.desk.enter("ablate hidden1:5")
    assert bar.value() == 90
    # In a window as high as a laptop leaves it all of the page fits, with the step that it is at.
    window.resize(1400, 860)
    qtbot.waitUntil(lambda: bar.maximum() == 0, timeout=PATIENCE)
    edits = inspector.edits.list
    window.desk.enter("ablate hidden1:6")
    place = edits.visualItemRect(edits.item(2))
    assert edits.viewport().rect().contains(place)
    window.resize(size)
