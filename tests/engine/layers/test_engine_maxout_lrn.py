"""Maxout and local response normalisation: their definitions, their slopes, and every edge that they read."""

import numpy as np
import pytest
from block_runs import edges_of, run
from finite_differences import check_parameters, slopes
from golden_files import golden
from hypothesis import given, settings
from hypothesis import strategies as st
from image_nets import assert_interpreted, stack
from project import GOLDEN

from engine import Conv, Dense, EngineError, Kind, LocalNorm, Maxout, load, save, strongest

FEW = settings(max_examples=40, deadline=None)


@st.composite
def shapes(draw, multiple=1):
    """Neurons in a row, tokens, or maps."""
    before = draw(st.lists(st.integers(1, 4), max_size=2))
    return (*before, draw(st.integers(1, 4)) * multiple)


@st.composite
def cases(draw):
    if draw(st.booleans()):
        pieces = draw(st.integers(2, 4))
        block, shape = Maxout(pieces), draw(shapes(pieces))
    else:
        numbers = st.floats(0, 2)
        block = LocalNorm(draw(st.integers(1, 6)), draw(numbers), draw(numbers), draw(st.floats(0.1, 3)))
        shape = draw(shapes())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return block, rng.standard_normal((draw(st.integers(1, 3)), *shape)), rng


def by_definition(block, row: np.ndarray) -> list[float]:
    """One cell's maps, in plain loops."""
    if isinstance(block, Maxout):
        return [max(row[i : i + block.pieces]) for i in range(0, len(row), block.pieces)]
    found = []
    for c, value in enumerate(row):
        near = [row[j] for j in range(c - block.n // 2, c + (block.n - 1) // 2 + 1) if 0 <= j < len(row)]
        found.append(value / (block.k + block.alpha / block.n * sum(x * x for x in near)) ** block.beta)
    return found


@FEW
@given(cases())
def test_a_block_computes_its_definition(case):
    block, x, _ = case
    expected = np.apply_along_axis(lambda row: by_definition(block, row), -1, x)
    assert np.allclose(run(block, x, {}), expected, rtol=1e-12)


@FEW
@given(cases())
def test_gradients_are_slopes(case):
    block, x, rng = case
    grad = rng.standard_normal((len(x), *block.shape([x.shape[1:]])))
    _, _, back = run(block, x, {}, grad)
    expected = slopes(lambda: float((run(block, x, {}) * grad).sum()), {"x": x})["x"]
    assert np.allclose(back, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "block"),
    [(f"lrn {i}", LocalNorm(*numbers)) for i, numbers in enumerate(golden.LRN)]
    + [(f"maxout {pieces}", Maxout(pieces)) for pieces in golden.PIECES],
)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-13), (np.float32, 1e-5)])
def test_outputs_and_gradients_are_pytorchs(name, block, dtype, tolerance):
    x, grad = (array.astype(dtype) for array in golden.maps())
    with np.load(GOLDEN / "blocks.npz", allow_pickle=False) as file:
        expected, expected_back = file[name], file[f"{name} back"]
    out, _, back = run(block, x, {}, grad[..., : expected.shape[-1]])
    assert out.dtype == dtype
    assert np.allclose(out, expected, rtol=tolerance, atol=tolerance)
    assert np.allclose(back, expected_back, rtol=tolerance, atol=tolerance)


def net_of(block, shape, seed=0):
    """Convolution where there are maps, else dense neurons; then the block; then three classes."""
    if len(shape) == 3:
        return stack((*shape[:2], 2), [Conv(shape[2], 2, 2, padding="same"), block], seed=seed)
    return stack((3,), [Dense(shape[-1]), block], seed=seed)


@st.composite
def nets(draw):
    block, x, _ = draw(cases())
    return net_of(block, x.shape[1:] if x.ndim == 4 else x.shape[-1:], draw(st.integers(0, 99)))


@FEW
@given(nets())
def test_reference_fast_pass_and_synapses_agree(net):
    assert_interpreted(net)


@FEW
@given(nets())
def test_contributions_add_up_to_what_each_neuron_holds(net):
    x = np.random.default_rng(5).standard_normal(net.layers[0].shape)
    trace = net.trace(x)
    values = np.concatenate([trace.activation[layer.name].reshape(-1) for layer in net.layers])
    layer = net.layers[2]
    for index in range(layer.size):
        into = net.synapses_into(layer.name, index, trace)
        total = (into.weight * values[into.source]).sum()
        assert total == pytest.approx(trace.pre[layer.name].reshape(-1)[index], rel=1e-9, abs=1e-12)


@FEW
@given(nets())
def test_the_view_from_a_neuron_is_the_view_of_the_whole(net):
    trace = net.trace(np.random.default_rng(5).standard_normal(net.layers[0].shape))
    source, target = net.connections[1]
    every = sorted(edges_of(net.synapses(source, target, trace)))
    assert len({edge[:2] for edge in every}) == len(every) == net.synapse_count(source, target)
    into = [net.synapses_into(target, i, trace) for i in range(net.layer(target).size)]
    out_of = [net.synapses_out_of(source, i, trace) for i in range(net.layer(source).size)]
    for view in (into, out_of):
        assert sorted(edge for part in view for edge in edges_of(part)) == every


