"""A foreign graph with branches becomes the net of the same text; errors name the layers of its file."""

import numpy as np
import pytest

import engine
from engine import Add, Conv, Dense, EngineError, MaxPool, Recipe, TokenDense
from engine.foreign.build import GraphBuilder
from engine.text.presets import preset

RESIDUAL = (
    "input 6x6 | conv 3 3x3 pad same relu | conv 3 3x3 pad same"
    "| add conv1 relu | pool 2 | dropout 0.1 | dense 4 init he softmax"
)


def parameters(net: engine.Net, layer: str) -> dict[str, np.ndarray]:
    return dict(net.own_parameters(layer))


def residual(text: engine.Net) -> engine.Net:
    """The same net, layer by layer, under the names that another program might give them."""
    graph = GraphBuilder((6, 6, 1), "image:0")
    graph.add("/stem/Conv", Conv(3, 3, 3, padding="same"), parameters=parameters(text, "conv1"))
    graph.change("/stem/Conv", activation="relu")
    graph.add("/branch/Conv", Conv(3, 3, 3, padding="same"), ["/stem/Conv"], parameters(text, "conv2"))
    graph.add("/sum", Add(), ["/branch/Conv", "/stem/Conv"], activation="relu")
    graph.add("/pool", MaxPool(2), ["/sum"], dropout=0.1)
    graph.add("/fc", Dense(4, "he"), parameters=parameters(text, "output"), activation="softmax")
    return graph.net("custom", "Custom network", Recipe("cross-entropy"))


def test_a_net_with_a_residual_branch_is_that_of_its_text():
    text = engine.build(RESIDUAL, np.random.default_rng(0))
    net = residual(text)
    assert net.layers == text.layers
    assert net.text == text.text
    images = np.random.default_rng(1).random((5, 6, 6), np.float32)
    assert np.array_equal(net.predict(images), text.predict(images))
    ours, theirs = (each.trace(images[0]).activation for each in (net, text))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_a_chain_needs_no_sources_and_takes_a_presets_name():
    same = preset("mlp-sigmoid", np.random.default_rng(0))
    graph = GraphBuilder((28, 28, 1))
    for place, layer in enumerate(same.layers[1:]):
        assert isinstance(layer.block, Dense)
        own = parameters(same, layer.name)
        graph.add(f"fc{place}", layer.block, parameters=own, activation=layer.activation)
    net = graph.net("imported", "Imported network", Recipe())
    assert (net.name, net.layers, net.recipe) == ("mlp-sigmoid", same.layers, same.recipe)
    assert all(np.array_equal(net.parameters[key], array) for key, array in same.parameters.items())


def started() -> GraphBuilder:
    graph = GraphBuilder((6, 6, 1), "image")
    rng = np.random.default_rng(0)
    graph.add("a", Conv(3, 3, 3), parameters=Conv(3, 3, 3).initial([(6, 6, 1)], rng))
    graph.add("b", MaxPool(2), ["a"])
    return graph


WEIGHT = {"weight": np.zeros((12, 2)), "bias": np.zeros(2)}


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (("a", MaxPool(2), ["b"]), "a: another layer has this name"),
        (("c", MaxPool(2), ["d"]), "c: it reads d, which is no layer before it: there are image, a, b"),
        (("c", MaxPool(2), ["c"]), "c: it reads c, which is no layer before it"),
        (("c", Add(), ["b", "b"]), "c: it reads one layer twice: b, b"),
        (
            ("c", Add(), ["a", "b"]),
            r"c: layers that are added must have one shape, got .\(4, 4, 3\), \(2, 2, 3",
        ),
        (("c", Add(), []), "c: layers that are added must have one shape"),
        (("c", Conv(2, 5, 5), ["b"]), "c: .*5"),
        (("c", TokenDense(2), ["b"]), "c: a per-token dense layer reads"),
        (("c", Dense(2), ["b"]), "c: it has no parameters, needed are weight, bias"),
        (("c", MaxPool(2), ["b"], WEIGHT), "c: it has weight, bias, needed are none"),
        (("c", Dense(3), ["b"], WEIGHT), r"c: its weight is \(12, 2\), needed is \(12, 3\)"),
        (("c", Dense(2), ["b"], {**WEIGHT, "bias": np.array([0, 1e39])}), "c: its bias holds .*float32"),
        (("c", Dense(10**8), ["b"]), "c: it has 100,000,000 neurons, the limit is 10,000,000"),
        (("c\n\x1b", Dense(2), ["d"]), r"c\\n\\x1b'?: it reads d"),
    ],
)
def test_a_layer_that_does_not_fit_is_named_as_in_its_file(add, message):
    with pytest.raises(EngineError, match=message) as caught:
        started().add(*add)
    assert "\n" not in str(caught.value)


def test_an_activation_cannot_follow_where_a_layer_was_read_without_it():
    with pytest.raises(EngineError, match="a: b reads it already: its activation"):
        started().change("a", activation="relu")
    with pytest.raises(EngineError, match="no layer c: there are image, a, b"):
        started().change("c", activation="relu")
    with pytest.raises(EngineError, match=r"b: .*wiggle"):
        started().change("b", activation="wiggle")


def test_a_graph_with_two_ends_has_no_output():
    graph = started()
    graph.add("c", Dense(2), ["b"], WEIGHT)
    graph.add("d", Dense(2), ["b"], WEIGHT)
    with pytest.raises(EngineError, match="its layers c, d are read by no other: a net has one output"):
        graph.net("imported", "Imported network", Recipe())


def test_a_pytorch_layer_may_be_named_input(tmp_path):
    from safetensors.numpy import save_file

    shapes = {"input.weight": (3, 4), "input.bias": (3,), "input2.weight": (2, 3), "input2.bias": (2,)}
    save_file({key: np.ones(shape, np.float32) for key, shape in shapes.items()}, tmp_path / "a.safetensors")
    net = engine.import_net(tmp_path / "a.safetensors").net
    assert [layer.name for layer in net.layers] == ["input", "hidden1", "output"]
