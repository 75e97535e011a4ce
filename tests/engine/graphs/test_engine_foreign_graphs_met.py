"""Graphs as exporters and hands write them: answers as ONNX's own evaluator's, or refused by name."""

import numpy as np
import pytest
from foreign_nets import graphs, outputs
from onnx_models import largest_difference, model_of, node

from engine import EngineError, import_net

KNOWN_IMAGES = graphs()["images"]
RNG = np.random.default_rng(3)
ROW = RNG.normal(0, 0.3, (64, 6)).astype(np.float32)
LAST = RNG.normal(0, 0.3, (6, 4)).astype(np.float32)


def through_a_function(tmp_path, *functions, scale=1.0):
    """A model with these nodes, which read "a" and make "b", between its two layers."""
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        *functions,
        node("MatMul", ["b", "v"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    numbers = {"lid": 20, "six": 6, "floor": 0, "most": 65504, "step": 0.02}
    arrays = {name: np.float32(number) for name, number in numbers.items()}
    return model_of(nodes, {"w": ROW * np.float32(scale), "v": LAST, **arrays}, [1, 1, 8, 8], tmp_path)


@pytest.mark.parametrize(
    "functions",
    [
        [("Clip", ["a", "floor", "lid"], "b")],
        [("Relu", ["a"], "r"), ("Min", ["r", "lid"], "b")],
        [("Greater", ["a", "step"], "g"), ("Where", ["g", "a", "floor"], "b")],
    ],
)
def test_a_relu_with_a_high_lid_or_a_small_step_is_not_taken_for_a_plain_one(tmp_path, functions):
    path = through_a_function(tmp_path, *(node(*each) for each in functions))
    with pytest.raises(EngineError, match="is no activation function that is known"):
        import_net(path)


@pytest.mark.parametrize("ends", [["floor", "six"], ["floor", "most"]])
def test_lids_that_are_known_or_never_met_are_taken(tmp_path, ends):
    path = through_a_function(tmp_path, node("Clip", ["a", *ends], "b"), scale=9)
    assert largest_difference(path) < 1e-5


@pytest.mark.parametrize("second", [("Tanh", ["a"], "t"), ("Sigmoid", ["r"], "t"), ("Neg", ["a"], "t")])
def test_two_functions_of_one_layers_sums_side_by_side_are_both_of_its_sums(tmp_path, second):
    """Concat of ReLU and tanh was read as tanh of the ReLU, silently."""
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Relu", ["a"], "r"),
        node(*second),
        node("Concat", ["r", "t"], "b", axis=1),
        node("MatMul", ["b", "v"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    path = model_of(nodes, {"w": ROW, "v": np.concatenate((LAST, LAST[::-1]))}, [1, 1, 8, 8], tmp_path)
    assert largest_difference(path) < 1e-5


def test_a_result_that_a_row_holds_twice_is_bent_once(tmp_path):
    """Concat of SiLU, another layer's SiLU and the first again was read with SiLU of the SiLU."""
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Sigmoid", ["a"], "g"),
        node("Mul", ["a", "g"], "t"),
        node("MatMul", ["f", "u"], "d"),
        node("Sigmoid", ["d"], "h"),
        node("Mul", ["d", "h"], "s"),
        node("Concat", ["t", "s", "t"], "b", axis=1),
        node("MatMul", ["b", "v"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    arrays = {"w": ROW, "u": ROW[::-1].copy(), "v": np.concatenate((LAST, LAST[::-1], LAST))}
    assert largest_difference(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)) < 1e-5


def test_a_term_of_a_sum_keeps_its_scale_to_itself(tmp_path):
    """Sum of 2 a, d and a was read with the 2 in a's own weights, silently."""
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Mul", ["a", "two"], "aa"),
        node("MatMul", ["f", "u"], "d"),
        node("Sum", ["aa", "d", "a"], "s"),
        node("Tanh", ["s"], "b"),
        node("MatMul", ["b", "v"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    arrays = {"w": ROW, "u": ROW[::-1].copy(), "v": LAST, "two": np.float32(2)}
    assert largest_difference(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)) < 1e-5


def test_weights_may_stand_on_the_left(tmp_path):
    column = RNG.normal(0, 1, (6, 1)).astype(np.float32)
    nodes = [
        node("Flatten", ["x"], "f"),
        node("Transpose", ["f"], "t", perm=[1, 0]),
        node("MatMul", ["w", "t"], "a"),
        node("Add", ["a", "bias"], "b"),
        node("Relu", ["b"], "r"),
        node("Gemm", ["v", "r", "end"], "c", transA=1, beta=0.5),
        node("Transpose", ["c"], "u", perm=[1, 0]),
        node("Sigmoid", ["u"], "y"),
    ]
    arrays = {
        "w": ROW.T.copy(),
        "v": LAST,
        "bias": column,
        "end": RNG.normal(0, 1, (4, 1)).astype(np.float32),
    }
    assert largest_difference(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)) < 1e-6


def test_the_logarithm_of_a_softmax_is_a_log_softmax(tmp_path):
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Softmax", ["a"], "s", axis=1),
        node("Log", ["s"], "y"),
    ]
    path = model_of(nodes, {"w": ROW}, [1, 1, 8, 8], tmp_path)
    assert import_net(path).net.layers[-1].activation == "log-softmax"
    assert largest_difference(path) < 1e-5


def test_a_logarithm_of_anything_else_is_named(tmp_path):
    path = through_a_function(tmp_path, node("Log", ["a"], "b"))
    with pytest.raises(EngineError, match="takes logarithms, which are known behind a softmax alone"):
        import_net(path)


def pooled(tmp_path, **settings):
    kernels = RNG.normal(0, 1, (2, 1, 3, 3)).astype(np.float32)
    nodes = [
        node("Conv", ["x", "k"], "a"),
        node("AveragePool", ["a"], "b", **settings),
        node("Flatten", ["b"], "c", axis=-3),
        node("Tanh", ["c"], "y"),
    ]
    return model_of(nodes, {"k": kernels}, [1, 1, 8, 8], tmp_path)


def test_padding_is_counted_though_partial_windows_are_allowed(tmp_path):
    told = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1, "ceil_mode": 1}
    assert largest_difference(pooled(tmp_path, **told)) < 1e-6


def test_padding_that_is_counted_in_a_partial_window_is_refused(tmp_path):
    told = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1, "ceil_mode": 1}
    with pytest.raises(EngineError, match="counts padding in windows that reach beyond it"):
        import_net(pooled(tmp_path, strides=[2, 2], **told))


def test_a_sum_of_onnxs_first_versions_has_its_own_axis(tmp_path):
    import onnx

    kernels, bias = RNG.normal(0, 1, (6, 1, 3, 3)).astype(np.float32), np.arange(6, dtype=np.float32)
    end = [node("GlobalAveragePool", ["b"], "c"), node("Flatten", ["c"], "d"), node("Tanh", ["d"], "y")]
    conv = node("Conv", ["x", "k"], "a")
    old = [conv, node("Add", ["a", "bias"], "b", broadcast=1, axis=1), *end]
    new = [conv, node("Add", ["a", "column"], "b"), *end]
    arrays = {"k": kernels, "bias": bias, "column": bias.reshape(1, 6, 1, 1)}
    answers = []
    for nodes, version in ((old, 6), (new, 13)):
        path = model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)
        model = onnx.load(path)
        model.opset_import[0].version = version
        onnx.save(model, path)
        answers.append(outputs(import_net(path).net, KNOWN_IMAGES))
    assert np.array_equal(*answers)


def test_an_older_softmax_runs_over_all_axes_behind_its_own(tmp_path):
    import onnx

    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Reshape", ["a", "shape"], "b"),
        node("Softmax", ["b"], "c"),
        node("Flatten", ["c"], "y"),
    ]
    path = model_of(nodes, {"w": ROW, "shape": np.array([1, 2, 3])}, [1, 1, 8, 8], tmp_path)
    model = onnx.load(path)
    model.opset_import[0].version = 11
    onnx.save(model, path)
    with pytest.raises(EngineError, match=r"Softmax.*over another axis than the last"):
        import_net(path)


