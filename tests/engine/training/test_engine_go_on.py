"""A training that goes on with an edited net: nothing that the optimizer knows is lost."""

import numpy as np
import pytest
from training_task import net_of, same, task

import engine
from engine import EngineError

IMAGES, LABELS = task()


def run(steps, net=None, **recipe):
    training = engine.fit(net or net_of(), IMAGES, LABELS, rng=np.random.default_rng(5), **recipe)
    for _ in range(steps):
        next(training)
    return training


def onward(training, steps, net=None, **changes):
    more = engine.go_on(training.standing(), net or training.snapshot(), IMAGES, LABELS, **changes)
    told = [next(more) for _ in range(steps)]
    return more, told


@pytest.mark.parametrize("recipe", [{}, {"optimizer": "momentum"}, {"average": 0.9}, {"schedule": "cosine"}])
@pytest.mark.parametrize("stop", [3, 8, 11])
def test_with_the_same_net_the_numbers_are_those_of_one_training(recipe, stop):
    whole = run(18, **recipe)
    begun = run(stop, **recipe)
    more, told = onward(begun, 18 - stop)
    assert same(more.snapshot(), whole.snapshot())
    assert (told[-1].step, told[-1].epoch) == (18, 3)
    assert begun.progress.step == stop, "what it goes on from stays as it was"


def test_a_change_that_no_step_has_gone_by_is_not_part_of_where_it_stands():
    begun = run(5)
    begun.change(optimizer="sgd")
    more, _ = onward(begun, 3)
    assert same(more.snapshot(), run(8).snapshot())
    changed, _ = onward(begun, 3, optimizer="sgd")
    for _ in range(3):
        next(begun)
    assert same(changed.snapshot(), begun.snapshot())


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_an_edited_net_is_trained_with_the_state_of_before(average):
    begun = run(9, average=average)
    edited = begun.snapshot().mutate("ablate hidden1:3; scale hidden1:5 2")
    more, _ = onward(begun, 4, edited)
    assert more.snapshot().edits == edited.edits
    fresh = engine.fit(edited, IMAGES, LABELS, rng=np.random.default_rng(5))
    for _ in range(4):
        next(fresh)
    assert not same(more.snapshot(), fresh.snapshot())
    standing = begun.standing()
    again = engine.go_on(standing, edited, IMAGES, LABELS)
    next(again)
    assert again.trainer.optimizer.count == 10
    assert not np.array_equal(again.trainer.optimizer.state["mean"], standing.arrays["optimizer.mean"])


def test_a_net_of_other_layers_has_no_state_to_go_on_with():
    begun = run(3)
    smaller = begun.snapshot().mutate("remove hidden1:3")
    with pytest.raises(EngineError, match="other parameters than the training that it goes on"):
        engine.go_on(begun.standing(), smaller, IMAGES, LABELS)


def test_the_last_good_net_is_one_of_the_edited_net():
    begun = run(9)
    assert begun.good is not None
    more, _ = onward(begun, 1)
    assert more.good is None
