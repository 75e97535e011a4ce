"""Evidence: slopes that are true, the strongest that are the strongest, sums that add up to the lead."""

import any_nets
import edit_nets
import numpy as np
import pytest
import token_nets
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from image_nets import stack
from preset_edits import kinds

import data
import engine
from engine import Conv, Dense, EngineError, Maxout, MaxPool, Net, Synapses, Trace, strongest
from engine.blocks import Wiring
from engine.graph import address
from engine.topk import Products, kth_largest

IMAGE = data.load("digits").images[7]
EDITS = {
    "dense": "ablate dense0:1; clamp dense0:2 0.4; function dense1:0 tanh; scale dense0:3 -1.5; "
    "cut dense0:4 -> dense1:1; set input:1,1 -> dense0:0 0.9; add input:0,0 -> dense1:2 1.3",
    "images": "ablate conv0:1,1,2; cut conv0:0,0,0 -> max-pool1:0,0,0; "
    "scale max-pool1:1,1,1 -> conv2:1,1,0 3; add input:2,2,1 -> conv2:0,0,1 0.8; clamp input:0,1,0 0.3",
    "norms": "scale conv0:1,1,1 -> lrn1:1,1,1 0.4; cut conv0:1,1,1 -> lrn1:1,1,2; shift maxout2:0,0,1 0.2; "
    "set maxout2:1,1,1 -> layer-norm3:1,1,0 0.7; cut lrn1:0,0,0 -> maxout2:0,0,0",
    "tokens": "scale block1.query:1,2 -> block1.scores:1,1,0 2; "
    "cut block1.value:2,1 -> block1.attention:1,1; ablate block1.hidden:0,3; "
    "add tokens:0,1 -> block1.residual2:0,2 0.6; scale tokens:0,1 -> block1.norm1:0,1 0.5",
}


def cases() -> dict[str, tuple[Net, np.ndarray]]:
    """Small float64 nets of every kind, each as it is and edited, with an input."""
    found = {}
    for name, net in edit_nets.nets().items():
        found[name] = net, edit_nets.image(net)
        found[f"{name}, edited"] = net.mutate(EDITS[name]), edit_nets.image(net)
    return found


CASES = cases()


def by_hand(trace: Trace, pair: tuple[str, str], of=None, against=None) -> tuple[np.ndarray, np.ndarray]:
    """Each synapse of a connection, by one number for both ends, ascending; its evidence in float64."""
    net, found = trace.net, trace.net.synapses(*pair, trace)
    slope = engine.lead_gradient(trace, of, against)[pair[1]].reshape(-1).astype(np.float64)
    start = trace.activation[pair[0]].reshape(-1).astype(np.float64)[found.source - net.offset(pair[0])]
    values = found.weight.astype(np.float64) * start * slope[found.target - net.offset(pair[1])]
    order = np.argsort(ends(net, found))
    return ends(net, found)[order], values[order]


def ends(net: Net, synapses: Synapses) -> np.ndarray:
    return synapses.source.astype(np.int64) * net.neuron_count + synapses.target


def total_by_hand(trace: Trace, pair: tuple[str, str]) -> float:
    return float(np.abs(by_hand(trace, pair)[1]).sum())


def check_strongest(trace: Trace, pairs, k: int, *layers: str, of=None, against=None) -> None:
    """The k strongest of these connections are those of largest evidence by hand, with those values."""
    parts = [by_hand(trace, pair, of, against) for pair in pairs]
    known, truth = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(known)
    known, truth = known[order], truth[order]
    synapses, values = strongest(trace, k, *layers, by="evidence", of=of, against=against)
    found = ends(trace.net, synapses)
    assert len(np.unique(found)) == len(found)
    place = np.searchsorted(known, found)
    assert np.array_equal(known[place], found)
    np.testing.assert_allclose(values, truth[place], rtol=3e-5, atol=1e-30)
    best = np.sort(np.abs(truth))[::-1][:k]
    # What is too small for float32 counts as nothing.
    best = best[best > 1e-37]
    np.testing.assert_allclose(np.abs(values)[: len(best)], best, rtol=3e-5)
    assert (np.diff(np.abs(values)) <= 0).all()


@pytest.mark.parametrize("against", [None, 1])
@pytest.mark.parametrize("case", CASES)
def test_the_slopes_of_the_lead_are_those_of_finite_differences(case, against):
    net, image = CASES[case]
    trace = net.trace(image)
    slopes, eps = engine.lead_gradient(trace, 2, against), 1e-5
    rng = np.random.default_rng(0)
    for layer in net.layers[1:]:
        assert slopes[layer.name].shape == layer.shape
        for index in [0, *rng.permutation(layer.size)[:12].tolist()]:
            where = address.write(net.graph, net.offset(layer.name) + index)
            leads = [
                engine.lead(net.mutate(f"shift {where} {s}").trace(image), 2, against) for s in (eps, -eps)
            ]
            assert (leads[0] - leads[1]) / (2 * eps) == pytest.approx(
                slopes[layer.name].reshape(-1)[index], rel=1e-5, abs=1e-7
            ), where


