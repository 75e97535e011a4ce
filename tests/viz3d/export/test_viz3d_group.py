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


@pytest.mark.parametrize("where", ["conv1:map3", "conv2:map7", "pool2:map0"])
def test_a_map_has_a_picture_of_itself_and_of_the_kernel_that_finds_it(traced, where):
    # Lost otherwise: of a map that decides, two numbers.
    facts = GroupFacts.of(traced, where)
    layer, number = where.split(":map")
    seen, *kernels = facts.strips
    assert facts.kind == "map"
    np.testing.assert_array_equal(seen.values, traced.trace.activation[layer][..., int(number)])
    if layer.startswith("pool"):
        assert not kernels, "what pools has learned nothing"
        return
    kernel = traced.net.parameters[f"{layer}.weight"][..., int(number)]
    assert (kernels[0].low, kernels[0].high) == (kernel.min(), kernel.max())
    high, wide, _ = kernel.shape
    np.testing.assert_array_equal(kernels[0].values[:high, :wide], kernel[..., 0])


def test_a_head_has_a_picture_of_what_its_tokens_look_at_and_others_have_none(traced):
    small = Session(UseNet("vit-tiny"), TakeDigit(4), "digits").traced
    looks = small.trace.activation["block2.scores"][1]
    for where in ("block2.attention:head1", "block2.scores:head1"):
        facts = GroupFacts.of(small, where)
        (seen,) = facts.strips
        assert (facts.kind, seen.ramp) == ("head", "attend")
        np.testing.assert_array_equal(seen.values, looks)
    for where in ("conv1:0,0,0-2", "hidden1:0-15", "conv1"):
        assert (GroupFacts.of(traced, where).kind, GroupFacts.of(traced, where).strips) == ("", ())
