"""Graphs of TensorFlow, as TensorFlow.js's graph models have them: answers as its own, or one clear line."""

import json
import shutil

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from project import FOREIGN

from engine import EngineError, import_net

with np.load(FOREIGN / "tfjs-graphs.npz", allow_pickle=False) as _file:
    KNOWN = dict(_file)
IMAGES = KNOWN["images"].transpose(0, 3, 1, 2)


@pytest.mark.parametrize("name", ["plain", "fused"])
def test_a_graph_model_of_tensorflow_js_answers_as_in_tensorflow(name):
    """It was refused, with a way round for who has the Keras model; most people have model.json alone."""
    found = import_net(FOREIGN / f"tfjs-graph-{name}" / "model.json")
    theirs = as_shares(KNOWN[name]) if name == "fused" else KNOWN[name]
    assert np.abs(outputs(found.net, IMAGES) - theirs).max() < 1e-6
    assert found.kind == "a TensorFlow.js graph model"


def _changed(tmp_path, name, change):
    """A graph model whose nodes, by their operations, something was done to."""
    folder = shutil.copytree(FOREIGN / f"tfjs-graph-{name}", tmp_path / "net")
    value = json.loads((folder / "model.json").read_text())
    nodes = {}
    for node in value["modelTopology"]["node"]:
        nodes.setdefault(node["op"], node)
    change(value, nodes)
    (folder / "model.json").write_text(json.dumps(value))
    return folder / "model.json"


def test_the_output_is_found_where_no_signature_tells_it(tmp_path):
    def change(value, nodes):
        del value["signature"]
        labels = {"name": "labels", "op": "ArgMax", "input": [nodes["Softmax"]["name"], "axis"]}
        value["modelTopology"]["node"] += [labels, {"name": "axis", "op": "Const"}]
        value["modelTopology"]["node"].reverse()  # in any order
        nodes["Identity"]["input"] = ["^labels", nodes["Identity"]["input"][0]]

    found = import_net(_changed(tmp_path, "plain", change))
    assert np.abs(outputs(found.net, IMAGES) - KNOWN["plain"]).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "kind", "key", "told", "message"),
    [
        (
            "plain",
            "AvgPool",
            "op",
            "Einsum",
            "Einsum .* is no operation of TensorFlow that is known",
        ),
        ("plain", "AvgPool", "op", "ResizeBilinear", "nothing here makes maps larger: give the part"),
        ("plain", "AddV2", "op", "Placeholder", "it has 2 inputs .*: known are networks with one"),
        (
            "plain",
            "Conv2D",
            "input",
            ["image", "image"],
            "Conv2D .* has weights or sizes that are worked",
        ),
        ("plain", "Relu", "input", ["Identity"], "its graph runs in a circle"),
        ("plain", "Placeholder", "attr", {}, "its input image has the shape None: known are images"),
        ("plain", "Relu", "input", [3], "has the inputs"),
        (
            "fused",
            "_FusedConv2D",
            "attr",
            {"padding": {"s": "%"}},
            "a setting of its graph is '%', which",
        ),
        ("fused", "_FusedConv2D", "attr", {"fused_ops": {"list": {"s": ["U2lu"]}}}, "does 'Sin' to its sums"),
    ],
)
def test_what_of_a_graph_is_not_known_is_named(tmp_path, name, kind, key, told, message):
    def change(value, nodes):
        nodes[kind][key] = told

    with pytest.raises(EngineError, match=message) as caught:
        import_net(_changed(tmp_path, name, change))
    assert "\n" not in str(caught.value)
    assert "damaged" not in str(caught.value)


def test_constants_that_are_not_in_the_weights_files_are_named(tmp_path):
    def change(value, nodes):
        for each in value["weightsManifest"][0]["weights"]:
            each["name"] += "x"

    with pytest.raises(EngineError, match=r"its constant .* is not among its weights: convert it again"):
        import_net(_changed(tmp_path, "plain", change))
