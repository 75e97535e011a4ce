"""ONNX operation by operation: answers as its own evaluator's, or what is unknown named."""

import numpy as np
import pytest
from foreign_nets import as_shares, graphs, outputs
from onnx_models import in_words, layered, model_of, node, rows_of
from project import FOREIGN

from engine import EngineError, import_net
from engine.foreign.graph import draft

KNOWN = graphs()


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("Sin", {}, "Sin it is no operation that is known: known are Add, AveragePool"),
        ("Elu", {"alpha": 0.3}, "Elu it with alpha 0.3 is no activation function that is known"),
        ("LeakyRelu", {"alpha": 1.5}, "LeakyRelu it with alpha 1.5 is no activation function"),
        ("HardSigmoid", {}, "HardSigmoid it is no activation function"),
        ("MaxPool", {"kernel_shape": [3, 3], "pads": [2, 0, 0, 2]}, "MaxPool it has pads"),
        ("Softmax", {"axis": 2}, "Softmax it is taken over another axis than the last"),
    ],
)
def test_an_operation_that_is_not_known_is_named(tmp_path, kind, settings, message):
    with pytest.raises(EngineError, match=message) as caught:
        import_net(layered(tmp_path, kind, **settings))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
        ("AveragePool", {"kernel_shape": [2, 3], "strides": [2, 2]}),
        ("AveragePool", {"kernel_shape": [2, 4]}),
        ("AveragePool", {"kernel_shape": [2, 2], "strides": [1, 1], "pads": [0, 0, 1, 1]}),
        ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
        ("MaxPool", {"kernel_shape": [2, 3], "strides": [2, 1]}),
        ("MaxPool", {"kernel_shape": [1, 3], "strides": [1, 2], "pads": [0, 1, 0, 1]}),
        ("AveragePool", {"kernel_shape": [3, 1], "strides": [3, 1]}),
    ],
)
def test_windows_of_a_pool_answer_as_onnxs_own_evaluator(tmp_path, kind, settings):
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    kernels = np.random.default_rng(0).normal(0, 1, (2, 1, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"]),
        helper.make_node(kind, ["a"], ["b"], **settings),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("Tanh", ["c"], ["y"]),
    ]
    path = model_of(nodes, {"k": kernels}, [1, 1, 8, 8], tmp_path)
    evaluator = ReferenceEvaluator(onnx.load(path))
    theirs = [evaluator.run(None, {"x": image[None]})[0] for image in KNOWN["images"]]
    assert np.abs(outputs(import_net(path).net, KNOWN["images"]) - np.concatenate(theirs)).max() < 1e-6


@pytest.mark.parametrize("strides", [[2, 2], [2, 1]])
@pytest.mark.parametrize("auto", ["SAME_UPPER", "SAME_LOWER", "VALID"])
def test_automatic_padding_answers_as_onnxs_own_evaluator(tmp_path, auto, strides):
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    rng = np.random.default_rng(0)
    arrays = {"k": rng.normal(0, 1, (2, 1, 4, 3)).astype(np.float32)}
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"], auto_pad=auto, strides=strides),
        helper.make_node("GlobalAveragePool", ["a"], ["b"]),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("Sigmoid", ["c"], ["y"]),
    ]
    path = model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)
    evaluator = ReferenceEvaluator(onnx.load(path))
    theirs = [evaluator.run(None, {"x": image[None]})[0] for image in KNOWN["images"]]
    assert np.abs(outputs(import_net(path).net, KNOWN["images"]) - np.concatenate(theirs)).max() < 1e-6


