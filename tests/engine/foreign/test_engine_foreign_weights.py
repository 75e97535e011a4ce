"""Files of weights alone: which layer comes first, what lies between them, and what is said of a guess."""

import json

import numpy as np
import pytest
from foreign_nets import as_shares, graphs, outputs
from project import FOREIGN
from weight_files import RNG, dense, norm, normed, stored

from engine import EngineError, Told, import_net

KNOWN = graphs()


def test_layers_stand_in_the_order_of_the_file_not_of_their_names(tmp_path):
    tensors = dense("zero", 4, 16) | dense("b", 4, 4) | dense("a", 4, 4) | dense("c", 3, 4)
    found = import_net(stored(tmp_path, tensors, "net.npz"))
    assert "zero, b, a, c" in found.kind
    assert np.allclose(found.net.parameters["hidden2.weight"].T, tensors["b.weight"], atol=1e-6)
    # Another kind of file has lost the order, and names without numbers do not tell it.
    path = stored(tmp_path, tensors)
    with pytest.raises(EngineError, match=r"could follow each other in several orders.*--order"):
        import_net(path)
    told = import_net(path, Told(order=("zero", "b", "a", "c"))).net
    assert all(np.array_equal(told.parameters[key], a) for key, a in found.net.parameters.items())
    with pytest.raises(EngineError, match="--order zero,a: its layers are"):
        import_net(path, Told(order=("zero", "a")))


def test_shapes_fix_an_order_that_names_hide(tmp_path):
    tensors = dense("output_layer", 3, 4) | dense("hidden_layer", 4, 6) | dense("input_layer", 6, 16)
    found = import_net(stored(tmp_path, tensors))
    assert "input_layer, hidden_layer, output_layer" in found.kind
    assert any("order that their shapes fix" in note for note in found.notes)


@pytest.mark.parametrize("names", [("fc1", "fc2", "fc10", "out"), ("fc_one", "fc_two", "fc_three", "out")])
def test_numbers_tell_the_order_of_layers_of_one_shape(tmp_path, names):
    tensors = dense(names[3], 3, 4) | dense(names[2], 4, 4) | dense(names[1], 4, 4) | dense(names[0], 4, 16)
    assert ", ".join(names) in import_net(stored(tmp_path, tensors)).kind


def test_a_bias_may_be_absent(tmp_path):
    tensors = dense("fc1", 4, 16, bias=False) | dense("fc2", 3, 4)
    net = import_net(stored(tmp_path, tensors)).net
    x = RNG.random((2, 1, 4, 4), np.float32)
    hidden = np.maximum(x.reshape(2, 16) @ tensors["fc1.weight"].T, 0)
    sums = hidden @ tensors["fc2.weight"].T + tensors["fc2.bias"]
    assert np.abs(np.exp(outputs(net, x)) - as_shares(sums)).max() < 1e-5


@pytest.mark.parametrize(("name", "late"), [("bn1", False), ("net.1", False), ("net.2", True)])
def test_a_batch_norm_is_folded_where_it_stands(tmp_path, name, late):
    first, second = ("net.0", "net.4") if name.startswith("net") else ("fc1", "fc2")
    tensors = dense(second, 3, 5) | norm(name, 5) | dense(first, 5, 16)
    found = import_net(stored(tmp_path, tensors))
    x = RNG.random((2, 1, 4, 4), np.float32)
    hidden = x.reshape(2, 16) @ tensors[f"{first}.weight"].T + tensors[f"{first}.bias"]
    relu = np.maximum(hidden if late else normed(hidden, tensors, name), 0)
    hidden = normed(relu, tensors, name) if late else relu
    sums = hidden @ tensors[f"{second}.weight"].T + tensors[f"{second}.bias"]
    assert np.abs(np.exp(outputs(found.net, x)) - as_shares(sums)).max() < 1e-5
    assert any("batch norms are in the weights" in note for note in found.notes)


def test_convolutions_tell_their_way_by_what_the_dense_layer_reads(tmp_path):
    tensors = {
        "conv1.weight": RNG.normal(0, 1, (4, 1, 5, 5)),
        "conv2.weight": RNG.normal(0, 1, (6, 4, 5, 5)),
        **dense("fc", 3, 96),
    }
    found = import_net(stored(tmp_path, tensors))
    assert found.net.text == (
        "input 28x28 | conv 4 5x5 relu | pool 2 | conv 6 5x5 relu | pool 2 | dense 3 log-softmax"
    )
    # PyTorch flattens map by map, this engine cell by cell.
    theirs = tensors["fc.weight"].reshape(3, 6, 4, 4).transpose(2, 3, 1, 0).reshape(96, 3)
    assert np.allclose(found.net.parameters["output.weight"], theirs, atol=1e-6)
    assert len(found.readings) > 1
    assert all(way.make().parameter_count == found.net.parameter_count for way in found.readings)
    tensors |= dense("fc", 3, 6 * 289)
    with pytest.raises(EngineError, match=r"fc\.weight reads 1734 numbers, which no usual padding"):
        import_net(stored(tmp_path, tensors))


