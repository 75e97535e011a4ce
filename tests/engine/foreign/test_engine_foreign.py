"""A net of PyTorch, NumPy or ConvNetJS gives here the answers that it gave there, and can go back."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from project import FOREIGN

import engine
from engine import Dense, EngineError, MaxPool, export_net, import_net, preset, rescaled
from engine.run import Machine

CONVNETJS = json.loads((FOREIGN / "convnetjs.json").read_text())


@pytest.fixture(scope="module")
def expected() -> dict[str, np.ndarray]:
    with np.load(FOREIGN / "expected.npz", allow_pickle=False) as file:
        return dict(file)


@pytest.fixture
def mnist_file(tmp_path) -> Path:
    with np.load(FOREIGN / "convnetjs-mnist.npz", allow_pickle=False) as file:
        (tmp_path / "net.json").write_bytes(file["net"].tobytes())
    return tmp_path / "net.json"


def outputs(net: engine.Net, x: np.ndarray) -> np.ndarray:
    shaped = np.reshape(x, (-1, *net.layers[0].shape)).astype(np.float32)
    return Machine(net.layers, net.parameters, len(shaped)).forward(shaped)


@pytest.mark.parametrize(
    ("name", "answers"),
    [("state.pt", "state"), ("state.safetensors", "state"), ("checkpoint.pt", "checkpoint")],
)
def test_a_pytorch_network_answers_as_in_pytorch(expected, name, answers):
    found = import_net(FOREIGN / name)
    assert found.kind.startswith("a PyTorch state_dict")
    assert found.kind.endswith("with layers fc1, fc2, fc3")
    assert [layer.activation for layer in found.net.layers[1:]] == ["relu", "relu", "log-softmax"]
    assert np.abs(found.net.predict(expected["images"]) - expected[answers]).max() < 1e-6


def test_object_arrays_of_numpy_answer_as_numpy_did(expected):
    found = import_net(FOREIGN / "objects.npz")
    assert np.abs(outputs(found.net, expected["images"]) - expected["objects"]).max() < 1e-6


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("order", ["C", "F", ">f4"])
def test_object_arrays_of_every_numpy_are_read(tmp_path, protocol, order):
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((5, 4)), rng.standard_normal((3, 5))]
    biases = [rng.standard_normal((5, 1)), rng.standard_normal((3, 1))]
    turn = (lambda a: a.astype(order)) if order == ">f4" else (lambda a: np.array(a, order=order))
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as archive:
        for name, arrays in (("weights", weights), ("biases", biases)):
            row = np.empty(2, object)
            row[:] = [turn(array) for array in arrays]
            file = io.BytesIO()
            np.lib.format.write_array_header_1_0(
                file, {"descr": "|O", "fortran_order": False, "shape": row.shape}
            )
            archive.writestr(f"{name}.npy", file.getvalue() + pickle.dumps(row, protocol))
    net = import_net(tmp_path / "net.npz").net
    assert np.allclose(net.parameters["hidden1.weight"], weights[0].T, rtol=1e-6)
    assert np.allclose(net.parameters["output.weight"], weights[1].T, rtol=1e-6)
    assert np.allclose(net.parameters["output.bias"], biases[1].ravel(), rtol=1e-6)


@pytest.mark.parametrize("name", CONVNETJS)
def test_a_convnetjs_network_answers_as_in_the_browser(tmp_path, name):
    case = CONVNETJS[name]
    path = tmp_path / "net.json"
    path.write_text(json.dumps(case["net"]))
    net = import_net(path).net
    assert np.abs(outputs(net, case["inputs"]) - case["outputs"]).max() < 1e-6
    # And it is a net like any other, which can be written down as text.
    assert engine.build(net.text, np.random.default_rng(0)).layers == net.layers


def test_a_convnetjs_network_trained_on_mnist_reads_every_digit_as_in_the_browser(mnist_file):
    net = import_net(mnist_file).net
    with np.load(FOREIGN / "convnetjs-mnist.npz", allow_pickle=False) as file:
        images, probabilities, sums = file["images"], file["probabilities"], file["sums"]
    assert np.abs(net.predict(images) - probabilities).max() < 1e-5
    trace = net.trace(images[0])
    # Theirs: input, conv, relu, pool, conv, relu, pool, fc, softmax. Ours keep two together where they can.
    ours = [trace.pre[name].sum() for name in ("input", "conv1", "pool1", "conv2", "pool2", "output")]
    assert np.allclose(ours, sums[0][[0, 1, 3, 4, 6, 7]], rtol=1e-4)


def test_a_structure_that_is_a_presets_takes_its_name_and_recipe(mnist_file, tmp_path):
    crop = import_net(mnist_file).net
    same = preset("cnn-crop", np.random.default_rng(0))
    assert (crop.name, crop.layers, crop.recipe) == ("cnn-crop", same.layers, same.recipe)
    mlp = preset("mlp", np.random.default_rng(1))
    export_net(mlp, tmp_path / "mlp.safetensors")
    back = import_net(tmp_path / "mlp.safetensors").net
    assert (back.name, back.layers, back.recipe) == ("mlp", mlp.layers, mlp.recipe)
    assert all(np.array_equal(back.parameters[key], array) for key, array in mlp.parameters.items())


def test_the_file_for_pytorch_has_its_names_and_shapes(tmp_path):
    from safetensors.numpy import load_file

    export_net(import_net(FOREIGN / "state.pt").net, tmp_path / "net.safetensors")
    ours, theirs = load_file(tmp_path / "net.safetensors"), load_file(FOREIGN / "state.safetensors")
    # Those of the module that `presets --code` and engine.torch_module write.
    names = {"fc1": "hidden1", "fc2": "hidden2", "fc3": "output"}
    turned = {f"{names[key.split('.')[0]]}.{key.split('.')[1]}": array for key, array in theirs.items()}
    assert ours.keys() == turned.keys()
    assert all(np.array_equal(ours[key], turned[key]) for key in turned)


def test_a_net_that_went_to_pytorch_comes_back_with_its_own_functions(tmp_path):
    text = "input 4x4 | dense 6 tanh | dense 5 sigmoid | dropout 0.3 | dense 3 softmax"
    for net in (
        engine.build(text, np.random.default_rng(0)),
        preset("mlp-sigmoid", np.random.default_rng(0)),
    ):
        export_net(net, tmp_path / "net.safetensors")
        found = import_net(tmp_path / "net.safetensors")
        assert (found.net.layers, found.notes) == (net.layers, ())
        assert found.net.recipe.loss == net.recipe.loss
        assert all(np.array_equal(found.net.parameters[key], array) for key, array in net.parameters.items())
    assert found.net.name == "mlp-sigmoid"


def test_an_architecture_that_does_not_fit_its_tensors_is_refused(tmp_path):
    from safetensors.numpy import load_file, save_file

    export_net(
        engine.build("input 4x4 | dense 3 softmax", np.random.default_rng(0)), tmp_path / "a.safetensors"
    )
    tensors = load_file(tmp_path / "a.safetensors")
    for text, message in (
        ("input 4x4 | dense 1000000 relu | dense 3 softmax", "which its tensors do not fit"),
        ("input 4x4 | magic 3", "a.safetensors: .*magic"),
        ("", "a.safetensors: "),
    ):
        save_file(tensors, tmp_path / "a.safetensors", {"viz3d architecture": text})
        with pytest.raises(EngineError, match=message) as caught:
            import_net(tmp_path / "a.safetensors")
        assert "\n" not in str(caught.value)


def test_a_net_that_a_file_cannot_hold_is_not_exported(tmp_path):
    with pytest.raises(EngineError, match=r"written as \.safetensors, .*, got net\.pt"):
        export_net(preset("mlp", np.random.default_rng(0)), tmp_path / "net.pt")
    edited = preset("mlp", np.random.default_rng(0)).mutate("function hidden1:3 tanh")
    for ending in (".safetensors", ".onnx"):
        with pytest.raises(
            EngineError, match=r"mlp has the edit `function hidden1:3 tanh`, which gives some"
        ):
            export_net(edited, tmp_path / f"net{ending}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["state", "image"])
def test_a_network_for_normalised_pixels_becomes_one_for_plain_pixels(tmp_path, expected, name):
    if name == "state":
        net, x = import_net(FOREIGN / "state.pt").net, expected["images"]
    else:
        # Without padding, which no weights can stand for.
        case = CONVNETJS["image"]["net"]["layers"]
        kept = [case[0], {**case[1], "pad": 0, "out_sy": 6, "out_sx": 7}]
        dense = {"layer_type": "fc", "out_sx": 1, "out_sy": 1, "out_depth": 1, "num_inputs": 168}
        vol = {"sx": 1, "sy": 1, "depth": 168, "w": np.random.default_rng(0).standard_normal(168).tolist()}
        dense |= {"filters": [vol], "biases": {"sx": 1, "sy": 1, "depth": 1, "w": [0.5]}}
        end = {"layer_type": "regression", "out_sx": 1, "out_sy": 1, "out_depth": 1, "num_inputs": 1}
        (tmp_path / "net.json").write_text(json.dumps({"layers": [*kept, dense, end]}))
        net, x = import_net(tmp_path / "net.json").net, np.array(CONVNETJS["image"]["inputs"])
    there = outputs(net, (x - 0.1307) / 0.3081)
    assert np.abs(outputs(rescaled(net, 0.1307, 0.3081), x) - there).max() < 1e-5
    assert np.abs(outputs(net, x) - there).max() > 1e-3


def test_pixels_are_rescaled_ahead_of_padding(mnist_file):
    net = import_net(mnist_file).net
    x = np.random.default_rng(0).random((3, 24, 24, 1), np.float32)
    there = outputs(net, (x - np.float32(0.1)) / np.float32(0.3))
    made = rescaled(net, 0.1, 0.3)
    assert np.abs(outputs(made, x) - there).max() < 1e-5
    # A layer of its own makes the change: padding is 0 behind it, as it was.
    assert made.text.startswith("input 24x24 | conv 1 1x1 as pixels | conv 8 5x5 pad 2 relu as conv1")
    with pytest.raises(EngineError, match=r"mean 0\.1 and std 0"):
        rescaled(net, 0.1, 0)


def test_inverted_pixels_go_into_the_weights():
    net = import_net(FOREIGN / "state.pt").net
    x = np.random.default_rng(0).random((3, 4, 4), np.float32)
    assert np.abs(outputs(rescaled(net, 1.0, -1.0), x) - outputs(net, 1 - x)).max() < 1e-5


def edited(tmp_path: Path, case: str, change) -> Path:
    net = json.loads(json.dumps(CONVNETJS[case]["net"]))
    change(net["layers"])
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda ls: ls[2].update(layer_type="quadtransform"),
            r"layer 2 \('quadtransform'\) is not known: known",
        ),
        (
            lambda ls: ls[1].update(stride=2),
            r"layer 1 \('conv'\) says its shape is \(8, 9, 4\), but it makes",
        ),
        (lambda ls: ls[1]["biases"]["w"].pop("3"), "has a Vol of 3 numbers, needed are 4"),
        (lambda ls: ls[1]["biases"]["w"].update({"3": "x"}), "other than finite numbers"),
        (lambda ls: ls[1]["biases"]["w"].update({"3": float("nan")}), "other than finite numbers"),
        (lambda ls: ls[1]["filters"].pop(), "no list of as many filters as its out_depth"),
        (
            lambda ls: ls[1]["filters"][0].update(sx=2),
            r"has a filter \(sy, sx, depth\) \[2, 2, 2\], needed is",
        ),
        (lambda ls: ls[0].update(out_sx=10**9), "'out_sx' 1000000000: it must be a whole number"),
        (lambda ls: ls.pop(), r"the last layer, and only it, is one of softmax, svm, regression"),
        (lambda ls: ls.pop(0), r"its first layer is 'conv', not the input"),
        (lambda ls: ls[3].update(sx=2), r"layer 3 \('pool'\) has a window that is not square"),
        (
            lambda ls: ls[-2].update(layer_type="tanh"),
            r"\('tanh'\) follows the input, an activation or a dropout",
        ),
    ],
)
def test_a_convnetjs_network_that_does_not_fit_names_its_layer(tmp_path, change, message):
    with pytest.raises(EngineError, match=message) as caught:
        import_net(edited(tmp_path, "image", change))
    assert "\n" not in str(caught.value)


def test_overlapping_pooling_stays_overlapping(tmp_path):
    path = edited(tmp_path, "image", lambda layers: None)
    blocks = [layer.block for layer in import_net(path).net.layers]
    assert isinstance(blocks[2], MaxPool)
    assert (blocks[2].size, blocks[2].steps) == (3, (2, 2))
    assert isinstance(blocks[-1], Dense)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda net, file: engine.import_net(file, "relu"), "told is a Told"),
        (lambda net, file: engine.import_net(file, engine.Told(activation=3)), "activation 3: give text"),
        (lambda net, file: engine.import_net(file, engine.Told(order="fc1,fc2")), "give the names of layers"),
        (lambda net, file: engine.export_net(None, file.with_suffix(".onnx")), "a net is needed"),
        (lambda net, file: engine.rescaled(net, "a", 1), "the mean is a number"),
    ],
)
def test_what_is_handed_over_wrongly_is_told_by_its_name_and_no_file_is_called_damaged(wrong, says, tmp_path):
    net, file = (
        engine.build("input 2 | dense 2 softmax", np.random.default_rng(0)),
        tmp_path / "net.safetensors",
    )
    engine.export_net(net, file)
    with pytest.raises(EngineError, match=says) as caught:
        wrong(net, file)
    assert "damaged" not in str(caught.value)
    assert engine.is_known(str(file))
