"""Optimizers: each is PyTorch's, decay falls on weights alone, and averages are true means."""

import importlib.util
from dataclasses import replace

import numba
import numpy as np
import pytest
from project import GOLDEN

from engine import OPTIMIZERS, Conv, Dense, EngineError, Layer, Net, Recipe, evaluate, fit, preset, presets
from engine.files.description import from_json, to_json
from engine.text.build import initial_parameters
from engine.training import Trainer
from engine.training.optimizers import Average, Optimizer, penalty, pieces_of
from engine.training.schedules import schedule_factor

_spec = importlib.util.spec_from_file_location("make_optimizers", GOLDEN / "make_optimizers.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)

# How an optimizer may run: in float64, plain NumPy, compiled; and how near it must come.
MODES = {
    "float64": (np.float64, False, 1e-12),
    "numpy": (np.float32, False, 1e-5),
    "fast": (np.float32, True, 1e-5),
}
# The first 40 numbers decay, in two pieces; the rest, in two more, do not.
PIECES = (
    np.array([[0, 15], [15, 40], [40, 41], [41, 60]], np.int64),
    np.array([1, 1, 0, 0], np.float32),
)


def run(recipe: Recipe, mode: str, steps: int = 20) -> np.ndarray:
    dtype, fast, _ = MODES[mode]
    p = golden.start().astype(dtype)
    optimizer = Optimizer(recipe, p.size, p.dtype, PIECES, fast)
    rows = []
    for step in range(1, steps + 1):
        optimizer.step(p, golden.slope(p, step).astype(dtype), recipe.lr)
        rows.append(p.copy())
    return np.array(rows)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decay", golden.DECAYS)
@pytest.mark.parametrize("name", golden.OPTIMIZERS)
def test_twenty_steps_are_pytorchs(name, decay, mode):
    lr, momentum, _, _ = golden.OPTIMIZERS[name]
    found = run(Recipe(optimizer=name, lr=lr, momentum=momentum, l2=decay), mode)
    with np.load(GOLDEN / "optimizers.npz", allow_pickle=False) as file:
        expected = file[f"{name} {decay}"]
    # In float32 the first steps of those that divide by the root of a tiny square lose a digit or two.
    slack = MODES[mode][2] * (1 if mode == "float64" else 20)
    assert np.allclose(found[[step - 1 for step in golden.WATCHED]], expected, rtol=slack, atol=slack)


def test_every_optimizer_is_held_to_pytorch():
    assert set(golden.OPTIMIZERS) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("l1", [0.0, 0.05])
@pytest.mark.slow
def test_compiled_and_plain_updates_are_the_same(name, l1):
    recipe = Recipe().change(optimizer=name, l1=l1, l2=0.02, beta1=0.8, beta2=0.9, rho=0.7, eps=1e-3)
    assert np.allclose(run(recipe, "fast"), run(recipe, "numpy"), rtol=1e-4, atol=1e-5)
    assert not np.allclose(run(recipe, "numpy"), run(Recipe().change(optimizer=name), "numpy"), atol=1e-3)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "adamw"])
def test_decay_is_a_part_of_the_gradient(name):
    # The paper's own words for decay: train on loss + l1 |p| + l2 / 2 p^2.
    recipe = Recipe().change(optimizer=name, l1=0.03, l2=0.1)
    found = run(recipe, "float64", 3)
    p = golden.start()
    optimizer = Optimizer(replace(recipe, l1=0.0, l2=0.0), 60, p.dtype, PIECES)
    for step in (1, 2, 3):
        more = np.where(np.arange(60) < 40, 0.03 * np.sign(p) + 0.1 * p, 0)
        optimizer.step(p, golden.slope(p, step) + more, recipe.lr)
        assert np.allclose(p, found[step - 1], rtol=1e-12)


def test_adamw_takes_decay_past_its_running_means():
    # With no slope at all the weights shrink by lr (l2 p + l1 sign p) a step and the biases stay.
    p = golden.start()
    expected = p.copy()
    optimizer = Optimizer(Recipe(optimizer="adamw", lr=0.1, l1=0.01, l2=0.5), 60, p.dtype, PIECES)
    for _ in range(3):
        optimizer.step(p, np.zeros(60), 0.1)
        expected[:40] -= 0.1 * (0.5 * expected[:40] + 0.01 * np.sign(expected[:40]))
    assert np.allclose(p, expected, rtol=1e-12)


