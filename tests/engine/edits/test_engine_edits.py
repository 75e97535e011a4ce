"""A net with edits computes what its explicit synapses say, in every pass, and the net it came from stays."""

import numpy as np
import pytest
from edit_nets import chain, image, nets
from finite_differences import check_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

import data
import engine
from engine import interpret
from engine.edits import parse, write
from engine.graph import address
from engine.run import Machine
from engine.training import Trainer

NETS = nets()
CNN = engine.load(data.model_path("cnn-draw"))
FOUR = data.load("digits").images[4]
anywhere = st.sampled_from(sorted(NETS)), st.integers(1, 20), st.integers(0, 10_000)


def shifts(net):
    found = np.zeros(net.neuron_count)
    for name, cells in net.overlay.cells.items():
        found[net.offset(name) + cells.shifted] = cells.shift
    return found


@settings(max_examples=30, deadline=None)
@given(*anywhere)
def test_neurons_that_fire_one_by_one_agree_with_the_fast_pass(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    trace, firing = net.trace(image(net)), interpret(net, image(net))
    for layer in net.layers[1:]:
        part = slice(net.offset(layer.name), net.offset(layer.name) + layer.size)
        assert trace.pre[layer.name].reshape(-1) == pytest.approx(firing.pre[part], abs=1e-9)
        assert trace.activation[layer.name].reshape(-1) == pytest.approx(firing.activation[part], abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(*anywhere)
def test_the_synapses_of_a_neuron_add_up_to_its_sum(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    trace = net.trace(image(net))
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    shift = shifts(net)
    for layer in net.layers[1:]:
        biases = layer.block.biases(net.wiring(layer.name))
        biases = np.zeros(layer.size) if biases is None else biases.reshape(-1)
        for index in range(layer.size):
            found = net.synapses_into(layer.name, index, trace)
            total = float(found.weight @ act[found.source]) + biases[index]
            total += shift[net.offset(layer.name) + index]
            assert total == pytest.approx(trace.pre[layer.name].reshape(-1)[index], abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(*anywhere)
def test_every_view_of_the_synapses_tells_of_the_same_ones(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    whole = [
        (s, t, round(float(w), 12), g)
        for part in net.iter_synapses(chunk=50)
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    into = [
        (s, t, round(float(w), 12), g)
        for layer in net.layers
        for index in range(layer.size)
        for part in [net.synapses_into(layer.name, index)]
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    out_of = [
        (s, t, round(float(w), 12), g)
        for layer in net.layers
        for index in range(layer.size)
        for part in [net.synapses_out_of(layer.name, index)]
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    # A neuron tells too of those that it gates.
    gated = [row for row in whole if row[3] >= 0]
    assert sorted(whole) == sorted(into)
    assert sorted(whole + gated) == sorted(out_of)
    assert len(whole) == net.edge_count
    assert sum(net.synapse_count(*pair) for pair in net.connections) == net.edge_count


@settings(max_examples=15, deadline=None)
@given(*anywhere, st.integers(1, 60))
def test_the_strongest_are_the_strongest_of_those_that_are_left(kind, length, seed, k):
    net = chain(NETS[kind], length, seed)
    trace = net.trace(image(net))
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    every = [net.synapses(*pair, trace) for pair in net.connections]
    products = np.concatenate([np.abs(part.weight * act[part.source]) for part in every])
    _, found = engine.strongest(trace, k)
    expected = np.sort(products[products > 1e-12])[::-1][:k]
    assert np.abs(found) == pytest.approx(expected, rel=1e-5)


@settings(max_examples=12, deadline=None)
@given(*anywhere)
def test_gradients_are_slopes_under_edits(kind, length, seed):
    check_parameters(chain(NETS[kind], length, seed), idle=True)


@settings(max_examples=15, deadline=None)
@given(*anywhere)
def test_a_saved_net_comes_back_with_its_edits(tmp_path_factory, kind, length, seed):
    net = chain(NETS[kind], length, seed)
    path = tmp_path_factory.mktemp("edits") / "net.npz"
    engine.save(net, path)
    again = engine.load(path)
    assert again.edits == net.edits
    assert (again.trace(image(net)).neurons == net.trace(image(net)).neurons).all()


@given(*anywhere)
@settings(max_examples=20, deadline=None)
def test_edits_read_back_as_they_were_written_and_replay(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    assert parse(write(net.edits)) == net.edits
    replayed = NETS[kind].mutate(write(net.edits))
    assert (replayed.trace(image(net)).neurons == net.trace(image(net)).neurons).all()


@pytest.mark.parametrize(
    ("edits", "change"),
    [
        ("cut conv1:4,4,2 -> pool1:2,2,2", -1),
        ("scale conv1:4,4,2 -> pool1:2,2,2 2", 0),
        ("cut input:14,14 -> conv1:12,12,5", -1),
        ("add input:1,1 -> hidden1:3 0.5", 1),
        ("add input:1,1 -> hidden1:3 0.5; cut input:1,1 -> hidden1:3", 0),
    ],
)
def test_synapses_that_are_cut_or_added_are_counted(edits, change):
    net = CNN.mutate(edits)
    assert net.edge_count == CNN.edge_count + change
    assert sum(len(part) for part in net.iter_synapses()) == net.edge_count


def test_cutting_one_synapse_of_a_convolution_changes_one_neurons_sum():
    before = CNN.trace(FOUR)
    synapses = CNN.synapses_into("conv1", 12 * 24 * 20 + 12 * 20 + 5)
    lit = int(np.argmax(np.abs(before.neurons[synapses.source] * synapses.weight)))
    source, target = int(synapses.source[lit]), int(synapses.target[lit])
    ends = f"{address.write(CNN.graph, source)} -> {address.write(CNN.graph, target)}"
    after = CNN.mutate(f"cut {ends}").trace(FOUR)
    changed = np.flatnonzero(after.pre["conv1"] != before.pre["conv1"])
    assert (changed + CNN.offset("conv1")).tolist() == [target]


@pytest.mark.parametrize("kind", sorted(NETS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_training_keeps_what_edits_say(kind, seed):
    net = chain(NETS[kind], 12, seed).astype(np.float32)
    rng = np.random.default_rng(0)
    x = rng.random((5, *net.layers[0].shape), np.float32)
    trainer = Trainer(net, net.recipe)
    for _ in range(3):
        trainer.update(x, rng.integers(0, 3, 5), 0.05, rng)
    trained = trainer.snapshot()
    assert trained.edits == net.edits
    for name, places in net.overlay.held.items():
        assert (
            trained.parameters[name].reshape(-1)[places] == net.parameters[name].reshape(-1)[places]
        ).all()
    assert any((trained.parameters[name] != net.parameters[name]).any() for name in net.parameters)
    # What is cut or clamped is so by the edits, which the trained net still has.
    trace = trained.trace(x[0])
    for name, cells in net.overlay.cells.items():
        still = cells.gain == 0
        act = trace.activation[name].reshape(-1)[cells.chosen[still]]
        assert act == pytest.approx(cells.offset[still], abs=1e-6)


@pytest.mark.parametrize("kind", sorted(NETS))
def test_compiled_loops_compute_the_same_under_edits(kind):
    net = chain(NETS[kind], 15, 7).astype(np.float32)
    x = np.random.default_rng(1).random((4, *net.layers[0].shape), np.float32)
    outputs = []
    for fast in (False, True):
        machine = Machine(net.layers, net.parameters, 4, fast=fast, overlay=net.overlay)
        outputs.append(machine.forward(x).copy())
    assert outputs[0] == pytest.approx(outputs[1], abs=1e-5)