@pytest.mark.parametrize("shape", [(2, 1, 1), (1, 2, 1, 1)])
def test_a_prelu_with_a_slope_for_each_map_is_a_sum_of_two(tmp_path, shape):
    arrays = {
        "k": RNG.normal(0, 1, (2, 1, 3, 3)).astype(np.float32),
        "slopes": np.array([0.2, -0.7], np.float32).reshape(shape),
    }
    nodes = [
        node("Conv", ["x", "k"], "a"),
        node("PRelu", ["a", "slopes"], "b"),
        node("MaxPool", ["b"], "c", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["c"], "d"),
        node("Tanh", ["d"], "y"),
    ]
    assert largest_difference(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)) < 1e-6


def test_a_slope_beyond_one_is_named(tmp_path):
    steep = np.array([0.2, 1.5], np.float32).reshape(2, 1, 1)
    nodes = [
        node("Conv", ["x", "k"], "a"),
        node("PRelu", ["a", "slopes"], "b"),
        node("Flatten", ["b"], "y"),
    ]
    arrays = {"k": RNG.normal(0, 1, (2, 1, 3, 3)).astype(np.float32), "slopes": steep}
    with pytest.raises(EngineError, match=r"PRelu.*has a slope of 1\.5 below zero: known are slopes up to 1"):
        import_net(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path))


