"""Networks as people save them: what was silently wrong, or refused without need, or without a way round."""

import json
import pickle

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from onnx_models import rows_of
from project import FOREIGN
from safetensors.numpy import save_file

import engine
from engine import EngineError, import_net
from engine.foreign.readers.pytorch.graphs.sizes import shape_after
from engine.foreign.refused import way_round

RNG = np.random.default_rng
WINDOWS = {"strides": [2, 1], "dilations": [1, 2], "pads": [1, 0, 1, 0]}


def arrays(**shapes):
    rng = RNG(0)
    return {
        name.replace("__", "."): rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def saved(tmp_path, **shapes):
    save_file(arrays(**shapes), tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


@pytest.mark.parametrize("file", ["fused-trace.pt", "fused-script.pt", "fused.pt2"])
def test_attention_that_is_one_operator_is_a_transformer_block_here(file):
    with np.load(FOREIGN / "fused.npz") as known:
        images, answers = known["images"], known["answers"]
    net = import_net(FOREIGN / file).net
    assert "transformer 2 heads mlp 12 silu" in net.text
    assert np.abs(outputs(net, images) - as_shares(answers)).max() < 1e-6


def test_a_network_that_gives_its_image_again_ends_in_a_sigmoid(tmp_path):
    found = import_net(saved(tmp_path, e__weight=(3, 64), e__bias=(3,), d__weight=(64, 3), d__bias=(64,)))
    assert found.net.text == "input 8x8 | dense 3 relu | dense 64 sigmoid"
    assert any("a sigmoid at the end" in note for note in found.notes)
    assert "as an autoencoder does: its 64 outputs are numbers, and no class is chosen" in found.notes[-1]
    shown = found.net.predict(np.ones((1, 8, 8, 1), np.float32))
    assert np.abs(shown - 0.5).max() < 0.5
    assert not np.isclose(shown.sum(), 1)


@pytest.mark.parametrize("names", [("w1", "b1", "w2", "b2"), ("W_0", "bias_0", "W_1", "bias_1")])
def test_bare_parameters_are_layers_as_they_are_multiplied(tmp_path, names):
    shapes = dict(zip(names, ((64, 6), (6,), (6, 3), (3,)), strict=True))
    net = import_net(saved(tmp_path, **shapes)).net
    assert net.text == "input 8x8 | dense 6 relu | dense 3 log-softmax"
    made, x = arrays(**shapes), RNG(1).random((4, 1, 8, 8), np.float32)
    sums = np.maximum(x.reshape(4, 64) @ made[names[0]] + made[names[1]], 0) @ made[names[2]] + made[names[3]]
    assert np.abs(np.exp(outputs(net, x)) - as_shares(sums)).max() < 1e-6


def test_a_column_of_weights_is_no_bias(tmp_path):
    made = arrays(W1=(2, 4), b1=(4,), W2=(4, 1), b2=(1,))
    np.savez(tmp_path / "xor.npz", **made)
    assert import_net(tmp_path / "xor.npz").net.text == "input 2 | dense 4 relu | dense 1"


def test_two_classes_of_scikit_learn_are_told_as_no_and_yes(tmp_path):
    from onnx import TensorProto, helper

    w = RNG(0).normal(0, 1, (4, 1)).astype(np.float32)
    tail = [
        helper.make_node("Sigmoid", ["s"], ["p"]),
        helper.make_node("Sub", ["one", "p"], ["no"]),
        helper.make_node("Concat", ["no", "p"], ["y"], axis=1),
    ]
    constants = {"w": w, "one": np.ones(1, np.float32)}
    net = import_net(rows_of(tmp_path, tail, constants, [("y", TensorProto.FLOAT)])).net
    x = RNG(1).random((5, 4), np.float32)
    assert np.abs(net.predict(x)[:, 1] - 1 / (1 + np.exp(-(x @ w)[:, 0]))).max() < 1e-6


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        ({"l__weight_ih_l0": (8, 4), "l__weight_hh_l0": (8, 2)}, "recurrent layers are not taken"),
        ({"l__parametrizations__weight__0__base": (8, 8)}, r"remove_parametrizations\(layer"),
        ({"d__weight": (8, 1, 2, 2), "d__bias": (1,)}, "nothing here makes maps larger"),
        (
            {"a__in_proj_weight": (12, 4), "f__weight": (3, 4)},
            "how a transformer goes on",
        ),
        ({"c__weight": (4, 1, 3, 3), "g__weight": (4,), "g__bias": (4,)}, "a norm over maps of each image"),
    ],
)
def test_what_a_state_dict_cannot_tell_is_refused_with_its_reason(tmp_path, shapes, says):
    with pytest.raises(EngineError, match=says) as caught:
        import_net(saved(tmp_path, **shapes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Conv3D", "volumes"),
        ("max_pool3d of Net", "volumes"),
        ("LSTM", "recurrent"),
        ("Relu", ""),
    ],
)
def test_what_no_layer_stands_for_has_its_reason(name, says):
    assert says in way_round(name)
    assert bool(says) == bool(way_round(name))


