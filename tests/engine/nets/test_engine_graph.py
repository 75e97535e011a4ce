"""A net is a sound, unchangeable value, or an error that says what to mend."""

import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest
from plain_nets import small
from preset_sizes import FLATTENED, KINDS, TABLE

from engine import Dense, EngineError, Kind, Net, preset, presets


@pytest.mark.parametrize("name", TABLE)
def test_presets_have_exactly_the_sizes_that_the_docs_state(name):
    net = preset(name, np.random.default_rng(0))
    assert (net.neuron_count, net.edge_count, net.parameter_count) == TABLE[name]


@pytest.mark.parametrize("name", KINDS)
def test_transformers_have_exactly_so_many_edges_of_each_kind(name):
    net = preset(name, np.random.default_rng(0))
    kinds = (Kind.LEARNED, Kind.FIXED, Kind.COMPUTED, Kind.ATTENTION)
    assert net.edge_counts == dict(zip(kinds, KINDS[name], strict=True))


def test_edges_of_each_kind_are_told_apart():
    net = preset("cnn-draw", np.random.default_rng(0))
    assert net.edge_counts == {Kind.LEARNED: 1_734_400, Kind.COMPUTED: 14_080}


@pytest.mark.parametrize("name", FLATTENED)
def test_sizes_with_a_flatten_layer_can_be_compared(name):
    net = preset(name, np.random.default_rng(0))
    counts = (net.neuron_count + net.graph.flatten_count, net.edge_count + net.graph.flatten_count)
    assert counts == FLATTENED[name]


def test_only_maps_that_a_dense_layer_reads_are_flattened():
    assert preset("mlp", np.random.default_rng(0)).graph.flatten_count == 0
    assert preset("cnn-draw", np.random.default_rng(0)).graph.flatten_count == 4 * 4 * 40


def test_every_preset_is_in_the_table():
    assert set(presets()) == set(TABLE)


def test_mlp_is_built_as_described():
    net = preset("mlp", np.random.default_rng(0))
    assert [layer.name for layer in net.layers] == ["input", "hidden1", "hidden2", "hidden3", "output"]
    assert [layer.shape for layer in net.layers] == [(28, 28, 1), (512,), (256,), (128,), (10,)]
    assert [layer.activation for layer in net.layers[1:]] == ["relu", "relu", "relu", "log-softmax"]
    assert [layer.dropout for layer in net.layers] == [0, 0.2, 0.2, 0.2, 0]
    assert (net.recipe.loss, net.recipe.optimizer) == ("nll", "adam")
    bound = 1 / np.sqrt(784)
    weight = net.parameters["hidden1.weight"]
    assert abs(weight).max() <= bound
    assert weight.std() == pytest.approx(bound / np.sqrt(3), rel=0.01)


def test_mlp_sigmoid_is_built_as_described():
    net = preset("mlp-sigmoid", np.random.default_rng(0))
    assert [layer.size for layer in net.layers] == [784, 128, 64, 10]
    assert {layer.activation for layer in net.layers[1:]} == {"sigmoid"}
    recipe = net.recipe
    assert (recipe.loss, recipe.optimizer, recipe.momentum) == ("squared-error", "sgd", 0)
    assert (recipe.lr, recipe.batch, recipe.epochs) == (0.25, 32, 30)
    assert net.parameters["hidden1.weight"].std() == pytest.approx(1 / 28, rel=0.01)
    assert not net.parameters["hidden1.bias"].any()


CNNS = {
    "cnn-fast": "26x26x4 13x13x4 10",
    "cnn-balanced": "24x24x8 12x12x8 10",
    "cnn-accuracy": "24x24x16 12x12x16 8x8x32 4x4x32 10",
    "cnn-draw": "24x24x20 12x12x20 8x8x40 4x4x40 256 10",
    "cnn-crop": "24x24x8 12x12x8 12x12x16 4x4x16 10",
}


