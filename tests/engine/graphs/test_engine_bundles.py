"""Synapses that are edited alike are taken together, and each is as if it had been edited alone."""

import numpy as np
import pytest
from image_nets import stack

import engine
from engine import Conv, Dense, EngineError, MaxPool, Net
from engine.run import Machine

NETS = {
    "row": stack((3, 4, 1), [Dense(6), Dense(5)], "tanh"),
    "maps": stack((6, 6, 2), [Conv(3, 3, 3), MaxPool(2, 1), Conv(2, 2, 2, padding="same")], "tanh"),
    "strided": stack((8, 8, 2), [Conv(3, 2, 2, 3), Dense(4)], "tanh"),
    "one": stack((4, 4, 3), [Conv(1, 1, 1)], "tanh"),
    "padded": stack((4, 4, 1), [Conv(3, 3, 3, 1, 1), MaxPool(2)], "tanh"),
    "framed": stack((7, 7, 1), [Conv(3, 3, 3, 2, 1), MaxPool(3, 1, 1)], "tanh"),
    "normed": engine.build(
        "input 4x4 | patches 2 4 | transformer 2 heads mlp 6 | head 3 softmax", np.random.default_rng(0)
    ).astype(np.float64),
}

ALIKE = {
    "fans side by side": ("row", "cut input:0,0 -> dense0; cut input:0,1 -> dense0; cut input:2,3 -> dense0"),
    "a fan nudged": ("row", "nudge input:0,0 -> dense0 0.4; nudge dense0:2 -> dense1 -0.3"),
    "fans into some": (
        "row",
        "scale input -> dense0:1 2; scale input -> dense0:4 2; nudge input -> dense0:2 1",
    ),
    "fans of other strengths": ("row", "scale input -> dense0:1 2; scale input -> dense0:2 3"),
    "fans that cross": (
        "row",
        "scale input:0,0 -> dense0 2; scale input -> dense0:3 2; cut input:0,0 -> dense0",
    ),
    "ranges that overlap": ("row", "cut input:0-1,* -> dense0; scale input:1-2,1 -> dense0 2"),
    "blocks of a matrix": ("row", "nudge input:0-1,* -> dense0:2-4 0.3; scale input:0-1,* -> dense0:2-4 -2"),
    "one ahead of all": (
        "row",
        "cut dense0:1 -> dense1:2; scale dense0 -> dense1 2; nudge dense0 -> dense1 1",
    ),
    "one ahead of a fan": (
        "row",
        "scale dense0:1 -> dense1 2; set dense0:2 -> dense1:2 7; scale dense0:2 -> dense1 2",
    ),
    "one after all": (
        "row",
        "scale dense0 -> dense1 2; cut dense0:1 -> dense1:2; nudge dense0 -> dense1 0.5; "
        "set dense0:3 -> dense1:0 0.7; scale dense0 -> dense1 -1",
    ),
    "all that is left of none": (
        "row",
        "cut input -> dense0; add input:1,1 -> dense0:2 0.5; nudge input -> dense0 2",
    ),
    "ranges alike that overlap": ("row", "scale input:0-1,0 -> dense0 2; scale input:1-2,0 -> dense0 2"),
    "ranges alike into others": ("row", "scale input:0,0 -> dense0:0-3 2; scale input:0,1 -> dense0:2-5 2"),
    "others into ranges alike": ("row", "scale input:0,* -> dense0:0-2 2; scale input:1,* -> dense0:3-5 2"),
    "added to none": ("row", "cut input -> dense0; add input:1,1 -> dense0:2 0.5; scale input -> dense0 2"),
    "one beside a range": (
        "row",
        "scale input:0-1,* -> dense0 3; cut input:2,2 -> dense0:2; nudge input:2,1 -> dense0:1 1",
    ),
    "added from afar": ("row", "scale dense0 -> dense1 2; add input:1,1 -> dense1:0 0.4"),
    "kernels": ("maps", "nudge max-pool1 -> conv2 0.2; cut max-pool1:1,1,1 -> conv2:1,1,0"),
    "kernels here and there": ("maps", "scale input -> conv0:1,1,0 2; nudge input -> conv0:2,3,1 0.5"),
    "one of a kernel": ("maps", "scale input -> conv0:1-2,1,0 -2"),
    "one map": (
        "one",
        "scale input -> conv0:0,0,0 2; cut input:0,0,1 -> conv0:0,0,0; scale input -> conv0:0,0,0 3",
    ),
    "maps cut off": ("maps", "cut input:map1 -> conv0; cut conv0:map2 -> max-pool1"),
    "a window without a cell": ("maps", "cut conv0:0-1,0-1,0 -> max-pool1"),
    "some cells of a map": ("maps", "scale conv0:0-1,0,0 -> max-pool1 0.5; cut conv0:2,1,1 -> max-pool1"),
    "windows": (
        "maps",
        "scale conv0 -> max-pool1 -2; cut conv0:1,1,0 -> max-pool1:1,1,0; nudge conv0 -> max-pool1 1",
    ),
    "cells of a window": ("maps", "cut conv0:0,0,1 -> max-pool1:0,0,1; cut conv0:0,1,1 -> max-pool1:0,0,1"),
    "a window of its own": (
        "maps",
        "nudge conv0 -> max-pool1:1,1,1 -3; set conv0:1,1,1 -> max-pool1:1,1,1 2",
    ),
    "tokens that nobody reads": ("normed", "cut tokens -> block1.norm1:1-2,*"),
    "tokens alike": (
        "normed",
        "scale block1.norm1 -> block1.query 2; nudge block1.norm1 -> block1.value:1,* 0.3; "
        "scale block1.norm2 -> block1.hidden:0-2,* -0.5; cut block1.norm2:1,1 -> block1.hidden:1,2",
    ),
    "rows of a normalisation": (
        "normed",
        "scale block1.residual1 -> block1.norm2:1-2,* 2; nudge block1.residual1 -> block1.norm2:1-2,* 0.3; "
        "cut block1.residual1:1,1 -> block1.norm2:1,2; set tokens -> block1.norm1 0.2",
    ),
    "residual steps": (
        "normed",
        "cut block1.hidden -> block1.residual2; scale block1.attention -> block1.residual1 -2; "
        "nudge block1.attention -> block1.residual1 0.3",
    ),
    "some of a residual step, what it adds, and from afar": (
        "normed",
        "scale block1.hidden -> block1.residual2:0-1,* 2; cut block1.hidden:1,2 -> block1.residual2:1,1; "
        "scale block1.residual1 -> block1.residual2 0.5; add tokens:0,1 -> block1.residual2:1,0 0.7",
    ),
    "attention": (
        "normed",
        "scale block1.query -> block1.scores 2; scale block1.value -> block1.attention:1-2,* -0.5; "
        "cut block1.query:1,1 -> block1.scores:0,1,2",
    ),
    "attention that is cut": (
        "normed",
        "cut block1.query -> block1.scores; cut block1.value -> block1.attention:*,0-1; "
        "set block1.value:2,3 -> block1.attention:1,3 0.3; add tokens:0,1 -> block1.scores:1,0,1 0.7",
    ),
    "some tokens": (
        "normed",
        "cut tokens:1-2,* -> block1.norm1; scale block1.hidden:3,* -> block1.residual2 2; "
        "cut block1.norm1:1,* -> block1.query; nudge block1.norm1:4,* -> block1.key:3-4,1-2 0.3; "
        "scale block1.residual1:0,* -> block1.norm2:0,* -2; set block1.attention:2,1 -> block1.residual1 1",
    ),
    "a token, after a synapse was added from it to another": (
        "normed",
        "add tokens:0,1 -> block1.norm1:2,0 0.7; scale tokens:0,* -> block1.norm1 2; "
        "scale block1.residual1:1,* -> block1.norm2 2; add block1.residual1:0,1 -> block1.norm2:2,0 0.7; "
        "scale block1.residual1:0,* -> block1.norm2 2",
    ),
    "a token, after a synapse was added to it from another": (
        "normed",
        "add tokens:2,1 -> block1.norm1:0,0 0.7; cut tokens:0,* -> block1.norm1; "
        "add block1.value:0,3 -> block1.attention:1,0 0.7; cut block1.value:*,0-1 -> block1.attention; "
        "scale block1.hidden -> block1.residual2 2",
    ),
    "a head": (
        "normed",
        "cut block1.value:*,0-1 -> block1.attention; scale block1.query:1-2,2-3 -> block1.scores 2; "
        "scale block1.query:1,2-3 -> block1.scores:1,1,2 3; scale block1.value:*,2-3 -> block1.attention 3",
    ),
    "attention that is set once it is scaled": (
        "normed",
        "scale block1.query -> block1.scores 2; nudge block1.query -> block1.scores 0.2; "
        "set block1.value -> block1.attention 0.3; scale block1.value -> block1.attention 2",
    ),
    "columns of a normalisation": (
        "normed",
        "cut tokens:*,0-1 -> block1.norm1; nudge block1.residual1:0-2,1-3 -> block1.norm2:*,0-2 0.3; "
        "scale block1.residual1:0-2,1-3 -> block1.norm2:*,0-2 2; "
        "cut block1.residual1:0,1 -> block1.norm2:0,2",
    ),
    "columns of tokens": (
        "normed",
        "scale block1.norm1:*,0-1 -> block1.query 2; nudge block1.norm1:1-3,1-2 -> block1.key:0-2,0-2 0.3; "
        "scale block1.hidden:2-4,1-3 -> block1.residual2:*,1-2 -0.5; cut block1.norm2:*,2 -> block1.hidden",
    ),
    "attention that is nudged and set": (
        "normed",
        "nudge block1.query -> block1.scores:0,0-1,1-3 0.3; set block1.value:*,2-3 -> block1.attention 0.2; "
        "scale block1.value:*,2-3 -> block1.attention 2; set block1.value:1,2 -> block1.attention:0,2 1",
    ),
    "some tokens that are looked at, some features": (
        "normed",
        "cut block1.value:1-3,* -> block1.attention:0-2,1-3; nudge block1.query:*,1-2 -> block1.scores 0.4; "
        "scale block1.query:*,1-2 -> block1.scores 2",
    ),
    "boxes": (
        "maps",
        "nudge input:1-4,2-5,0 -> conv0:0-2,1-3,1-2 0.4; scale input:1-4,2-5,0 -> conv0:0-2,1-3,1-2 2; "
        "scale conv0:1-2,0-2,0-1 -> max-pool1:0-1,1-2,* -2; cut max-pool1:0-1,1-2,1-2 -> conv2:0-1,*,0",
    ),
    "windows of maps": ("maps", "scale conv0:map1 -> max-pool1:0-1,*,1 2; cut conv0 -> max-pool1:1,1,2"),
    "a far corner": ("framed", "scale conv0:2-3,1-3,0 -> max-pool1:2-3,2-3,0 -2"),
    "boxes at the edge": (
        "framed",
        "scale input:0-3,1-6 -> conv0:0-2,0-3,* 2; set input:1,1 -> conv0:0,1,1 1; "
        "cut conv0:0-1,0-2,1-2 -> max-pool1:0-1,0-1,0-1",
    ),
    "boxes side by side that are none together": (
        "maps",
        "scale input:0,0,0 -> conv0:0-1,*,* 2; scale input:0,2,0 -> conv0:0-1,*,* 2; "
        "scale input:0,4,0 -> conv0:0-1,*,* 2; scale input:1,1,0 -> conv0:0-1,*,* 2",
    ),
    "strides": ("strided", "scale input -> conv0 2; cut input:0,0,1 -> conv0; nudge conv0 -> dense1 0.1"),
    "padding": (
        "padded",
        "scale input -> conv0 2; nudge input:1,1 -> conv0 1; scale conv0 -> max-pool1:map1 2",
    ),
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Bundles in small nets too."""
    monkeypatch.setattr("engine.edits.synapses.bundling.FEW", 2)


def alone(net: Net, text: str, monkeypatch) -> Net:
    """The net with the same edits, each synapse by itself."""
    with monkeypatch.context() as patch:
        patch.setattr("engine.edits.compile.bundle_of", lambda *_: None)
        return net.mutate(text)


def passed(net: Net, x: np.ndarray, grad: np.ndarray) -> dict[str, np.ndarray]:
    gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
    machine = Machine(net.layers, net.parameters, len(x), gradients=gradients, overlay=net.overlay)
    machine.forward(-x)  # what was read before does not show
    out = machine.forward(x)
    felt = machine.backward(grad, keep=True)
    return {"out": out, **gradients, **{f"by {name}": array for name, array in felt.items()}}


@pytest.mark.parametrize(("kind", "text"), ALIKE.values(), ids=ALIKE)
def test_a_bundle_is_as_if_each_of_its_synapses_had_been_edited(kind, text, monkeypatch):
    rng = np.random.default_rng(1)
    net, each = NETS[kind].mutate(text), alone(NETS[kind], text, monkeypatch)
    assert net.overlay.bundles
    assert not each.overlay.bundles
    x = rng.standard_normal((5, *net.layers[0].shape))
    ours, theirs = (passed(of, x, np.ones((5, 3))) for of in (net, each))
    for name, array in theirs.items():
        np.testing.assert_allclose(ours[name], array, atol=1e-9, err_msg=name)
    trace = net.trace(x[0], base=NETS[kind].trace(x[0]))
    for name, sums in each.trace(x[0]).pre.items():
        np.testing.assert_allclose(trace.pre[name], sums, atol=1e-9, err_msg=name)
    undone = NETS[kind].trace(x[0], base=net.trace(x[0]))
    for name, sums in NETS[kind].trace(x[0]).pre.items():
        np.testing.assert_allclose(undone.pre[name], sums, atol=1e-9, err_msg=name)
    slopes, known_slopes = (engine.lead_gradient(of.trace(x[0])) for of in (net, each))
    for name, array in known_slopes.items():
        np.testing.assert_allclose(slopes[name], array, atol=1e-9, err_msg=name)
    assert dict(zip(net.connections, net.synapse_counts, strict=True)) == dict(
        zip(each.connections, each.synapse_counts, strict=True)
    )
    for pair in each.connections:
        values, known_values = (engine.strongest(of.trace(x[0]), 9, *pair)[1] for of in (net, each))
        np.testing.assert_allclose(values, known_values, atol=1e-6)
        told, known = net.synapses(*pair), each.synapses(*pair)
        np.testing.assert_array_equal(told.source, known.source)
        np.testing.assert_array_equal(told.target, known.target)
        np.testing.assert_array_equal(told.parameter, known.parameter)
        np.testing.assert_array_equal(told.gate, known.gate)
        np.testing.assert_allclose(told.weight, known.weight, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("strided", "cut input:2,2,0 -> conv0"),
        ("maps", "scale conv0:0,0,0 -> max-pool1:0,0,1 2"),
        ("maps", "scale conv0:*,*,0-1 -> max-pool1:*,*,2 2"),
        ("maps", "cut input:0-1,*,* -> conv0:2-3,*,*"),
        ("normed", "cut tokens:0-1,1-2 -> block1.norm1:2-3,*"),
        ("normed", "nudge block1.value:*,0 -> block1.attention:1-2,1-3 2"),
        ("maps", "cut conv0:0,0,0 -> max-pool1:2,2,0"),
        ("maps", "scale conv0:0,* -> max-pool1 2; cut conv0 -> max-pool1; set conv0:map2 -> max-pool1 1"),
        ("row", "cut input -> dense0:1; cut input -> dense0:1"),
        ("row", "cut input -> dense0:1; cut input -> dense0:2; cut input -> dense0:1-2"),
        ("row", "cut input:0,0 -> dense0; cut input:0,0 -> dense0:0-3"),
        ("row", "cut input -> dense0; scale input:0,0 -> dense0 2"),
        (
            "row",
            "cut dense0 -> dense1; add dense0:1 -> dense1:1 2; cut dense0 -> dense1; cut dense0 -> dense1",
        ),
    ],
)
def test_what_is_not_there_cannot_be_edited_together_either(kind, text, monkeypatch):
    for make in (NETS[kind].mutate, lambda told: alone(NETS[kind], told, monkeypatch)):
        with pytest.raises(EngineError, match="there is no such synapse: add it first"):
            make(text)


def test_a_bias_learns_what_it_feels_however_large_its_weights_were_made():
    # Lost otherwise: all digits of its gradient, in what a weight's share of it is rounded to.
    x = np.random.default_rng(1).standard_normal((5, 3, 4, 1)) * 1e-6
    net = NETS["row"].replace({**NETS["row"].parameters, "dense0.bias": np.zeros(6)})
    found, exact = (
        passed(
            net.astype(dtype).mutate("scale input -> dense0:1-4 1e6"), x.astype(dtype), np.ones((5, 3), dtype)
        )
        for dtype in (np.float32, np.float64)
    )
    assert np.abs(exact["dense0.bias"]).max() > 0.1
    np.testing.assert_allclose(found["dense0.bias"], exact["dense0.bias"], atol=1e-4)


def test_fans_cut_one_after_the_other_are_one_bundle():
    net = NETS["row"]
    for place in range(4):
        net = net.mutate(f"cut input:1,{place} -> dense0")
    assert list(net.overlay.bundles["dense0"].starts.flat) == [4, 5, 6, 7]
    assert not net.overlay.links_apart
    for row in (0, 2):
        net = net.mutate(f"cut input:{row},* -> dense0")
    assert net.overlay.bundles["dense0"].starts is None


def test_the_net_before_keeps_its_bundle_when_one_synapse_of_it_is_edited():
    before = NETS["row"].mutate("scale dense0 -> dense1 2")
    image = np.random.default_rng(0).random((3, 4, 1))
    sums = before.trace(image).pre["dense1"].copy()
    after = before.mutate("cut dense0:1 -> dense1:1; scale dense0 -> dense1 3")
    assert (after.trace(image).pre["dense1"] != sums).all()
    np.testing.assert_array_equal(before.trace(image).pre["dense1"], sums)
