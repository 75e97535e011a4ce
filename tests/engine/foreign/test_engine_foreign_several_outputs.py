"""Networks that end in several neurons: classes of which one is right, or numbers, each for itself."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from keras_weights import keras_2
from project import FOREIGN
from safetensors.numpy import save_file

import engine
from engine import EngineError, Told, import_net
from engine.files.description import to_json
from engine.foreign.outputs import in_numbers

RNG = np.random.default_rng
HIDDEN, LAST, BIAS, SHIFT = (RNG(0).normal(0, 1, n).astype(np.float32) for n in ((5, 4), (3, 5), (5,), (3,)))
X = RNG(1).normal(0, 1, (6, 4)).astype(np.float32)
SUMS = np.maximum(X @ HIDDEN.T + BIAS, 0) @ LAST.T + SHIFT


@pytest.fixture
def file(tmp_path):
    tensors = {"fc1.weight": HIDDEN, "fc1.bias": BIAS, "fc2.weight": LAST, "fc2.bias": SHIFT}
    save_file(tensors, tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


def test_numbers_are_what_the_network_gives_and_no_shares(file):
    """They were drawn as probabilities that sum to 1."""
    assert "import it with --outputs numbers" in import_net(file).notes[-1]
    found = import_net(file, Told(outputs="numbers"))
    assert found.net.text == "input 4 | dense 5 relu | dense 3"
    assert found.notes[-1] == "its 3 outputs are numbers, and no class is chosen"
    assert np.abs(found.net.predict(X) - SUMS).max() < 1e-5
    assert (SUMS < 0).any()
    trace = found.net.trace(X[0])
    assert np.abs(trace.probabilities - SUMS[0]).max() < 1e-5
    assert trace.prediction == np.abs(SUMS[0]).argmax()
    assert repr(trace).startswith(f"<Trace of imported: gives {SUMS[0, 0]:.4g}, {SUMS[0, 1]:.4g}, ")
    assert found.net.classes == ("y0", "y1", "y2")


def test_classes_stay_classes_where_their_owner_says_so(file):
    found = import_net(file, Told(outputs="classes"))
    assert not found.net.gives_numbers
    assert not any("--outputs" in note for note in found.notes)
    with pytest.raises(EngineError, match="outputs 'shares': give numbers or classes"):
        Told(outputs="shares")


def test_that_it_gives_numbers_is_kept_with_the_network(file, tmp_path):
    net = import_net(file, Told(outputs="numbers")).net
    engine.save(net, tmp_path / "net.npz")
    again = engine.load(tmp_path / "net.npz")
    assert again.gives_numbers
    assert np.abs(again.predict(X) - SUMS).max() < 1e-5


@pytest.mark.parametrize(("outputs", "version"), [("numbers", 5), ("classes", 1)])
def test_an_older_viz3d_refuses_a_file_of_numbers_and_reads_one_of_classes(file, outputs, version):
    """It would have shown the numbers as shares of their sum."""
    assert to_json(import_net(file, Told(outputs=outputs)).net)["version"] == version


@pytest.mark.parametrize("ending", [".onnx", ".safetensors"])
@pytest.mark.parametrize("digits", [False, True])
def test_that_it_gives_numbers_is_kept_in_files_for_other_systems(file, tmp_path, ending, digits):
    """A softmax was put behind them when such a file was read again."""
    net = import_net(file, Told(outputs="numbers")).net
    if digits:
        net = in_numbers(engine.build("input 28x28 | dense 10", RNG(0)))
    engine.export_net(net, tmp_path / f"net{ending}")
    found = import_net(tmp_path / f"net{ending}")
    assert found.net.gives_numbers
    images = RNG(2).random((3, *net.layers[0].shape)).astype(np.float32)
    assert np.abs(found.net.predict(images) - net.predict(images)).max() < 1e-5
    assert not import_net(tmp_path / f"net{ending}", Told(outputs="classes")).net.gives_numbers


@pytest.mark.parametrize("ending", [".onnx", ".safetensors"])
@pytest.mark.parametrize("outputs", ["numbers", "classes"])
def test_names_of_inputs_and_outputs_are_kept_in_files_for_other_systems(file, tmp_path, ending, outputs):
    """They came back as y0, y1, y2, or 0, 1, 2, and the rows without the names of their numbers."""
    task = engine.Task("flower", "Iris", ("setosa", "versicolor", "virginicá"), ("a", "b", "c", "d"))
    net = import_net(file, Told(outputs=outputs)).net
    net = replace(net, task=replace(task, numbers=outputs == "numbers"))
    engine.export_net(net, tmp_path / f"net{ending}")
    again = import_net(tmp_path / f"net{ending}").net
    assert again.task == net.task
    assert again.classes == task.classes
    assert np.abs(again.predict(X) - net.predict(X)).max() < 1e-6


@pytest.mark.parametrize("ending", [".onnx", ".safetensors"])
def test_what_a_small_net_is_shown_of_a_digit_is_kept_in_files_for_other_systems(tmp_path, ending):
    net = replace(engine.build("input 8x8 | dense 10 softmax", RNG(0)), framing="whole")
    engine.export_net(net, tmp_path / f"net{ending}")
    assert import_net(tmp_path / f"net{ending}").net.framing == "whole"
    assert import_net(tmp_path / f"net{ending}", Told(framing="ink")).net.framing == "ink"


def test_a_framing_of_what_is_no_smaller_digit_and_marks_of_others_are_no_harm(file, tmp_path):
    with pytest.raises(EngineError, match=r"framing whole: it reads 4: it sees all of a digit as it is"):
        import_net(file, Told(framing="whole"))
    tensors = {"fc1.weight": HIDDEN, "fc1.bias": BIAS, "fc2.weight": LAST, "fc2.bias": SHIFT}
    for text in ('{"noun": 3}', '{"noun": "a", "data": "", "classes": 3, "columns": []}', "[]"):
        marks = {"viz3d task": text, "viz3d framing": "hole", "viz3d outputs": "three"}
        save_file(tensors, tmp_path / "odd.safetensors", marks)
        found = import_net(tmp_path / "odd.safetensors").net
        assert (found.task, found.framing) == (None, "")


def test_what_moves_a_number_is_told_of_that_number_alone(file):
    """Among classes a lead over the mean of all others is explained."""
    net = import_net(file, Told(outputs="numbers")).net
    trace = net.trace(X[0])
    assert engine.lead(trace, 1) == pytest.approx(SUMS[0, 1], abs=1e-5)
    slopes = engine.lead_gradient(trace, 1)["hidden1"]
    assert np.abs(slopes - LAST[1] * (trace.pre["hidden1"] > 0)).max() < 1e-6
    assert engine.lead(trace, 1, 2) == pytest.approx(SUMS[0, 1] - SUMS[0, 2], abs=1e-5)


def test_no_label_fits_numbers(file):
    net = import_net(file, Told(outputs="numbers")).net
    with pytest.raises(EngineError, match="imported gives 3 numbers and chooses no class: no label fits it"):
        engine.evaluate(net, X, np.zeros(6, int))


@pytest.mark.parametrize("loss", ["mse", "MeanSquaredError", "categorical_crossentropy", ""])
def test_the_loss_of_a_keras_file_tells_that_its_sums_are_numbers(tmp_path, loss):
    import h5py

    shutil.copy(FOREIGN / "functional.h5", tmp_path)
    with h5py.File(tmp_path / "functional.h5", "a") as file:
        file.attrs["training_config"] = f'{{"loss": "{loss}"}}'
    with np.load(FOREIGN / "graphs.npz") as known:
        images, sums = known["images"].transpose(0, 2, 3, 1), known["functional"]
    found = import_net(tmp_path / "functional.h5")
    numbers = found.net.gives_numbers
    assert numbers == loss.lower().startswith("m")
    if numbers:
        assert found.notes[-1].startswith(f"it was trained with {loss}, as what gives numbers is: its 3 out")
        assert np.abs(found.net.predict(images) - sums).max() < 1e-5


@pytest.mark.parametrize("function", ["linear", "sigmoid"])
def test_a_digit_reader_that_may_give_numbers_stays_one_and_that_is_said(tmp_path, function):
    """Shown as shares without a word, ten numbers that were learned by mse look like sure answers."""
    import h5py

    weight, bias = RNG(0).normal(0, 0.1, (784, 10)), np.zeros(10)
    file = keras_2(tmp_path / "net.h5", out={"kernel": weight, "bias": bias})
    first = {"class_name": "InputLayer", "config": {"name": "image", "batch_input_shape": [None, 784]}}
    last = {"class_name": "Dense", "config": {"name": "out", "units": 10, "activation": function}}
    model = {"class_name": "Sequential", "config": {"name": "net", "layers": [first, last]}}
    with h5py.File(file, "a") as told:
        told.move("out", "model_weights/out")
        told["model_weights"].attrs["layer_names"] = told.attrs.pop("layer_names")
        told.attrs["model_config"], told.attrs["training_config"] = json.dumps(model), '{"loss": "mse"}'
    found = import_net(file)
    assert not found.net.gives_numbers
    assert "it was trained with mse, as what gives numbers is: if they are numbers and no" in found.notes[-1]
    assert found.notes[-1].endswith("import it with --outputs numbers")
    assert import_net(file, Told(outputs="numbers")).net.gives_numbers


def test_a_regression_of_convnetjs_gives_numbers(tmp_path):
    """Its several numbers were shown as shares, the negative ones as 0."""
    vol = {"sx": 1, "sy": 1, "depth": 2, "w": {"0": 1, "1": -1}}
    sums = {"layer_type": "fc", "out_depth": 2, "out_sx": 1, "out_sy": 1, "filters": [vol, vol]}
    sums["biases"] = {"sx": 1, "sy": 1, "depth": 2, "w": {"0": 0, "1": -2}}
    ends = {"out_depth": 2, "out_sx": 1, "out_sy": 1}
    layers = [{"layer_type": "input", **ends}, sums, {"layer_type": "regression", **ends}]
    (tmp_path / "net.json").write_text(json.dumps({"layers": layers}))
    found = import_net(tmp_path / "net.json")
    assert found.notes[-1].startswith("it ends in a regression: its 2 outputs are numbers")
    assert np.allclose(found.net.predict(np.array([[1, 3]], np.float32)), [[-2, -4]])


@pytest.mark.parametrize(("outputs", "given"), [("numbers", [[0.75]]), ("classes", [[0.25, 0.75]])])
def test_one_neuron_gives_what_its_owner_says(tmp_path, outputs, given):
    """A sigmoid of one neuron came out as two numbers, 0 and the sum before it."""
    tensors = {"out.weight": np.full((1, 4), 0.25, np.float32), "out.bias": np.float32([np.log(3) - 1])}
    save_file(tensors, tmp_path / "net.safetensors")
    for function in ("identity", "sigmoid"):
        net = import_net(
            tmp_path / "net.safetensors", Told(f"input 4 | dense 1 {function}", outputs=outputs)
        ).net
        sums = function == "identity" and outputs == "numbers"
        assert np.allclose(net.predict(np.ones((1, 4), np.float32)), [[np.log(3)]] if sums else given)
        assert net.gives_numbers == (outputs == "numbers")


@pytest.mark.parametrize("name", ["sequential.keras", "script.pt", "script.pt2"])
def test_a_softmax_of_its_own_is_left_alone(name):
    found = import_net(FOREIGN / name, Told(outputs="numbers"))
    assert not found.net.gives_numbers
    assert found.notes[-1].startswith("it ends in a softmax of its own")


def test_sigmoids_side_by_side_are_said_to_be_told_as_shares(tmp_path):
    """Each of several labels was drawn as a share of their sum, without a word."""
    tensors = {"fc1.weight": HIDDEN, "fc1.bias": BIAS, "fc2.weight": LAST, "fc2.bias": SHIFT}
    save_file(tensors, tmp_path / "net.safetensors")
    text = "input 4 | dense 5 relu | dense 3 sigmoid"
    assert "shares of their sum" in import_net(tmp_path / "net.safetensors", Told(text)).notes[-1]
    net = import_net(tmp_path / "net.safetensors", Told(text, outputs="numbers")).net
    assert np.abs(net.predict(X) - 1 / (1 + np.exp(-SUMS))).max() < 1e-6


def test_the_larger_of_two_results_is_not_called_a_product():
    from engine.foreign.refused import way_round

    assert "maxout" in way_round("Maximum")
    assert "products of two" in way_round("Multiply")