def test_external_data_is_read_beside_the_file_and_nowhere_else(tmp_path):
    import onnx

    model = onnx.load(FOREIGN / "branches-new.onnx")
    onnx.save(model, tmp_path / "net.onnx", save_as_external_data=True, location="net.data", size_threshold=0)
    assert (tmp_path / "net.data").stat().st_size
    found = import_net(tmp_path / "net.onnx").net
    assert np.abs(outputs(found, KNOWN["images"]) - as_shares(KNOWN["branches"])).max() < 1e-6
    inside = tmp_path / "inside"
    inside.mkdir()
    content = (tmp_path / "net.onnx").read_bytes()
    assert content.count(b"net.data") > 3
    (inside / "net.onnx").write_bytes(content)
    with pytest.raises(EngineError, match=r"its numbers in net\.data: put that file beside it"):
        import_net(inside / "net.onnx")
    (tmp_path / "data").write_bytes((tmp_path / "net.data").read_bytes())
    (inside / "net.onnx").write_bytes(content.replace(b"net.data", b"../ndata"))
    with pytest.raises(EngineError, match="outside its folder: nothing else is read"):
        import_net(inside / "net.onnx")


def test_scores_are_taken_where_a_model_tells_labels_too(tmp_path):
    """As skl2onnx writes a classifier: its label first, then each class with its share."""
    from onnx import TensorProto, helper

    tail = [
        helper.make_node("Softmax", ["s"], ["p"], axis=1),
        helper.make_node("ArgMax", ["p"], ["label"], axis=1),
        helper.make_node("ZipMap", ["p"], ["shares"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2]),
    ]
    weight = np.random.default_rng(0).normal(0, 1, (4, 3)).astype(np.float32)
    x = np.random.default_rng(1).random((5, 1, 2, 2), np.float32)
    theirs = as_shares(x.reshape(5, 4) @ weight)
    both = [("label", TensorProto.INT64), ("shares", TensorProto.UNDEFINED)]
    for told in (both, both[:1]):
        # The classes' names, where they are words, are a constant too.
        arrays = {"w": weight, "classes": np.array(["ape", "bee", "cow"], object)}
        found = import_net(rows_of(tmp_path, tail, arrays, told))
        assert np.abs(outputs(found.net, x) - theirs).max() < 1e-6
        assert any(
            "shares is taken, not label" in n or "the scores that it compares" in n for n in found.notes
        )


@pytest.mark.parametrize("producer", ["skl2onnx", "pytorch"])
def test_a_regressor_of_scikit_learn_is_said_to_give_numbers(tmp_path, producer):
    import onnx
    from onnx import TensorProto, helper

    path = rows_of(tmp_path, [helper.make_node("Identity", ["s"], ["variable"])],
                   {"w": np.eye(4, dtype=np.float32)}, [("variable", TensorProto.FLOAT)])  # fmt: skip
    model = onnx.load(path)
    model.producer_name = producer
    path.write_bytes(model.SerializeToString())
    said = "it ends as scikit-learn's regressors do: " in import_net(path).notes[-1]
    assert said == (producer == "skl2onnx")


@pytest.mark.parametrize("scale", [[2.0], [0.5, 2.0, -1.0]])
def test_a_scaler_of_scikit_learn_is_in_the_weights(tmp_path, scale):
    """A StandardScaler ahead of a classifier kept the whole pipeline out."""
    from onnx import TensorProto, helper

    offset, ml = [0.3, -1.0, 2.0], "ai.onnx.ml"
    tail = [helper.make_node("Scaler", ["s"], ["p"], domain=ml, offset=offset, scale=scale)]
    weight = np.random.default_rng(0).normal(0, 1, (4, 3)).astype(np.float32)
    x = np.random.default_rng(1).random((5, 1, 2, 2), np.float32)
    theirs = as_shares((x.reshape(5, 4) @ weight - offset) * scale)
    found = import_net(rows_of(tmp_path, tail, {"w": weight}, [("p", TensorProto.FLOAT)]))
    assert np.abs(outputs(found.net, x) - theirs).max() < 1e-6
    tail = [helper.make_node("Scaler", ["s"], ["p"], domain=ml, offset=offset[1:], scale=scale)]
    with pytest.raises(EngineError, match="2 offsets for 3 numbers"):
        import_net(rows_of(tmp_path, tail, {"w": weight}, [("p", TensorProto.FLOAT)]))


