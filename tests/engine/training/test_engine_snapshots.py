"""Snapshots of a training: even gaps within a memory budget, and each net as it was, bit for bit."""

import numpy as np
import pytest
from training_task import net_of, same, task

import engine
from engine.training.snapshots import Snapshots

NET = net_of()
SIZE = sum(array.nbytes for array in NET.parameters.values())


def filled(room: int, steps) -> Snapshots:
    kept = Snapshots(room * SIZE)
    for step in steps:
        kept.add(step, NET)
    return kept


@pytest.mark.parametrize("room", [2, 3, 8, 21])
@pytest.mark.parametrize("pace", [1, 7])
def test_the_first_and_the_last_stay_and_gaps_stay_even(room, pace):
    kept = Snapshots(room * SIZE)
    for step in range(0, 700 * pace, pace):
        kept.add(step, NET)
        steps = kept.steps()
        assert (steps[0], steps[-1]) == (0, step)
        assert len(steps) == min(room, step // pace + 1)
        # The newest gap is just growing.
        gaps = np.diff(steps)[:-1]
        assert not len(gaps) or gaps.max() <= 3 * gaps.min()


def test_nets_are_kept_within_the_budget_and_two_in_any_case():
    assert len(filled(5, range(100)).steps()) == 5
    tiny = Snapshots(1)
    for step in range(9):
        tiny.add(step, NET)
    assert tiny.steps() == (0, 8)
    # Lost otherwise: an optimizer's state, twice the weights, comes on top of what memory was to hold.
    shared = Snapshots(10 * SIZE)
    for step in range(99):
        shared.add(step, NET, beside=4 * SIZE)
    assert len(shared.steps()) == 6
    shared.add(99, NET, beside=99 * SIZE)
    assert shared.steps() == (0, 99)


def test_a_net_comes_back_as_it_was_at_its_step_while_training_goes_on():
    images, labels = task()
    training = engine.fit(NET, images, labels, rng=np.random.default_rng(0))
    kept, then = Snapshots(), {}
    for step in training:
        kept.add(step.step, step.snapshot())
        then[step.step] = {name: array.copy() for name, array in step.snapshot().parameters.items()}
    assert kept.steps() == tuple(then)
    for step, arrays in then.items():
        assert all(
            np.array_equal(array, kept.net_at(step).parameters[name]) for name, array in arrays.items()
        )
    assert not same(kept.net_at(1), kept.net_at(2))


def test_a_step_that_was_not_kept_is_told_with_the_nearest():
    kept = filled(9, [0, 10, 20])
    with pytest.raises(engine.EngineError, match="step 14 was not kept: step 10 is the nearest of 3"):
        kept.net_at(14)
    with pytest.raises(engine.EngineError, match="no step is"):
        Snapshots().net_at(3)


def test_the_last_step_may_be_kept_anew_and_none_before_it():
    kept, other = filled(9, [0, 10]), net_of("tanh")
    kept.add(10, other)
    assert kept.steps() == (0, 10)
    assert kept.net_at(10) is other
    with pytest.raises(engine.EngineError, match="step 9 is before step 10"):
        kept.add(9, NET)
    with pytest.raises(engine.EngineError, match="budget 0"):
        Snapshots(0)


def test_what_came_after_a_step_can_be_forgotten():
    kept = filled(9, [0, 10, 20, 30])
    kept.cut(25)
    assert kept.steps() == (0, 10, 20)
    kept.add(22, NET)
    assert kept.steps() == (0, 10, 20, 22)
    kept.cut(-1)
    assert kept.steps() == (0,)
