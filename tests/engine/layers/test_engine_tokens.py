"""Token blocks: every shape computes its definition, with right gradients and true synapses."""

import numpy as np
import pytest
from block_runs import run_on_all
from finite_differences import slopes
from hypothesis import given, settings
from hypothesis import strategies as st
from token_nets import blocks

from engine import (
    Add,
    Attention,
    AttentionScores,
    EngineError,
    LayerNorm,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.blocks.base import Wiring

MANY = settings(max_examples=80, deadline=None)


@st.composite
def cases(draw):
    block, shapes = draw(blocks())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    batch = draw(st.integers(1, 3))
    inputs = [rng.standard_normal((batch, *shape)) for shape in shapes]
    parameters = {n: rng.standard_normal(s) for n, s in block.parameter_shapes(shapes).items()}
    return block, inputs, parameters, rng


def by_definition(block, inputs, p):  # noqa: PLR0911
    """One example in plain loops over tokens and heads."""
    x = inputs[0]
    match block:
        case PatchEmbedding():
            h, w, _ = x.shape
            size = block.size
            corners = [(y, z) for y in range(0, h, size) for z in range(0, w, size)]
            patches = [x[y : y + size, z : z + size].reshape(-1) for y, z in corners]
            tokens = [patch @ p["weight"].reshape(-1, block.units) + p["bias"] for patch in patches]
            tokens = [p["class"], *tokens] if block.class_token else tokens
            return np.array(tokens) + (p["position"] if block.positions else 0)
        case LayerNorm():
            mean, spread = x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + block.eps)
            return (x - mean) / spread * p["scale"] + p["shift"]
        case TokenDense():
            return np.array([token @ p["weight"] + p["bias"] for token in x]) + sum(inputs[1:])
        case AttentionScores():
            heads = [np.split(tokens, block.heads, axis=1) for tokens in inputs]
            return np.array([q @ k.T / np.sqrt(q.shape[1]) for q, k in zip(*heads, strict=True)])
        case Attention():
            values = np.split(inputs[1], len(x), axis=1)
            return np.concatenate([a @ v for a, v in zip(x, values, strict=True)], axis=1)
        case TokenHead():
            return x[block.token] @ p["weight"] + p["bias"]
        case Add():
            return sum(inputs)


@MANY
@given(cases())
def test_a_block_computes_its_definition(case):
    block, inputs, parameters, _ = case
    expected = [by_definition(block, [x[i] for x in inputs], parameters) for i in range(len(inputs[0]))]
    assert np.allclose(run_on_all(block, inputs, parameters), expected, atol=1e-12)


@MANY
@given(cases())
def test_gradients_are_slopes(case):
    block, inputs, parameters, rng = case
    out = run_on_all(block, inputs, parameters)
    grad = rng.standard_normal(out.shape)
    _, gradients, back = run_on_all(block, inputs, parameters, grad)
    named = {str(i): x for i, x in enumerate(inputs)}
    expected = slopes(
        lambda: float((run_on_all(block, inputs, parameters) * grad).sum()), {**named, **parameters}
    )
    for i, found in enumerate(back):
        assert np.allclose(found, expected[str(i)], rtol=1e-4, atol=1e-6), i
    for name, found in gradients.items():
        assert np.allclose(found, expected[name], rtol=1e-4, atol=1e-6), name


@MANY
@given(cases())
def test_compiled_loops_compute_the_same(case):
    block, inputs, parameters, rng = case
    inputs = [x.astype(np.float32) for x in inputs]
    parameters = {n: a.astype(np.float32) for n, a in parameters.items()}
    out = run_on_all(block, inputs, parameters)
    # Some tokens feel nothing: their zeros may be left out.
    grad = rng.standard_normal(out.shape) * (rng.random((*out.shape[:-1], 1)) < rng.random())
    fast, plain = (run_on_all(block, inputs, parameters, grad, fast) for fast in (True, False))
    for a, b in zip(
        [fast[0], *fast[1].values(), *fast[2]], [plain[0], *plain[1].values(), *plain[2]], strict=True
    ):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-4)


