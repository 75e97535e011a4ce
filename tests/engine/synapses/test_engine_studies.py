"""Studies of damaged nets are held to what an evaluation of each damaged net by itself finds."""

import any_nets
import numpy as np
import pytest
from damaged_nets import DIGITS, NETS, SMALL, SOME, accuracy, last
from edit_nets import chain
from edit_nets import nets as edit_nets
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import engine
from engine import EngineError
from engine.graph import address, layer_axes
from engine.kernels import threads


@pytest.mark.parametrize(
    ("name", "layer", "each"),
    [
        ("cnn-fast", "conv1", "map"),
        ("cnn-fast", "pool1", "row"),
        ("vit-tiny", "block1.attention", "token"),
        ("vit-tiny", "block1.attention", "head"),
        ("vit-tiny", "block2.scores", "head"),
        ("vit-tiny", "block2.hidden", "feature"),
    ],
)
def test_a_whole_map_or_token_is_silenced_at_once(name, layer, each):
    net, pair = NETS[name], (SOME[0][:40], SOME[1][:40])
    found = last(engine.ablate_each(net, layer, *pair, each=each, neurons=np.array([3, 0]), batch=16))
    assert found.each == each
    for i, number in enumerate(found.neurons):
        silent = engine.evaluate(net.mutate(f"ablate {layer}:{each}{number}"), *pair)
        assert found.without[i] == pytest.approx(silent.accuracy)
        mean = silent.probabilities[np.arange(len(pair[1])), pair[1]].mean()
        assert found.sure[i] == pytest.approx(mean, abs=1e-5)


def test_of_neurons_that_cost_as_much_the_one_that_costs_certainty_is_needed_more():
    found = last(engine.ablate_each(SMALL, "hidden2", *SOME))
    ranked = list(zip(found.without[found.order], found.sure[found.order], strict=True))
    assert ranked == sorted(ranked)
    assert len(set(found.without)) < len(ranked) == len(set(ranked))


def some_images(net, seed):
    rng = np.random.default_rng(seed)
    return rng.random((7, *net.layers[0].shape)), rng.integers(0, net.layers[-1].size, 7)


@pytest.mark.slow
@settings(max_examples=40)
@given(any_nets.nets(), st.data())
def test_studies_of_any_graph_are_those_of_the_damaged_nets(net, draw):
    assume(len(net.layers) > 2 and len(net.layers[-1].shape) == 1)
    pair = some_images(net, draw.draw(st.integers(0, 99)))
    layer = draw.draw(st.sampled_from(net.layers[1:-1]))
    each = draw.draw(st.sampled_from(["neuron", *layer_axes.axes(net.graph, layer)]))
    found = last(engine.ablate_each(net, layer.name, *pair, each=each, batch=4))
    i = draw.draw(st.integers(0, len(found.neurons) - 1))
    silent = net.mutate(f"ablate {engine.write_unit(net, layer.name, each, i)}")
    assert found.without[i] == pytest.approx(accuracy(silent, pair))
    weighted = [name.removesuffix(".weight") for name in net.parameters if name.endswith(".weight")]
    if weighted:
        layers = draw.draw(st.lists(st.sampled_from(weighted), min_size=1, unique=True))
        pruned = last(engine.prune_until(net, *pair, layers=layers, floor=0.0))
        assert pruned.accuracy == pytest.approx(accuracy(net, pair))
        assert pruned.kept_accuracy == pytest.approx(accuracy(pruned.net, pair))


@pytest.mark.parametrize("kind", sorted(edit_nets()))
@pytest.mark.parametrize("seed", range(4))
def test_studies_of_edited_nets_are_of_the_edited_nets(kind, seed):
    net = chain(edit_nets()[kind], 8, seed)
    pair = some_images(net, seed)
    for layer in net.layers[1:-1]:
        found = last(engine.ablate_each(net, layer.name, *pair, neurons=np.array([0, layer.size - 1])))
        for number, without in zip(found.neurons.tolist(), found.without, strict=True):
            silent = net.mutate(f"ablate {engine.write_unit(net, layer.name, 'neuron', number)}")
            assert without == pytest.approx(accuracy(silent, pair))
    pruned = last(engine.prune_until(net, *pair, floor=0.0))
    assert pruned.accuracy == pytest.approx(accuracy(net, pair))
    assert pruned.kept_accuracy == pytest.approx(accuracy(pruned.net, pair))