def test_of_a_maxouts_synapses_the_winner_carries_the_signal():
    net = net_of(Maxout(3), (12,))
    trace = net.trace(np.random.default_rng(0).standard_normal(3))
    values = trace.activation["dense0"]
    for target in range(4):
        found = net.synapses_into("maxout1", target, trace)
        assert (found.source - net.offset("dense0")).tolist() == [3 * target, 3 * target + 1, 3 * target + 2]
        assert found.weight.tolist() == [float(v == max(v3)) for v3 in [values[3 * target :][:3]] for v in v3]
        assert set(found.kind.tolist()) == {Kind.COMPUTED}
        assert set(found.parameter.tolist()) == {-1}
    assert net.synapses_into("maxout1", 0).weight.tolist() == [1, 1, 1]


def test_the_losing_pieces_of_a_maxout_can_be_read_too():
    net = net_of(Maxout(2), (6,))
    x = np.random.default_rng(0).standard_normal(3)
    pieces = x @ net.parameters["dense0.weight"] + net.parameters["dense0.bias"]
    trace = net.trace(x)
    assert np.allclose(trace.activation["dense0"], pieces)
    assert np.allclose(trace.activation["maxout1"], pieces.reshape(3, 2).max(axis=1))


def test_the_neighbours_of_a_normalised_neuron_are_told_but_carry_no_signal():
    net = net_of(LocalNorm(3, 1.0, 0.75, 1.0), (4, 4, 5))
    trace = net.trace(np.random.default_rng(0).standard_normal((4, 4, 2)))
    into = net.synapses_into("lrn1", 2, trace)
    assert (into.source - net.offset("conv0")).tolist() == [1, 2, 3]
    near = trace.activation["conv0"][0, 0, 1:4]
    scale = (1 + (near**2).sum() / 3) ** -0.75
    assert into.weight.tolist() == pytest.approx([0, scale, 0])
    assert set(into.kind.tolist()) == {Kind.COMPUTED}
    found, contribution = strongest(trace, 1000, "conv0", "lrn1")
    assert len(found) == 4 * 4 * 5
    assert np.allclose(np.sort(contribution), np.sort(trace.pre["lrn1"].reshape(-1)), rtol=1e-6)


def test_of_equal_pieces_the_first_wins_forwards_and_backwards():
    x = np.zeros((1, 4))
    _, _, back = run(Maxout(2), x, {}, np.ones((1, 2)))
    assert back.tolist() == [[1, 0, 1, 0]]
    net = net_of(Maxout(2), (4,)).replace()
    flat = net.replace({name: np.zeros_like(array) for name, array in net.parameters.items()})
    into = flat.synapses_into("maxout1", 0, flat.trace(np.zeros(3)))
    assert into.weight.tolist() == [1, 0]


def test_a_number_that_is_none_is_not_hidden_by_a_maximum():
    out = run(Maxout(2), np.array([[1, np.nan, np.nan, 1, 2, 3]]), {})
    assert np.isnan(out[0, :2]).all()
    assert out[0, 2] == 3


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("block", [Maxout(2), LocalNorm(3, 0.5)])
def test_gradients_of_a_whole_net_are_slopes(block, dropout):
    blocks = [Conv(4, 3, 3, padding="same"), block, Conv(2, 2, 3)]
    check_parameters(stack((6, 8, 2), blocks, activation="tanh", dropout=dropout), 8 if dropout else None)


def test_a_net_with_these_blocks_survives_its_file(tmp_path):
    net = stack((6, 6, 1), [Conv(4, 3, 3), LocalNorm(5, k=2), Maxout(2)])
    save(net, tmp_path / "net.npz")
    again = load(tmp_path / "net.npz")
    assert again.layers == net.layers
    x = np.random.default_rng(0).standard_normal((6, 6, 1))
    assert np.array_equal(again.trace(x).neurons, net.trace(x).neurons)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Maxout(1), "among 2 or more pieces, got 1"),
        (lambda: Maxout(2).shape([(3, 3, 5)]), "5 neurons cannot be divided into groups of 2"),
        (lambda: Maxout(2).shape([(4,), (4,)]), "one source, got 2"),
        (lambda: LocalNorm(0), "1 or more maps, got n = 0"),
        (lambda: LocalNorm(5, k=0), "k = 0: it must be a number of 1e-09 or more"),
        (lambda: LocalNorm(5, alpha=float("nan")), "alpha = nan: it must be a number"),
        (lambda: LocalNorm(5, beta=-1), "beta = -1: it must be"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(make, message):
    with pytest.raises(EngineError, match=message):
        make()