def test_an_activation_that_is_told_is_taken_and_a_wrong_one_refused(tmp_path):
    path = stored(tmp_path, dense("fc1", 4, 16) | dense("fc2", 3, 4))
    assert [layer.activation for layer in import_net(path).net.layers[1:]] == ["relu", "log-softmax"]
    assert [way.assumed.split()[0] for way in import_net(path).readings] == ["ReLU", "sigmoid", "tanh"]
    told = import_net(path, Told(activation="tanh"))
    assert told.net.layers[1].activation == "tanh"
    assert not told.readings
    with pytest.raises(EngineError, match="--activation swish: known are identity, relu"):
        import_net(path, Told(activation="swish"))


def test_an_architecture_that_is_told_is_taken(tmp_path):
    text = (
        "input 8x8 | patches 4 8 | transformer 2 heads mlp 12 gelu | transformer 2 heads mlp 12 gelu "
        "| norm | head 3 softmax"
    )
    found = import_net(FOREIGN / "transformer.pt", Told(architecture=text))
    assert np.abs(outputs(found.net, KNOWN["images"]) - KNOWN["transformer"]).max() < 1e-6
    with pytest.raises(EngineError, match="cannot be shared among 3 heads"):
        import_net(FOREIGN / "transformer.pt", Told(architecture=text.replace("2 heads", "3 heads")))
    with pytest.raises(EngineError, match="--architecture"):
        import_net(FOREIGN / "transformer.pt")
    with pytest.raises(EngineError, match=r"--architecture says that it is .*, which its tensors do not fit"):
        import_net(
            FOREIGN / "transformer.pt", Told(architecture="input 8x8 | dense 4 relu | dense 3 softmax")
        )


@pytest.mark.parametrize("file", ["script.pt", "script.pt2"])
def test_weights_are_read_out_of_whole_models_without_their_code(file):
    text = "input 8x8 | conv 3 3x3 relu | pool 2 | dense 3 log-softmax"
    found = import_net(FOREIGN / file, Told(architecture=text))
    assert np.abs(outputs(found.net, KNOWN["images"]) - KNOWN["script"]).max() < 1e-6


@pytest.mark.parametrize("names", ["W1 b1 W2 b2", "arr_0 arr_1 arr_2 arr_3", "w_in b_in w_out b_out"])
@pytest.mark.parametrize("turned", [False, True])
def test_plain_arrays_are_weights_and_biases_either_way_round(tmp_path, names, turned):
    w1, b1 = RNG.normal(0, 1, (16, 5)), RNG.normal(0, 1, 5)
    w2, b2 = RNG.normal(0, 1, (5, 3)), RNG.normal(0, 1, 3)
    arrays = (w1.T, b1, w2.T, b2[:, None]) if turned else (w1, b1, w2, b2)
    np.savez(tmp_path / "net.npz", **dict(zip(names.split(), arrays, strict=True)))
    net = import_net(tmp_path / "net.npz").net
    x = RNG.random((2, 1, 4, 4), np.float32)
    sums = np.maximum(x.reshape(2, 16) @ w1 + b1, 0) @ w2 + b2
    assert np.abs(np.exp(outputs(net, x)) - as_shares(sums)).max() < 1e-5


def test_the_lists_of_nielsens_book_are_a_sigmoid_network(tmp_path):
    weights = [RNG.normal(0, 1, (5, 16)), RNG.normal(0, 1, (3, 5))]
    biases = [RNG.normal(0, 1, (5, 1)), RNG.normal(0, 1, (3, 1))]
    value = {"sizes": [16, 5, 3], "weights": [w.tolist() for w in weights], "cost": "CrossEntropyCost"}
    value["biases"] = [b.tolist() for b in biases]
    path = tmp_path / "net.json"
    path.write_text(json.dumps(value))
    net = import_net(path).net
    x = RNG.random((2, 1, 4, 4), np.float32)
    a = x.reshape(2, 16).T
    for w, b in zip(weights, biases, strict=True):
        a = 1 / (1 + np.exp(-(w @ a + b)))
    assert np.abs(outputs(net, x) - a.T).max() < 1e-6
    assert net.recipe.loss == "binary-cross-entropy"
    path.write_text(json.dumps(value | {"sizes": [16, 6, 3]}))
    with pytest.raises(EngineError, match=r"its sizes are \[16, 6, 3\], its weights are of \[16, 5, 3\]"):
        import_net(path)


def test_a_row_of_a_square_many_numbers_is_an_image(tmp_path):
    vol = {"sx": 1, "sy": 1, "depth": 16, "w": RNG.normal(0, 1, 16).tolist()}
    layers = [
        {"layer_type": "input", "out_sx": 1, "out_sy": 1, "out_depth": 16},
        {
            **{"layer_type": "fc", "out_sx": 1, "out_sy": 1, "out_depth": 2, "num_inputs": 16},
            "filters": [vol, vol],
            "biases": {"sx": 1, "sy": 1, "depth": 2, "w": [0.0, 1.0]},
        },
        {"layer_type": "softmax", "out_sx": 1, "out_sy": 1, "out_depth": 2, "num_inputs": 2},
    ]
    (tmp_path / "net.json").write_text(json.dumps({"layers": layers}))
    assert import_net(tmp_path / "net.json").net.layers[0].shape == (4, 4, 1)


