"""A study comes to the same result wherever its parts are worked on: threads, one thread, processes."""

import dataclasses
import multiprocessing
import pickle
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import data
import engine
from engine.kernels import threads
from engine.studies.ablation import AblationStudy
from engine.studies.evolution import GenerationStudy, Individual
from engine.studies.lesions import LesionStudy
from engine.studies.prefix import PrefixStudy, ScoreStudy
from engine.studies.study import run_study

DIGITS = data.load("digits", "test")
SOME = DIGITS.images[:90], DIGITS.labels[:90]


def finished(steps):
    """What a run of a study returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def ablation() -> AblationStudy:
    net = engine.load(data.model_path("mlp-sigmoid"))
    net = net.mutate("ablate hidden1:3; nudge hidden2:5 -> output:4 0.5; hold hidden2")
    return AblationStudy.of(net, "hidden2", *SOME, neurons=np.arange(5), batch=40)


def maps() -> AblationStudy:
    net = engine.load(data.model_path("cnn-fast"))
    return AblationStudy.of(net, "conv1", *SOME, each="map", batch=40)


def lesion() -> LesionStudy:
    study = AblationStudy.of(engine.load(data.model_path("cnn-fast")), "conv1", *SOME, each="map", batch=40)
    shuffled = np.array([[2, 0, 3, 1]])
    return LesionStudy(study, finished(run_study(study)), np.array([0, 2, 4]), shuffled)


def prefix() -> PrefixStudy:
    net = engine.load(data.model_path("mlp-sigmoid")).mutate("ablate hidden1:3")
    study = PrefixStudy.of(net, ["hidden2.weight", "output.weight"], *SOME)
    return dataclasses.replace(study, batch=40)


def score() -> ScoreStudy:
    study = prefix()
    changed = {name: study.net.parameters[name] * np.float32(0.7) for name in study.changing}
    return ScoreStudy(finished(run_study(study)), changed)


def generation() -> GenerationStudy:
    cache = finished(run_study(prefix()))
    first = Individual.of({name: cache.study.net.parameters[name] for name in cache.study.changing}, cache)
    weights = {name: array * np.float32(0.9) for name, array in first.weights.items()}
    second = Individual.of(weights, cache)
    return GenerationStudy(cache, [[first], [second, first], [first, second]], np.array([5, 6, 7]), 0.1)


STUDIES = [ablation, maps, lesion, prefix, score, generation]


def same(one, two) -> bool:
    """Whether two results are equal, bit by bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and np.array_equal(one, two)
    if isinstance(one, engine.Net):
        return same(one.parameters, two.parameters) and one.edits == two.edits
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(two, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, Mapping):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    return one == two


@pytest.fixture(scope="module")
def processes():
    # Threads of BLAS and Numba do not outlive a fork.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("make", STUDIES)
def test_processes_find_what_threads_find(monkeypatch, processes, make):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    study = make()
    assert study.count > 1
    beside = finished(run_study(study))
    partials = list(processes.map(study.work, range(study.count)))
    apart = study.reduce(partials)
    if make is prefix:
        # What it comes to holds machines, which are no result.
        beside, apart = beside.ahead, apart.ahead
    assert same(beside, apart)


@pytest.mark.parametrize("make", STUDIES)
def test_parts_in_any_order_find_the_same(make):
    study = pickle.loads(pickle.dumps(make()))
    partials = {i: study.work(i) for i in reversed(range(study.count))}
    again = study.reduce([partials[i] for i in range(study.count)])
    alone = finished(run_study(study, executor=threads.one_by_one))
    if make is prefix:
        again, alone = again.ahead, alone.ahead
    assert same(again, alone)


def test_the_share_of_a_larger_whole_is_told():
    study = ablation()
    shares = [share for share, _ in run_study(study, lambda share: 0.5 + share / 2, threads.one_by_one)]
    assert shares == sorted(shares)
    assert (0.5 < shares[0] < 0.6, shares[-1]) == (True, 1.0)
    assert len(shares) == study.count * len(study.chosen)


def test_a_pickled_study_leaves_its_machines_behind():
    study = prefix()
    small = len(pickle.dumps(study))
    finished(run_study(study))
    assert len(pickle.dumps(study)) < small + 100, "more than names of layers that were looked up"
