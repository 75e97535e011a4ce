"""A synapse that is selected is told: its term of the sum, who shares its weight, what is read without it."""

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, opened, select
from PySide6.QtTest import QTest

import engine
from engine.graph import address
from viz3d.findings.synapse import SynapseFacts
from viz3d.live.cards import synapse_change
from viz3d.live.widgets.style import number
from viz3d.session.acts.change import UseNet


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("synapse")


@pytest.fixture
def window(qtbot, qapp, folder):
    window = opened(qtbot, folder, UseNet("cnn-fast"))
    yield window
    window.close()


def strongest(window, where):
    """The address of the synapse that brings a neuron most, and the facts of it."""
    traced = window.desk.session.traced
    neuron = address.neuron(traced.net.graph, where)
    layer = where.partition(":")[0]
    into = traced.net.synapses_into(layer, neuron - traced.net.offset(layer), traced.trace)
    best = int(np.argmax(np.abs(into.weight * traced.trace.neurons[into.source])))
    text = f"{traced.address(int(into.source[best]))} -> {where}"
    return text, SynapseFacts.of(traced, text)


def told(qtbot, window):
    """The panel, when what was asked of the synapse has been found out."""
    panel = window.inspector.synapse
    qtbot.waitUntil(lambda: bool(panel.facts.isVisible()), timeout=PATIENCE)
    return panel


def said(evidence, answer):
    """A push of either side with its size; one that three digits cannot tell is none."""
    if number(abs(evidence), 3) == "0.000":
        return f"says next to nothing about {answer}"
    return f"speaks {'for' if evidence > 0 else 'against'} {answer} by {number(abs(evidence), 3)}"


def sharers(panel):
    return [panel.sharers.list.item(k).text() for k in range(panel.sharers.list.count())]


def test_a_synapse_shows_what_it_brings_and_leads_on_to_its_ends_and_sharers(window, qtbot):
    text, facts = strongest(window, "conv1:12,12,2")
    select(window, text)
    panel = told(qtbot, window)
    assert panel._value.text() == number(facts.term.weight, 3, signed=True)
    assert number(facts.term.contribution, 3, signed=True) in panel._note.text()
    _, kind, evidence, without = panel.facts.told
    assert facts.parameter in kind
    assert evidence == said(facts.evidence, f"a {facts.traced.trace.prediction}")
    assert without.startswith(f"without it: {facts.without.trace.prediction}")
    assert not window.inspector._hint.isVisible()
    assert window.inspector._kind.text() == "SYNAPSE"
    listed = sharers(panel)
    assert listed == list(facts.sharers)
    assert panel.sharers._count.text().startswith(f"{facts.shared:,} SHARE THIS WEIGHT")
    row = panel.sharers.list
    assert row.viewport().height() % row.sizeHintForRow(0) == 0, "the last line is seen by half"
    assert row.currentItem() is None or row.currentItem().text() == text
    other = next(each for each in listed if each != text)
    at = row.visualItemRect(row.item(listed.index(other))).center()
    QTest.mouseClick(row.viewport(), LEFT, pos=at)
    assert window.desk.session.selection == other
    assert panel._target.text() == other.split(" -> ")[1]
    told(qtbot, window)
    QTest.mouseClick(panel._source, LEFT)
    assert window.desk.session.selection == other.split(" -> ")[0]
    assert panel.isHidden()
    assert window.inspector._name.text() == other.split(" -> ")[0]


def test_what_is_told_follows_the_digit_and_a_change_and_goes_where_nothing_is_selected(window, qtbot):
    text, facts = strongest(window, "output:3")
    select(window, text)
    panel = told(qtbot, window)
    before = panel.facts.told
    window.desk.enter("digit 7")
    again = SynapseFacts.of(window.desk.session.traced, text)
    assert again.term.activation != facts.term.activation
    assert number(again.term.contribution, 3, signed=True) in panel._note.text()
    qtbot.waitUntil(lambda: bool(panel.facts.told != before), timeout=PATIENCE)
    ends = panel.facts._ends.card
    assert (ends.activation, ends.contribution) == (again.term.activation, again.term.contribution)
    window.desk.enter(f"set {text} 3")
    qtbot.waitUntil(lambda: bool(panel.facts._ends.card.weight == 3), timeout=PATIENCE)
    window.actions_by_name["ablate"].trigger()
    assert not panel.card.there
    assert panel.facts.isHidden(), "what is cut has no part in anything"
    window.desk.jump(0)
    select(window, "")
    assert panel.isHidden()
    assert window.inspector._hint.isVisible()


def test_of_two_neurons_that_no_synapse_joins_nothing_is_told_but_that_one_can_be_added(window, qtbot):
    text, _ = strongest(window, "output:3")
    select(window, text)
    panel = told(qtbot, window)
    select(window, "conv1:0,0,0 -> output:2")
    # Lost otherwise: what was found out of one synapse stands under the address of another.
    assert panel.facts.isHidden()
    assert panel.isVisible()
    assert panel._note.text().startswith("not there")
    qtbot.wait(200)  # the thread has had its time
    assert panel.facts.isHidden()
    assert window.message.messages == []


def test_a_synapse_that_is_added_amid_a_run_has_a_weight_of_the_network_by_then(window):
    # Lost otherwise: beside weights that have grown, the one that is added does next to nothing.
    desk, net = window.desk, window.desk.session.net
    where = "conv1:0,0,0 -> output:2"
    before = synapse_change(desk.session.traced, where).offered
    desk.learn(net.replace({name: 8 * weights for name, weights in net.parameters.items()}))
    grown = synapse_change(desk.standing, where).offered
    assert grown > 4 * before
    window.view.joined.emit(*(address.neuron(net.graph, end) for end in where.split(" -> ")))
    assert desk.session.changes[-1] == f"add {where} {grown:.4g}"


def test_evidence_and_sharers_are_those_of_the_engine(window):
    text, facts = strongest(window, "conv1:12,12,2")
    net, trace = facts.traced.net, facts.traced.trace
    assert facts.shared == engine.sharers(net, facts.parameter)
    assert text in facts.sharers or facts.shared > len(facts.sharers)
    for each in facts.sharers[:3]:
        assert SynapseFacts.of(facts.traced, each).term.weight == facts.term.weight
    target = address.neuron(net.graph, "conv1:12,12,2")
    into = net.synapses_into("conv1", target - net.offset("conv1"), trace)
    (mine,) = np.flatnonzero(into.source == net.synapse(text).source)
    assert facts.evidence == engine.evidence(trace, into)[mine]