def test_units_are_what_their_addresses_name():
    for net in NETS.values():
        for layer in net.layers[1:]:
            for each in ("neuron", *layer_axes.axes(net.graph, layer)):
                units = engine.units_of(net, layer.name, each)
                assert np.array_equal(np.sort(units, axis=None), np.arange(layer.size))
                number = len(units) - 1
                named = address.neurons(
                    net.graph, engine.write_unit(net, layer.name, each, number)
                ) - net.offset(layer.name)
                assert np.array_equal(units[number], named)


def test_a_unit_that_a_layer_has_not_is_refused():
    with pytest.raises(EngineError, match="hidden1 has no maps: take each neuron"):
        next(engine.ablate_each(SMALL, "hidden1", *SOME, each="map"))
    with pytest.raises(EngineError, match="take each neuron or row or column or map"):
        next(engine.ablate_each(NETS["cnn-fast"], "conv1", *SOME, each="token"))


@pytest.mark.parametrize(("name", "layer", "each"), [("mlp-sigmoid", "hidden2", "neuron"),
                                                     ("cnn-fast", "conv1", "map")])  # fmt: skip
def test_each_point_of_a_lesion_is_an_evaluation_of_the_net_without_these_neurons(name, layer, each):
    net = NETS[name]
    rng = np.random.default_rng(3)
    found = last(engine.lesion(net, layer, *SOME, rng, each=each, orders=2, points=4, batch=64))
    assert (found.counts[0], found.counts[-1]) == (0, len(found.ablation.neurons))
    assert found.random.shape == (2, len(found.counts))
    ablation = last(engine.ablate_each(net, layer, *SOME, each=each))
    assert np.array_equal(found.ablation.without, ablation.without)
    order = ablation.order
    for curve, sequence in ((found.most, order), (found.least, order[::-1]),
                            *zip(found.random, found.shuffled, strict=True)):  # fmt: skip
        assert sorted(sequence) == list(range(len(order)))
        for count, right in zip(found.counts, curve, strict=True):
            names = [engine.write_unit(net, layer, each, int(i)) for i in sequence[:count]]
            silent = net.mutate("; ".join(f"ablate {where}" for where in names))
            assert right == pytest.approx(accuracy(silent))


def test_the_area_below_a_curve_is_its_mean_height():
    found = last(engine.lesion(SMALL, "hidden2", *SOME, np.random.default_rng(0), orders=1, points=7))
    every = np.interp(np.linspace(0, 64, 20_001), found.counts, found.most)
    assert found.area(found.most) == pytest.approx(every.mean(), abs=1e-4)
    assert found.area(found.most) < found.area(found.least)


@pytest.mark.parametrize(
    ("name", "layers", "floor"),
    [("mlp-sigmoid", ["hidden2"], 0.9), ("mlp-sigmoid", None, 0.8), ("cnn-fast", ["output"], 0.7)],
)
def test_pruning_finds_the_share_beyond_which_the_floor_breaks(name, layers, floor):
    net = NETS[name]
    found = last(engine.prune_until(net, *SOME, layers=layers, floor=floor))
    every = [n.removesuffix(".weight") for n in net.parameters if n.endswith(".weight")]
    assert list(found.layers) == (layers or every)

    def without(share):
        return net.mutate("; ".join(f"prune {layer} {share:g}" for layer in found.layers))

    for place in (0, 5, len(found.shares) - 1):
        damaged = without(found.shares[place])
        assert found.accuracies[place] == pytest.approx(accuracy(damaged))
        weights = [damaged.parameters[f"{layer}.weight"] for layer in found.layers]
        assert found.left[place] == sum(np.count_nonzero(weight) for weight in weights)
    assert found.kept_accuracy == pytest.approx(accuracy(without(found.share)))
    assert found.kept_accuracy >= floor > accuracy(without(found.share + 0.001))


def test_a_pruned_net_is_made_again_by_its_text_and_stays_pruned():
    found = last(engine.prune_until(SMALL, *SOME, layers=["hidden1"]))
    assert found.floor == pytest.approx(found.accuracy - 0.01)
    assert SMALL.mutate(found.text).diff(found.net) == ()
    assert [str(edit) for edit in found.net.edits] == ["hold hidden1"]
    ((layer, left, size),) = found.left_by_layer
    weight = found.net.parameters["hidden1.weight"]
    assert (layer, left, size) == ("hidden1", np.count_nonzero(weight), weight.size)