def test_a_sum_of_several_answers_as_onnxs_own_evaluator(tmp_path):
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    rng = np.random.default_rng(0)
    arrays = {f"k{i}": rng.normal(0, 1, (4, 1, 3, 3)).astype(np.float32) for i in range(3)}
    nodes = [
        *(helper.make_node("Conv", ["x", f"k{i}"], [f"a{i}"]) for i in range(3)),
        helper.make_node("Sum", ["a0", "a1", "a2"], ["b"]),
        helper.make_node("GlobalMaxPool", ["b"], ["d"]),
        helper.make_node("Flatten", ["d"], ["e"]),
        helper.make_node("Tanh", ["e"], ["y"]),
    ]
    path = model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)
    evaluator = ReferenceEvaluator(onnx.load(path))
    theirs = [evaluator.run(None, {"x": image[None]})[0] for image in KNOWN["images"]]
    assert np.abs(outputs(import_net(path).net, KNOWN["images"]) - np.concatenate(theirs)).max() < 1e-6


def test_a_local_norm_is_that_of_its_settings(tmp_path):
    net = import_net(layered(tmp_path, "LRN", size=3, alpha=0.5, beta=0.6, bias=1.5)).net
    assert "| lrn 3 alpha 0.5 beta 0.6 k 1.5 |" in net.text
    with pytest.raises(EngineError, match="LRN it spans an even number of maps"):
        import_net(layered(tmp_path, "LRN", size=4))


@pytest.mark.parametrize("way", ["Erf", "Sigmoid", "Elu", "Softplus", "HardSwish"])
@pytest.mark.parametrize("after", ["Flatten", "Reshape", "Pad", "Split"])
def test_a_function_is_put_into_a_layer_once_whatever_reads_it(tmp_path, way, after):
    """A GELU or SiLU behind the last convolution was done twice, and the answers were a little wrong."""
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    rng = np.random.default_rng(0)
    arrays = {
        "k": rng.normal(0, 1, (2, 1, 3, 3)),
        "root": 2**0.5,
        "one": 1.0,
        "w": rng.normal(0, 0.2, (72, 3)),
    }
    pieces = {
        "Erf": [
            helper.make_node("Div", ["a", "root"], ["d"]),
            helper.make_node("Erf", ["d"], ["e"]),
            helper.make_node("Add", ["e", "one"], ["s"]),
            helper.make_node("Mul", ["a", "s"], ["b"]),
        ],
        "Sigmoid": [helper.make_node("Sigmoid", ["a"], ["s"]), helper.make_node("Mul", ["a", "s"], ["b"])],
    }
    readers = {
        "Flatten": [helper.make_node("Flatten", ["b"], ["c"])],
        "Reshape": [helper.make_node("Reshape", ["b", "row"], ["c"])],
        "Pad": [
            helper.make_node("Pad", ["b", "none"], ["p"]),
            helper.make_node("Reshape", ["p", "row"], ["c"]),
        ],
        "Split": [
            helper.make_node("Split", ["b"], ["p", "q"], axis=1, num_outputs=2),
            helper.make_node("Concat", ["p", "q"], ["r"], axis=1),
            helper.make_node("Reshape", ["r", "row"], ["c"]),
        ],
    }
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"]),
        *pieces.get(way, [helper.make_node(way, ["a"], ["b"])]),
        *readers[after],
        helper.make_node("MatMul", ["c", "w"], ["y"]),
    ]
    whole = {"row": np.array([1, -1], np.int64), "none": np.zeros(8, np.int64)}
    plain = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    path = model_of(nodes, plain | whole, [1, 1, 8, 8], tmp_path)
    evaluator = ReferenceEvaluator(onnx.load(path))
    theirs = [evaluator.run(None, {"x": image[None]})[0] for image in KNOWN["images"]]
    ours = outputs(import_net(path).net, KNOWN["images"])
    assert np.abs(ours - as_shares(np.concatenate(theirs))).max() < 1e-6


