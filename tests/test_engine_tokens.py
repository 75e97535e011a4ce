"""Token blocks: every shape computes its definition, with right gradients and true synapses."""

from dataclasses import replace

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine_gradients import check_parameters, slopes
from token_nets import blocks, image, transformer

from engine import (
    Add,
    Attention,
    AttentionScores,
    EngineError,
    Kind,
    LayerNorm,
    PatchEmbedding,
    TokenDense,
    TokenHead,
    interpret,
    load,
    preset,
    save,
    strongest,
)
from engine.activations import activation
from engine.blocks import Scratch
from engine.blocks.base import Wiring
from engine.machine import Machine
from engine.train import Trainer

MANY = settings(max_examples=80, deadline=None)


def run(block, inputs, parameters, grad=None, fast=False):
    """Pre-activations, and with grad the gradients of the parameters and of the inputs."""
    out = np.full((len(inputs[0]), *block.shape([x.shape[1:] for x in inputs])), np.nan, inputs[0].dtype)
    scratch = Scratch(fast)
    block.forward(inputs, parameters, out, scratch)
    if grad is None:
        return out
    gradients = {name: np.full_like(array, np.nan) for name, array in parameters.items()}
    back = [np.full_like(x, np.nan) for x in inputs]
    block.backward(grad.astype(out.dtype), inputs, parameters, scratch, gradients, back)
    return out, gradients, back


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
    assert np.allclose(run(block, inputs, parameters), expected, atol=1e-12)


@MANY
@given(cases())
def test_gradients_are_slopes(case):
    block, inputs, parameters, rng = case
    out = run(block, inputs, parameters)
    grad = rng.standard_normal(out.shape)
    _, gradients, back = run(block, inputs, parameters, grad)
    named = {str(i): x for i, x in enumerate(inputs)}
    expected = slopes(lambda: float((run(block, inputs, parameters) * grad).sum()), {**named, **parameters})
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
    out = run(block, inputs, parameters)
    # Some tokens feel nothing: their zeros may be left out.
    grad = rng.standard_normal(out.shape) * (rng.random((*out.shape[:-1], 1)) < rng.random())
    fast, plain = (run(block, inputs, parameters, grad, fast) for fast in (True, False))
    for a, b in zip(
        [fast[0], *fast[1].values(), *fast[2]], [plain[0], *plain[1].values(), *plain[2]], strict=True
    ):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-4)


@MANY
@given(cases())
def test_the_synapses_add_up_to_each_neuron(case):
    block, inputs, parameters, _ = case
    out = run(block, inputs, parameters)[0].reshape(-1)
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


@pytest.mark.parametrize("hidden", ["gelu-tanh", "gelu", "leaky-relu"])
@pytest.mark.parametrize("embedding", [{}, {"class_token": False}, {"positions": False}])
def test_a_transformers_gradients_are_slopes(hidden, embedding):
    check_parameters(transformer(hidden=hidden, **embedding))


@pytest.mark.parametrize("hidden", ["gelu-tanh", "gelu", "leaky-relu"])
def test_neurons_that_fire_one_by_one_agree_with_the_fast_pass(hidden):
    net = transformer(hidden=hidden)
    firing, trace = interpret(net, image(net)), net.trace(image(net))
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    activation = np.concatenate([trace.activation[layer.name].reshape(-1) for layer in net.layers])
    assert np.allclose(firing.pre, pre, rtol=1e-10, atol=1e-10)
    assert np.allclose(firing.activation, activation, rtol=1e-10, atol=1e-10)


def test_no_neuron_fires_before_its_sources_and_gates():
    net = transformer()
    order = interpret(net, image(net)).order
    assert sorted(order.tolist()) == list(range(net.neuron_count))
    fired_at = np.empty(net.neuron_count, np.int64)
    fired_at[order] = np.arange(net.neuron_count)
    for part in net.iter_synapses():
        assert (fired_at[part.source] < fired_at[part.target]).all()
        gated = part.gate >= 0
        assert (fired_at[part.gate[gated]] < fired_at[part.target[gated]]).all()


