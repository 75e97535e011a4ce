"""Small ONNX models, made operation by operation."""

from pathlib import Path

import numpy as np
from foreign_nets import graphs, outputs

from engine import import_net


def model_of(nodes, arrays, shape, tmp_path: Path, **more) -> Path:
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], **more)
    path = tmp_path / "made.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def layered(tmp_path: Path, kind: str, **settings) -> Path:
    """A model with one operation of a kind between a convolution and a dense layer."""
    from onnx import helper

    rng = np.random.default_rng(0)
    arrays = {"k": rng.normal(0, 1, (2, 1, 3, 3)), "w": rng.normal(0, 1, (72, 3))}
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"]),
        helper.make_node(kind, ["a"], ["b"], name="it", **settings),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("MatMul", ["c", "w"], ["y"]),
    ]
    return model_of(nodes, {n: a.astype(np.float32) for n, a in arrays.items()}, [1, 1, 8, 8], tmp_path)


def rows_of(tmp_path: Path, tail, arrays, outputs_) -> Path:
    """A model of one dense layer from rows of 4, and what follows its sums "s"."""
    from onnx import TensorProto, helper, numpy_helper

    told = [helper.make_tensor_value_info(name, kind, None) for name, kind in outputs_]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["s"]), *tail],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        told,
        [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()],
    )
    made = [helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)]
    path = tmp_path / "made.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=made).SerializeToString())
    return path


def node(kind, reads, makes, **settings):
    from onnx import helper

    return helper.make_node(kind, reads, [makes], **settings)


def in_words(steps):
    """Nodes told as "Conv x k > a; Relu a > y"."""
    told = [step.split() for step in steps.split(";")]
    return [node(kind, rest[:-2], rest[-1]) for kind, *rest in told]


def largest_difference(path) -> float:
    """Between this net's answers and those of ONNX's evaluator."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    images = graphs()["images"]
    evaluator = ReferenceEvaluator(onnx.load(path))
    theirs = np.concatenate([evaluator.run(None, {"x": image[None]})[0] for image in images])
    return float(np.abs(outputs(import_net(path).net, images) - theirs).max())
