"""Training learns, repeats exactly, tells the truth about its progress, and stops when it diverges."""

from dataclasses import replace

import numpy as np
import pytest
from slow_cases import slow_but
from training_task import net_of, same, task

from engine import Dense, EngineError, Layer, Net, Recipe, Training, evaluate, fit, preset
from engine.kernels import dropout
from engine.run import Machine
from engine.text.build import initial_parameters
from engine.training.schedules import schedule_factor


def run(net: Net, seed: int = 1, **options) -> list:
    return list(fit(net, *task(), rng=np.random.default_rng(seed), **options))


@pytest.mark.parametrize("recipe", [{}, {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9}])
@pytest.mark.parametrize("hidden", slow_but(["relu"], ["relu", "tanh", "sigmoid"]))
def test_it_learns(hidden, recipe):
    net = net_of(hidden, **{"lr": 0.01, "epochs": 12, **recipe})
    steps = run(net)
    assert evaluate(net, *task()).accuracy < 0.6
    assert evaluate(steps[-1].snapshot(), *task()).accuracy > 0.95
    assert steps[-1].epoch_loss < 0.7 * steps[7].epoch_loss


def test_the_net_given_is_not_changed():
    net = net_of()
    before = net_of()
    run(net)
    assert same(net, before)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    first, second, other = run(net_of()), run(net_of()), run(net_of(), seed=2)
    assert [step.loss for step in first] == [step.loss for step in second]
    assert same(first[-1].snapshot(), second[-1].snapshot())
    assert not same(first[-1].snapshot(), other[-1].snapshot())


def test_steps_count_batches_examples_and_epochs():
    steps = run(net_of(), validation=task(50))
    # 230 images in batches of 32: the eighth batch of each epoch has the last six.
    assert [step.step for step in steps] == list(range(1, 25))
    assert {step.steps for step in steps} == {24}
    assert [step.epoch for step in steps] == [1] * 8 + [2] * 8 + [3] * 8
    assert [step.examples_seen for step in steps][6:9] == [224, 230, 262]
    assert [step.step for step in steps if step.ends_epoch] == [8, 16, 24]
    assert all((step.validation_accuracy is not None) == step.ends_epoch for step in steps)


def test_accuracies_are_those_of_the_net_and_of_the_epoch():
    steps = run(net_of(rate=0), validation=task(50))
    last = steps[-1]
    assert last.validation_accuracy == evaluate(last.snapshot(), *task(50)).accuracy
    shares = [len(range(start, min(start + 32, 230))) / 230 for start in range(0, 230, 32)]
    losses = [step.loss for step in steps[-8:]]
    assert last.epoch_loss == pytest.approx(np.dot(shares, losses), rel=1e-6)
    assert 0 < steps[7].train_accuracy <= last.train_accuracy <= 1


def test_the_loss_of_a_step_is_the_nets_before_it():
    net = net_of(rate=0, batch=230)
    first = next(fit(net, *task(), rng=np.random.default_rng(1)))
    assert first.loss == pytest.approx(evaluate(net, *task()).loss, rel=1e-5)


def test_every_image_is_seen_once_an_epoch():
    images, labels = task(50)
    # The first pixel of image i is i.
    images[:, 0, 0] = np.arange(50)
    seen = []

    def note(batch, rng):
        seen.extend(batch[:, 0, 0].tolist())
        return batch

    list(fit(net_of(), images, labels, rng=np.random.default_rng(1), augment=note, epochs=2))
    assert sorted(seen[:50]) == sorted(seen[50:]) == list(range(50))
    assert seen[:50] != seen[50:]


def test_augmentation_changes_what_is_learnt():
    steps = run(net_of(), augment=lambda images, rng: np.zeros_like(images))
    assert evaluate(steps[-1].snapshot(), *task()).accuracy < 0.6


