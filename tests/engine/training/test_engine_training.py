"""Training in the hand of its user: changed, watched, paused and stopped while it runs."""

from itertools import islice

import numpy as np
import pytest
from training_task import net_of, same, task

from engine import OPTIMIZERS, EngineError, Recipe, Training, evaluate, fit
from engine.training.optimizers import penalty, pieces_of


def start(seed: int = 1, rate: float = 0.2, **options) -> Training:
    return fit(net_of(rate=rate), *task(), rng=np.random.default_rng(seed), **options)


def advance(training: Training, steps: int) -> list:
    return list(islice(training, steps))


def test_a_rate_can_be_changed_while_training_runs():
    training = start(lr=0.01)
    assert next(training).lr == 0.01
    training.change(lr=0.002)
    step = next(training)
    assert step.lr == 0.002
    assert step.snapshot().recipe.lr == 0.002
    # And it does what it says: a rate so small moves nothing.
    before = training.snapshot().parameters["hidden1.weight"]
    training.change(lr=1e-12)
    next(training)
    assert np.allclose(training.snapshot().parameters["hidden1.weight"], before, atol=1e-9)


def test_a_change_that_changes_nothing_changes_no_number():
    plain, changed = start(), start()
    advance(changed, 5)
    changed.change(lr=0.5, batch=7, l2=1.0)
    changed.change(lr=1e-3, batch=32, l2=0.0)
    list(plain)
    list(changed)
    assert same(plain.snapshot(), changed.snapshot())


@pytest.mark.parametrize("batch", [5, 64])
def test_a_new_batch_size_goes_on_where_the_epoch_was(batch):
    images, labels = task()
    images[:, 0, 0] = np.arange(230)
    seen = []

    def note(batch, rng):
        seen.append(batch[:, 0, 0].tolist())
        return batch

    training = fit(net_of(), images, labels, rng=np.random.default_rng(1), augment=note, epochs=2)
    advance(training, 3)
    training.change(batch=batch)
    steps = list(training)
    assert [len(part) for part in seen[:5]] == [32, 32, 32, batch, batch]
    flat = [number for part in seen for number in part]
    assert sorted(flat[:230]) == sorted(flat[230:]) == list(range(230))
    assert steps[-1].step == steps[-1].steps == len(seen)
    assert steps[-1].examples_seen == 460


@pytest.mark.parametrize("done", [8, 11])
@pytest.mark.parametrize("batch", [7, 64, 230])
def test_a_new_batch_size_leaves_the_schedule_where_the_epochs_have_brought_it(done, batch):
    # 8 batches of 32 are the first of four epochs, 11 end in the middle of the second.
    training = start(epochs=4, schedule="cosine")
    before = [step.lr for step in advance(training, done)]
    training.change(batch=batch)
    after = list(training)
    first = [0, *(i + 1 for i, step in enumerate(after) if step.ends_epoch)][:-1]
    quarters = [0.5e-3 * (1 + np.cos(np.pi * epoch / 4)) for epoch in range(4)]
    assert [after[i].lr for i in first[-2:]] == pytest.approx(quarters[2:])
    if done == 8:
        assert after[0].lr == pytest.approx(quarters[1])
    rates = [*before, *(step.lr for step in after)]
    assert rates == sorted(set(rates), reverse=True)
    assert min(rates) > 0


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_optimizer_can_be_changed_while_training_runs(optimizer):
    training = start(optimizer="momentum", epochs=12)
    advance(training, 20)
    assert training.change(optimizer=optimizer).optimizer == optimizer
    *_, last = training
    assert last.train_accuracy > 0.8


def test_momentum_goes_over_to_its_kin_and_adams_means_to_adamw():
    for first, second in (("momentum", "nesterov"), ("adam", "adamw")):
        training = start(optimizer=first)
        advance(training, 4)
        before = training.trainer.optimizer
        training.change(optimizer=second)
        next(training)
        assert training.trainer.optimizer is before
        training.change(optimizer="adagrad")
        next(training)
        assert set(training.trainer.optimizer.state) == {"square"}
        assert training.trainer.optimizer.count == 1


