"""A neuron's weights as a picture: of any layer that learns weights, and each cell a synapse's own number."""

import numpy as np
import pytest

from viz3d.findings.neuron import NeuronFacts
from viz3d.findings.weight_pictures import weight_pictures
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


def pictures(net, where):
    session = Session(UseNet(net), TakeDigit(4), "digits")
    facts = NeuronFacts.of(session.traced, where, top=0)
    return session.net, facts.reading, weight_pictures(session.traced, facts.reading)


def test_a_kernel_over_many_maps_is_shown_map_by_map():
    net, reading, (weights, products) = pictures("cnn-draw", "conv2:3,4,12")
    kernel = net.own_parameters("conv2")["weight"][..., 12]
    high, wide, maps = kernel.shape
    assert weights.shape == (4 * (high + 1) - 1, 5 * (wide + 1) - 1), "20 maps in a square"
    for k in range(maps):
        row, column = divmod(k, 5)
        tile = np.s_[row * (high + 1) :, column * (wide + 1) :]
        assert np.array_equal(weights[tile][:high, :wide].astype(np.float32), kernel[..., k])
    assert np.isnan(weights[high]).all(), "a line between the maps"
    assert np.nansum(products) == pytest.approx(reading.incoming_contributions.sum(), rel=1e-5)


def test_a_row_of_neurons_is_folded_in_order():
    net, reading, (weights, products) = pictures("mlp", "hidden2:17")
    column = net.own_parameters("hidden2")["weight"][:, 17]
    assert weights.shape == (23, 23)
    assert np.array_equal(weights.reshape(-1)[:512].astype(np.float32), column)
    assert np.isnan(weights.reshape(-1)[512:]).all()
    assert np.nansum(products) == pytest.approx(reading.incoming_contributions.sum(), rel=1e-5)


def test_a_neuron_of_a_token_shows_the_token_that_it_hears():
    net, _, (weights, _) = pictures("vit-tiny", "block1.hidden:3,5")
    column = net.own_parameters("block1.hidden")["weight"][:, 5]
    assert np.array_equal(weights.reshape(-1)[: len(column)].astype(np.float32), column)


@pytest.mark.parametrize(("net", "where"), [("cnn-draw", "pool1:3,3,3"), ("mlp", "input:3,4")])
def test_what_learns_no_weights_has_no_picture(net, where):
    assert pictures(net, where)[2] is None


def test_a_cut_synapse_leaves_its_cell_at_nothing_and_an_added_one_elsewhere_changes_no_cell():
    session = Session(UseNet("mlp"), TakeDigit(4), "digits")
    before = weight_pictures(session.traced, NeuronFacts.of(session.traced, "hidden2:17", top=0).reading)[0]
    session.run("cut hidden1:3 -> hidden2:17")
    session.run("add input:14,14 -> hidden2:17 0.5")
    after = weight_pictures(session.traced, NeuronFacts.of(session.traced, "hidden2:17", top=0).reading)[0]
    other = np.flatnonzero(np.nan_to_num(before) != np.nan_to_num(after))
    assert other.tolist() == [3]
