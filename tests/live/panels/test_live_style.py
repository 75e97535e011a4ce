"""The live window's look, and the library under it."""

import sys

import pytest
from live_colours import contrast, over
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

import engine
from scenes import THEMES, SceneError
from viz3d.live.widgets.icons import MenuButton
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import font, look, number


def test_qt_takes_no_reference_of_none_away(qtbot):
    # PySide6 6.12.0 did, under Python 3.11: the process ended after a few thousand calls.
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(200):
        widget.update()
    assert sys.getrefcount(None) > before - 100


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.slow
def test_text_can_be_read_on_what_it_stands_on_in_all_themes(qapp, theme):
    seen = dress(qapp, theme)
    panel = QColor(seen.panel)
    panel.setAlpha(255)
    on_panels = ("text", "soft", "faint", "accent", "answer", "excite", "inhibit", "right", "wrong")
    pairs = [(role, panel) for role in on_panels]
    pairs += [(role, over(seen.raised, panel)) for role in ("text", "soft", "faint")]
    pairs += [(role, over(seen.hover, panel)) for role in ("text", "soft")]
    pairs += [
        ("faint", over(seen.raised, seen.popup)),
        ("wrong", seen.popup),
        ("text", over(seen.track, panel)),
    ]
    pairs += [("accent", over(seen.chosen, panel)), ("on_accent", seen.accent)]
    for role, ground in pairs:
        least = 4.5 if theme != "high-contrast" or role in ("excite", "inhibit", "on_accent") else 7.0
        assert contrast(getattr(seen, role), ground) >= least, (role, ground.name())
    if theme == "high-contrast":
        assert contrast(over(seen.line, panel), panel) >= 3.0, "an edge of a button"


@pytest.mark.parametrize("theme", THEMES)
def test_the_accent_is_not_the_answers_colour(qapp, theme):
    seen = dress(qapp, theme)
    assert seen.accent != seen.answer
    assert look() is seen


def test_an_unknown_theme_is_named(qapp):
    with pytest.raises(SceneError, match="theme nosuch is not known"):
        dress(qapp, "nosuch")


def test_the_films_fonts_are_the_windows(qapp):
    dress(qapp, "dark")
    assert QFontInfo(font("medium", 12)).family().startswith("Inter")
    assert QFontInfo(font("bold", 20)).family().startswith("Inter Display")
    widths = [
        QFontMetricsF(font(face, 12)).horizontalAdvance("Hidden")
        for face in ("regular", "medium", "semibold")
    ]
    assert sorted(set(widths)) == widths, "each weight is a font of its own, none stands in for another"


@pytest.mark.parametrize(("value", "text"), [(-0.2, "−0.20"), (0.2, "+0.20"), (-0.001, "0.00")])
def test_numbers_have_a_true_minus_and_no_negative_zero(value, text):
    assert number(value, signed=True) == text


def test_a_button_of_a_menu_has_room_for_its_words(qtbot, qapp, monkeypatch):
    # Lost otherwise: "cnn...raw" stands in the bar above, half of which is empty.
    dress(qapp, "dark")
    written = []
    plain = QPainter.drawText
    monkeypatch.setattr(QPainter, "drawText", lambda *given: (written.append(given[-1]), plain(*given)))
    for name in (*engine.presets(), "lenet.npz"):
        button = MenuButton(name)
        qtbot.addWidget(button)
        button.resize(button.sizeHint())
        button.grab()
        assert written[-1] == name
