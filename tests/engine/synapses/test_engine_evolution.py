"""Evolution repairs what it can, by its seed alone, and leaves what edits hold."""

import numpy as np
import pytest
from damaged_nets import DIGITS, SMALL, last

import data
import engine
from engine import EngineError, evaluate
from engine.kernels import threads
from engine.studies.evolution import GenerationStudy

TRAIN = data.load("digits", "train")


def evolved(net, seed=0, **more):
    pairs = (TRAIN.images, TRAIN.labels), (DIGITS.images, DIGITS.labels)
    settings = {"generations": 4, "population": 8, "survivors": 3, "images": 200} | more
    return last(engine.evolve(net, *pairs, np.random.default_rng(seed), **settings))


def test_evolution_repairs_a_damaged_net_and_never_gets_worse():
    net = SMALL.mutate("ablate hidden2:0-47")
    found = evolved(net, layers=["output"], generations=15)
    assert (np.diff(found.best) >= 0).all()
    assert (found.mean <= found.best).all()
    assert found.best[-1] > found.best[0] + 0.02
    assert found.after > found.before
    assert found.before == pytest.approx(evaluate(net, DIGITS.images, DIGITS.labels).accuracy)
    assert found.after == pytest.approx(evaluate(found.net, DIGITS.images, DIGITS.labels).accuracy)
    assert found.net.edits == net.edits
    changed = {key for key, array in net.parameters.items() if (array != found.net.parameters[key]).any()}
    assert changed == {"output.weight"}


def test_an_evolution_is_of_its_seed_alone(monkeypatch):
    first, other = evolved(SMALL.mutate("ablate hidden2:0-47")), evolved(SMALL.mutate("ablate hidden2:0-47"))
    assert first.net.diff(other.net) == ()
    assert evolved(SMALL.mutate("ablate hidden2:0-47"), seed=1).net.diff(first.net)
    monkeypatch.setattr(threads, "processors", lambda: 5)
    assert evolved(SMALL.mutate("ablate hidden2:0-47")).net.diff(first.net) == ()


def test_its_figures_are_those_of_the_images_it_reads():
    found = evolved(SMALL.mutate("ablate hidden2:0-47"), images=10_000)
    whole = evaluate(found.net, TRAIN.images, TRAIN.labels)
    assert found.images == len(TRAIN.labels)
    assert found.best[-1] == pytest.approx(whole.accuracy)
    assert found.loss[-1] == pytest.approx(whole.loss, rel=1e-4)


def test_what_was_pruned_frozen_or_silenced_stays_so():
    net = SMALL.mutate("prune hidden2 60%; freeze output:3; ablate hidden2:0-31; prune output 20%")
    found = evolved(net, generations=3)
    for layer in ("hidden2", "output"):
        before, after = (each.parameters[f"{layer}.weight"] for each in (net, found.net))
        assert not after[before == 0].any()
        assert (after[before != 0] != before[before != 0]).any()
    assert np.array_equal(*(each.parameters["output.weight"][:, 3] for each in (net, found.net)))
    assert not found.net.trace(DIGITS.images[0]).activation["hidden2"][:32].any()


def test_the_strength_follows_the_fifth_rule():
    found = evolved(SMALL.mutate("ablate hidden2:0-47"), population=10, generations=8)
    for now, then, success in zip(found.strength, found.strength[1:], found.success, strict=False):
        factor = 1 if success == 0.2 else 1 / 0.85 if success > 0.2 else 0.85
        assert then == pytest.approx(now * factor)
    assert len(set(found.strength)) > 1


def test_children_have_two_parents_where_they_are_crossed(monkeypatch):
    seen = []

    def watched(study, i):
        seen.append(len(study.parents[i]))
        yield 1.0
        return study.parents[i][0]

    monkeypatch.setattr(GenerationStudy, "steps", watched)
    evolved(SMALL, crossing=1.0)
    # At first there is but one survivor.
    assert seen[:8] == [1] * 8
    assert set(seen[8:]) == {2}
    seen.clear()
    evolved(SMALL, crossing=0.0)
    assert set(seen) == {1}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"generations": 0}, "1 generation or more, got 0"),
        ({"population": 0}, "1 child or more, got 0"),
        ({"images": 0}, "1 image or more, got 0"),
        ({"strength": 0.0}, "strength 0 changes nothing"),
        ({"crossing": 2.0}, "a probability is 0..1"),
        ({"layers": ["input"]}, "has learned no weights"),
    ],
)
def test_an_evolution_that_cannot_be_is_refused(more, says):
    with pytest.raises(EngineError, match=says):
        evolved(SMALL, **more)
