"""Make the graph models of TensorFlow.js in tests/foreign/tfjs-graph*, with TensorFlow's own answers.

    python tests/golden/make_foreign_tensorflow.py        # needs tensorflow and keras

The weights are random, the images 8x8. TensorFlow freezes each Keras model into a graph; of "fused" its own
optimiser folds batch norms and makes one operation of a convolution, its bias and its function, as
tensorflowjs_converter has it do. model.json is written here as that writes it. graphs.npz in the folder has
the images and the answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from google.protobuf.json_format import MessageToDict
from keras import layers
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.framework import tensor_util
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.grappler import tf_optimizer

FOLDER = Path(__file__).parents[1] / "foreign"
OPTIMISERS = ("debug_stripper", "remap", "constfold", "arithmetic", "dependency")


def models() -> dict[str, keras.Model]:
    """The Keras models."""
    image = layers.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    y = layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same")(x))
    x = layers.Concatenate()([layers.Add()([x, y]), x])
    x = layers.AveragePooling2D(2)(layers.ZeroPadding2D(1)(x))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(5, 3, strides=2, padding="same")(x))
    plain = keras.Model(image, layers.Dense(3, activation="softmax")(layers.LeakyReLU()(x)))
    fused = keras.Sequential([
        layers.Input((8, 8, 1)), layers.Rescaling(2.0, -1.0), layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Conv2D(6, 2, use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), layers.Flatten(), layers.Dense(6, activation="tanh"), layers.Dense(3),
    ])  # fmt: skip
    return {"plain": plain, "fused": fused}


def frozen(model: keras.Model, fuse: bool) -> tuple[Any, str]:
    """The graph of a model with its weights as constants, and its output's name."""
    image = tf.TensorSpec([None, 8, 8, 1], tf.float32, name="image")
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(image)
    made = convert_variables_to_constants_v2(function)
    output, graph = made.outputs[0].op.name, made.graph.as_graph_def()
    if not fuse:
        return graph, output
    for _ in range(2):
        for node in graph.node:
            node.device = "/device:CPU:0"
        with tf.Graph().as_default() as again:
            tf.import_graph_def(graph, name="")
            told = tf.compat.v1.train.export_meta_graph(graph_def=graph, graph=again)
        told.collection_def["train_op"].node_list.value.append(output)
        config = config_pb2.ConfigProto()
        config.graph_options.rewrite_options.optimizers[:] = OPTIMISERS
        config.graph_options.rewrite_options.min_graph_nodes = -1
        graph = tf_optimizer.OptimizeGraph(config, told)
    return graph, output


def write(name: str, graph: Any, output: str) -> None:
    """model.json and its file of weights, as tensorflowjs_converter writes them."""
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    content, weights, nodes = b"", [], []
    for node in graph.node:
        told = MessageToDict(node)
        told.pop("device", None)
        told.get("attr", {}).pop("_output_shapes", None)
        if node.op == "Const":
            array = tensor_util.MakeNdarray(node.attr["value"].tensor)
            kind = {"f": "float32", "i": "int32"}[array.dtype.kind]
            content += array.astype(kind).tobytes()
            weights.append({"name": node.name, "shape": list(array.shape), "dtype": kind})
            shape = told["attr"]["value"]["tensor"].get("tensorShape", {})
            told["attr"]["value"]["tensor"] = {"dtype": f"DT_{kind.upper()}", "tensorShape": shape}
        nodes.append(told)
    (folder / "group1-shard1of1.bin").write_bytes(content)
    value = {
        "format": "graph-model",
        "generatedBy": tf.__version__,
        "convertedBy": "TensorFlow.js Converter v4.22.0",
        "signature": {"outputs": {"output_0": {"name": f"{output}:0", "dtype": "DT_FLOAT"}}},
        "modelTopology": {"node": nodes, "library": {}, "versions": {"producer": 1882}},
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}],
    }
    (folder / "model.json").write_text(json.dumps(value))
    print(name, sorted({node.op for node in graph.node}))


def main() -> None:
    """Write both graph models, and the images and answers."""
    keras.utils.set_random_seed(20261128)
    images = np.random.default_rng(20261128).random((3, 8, 8, 1), np.float32)
    answers = {}
    for name, model in models().items():
        rng = np.random.default_rng(len(name))
        model.set_weights([w + np.abs(rng.normal(0, 0.2, w.shape)) for w in model.get_weights()])
        graph, output = frozen(model, fuse=name == "fused")
        answers[name] = np.asarray(model.predict(images, verbose=0))
        write(f"tfjs-graph-{name}", graph, output)
    np.savez_compressed(FOLDER / "tfjs-graphs.npz", images=images, **answers)


if __name__ == "__main__":
    main()
