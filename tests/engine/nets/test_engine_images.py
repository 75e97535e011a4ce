"""Convolution and pooling: every shape, stride and padding computes its definition, on every path."""

import numba
import numpy as np
import pytest
from block_runs import edges_of, run
from finite_differences import check_parameters, slopes
from hypothesis import given, settings
from hypothesis import strategies as st
from image_nets import assert_interpreted, convs, images, nets, pools, stack

import data
from engine import (
    AveragePool,
    Conv,
    EngineError,
    Kind,
    MaxPool,
    fit,
    load,
    preset,
    strongest,
)
from engine.run import Machine, as_inputs

MANY = settings(max_examples=60, deadline=None)


def padded(block, x, fill):
    """The image in a frame of `fill` with all that any window reads, and the windows' step."""
    down, across = block.axes(x.shape[1:])
    wide = [(0, 0), *((a.before, a.taps + a.stride * a.places) for a in (down, across)), (0, 0)]
    return np.pad(x, wide, constant_values=fill), down, across


def by_definition(block, x, parameters):
    """Window by window, in plain loops."""
    fill = 0.0 if isinstance(block, Conv) else np.nan
    framed, down, across = padded(block, x, fill)
    out = np.empty((len(x), *block.shape([x.shape[1:]])))
    for y, z in np.ndindex(down.places, across.places):
        top, left = y * down.stride, z * across.stride
        seen = framed[:, top : top + down.taps, left : left + across.taps]
        if isinstance(block, Conv):
            out[:, y, z] = np.tensordot(seen, parameters["weight"], 3) + parameters["bias"]
        else:
            find = np.nanmax if isinstance(block, MaxPool) else np.nanmean
            out[:, y, z] = find(seen, axis=(1, 2))
    return out