def test_a_traces_synapses_add_up_to_each_neuron():
    net = transformer()
    trace = net.trace(image(net))
    values = np.concatenate([trace.activation[layer.name].reshape(-1) for layer in net.layers])
    total = np.zeros(net.neuron_count)
    for pair in net.connections:
        found = net.synapses(*pair, trace)
        np.add.at(total, found.target, found.weight * values[found.source])
    for layer in net.layers[1:]:
        bias = layer.block.biases(net.wiring(layer.name))
        first = net.offset(layer.name)
        total[first : first + layer.size] += 0 if bias is None else bias.reshape(-1)
        assert np.allclose(
            total[first : first + layer.size], trace.pre[layer.name].reshape(-1), atol=1e-10
        ), layer.name


def test_an_attention_synapse_names_its_gate():
    net = transformer()
    trace = net.trace(image(net))
    values = trace.neurons
    products = net.synapses("block1.query", "block1.scores", trace)
    assert (products.kind == Kind.ATTENTION).all()
    assert (products.parameter == -1).all()
    assert np.allclose(products.weight, values[products.gate] / np.sqrt(2))
    bare = net.synapses("block1.query", "block1.scores")
    assert np.allclose(bare.weight, 1 / np.sqrt(2))
    assert np.array_equal(bare.gate, products.gate)
    gathered = net.synapses("block1.value", "block1.attention", trace)
    assert np.array_equal(gathered.weight.astype(np.float32), values[gathered.gate])
    # Learned synapses have none.
    assert (net.synapses("input", "tokens").gate == -1).all()


def test_a_keys_synapses_are_the_products_that_it_gates():
    net = transformer()
    products = net.synapses("block1.query", "block1.scores")
    for index in range(net.layer("block1.key").size):
        neuron = net.offset("block1.key") + index
        found = net.synapses_out_of("block1.key", index)
        assert set(found.gate.tolist()) == {neuron}
        assert len(found) == (products.gate == neuron).sum()


def test_layers_that_only_gate_are_no_connection():
    net = transformer()
    assert ("block1.query", "block1.scores") in net.connections
    assert ("block1.key", "block1.scores") not in net.connections
    assert ("block1.scores", "block1.attention") not in net.connections


def test_counts_by_kind_are_the_edges_that_there_are():
    net = transformer()
    kinds = np.concatenate([part.kind for part in net.iter_synapses(chunk=50)])
    assert net.edge_counts == {Kind(k): n for k, n in enumerate(np.bincount(kinds).tolist()) if n}
    assert net.edge_count == len(kinds)
    assert max(len(part) for part in net.iter_synapses(chunk=50)) == 50


@pytest.mark.parametrize("kinds", [tuple(Kind), (Kind.LEARNED,), (Kind.LEARNED, Kind.ATTENTION)])
@pytest.mark.parametrize("k", [1, 40, 10_000])
def test_strongest_of_the_net_are_the_true_ones(kinds, k):
    net = transformer().astype(np.float32)
    trace = net.trace(image(net))
    every = [net.synapses(*pair, trace) for pair in net.connections]
    every = [part for part in every if part.kind[0] in kinds]
    products = np.concatenate([part.weight * trace.neurons[part.source] for part in every])
    sources, targets = (np.concatenate([getattr(p, n) for p in every]) for n in ("source", "target"))
    order = [i for i in np.argsort(-np.abs(products), kind="stable") if products[i]][:k]
    found, contribution = strongest(trace, k, kinds=kinds)
    assert np.array_equal(contribution, products[order])
    assert np.array_equal(found.source, sources[order])
    assert np.array_equal(found.target, targets[order])
    assert set(found.kind.tolist()) <= set(kinds)


