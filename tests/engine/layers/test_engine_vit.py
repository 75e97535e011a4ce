"""A transformer as a whole: gradients, firing order, gates, selection, and the parts that it trains in."""

import tracemalloc
from dataclasses import replace

import numba
import numpy as np
import pytest
from finite_differences import check_parameters
from token_nets import image, transformer

from engine import Kind, Net, evaluate, interpret, load, preset, save, strongest
from engine.blocks.activations import activation
from engine.run import Machine
from engine.training import Trainer
from engine.training.optimizers import pieces_of


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
    same = Net.of(net.name, net.title, layers, parameters, net.recipe)
    assert set(same.own_parameters("block1")) == {"weight", "bias", "class", "position"}
    assert set(same.own_parameters("block1.query")) == {"weight", "bias"}
    assert np.array_equal(same.trace(image(net)).neurons, net.trace(image(net)).neurons)


def gradients_of(threads: int, batch: int, dropout: float = 0.0) -> list[np.ndarray]:
    net = preset("vit-tiny", np.random.default_rng(0))
    layers = tuple(replace(n, dropout=dropout) if n.name.endswith(".hidden") else n for n in net.layers)
    rng = np.random.default_rng(1)
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        trainer = Trainer(Net.of(net.name, net.title, layers, net.parameters), net.recipe.change(batch=80))
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


@pytest.mark.parametrize("name", ["gelu-tanh", "gelu", "sigmoid", "softmax"])
def test_compiled_activations_are_the_plain_ones_and_keep_nan(name):
    z = np.concatenate([np.linspace(-30, 30, 4001), [0.0, 1e-8, -1e-8, 90.0, -90.0]])
    z = np.tile(z, 6)
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


def test_enumerating_a_large_net_takes_no_more_room_than_its_chunks():
    net = preset("vit-small", np.random.default_rng(0))
    chunk, counts = 1 << 16, np.zeros(len(Kind), np.int64)
    tracemalloc.start()
    try:
        for part in net.iter_synapses(chunk):
            assert len(part) <= chunk
            counts += np.bincount(part.kind, minlength=len(Kind))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {Kind(k): n for k, n in enumerate(counts.tolist())} == net.edge_counts
    # A dozen arrays of a chunk's length, where all edges at once would be 300 MB.
    assert peak < 20 * 8 * chunk


def test_decay_spares_normalisations_positions_and_the_class_token():
    net = preset("vit-tiny", np.random.default_rng(0))
    pieces, decays = pieces_of(net)
    flat = np.zeros(net.parameter_count)
    for (first, end), decay in zip(pieces, decays, strict=True):
        flat[first:end] = decay
    for name, first in net.graph.parameter_offsets.items():
        part = flat[first : first + net.parameters[name].size]
        assert set(part.tolist()) == {float(name.endswith(".weight"))}, name


def test_evaluating_by_the_loops_of_training_gives_the_same():
    net = preset("vit-tiny", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (300, 28, 28), dtype=np.uint8), rng.integers(0, 10, 300)
    plain, fast = (evaluate(net, images, labels, compiled=compiled) for compiled in (False, True))
    assert np.allclose(plain.probabilities, fast.probabilities, atol=1e-5)
    assert plain.loss == pytest.approx(fast.loss, rel=1e-4)