def test_a_snapshot_does_not_change_when_training_goes_on():
    steps = fit(net_of(), *task(), rng=np.random.default_rng(1))
    snapshot = next(steps).snapshot()
    before = {name: array.copy() for name, array in snapshot.parameters.items()}
    for _ in range(5):
        next(steps)
    assert all(np.array_equal(array, before[name]) for name, array in snapshot.parameters.items())


def test_a_snapshot_carries_the_recipe_that_made_it():
    assert run(net_of(), epochs=1, lr=0.02)[0].snapshot().recipe == Recipe(batch=32, epochs=1, lr=0.02)


@pytest.mark.parametrize("hidden", ["relu", "sigmoid"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_compiled_and_plain_training_are_the_same_training(hidden, optimizer):
    net = net_of(hidden, batch=48)
    images, labels = task()
    found = []
    for fast in (True, False):
        recipe = replace(net.recipe, optimizer=optimizer, lr=0.01)
        training = Training(net, recipe, (images, labels), np.random.default_rng(1), fast=fast)
        list(training)
        found.append(training.trainer.flat)
    # Same dropped neurons, same order, only the rounding of sums differs.
    assert np.allclose(found[0], found[1], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("density", [0.0, 0.02, 0.25, 1.0])
@pytest.mark.parametrize("shape", [(1, 7, 3), (5, 784, 33), (64, 300, 40)])
def test_skipping_zeros_changes_no_sum(shape, density):
    n, n_in, n_out = shape
    rng = np.random.default_rng(4)
    x = (rng.standard_normal((n, n_in)) * (rng.random((n, n_in)) < density)).astype(np.float32)
    layers = (Layer("input", "", (n_in,)), Layer("output", "", (n_out,), Dense(n_out), ("input",)))
    parameters = initial_parameters(layers, rng)
    grad = rng.standard_normal((n, n_out)).astype(np.float32)
    gradients = {name: np.full_like(array, np.nan) for name, array in parameters.items()}
    machine = Machine(layers, parameters, n, gradients=gradients, fast=True)
    out = machine.forward(x)
    machine.backward(grad)
    assert np.allclose(out, x @ parameters["output.weight"] + parameters["output.bias"], atol=1e-5)
    assert np.allclose(gradients["output.weight"], x.T @ grad, atol=1e-4)
    assert np.allclose(gradients["output.bias"], grad.sum(axis=0), atol=1e-4)


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("hidden", ["relu", "tanh"])
def test_dropout_silences_the_stated_share_and_scales_up_the_rest(fast, hidden):
    net = net_of(hidden, rate=0.2)
    images = np.random.default_rng(0).random((2000, 28, 28, 1)).astype(np.float32)
    machine = Machine(net.layers, net.parameters, 2000, fast=fast)
    machine.forward(images)
    whole = machine.activation["hidden1"].copy()
    machine.forward(images, np.random.default_rng(7))
    dropped = machine.activation["hidden1"]
    silenced = (dropped == 0) & (whole != 0)
    assert silenced.sum() / (whole != 0).sum() == pytest.approx(0.2, abs=0.01)
    assert np.allclose(dropped[dropped != 0], whole[dropped != 0] / 0.8)


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.5, 0.9])
def test_dropout_falls_on_images_and_neurons_as_chance_would(rate):
    masks = [dropout.kept(key, (400, 400), rate) for key in range(0, 2**32, 2**32 // 20 + 1)]
    variance = rate * (1 - rate) / 400
    assert np.mean(masks) == pytest.approx(1 - rate, abs=5 * np.sqrt(variance / 8000))
    for axis in (1, 2):
        # The spread of the share kept is the binomial's: neither clustered nor evened out.
        shares = np.mean(masks, axis=axis)
        assert np.mean((shares - (1 - rate)) ** 2) == pytest.approx(variance, rel=0.1)


def test_masks_of_two_steps_have_nothing_to_do_with_each_other():
    a, b = (dropout.kept(key, (1000, 100), 0.5) for key in (5, 6))
    assert (a == b).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("fast", [True, False])
def test_divergence_stops_with_step_layer_and_advice(fast):
    net = net_of(rate=0)
    recipe = replace(net.recipe, optimizer="sgd", lr=1e6, epochs=50)
    training = Training(net, recipe, task(), np.random.default_rng(1), fast=fast)
    with pytest.raises(
        EngineError, match=r"diverged at step \d+: .*(hidden|output|loss).*try lr below 1e\+06, or a warmup"
    ):
        list(training)


def test_the_first_layer_that_breaks_is_named():
    net = net_of(rate=0)
    training = fit(net, *task(), rng=np.random.default_rng(1))
    training.trainer.parameters["hidden2.weight"][3, 3] = np.inf
    with pytest.raises(EngineError, match="step 1: hidden2 is no longer finite"):
        list(training)


def test_cosine_falls_from_one_towards_zero():
    factors = [schedule_factor(Recipe(schedule="cosine"), step, 100) for step in range(100)]
    assert factors[0] == 1
    assert factors[50] == pytest.approx(0.5)
    assert 0 < factors[99] < 0.001
    assert factors == sorted(factors, reverse=True)
    steps = run(net_of(schedule="cosine", lr=0.1))
    assert steps[12].lr == pytest.approx(0.05)


def test_images_may_be_floats():
    images, labels = task()
    found = list(fit(net_of(), images / 255, labels, rng=np.random.default_rng(1)))
    assert np.allclose([step.loss for step in found], [step.loss for step in run(net_of())], rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"optimizer": "adamm"},
            "unknown optimizer 'adamm': known are sgd, momentum, nesterov, adagrad, windowgrad",
        ),
        ({"schedule": "linear"}, "unknown schedule 'linear': known are constant, step, cosine"),
        ({"loss": "l3"}, "unknown loss 'l3'"),
        ({"lr": -1}, "learning rate -1"),
        ({"lr": float("nan")}, "learning rate nan"),
        ({"momentum": 1.0}, "momentum 1.0"),
        ({"batch": 0}, "batch 0"),
        ({"epochs": 0}, "epochs 0"),
        ({"speed": 3, "lr": 1.0}, "a recipe has no speed: it has loss, optimizer"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused_at_once(change, message):
    with pytest.raises(EngineError, match=message):
        fit(net_of(), *task(), rng=np.random.default_rng(1), **change)


def test_labels_beyond_the_classes_are_refused_at_once():
    images, labels = task()
    with pytest.raises(EngineError, match=r"labels must be 0\.\.3, got 0\.\.9"):
        fit(net_of(), images, np.where(labels == 3, 9, labels), rng=np.random.default_rng(1))


@pytest.mark.slow
def test_the_presets_learn_under_their_own_recipes():
    images, labels = task(320)
    for name, epochs in (("mlp", 4), ("mlp-sigmoid", 40)):
        net = preset(name, np.random.default_rng(0))
        steps = list(fit(net, images, labels, rng=np.random.default_rng(1), epochs=epochs))
        assert steps[-1].epoch_loss < 0.5 * steps[0].loss, name


def test_an_evaluation_that_is_stopped_is_of_the_images_read_until_then():
    # Lost otherwise: a test of many images that cannot be left, or one that counts images nobody read.
    net, (images, labels) = net_of("relu"), task()
    asked = []
    whole = evaluate(net, images, labels, 16, stop=lambda: bool(asked.append(1)))
    assert whole.total == len(labels)
    assert len(asked) == -(-len(labels) // 16) - 1
    some = evaluate(net, images, labels, 16, stop=lambda: True)
    first = evaluate(net, images[:16], labels[:16])
    assert (some.total, some.correct, some.loss) == (16, first.correct, pytest.approx(first.loss))
    assert some.confusion.sum() == len(some.answers) == len(some.probabilities) == 16
