"""ONNX, Keras and TensorFlow.js networks give here the answers that they gave where they were made."""

import json
import shutil

import numpy as np
import pytest
from foreign_nets import as_shares, graphs, outputs
from project import FOREIGN

import engine
from engine import EngineError, Told, export_net, import_net, preset, presets
from engine.foreign.readers.keras import tfjs

KNOWN = graphs()
SUMS = ("branches", "packed", "functional")
"""Networks that end in sums, behind which a softmax is put."""
FILES = [
    *(f"{name}-old.onnx" for name in ("convolutions", "branches", "transformer", "packed")),
    *(f"{name}-new.onnx" for name in ("convolutions", "branches", "transformer", "packed")),
    *("sequential.keras", "functional.keras", "attention.keras", "sequential.h5", "functional.h5"),
]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_a_network_answers_as_where_it_was_made(file):
    found = import_net(FOREIGN / file)
    name = file.split(".")[0].split("-")[0]
    theirs = as_shares(KNOWN[name]) if name in SUMS else KNOWN[name]
    assert np.abs(outputs(found.net, KNOWN["images"]) - theirs).max() < 1e-6
    assert any("ends in sums" in note for note in found.notes) == (name in SUMS)
    # And it is a net like any other, which can be written down as text.
    assert engine.build(found.net.text, np.random.default_rng(0)).layers == found.net.layers


def test_a_tensorflow_js_network_answers_as_in_keras(tmp_path):
    found = import_net(FOREIGN / "tfjs" / "model.json")
    assert np.abs(outputs(found.net, KNOWN["images"]) - KNOWN["sequential"]).max() < 1e-6
    shutil.copy(FOREIGN / "tfjs" / "model.json", tmp_path)
    with pytest.raises(EngineError, match=r"its numbers in group1-shard1of2\.bin: put that file beside"):
        import_net(tmp_path / "model.json")


def test_weights_of_tensorflow_js_are_found_behind_the_names_of_the_models_around_them(tmp_path):
    """As Keras 3 names them; of layers of one name in two models each has its own."""
    value = json.loads((FOREIGN / "tfjs" / "model.json").read_text())
    for each in value["weightsManifest"][0]["weights"]:
        each["name"] = f"sequential/{each['name']}"
    for name in ("group1-shard1of2.bin", "group1-shard2of2.bin"):
        shutil.copy(FOREIGN / "tfjs" / name, tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(value))
    found = import_net(tmp_path / "model.json")
    assert np.abs(outputs(found.net, KNOWN["images"]) - KNOWN["sequential"]).max() < 1e-6
    heads = [(["net", name], "query/kernel", np.full(1, place)) for place, name in enumerate("ab")]
    inner = {"class_name": "Sequential", "config": {"layers": [{"class_name": "X", "config": {"name": "h"}}]}}
    outer = [{**inner, "config": {**inner["config"], "name": name}} for name in "ab"]
    placed = tfjs._placed({"class_name": "Sequential", "config": outer}, {"h": heads}, ())
    assert [placed[name, "h"]["query/kernel"] for name in "ab"] == [0, 1]


def test_every_exporters_attention_is_the_same_transformer():
    texts = {
        name: {import_net(FOREIGN / f"{name}-{way}.onnx").net.text for way in ("old", "new")}
        for name in ("transformer", "packed")
    }
    assert texts["transformer"] == {
        "input 8x8 | patches 4 8 | transformer 2 heads mlp 12 gelu | transformer 2 heads mlp 12 gelu "
        "| norm | head 3 softmax"
    }
    assert texts["packed"] == {
        "input 8x8 | patches 4 8 no-class no-positions | transformer 2 heads mlp 12 | dense 8 "
        "| dense 3 softmax"
    }


@pytest.mark.parametrize("name", presets())
def test_a_preset_goes_to_onnx_and_comes_back_as_itself(tmp_path, name):
    rng = np.random.default_rng(0)
    net = preset(name, rng)
    net = net.replace(
        {key: (a + rng.normal(0, 0.05, a.shape)).astype(np.float32) for key, a in net.parameters.items()}
    )
    images = rng.random((2, 1, *net.layers[0].shape[:2]), np.float32)
    ours = outputs(net, images)
    for ending in (".onnx", ".safetensors"):
        export_net(net, tmp_path / f"net{ending}")
        back = import_net(tmp_path / f"net{ending}").net
        assert (back.name, back.layers, back.recipe) == (name, net.layers, net.recipe)
        assert np.abs(outputs(back, images) - ours).max() < 1e-6