def test_a_weight_norm_makes_the_weights(tmp_path):
    tensors = dense("fc1", 4, 16) | dense("fc2", 3, 4)
    plain = import_net(stored(tmp_path, tensors)).net
    weight = tensors["fc1.weight"]
    length = np.sqrt((weight**2).sum(axis=1, keepdims=True))
    for long, way in (
        ("fc1.weight_g", "fc1.weight_v"),
        ("fc1.parametrizations.weight.original0", "fc1.parametrizations.weight.original1"),
    ):
        parts = {long: length, way: weight * 7, **{k: a for k, a in tensors.items() if k != "fc1.weight"}}
        net = import_net(stored(tmp_path, parts)).net
        assert all(np.allclose(net.parameters[key], a, atol=1e-6) for key, a in plain.parameters.items())


def test_bfloat16_is_read(tmp_path):
    tensors = {key: a.astype(np.float32) for key, a in (dense("a1", 4, 16) | dense("a2", 3, 4)).items()}
    halves = {key: (a.view(np.uint32) >> 16).astype("<u2") for key, a in tensors.items()}
    header, place = {}, 0
    for key, a in halves.items():
        header[key] = {"dtype": "BF16", "shape": a.shape, "data_offsets": [place, place + a.nbytes]}
        place += a.nbytes
    told = json.dumps(header).encode()
    path = tmp_path / "net.safetensors"
    path.write_bytes(len(told).to_bytes(8, "little") + told + b"".join(a.tobytes() for a in halves.values()))
    kept = (halves["a1.weight"].astype(np.uint32) << 16).view(np.float32)
    assert np.array_equal(import_net(path).net.parameters["hidden1.weight"], kept.T)
    path.write_bytes(path.read_bytes().replace(b"BF16", b"F8_E", 1))
    with pytest.raises(EngineError, match=r"type F8_E|damaged"):
        import_net(path)


def test_weights_with_their_bias_as_first_column_are_parted(tmp_path):
    w1, b1, w2, b2 = (
        RNG.normal(0, 1, (5, 16)),
        RNG.normal(0, 1, 5),
        RNG.normal(0, 1, (3, 5)),
        RNG.normal(0, 1, 3),
    )
    np.savez(tmp_path / "net.npz", Theta1=np.c_[b1, w1], Theta2=np.c_[b2, w2])
    net = import_net(tmp_path / "net.npz").net
    assert np.allclose(net.parameters["hidden1.weight"], w1.T, atol=1e-6)
    assert np.allclose(net.parameters["output.bias"], b2, atol=1e-6)


def test_rows_of_weights_and_biases_as_objects_leave_their_functions_open(tmp_path):
    shapes = [(16, 5), (5, 3)]
    weights, biases = np.empty(2, object), np.empty(2, object)
    weights[:] = [RNG.normal(0, 1, shape) for shape in shapes]
    biases[:] = [RNG.normal(0, 1, shape[1]) for shape in shapes]
    np.savez(tmp_path / "net.npz", weights=weights, biases=biases)
    found = import_net(tmp_path / "net.npz")
    assert np.allclose(found.net.parameters["hidden1.weight"], weights[0], atol=1e-6)
    assert any("taken with ReLU" in note for note in found.notes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x80\x04\x95", "of an MLPClassifier m: numpy.savez"),
        (b"(lp0\ncnumpy\n", "it is a bare pickle"),
        (b"\x1f\x8b\x08\x00", "it is packed by gzip: unpack it"),
        (b"x\x9cabcdefgh", "packed pickle, as joblib writes"),
        (b"\x93NUMPY\x01\x00v\x00", "it is one array"),
        (b"MATLAB 5.0 MAT-file", "it is a MATLAB file"),
    ],
)
def test_what_is_not_read_is_named_with_the_way_round(tmp_path, content, message):
    path = tmp_path / "net.bin"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=message):
        import_net(path)


@pytest.mark.parametrize("count", [2, 4, 9, 13])
def test_rows_that_are_no_image_stay_rows(tmp_path, count):
    """Flowers have four numbers, which are no picture of 2x2 pixels."""
    net = import_net(stored(tmp_path, dense("fc1", 8, count) | dense("fc2", 3, 8))).net
    assert net.layers[0].shape == (count,)


def test_a_row_of_an_image_in_colour_is_read_colour_by_colour_as_pytorch_lays_it_out(tmp_path):
    tensors = dense("fc1", 4, 3072) | dense("fc2", 3, 4)
    net = import_net(stored(tmp_path, tensors)).net
    assert net.layers[0].shape == (32, 32, 3)
    x = RNG.random((2, 3, 32, 32)).astype(np.float32) / 30
    sums = np.maximum(x.reshape(2, -1) @ tensors["fc1.weight"].T + tensors["fc1.bias"], 0)
    sums = sums @ tensors["fc2.weight"].T + tensors["fc2.bias"]
    assert np.abs(np.exp(outputs(net, x)) - as_shares(sums)).max() < 1e-5
