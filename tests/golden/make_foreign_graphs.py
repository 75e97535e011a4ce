"""Make the small ONNX, Keras, TensorFlow.js and PyTorch files in tests/foreign, with their makers' answers.

    KERAS_BACKEND=torch python tests/golden/make_foreign_graphs.py   # needs torch, onnx, onnxscript and keras

The weights are random, the images 8x8. graphs.npz has the images and each network's answers: of ONNX models
by PyTorch, and onnx's ReferenceEvaluator must give the same; of Keras models by Keras. TensorFlow.js's
model.json is written here as its converter writes it.
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path

import keras
import numpy as np
import onnx
import torch
from keras import layers
from onnx.reference import ReferenceEvaluator
from packed import packed
from torch import nn
from torch_graphs import Branches, Convolutions, Packed, Script, Transformer

FOLDER = Path(__file__).parents[1] / "foreign"
SHAPE = (1, 1, 8, 8)


def _shuffled(net: nn.Module) -> nn.Module:
    """The network with batch norms that have seen something."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.normal_(1, 0.5)
            module.bias.data.normal_(0, 0.3)
    return net.eval()


def pytorch(images: torch.Tensor) -> dict[str, np.ndarray]:
    """Write the ONNX models and PyTorch's own files; return the answers."""
    answers = {}
    nets = {
        "convolutions": Convolutions(),
        "branches": Branches(),
        "transformer": Transformer(),
        "packed": Packed(),
    }
    for name, net in nets.items():
        _shuffled(net)
        answers[name] = net(images).detach().numpy()
        # Before opset 14 onnx's evaluator takes batch norms as if in training; attention needs 14.
        old = {"convolutions": 15, "transformer": 14}.get(name, 13)
        for way, settings in {
            "old": {"dynamo": False, "opset_version": old},
            "new": {"dynamo": True, "external_data": False},
        }.items():
            path = FOLDER / f"{name}-{way}.onnx"
            torch.onnx.export(net, (torch.zeros(SHAPE),), path, **settings)
            _slim(path)
            one = ReferenceEvaluator(onnx.load(path)).run(None, {_input(path): images[:1].numpy()})[0]
            assert np.abs(one - answers[name][:1]).max() < 1e-5, name
    torch.save(nets["transformer"].state_dict(), FOLDER / "transformer.pt")
    torch.save(nets["branches"].state_dict(), FOLDER / "branches.pt")
    whole_models(nets["branches"])
    net = _shuffled(Script())
    answers["script"] = net(images).detach().numpy()
    torch.jit.save(torch.jit.script(net), FOLDER / "script.pt")
    torch.export.save(torch.export.export(net, (torch.zeros(SHAPE),)), FOLDER / "script.pt2")
    return answers


def whole_models(net: nn.Module) -> None:
    """Write a network as PyTorch's archives have it: traced, scripted and exported."""
    example = torch.zeros(SHAPE)
    torch.jit.save(torch.jit.trace(net, example), FOLDER / "branches-trace.pt")
    torch.jit.save(torch.jit.script(net), FOLDER / "branches-script.pt")
    batch = ({0: torch.export.Dim("n")},)
    made = torch.export.export(net, (torch.zeros(2, *SHAPE[1:]),), dynamic_shapes=batch)
    for node in made.graph.nodes:
        node.meta.pop("stack_trace", None)
    torch.export.save(made, FOLDER / "branches.pt2")
    for name in ("branches-trace.pt", "branches-script.pt", "branches.pt2"):
        packed(FOLDER / name)


def _input(path: Path) -> str:
    graph = onnx.load(path).graph
    known = {each.name for each in graph.initializer}
    return next(each.name for each in graph.input if each.name not in known)


def _slim(path: Path) -> None:
    """Leave out where each operation came from in Python."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.graph.value_info[:]
    onnx.save(model, path)


def _sequential() -> keras.Model:
    return keras.Sequential([
        layers.Input((8, 8, 1)), layers.Rescaling(2.0, -1.0),
        layers.Conv2D(4, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(), layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.25), layers.Flatten(),
        layers.Dense(6, activation="gelu"), layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


def _functional() -> keras.Model:
    image = layers.Input((8, 8, 1))
    inner = keras.Sequential(
        [layers.Input((8, 8, 1)), layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization()]
    )
    x = layers.Activation("tanh")(inner(image))
    y = layers.SeparableConv2D(4, 3, padding="same", activation="relu")(x)
    x = layers.Add()([x, y])
    x = layers.Concatenate()([x, layers.DepthwiseConv2D(3, padding="same")(x)])
    x = layers.GlobalAveragePooling2D()(layers.AveragePooling2D(2)(x))
    return keras.Model(image, layers.Dense(3)(x))


def _attention() -> keras.Model:
    image = layers.Input((8, 8, 1))
    x = layers.Reshape((4, 8))(layers.Conv2D(8, 4, strides=4)(image))
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(y, y)])
    y = layers.Dense(12, activation="relu")(layers.LayerNormalization(epsilon=1e-5)(x))
    x = layers.Add()([x, layers.Dense(8)(y)])
    return keras.Model(image, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def in_keras(images: np.ndarray) -> dict[str, np.ndarray]:
    """Write the Keras models and the TensorFlow.js one; return the answers."""
    answers = {}
    for name, make in {"sequential": _sequential, "functional": _functional, "attention": _attention}.items():
        model = make()
        rng = np.random.default_rng(len(name))
        model.set_weights([
            w + (np.abs(change) if "variance" in v.path else change)
            for v, w in zip(model.weights, model.get_weights(), strict=True)
            for change in [rng.normal(0, 0.2, w.shape)]
        ])  # fmt: skip
        answers[name] = np.asarray(model.predict(images, verbose=0))
        model.save(FOLDER / f"{name}.keras")
        packed(FOLDER / f"{name}.keras")
        if name != "attention":
            model.save(FOLDER / f"{name}.h5")
        if name == "sequential":
            _tensorflow_js(model)
    code = layers.Lambda(lambda x: x * 2)
    keras.Sequential([layers.Input((8, 8, 1)), code, layers.Flatten(), layers.Dense(3)]).save(
        FOLDER / "lambda.keras"
    )
    return answers


def _tensorflow_js(model: keras.Model) -> None:
    """model.json and two files of weights, as tensorflowjs_converter writes them."""
    folder = FOLDER / "tfjs"
    folder.mkdir(exist_ok=True)
    pairs = zip(model.weights, model.get_weights(), strict=True)
    weights = [("/".join(v.path.split("/")[-2:]), np.asarray(w, "<f4")) for v, w in pairs]
    content = b"".join(array.tobytes() for _, array in weights)
    (folder / "group1-shard1of2.bin").write_bytes(content[:400])
    (folder / "group1-shard2of2.bin").write_bytes(content[400:])
    items = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in weights]
    told = json.loads(model.to_json())
    value = {
        "format": "layers-model",
        "generatedBy": "keras v3",
        "modelTopology": {
            "keras_version": "3",
            "model_config": {k: told[k] for k in ("class_name", "config")},
        },
        "weightsManifest": [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": items}],
    }
    (folder / "model.json").write_text(json.dumps(value))


def main() -> None:
    """Write all files, and the images and answers to graphs.npz."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    torch.manual_seed(20250810)
    keras.utils.set_random_seed(20250811)
    images = np.random.default_rng(20250812).random((3, 1, 8, 8), np.float32)
    answers = pytorch(torch.from_numpy(images)) | in_keras(images.transpose(0, 2, 3, 1))
    np.savez_compressed(FOLDER / "graphs.npz", images=images, **answers)
    for path in sorted(FOLDER.rglob("*")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
