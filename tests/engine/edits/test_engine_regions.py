"""Neurons that an edit names: a box is worked on as such, and any others by their flat indices."""

import pickle
from contextlib import suppress
from itertools import product

import numpy as np
import pytest

import data
import engine
from engine.graph import address
from engine.graph.region import Region

RNG = np.random.default_rng(0)
SHAPES = ((7,), (5, 4), (4, 3, 2))


def boxes(shape, count=40):
    """Boxes by chance, and the flat indices of each."""
    for _ in range(count):
        box = [tuple(sorted(RNG.integers(length, size=2).tolist())) for length in shape]
        chosen = np.zeros(shape, bool)
        chosen[tuple(slice(first, last + 1) for first, last in box)] = True
        yield box, np.flatnonzero(chosen)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_box_and_its_flat_indices_are_the_same_region(shape):
    for box, flat in boxes(shape):
        for region in (
            Region(shape, box),
            Region(shape, flat),
            pickle.loads(pickle.dumps(Region(shape, box))),
        ):
            assert len(region) == len(flat)
            assert region.flat.tolist() == flat.tolist()
            assert region.box == box
            assert region.whole == (len(flat) == np.prod(shape))
            assert region.same(Region(shape, flat))
            assert region.same(Region(shape, box))
            values = RNG.random((3, *shape))
            for given in (values, values.reshape(3, -1)):
                mine, at = region.at(given)
                assert np.array_equal(mine[at].reshape(3, -1), given.reshape(3, -1)[:, flat])
                assert np.shares_memory(mine, given)


@pytest.mark.parametrize("shape", SHAPES)
def test_indices_that_are_no_box_are_told_from_one(shape):
    size = int(np.prod(shape))
    known = {tuple(flat.tolist()) for _, flat in boxes(shape, 3000)}
    for _ in range(300):
        flat = np.sort(RNG.choice(size, RNG.integers(1, size + 1), replace=False))
        region = Region(shape, flat)
        assert (region.box is not None) == (tuple(flat.tolist()) in known)
        mine, at = region.at(values := RNG.random((2, *shape)))
        assert np.array_equal(mine[at].reshape(2, -1), values.reshape(2, -1)[:, flat])
        assert np.shares_memory(mine, values)
        assert not region.same(Region(shape, np.append(flat[:-1], flat[-1] + 1)))


@pytest.mark.parametrize(
    "text",
    [
        "clamp input:3-9,4-20 0.5",
        "shift hidden1:3-9 0.5",
        "scale input:3-9,4-20 -> hidden1:5-60 2",
        "nudge hidden3:4 -> output:3-5 0.1",
        "cut input -> hidden1:3-80",
        "set hidden1 -> hidden2 0.01",
    ],
)
def test_an_edit_of_a_range_is_worked_out_without_an_index_of_each_neuron(text, monkeypatch):
    # Lost otherwise: a range that is named for the first time takes a tenth more of a trace.
    net = engine.load(data.model_path("mlp"))
    base = net.trace(data.load("digits").images[4])
    net.graph.named.clear()
    monkeypatch.delattr(Region, "flat")
    edited = net.mutate(text)
    assert edited.trace(data.load("digits").images[4], base=base).net is edited
    assert not any("flat" in region.__dict__ for _, region in net.graph.named.values())


def test_few_synapses_that_are_named_together_are_told_apart_when_others_are_edited():
    net = engine.load(data.model_path("mlp"))
    image = data.load("digits").images[4]
    told = "scale hidden3:4 -> output:3-5 2; {}; cut hidden3:4 -> output:4; nudge hidden3:4 -> output:3-5 0.5"
    for more in (
        "set hidden3:4 -> output:5 1",
        "scale hidden3 -> output 0.5",
        "scale hidden3:4 -> output:3-5 3",
    ):
        together = net.mutate(told.format(more))
        each = net
        for edit in together.edits:
            starts, ends = (address.neurons(net.graph, end) for end in address.ends(edit.where))
            value = "" if edit.value is None else f" {edit.value}"
            for start, end in product(starts.tolist(), ends.tolist()):
                pair = f"{address.write(net.graph, start)} -> {address.write(net.graph, end)}"
                with suppress(engine.EngineError):  # of what is cut nothing is left to edit
                    each = each.mutate(f"{edit.verb} {pair}{value}")
        assert together.edge_count == each.edge_count == net.edge_count - 1
        both = (made.trace(image).activation["output"] for made in (together, each))
        assert np.allclose(*both, rtol=1e-5, atol=1e-6)
