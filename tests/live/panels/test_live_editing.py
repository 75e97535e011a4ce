"""Editing in the live window: each control of a synapse, a neuron, a layer and a group is one step."""

import numpy as np
import pytest
from live_edits import WHERE, equal, made_by
from live_hands import LEFT, click, drag
from live_windows import select, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from scenes.texts import ENGLISH
from viz3d.findings.group import GroupFacts
from viz3d.session.acts.change import UseNet


@pytest.fixture
def window(edited_window):
    return edited_window


def bars(window):
    return window.answer.bars._answer.probabilities


def test_a_weight_that_is_dragged_acts_at_each_move_and_is_one_step(window):
    select(window, WHERE)
    panel, session = window.inspector.synapse, window.desk.session
    assert panel.isVisible()
    assert panel.card.weight == pytest.approx(
        session.net.parameters["hidden1.weight"].size and weight(window)
    )
    before, slider, seen = session.trace, panel.weight.slider, []
    window.desk.showed.connect(lambda: seen.append(window.desk.shown.traced.net.edits))
    QTest.mousePress(slider, LEFT, pos=QPoint(20, 10))
    for x in (60, 80, 100):
        QTest.mouseMove(slider, QPoint(x, 10))
    assert steps(window) == []
    assert len(set(seen)) >= 3
    QTest.mouseRelease(slider, LEFT, pos=QPoint(100, 10))
    (step,) = steps(window)
    assert step.startswith(f"set {WHERE} ")
    expected = made_by(window, step)
    assert equal(session.trace, expected)
    assert np.array_equal(bars(window), expected.probabilities)
    assert panel.card.weight == pytest.approx(float(step.split()[-1]))
    window.desk.undo()
    assert equal(session.trace, before)
    assert panel.card.weight == pytest.approx(weight(window))


def weight(window):
    net = window.desk.session.before.net
    into = net.synapses_into("hidden2", 73)
    return float(into.weight[into.source == net.offset("hidden1") + 434][0])


def test_a_synapse_is_cut_put_back_nudged_and_added(window):
    session, panel = window.desk.session, window.inspector.synapse
    select(window, WHERE)
    before = session.trace
    window.actions_by_name["ablate"].trigger()
    assert steps(window) == [f"cut {WHERE}"]
    assert equal(session.trace, made_by(window, f"cut {WHERE}"))
    assert not panel.card.there
    click(panel.gone, 20, 15)
    assert steps(window) == []
    assert equal(session.trace, before)
    click(panel.up, 20, 15)
    click(panel.down, 20, 15)
    assert [step.rpartition(" ")[0] for step in steps(window)] == [f"nudge {WHERE}"] * 2
    assert panel.card.weight == pytest.approx(weight(window), abs=1e-6)
    far = "hidden1:434 -> output:3"
    select(window, far)
    assert not panel.card.there
    click(panel.gone, 20, 15)
    assert steps(window)[-1] == f"add {far} {panel.card.weight:.4g}"
    assert panel.card.there


def test_a_slider_adds_a_synapse_where_there_was_none(window):
    far = "input:14,14 -> output:3"
    select(window, far)
    drag(window.inspector.synapse.weight.slider, (90, 10), (120, 10))
    (step,) = steps(window)
    assert step.startswith(f"add {far} ")
    assert equal(window.desk.session.trace, made_by(window, step))


def test_numbers_of_a_row_lead_to_the_synapse_and_its_name_to_the_neuron(window):
    select(window, "hidden2:73")
    table = window.inspector.table
    other = table.model().index(0, 0).data()
    click(table.viewport(), table.columnViewportPosition(1) + 10, 5)
    assert window.desk.session.selection == f"{other} -> hidden2:73"
    assert window.inspector._kind.text() == "SYNAPSE"
    window.actions_by_name["back"].trigger()
    assert window.desk.session.selection == "hidden2:73"
    click(window.inspector._tabs[1], 20, 10)
    other = table.model().index(0, 0).data()
    QTest.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, QPoint(20, 5))
    assert window.desk.session.selection in (f"hidden2:73 -> {other}", other)
    click(window.inspector._tabs[0], 20, 10)


def test_a_shift_that_is_dragged_is_of_the_bias_as_it_was_and_one_step_each(window):
    select(window, "hidden1:434")
    setting = window.inspector.change.shift
    for share in (0.75, 0.25):
        x = round(7 + share * (setting.slider.width() - 14))
        drag(setting.slider, (x - 8, 10), (x, 10))
        low, high = window.inspector._card.shifts
        assert window.inspector._card.shift == pytest.approx(low + share * (high - low), rel=0.03)
    assert [step.partition(" ")[0] for step in steps(window)] == ["shift", "shift"]
    assert equal(window.desk.session.trace, made_by(window, "; ".join(steps(window))))


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


def test_keys_reach_the_sliders_of_a_neuron(window):
    select(window, "hidden1:434")
    for name in ("clamp", "scale", "shift"):
        window.actions_by_name[name].trigger()
        assert window.focusWidget() is window.inspector.change.settings[name].slider
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    window.actions_by_name["freeze"].trigger()
    assert "freeze hidden1:434" in steps(window)


def test_a_frozen_neuron_is_said_to_be_so_and_not_that_it_was_otherwise(window):
    window.desk.enter("select hidden1:434")
    place = window.inspector._card.note.partition(", ")[2]
    window.desk.enter("freeze hidden1:434")
    assert window.inspector._card.note == f"frozen, {place}"
    window.desk.enter("scale hidden1:434 2")
    assert window.inspector._card.note.startswith("frozen, scale 2; it was ")


def test_the_page_of_a_neuron_tells_what_is_read_without_it_and_ablate_makes_it_so(window):
    # Lost otherwise: who picks a neuron in the scene learns only by ablating it what it is good for.
    inspector, session = window.inspector, window.desk.session
    select(window, "hidden3:5")
    told = inspector._without.text()
    inspector.change.silent.click()
    read = session.trace
    assert steps(window) == ["ablate hidden3:5"]
    assert told.startswith(f"without it {read.prediction} at {ENGLISH.percent(read.confidence)}, ")
    assert inspector._without.isHidden(), "of a silent one there is nothing more to tell"
    select(window, "output:3")
    assert inspector._without.isHidden(), "no output can be silenced"


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


@pytest.mark.parametrize("where", ["input:14,14", "hidden2:73", "output:1", "input", "hidden2", "output"])
def test_a_menu_offers_nothing_that_the_network_refuses(window, where):
    # Lost otherwise: entries that do nothing, or whose own words are wrong as soon as Return is pressed.
    said, line, session = [], window.command.line, window.desk.session
    window.desk.said.connect(said.append)
    select(window, where)
    offered = {entry[0]: entry[1] for entry in window.editing.menus.entries() if entry and entry[1]}
    assert ("Ablate" in offered or "Ablate all of it" in offered) == (not where.startswith("output"))
    for name in set(offered) - {"Reset", "Fly there", "Copy address", "Remove the layer …"}:
        deed = offered[name] if callable(offered[name]) else offered[name][0][1]
        line.setText("")
        deed()
        if line.text():
            window.command.entered.emit(line.text())
            assert not line.property("wrong"), (name, line.text())
        elif not (name.endswith(" …") and window.focusWidget() in sliders(window)):
            assert len(session.changes) == 1, name
        while session.changes:
            window.desk.undo()
        select(window, where)
    assert not said


def sliders(window):
    return [setting.slider for setting in window.inspector.change.settings.values()]


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
