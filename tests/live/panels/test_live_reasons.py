"""Rows of what decides: what stands in them has room, and tells one from another."""

import pytest
from patience import PATIENCE
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from viz3d.live.widgets.answering.reason import Reason, Reasons
from viz3d.live.widgets.answering.reason_rows import ReasonRows
from viz3d.live.widgets.answering.reasons import ReasonsPanel
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import CAPTION, TEXT, font


@pytest.fixture(autouse=True)
def dressed(qapp):
    dress(qapp, "dark")


def test_of_a_nearly_sure_digit_too_whose_shares_differ_by_their_last_figure(qtbot):
    rows = rows_of((99.6, 0.3), (99.4, 0.5), (99.7, 0.2), now=0.997)
    assert rows.by_lead
    rows = rows_of((99.6, 0.3), (98.1, 1.9), now=0.997)
    assert rows.heads == ("Ablate one, and it reads", "4", "9")
    assert not rows_of((49.8, 50.1), now=0.501, turns=True).by_lead, "what turns the answer is told by shares"


def test_a_third_class_with_a_long_name_does_not_cover_the_figure_beside_it(qtbot):
    # Lost otherwise: "ruby-throated hummingbird 21.0%" is written over the first column.
    some, other = (
        rows_of((74.3, 21.0), (88.0, 11.0), where="block12.attention:head13", third=third)
        for third in ("ruby-throated hummingbird", "hummingbird with a ruby throat")
    )
    assert some.columns() == other.columns()
    left = round(some.width() - some.columns().second)
    pictures = [rows.grab().copy(0, 0, left, rows.height()).toImage() for rows in (some, other)]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("third", ["512", "26", "M"])
def test_a_third_class_of_three_digits_is_told_whole_beside_any_address(qtbot, third):
    # Lost otherwise: of 1,000 classes the one that is read without a head is a "5…", or none at all.
    small = QFontMetricsF(font("semibold", CAPTION)).horizontalAdvance
    for where in ("block12.attention:head13", "hidden1:4"):
        rows = rows_of((74.3, 21.0), (88.0, 11.0), names=("100", "734"), where=where, third=third, turns=True)
        columns = rows.columns()
        assert columns.second >= small(f"{third} 21.0%")
        assert columns.first >= small("74.3%")
    assert columns.name > QFontMetricsF(font("medium", TEXT)).horizontalAdvance(where), "a short one is whole"


def test_names_of_classes_have_what_addresses_leave(qtbot):
    names = "Iris-setosa", "Iris-versicolor"
    small = QFontMetricsF(font("regular", CAPTION)).horizontalAdvance
    columns = rows_of((74.3, 21.0), names=names).columns()
    for room, name in zip((columns.first, columns.second), names, strict=True):
        assert room > small(name)
    long = rows_of((74.3, 21.0), names=names, where="block12.attention:head3").columns()
    address = QFontMetricsF(font("medium", TEXT)).horizontalAdvance("block12.attention:head3")
    assert long.name > address, "an address is told whole before a class is"


def test_what_is_under_the_pointer_stays_there_while_others_come_to_cost_more(qtbot):
    # Lost otherwise: while it trains, the row that a hand is about to click is another one.
    for place, then in ((-1, "cdezx"), (1, "cbdzx"), (4, "cdezy")):
        panel = panel_of(qtbot, "abcde", "xyz")
        assert shown(panel) == "abcxy"
        panel.rows.light(place)
        panel.set_reasons(reasons_of(None))
        panel.set_reasons(reasons_of("cdeab", "zxy"))
        assert shown(panel) == then
        panel.set_reasons(reasons_of("eabcd", "zxy", behind="3"))
        assert shown(panel) == "eabzx", "what decides against another class is told in its order"


def test_a_click_on_a_dimmed_row_is_heeded_once_it_is_known_again(qtbot):
    # Lost otherwise: while it trains every other click does nothing, for what is shown is measured anew.
    chosen = []
    for then, heard in (("cba", ["b"]), ("cda", [])):
        panel = panel_of(qtbot, "abc")
        panel.chosen.connect(lambda reason: chosen.append(reason.where))
        panel.set_reasons(reasons_of(None))
        QTest.mouseClick(panel.rows, Qt.MouseButton.LeftButton, pos=QPoint(40, panel.rows.high + 5))
        qtbot.wait(1)
        assert chosen == []
        for found in (then, "bac"):
            panel.set_reasons(reasons_of(found))
            qtbot.wait(1)
        qtbot.waitUntil(lambda heard=heard: chosen == heard)
        chosen.clear()


def test_the_right_button_on_a_dimmed_row_opens_its_menu_once_it_is_known_again(qtbot):
    # Lost otherwise: while it trains the right button does nothing at all.
    asked, chosen, at = [], [], QPoint(40, 0)
    panel = panel_of(qtbot, "abc")
    at.setY(panel.rows.high + 5)
    panel.menu_asked.connect(lambda reason, place: asked.append((reason.where, place)))
    panel.chosen.connect(chosen.append)
    panel.set_reasons(reasons_of(None))
    QTest.mouseClick(panel.rows, Qt.MouseButton.RightButton, pos=at)
    assert asked == []
    panel.set_reasons(reasons_of("cba"))
    qtbot.waitUntil(lambda: asked == [("b", panel.rows.mapToGlobal(at))], timeout=PATIENCE)
    assert chosen == []


def test_where_rows_move_under_a_pointer_that_rests_the_one_that_it_is_on_by_now_is_lit(qtbot):
    # Lost otherwise: a line above comes with an edit, and a row stays lit that the pointer is no longer on.
    panel, hovered = panel_of(qtbot, "abc"), []
    panel.hovered.connect(lambda reason: hovered.append(reason.where if reason else ""))
    high, whole = panel.rows.high, QWidget()
    qtbot.addWidget(whole)
    panel.setParent(whole)
    panel.move(0, 100)
    whole.resize(panel.width(), 400)
    whole.show()
    panel.show()
    QTest.mouseMove(panel.rows, QPoint(40, high + 5))
    assert hovered[-1] == "b"
    panel.move(0, 100 + high)
    assert (hovered[-1], panel.rows.lit) == ("a", 0)
    panel.move(0, 100 + 8 * high)
    assert (hovered[-1], panel.rows.lit) == ("", -1)


def panel_of(qtbot, *found):
    """A panel that is shown, with what decides."""
    panel = ReasonsPanel()
    qtbot.addWidget(panel)
    panel.set_reasons(reasons_of(*found))
    panel.show()
    return panel


def reasons_of(single, whole="", behind="9"):
    """Why it is a four: neurons, and maps or heads, that are called by a letter each; None: not known yet."""
    some, more = (
        None
        if names is None
        else tuple(Reason(each, neuron, 0.5, 1, ("", ""), "", False, "") for each in names)
        for names, neuron in ((single, 1), (whole, -1))
    )
    return Reasons("4", behind, 5.0, 0.9, "net", some, more)


def shown(panel):
    return "".join(each.where for each in panel.rows._shown)


def rows_of(*shares, now=0.9, names=("4", "9"), where="hidden1:4", third="", turns=False):
    """Rows as wide as in the window, each with shares of two classes in percent."""
    rows = ReasonRows(5)
    rows.resize(280, rows.height())
    shown = tuple(
        Reason(where, 1, first / 100, 1.0, (f"{first}%", f"{second}%"), third, turns, "")
        for first, second in shares
    )
    rows.set_reasons(shown, Reasons(*names, 5.0, now, "net", shown))
    return rows
