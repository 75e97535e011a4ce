"""Edits of synapses into tokens that overlap, in training: bundles that are added up the same."""

import numpy as np
import pytest
from fused_nets import passes

import engine
from engine.arrays import by_layer
from engine.blocks import LayerNorm
from engine.run.micro_batch import MicroBatch

CHAINS = {
    "block1.norm1": "set tokens:*,0-30 -> block1.norm1 0.2; scale tokens:2-9,20-50 -> block1.norm1:*,5-60 -2",
    "block2.norm1": "cut block1.residual2:4-7,* -> block2.norm1:*,2-18; "
    "scale block1.residual2:3-11,13-31 -> block2.norm1 2",
    "block1.scores": "set block1.query:0-9,0-40 -> block1.scores 0.2; "
    "scale block1.query:5-12,10-63 -> block1.scores:*,3-15,* 2",
    "block1.attention": "cut block1.value:3-9,* -> block1.attention; "
    "nudge block1.value:*,5-40 -> block1.attention:2-12,* 0.1",
}


@pytest.fixture(scope="module")
def net():
    return engine.preset("vit-tiny", np.random.default_rng(0))


@pytest.mark.parametrize("layer", CHAINS)
def test_edits_of_tokens_that_overlap_learn_what_they_learn_one_by_one(net, layer):
    edited, rng = net.mutate(CHAINS[layer]), np.random.default_rng(1)
    own = by_layer(edited.parameters)
    parts = MicroBatch(edited.layers, own, dict(edited.parameters), True, edited.overlay, True)
    assert layer in parts.overlay.added, "taken one by one"
    assert layer not in parts.overlay.links_apart
    x = rng.random((5, *edited.layers[0].shape)).astype(np.float32)
    grad = rng.normal(size=(5, 10)).astype(np.float32)
    _, expected, felt, plain = passes(
        edited.astype(np.float64), x.astype(float), grad.astype(float), lean=False, keep=True
    )
    for keep in (False, True):
        _, gradients, mine, machine = passes(edited, x, grad, lean=True, keep=keep)
        told = {"output": (machine.pre["output"], plain.pre["output"])}
        told |= {name: (gradients[name], array) for name, array in expected.items()}
        told |= {"input": (mine["input"], felt["input"])} if keep else {}
        for name, (found, wanted) in told.items():
            assert np.abs(found - wanted).max() <= 1e-4 * max(0.1, np.abs(wanted).max()), name


def test_a_row_of_which_all_synapses_are_cut_and_some_set_is_what_was_set(net):
    cut, some = "cut tokens:0-8,* -> block1.norm1", "set tokens:9-16,* -> block1.norm1:*,0-31 0.1"
    edited = net.mutate(f"{cut}; {some}; scale tokens -> block1.norm1 2")
    assert isinstance(edited.layer("block1.norm1").block, LayerNorm)
    x = np.random.default_rng(1).random((2, *edited.layers[0].shape)).astype(np.float32)
    grad = np.ones((2, 10), np.float32)
    sums = passes(edited, x, grad, lean=True, keep=True)[3].pre["block1.norm1"]
    plain = passes(edited, x, grad, lean=False, keep=True)[3].pre["block1.norm1"]
    assert np.abs(sums - plain).max() < 1e-4
    assert np.abs(sums[:, :9] - edited.parameters["block1.norm1.shift"]).max() < 1e-5
