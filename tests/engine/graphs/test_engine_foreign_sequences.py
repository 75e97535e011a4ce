"""Networks of sequences, and of an image's rows as tokens, answer here as where they were made."""

import numpy as np
import pytest
from onnx_models import model_of
from project import FOREIGN

import engine
from engine import EngineError, export_net, import_net
from engine.run import Machine

RNG = np.random.default_rng


def answers(net, x):
    """A net's outputs for inputs (n, ...) as they stand in a file."""
    x = np.ascontiguousarray(x.reshape(len(x), *net.layers[0].shape), np.float32)
    return Machine(net.layers, net.parameters, len(x)).forward(x).copy()


def theirs(path, x):
    """The answers of ONNX's own evaluator, one by one."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load(path))
    return np.concatenate([evaluator.run(None, {"x": each[None]})[0].reshape(1, -1) for each in x])


def random(*shape):
    return RNG(sum(shape)).normal(0, 0.6, shape).astype(np.float32)


def test_keras_s_convolutions_of_sequences_answer_as_there():
    with np.load(FOREIGN / "sequences.npz") as known:
        steps, expected = known["steps"], known["answers"]
    found = import_net(FOREIGN / "sequences.keras")
    assert np.abs(answers(found.net, steps) - expected).max() < 1e-6
    assert engine.build(found.net.text, RNG(0)).layers == found.net.layers


@pytest.mark.parametrize(
    "middle",
    [
        [("Conv", {"strides": [2], "pads": [2, 1]}, (4, 5, 3))],
        [("Conv", {"auto_pad": "SAME_UPPER", "dilations": [2]}, (4, 5, 3))],
        [("MaxPool", {"kernel_shape": [2], "strides": [2]}, None)],
        [
            (
                "AveragePool",
                {"kernel_shape": [3], "strides": [2], "pads": [1, 1], "count_include_pad": 1},
                None,
            )
        ],
        [("MaxPool", {"kernel_shape": [3], "strides": [2], "ceil_mode": 1}, None), ("Conv", {}, (2, 5, 2))],
        [("Conv", {"group": 5}, (5, 1, 3))],
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_windows_along_a_sequence_answer_as_onnxs_own_evaluator(tmp_path, middle, channels):
    from onnx import helper

    arrays = {"first": random(5, channels, 3)}
    nodes = [helper.make_node("Conv", ["x", "first"], ["v0"], pads=[1, 1])]
    nodes.append(helper.make_node("Relu", ["v0"], ["v1"]))
    for kind, settings, shape in middle:
        inputs = [nodes[-1].output[0]]
        if shape:
            arrays[f"k{len(nodes)}"] = random(*shape)
            inputs.append(f"k{len(nodes)}")
        nodes.append(helper.make_node(kind, inputs, [f"v{len(nodes)}"], **settings))
    nodes.append(helper.make_node("Flatten", [nodes[-1].output[0]], ["f"]))
    nodes.append(helper.make_node("Tanh", ["f"], ["y"]))
    path = model_of(nodes, arrays, [1, channels, 13], tmp_path)
    x = random(3, channels, 13)
    net = import_net(path).net
    assert np.abs(answers(net, x) - theirs(path, x)).max() < 1e-6
    export_net(net, tmp_path / "again.onnx")
    back = import_net(tmp_path / "again.onnx").net
    assert (
        np.abs(
            back.predict(x.reshape(3, *net.layers[0].shape)) - net.predict(x.reshape(3, *net.layers[0].shape))
        ).max()
        < 1e-6
    )


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [("GlobalAveragePool", ["a"]), ("ReduceMax", ["a", "axes"]), ("ReduceMean", ["a", "axes"])],
)
def test_the_end_of_a_sequence_is_a_mean_or_maximum_of_its_steps(tmp_path, kind, inputs):
    from onnx import helper

    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"]),
        helper.make_node(kind, inputs, ["b"]),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("Sigmoid", ["c"], ["y"]),
    ]
    path = model_of(nodes, {"k": random(4, 2, 3), "axes": np.array([2])}, [1, 2, 9], tmp_path)
    x = random(3, 2, 9)
    assert np.abs(answers(import_net(path).net, x) - theirs(path, x)).max() < 1e-6


def test_the_rows_of_an_image_are_tokens(tmp_path):
    """A dense layer on each row, then one more, a residual and a mean: a transformer's frame."""
    from onnx import helper

    arrays = {"rows": random(8, 6), "more": random(6, 6), "scale": np.ones(6, np.float32)}
    nodes = [
        helper.make_node("MatMul", ["x", "rows"], ["a"]),
        helper.make_node("LayerNormalization", ["a", "scale"], ["n"]),
        helper.make_node("MatMul", ["n", "more"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["c"]),
        helper.make_node("ReduceMean", ["c"], ["d"], keepdims=0),
        helper.make_node("Tanh", ["d"], ["y"]),
    ]
    nodes[4].input.append("axes")
    path = model_of(nodes, {**arrays, "axes": np.array([1])}, [1, 8, 8], tmp_path)
    x = random(3, 8, 8)
    found = import_net(path)
    assert np.abs(answers(found.net, x) - theirs(path, x)).max() < 1e-6
    assert any("a token for each cell" in note for note in found.notes)


def test_rows_of_an_image_that_come_first_are_tokens_too(tmp_path):
    """PyTorch's transformers have steps first: a weight of 8 was said to need be of 1."""
    from onnx import helper

    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        helper.make_node("MatMul", ["t", "rows"], ["a"]),
        helper.make_node("Tanh", ["a"], ["b"]),
        helper.make_node("MatMul", ["b", "more"], ["c"]),
        helper.make_node("Transpose", ["c"], ["d"], perm=[1, 0, 2]),
        helper.make_node("Flatten", ["d"], ["e"]),
        helper.make_node("MatMul", ["e", "last"], ["f"]),
        helper.make_node("Tanh", ["f"], ["y"]),
    ]
    arrays = {"rows": random(8, 6), "more": random(6, 5), "last": random(40, 3)}
    path = model_of(nodes, arrays, [1, 8, 8], tmp_path)
    x = random(3, 8, 8)
    assert np.abs(answers(import_net(path).net, x) - theirs(path, x)).max() < 1e-6


