"""A synapse that is selected is told: its term of the sum, who shares its weight, what is read without it."""

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, opened, select
from PySide6.QtTest import QTest

import engine
from engine.graph import address
from viz3d.findings.synapse import SynapseFacts
from viz3d.live.widgets.style import number
from viz3d.session.change import UseNet


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


def shown(qtbot, window):
    panel = window.inspector.synapse
    qtbot.waitUntil(lambda: bool(panel.isVisible()), timeout=PATIENCE)
    return panel


def test_a_synapse_shows_what_it_brings_and_leads_on_to_its_ends_and_sharers(window, qtbot):
    text, facts = strongest(window, "conv1:12,12,2")
    select(window, text)
    panel = shown(qtbot, window)
    assert panel._value.text() == number(facts.term.weight, 3, signed=True)
    assert number(facts.term.contribution, 3) in panel._product.text()
    assert facts.parameter in panel._kind.text()
    assert number(facts.evidence, 3, signed=True) in panel._evidence.text()
    assert not window.inspector._hint.isVisible()
    assert window.inspector._kind.text() == "SYNAPSE"
    listed = [panel.sharers.item(k).text() for k in range(panel.sharers.count())]
    assert listed == list(facts.sharers)
    assert panel._shared.text().startswith(f"{facts.shared:,} SYNAPSES")
    assert panel.sharers.currentItem() is None or panel.sharers.currentItem().text() == text
    other = next(each for each in listed if each != text)
    panel.followed.emit(other)
    assert window.desk.session.selection == other
    qtbot.waitUntil(lambda: bool(panel._target.text() == other.split(" -> ")[1]), timeout=PATIENCE)
    QTest.mouseClick(panel._source, LEFT)
    assert window.desk.session.selection == other.split(" -> ")[0]
    assert panel.isHidden()
    assert window.inspector._name.text() == other.split(" -> ")[0]


def test_the_card_follows_the_digit_and_goes_where_nothing_is_selected(window, qtbot):
    text, facts = strongest(window, "output:3")
    select(window, text)
    panel = shown(qtbot, window)
    before = panel._product.text()
    window.desk.enter("digit 7")
    again = SynapseFacts.of(window.desk.session.traced, text)
    assert again.term.activation != facts.term.activation
    told = number(again.term.contribution, 3)
    qtbot.waitUntil(lambda: bool(told in panel._product.text()), timeout=PATIENCE)
    assert panel._product.text() != before
    select(window, "")
    assert panel.isHidden()
    assert window.inspector._hint.isVisible()


def test_two_neurons_that_no_synapse_joins_have_no_card(window, qtbot):
    text, _ = strongest(window, "output:3")
    select(window, text)
    panel = shown(qtbot, window)
    select(window, "conv1:0,0,0 -> output:2")
    qtbot.waitUntil(lambda: bool(panel.isHidden()), timeout=PATIENCE)
    assert window.inspector._hint.isVisible()
    assert window.message.messages == []


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
