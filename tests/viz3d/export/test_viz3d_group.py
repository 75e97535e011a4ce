"""What is told of a group of neurons: how active they are, and how the digit is read without them."""

import numpy as np
import pytest

from engine import EngineError
from viz3d.findings.group import GroupFacts
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


@pytest.fixture(scope="module")
def traced():
    return Session(UseNet("cnn-draw"), TakeDigit(4), "digits").traced


def test_a_map_is_told_by_its_neurons_alone(traced):
    facts = GroupFacts.of(traced, "conv1:map3")
    mine = traced.trace.activation["conv1"][..., 3].reshape(-1)
    layer = traced.trace.activation["conv1"]
    assert (facts.layer, len(facts.neurons), facts.of_all) == ("conv1", mine.size, layer.size)
    np.testing.assert_array_equal(facts.activation, mine)
    assert facts.firing == int((np.abs(mine) > 0.01 * np.abs(layer).max()).sum()) > 0
    number, value = facts.largest
    assert value == mine.max() == traced.trace.neurons[number]


def test_without_them_is_how_the_digit_is_read_with_all_of_them_silent(traced):
    facts = GroupFacts.of(traced, "hidden1:0-127")
    silent = traced.net.mutate("ablate hidden1:0-127").trace(traced.digit.image)
    np.testing.assert_array_equal(facts.without.trace.probabilities, silent.probabilities)
    told = facts.as_json()
    assert told["without"] == {"prediction": silent.prediction, "confidence": silent.confidence}
    assert told["neurons"] == 128
    assert told["largest"]["neuron"].startswith("hidden1:")


def test_a_group_that_is_not_there_is_an_error_of_one_line(traced):
    with pytest.raises(EngineError, match="hidden1 has"):
        GroupFacts.of(traced, "hidden1:250-999")
