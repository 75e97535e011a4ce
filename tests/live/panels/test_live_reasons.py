"""Rows of what decides: what stands in them has room, and tells one from another."""

import pytest
from PySide6.QtGui import QFontMetricsF

from viz3d.live.widgets.answering.reason import Reason, Reasons
from viz3d.live.widgets.answering.reason_rows import ReasonRows
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
    plain, long = (
        rows_of((74.3, 21.0), (88.0, 11.0), where="block12.attention:head13", third=third)
        for third in ("", "ruby-throated hummingbird")
    )
    assert plain.columns() == long.columns()
    left = round(plain.width() - plain.columns().second)
    pictures = [rows.grab().copy(0, 0, left, rows.height()).toImage() for rows in (plain, long)]
    assert pictures[0] == pictures[1]


def test_names_of_classes_have_what_addresses_leave(qtbot):
    names = "Iris-setosa", "Iris-versicolor"
    small = QFontMetricsF(font("regular", CAPTION)).horizontalAdvance
    columns = rows_of((74.3, 21.0), names=names).columns()
    for room, name in zip((columns.first, columns.second), names, strict=True):
        assert room > small(name)
    long = rows_of((74.3, 21.0), names=names, where="block12.attention:head3").columns()
    address = QFontMetricsF(font("medium", TEXT)).horizontalAdvance("block12.attention:head3")
    assert long.name > address, "an address is told whole before a class is"


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