def test_a_saved_transformer_comes_back(tmp_path):
    net = transformer()
    save(net, tmp_path / "net.npz")
    back = load(tmp_path / "net.npz")
    assert back.layers == net.layers
    assert np.array_equal(back.trace(image(net)).neurons, net.trace(image(net)).neurons)


def test_layers_named_alike_keep_their_parameters_apart():
    # Both "block1" and "block1.norm" have parameters: "block1.weight" is not one of the other's.
    names = {"tokens": "block1"}
    net = transformer()
    layers = tuple(
        replace(
            layer,
            name=names.get(layer.name, layer.name),
            sources=tuple(names.get(source, source) for source in layer.sources),
        )
        for layer in net.layers
    )
    parameters = {key.replace("tokens.", "block1."): array for key, array in net.parameters.items()}
    same = replace(net, layers=layers, parameters=parameters)
    assert set(same.own_parameters("block1")) == {"weight", "bias", "class", "position"}
    assert set(same.own_parameters("block1.query")) == {"weight", "bias"}
    assert np.array_equal(same.trace(image(net)).neurons, net.trace(image(net)).neurons)


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


def gradients_of(threads: int, batch: int, dropout: float = 0.0) -> list[np.ndarray]:
    net = preset("vit-tiny", np.random.default_rng(0))
    layers = tuple(replace(n, dropout=dropout) if n.name.endswith(".hidden") else n for n in net.layers)
    rng = np.random.default_rng(1)
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        trainer = Trainer(replace(net, layers=layers), net.recipe.change(batch=80))
        for n in (80, batch):
            x, labels = rng.random((n, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, n)
            trainer.update(x, labels, 1e-3, np.random.default_rng(2))
    finally:
        numba.set_num_threads(before)
    return [trainer.flat.copy(), *trainer.gradients.values()]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("batch", [80, 5, 33])
def test_threads_change_no_bit_of_training(batch, dropout):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core only")
    for one, two in zip(gradients_of(1, batch, dropout), gradients_of(2, batch, dropout), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("n", [80, 33, 1])
def test_parts_of_a_batch_add_up_to_the_whole(n):
    net = preset("vit-tiny", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    x = rng.random((n, 28, 28, 1), dtype=np.float32)
    grad = rng.standard_normal((n, 10)).astype(np.float32)
    found = []
    for fast in (True, False):
        slopes_of = {name: np.zeros_like(array) for name, array in net.parameters.items()}
        machine = Machine(net.layers, net.parameters, 80, gradients=slopes_of, fast=fast)
        output = machine.forward(x)
        felt = machine.backward(grad, keep=True)
        found.append([output, *felt.values(), *slopes_of.values()])
    for fast, plain in zip(*found, strict=True):
        assert np.allclose(fast, plain, rtol=1e-3, atol=1e-5 + 1e-4 * np.abs(plain).max())


@pytest.mark.parametrize("name", ["gelu-tanh", "gelu", "softmax"])
def test_compiled_activations_are_the_plain_ones_and_keep_nan(name):
    z = np.concatenate([np.linspace(-30, 30, 4001), [0.0, 1e-8, -1e-8, 90.0, -90.0]])
    z = z.reshape(-1, 2) if name == "softmax" else z
    grad = np.random.default_rng(0).standard_normal(z.shape)
    fast, plain = activation(name, fast=True), activation(name)
    found, expected = np.empty(z.shape, np.float32), np.empty(z.shape)
    fast.forward(z.astype(np.float32), found)
    plain.forward(z, expected)
    assert np.allclose(found, expected, rtol=2e-6, atol=1e-6)
    back, slope = grad.astype(np.float32), np.empty(z.shape)
    fast.backward(back, z.astype(np.float32), found, back)
    plain.backward(grad, z, expected, slope)
    assert np.allclose(back, slope, rtol=1e-5, atol=2e-6)
    broken = np.full((1, 3), np.nan, np.float32)
    broken[0, 0] = 1.0
    fast.forward(broken, out := np.zeros_like(broken))
    assert np.isnan(out).sum() >= 2
