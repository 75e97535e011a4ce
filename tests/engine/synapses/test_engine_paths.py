"""The strongest paths to a class are the truly strongest, and all paths together make its score."""

import numpy as np
import pytest
from edit_nets import chain, image, nets
from image_nets import stack

import data
import engine
from engine import Dense, EngineError, Net, strongest_paths
from engine.graph import address

NETS = nets()
CNN = engine.load(data.model_path("cnn-draw"))
FOUR = data.load("digits").images[4]


def every_path(net: Net, trace, label: int) -> list[tuple[tuple[int, ...], float]]:
    """All paths by walking all synapses, slow and obvious."""
    pre = np.concatenate([trace.pre[n.name].reshape(-1) for n in net.layers])
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    passed = act.copy()  # what an edit sets comes from no pixel
    for name, cells in net.overlay.cells.items():
        passed[net.offset(name) + cells.chosen] -= cells.offset
    end = net.offset("output") + label
    places = [(layer, i) for layer in net.layers for i in range(layer.size)]
    done, open_ways = [], [((end,), 1.0)]
    while open_ways:
        way, product = open_ways.pop()
        layer, index = places[way[0]]
        if layer.block is None:
            done.append((way, product * act[way[0]]))
            continue
        into = net.synapses_into(layer.name, index, trace)
        slope = 1.0 if way[0] == end else passed[way[0]] / pre[way[0]] if pre[way[0]] else 0.0
        for source, weight in zip(into.source.tolist(), into.weight.tolist(), strict=True):
            if weight * slope:
                open_ways.append(((source, *way), product * weight * slope))
    return done


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("edits", [0, 6])
def test_the_strongest_paths_are_found_among_all(edits, activation):
    net = chain(stack((3, 3, 1), [Dense(5), Dense(4)], activation), edits, 3)
    trace = net.trace(image(net))
    whole = sorted(every_path(net, trace, 1), key=lambda found: -abs(found[1]))
    found = strongest_paths(trace, 1, 12)
    assert [p.contribution for p in found] == pytest.approx([c for _, c in whole[:12]], rel=1e-5)
    assert {p.neurons for p in found} <= {way for way, _ in whole[:14]}


def test_all_paths_of_a_net_without_biases_make_the_score():
    net = NETS["dense"]
    still = {name: a * (0 if name.endswith("bias") else 1) for name, a in net.parameters.items()}
    net = net.replace(still)
    trace = net.trace(image(net))
    found = strongest_paths(trace, 2, 10_000)
    assert sum(p.contribution for p in found) == pytest.approx(trace.pre["output"][2], rel=1e-5)


@pytest.mark.parametrize("kind", ["dense", "images"])
@pytest.mark.parametrize("edits", [0, 6])
def test_what_a_pixel_brings_is_the_sum_of_all_its_paths(kind, edits):
    net = chain(NETS[kind], edits, 3)
    trace = net.trace(image(net))
    expected = np.zeros(net.layers[0].size)
    for way, contribution in every_path(net, trace, 1):
        expected[way[0]] += contribution
    assert engine.pixel_contributions(trace, 1) == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("kind", ["images", "tokens"])
def test_pixels_bring_the_whole_score_where_nothing_else_is_added(kind):
    net = NETS[kind]
    learned = ("weight", "scale")
    net = net.replace({n: a * n.endswith(learned) for n, a in net.parameters.items()})
    trace = net.trace(image(net))
    for label in range(3):
        score = trace.pre["output"][label]
        assert score != 0
        assert engine.pixel_contributions(trace, label).sum() == pytest.approx(score, rel=1e-5)


def test_a_path_is_worth_what_its_synapses_say_before_and_after_an_edit():
    before = CNN.trace(FOUR)
    found = strongest_paths(before, 4, 30)
    ways = [p.neurons for p in found]
    assert engine.path_contributions(before, ways) == pytest.approx([p.contribution for p in found])
    source, target = (address.write(CNN.graph, n) for n in ways[0][-3:-1])
    for edit in (f"cut {source} -> {target}", f"ablate {target}", f"clamp {target} 3"):
        after = CNN.mutate(edit).trace(FOUR)
        values = engine.path_contributions(after, ways)
        assert values[0] == 0
        assert ways[0] not in {p.neurons for p in strongest_paths(after, 4, 30)}
        # What does not go that way, and meets no neuron that it changed, is as it was.
        apart = [i for i, way in enumerate(ways) if way[-2] != ways[0][-2]]
        assert values[apart] == pytest.approx([found[i].contribution for i in apart])


@pytest.mark.parametrize("label", [4, 9])
def test_a_path_leads_from_a_lit_pixel_along_real_synapses(label):
    trace = CNN.trace(FOUR)
    found = strongest_paths(trace, label, 5)
    strengths = [abs(p.contribution) for p in found]
    assert strengths == sorted(strengths, reverse=True)
    for path in found:
        assert trace.neurons[path.neurons[0]] > 0
        assert path.neurons[-1] == CNN.offset("output") + label
        for source, target in zip(path.neurons[:-1], path.neurons[1:], strict=True):
            layer = next(n for n in reversed(CNN.layers) if CNN.offset(n.name) <= target)
            into = CNN.synapses_into(layer.name, target - CNN.offset(layer.name), trace)
            assert source in into.source[into.weight != 0]


def test_paths_through_attention_are_found():
    net = NETS["tokens"]
    trace = net.trace(image(net))
    found = strongest_paths(trace, 0, 8)
    assert len(found) == 8
    assert all(path.neurons[0] < net.layers[0].size for path in found)


@pytest.mark.parametrize(("label", "k"), [(10, 3), (-1, 3), (3, -1)])
def test_what_cannot_be_asked_is_refused(label, k):
    with pytest.raises(EngineError):
        strongest_paths(CNN.trace(FOUR), label, k)