@pytest.mark.parametrize("name", CNNS)
def test_convolutional_presets_are_built_as_described(name):
    net = preset(name, np.random.default_rng(0))
    assert " ".join("x".join(map(str, layer.shape)) for layer in net.layers[1:]) == CNNS[name]
    kinds = {"conv": "relu", "pool": "identity", "hidden": "relu", "output": "softmax"}
    assert [layer.activation for layer in net.layers[1:]] == [
        kinds[layer.name.rstrip("12")] for layer in net.layers[1:]
    ]
    dropout = 0.2 if name == "cnn-draw" else 0
    assert all(layer.dropout == (dropout if "pool" in layer.name else 0) for layer in net.layers)
    assert (net.recipe.loss, net.recipe.optimizer) == ("cross-entropy", "adam")
    for layer in net.layers[1:]:
        weights = net.own_parameters(layer.name)
        if weights:
            fan_in = weights["weight"].size / layer.shape[-1]
            # 36 weights scatter more than 100,000.
            slack = 3 / np.sqrt(2 * weights["weight"].size)
            assert weights["weight"].std() == pytest.approx(np.sqrt(2 / fan_in), rel=slack)
            assert not weights["bias"].any()


def test_an_unknown_preset_lists_the_known_ones():
    with pytest.raises(
        EngineError, match=r"unknown preset 'mpl': did you mean mlp\? known are mlp, mlp-sigmoid"
    ):
        preset("mpl", np.random.default_rng(0))


def test_neuron_ids_run_through_the_layers():
    net = preset("mlp", np.random.default_rng(0))
    assert [net.offset(layer.name) for layer in net.layers] == [0, 784, 1296, 1552, 1680]
    assert net.connections == (
        ("input", "hidden1"),
        ("hidden1", "hidden2"),
        ("hidden2", "hidden3"),
        ("hidden3", "output"),
    )


def test_an_unknown_layer_lists_the_layers():
    with pytest.raises(EngineError, match="small has no layer 'hiden1': it has input, hidden1, output"):
        small().layer("hiden1")


def test_nobody_can_write_to_a_net():
    net = small()
    with pytest.raises(ValueError, match="read-only"):
        net.parameters["hidden1.bias"][0] = 1
    with pytest.raises(TypeError):
        net.parameters["hidden1.bias"] = np.zeros(3, np.float32)


def test_a_net_keeps_its_numbers_when_the_callers_arrays_change():
    mine = {name: array.copy() for name, array in small().parameters.items()}
    net = small().replace(parameters=mine)
    before = net.parameters["output.weight"].copy()
    mine["output.weight"][:] = 9
    assert np.array_equal(net.parameters["output.weight"], before)


def test_a_net_keeps_its_provenance_when_the_callers_dict_changes():
    told = {"seed": 5}
    net = small().replace(provenance=told)
    told["seed"] = 6
    assert net.provenance["seed"] == 5


def test_replace_leaves_the_original_as_it_was():
    net = small()
    other = net.replace(provenance={"seed": 5})
    assert (dict(net.provenance), dict(other.provenance)) == ({}, {"seed": 5})


def test_a_net_survives_pickling_for_worker_processes():
    net = small()
    copy = pickle.loads(pickle.dumps(net))
    image = np.array([[1.0, 0], [0.5, 0.25]])
    assert np.array_equal(copy.trace(image).neurons, net.trace(image).neurons)
    assert not copy.parameters["output.bias"].flags.writeable
    assert copy.layers == net.layers


def test_astype_runs_the_same_net_in_float64():
    net = small()
    wide = net.astype(np.float64)
    image = np.array([[1.0, 0], [0.5, 0.25]])
    assert wide.trace(image).probabilities.dtype == np.float64
    assert np.allclose(wide.trace(image).probabilities, net.trace(image).probabilities, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden1.weight": np.zeros((4, 4), np.float32)}, r"hidden1.weight must be \(4, 3\), got \(4, 4\)"),
        ({"hidden1.weight": np.zeros((4, 3), np.int32)}, "must be float32 or float64, got int32"),
        ({"hidden1.bias": np.zeros(3)}, "must be of one dtype"),
        ({"hidden9.bias": np.zeros(3, np.float32)}, "not of this net: hidden9.bias"),
    ],
)
def test_parameters_that_do_not_fit_are_named(change, message):
    with pytest.raises(EngineError, match=message):
        small().replace(parameters={**small().parameters, **change})


