"""Losses: value and slope are PyTorch's, for scores of any size; one that does not fit is refused."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from project import GOLDEN

from engine import EngineError, Net, Recipe, evaluate, fit, preset
from engine.blocks.activations import activation
from engine.graph.recipe import LOSSES
from engine.run.losses import check_loss, loss_of

_spec = importlib.util.spec_from_file_location("make_losses", GOLDEN / "make_losses.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_are_pytorchs(name, dtype):
    pre, labels = golden.scores()
    pre = pre.astype(dtype)
    act = np.empty_like(pre)
    head = golden.HEADS[name]
    activation(head).forward(pre, act)
    before = act.copy()
    total, grad = loss_of(name)(head, pre, act, labels)
    with np.load(GOLDEN / "losses.npz", allow_pickle=False) as file:
        value, slope = file[name][0], file[f"{name} gradient"]
    slack = 1e-12 if dtype is np.float64 else 1e-5
    assert total / len(labels) == pytest.approx(value, rel=slack)
    assert np.allclose(grad, slope, rtol=slack, atol=slack)
    assert grad.dtype == dtype
    # The trace and the accuracy read the activations afterwards.
    assert np.array_equal(act, before)


def test_hinge_is_the_sum_over_wrong_classes_that_come_too_near():
    # True class 1 scores 2: class 0 (1.5) is too near by 0.5, class 2 (5) by 4, class 3 (0.9) is far enough.
    pre = np.array([[1.5, 2.0, 5.0, 0.9]])
    total, grad = loss_of("hinge")("identity", pre, pre, np.array([1]))
    assert total == 4.5
    assert grad.tolist() == [[1, -2, 1, 0]]


@pytest.mark.parametrize(
    ("name", "head", "message"),
    [
        ("nll", "sigmoid", "loss nll needs a softmax or log-softmax output, got sigmoid"),
        ("binary-cross-entropy", "softmax", "loss binary-cross-entropy needs a sigmoid output, got softmax"),
        ("hinge", "relu", "loss hinge needs an identity output, got relu"),
        ("l3", "relu", "unknown loss 'l3': known are nll, cross-entropy, squared-error, binary-cross"),
    ],
)
def test_a_loss_that_does_not_fit_the_output_is_refused(name, head, message):
    with pytest.raises(EngineError, match=message):
        check_loss(name, head)


def with_head(head: str, loss: str) -> Net:
    net = preset("cnn-fast", np.random.default_rng(0))
    layers = (*net.layers[:-1], replace(net.layers[-1], activation=head))
    return Net.of("test", "", layers, net.parameters, Recipe(loss=loss, lr=1e-3, batch=20, epochs=6))


def task() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 10, 200)
    images = np.zeros((200, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 3 : 2 * label + 6, 6:22] = rng.integers(100, 256, (3, 16))
    return images, labels


@pytest.mark.parametrize(("head", "loss"), [("sigmoid", "binary-cross-entropy"), ("identity", "hinge")])
@pytest.mark.slow
def test_a_net_learns_and_answers_with_probabilities(head, loss):
    net = with_head(head, loss)
    *_, last = fit(net, *task(), rng=np.random.default_rng(0))
    trained = last.snapshot()
    assert evaluate(trained, *task()).accuracy > 0.95
    found = trained.predict(task()[0])
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found >= 0).all()
    assert (found.argmax(axis=1) == task()[1]).mean() > 0.95


def test_a_loss_that_does_not_fit_is_refused_before_training_begins():
    with pytest.raises(EngineError, match="loss hinge needs an identity output, got sigmoid"):
        fit(with_head("sigmoid", "hinge"), *task(), rng=np.random.default_rng(0))