@pytest.mark.parametrize("case", CASES)
def test_the_slopes_by_the_pixels_are_those_of_finite_differences(case):
    net, image = CASES[case]
    slopes, eps = engine.lead_gradient(net.trace(image), 0)["input"].reshape(-1), 1e-5
    for index in range(image.size):
        leads = []
        for step in (eps, -eps):
            moved = image.copy()
            moved.reshape(-1)[index] += step
            leads.append(engine.lead(net.mutate("shift output:0 0").trace(moved), 0))
        assert (leads[0] - leads[1]) / (2 * eps) == pytest.approx(slopes[index], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("against", [None, 0])
def test_the_strongest_by_evidence_are_truly_the_strongest(case, against):
    net, image = CASES[case]
    trace = net.trace(image)
    for k in (1, 9, 100, 10**6):
        check_strongest(trace, net.connections, k, of=1, against=against)
        for pair in net.connections:
            check_strongest(trace, [pair], k, *pair, of=1, against=against)


@pytest.mark.parametrize("case", CASES)
def test_the_total_is_the_sum_over_every_synapse(case):
    net, image = CASES[case]
    trace = net.trace(image)
    for pair in net.connections:
        expected = total_by_hand(trace, pair)
        assert engine.evidence_total(trace, *pair) == pytest.approx(expected, rel=1e-6)
        (share,) = engine.shares(trace, net.synapses(*pair, trace))
        assert (share.source, share.target, share.count) == (*pair, share.synapses)
        assert share.share == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", edit_nets.nets())
def test_nets_under_random_edits_tell_their_strongest_and_their_totals(name, seed):
    net = edit_nets.chain(edit_nets.nets()[name], 8, seed)
    trace = net.trace(edit_nets.image(net))
    check_strongest(trace, net.connections, 40)
    for pair in net.connections:
        check_strongest(trace, [pair], 15, *pair, of=0, against=1)
        expected = total_by_hand(trace, pair)
        assert engine.evidence_total(trace, *pair) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(max_examples=60)
@given(any_nets.nets(), st.integers(1, 40))
@pytest.mark.slow
def test_any_net_tells_its_strongest_and_its_totals(net, k):
    last = net.layers[-1]
    assume(last.size > 1 and max(last.shape) == last.size)
    trace = net.trace(np.random.default_rng(1).random(net.layers[0].shape))
    check_strongest(trace, net.connections, k)
    for pair in net.connections:
        expected = total_by_hand(trace, pair)
        assert engine.evidence_total(trace, *pair) == pytest.approx(expected, rel=1e-6, abs=1e-30)


@pytest.mark.parametrize("name", engine.presets())
@pytest.mark.slow
def test_every_preset_tells_its_strongest_and_its_totals(name):
    net = engine.load(data.model_path(name))
    trace = net.trace(IMAGE)
    for layer in kinds(net)[1:]:
        for pair in net.connections:
            if pair[1] == layer.name:
                check_strongest(trace, [pair], 300, *pair)
                check_strongest(trace, [pair], 20, *pair, of=3, against=5)
                expected = total_by_hand(trace, pair)
                assert engine.evidence_total(trace, *pair) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", ["mlp-sigmoid", "cnn-fast", "vit-tiny"])
def test_the_strongest_of_a_whole_preset_are_those_of_all_its_connections(name):
    net = engine.load(data.model_path(name))
    trace = net.trace(IMAGE)
    check_strongest(trace, net.connections, 2000)


@settings(max_examples=60)
@given(token_nets.blocks(), st.integers(0, 99))
def test_a_floor_taken_from_the_peaks_loses_none_of_the_strongest(case, seed):
    block, shapes = case
    rng = np.random.default_rng(seed)

    def numbers(shape):
        return rng.standard_normal(shape).astype(np.float32)

    inputs = tuple(numbers(shape) for shape in shapes)
    parameters = {name: numbers(shape) for name, shape in block.parameter_shapes(shapes).items()}
    wiring = Wiring(tuple(shapes), block.shape(shapes), parameters, inputs)
    slope = numbers(wiring.target).reshape(-1)
    for slot, source in enumerate(inputs):
        peaks = block.peaks(wiring, slot, source.reshape(-1), slope)
        for k in range(1, len(peaks) + 1):
            floor = kth_largest(peaks, k)
            assert len(block.top(wiring, slot, source.reshape(-1), k, floor, slope)[0]) == k


@settings(max_examples=200)
@given(data=st.data(), seed=st.integers(0, 10_000), k=st.integers(1, 60))
def test_products_with_a_slope_are_searched_exactly(data, seed, k):
    rng = np.random.default_rng(seed)
    n, r, m, p = (data.draw(st.integers(1, 9)) for _ in range(4))

    def numbers(*shape):
        # Zeros, equals, and sizes that are far apart.
        size = 10.0 ** rng.integers(-6, 7, shape) if data.draw(st.booleans()) else 1.0
        return (rng.integers(-2, 3, shape) * size).astype(np.float32)

    factor = np.abs(numbers(n)) if data.draw(st.booleans()) else None
    rows, places = rng.integers(0, r, n), rng.integers(0, p, n)
    products = Products(numbers(n), rows, numbers(r, m), factor, numbers(p, m), places)
    weight = products.table[rows] if factor is None else products.table[rows] * factor[:, None]
    every = (products.value[:, None] * weight * products.slope[places]).reshape(-1)
    order = np.argsort(-np.abs(every), kind="stable")
    best = np.sort([i for i in order if every[i]][:k])
    ids, values = products.top(k)
    assert ids.tolist() == best.tolist()
    assert np.array_equal(values, every[ids])
    assert products.total() == pytest.approx(float(np.abs(every).sum(dtype=np.float64)), rel=1e-4)
    best_of_rows = np.abs(every).reshape(n, m).max(axis=1)
    assert (products.best() <= best_of_rows).all()
    # A floor that is among the products loses none that reaches it.
    if len(best):
        floor = float(np.sort(np.abs(every[best]))[len(best) // 2])
        kept, _ = products.top(k, floor)
        assert set(best[np.abs(every[best]) >= floor]) <= set(kept.tolist())


@pytest.mark.parametrize(
    ("blocks", "activation", "shape"),
    [
        ([Dense(9), Dense(7), Dense(6)], "relu", (5, 5, 1)),
        ([Conv(4, 3, 3), MaxPool(2), Conv(3, 2, 2), Dense(8)], "relu", (9, 9, 2)),
        ([Dense(8), Maxout(2), Dense(6)], "identity", (4, 4, 1)),
    ],
)
@pytest.mark.parametrize("against", [None, 2])
def test_evidence_into_a_layer_and_the_biases_behind_add_up_to_the_lead(blocks, activation, shape, against):
    net = stack(shape, blocks, activation)
    trace = net.trace(edit_nets.image(net))
    slopes, lead = engine.lead_gradient(trace, 0, against), engine.lead(trace, 0, against)
    biases = 0.0
    for layer in reversed(net.layers[1:]):
        own = net.own_parameters(layer.name).get("bias")
        if own is not None:
            biases += float((slopes[layer.name] * own).sum())
        between = by_hand(trace, (layer.sources[0], layer.name), 0, against)[1].sum()
        assert between + biases == pytest.approx(lead, rel=1e-9)


def test_no_evidence_ends_in_a_silent_neuron():
    trace = engine.load(data.model_path("mlp")).trace(IMAGE)
    found, values = strongest(trace, 3000, by="evidence")
    hidden = found.target < trace.net.offset("output")
    assert len(values) == 3000
    assert (trace.neurons[found.target[hidden]] > 0).all()


def test_evidence_for_a_class_against_a_rival_is_that_of_the_rival_turned_round():
    trace = engine.load(data.model_path("mlp")).trace(IMAGE)
    assert engine.lead(trace, 3, 5) == pytest.approx(-engine.lead(trace, 5, 3))
    scores = trace.pre["output"].astype(np.float64)
    assert engine.lead(trace, 3, 5) == pytest.approx(scores[3] - scores[5])
    assert engine.lead(trace) == pytest.approx(scores[7] - np.delete(scores, 7).mean())
    one, other = (strongest(trace, 50, by="evidence", of=a, against=b) for a, b in ((3, 5), (5, 3)))
    assert np.array_equal(one[0].source, other[0].source)
    assert np.array_equal(one[1], -other[1])


def test_slopes_are_kept_with_the_trace_and_cannot_be_written():
    trace = engine.load(data.model_path("mlp-sigmoid")).trace(IMAGE)
    slopes = engine.lead_gradient(trace)
    assert engine.lead_gradient(trace, trace.prediction) is slopes
    assert engine.lead_gradient(trace, (trace.prediction + 1) % 10) is not slopes
    with pytest.raises(ValueError, match="read-only"):
        slopes["output"][0] = 1


def test_each_image_has_slopes_of_its_own_in_one_net():
    # Lost otherwise: strands that explain the digit before, in a window where one is drawn.
    net, images = engine.load(data.model_path("mlp")), data.load("digits").images
    engine.lead_gradient(net.trace(images[3]), 3)
    trace = net.trace(images[4])
    slopes = engine.lead_gradient(trace, 3)
    fresh = engine.lead_gradient(engine.load(data.model_path("mlp")).trace(images[4]), 3)
    for layer in ("hidden1", "hidden2", "hidden3"):
        np.testing.assert_array_equal(slopes[layer], fresh[layer])
        assert (slopes[layer][trace.pre[layer] <= 0] == 0).all()


def test_a_trace_that_builds_on_another_has_slopes_of_its_own():
    net = token_nets.transformer()
    image = token_nets.image(net)
    base = net.trace(image)
    engine.lead_gradient(base, 0)
    edited = net.mutate("ablate block1.hidden:0,3; scale tokens:0,1 2")
    for name, slope in engine.lead_gradient(edited.trace(image, base=base), 0).items():
        np.testing.assert_array_equal(slope, engine.lead_gradient(edited.trace(image), 0)[name])


def test_evidence_of_any_synapses_is_told_and_so_is_their_share():
    trace = engine.load(data.model_path("mlp")).trace(IMAGE)
    found, values = strongest(trace, 500, "input", "hidden1", by="evidence")
    assert np.array_equal(engine.evidence(trace, found), values)
    loud, _ = strongest(trace, 500, "input", "hidden1")
    (most,), (less,) = engine.shares(trace, found), engine.shares(trace, loud)
    assert (most.count, most.synapses) == (500, 784 * 512)
    assert most.carried == pytest.approx(float(np.abs(values).sum()), rel=1e-5)
    assert 0 < less.share < most.share < 1


@pytest.mark.parametrize("seed", range(5))
def test_the_total_of_a_connection_that_was_all_but_cut_has_nothing_left_of_what_was(seed):
    net = stack((3, 3, 1), [Dense(5), Dense(4)], "relu").astype(np.float32)
    left = "; ".join(f"add input:{i},1 -> dense0:{j} 1e-9" for i in range(3) for j in range(5))
    trace = net.mutate(f"cut input -> dense0; {left}").trace(edit_nets.image(net, seed))
    expected = total_by_hand(trace, ("input", "dense0"))
    assert 0 < expected < 1e-7
    assert engine.evidence_total(trace, "input", "dense0") == pytest.approx(expected, rel=1e-5)


def test_what_makes_no_sense_is_refused_in_one_line():
    trace = engine.load(data.model_path("mlp-sigmoid")).trace(IMAGE)
    tokens = stack((4, 4, 1), [Dense(3)])
    refused = [
        (
            lambda: strongest(trace, 5, by="effect"),
            "unknown by 'effect': known are evidence, contribution, signal, weight, gradient",
        ),
        (
            lambda: strongest(trace, 5, of=3),
            'a contribution is for no class: with of or against, ask by="evi',
        ),
        (lambda: strongest(trace, 5, by="evidence", of=10), r"no class 10: the classes are 0\.\.9"),
        (lambda: strongest(trace, 5, by="evidence", against=-1), r"no class -1: the classes are 0\.\.9"),
        (lambda: engine.lead_gradient(trace, True), r"no class True: the classes are 0\.\.9"),
        (lambda: engine.lead(trace, 2.0), r"no class 2\.0: the classes are 0\.\.9"),
        (lambda: engine.lead(trace, 3, 3), "class 3 cannot be its own rival: set it against another class"),
        (lambda: engine.lead(trace, against=trace.prediction), "cannot be its own rival"),
        (lambda: engine.evidence_total(trace, "input", "output"), "no synapses between input and output"),
        (
            lambda: engine.evidence(tokens.trace(np.ones((4, 4, 1))), strongest(trace, 9, by="evidence")[0]),
            "synapses of another net: test has neurons",
        ),
    ]
    for ask, message in refused:
        with pytest.raises(EngineError, match=message) as error:
            ask()
        assert "\n" not in str(error.value)


def test_a_net_whose_output_is_no_row_of_scores_has_no_lead():
    layers = (
        engine.Layer("input", "", (3, 3, 1)),
        engine.Layer("output", "", (2, 2, 3), Conv(3, 2, 2), ("input",)),
    )
    conv = Net.of("maps", "", layers, {"output.weight": np.ones((2, 2, 1, 3)), "output.bias": np.zeros(3)})
    with pytest.raises(
        EngineError, match=r"maps has an output of shape \(2, 2, 3\): a lead needs a row of 2"
    ):
        engine.lead(conv.trace(np.ones((3, 3, 1))), 0)
    one = (layers[0], engine.Layer("output", "", (1,), Dense(1), ("input",)))
    single = Net.of("single", "", one, {"output.weight": np.ones((9, 1)), "output.bias": np.zeros(1)})
    with pytest.raises(EngineError, match="row of 2 or more scores"):
        strongest(single.trace(np.ones((3, 3, 1))), 1, by="evidence")