def test_a_network_of_brain_js_is_named(tmp_path):
    (tmp_path / "brain.json").write_text(json.dumps({"layers": [{"weights": []}], "trainOpts": {}}))
    with pytest.raises(EngineError, match=r"it is a network of brain\.js: save its layers"):
        import_net(tmp_path / "brain.json")


def test_a_pickle_of_lists_is_never_opened(tmp_path):
    (tmp_path / "net.pkl").write_bytes(pickle.dumps([np.ones((3, 4))]))
    with pytest.raises(EngineError, match="it is a bare pickle"):
        import_net(tmp_path / "net.pkl")


@pytest.mark.parametrize(
    ("kind", "inputs", "settings", "shape"),
    [
        (
            "Conv",
            [(1, 3, 9, 8), (5, 3, 3, 3)],
            {"strides": [2, 1], "dilations": [1, 2], "pads": [1, 0, 1, 0]},
            (1, 5, 5, 4),
        ),
        (
            "MaxPool",
            [(1, 3, 9, 9)],
            {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1},
            (1, 3, 5, 5),
        ),
        ("MatMul", [(2, 4, 3), (3, 7)], {}, (2, 4, 7)),
        ("Concat", [(1, 2, 4), (1, 3, 4)], {"axis": 1}, (1, 5, 4)),
        ("ReduceMean", [(1, 2, 4)], {"axes": [-1], "keepdims": 0}, (1, 2)),
        ("SwapAxes", [(1, 2, 4)], {"axes": [-1, -2]}, (1, 4, 2)),
        ("Conv", [(1, 1, 2, 2), (5, 1, 3, 3)], {"strides": [1, 1], "dilations": [1, 1]}, None),
        ("Concat", [(1, 1 << 32), (1, 1 << 32)], {"axis": 1}, None),
    ],
)
def test_shapes_are_told_beside_the_program(kind, inputs, settings, shape):
    class Sized:
        def __init__(self, shape):
            self.shape = shape

    given = [
        Sized(inputs[0]),
        *(np.broadcast_to(np.float32(0), each) if max(each) < 99 else Sized(each) for each in inputs[1:]),
    ]
    assert shape_after(kind, given, settings) == shape


def test_text_that_asks_a_shape_for_ever_longer_axes_is_bounded():
    shape = (1,)
    for _ in range(40):
        made = shape_after("Unsqueeze", [type("T", (), {"shape": shape})(), np.array([0])], {})
        if made is None:
            return
        shape = made
    pytest.fail("a shape of any rank was told")


def test_inverted_residuals_are_not_called_squeeze_and_excitation(tmp_path):
    """Both make few maps of many and many again; a MobileNet has no products, and ONNX is its way in."""
    shapes = {"0__weight": (4, 1, 3, 3)}
    for block in (1, 2):
        names = (f"{block}__conv__{place}__weight" for place in (0, 3, 6))
        shapes |= dict(zip(names, ((24, 4, 1, 1), (24, 1, 3, 3), (4, 24, 1, 1)), strict=True))
    with pytest.raises(EngineError, match=r"inverted residuals of MobileNet do, and .* as ONNX") as caught:
        import_net(saved(tmp_path, **shapes, **{"5__weight": (10, 4), "5__bias": (10,)}))
    assert "excitation" not in str(caught.value)


def test_a_relu_right_on_shifted_pixels_is_one(tmp_path):
    """It was refused as no activation function: of the pixels themselves it is none."""
    from onnx import TensorProto, helper

    w = RNG(0).normal(0, 1, (4, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Mul", ["x", "two"], ["d"]),
        helper.make_node("Sub", ["d", "one"], ["c"]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MatMul", ["r", "w"], ["y"]),
    ]
    made = {"w": w, "one": np.float32([1]), "two": np.float32([2])}
    net = import_net(rows_of(tmp_path, nodes, made, [("y", TensorProto.FLOAT)])).net
    x = RNG(1).random((5, 4), np.float32)
    assert np.abs(outputs(net, x) - as_shares(np.maximum(2 * x - 1, 0) @ w)).max() < 1e-6


def test_load_says_what_reads_a_file_of_another_system():
    with pytest.raises(EngineError, match=r"a net of another system is read by engine\.import_net$"):
        engine.load(FOREIGN / "state.pt")
    with pytest.raises(EngineError, match="No such file"):
        engine.load(FOREIGN / "none.pt")