def small(**recipe) -> Net:
    layers = (
        Layer("input", "", (8, 8, 1)),
        Layer("conv1", "", (6, 6, 3), Conv(3, 3, 3), ("input",), "relu"),
        Layer("hidden1", "", (300,), Dense(300), ("conv1",), "relu"),
        Layer("output", "", (4,), Dense(4), ("hidden1",), "log-softmax"),
    )
    parameters = initial_parameters(layers, np.random.default_rng(0))
    return Net.of("test", "", layers, parameters, Recipe(**{"batch": 16, "epochs": 2, **recipe}))


def task(count: int = 70) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.random((count, 8, 8, 1)).astype(np.float32), rng.integers(0, 4, count)


@pytest.mark.parametrize("name", presets())
def test_pieces_cover_each_parameter_once_and_only_weights_decay(name):
    # Not a vision transformer's normalisations, nor its class token and positions.
    net = preset(name, np.random.default_rng(0))
    pieces, decayed = pieces_of(net)
    assert pieces[0, 0] == 0
    assert pieces[-1, 1] == net.parameter_count
    assert np.array_equal(pieces[1:, 0], pieces[:-1, 1])
    marks = np.concatenate([np.full(b - a, mark) for (a, b), mark in zip(pieces, decayed, strict=True)])
    for key, first in net.graph.parameter_offsets.items():
        part = marks[first : first + net.parameters[key].size]
        assert (part == key.endswith("weight")).all(), key


def test_penalty_is_the_sum_over_weights_alone():
    net = small()
    flat = np.concatenate([array.reshape(-1) for array in net.parameters.values()])
    weights = np.concatenate([a.reshape(-1) for name, a in net.parameters.items() if name.endswith("weight")])
    expected = 0.3 * np.abs(weights).sum() + 0.25 * np.square(weights).sum()
    assert penalty(Recipe(l1=0.3, l2=0.5), flat, pieces_of(net)) == pytest.approx(expected, rel=1e-5)
    assert penalty(Recipe(), flat, pieces_of(net)) == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.slow
