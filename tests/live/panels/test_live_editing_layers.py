"""Editing layers, maps and groups in the live window: each has a page, and what it does is one step."""

import numpy as np
import pytest
from live_edits import equal, made_by
from live_hands import LEFT, click, drag
from live_windows import select, steps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from viz3d.findings.group import GroupFacts
from viz3d.session.acts.change import UseNet


@pytest.fixture
def window(edited_window):
    return edited_window


def test_a_layer_is_pruned_shaken_grown_and_made_smaller(window):
    session, panel = window.desk.session, window.inspector.layer
    select(window, "hidden2")
    assert panel.isVisible()
    assert not window.inspector.table.isVisible()
    slider = panel.prune.slider
    drag(slider, (7, 10), (60, 10), (slider.width() // 2, 10))
    (step,) = steps(window)
    assert step.startswith("prune hidden2 ")
    assert step.endswith("%")
    assert equal(session.trace, made_by(window, step))
    assert panel.card.zeros == pytest.approx(float(step.split()[-1][:-1]) / 100, abs=0.01)
    drag(panel.noise.slider, (7, 10), (60, 10))
    drag(panel.noise.slider, (7, 10), (60, 10))
    assert [step.split()[-1] for step in steps(window)[1:]] == ["0", "1"], (
        "each has random numbers of its own"
    )
    panel.count.setText("4")
    click(panel.more, 20, 10)
    assert steps(window)[-1] == "grow hidden2 4 seed 0"
    assert session.net.layer("hidden2").size == 260
    assert session.selection == "hidden2", "the layer of this name is still meant"
    assert panel.isVisible()
    panel.which.setText("256-259")
    click(panel.less, 20, 10)
    assert steps(window)[-1] == "remove hidden2:256-259"
    assert session.net.layer("hidden2").size == 256
    assert session.selection == "hidden2"
    # Below all that the layer holds nobody would look for a way back.
    click(panel.steps._undo, 10, 10)
    assert session.net.layer("hidden2").size == 260
    click(panel.steps._redo, 10, 10)
    assert session.net.layer("hidden2").size == 256
    assert equal(session.trace, made_by(window, "; ".join(steps(window))))
    select(window, "output")
    assert not panel.more.isEnabled()


def test_what_a_layer_refuses_is_the_engines_own_words_in_one_line(window):
    select(window, "hidden2")
    panel = window.inspector.layer
    panel.count.setText("many")
    click(panel.more, 20, 10)
    panel.which.setText("9999")
    QTest.keyClick(panel.which, Qt.Key.Key_Return)
    first, second = window.message.messages
    assert "'many' is no number of neurons" in first
    assert "hidden2 has neurons 0..255" in second
    assert steps(window) == []


def test_numbers_that_a_layer_refuses_stay_in_their_field_and_are_no_other_layers(window):
    window.picking.pick_place("hidden2")
    panel = window.inspector.layer
    panel.which.setText("0-900")
    panel.less.click()
    assert panel.which.text() == "0-900"
    assert steps(window) == []
    panel.which.setText("0-3")
    panel.less.click()
    assert steps(window) == ["remove hidden2:0-3"]
    assert not panel.which.text()
    panel.which.setText("0-900")
    window.picking.pick_place("hidden3")
    assert not panel.which.text()


def test_a_group_has_a_page_that_tells_what_it_does_and_silences_all_of_it(window):
    # Lost otherwise: what was selected by its address is nowhere told of, and can only be typed at.
    window.desk.enter("select hidden1:0-15")
    page, session = window.inspector.group, window.desk.session
    assert page.isVisible()
    assert not window.inspector._hint.isVisible()
    assert page.card.name == "hidden1:0-15"
    facts = GroupFacts.of(session.traced, "hidden1:0-15")
    assert page.card.facts[0] == "16 of the 512 neurons of hidden1"
    assert page.card.facts[1].startswith(f"{facts.firing} fire; mean activation ")
    QTest.mouseClick(page.ablate, LEFT)
    assert steps(window) == ["ablate hidden1:0-15"]
    assert not session.trace.activation["hidden1"][:16].any()
    assert page.ablate.isChecked()
    QTest.mouseClick(page.ablate, LEFT)
    assert steps(window) == []
    QTest.mouseClick(page.largest, LEFT)
    assert session.selection == session.traced.address(facts.largest[0])
    assert not page.isVisible()


def test_the_page_of_a_map_shows_it(window):
    # Lost otherwise: who clicks the map that decides reads two numbers, and not what it finds.
    inspector = window.inspector
    window.desk.enter("select hidden1:0-15")
    assert (inspector._kind.text(), inspector.group.pictures[0].isVisible()) == ("GROUP", False)
    window.desk.enter("net cnn-draw")
    window.desk.enter("select conv1:map3")
    first, second = inspector.group.pictures
    assert inspector._kind.text() == "MAP"
    assert "activations, 0 to" in first.accessibleName()
    assert "kernel" in second.accessibleName()
    image, activation = first.grab().toImage(), window.desk.session.trace.activation["conv1"][..., 3]
    row, col = np.unravel_index(activation.argmax(), activation.shape)
    cell = first.width() / activation.shape[1]
    hottest = image.pixelColor(int((col + 0.5) * cell), int((row + 0.5) * cell))
    assert hottest.red() > 250
    window.desk.enter("select conv1:0,0,0-2")
    assert (inspector._kind.text(), second.isVisible()) == ("GROUP", False)


def test_a_layer_is_taken_out_of_the_architecture_by_its_menu(window):
    # Lost otherwise: whoever wants a net without a layer has to find out where its text is.
    select(window, "hidden2")
    offered = dict(entry for entry in window.editing.menus.entries() if entry)
    offered["Remove the layer …"]()
    sheet, layers = window.training_sheets.layers, window.desk.session.net.layers
    assert sheet.isVisible()
    assert sheet.field.hasFocus()
    click(sheet.change, 20, 10)
    kept = [layer.shape for layer in layers if layer.name != "hidden2"]
    assert [layer.shape for layer in window.desk.session.net.layers] == kept
    window.desk.undo()
    assert window.desk.session.net.layers == layers
    window.top.inspect.click()
    select(window, "output")
    assert dict(entry for entry in window.editing.menus.entries() if entry)["Remove the layer …"] is None


def test_who_takes_a_layer_out_of_a_block_is_told_that_the_block_goes(window):
    # Lost otherwise: ten layers, where one was meant.
    window.desk.do(UseNet("vit-tiny"))
    sheet, blocks = window.training_sheets.layers, window.desk.session.net.text.count("transformer")
    window.training_sheets.leave_out("block1.norm1")
    assert sheet.field.toPlainText().count("transformer") == blocks - 1
    assert sheet._told.text().startswith("without the block of block1.norm1, 10 layers: ")
