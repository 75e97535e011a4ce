"""When training ends by itself: patience, divergence, an interrupt; and what is left of it then."""

from itertools import islice

import numpy as np
import pytest
from training_task import net_of, same, task

from engine import DivergedError, EngineError, Training, evaluate, fit


def start(seed: int = 1, rate: float = 0.2, **options) -> Training:
    return fit(net_of(rate=rate), *task(), rng=np.random.default_rng(seed), **options)


def advance(training: Training, steps: int) -> list:
    return list(islice(training, steps))


def test_it_stops_early_and_keeps_the_best():
    # With a rate of nothing no epoch is better than the first.
    training = start(lr=1e-12, epochs=50, patience=3, validation=task(50))
    ends = [step for step in training if step.ends_epoch]
    assert len(ends) == 4
    assert training.out_of_patience
    assert next(training, None) is None
    assert training.progress.best_epoch == 1
    assert evaluate(training.best, *task(50)).accuracy == ends[0].validation_accuracy


def test_the_best_is_the_net_of_its_epoch_and_not_a_later_one():
    training = start(lr=0.003, epochs=6, validation=task(50))
    found = {}
    for step in training:
        if step.ends_epoch:
            found[step.epoch] = (step.validation_accuracy, step.snapshot())
            # From here on everything is forgotten.
            if step.epoch == 4:
                training.change(optimizer="sgd", lr=5.0)
    best = max(accuracy for accuracy, _ in found.values())
    epoch = min(epoch for epoch, (accuracy, _) in found.items() if accuracy == best)
    assert training.progress.best_epoch == epoch
    assert same(training.best, found[epoch][1])


def test_while_it_gets_better_it_does_not_stop():
    assert start(lr=0.003, epochs=5, patience=1, validation=task(50)) is not None
    training = start(lr=0.003, epochs=4, patience=4, validation=task(50))
    assert len(list(training)) == 32


@pytest.mark.parametrize("options", [{"patience": 2}, {"patience": 0, "validation": task(50)}])
def test_patience_needs_validation_images_and_a_number_of_epochs(options):
    with pytest.raises(EngineError, match=r"patience \d must be 1 epoch or more, with validation images"):
        start(**options)


def test_a_window_of_no_steps_is_refused():
    with pytest.raises(EngineError, match="window is a whole number of 1 or more, got 0"):
        start(window=0)


def test_divergence_keeps_the_last_good_weights():
    training = start(rate=0, lr=0.01, epochs=6, window=4)
    advance(training, 30)
    snapshot = training.snapshot()
    assert evaluate(snapshot, *task()).accuracy > 0.8
    training.change(optimizer="sgd", lr=1e7)
    with pytest.raises(
        DivergedError, match=r"training diverged at step \d+: .* try lr below 1e\+07"
    ) as caught:
        list(training)
    assert 31 <= caught.value.step <= 48
    assert caught.value.layer in ("hidden1", "hidden2", "output", "")
    assert evaluate(training.good, *task()).accuracy > 0.8
    assert training.progress.good_step <= 31
    assert next(training, None) is None
    with pytest.raises(EngineError, match="the training failed: take its `good` net"):
        training.checkpoint()


def test_good_weights_are_those_before_the_loss_began_to_rise():
    training = start(rate=0, lr=0.01, epochs=40, window=4)
    advance(training, 32)
    good = training.good
    # Bad, but finite for ever.
    training.change(lr=3.0)
    steps = advance(training, 40)
    assert steps[-1].window_loss > 10 * steps[0].window_loss
    assert evaluate(training.good, *task()).loss <= evaluate(good, *task()).loss * 2
    assert training.progress.good_step <= 40


def test_weights_worse_than_those_at_the_start_are_not_good():
    training = start(rate=0, optimizer="sgd", lr=30.0, window=3)
    assert advance(training, 8)[-1].window_loss > 10
    assert training.good is None


def test_a_last_update_that_breaks_the_weights_is_noticed():
    training = start(rate=0, epochs=1, batch=230, optimizer="sgd", lr=3e38, l2=1e3)
    with pytest.raises(DivergedError, match=r"step 1: (hidden1|hidden2|output) is no longer finite"):
        list(training)


def test_an_interrupt_within_an_update_is_no_state_to_go_on_from():
    calls = []

    def interrupt(images, rng):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return images

    training = start(augment=interrupt)
    advance(training, 2)
    training.checkpoint()
    with pytest.raises(KeyboardInterrupt):
        next(training)
    with pytest.raises(EngineError, match="interrupted in the middle of an update"):
        training.checkpoint()
    with pytest.raises(EngineError, match="interrupted in the middle of an update"):
        next(training)