def test_decay_makes_the_trained_weights_smaller_and_leaves_the_biases_free(optimizer):
    def size(**fields) -> tuple[float, float]:
        recipe = Recipe(batch=16, epochs=2).change(optimizer=optimizer, **fields)
        *_, last = fit(small(), *task(), rng=np.random.default_rng(1), recipe=recipe)
        arrays = last.snapshot().parameters
        return tuple(
            sum(float(np.square(a).sum()) for n, a in arrays.items() if n.endswith(end))
            for end in ("weight", "bias")
        )

    plain, decayed = size(), size(l2=1.0)
    assert decayed[0] < 0.999 * plain[0]
    # Biases do move otherwise, as the loss leads them, but nothing shrinks them.
    assert decayed[1] > 0.8 * plain[1]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_does_not_depend_on_threads(name, threads):
    if threads > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("one core only")
    rng = np.random.default_rng(2)
    p, g = (rng.standard_normal(40_000).astype(np.float32) for _ in range(2))
    pieces = np.array([[i, i + 8_000] for i in range(0, 40_000, 8_000)]), np.ones(5, np.float32)
    recipe = Recipe().change(optimizer=name, l1=0.01, l2=0.1)
    expected = p.copy()
    plain = Optimizer(recipe, p.size, p.dtype, pieces)
    fast = Optimizer(recipe, p.size, p.dtype, pieces, fast=True)
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        for _ in range(3):
            plain.step(expected, g, recipe.lr)
            fast.step(p, g, recipe.lr)
    finally:
        numba.set_num_threads(before)
    assert np.allclose(p, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_the_average_is_the_weighted_mean_of_all_weights_so_far(mode):
    dtype, fast, tolerance = MODES[mode]
    rows = np.random.default_rng(3).standard_normal((12, 60)).astype(dtype)
    average = Average(60, np.dtype(dtype), PIECES, fast)
    for count, row in enumerate(rows, 1):
        average.add(row, 0.7)
        shares = 0.7 ** np.arange(count)[::-1]
        assert np.allclose(average.value(), shares @ rows[:count] / shares.sum(), atol=10 * tolerance)


def test_snapshots_hold_the_average_and_training_goes_its_own_way():
    net = small(average=0.9)
    steps = list(fit(net, *task(), rng=np.random.default_rng(1), validation=task()))
    plain = list(fit(net, *task(), rng=np.random.default_rng(1), average=0.0))
    assert [step.loss for step in steps] == [step.loss for step in plain]
    rows = []
    for step in fit(net, *task(), rng=np.random.default_rng(1), average=0.0):
        rows.append(step.snapshot().parameters["hidden1.weight"])
    shares = 0.9 ** np.arange(len(rows))[::-1]
    expected = np.tensordot(shares / shares.sum(), np.array(rows), 1)
    averaged = steps[-1].snapshot()
    assert np.allclose(averaged.parameters["hidden1.weight"], expected, atol=1e-6)
    assert steps[-1].validation_accuracy == evaluate(averaged, *task()).accuracy
    assert averaged.recipe.average == 0.9


def test_a_snapshot_before_the_first_update_is_the_net_itself():
    net = small(average=0.9)
    found = Trainer(net, net.recipe).snapshot()
    assert all(np.array_equal(array, net.parameters[name]) for name, array in found.parameters.items())


def test_warm_up_rises_in_equal_steps_and_then_the_schedule_begins():
    recipe = Recipe(schedule="cosine", warmup=0.2)
    factors = [schedule_factor(recipe, step, 50) for step in range(50)]
    assert np.allclose(factors[:10], np.arange(1, 11) / 10)
    assert factors[10] == 1
    assert np.allclose(factors[10:], 0.5 * (1 + np.cos(np.pi * np.arange(40) / 40)))
    constant = [schedule_factor(Recipe(warmup=0.5), step, 4) for step in range(4)]
    assert constant == [0.5, 1, 1, 1]


def test_a_warm_up_of_less_than_a_step_is_none():
    assert schedule_factor(Recipe(warmup=0.001), 0, 10) == 1


def test_step_drops_the_rate_every_so_many_epochs():
    recipe = Recipe(schedule="step", step_every=2, step_factor=0.1, epochs=5)
    factors = [schedule_factor(recipe, step, 15) for step in range(15)]
    assert np.allclose(factors, [1] * 6 + [0.1] * 6 + [0.01] * 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"optimizer": "adamm"},
            "unknown optimizer 'adamm': known are sgd, momentum, nesterov, adagrad, windowgrad",
        ),
        ({"schedule": "linear"}, "unknown schedule 'linear': known are constant, step, cosine"),
        ({"l1": -1.0}, "l1 -1.0 must be a number, 0 or more"),
        ({"l2": float("nan")}, "l2 nan must be a number, 0 or more"),
        ({"warmup": 1.0}, "warmup 1.0 must be in 0..1, 1 excluded"),
        ({"average": 1.5}, "average 1.5 must be in 0..1"),
        ({"beta2": float("nan")}, "beta2 nan must be in 0..1"),
        ({"eps": 0.0}, "eps 0.0 must be a number above 0"),
        ({"step_every": 0}, "step_every 0 must be in 1..1,000,000,000"),
        (
            {"optimizer": "nesterov", "momentum": 0.0},
            "optimizer nesterov needs a momentum above 0, such as 0.9",
        ),
        ({"speed": 3}, "a recipe has no speed: it has loss, optimizer, lr, momentum"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(EngineError, match=message):
        Recipe().change(**change)


def test_another_optimizer_comes_with_its_usual_rate():
    recipe = preset("mlp", np.random.default_rng(0)).recipe
    assert recipe.change(optimizer="adadelta").lr == 1.0
    assert recipe.change(optimizer="nesterov").momentum == 0.9
    assert recipe.change(optimizer="sgd", lr=0.3).lr == 0.3
    assert recipe.change(optimizer="nesterov").change(optimizer="adam").momentum == 0
    # What is a gentle pull in adamw would crush every weight elsewhere.
    vit = preset("vit-tiny", np.random.default_rng(0)).recipe
    assert (vit.optimizer, vit.l2 > 0) == ("adamw", True)
    assert vit.change(optimizer="sgd").l2 == 0
    assert vit.change(optimizer="sgd", l2=1e-4).l2 == 1e-4
    assert recipe.change(l2=1e-4).change(optimizer="sgd").l2 == 1e-4
    # The same one again keeps the preset's own.
    assert recipe.change(lr=0.005).change(optimizer="adam").lr == 0.005


def test_files_from_before_a_field_was_added_still_load():
    description = to_json(small())
    description["recipe"] = {"loss": "nll", "optimizer": "sgd", "lr": 0.5, "momentum": 0.25, "batch": 8}
    assert from_json(description).recipe == Recipe(optimizer="sgd", lr=0.5, momentum=0.25, batch=8)
