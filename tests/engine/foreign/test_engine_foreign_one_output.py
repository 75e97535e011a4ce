"""Networks that end in one neuron: how likely one of two classes is, or a number."""

import json
import shutil

import numpy as np
import pytest
from archive_texts import replaced
from project import FOREIGN
from safetensors.numpy import save_file

import engine
from engine import EngineError, Told, import_net
from engine.foreign.one_output import in_two_classes

RNG = np.random.default_rng
HIDDEN, LAST, BIAS, SHIFT = (RNG(0).normal(0, 1, n).astype(np.float32) for n in ((5, 4), (1, 5), (5,), (1,)))
X = RNG(1).random((6, 4), np.float32)
LOSS = '{"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}}'
SCORES = (np.maximum(X @ HIDDEN.T + BIAS, 0) @ LAST.T + SHIFT)[:, 0].astype(np.float64)


@pytest.fixture
def file(tmp_path):
    tensors = {"fc1.weight": HIDDEN, "fc1.bias": BIAS, "fc2.weight": LAST, "fc2.bias": SHIFT}
    save_file(tensors, tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


def test_one_sum_at_the_end_is_a_number(file):
    """As a class it was read with more than 99.9 %, whatever came in."""
    found = import_net(file)
    assert found.net.text == "input 4 | dense 5 relu | dense 1"
    assert found.net.gives_numbers
    assert np.abs(found.net.predict(X)[:, 0] - SCORES).max() < 1e-6
    assert repr(found.net.trace(X[0])).startswith(f"<Trace of imported: gives {SCORES[0]:.4g}; ")
    assert "a number, no class; with data of two classes it is the score of the second" in found.notes[-1]


@pytest.mark.parametrize(("function", "share"), [("", 1.0), (" tanh", 2.0)])
def test_with_two_classes_a_sum_scores_the_second(file, function, share):
    net = import_net(file, Told(f"input 4 | dense 5 relu | dense 1{function}")).net
    two = in_two_classes(net)
    assert two.text == "input 4 | dense 5 relu | dense 2 softmax"
    assert np.abs(two.predict(X)[:, 1] - 1 / (1 + np.exp(-share * SCORES))).max() < 1e-6
    assert (two.predict(X).argmax(axis=1) == (net.predict(X)[:, 0] > 0)).all()
    assert engine.evaluate(two, X, (SCORES > 0).astype(int)).accuracy == 1


def test_one_sigmoid_is_two_classes_wherever_it_is_told(file, tmp_path):
    """In a file of weights it is the architecture that tells, in one of Nielsen's the file itself."""
    found = import_net(file, Told("input 4 | dense 5 relu | dense 1 sigmoid"))
    yes = 1 / (1 + np.exp(-SCORES))
    assert "two, classes 0 and 1" in found.notes[-1]
    assert np.abs(found.net.predict(X) - np.stack([1 - yes, yes], axis=1)).max() < 1e-6
    assert found.net.recipe.loss == "cross-entropy"
    book = {"sizes": [4, 1], "weights": [LAST[:, :4].tolist()], "biases": [[SHIFT.tolist()]]}
    book["cost"] = "QuadraticCost"
    (tmp_path / "book.json").write_text(json.dumps(book))
    net = import_net(tmp_path / "book.json").net
    yes = 1 / (1 + np.exp(-(X @ LAST[0, :4] + SHIFT[0])))
    assert np.abs(net.predict(X)[:, 1] - yes).max() < 1e-6
    next(engine.fit(net, X, np.array([0, 1] * 3), rng=RNG(0)))


def test_what_tells_no_class_is_said(file):
    always = import_net(file, Told("input 4 | dense 5 relu | dense 1 softmax"))
    assert "a softmax of one neuron, which is the same whatever it reads" in always.notes[-1]
    net = import_net(file, Told("input 4 | dense 5 relu | dense 1 relu")).net
    assert in_two_classes(net) is None
    with pytest.raises(EngineError, match="it ends in one neuron, for two classes end in dense 2 softmax"):
        engine.evaluate(net, X, np.array([0, 1] * 3))


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_the_loss_of_a_keras_file_tells_that_its_sum_scores_one_of_two_classes(ending):
    """It was told as a number until data of two classes came."""
    with np.load(FOREIGN / "one-sum.npz") as known:
        rows, sums = known["rows"], known["sums"].astype(np.float64)
    found = import_net(FOREIGN / f"one-sum.{ending}")
    assert np.abs(found.net.predict(rows)[:, 1] - 1 / (1 + np.exp(-sums))).max() < 1e-6
    assert found.notes[-1].startswith("it was trained with BinaryCrossentropy(from_logits=True): its one sum")


def test_any_other_loss_of_a_keras_file_leaves_a_number(tmp_path):
    file = replaced(tmp_path, "one-sum.keras", b'"from_logits": true', b'"from_logits": false')
    assert import_net(file).net.gives_numbers


@pytest.mark.parametrize(
    "told",
    ["{", "3", '{"loss": [3]}', '{"loss": {"config": 3}}', "\udcff", "[" * 50_000, " " * 65_536 + LOSS],
)
def test_what_tells_of_training_and_cannot_be_read_leaves_the_network_as_it_is(tmp_path, told):
    """Of a file whose weights are whole it was said that it is damaged."""
    import h5py

    shutil.copy(FOREIGN / "one-sum.h5", tmp_path)
    with h5py.File(tmp_path / "one-sum.h5", "a") as file:
        file.attrs["training_config"] = told.encode("utf-8", "surrogateescape")
    assert import_net(tmp_path / "one-sum.h5").net.gives_numbers
