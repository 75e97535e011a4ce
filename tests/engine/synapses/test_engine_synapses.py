"""The synapses view is the net: the same edges from every side, and truly the strongest of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Dense, EngineError, Kind, Layer, Net, preset, strongest
from engine.graph.address import write
from engine.topk import top_positions


def net_of(*sizes: int, seed: int = 0) -> Net:
    rng = np.random.default_rng(seed)
    layers = [Layer("input", "", (sizes[0],))]
    parameters = {}
    for i, size in enumerate(sizes[1:], 1):
        name = "output" if i == len(sizes) - 1 else f"hidden{i}"
        layers.append(Layer(name, "", (size,), Dense(size), (layers[-1].name,), "relu"))
        parameters[f"{name}.weight"] = rng.standard_normal((sizes[i - 1], size)).astype(np.float32)
        parameters[f"{name}.bias"] = rng.standard_normal(size).astype(np.float32)
    return Net.of("test", "", tuple(layers), parameters)


def rows(synapses) -> list[tuple]:
    columns = (synapses.source, synapses.target, synapses.weight, synapses.parameter, synapses.kind)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_every_edge_once_with_its_weight_and_parameter():
    net = net_of(3, 4, 2)
    flat = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
    expected = []
    for source, target in net.connections:
        weight = net.parameters[f"{target}.weight"]
        for i, j in np.ndindex(weight.shape):
            expected.append((net.offset(source) + i, net.offset(target) + j, float(weight[i, j])))
    found = [row for part in net.iter_synapses(chunk=5) for row in rows(part)]
    assert sorted(row[:3] for row in found) == sorted(expected)
    assert all(float(flat[parameter]) == weight for _, _, weight, parameter, _ in found)
    assert {row[4] for row in found} == {Kind.LEARNED}
    assert len(found) == net.edge_count == 20


def test_chunks_are_never_larger_than_asked():
    sizes = [len(part) for part in net_of(3, 4, 2).iter_synapses(chunk=5)]
    assert sizes == [5, 5, 2, 5, 3]


def test_the_view_from_a_neuron_and_of_a_pair_are_the_same_edges():
    net = net_of(3, 4, 2)
    every = [row for part in net.iter_synapses() for row in rows(part)]
    for layer in net.layers:
        for index in range(layer.size):
            neuron = net.offset(layer.name) + index
            assert rows(net.synapses_into(layer.name, index)) == [r for r in every if r[1] == neuron]
            assert rows(net.synapses_out_of(layer.name, index)) == [r for r in every if r[0] == neuron]
    assert rows(net.synapses("input", "hidden1")) + rows(net.synapses("hidden1", "output")) == every


def test_array_types_are_compact():
    found = net_of(3, 4, 2).synapses("input", "hidden1")
    kinds = [getattr(found, name).dtype for name in ("source", "target", "weight", "parameter", "kind")]
    assert kinds == [np.int32, np.int32, np.float32, np.int64, np.int8]


def test_a_neuron_that_is_not_there_says_which_are():
    with pytest.raises(EngineError, match=r"no neuron hidden1:4: hidden1 has neurons 0\.\.3"):
        net_of(3, 4, 2).synapses_into("hidden1", 4)
    with pytest.raises(EngineError, match="hidden1:-1"):
        net_of(3, 4, 2).synapses_out_of("hidden1", -1)


def test_layers_that_are_not_connected_say_which_are():
    with pytest.raises(EngineError, match="connected are input -> hidden1, hidden1 -> output"):
        net_of(3, 4, 2).synapses("input", "output")


def brute_force(trace, pairs, k):
    """Every contribution, by magnitude, then in edge order."""
    found = []
    for source, target in pairs:
        weight, net = trace.net.parameters[f"{target}.weight"], trace.net
        product = weight * trace.activation[source].reshape(-1, 1)
        for i, j in np.ndindex(weight.shape):
            if product[i, j]:
                found.append((net.offset(source) + i, net.offset(target) + j, float(product[i, j])))
    # sorted is stable, so equals stay in edge order.
    return sorted(found, key=lambda edge: -abs(edge[2]))[:k]


def triples(trace, *arguments):
    found, contribution = strongest(trace, *arguments)
    return list(zip(found.source.tolist(), found.target.tolist(), contribution.tolist(), strict=True))


@pytest.mark.parametrize("k", [0, 1, 7, 500, 10_000_000])
def test_strongest_of_a_pair_are_the_true_top_k_of_the_mlp(k):
    net = preset("mlp-sigmoid", np.random.default_rng(1))
    image = np.random.default_rng(2).integers(0, 256, (28, 28), dtype=np.uint8)
    image[:9] = 0
    trace = net.trace(image)
    assert triples(trace, k, "input", "hidden1") == brute_force(trace, [("input", "hidden1")], k)


def test_strongest_of_the_whole_net_are_the_true_top_k():
    net = preset("mlp-sigmoid", np.random.default_rng(1))
    trace = net.trace(np.random.default_rng(2).integers(0, 256, (28, 28), dtype=np.uint8))
    assert triples(trace, 3000) == brute_force(trace, net.connections, 3000)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(0, 60))
def test_ties_go_to_the_edge_that_comes_first(seed, k):
    rng = np.random.default_rng(seed)
    net = net_of(4, 5, 3)
    # Few distinct values, both signs and zeros: most contributions tie.
    coarse = {name: rng.integers(-1, 2, a.shape).astype(np.float32) for name, a in net.parameters.items()}
    trace = net.replace(coarse).trace(rng.integers(0, 3, 4).astype(np.float32))
    assert triples(trace, k) == brute_force(trace, net.connections, k)
    assert triples(trace, k, "input", "hidden1") == brute_force(trace, [("input", "hidden1")], k)


def test_synapses_that_carry_nothing_are_left_out():
    found, contribution = strongest(net_of(3, 4, 2).trace(np.array([0.0, 0.5, 0.0])), 100, "input", "hidden1")
    assert set(found.source.tolist()) == {1}
    assert len(found) == len(contribution) == 4


def test_a_dark_image_has_no_strong_synapses():
    found, contribution = strongest(net_of(3, 4, 2).trace(np.zeros(3)), 10, "input", "hidden1")
    assert len(found) == len(contribution) == 0


def test_asking_for_half_a_connection_is_an_error():
    trace = net_of(3, 4, 2).trace(np.ones(3))
    with pytest.raises(EngineError, match="name both layers"):
        strongest(trace, 5, "input")
    with pytest.raises(EngineError, match="k = -1"):
        strongest(trace, -1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(0, 45))
def test_top_positions_are_those_of_a_stable_sort(values, k):
    magnitudes = np.array(values, np.float32)
    order = [p for p in np.argsort(-magnitudes, kind="stable") if magnitudes[p] > 0][:k]
    assert top_positions(magnitudes, k).tolist() == sorted(order)


def test_the_blocks_own_selection_agrees_with_the_general_one():
    # Dense has a fast path; new blocks inherit the chunked one.
    net = net_of(300, 1000, 2)
    activation = np.random.default_rng(5).standard_normal(300).astype(np.float32)
    block, wiring = net.layer("hidden1").block, net.wiring("hidden1")
    fast = block.top(wiring, 0, activation, 700)
    general = super(Dense, block).top(wiring, 0, activation, 700)
    assert np.array_equal(fast[0], general[0])
    assert np.array_equal(fast[1], general[1])


def test_a_synapse_by_its_name_is_read_with_its_weight_also_a_changed_one():
    net = net_of(3, 4, 2)
    synapse = net.synapse("input:2 -> hidden1:3")
    (weight,) = synapse.read().weight
    assert weight == net.parameters["hidden1.weight"][2, 3]
    for changed, now in (
        (synapse.set(0.5), 0.5),
        (synapse.scale(2), 2 * weight),
        (synapse.nudge(1), weight + 1),
    ):
        assert changed.synapse(synapse.address).read().weight == pytest.approx([now])
    assert not len(synapse.cut().synapse(synapse.address).read())
    leap = net.synapse("input:0 -> output:1")
    assert not len(leap.read())
    assert leap.add(0.25).synapse(leap.address).read().weight == pytest.approx([0.25])


@pytest.mark.parametrize(
    ("kinds", "edits"),
    [
        ("maps", "cut conv1:0-4,*,* -> pool1; set conv1:5,5,0 -> pool1:2,2,0 0.5"),
        ("maps", "scale input -> conv1:map1 2; nudge input:2,2 -> conv1:1,1,1 0.5"),
        ("row", "cut input:2 -> hidden1:3; add input:1 -> output:1 0.25"),
    ],
)
def test_a_synapse_that_is_read_alone_is_that_of_all_that_end_there(kinds, edits):
    net = net_of(3, 4, 2) if kinds == "row" else preset("cnn-fast", np.random.default_rng(0))
    changed, rng = net.mutate(edits), np.random.default_rng(1)
    trace = changed.trace(rng.random(net.layers[0].shape, np.float32))
    for source, target in changed.connections[:2]:
        for end in rng.integers(net.layer(target).size, size=4).tolist():
            found = changed.synapses_into(target, end, trace)
            start = int(rng.integers(net.layer(source).size)) + net.offset(source)
            for begun in {start, *found.source[:3].tolist()}:
                where = f"{write(net.graph, begun)} -> {write(net.graph, net.offset(target) + end)}"
                read, mine = changed.synapse(where).read(trace), found.source == begun
                for name in ("weight", "parameter", "kind", "gate"):
                    assert getattr(read, name).tolist() == getattr(found, name)[mine].tolist(), where


def test_a_synapse_whose_weight_is_computed_is_read_from_a_trace():
    net = preset("vit-tiny", np.random.default_rng(0))
    trace = net.trace(np.random.default_rng(1).random((28, 28, 1), np.float32))
    found = net.synapses_into("block1.attention", 5, trace)
    i = int(np.abs(found.weight).argmax())
    names = [write(net.graph, int(end[i])) for end in (found.source, found.target)]
    read = net.synapse(" -> ".join(names)).read(trace)
    mine = found.source == found.source[i]
    assert read.weight.tolist() == found.weight[mine].tolist()