def test_missing_parameters_are_named():
    with pytest.raises(EngineError, match=r"missing hidden1\.weight, hidden1\.bias, output\.weight"):
        small().replace(parameters={"output.bias": np.zeros(2, np.float32)})


@dataclass
class Broken:
    change: dict
    message: str
    at: int = 1


@pytest.mark.parametrize(
    "case",
    [
        Broken({"sources": ("output",)}, "reads 'output', which is no layer before it"),
        Broken({"sources": ("input", "input")}, "reads one layer twice"),
        Broken({"name": "input"}, "two layers are named 'input'"),
        Broken({"name": "a:b"}, "no colon, and a dot only inside"),
        Broken({"name": "a."}, "no colon, and a dot only inside"),
        Broken({"name": ""}, "no colon, and a dot only inside"),
        Broken({"shape": (4,)}, r"has shape \(4,\), its block makes \(3,\)"),
        Broken({"name": "first"}, 'starts with the layer "input"', at=0),
        Broken({"block": None, "sources": ()}, "only it, has no block"),
    ],
    ids=lambda case: case.message,
)
def test_layers_that_make_no_graph_are_refused(case):
    net = small()
    layers = list(net.layers)
    layers[case.at] = replace(layers[case.at], **case.change)
    with pytest.raises(EngineError, match=case.message):
        Net.of("small", "Small", tuple(layers), net.parameters)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "rellu"}, "unknown activation 'rellu': known are identity, relu"),
        ({"dropout": 1.0}, "dropout 1.0"),
        ({"shape": (0,)}, "every length must be 1 or more"),
        ({"block": None}, "both a block and its source layers"),
    ],
)
def test_a_layer_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(EngineError, match=message):
        replace(small().layers[1], **change)


@pytest.mark.parametrize("block", [{"units": 0}, {"units": 3, "init": "wild"}])
def test_a_dense_block_that_makes_no_sense_is_refused(block):
    with pytest.raises(EngineError):
        Dense(**block)


VITS = {"vit-tiny": (64, 2), "vit-small": (128, 4)}
BLOCK = ["norm1", "query", "key", "value", "scores", "attention", "residual1", "norm2", "hidden", "residual2"]


@pytest.mark.parametrize("name", VITS)
def test_transformer_presets_are_built_as_described(name):
    width, depth = VITS[name]
    net = preset(name, np.random.default_rng(0))
    inner = [f"block{i}.{layer}" for i in range(1, depth + 1) for layer in BLOCK]
    assert [layer.name for layer in net.layers] == ["input", "tokens", *inner, "output"]
    shapes = {"scores": (4, 17, 17), "hidden": (17, 2 * width)}
    functions = {"scores": "softmax", "hidden": "gelu-tanh"}
    for layer in net.layers[1:-1]:
        kind = layer.name.rpartition(".")[2]
        assert layer.shape == shapes.get(kind, (17, width))
        assert layer.activation == functions.get(kind, "identity")
    assert net.layer("block2.norm1").sources == ("block1.residual2",)
    assert net.layer("block1.residual1").sources == ("block1.attention", "tokens")
    assert net.layer("block1.residual2").sources == ("block1.hidden", "block1.residual1")
    assert net.layer("output").sources == (f"block{depth}.residual2",)
    assert (net.recipe.loss, net.recipe.optimizer) == ("cross-entropy", "adamw")
    query = net.parameters["block1.query.weight"]
    assert abs(query).max() <= np.sqrt(6 / (2 * width))
    assert query.std() == pytest.approx(np.sqrt(1 / width), rel=0.05)
    assert net.parameters["tokens.position"].std() == pytest.approx(0.02, rel=0.1)
