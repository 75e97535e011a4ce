"""Editing in the live window: each control of a synapse and of a neuron is one step."""

import numpy as np
import pytest
from live_edits import WHERE, equal, made_by
from live_hands import LEFT, click, drag
from live_windows import select, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from scenes.texts import ENGLISH
from viz3d.live.widgets.style import number


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


def test_what_an_edited_neuron_was_is_told_by_the_weights_as_they_are(window):
    # Lost otherwise: after a training from new weights the card tells what the net of before made of it.
    window.desk.enter("train steps 0 images 0 seed 3 weights new")
    window.desk.enter("select hidden1:434")
    place = window.inspector._card.note.rpartition(", ")[2]
    was, clamp = (getattr(window.inspector._card, name) for name in ("output", "clamp"))
    window.desk.enter("ablate hidden1:434")
    assert window.inspector._card.note == f"silenced; it was {number(was)}, {place}"
    assert window.inspector._card.clamp == clamp
    assert window.inspector._card.total != 0


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