def test_a_guard_against_what_is_no_number_leaves_numbers_as_they_are(tmp_path):
    """Transformers of Hugging Face were refused for it, as PyTorch's own exporter writes them."""
    from onnx import helper

    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["shares"], axis=-1),
        helper.make_node("IsNaN", ["shares"], ["wrong"]),
        helper.make_node("Where", ["wrong", "none", "shares"], ["y"]),
    ]
    path = model_of(nodes, {"w": random(5, 3), "none": np.zeros((), np.float32)}, [1, 5], tmp_path)
    found, x = import_net(path), random(4, 5)
    assert found.net.text == "input 5 | dense 3 softmax"
    assert np.abs(answers(found.net, x) - theirs(path, x)).max() < 1e-6
    nodes[3] = helper.make_node("Where", ["wrong", "shares", "none"], ["y"])
    with pytest.raises(EngineError, match="IsNaN"):
        import_net(model_of(nodes, {"w": random(5, 3), "none": np.zeros((), np.float32)}, [1, 5], tmp_path))


def test_what_may_be_no_scores_of_classes_is_said(tmp_path):
    """A softmax changes what a regressor of several numbers gives; it was said to change no answer."""
    from onnx import helper

    for shape, count, told in (([1, 5], 3, True), ([1, 1, 8, 8], 3, True), ([1, 1, 8, 8], 10, False)):
        nodes = [helper.make_node("Flatten", ["x"], ["f"]), helper.make_node("MatMul", ["f", "w"], ["y"])]
        path = model_of(nodes, {"w": random(int(np.prod(shape)), count)}, shape, tmp_path)
        assert any("as a regressor gives" in note for note in import_net(path).notes) == told


def test_a_row_of_pixels_that_is_no_row_of_the_image_is_refused(tmp_path):
    from onnx import helper

    nodes = [
        helper.make_node("Reshape", ["x", "s"], ["a"]),
        helper.make_node("Conv", ["a", "k"], ["b"]),
        helper.make_node("Flatten", ["b"], ["y"]),
    ]
    path = model_of(nodes, {"s": np.array([1, 1, 64]), "k": random(2, 1, 3)}, [1, 1, 8, 8], tmp_path)
    with pytest.raises(EngineError, match=r"reads \(8, 8, 1\) of the pixels as maps of 64x1"):
        import_net(path)


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_a_celu_is_an_elu_where_they_are_the_same(tmp_path, alpha):
    from onnx import helper

    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("Celu", ["a"], ["y"], alpha=alpha),
    ]
    path = model_of(nodes, {"w": random(5, 4)}, [1, 5], tmp_path)
    if alpha == 1:
        x = random(3, 5)
        assert np.abs(answers(import_net(path).net, x) - theirs(path, x)).max() < 1e-6
    else:
        with pytest.raises(EngineError, match=r"Celu y with alpha 0\.5 is no activation function"):
            import_net(path)


def test_operations_that_stand_behind_those_that_read_them_are_put_in_order(tmp_path):
    """A converter to float16 puts its casts at the end, which ONNX Runtime minds as little."""
    from onnx import TensorProto, helper

    w, u = random(6, 5), random(5, 3)
    nodes = [
        helper.make_node("MatMul", ["cast", "w"], ["a"]),
        helper.make_node("Tanh", ["a"], ["t"]),
        helper.make_node("MatMul", ["t", "u"], ["z"]),
        helper.make_node("Cast", ["z"], ["y"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["x"], ["cast"], to=TensorProto.FLOAT16),
    ]
    half = {"w": w.astype(np.float16), "u": u.astype(np.float16)}
    x = random(4, 6)
    found = import_net(model_of(nodes, half, [1, 6], tmp_path)).net
    exact = np.tanh(x @ half["w"].astype(np.float32)) @ half["u"].astype(np.float32)
    made = np.log(answers(found, x))
    assert np.abs((made - made[:, :1]) - (exact - exact[:, :1])).max() < 1e-5
    circle = [helper.make_node("Tanh", ["b"], ["a"]), helper.make_node("Tanh", ["a"], ["b"]), *nodes[:4]]
    with pytest.raises(EngineError, match="which nothing before it makes"):
        import_net(model_of(circle, half, [1, 6], tmp_path))
