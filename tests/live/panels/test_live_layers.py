"""The sheet of all layers and the network as code: they follow what is done, and lead back to it."""

import numpy as np
import pytest
from live_hands import LEFT, click
from live_windows import PATIENCE, pictured, select, settled
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from trained_windows import trained

from viz3d.findings.layers import LayersFacts
from viz3d.live.widgets.layers.layer_card import LayerCard, _fitting
from viz3d.live.widgets.layers.layers_sheet import LayersSheet
from viz3d.live.widgets.parts import scrolled_by
from viz3d.live.widgets.pictures import sheet_image
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import look
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


def come(qtbot, window):
    """Wait until the sheet shows what the window shows, and return its cards by layer."""

    def shown():
        cards, trace = window.sheets.layers.sheet.cards, window.desk.shown.traced.trace
        return bool(
            len(cards) == len(trace.net.layers)
            and all(
                (activations(each).low, activations(each).high)
                == (
                    trace.activation[each.panel.layer.name].min(),
                    trace.activation[each.panel.layer.name].max(),
                )
                for each in cards
            )
        )

    qtbot.waitUntil(shown, timeout=PATIENCE)
    return {card.panel.layer.name: card for card in window.sheets.layers.sheet.cards}


def activations(card):
    return next(each for each in card.panel.strips if each.name == "activations")


def press(button):
    QTest.mouseClick(button, LEFT)


def test_the_sheet_follows_the_digit_an_edit_and_another_network(window, qtbot):
    sheet = window.sheets.layers.sheet
    assert sheet.isHidden()
    assert not sheet.cards
    press(window.top.layers)
    assert sheet.isVisible()
    come(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_7)
    come(qtbot, window)
    window.desk.enter("ablate hidden1")
    cards = come(qtbot, window)
    assert activations(cards["hidden1"]).high == 0
    window.opening.open_preset("cnn-fast")
    assert list(come(qtbot, window)) == ["input", "conv1", "pool1", "output"]


def test_the_sheet_follows_a_network_as_it_learns(window, qtbot):
    window.training.page.panel.images.emit(500, 200)
    window.actions_by_name["layers"].trigger()
    given = activations(come(qtbot, window)["hidden1"]).high
    trained(window, qtbot)
    settled(qtbot, window)
    assert activations(come(qtbot, window)["hidden1"]).high != given


def test_no_halves_of_words_stick_out_under_the_sheet(window, qtbot):
    pictured(window)
    below = window.sheets.layers.sheet.geometry().bottom() + 2

    def ground():
        image = window.view.grab().toImage()
        colours = {image.pixel(x, below) for x in range(window.drawing.x(), window.inspector.x())}
        return colours == {QColor(*window.view.picture.scene.theme.background).rgb()}

    press(window.top.layers)
    assert ground()
    assert window.viewing.corner.isHidden(), "views of what is not seen"
    press(window.top.layers)
    assert not ground()
    assert window.viewing.corner.isVisible()


def test_a_sheet_that_is_not_seen_asks_for_nothing(window, qtbot):
    press(window.top.layers)
    come(qtbot, window)
    press(window.top.layers)
    asked = window.sheets.layers._asked
    QTest.keyClick(window, Qt.Key.Key_7)
    settled(qtbot, window)
    assert window.sheets.layers._asked is asked
    assert window.sheets.layers.sheet.isHidden()
    press(window.top.layers)
    come(qtbot, window)


def test_a_cell_selects_its_neuron_and_the_rest_of_a_card_flies_to_its_layer(window, qtbot):
    press(window.top.layers)
    card = come(qtbot, window)["hidden1"]
    box = card.spot_of("activations")
    rows, columns = activations(card).values.shape
    neuron = 3 * columns + 5
    click(card, int(box.x() + 5.5 * box.width() / columns), int(box.y() + 3.5 * box.height() / rows))
    assert window.desk.session.selection == f"hidden1:{neuron}"
    assert window.sheets.layers.sheet.isVisible()
    goals = []
    window.view.camera.fly_to_part = goals.append
    click(card, 20, 20)
    assert window.sheets.layers.sheet.isHidden()
    assert not window.top.layers.isChecked()
    panel = next(p for p in window.showing.drawn.scene.layout.panels if p.layer == "hidden1")
    assert np.array_equal(goals, [panel.corners()])
    assert window.view._framed == ("hidden1",)


def test_the_tip_of_a_cell_tells_its_value(window, qtbot):
    press(window.top.layers)
    card = come(qtbot, window)["output"]
    box = card.spot_of("probabilities")
    words, neuron = card._cell(box.center())
    assert words.startswith("probabilities: ")
    assert neuron == 5