def test_what_onnx_runtime_made_one_operation_of_several_is_read_as_these(tmp_path):
    """A model that it optimised and saved was refused: FusedConv, FusedGemm, FusedMatMul, its GELUs."""
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    rng = np.random.default_rng(0)
    shapes = {"k": (2, 1, 3, 3), "l": (2, 1, 3, 3), "w": (5, 72), "v": (5, 4), "c": (4,), "u": (3, 4)}
    arrays = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    plain = "Conv x l > z; Conv x k > a; Add a z > a2; LeakyRelu a2 > b; Flatten b > d"
    nodes = [
        *in_words(plain),
        node("Gemm", ["d", "w"], "e", transB=1),
        *in_words("Relu e > f; MatMul f v > g; Add g c > h; Gelu h > i"),
        node("Gemm", ["i", "u"], "j", transB=1, alpha=0.5),
        *in_words("Softmax j > y"),
    ]
    nodes[3].attribute.append(helper.make_attribute("alpha", 0.2))
    theirs = ReferenceEvaluator(onnx.load(model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)))
    own = {"domain": "com.microsoft"}
    fused = [
        *in_words("Conv x l > z"),
        node("FusedConv", ["x", "k", "", "z"], "b", activation="LeakyRelu", activation_params=[0.2], **own),
        *in_words("Flatten b > d"),
        node("FusedGemm", ["d", "w"], "f", transB=1, activation="Relu", **own),
        *in_words("MatMul f v > g"),
        node("BiasGelu", ["g", "c"], "i", **own),
        node("FusedMatMul", ["i", "u"], "j", transB=1, alpha=0.5, **own),
        *in_words("Softmax j > y"),
    ]
    ours = outputs(import_net(model_of(fused, arrays, [1, 1, 8, 8], tmp_path)).net, KNOWN["images"])
    wanted = np.concatenate([theirs.run(None, {"x": image[None]})[0] for image in KNOWN["images"]])
    assert np.abs(ours - wanted).max() < 1e-6


def test_of_a_function_of_many_operations_a_few_are_named(tmp_path):
    # Lost otherwise: the one line of a refusal, which had 62,852 characters.
    steps = [f"Mul t{n} t{n} > t{n + 1}" for n in range(300)]
    nodes = in_words("; ".join(["MatMul x w > t0", *steps, "MatMul t300 v > y"]))
    arrays = {"w": np.ones((4, 3), np.float32), "v": np.ones((3, 2), np.float32)}
    with pytest.raises(EngineError, match=r"of 29. more operations is no activation") as caught:
        import_net(model_of(nodes, arrays, [1, 4], tmp_path))
    assert len(str(caught.value)) < 1000


def test_layers_are_counted_as_they_are_made(tmp_path, monkeypatch):
    # Lost otherwise: minutes over a file of thousands of branches, which was refused at its end.
    monkeypatch.setattr(draft, "LAYERS", 6)
    branches = [f"MatMul x w > m{n}; Relu m{n} > r{n}" for n in range(9)]
    nodes = in_words("; ".join([*branches, "Add r0 r1 > y"]))
    arrays = {"w": np.ones((4, 3), np.float32)}
    assert import_net(model_of(nodes, arrays, [1, 4], tmp_path)).net, "what nobody reads is not made"
    sums = [f"Add {'r0' if n == 1 else f's{n - 1}'} r{n} > {'y' if n == 8 else f's{n}'}" for n in range(1, 9)]
    with pytest.raises(EngineError, match="it has 7 layers, at most 6 are taken"):
        import_net(model_of(in_words("; ".join([*branches, *sums])), arrays, [1, 4], tmp_path))