def test_a_pruning_of_an_edited_net_is_of_the_edited_net():
    net = SMALL.mutate("ablate hidden1:0-40; nudge hidden2:5 -> output:4 0.5; ablate input:14,14")
    found = last(engine.prune_until(net, *SOME, layers=["hidden2"], floor=0.0))
    assert found.share == 1
    assert found.accuracy == pytest.approx(accuracy(net))
    assert found.kept_accuracy == pytest.approx(accuracy(net.mutate("prune hidden2 1")))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"floor": 0.999}, "floor 99.90%: mlp-sigmoid itself reads .* right: ask for no more"),
        ({"floor": 98}, "floor 98: an accuracy is 0..1"),
        ({"layers": ["input"]}, "input has learned no weights: hidden1, hidden2, output have"),
        ({"layers": ["hidden9"]}, "no layer 'hidden9'"),
    ],
)
def test_a_pruning_that_cannot_be_is_refused(more, says):
    with pytest.raises(EngineError, match=says):
        list(engine.prune_until(SMALL, *SOME, **more))


@pytest.mark.parametrize("processors", [1, 2, 3])
def test_threads_change_no_number_of_a_study(monkeypatch, processors):
    alone = last(engine.ablate_each(SMALL, "hidden2", *SOME, batch=40))
    monkeypatch.setattr(threads, "processors", lambda: processors)
    beside = last(engine.ablate_each(SMALL, "hidden2", *SOME, batch=40))
    assert np.array_equal(alone.without, beside.without)
    assert np.array_equal(alone.lost_by_class, beside.lost_by_class)


@pytest.mark.parametrize("processors", [1, 2])
def test_a_study_that_nobody_listens_to_any_more_stops(monkeypatch, processors):
    monkeypatch.setattr(threads, "processors", lambda: processors)
    done = []

    def work(i):
        for step in range(100_000):
            done.append(i)
            yield step / 100_000
            threads.Event().wait(0.001)

    steps = threads.side_by_side(work, 2)
    next(steps)
    steps.close()
    assert 0 < len(done) < 100_000, "however late it is closed on a busy machine"


@pytest.mark.parametrize("processors", [1, 2])
def test_an_error_in_a_thread_comes_out(monkeypatch, processors):
    monkeypatch.setattr(threads, "processors", lambda: processors)

    def work(i):
        yield 0.5
        raise EngineError(f"no {i}")

    with pytest.raises(EngineError, match="no "):
        list(threads.side_by_side(work, 2))


def test_a_study_needs_images():
    nothing = DIGITS.images[:0], DIGITS.labels[:0]
    for steps in (engine.ablate_each(SMALL, "hidden1", *nothing), engine.prune_until(SMALL, *nothing),
                  engine.lesion(SMALL, "hidden1", *nothing, np.random.default_rng(0))):  # fmt: skip
        with pytest.raises(EngineError, match="there is no image"):
            next(steps)


@pytest.mark.parametrize(
    ("name", "edits"),
    [("mlp", "ablate hidden2:3"), ("cnn-fast", ""), ("vit-tiny", "scale block1.attention:2,5 3")],
)
def test_activations_of_many_images_are_those_of_their_traces(name, edits):
    net = NETS[name].mutate(edits) if edits else NETS[name]
    images = SOME[0][:7]
    traces = [net.trace(image) for image in images]
    for layer in (net.layers[0], net.layers[1], net.layers[-2]):
        found = engine.activations(net, layer.name, images, batch=3)
        assert (found.shape, found.dtype) == ((7, layer.size), np.float32)
        shaped = found.reshape(-1, *layer.shape)
        expected = np.stack([trace.activation[layer.name] for trace in traces])
        assert shaped == pytest.approx(expected, abs=1e-5)
        some = engine.activations(net, layer.name, list(images), neurons=[2, 0])
        assert some == pytest.approx(found[:, [2, 0]], abs=1e-5)


def test_activations_of_what_does_not_fit_are_refused_in_one_line():
    net = NETS["cnn-fast"]
    for images, told in (
        (SOME[0][0], "one image is image"),
        (np.zeros((3, 9, 9)), "expects images"),
        (3, "exp"),
    ):
        with pytest.raises(EngineError, match=told):
            engine.activations(net, "conv1", images)
    with pytest.raises(EngineError, match="conv"):
        engine.activations(net, "conv", SOME[0])
    with pytest.raises(EngineError, match="batch is a whole number of 1 or more, got 0"):
        engine.activations(net, "conv1", SOME[0], batch=0)
