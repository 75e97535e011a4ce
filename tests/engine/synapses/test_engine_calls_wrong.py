"""What a script gives the engine wrongly is told in one line."""

import numpy as np
import pytest

import engine
from engine import EngineError

RNG = np.random.default_rng
NET = engine.build("input 4 | dense 6 relu | dense 3 softmax", RNG(0))
IMAGES, LABELS = RNG(1).random((5, 4), np.float32), np.array([0, 1, 2, 1, 0])
PAIR = IMAGES, LABELS
GRID = np.zeros((2, 3))
EACH = "each is text such as 'neuron', got "
LAYERS = r"layers are several names, such as \['hidden1'\], got "
NEURONS = r"neurons are numbers 0..5, of hidden1, such as \[3, 17\], got "


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: engine.interpret(NET, IMAGES[0], layers=3), f"{LAYERS}3"),
        (lambda: engine.interpret(NET, IMAGES[0], layers="hidden1"), f"{LAYERS}'hidden1'"),
        (lambda: engine.statistics_of(NET, *PAIR, layers=3), f"{LAYERS}3"),
        (lambda: engine.statistics_of(NET, *PAIR, layers=[[3]]), r"has no layer \[3\]"),
        (lambda: next(engine.prune_until(NET, *PAIR, layers=[[3]])), r"has no layer \[3\]"),
        (
            lambda: engine.pictures(NET.trace(IMAGES[0]), batch=3),
            "batch is a pair .images, labels., or a data set, got 3",
        ),
        (lambda: engine.preset("mlp", RNG(0), shape=3), "a shape is the sizes of an input, .* got 3"),
        (lambda: next(engine.lesion(NET, "hidden1", *PAIR, RNG(0), orders=None)), "orders is a whole number"),
        (lambda: next(engine.lesion(NET, "hidden1", *PAIR, RNG(0), points=0)), "points is a whole number"),
        (lambda: next(engine.lesion(NET, "hidden1", *PAIR, RNG(0), each=["neuron"])), EACH),
        (lambda: next(engine.ablate_each(NET, "hidden1", *PAIR, each=GRID)), EACH),
        (lambda: next(engine.ablate_each(NET, "hidden1", *PAIR, neurons=[])), NEURONS),
        (lambda: engine.survey(NET, "hidden1", *PAIR, neurons=3), f"{NEURONS}3"),
        (lambda: engine.survey(NET, "hidden1", *PAIR, neurons=[]), NEURONS),
        (lambda: engine.survey(NET, "hidden1", *PAIR, neurons=[6]), NEURONS),
        (lambda: engine.survey(NET, "hidden1", *PAIR, neurons=[[1], [2, 3]]), NEURONS),
        (lambda: engine.units_of(NET, "hidden1", GRID), EACH),
        (lambda: engine.units_of(None, "hidden1", "neuron"), "a net is needed"),
        (lambda: engine.write_unit(None, "hidden1", "neuron", 3), "a net is needed"),
        (lambda: engine.write_unit(NET, "hidden1", "neuron", "3"), "the number of a neuron is a whole"),
        (lambda: engine.sharers(None, "hidden1.weight:3,4"), "a net is needed"),
        (lambda: engine.sharers(NET, None), "a parameter's address is text such as"),
        (lambda: engine.evaluate(NET, *PAIR, compiled=GRID), "compiled is True, False or None, got array"),
        (lambda: engine.rescaled(3, 0.5, 0.5), "a net is needed"),
        (
            lambda: next(engine.evolve(NET, PAIR, PAIR, RNG(0), generations="3")),
            "1 generation or more, got '3'",
        ),
        (lambda: next(engine.evolve(NET, PAIR, PAIR, RNG(0), crossing="x")), "crossing 'x': give a number"),
        (lambda: NET.replace(3), "parameters are arrays by name, .* got 3"),
        (
            lambda: NET.replace({**NET.parameters, "output.bias": 3}),
            r"output.bias must be an array \(3,\), got 3",
        ),
        (lambda: NET.replace(recipe={}), "a recipe is needed"),
        (lambda: NET.replace(provenance=3), "provenance is values by name, .* got 3"),
        (lambda: NET.own_parameters([]), r"has no layer \[\]"),
    ],
)
def test_what_a_call_is_given_wrongly_is_told_in_a_line(call, said):
    with pytest.raises(EngineError, match=said) as refused:
        call()
    assert "\n" not in str(refused.value)
