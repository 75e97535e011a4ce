"""A changed net goes out with its changes in it: the file answers as the net does, or it is refused."""

from contextlib import nullcontext, suppress

import numpy as np
import onnx
import pytest
from foreign_nets import outputs
from onnx.reference import ReferenceEvaluator

import engine
from engine import EngineError, export_net, import_net

RNG = np.random.default_rng(4)
NETS = {
    "rows": "input 6x6 | dense 9 relu | dense 7 tanh | dense 6 sigmoid | dense 4 log-softmax",
    "maps": "input 8x8 | conv 4 3x3 relu | pool 2 | conv 3 2x2 pad same elu | dense 5 silu | dense 3 softmax",
    "tokens": "input 8x8 | patches 4 6 | transformer 2 heads mlp 8 | head 3 log-softmax",
}


def built(name):
    net = engine.build(NETS[name], np.random.default_rng(1))
    return net.replace(
        {key: RNG.normal(0, 0.5, a.shape).astype(np.float32) for key, a in net.parameters.items()}
    )


def differs(net, path):
    """How far the answers of what was written are from the net's own."""
    export_net(net, path)
    x = RNG.random((16, *net.layers[0].shape), np.float32)
    shares = net.predict(x)
    images = np.moveaxis(x, -1, 1)
    if path.suffix == ".onnx":
        (found,) = ReferenceEvaluator(onnx.load(path)).run(None, {"image": images})
    else:
        found = outputs(import_net(path).net, images)
    return np.abs((np.exp(found) if net.layers[-1].activation == "log-softmax" else found) - shares).max()


BOTH = [
    ("rows", "ablate hidden1:3; scale hidden1:5 2; shift hidden2:1 0.5; freeze hidden3:1"),
    ("rows", "clamp hidden2:2 0.4; clamp hidden3:1 2; scale hidden3:2 -3; ablate hidden3:0"),
    ("rows", "cut input:1,1 -> hidden1:3; set hidden1:2 -> hidden2:4 0.7; nudge hidden3:1 -> output:2 1"),
    (
        "rows",
        "cut hidden1 -> hidden2:0-3; scale hidden2:1 -> hidden3 2; function hidden2 relu; ablate input:2,2",
    ),
    ("rows", "clamp input:3,3 0.8; cut hidden1:5 -> hidden2; ablate hidden1:5; shift output:1 0.3"),
    ("maps", "ablate conv1:map1; scale conv1:map2 1.5; shift conv2:map0 0.4; ablate conv2:map1"),
    ("maps", "cut pool1:map3 -> conv2; set input -> conv1:map0 0.2; scale conv2:map2 2; ablate conv2:0,0,0"),
    ("tokens", "ablate block1.attention:head1"),
]
ONNX_ALONE = [
    ("maps", "ablate conv1:1,1,0; scale conv1:map3 -2; clamp conv1:map2 -0.5"),
    ("maps", "ablate input:2,3; ablate pool1:1,1,2"),
    ("tokens", "scale block1.attention:0,2 3"),
]


@pytest.mark.parametrize(("name", "edits"), BOTH)
@pytest.mark.parametrize("ending", [".safetensors", ".onnx"])
def test_edits_go_out_in_the_weights(tmp_path, name, edits, ending):
    net = built(name).mutate(edits)
    assert differs(net, tmp_path / f"net{ending}") < 1e-4


@pytest.mark.parametrize(("name", "edits"), ONNX_ALONE)
def test_what_no_weight_holds_stands_beside_the_activation_in_onnx(tmp_path, name, edits):
    net = built(name).mutate(edits)
    assert differs(net, tmp_path / "net.onnx") < 1e-4
    with pytest.raises(EngineError, match=r"has the edit `[a-z]+ .*`, which no weight .*write an ONNX model"):
        export_net(net, tmp_path / "net.safetensors")
    assert not (tmp_path / "net.safetensors").exists()


@pytest.mark.parametrize("name", NETS)
def test_what_is_done_to_a_whole_layer_goes_out_whatever_its_kind(tmp_path, name):
    # Lost otherwise: weights are scaled, and what a skip connection, a class token or a place adds is not.
    net = built(name)
    for layer in net.layers[:-1]:
        for edit in (f"scale {layer.name} 1.5", f"ablate {layer.name}", f"shift {layer.name} 0.2"):
            # Not every layer has a bias of its own to be shifted by.
            with nullcontext() if not edit.startswith("shift") else suppress(EngineError):
                assert differs(net.mutate(edit), tmp_path / "net.onnx") < 1e-4, edit


@pytest.mark.parametrize(
    ("name", "edit", "why"),
    [
        ("rows", "function hidden1:3 tanh", "gives some neurons of a layer another function"),
        ("rows", "add hidden1:3 -> hidden3:2 0.5", "is of a synapse that has no weight of its own"),
        ("maps", "cut input:3,3 -> conv1:2,2,0", "unties a synapse from those that share its weight"),
        ("maps", "shift conv1:2,2,0 1", "shifts a neuron that shares its bias"),
        ("maps", "cut conv1:0,0,0 -> pool1:0,0,0", "changes which cell of a window is the largest"),
    ],
)
def test_an_edit_that_no_file_can_hold_is_named(tmp_path, name, edit, why):
    net = built(name).mutate(f"ablate hidden1:0; {edit}")
    for ending in (".safetensors", ".onnx"):
        with pytest.raises(EngineError, match=f"has the edit `{edit}`, which {why}"):
            export_net(net, tmp_path / f"net{ending}")
    assert not list(tmp_path.iterdir())