@MANY
@given(cases())
def test_the_synapses_add_up_to_each_neuron(case):
    block, inputs, parameters, _ = case
    out = run_on_all(block, inputs, parameters)[0].reshape(-1)
    wiring = wiring_of(block, inputs, parameters)
    total = np.zeros(out.size)
    bias = block.biases(wiring)
    total += 0 if bias is None else bias.reshape(-1)
    for slot, x in enumerate(inputs):
        edges = block.edges(wiring, slot, np.arange(block.edge_count(wiring, slot)))
        np.add.at(total, edges.target, edges.weight * x[0].reshape(-1)[edges.source])
    assert np.allclose(total, out, atol=1e-10)


@MANY
@given(cases())
def test_every_neuron_finds_its_edges(case):
    block, inputs, parameters, _ = case
    wiring = wiring_of(block, inputs, parameters)
    sizes = [x[0].size for x in inputs]
    gated = {}
    for slot, size in enumerate(sizes):
        edges = block.edges(wiring, slot, np.arange(block.edge_count(wiring, slot)))
        for neuron in range(size):
            expected = np.flatnonzero(edges.source == neuron)
            assert block.edges_out_of(wiring, slot, neuron).tolist() == expected.tolist()
        for neuron in range(int(np.prod(wiring.target))):
            expected = np.flatnonzero(edges.target == neuron)
            assert block.edges_into(wiring, slot, neuron).tolist() == expected.tolist()
            for source in range(0, size, 3):
                both = expected[edges.source[expected] == source]
                assert block.edges_between(wiring, slot, source, neuron).tolist() == both.tolist()
        if edges.gate is not None and len(edges.gate):
            gated[edges.gate_slot] = (slot, edges.gate)
    for slot, size in enumerate(sizes):
        for neuron in range(size):
            carrier, found = block.edges_gated_by(wiring, slot, neuron)
            expected = np.flatnonzero(gated[slot][1] == neuron) if slot in gated else np.empty(0)
            assert found.tolist() == expected.tolist()
            assert not len(found) or carrier == gated[slot][0]


@MANY
@given(cases(), st.integers(0, 30))
def test_the_blocks_own_selection_is_the_general_one(case, k):
    block, inputs, parameters, _ = case
    inputs = [x.astype(np.float32) for x in inputs]
    wiring = wiring_of(block, inputs, {n: a.astype(np.float32) for n, a in parameters.items()})
    for slot, x in enumerate(inputs):
        activation = x[0].reshape(-1)
        own = block.top(wiring, slot, activation, k)
        edges = block.edges(wiring, slot, np.arange(block.edge_count(wiring, slot)))
        products = np.abs(edges.weight * activation[edges.source])
        order = np.argsort(-products, kind="stable")
        best = np.sort(order[products[order] > 0][:k])
        assert own[0].tolist() == best.tolist()
        assert np.array_equal(np.abs(own[1]), products[best])
        # Peaks are true products, of different edges: there are at least as many as large.
        peaks = np.sort(block.peaks(wiring, slot, activation))[::-1]
        assert (peaks <= np.sort(products)[::-1][: len(peaks)]).all()


def wiring_of(block, inputs, parameters) -> Wiring:
    shapes = tuple(x.shape[1:] for x in inputs)
    return Wiring(shapes, block.shape(shapes), parameters, tuple(x[0] for x in inputs))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PatchEmbedding(7, 4).shape([(28, 27, 1)]), "do not tile an image of 28x27"),
        (lambda: PatchEmbedding(7, 4).shape([(784,)]), "one source of shape"),
        (lambda: PatchEmbedding(0, 4), "1 or more"),
        (lambda: TokenDense(4).shape([(3, 5), (3, 5)]), r"shape \(3, 4\) cannot add"),
        (lambda: TokenDense(4).shape([(5,)]), r"reads \(tokens, n\)"),
        (lambda: AttentionScores(4).shape([(3, 6), (3, 6)]), "among 4 heads"),
        (lambda: AttentionScores(2).shape([(3, 6), (3, 4)]), "one width d"),
        (lambda: Attention().shape([(2, 3, 3), (4, 6)]), "does not fit values"),
        (lambda: TokenHead(3, 5).shape([(5, 2)]), r"no token 5 to read: the tokens are 0\.\.4"),
        (lambda: Add().shape([(3,), (4,)]), "must have one shape"),
        (lambda: LayerNorm(0.0), "eps 0.0"),
        (lambda: LayerNorm().shape([(3,), (3,)]), "one source, got 2"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(make, message):
    with pytest.raises(EngineError, match=message):
        make()
