"""Evidence: the strongest that are the strongest, sums that add up to the lead."""

from unittest.mock import patch

import any_nets
import edit_nets
import numpy as np
import pytest
import token_nets
from evidence_by_hand import CASES, IMAGE, by_hand, ends
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from image_nets import stack
from preset_edits import kinds

import data
import engine
from engine import Conv, Dense, EngineError, Maxout, MaxPool, Trace, strongest, topk
from engine.blocks import Wiring
from engine.kernels import compile as _loops  # noqa: F401 -- brings Numba, as training does
from engine.topk import Products, kth_largest


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


@pytest.mark.parametrize("compiled", [False, True])
@settings(max_examples=200)
@given(data=st.data(), seed=st.integers(0, 10_000), k=st.integers(1, 60))
def test_products_with_a_slope_are_searched_exactly(compiled, data, seed, k):
    # The compiled way is taken where Numba is loaded already.
    with patch.object(topk, "_COMPILED", "engine.kernels.compile" if compiled else "not loaded"):
        search_products(data, seed, k)


@pytest.mark.parametrize("compiled", [False, True])
def test_products_that_come_late_are_found_though_many_before_them_were_large(compiled):
    # More than there is room for: what was collected is thinned on the way.
    value, even = np.arange(1, 41, dtype=np.float32), np.ones((1, 8), np.float32)
    with patch.object(topk, "_COMPILED", "engine.kernels.compile" if compiled else "not loaded"):
        ids, values = Products(value, np.zeros(40, np.int64), even, slope=even).top(3)
    assert ids.tolist() == [39 * 8, 39 * 8 + 1, 39 * 8 + 2]
    assert values.tolist() == [40.0] * 3


def search_products(data, seed: int, k: int) -> None:
    """The k largest of products at random are those of all products multiplied out."""
    rng = np.random.default_rng(seed)
    n, r, m, p = (data.draw(st.integers(1, 9)) for _ in range(4))

    def numbers(*shape):
        # Zeros, equals, and sizes that are far apart.
        size = 10.0 ** rng.integers(-6, 7, shape) if data.draw(st.booleans()) else 1.0
        return (rng.integers(-2, 3, shape) * size).astype(np.float32)

    factor = np.abs(numbers(n)) if data.draw(st.booleans()) else None
    rows, places = rng.integers(0, r, n), rng.integers(0, p, n)
    last = numbers(n) if data.draw(st.booleans()) else None
    products = Products(numbers(n), rows, numbers(r, m), factor, numbers(p, m), places, last)
    weight = products.table[rows] if factor is None else products.table[rows] * factor[:, None]
    every = products.value[:, None] * weight * products.slope[places]
    every = (every if last is None else every * last[:, None]).reshape(-1)
    order = np.argsort(-np.abs(every), kind="stable")
    best = np.sort([i for i in order if every[i]][:k])
    ids, values = products.top(k)
    assert ids.tolist() == best.tolist()
    assert np.array_equal(values, every[ids])
    if last is None:
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