def test_decay_schedule_and_average_can_be_changed_while_training_runs():
    training = start(epochs=4)
    advance(training, 8)
    training.change(l2=0.5, schedule="cosine", average=0.9)
    step = next(training)
    assert step.decay_loss > 0
    # A quarter of the run is over.
    assert step.lr == pytest.approx(1e-3 * 0.5 * (1 + np.cos(np.pi / 4)))
    first = step.snapshot()
    assert np.allclose(first.parameters["hidden1.weight"], training.trainer.parameters["hidden1.weight"])
    next(training)
    assert not same(training.snapshot(), training.trainer.net_of(training.trainer.flat))
    training.change(average=0.0)
    next(training)
    assert same(training.snapshot(), training.trainer.net_of(training.trainer.flat))


def test_more_or_fewer_epochs_can_be_asked_for_while_training_runs():
    training = start(epochs=2)
    advance(training, 3)
    training.change(epochs=3)
    assert [step.step for step in training if step.ends_epoch] == [8, 16, 24]
    # Even at the end.
    training.change(epochs=4)
    assert len(list(training)) == 8
    fewer = start(epochs=100)
    advance(fewer, 11)
    fewer.change(epochs=1)
    assert list(fewer) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": -1}, "learning rate -1"),
        ({"batch": 0}, "batch 0"),
        ({"lr": 0.5, "optimizer": "magic"}, "unknown optimizer 'magic': known are sgd"),
        ({"schedule": "magic"}, "unknown schedule 'magic': known are constant, step, cosine"),
        ({"loss": "hinge"}, "loss hinge needs an identity output, got log-softmax"),
        ({"loss": "magic"}, "unknown loss 'magic': known are nll"),
        ({"speed": 2}, "a recipe has no speed: it has loss, optimizer, lr"),
    ],
)
def test_a_wrong_change_leaves_everything_as_it_was(change, message):
    plain, changed = start(), start()
    advance(changed, 2)
    with pytest.raises(EngineError, match=message):
        changed.change(**change)
    assert changed.recipe == plain.recipe
    list(plain)
    list(changed)
    assert same(plain.snapshot(), changed.snapshot())


def test_the_window_is_over_the_images_that_it_says():
    steps = list(start(window=3))
    assert [step.window for step in steps[:4]] == [32, 64, 96, 96]
    # The epoch's last batch has six images.
    assert [step.window for step in steps[7:10]] == [70, 70, 70]
    for i in range(2, len(steps)):
        three = steps[i - 2 : i + 1]
        expected = sum(step.loss * step.batch for step in three) / sum(step.batch for step in three)
        assert steps[i].window_loss == pytest.approx(expected)


def test_the_windows_accuracy_is_that_of_the_nets_before_each_update():
    training = start(rate=0, window=4)
    order = np.random.default_rng(1).permutation(230)
    images, labels = task()
    right = []
    for i in range(6):
        chosen = order[32 * i : 32 * i + 32]
        right.append(evaluate(training.snapshot(), images[chosen], labels[chosen]).correct)
        step = next(training)
        assert step.accuracy == right[-1] / 32
        recent = right[-4:]
        assert step.window_accuracy == sum(recent) / (32 * len(recent))


def test_the_window_of_an_epoch_is_the_epoch():
    steps = list(start(window=8))
    assert steps[7].window_accuracy == steps[7].train_accuracy
    assert steps[15].window_loss == pytest.approx(steps[15].epoch_loss)


def test_decay_loss_is_told_apart_from_the_loss():
    training = start(rate=0, l1=0.01, l2=0.1, lr=0.01)
    plain = start(rate=0, lr=0.01)
    first, other = next(training), next(plain)
    assert first.loss == other.loss
    assert other.decay_loss == 0
    net = net_of(rate=0)
    flat = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
    assert first.decay_loss == pytest.approx(penalty(Recipe(l1=0.01, l2=0.1), flat, pieces_of(net)))


def test_each_step_tells_its_time_for_an_example():
    steps = list(start())
    assert all(0 < step.forward_ms < 1000 and 0 < step.backward_ms < 1000 for step in steps)
    assert len({step.forward_ms for step in steps}) > 1


def test_validation_can_be_asked_for_at_any_step():
    training = start(validation=task(50))
    advance(training, 3)
    assert training.validate() == evaluate(training.snapshot(), *task(50)).accuracy
    with pytest.raises(EngineError, match="no validation images"):
        start().validate()