def test_code_is_shown_and_a_line_lights_its_layer(window, qtbot):
    window.actions_by_name["code"].trigger()
    page = window.sheets.code.page
    assert page.isVisible()
    assert window.inspector.isHidden()
    lines = [line.text for line in page.lines]
    at = next(k for k, line in enumerate(lines) if "self.hidden2 = nn.Linear(512, 256)" in line)
    assert page.view.toPlainText().split("\n") == lines
    middle = page.view.cursorRect().height() * at + 8
    QTest.mouseMove(page.view.viewport(), QPoint(60, 6))
    QTest.mouseMove(page.view.viewport(), QPoint(60, middle))
    qtbot.waitUntil(lambda: bool(window.view._framed == ("hidden2",)), timeout=PATIENCE)
    press(page.tabs["Text"])
    assert page.text().startswith("input 28x28")
    press(window.top.inspect)
    assert page.isHidden()
    assert window.inspector.isVisible()


def test_the_key_of_the_code_closes_it_as_that_of_the_layers_does(window):
    for name, page in (("code", window.sheets.code.page), ("layers", window.sheets.layers.sheet)):
        window.actions_by_name[name].trigger()
        assert page.isVisible()
        window.actions_by_name[name].trigger()
        assert page.isHidden()
    assert window.inspector.isVisible()


def test_code_is_copied_as_it_is_read_and_follows_the_network(window):
    press(window.top.code)
    page = window.sheets.code.page
    press(page.tabs["Text"])
    press(page.copy)
    assert QGuiApplication.clipboard().text() == page.text() + "\n"
    window.opening.open_preset("cnn-fast")
    assert "conv 4 3x3 relu" in page.text()
    press(page.tabs["PyTorch"])
    assert "nn.Conv2d(1, 4, 3)" in page.text()


def test_the_scene_leaves_room_for_the_code(window):
    before = window.view._free.right()
    press(window.top.code)
    assert window.view._free.right() < before - 200
    assert window.view._free.right() < window.sheets.code.page.x()
    press(window.top.inspect)
    assert window.view._free.right() == before


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [640, 1080])
def test_cards_are_as_high_as_what_they_show_and_nothing_stands_outside(qtbot, qapp, theme, width):
    dress(QApplication.instance(), theme)
    sheet = LayersSheet()
    qtbot.addWidget(sheet)
    sheet.resize(width, 600)
    sheet.show()
    sheet.set_facts(LayersFacts.of(Session(UseNet("cnn-fast"), TakeDigit(4), "digits").traced))
    QApplication.processEvents()
    for card in sheet.cards:
        assert isinstance(card, LayerCard)
        for strip in card.panel.strips:
            box = card.spot_of(strip.name)
            assert box.right() <= card.width() + 1
            assert box.bottom() + 18 <= card.height()
            image = sheet_image(strip, look())
            assert (image.height(), image.width()) == strip.values.shape
    # Lost otherwise: of another network the middle is seen, which nobody chose.
    bar = scrolled_by(sheet.cards[0]).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 200)
    bar.setValue(200)
    sheet.set_facts(LayersFacts.of(Session(UseNet("cnn-fast"), TakeDigit(5), "digits").traced))
    assert bar.value() == 200, "of another digit it stays where it is"
    sheet.set_facts(LayersFacts.of(Session(UseNet("mlp"), TakeDigit(4), "digits").traced))
    assert bar.value() == 0


def test_of_how_many_kernels_those_are_is_told_in_a_narrow_card_too(qapp):
    # Lost otherwise: the end of the line, at the inspector's edge.
    words = "−0.974 to 0.728, first 64 of 256, 12 of 40 maps each"
    assert _fitting(words, 600) == words
    assert _fitting(words, 272) == "−0.974 to 0.728, 64 of 256, 12 of 40 maps"
    assert _fitting(words, 120).endswith("…")


def test_a_selected_layer_is_told_and_pictured_and_follows_what_is_done(window, qtbot):
    select(window, "hidden2")
    card = window.inspector.layer.values

    def holds(name="hidden2"):
        """Whether the page has the values of what is shown."""
        shown = window.desk.shown.traced.trace.activation[name]
        return bool(
            card.panel is not None
            and card.panel.layer.name == name
            and (activations(card).low, activations(card).high) == (shown.min(), shown.max())
        )

    qtbot.waitUntil(holds, timeout=PATIENCE)
    assert card.panel.count == "256×512+256 = 131,328 parameters"
    named = [strip.name for strip in card.panel.strips]
    assert named[:3] == ["activations", "pre-activations", "gradient of activations"]
    assert {"weights", "gradient of weights"} <= set(named)
    for strip in card.panel.strips:
        box = card.spot_of(strip.name)
        assert box.right() <= card.width()
        assert box.bottom() + 18 <= card.height()
    window.desk.enter("ablate hidden1")
    qtbot.waitUntil(holds, timeout=PATIENCE)
    select(window, "hidden1")
    qtbot.waitUntil(lambda: holds("hidden1"), timeout=PATIENCE)
    assert activations(card).high == 0


def test_a_cell_on_a_layers_page_selects_its_neuron(window, qtbot):
    select(window, "hidden1")
    card = window.inspector.layer.values
    qtbot.waitUntil(lambda: bool(card.panel), timeout=PATIENCE)
    box = card.spot_of("activations")
    columns = activations(card).values.shape[1]
    click(card, int(box.x() + 2.5 * box.width() / columns), int(box.y() + 2))
    assert window.desk.session.selection == "hidden1:2"