@pytest.mark.parametrize(
    "text",
    [
        *(preset(name, np.random.default_rng(0)).text for name in ("mlp-sigmoid", "cnn-draw", "vit-tiny")),
        "input 9x8 | conv 3 3x3 stride 2 pad same relu | pool 3 stride 1 pad 1 | avgpool 2 | dense 4 tanh"
        "| dense 3 log-softmax",
        "input 6x6x2 | conv 4 3x3 pad 1 leaky-relu | norm | conv 4 1x1 from conv1 gelu | add norm1 | maxout 2"
        "| lrn 3 | dense 3 softmax",
        "input 12 | dense 6 gelu-tanh | maxout 2 | dense 3",
        "input 8x8 | patches 4 6 no-class | token-dense 6 relu | head 3 token 2 sigmoid",
    ],
)
def test_onnx_itself_runs_what_is_exported_to_the_same_answers(tmp_path, text):
    import onnx
    from onnx.reference import ReferenceEvaluator

    rng = np.random.default_rng(0)
    net = engine.build(text, rng)
    export_net(net, tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    onnx.checker.check_model(model, full_check=True)
    shape = net.layers[0].shape
    images = rng.random((2, shape[2], *shape[:2]) if len(shape) == 3 else (2, *shape), np.float32)
    theirs = ReferenceEvaluator(model).run(None, {"image": images})[0]
    assert np.abs(theirs - outputs(net, images)).max() < 1e-5


def test_code_in_a_keras_model_is_refused_by_name():
    with pytest.raises(EngineError, match="Lambda lambda holds code of its own, and no code of a file"):
        import_net(FOREIGN / "lambda.keras")


def test_a_keras_layer_that_is_not_known_is_named(tmp_path):
    value = json.loads((FOREIGN / "tfjs" / "model.json").read_text())
    value["modelTopology"]["model_config"]["config"]["layers"][2]["class_name"] = "Masking"
    for name in ("group1-shard1of2.bin", "group1-shard2of2.bin"):
        shutil.copy(FOREIGN / "tfjs" / name, tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(value))
    with pytest.raises(
        EngineError, match=r"Masking conv2d\w* is no layer that is known: of Keras's own some"
    ):
        import_net(tmp_path / "model.json")


def test_what_a_file_tells_itself_is_not_told_again():
    with pytest.raises(EngineError, match="it is an ONNX model, which says itself how it goes on"):
        import_net(FOREIGN / "branches-old.onnx", Told(activation="tanh"))


def test_a_file_of_keras_2_is_read_by_the_names_that_it_has(tmp_path):
    import h5py

    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(0, 1, (64, 3)).astype(np.float32), rng.normal(0, 1, 3).astype(np.float32)
    layers = [
        {"class_name": "Flatten", "config": {"name": "flatten", "batch_input_shape": [None, 8, 8, 1]}},
        {
            "class_name": "Dense",
            "config": {"name": "dense", "units": 3, "activation": "softmax", "use_bias": True},
        },
    ]
    model = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(model).encode()
        file.attrs["keras_version"] = b"2.15.0"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([b"flatten", b"dense"])
        group.create_group("flatten").attrs["weight_names"] = np.array([], "S1")
        dense = group.create_group("dense")
        dense.attrs["weight_names"] = np.array([b"dense/kernel:0", b"dense/bias:0"])
        dense["dense/kernel:0"], dense["dense/bias:0"] = kernel, bias
    found = import_net(tmp_path / "net.h5")
    assert found.kind == "a Keras model (.h5, Keras 2.15.0)"
    sums = KNOWN["images"].reshape(3, 64) @ kernel + bias
    assert np.abs(outputs(found.net, KNOWN["images"]) - as_shares(sums)).max() < 1e-6