@st.composite
def cases(draw):
    shape = draw(images())
    block = draw(st.one_of(convs(shape), pools(shape)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.standard_normal((draw(st.integers(1, 3)), *shape))
    parameters = {n: rng.standard_normal(s) for n, s in block.parameter_shapes([shape]).items()}
    return block, x, parameters, rng


@MANY
@given(cases())
def test_a_block_computes_its_definition(case):
    block, x, parameters, _ = case
    assert np.allclose(run(block, x, parameters), by_definition(block, x, parameters), atol=1e-12)


@MANY
@given(cases())
def test_gradients_are_slopes(case):
    block, x, parameters, rng = case
    grad = rng.standard_normal((len(x), *block.shape([x.shape[1:]])))
    _, gradients, back = run(block, x, parameters, grad)
    expected = slopes(lambda: float((run(block, x, parameters) * grad).sum()), {"x": x, **parameters})
    assert np.allclose(back, expected.pop("x"), rtol=1e-5, atol=1e-7)
    for name, slope in expected.items():
        assert np.allclose(gradients[name], slope, rtol=1e-5, atol=1e-7), name


@MANY
@given(cases(), st.sampled_from([0.1, 0.5, 1.0]), st.sampled_from([0.1, 1.0]))
def test_compiled_loops_compute_the_same(case, lit, felt):
    # Where few numbers differ from zero, the zeros are left out: other loops run.
    block, x, parameters, rng = case
    x = (x * (rng.random(x.shape) < lit)).astype(np.float32)
    parameters = {n: a.astype(np.float32) for n, a in parameters.items()}
    shape = (len(x), *block.shape([x.shape[1:]]))
    grad = rng.standard_normal(shape) * (rng.random(shape) < felt)
    for fast, plain in zip(
        run(block, x, parameters, grad, fast=True), run(block, x, parameters, grad), strict=True
    ):
        pairs = [(fast[n], plain[n]) for n in plain] if isinstance(plain, dict) else [(fast, plain)]
        assert all(np.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in pairs)


@pytest.mark.parametrize("felt", [0.1, 1.0])
@pytest.mark.parametrize("lit", [0.1, 1.0])
def test_threads_change_no_bit(lit, felt):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core only")
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((20, 14, 14, 3)) * (rng.random((20, 14, 14, 3)) < lit)).astype(np.float32)
    found, before = [], numba.get_num_threads()
    for threads in (1, 2):
        numba.set_num_threads(threads)
        for block in (Conv(8, 5, 5), MaxPool(3, 2)):
            shape = (20, *block.shape([x.shape[1:]]))
            own = np.random.default_rng(1)
            grad = own.standard_normal(shape) * (own.random(shape) < felt)
            parameters = block.initial([x.shape[1:]], own)
            out, gradients, back = run(block, x, parameters, grad, fast=True)
            found.append([out, back, *gradients.values()])
    numba.set_num_threads(before)
    for one, two in zip(found[:2], found[2:], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@settings(max_examples=25, deadline=None)
@given(nets())
def test_reference_fast_pass_and_synapses_agree(net):
    assert_interpreted(net)


@settings(max_examples=25, deadline=None)
@given(nets())
def test_the_view_from_a_neuron_is_the_view_of_the_whole(net):
    parts = list(net.iter_synapses(chunk=50))
    every = sorted(edge for part in parts for edge in edges_of(part))
    assert len({edge[:2] for edge in every}) == len(every) == net.edge_count
    for side, view in ((1, net.synapses_into), (0, net.synapses_out_of)):
        by_neuron: dict[int, list] = {}
        for edge in every:
            by_neuron.setdefault(edge[side], []).append(edge)
        for layer in net.layers:
            for index in range(layer.size):
                expected = by_neuron.get(net.offset(layer.name) + index, [])
                assert sorted(edges_of(view(layer.name, index))) == expected


@settings(max_examples=25, deadline=None)
@given(nets(), st.integers(0, 2**32 - 1))
def test_the_edge_between_two_neurons_is_found(net, seed):
    rng = np.random.default_rng(seed)
    for layer in net.layers[1:]:
        wiring, source = net.wiring(layer.name), net.layer(layer.sources[0])
        edges = layer.block.edges(wiring, 0, np.arange(layer.block.edge_count(wiring, 0)))
        there = rng.integers(len(edges.source), size=4)
        ends = zip(edges.source[there], edges.target[there], strict=True)
        anywhere = zip(rng.integers(source.size, size=8), rng.integers(layer.size, size=8), strict=True)
        for start, end in (*ends, *anywhere):
            expected = np.flatnonzero((edges.source == start) & (edges.target == end))
            assert layer.block.edges_between(wiring, 0, int(start), int(end)).tolist() == expected.tolist()


@settings(max_examples=40, deadline=None)
@given(nets(), st.integers(0, 400), st.booleans())
def test_strongest_are_the_true_top_k_with_ties_in_edge_order(net, k, coarse):
    if coarse:
        # Few distinct values: most contributions tie.
        net = net.replace({n: np.sign(np.round(a)) for n, a in net.parameters.items()})
    trace = net.trace(np.round(np.random.default_rng(6).standard_normal(net.layers[0].shape)))
    for source, target in net.connections:
        synapses = net.synapses(source, target, trace)
        product = synapses.weight * trace.activation[source].reshape(-1)[synapses.source - net.offset(source)]
        order = [i for i in np.argsort(-np.abs(product), kind="stable") if product[i]][:k]
        found, contribution = strongest(trace, k, source, target)
        assert edges_of(found) == [edges_of(synapses)[i] for i in order]
        assert np.allclose(contribution, product[order], rtol=1e-6)


def test_synapses_of_one_kernel_weight_name_it():
    net = stack((6, 5, 2), [Conv(3, 3, 2)])
    synapses = net.synapses("input", "conv0")
    flat = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
    assert np.array_equal(flat[synapses.parameter], synapses.weight)
    assert set(synapses.kind.tolist()) == {Kind.LEARNED}
    # Each kernel weight serves once at each of the 4 x 4 places.
    assert np.bincount(synapses.parameter).tolist() == [16] * 36


def test_of_a_poolings_synapses_the_winner_carries_the_signal():
    net = stack((4, 4, 2), [MaxPool(2)])
    trace = net.trace(np.random.default_rng(0).standard_normal((4, 4, 2)))
    values = trace.activation["input"].reshape(-1)
    for target in range(8):
        found = net.synapses_into("max-pool0", target, trace)
        assert sorted(found.weight.tolist()) == [0, 0, 0, 1]
        assert values[found.source[found.weight == 1][0]] == values[found.source].max()
        assert set(found.kind.tolist()) == {Kind.COMPUTED}
        assert set(found.parameter.tolist()) == {-1}
    assert net.synapses_into("max-pool0", 0).weight.tolist() == [1, 1, 1, 1]


def test_of_equal_cells_the_first_wins_on_every_path():
    x = np.zeros((1, 3, 3, 1), np.float32)
    for fast in (False, True):
        _, _, back = run(MaxPool(2, 1), x, {}, np.ones((1, 2, 2, 1)), fast)
        assert back[0, :, :, 0].tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_a_means_synapses_are_fixed_shares_of_what_lies_inside():
    net = stack((3, 3, 1), [AveragePool(2, 2, 1)])
    assert net.synapses_into("average-pool0", 0).weight.tolist() == [1]
    assert net.synapses_into("average-pool0", 1).weight.tolist() == [0.5, 0.5]
    found = net.synapses_into("average-pool0", 3)
    assert found.weight.tolist() == [0.25] * 4
    assert set(found.kind.tolist()) == {Kind.FIXED}


@pytest.mark.parametrize("fast", [False, True])
def test_a_number_that_is_none_is_not_hidden_by_a_maximum(fast):
    x = np.array([1, np.nan, 3, 2, -np.inf, -np.inf, -np.inf, -np.inf], np.float32).reshape(1, 4, 2, 1)
    out = run(MaxPool(2), x, {}, fast=fast).reshape(-1)
    assert np.isnan(out[0])
    assert np.isneginf(out[1])


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_gradients_of_a_whole_net_are_slopes(dropout):
    blocks = [Conv(3, 3, 3, padding="same"), MaxPool(2), Conv(2, 2, 3), AveragePool(2, 1)]
    net = stack((6, 8, 2), blocks, activation="relu", dropout=dropout)
    check_parameters(net, 8 if dropout else None)


def test_compiled_dropout_after_pooling_drops_whom_the_plain_one_drops():
    net = stack((8, 8, 1), [Conv(3, 3, 3), MaxPool(2)], "relu", 0.4).astype(np.float32)
    x = np.random.default_rng(0).standard_normal((5, 8, 8, 1)).astype(np.float32)
    found = []
    for fast in (False, True):
        machine = Machine(net.layers, net.parameters, 5, gradients=empty(net), fast=fast)
        out = machine.forward(x, np.random.default_rng(3))
        back = machine.backward(np.ones_like(out), keep=True)
        found.append((machine.activation["max-pool1"].copy(), back["conv0"].copy()))
    assert (found[0][0] == 0).any()
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(*found, strict=True))


def empty(net):
    return {name: np.empty_like(array) for name, array in net.parameters.items()}


def test_many_images_are_laid_out_a_few_at_a_time():
    # 5 x 5 windows of 20 maps: this batch takes several portions.
    block = Conv(4, 5, 5)
    x = np.random.default_rng(0).standard_normal((40, 12, 12, 20)).astype(np.float32)
    parameters = block.initial([x.shape[1:]], np.random.default_rng(1))
    grad = np.random.default_rng(2).standard_normal((40, 8, 8, 4)).astype(np.float32)
    _, whole, _ = run(block, x, parameters, grad, fast=True)
    parts = [run(block, x[i : i + 10], parameters, grad[i : i + 10], fast=True) for i in range(0, 40, 10)]
    assert np.allclose(whole["weight"], sum(part[1]["weight"] for part in parts), rtol=1e-3, atol=1e-3)


def test_a_net_that_looks_at_less_sees_the_centre_of_a_digit():
    net = preset("cnn-crop", np.random.default_rng(0))
    digits = np.random.default_rng(1).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    inner = digits[:, 2:26, 2:26]
    assert np.array_equal(as_inputs(net, digits), as_inputs(net, inner))
    assert np.array_equal(net.predict(digits), net.predict(inner))
    assert net.trace(digits[0]).activation["input"].shape == (24, 24, 1)
    with pytest.raises(EngineError, match=r"expects images \(B, 24, 24, 1\), got \(3, 27, 28\)"):
        net.predict(digits[:, 1:])


def test_a_score_gradient_reaches_the_pixels_through_every_block():
    net = stack((6, 6, 1), [Conv(2, 3, 3), MaxPool(2)], "tanh")
    x = np.random.default_rng(4).standard_normal((6, 6, 1))

    def score() -> float:
        return float(net.trace(x).pre["output"][1])

    found = net.trace(x, gradients_of=1).gradient["input"]
    assert np.allclose(found, slopes(score, {"x": x})["x"], rtol=1e-5, atol=1e-8)


def test_bytes_that_were_made_floats_are_not_read_as_they_are():
    # Lost otherwise: an answer, quite sure and of nothing, to whoever forgot to divide.
    net = load(data.model_path("cnn-fast"))
    image = data.load("digits").images[0]
    for wrong in (image.astype(np.float32), image.astype(np.float64)):
        with pytest.raises(EngineError, match="got whole numbers up to 255: divide by 255, or give uint8"):
            net.trace(wrong)
        with pytest.raises(EngineError, match="divide by 255"):
            next(fit(net, wrong[None], np.array([0]), rng=np.random.default_rng(0), epochs=1))
    assert net.trace(image / 255).prediction == net.trace(image).prediction
    assert net.trace(image / 255 * 20.5).prediction >= 0  # what is no byte is anyone's own scale