@pytest.mark.parametrize("ending", [".onnx", ".safetensors"])
def test_numbers_go_into_an_exported_network_as_they_are_measured(tmp_path, ending):
    import dataclasses

    from engine import Task, build, export_net

    task = Task("example", "flowers", low=(4.0, -1.0, 0.0), span=(3.0, 2.0, 0.5), columns=("a", "b", "c"))
    scaled = build("input 3 | dense 5 tanh | dense 2 softmax", np.random.default_rng(0))
    export_net(dataclasses.replace(scaled, task=task), tmp_path / f"net{ending}")
    measured = np.array([[5.5, 0.5, 0.1], [7, -1, 0.4]], np.float32)
    theirs = scaled.predict(task.scaled(measured, np.float32))
    assert np.abs(import_net(tmp_path / f"net{ending}").net.predict(measured) - theirs).max() < 1e-6


@pytest.mark.parametrize("along", [None, 1])
def test_weights_that_whole_numbers_stand_for_are_read(tmp_path, along):
    """With one scale, or one a column: a tool that packs weights alone leaves the activations as they are."""
    whole = RNG.integers(-127, 128, ROW.shape).astype(np.int8)
    scale = np.float32(0.02) if along is None else RNG.uniform(0.01, 0.03, ROW.shape[1]).astype(np.float32)
    nodes = [
        node("DequantizeLinear", ["q", "scale", "zero"], "w", **({} if along is None else {"axis": along})),
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "a"),
        node("Sigmoid", ["a"], "y"),
    ]
    arrays = {"q": whole, "scale": np.asarray(scale), "zero": np.full(np.shape(scale), 3, np.int8)}
    path = model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)
    x = RNG.random((3, 1, 8, 8)).astype(np.float32)
    sums = x.reshape(3, 64) @ ((whole.astype(np.float32) - 3) * scale)
    assert np.abs(outputs(import_net(path).net, x) - 1 / (1 + np.exp(-sums))).max() < 1e-6


def test_scales_of_whole_numbers_that_are_more_than_these_are_refused(tmp_path):
    """They would else be spread to ten answers, of a network that has one."""
    nodes = [
        node("DequantizeLinear", ["q", "scale"], "w", axis=1),
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "w"], "y"),
    ]
    arrays = {"q": np.ones((64, 1), np.int8), "scale": np.full(10, 0.02, np.float32)}
    with pytest.raises(EngineError, match=r"has 10 scales for numbers of shape \(64, 1\)"):
        import_net(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path))
