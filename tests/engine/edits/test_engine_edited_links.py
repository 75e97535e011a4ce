"""Synapses whose weights follow from the input are edited one by one: normalisations, maxima, attention."""

import numpy as np
import pytest
from edit_nets import image, nets
from finite_differences import slopes
from image_nets import stack

from engine import Conv, EngineError, LocalNorm, Net, interpret
from engine.graph import address
from engine.run import Machine

NETS = nets()
NORMS, TOKENS = NETS["norms"], NETS["tokens"]

# Several edits of one row and of several kinds, so that each feels the others.
MIXED = {
    "layer norm": (
        TOKENS,
        """cut tokens:1,0 -> block1.norm1:1,2
        set tokens:1,3 -> block1.norm1:1,3 0.9
        scale tokens:1,0 -> block1.norm1:1,0 -1.6
        nudge tokens:1,1 -> block1.norm1:1,2 0.4
        scale block1.residual1:0,1 -> block1.norm2:0,2 3
        add input:1,1,0 -> block1.norm1:1,2 0.7
        add tokens:2,2 -> block1.norm1:1,1 0.6
        add block1.norm1:1,2 -> block1.norm2:0,0 -0.8""",
    ),
    "layer norm of maps": (
        NORMS,
        """cut maxout2:1,1,0 -> layer-norm3:1,1,0
        scale maxout2:1,1,0 -> layer-norm3:1,1,1 2.5
        set maxout2:0,2,1 -> layer-norm3:0,2,2 -0.9
        nudge maxout2:0,2,1 -> layer-norm3:0,2,1 0.4""",
    ),
    "lrn": (
        NORMS,
        """cut conv0:1,1,0 -> lrn1:1,1,0
        scale conv0:1,1,1 -> lrn1:1,1,1 2.5
        set conv0:1,1,2 -> lrn1:1,1,2 -0.9
        set conv0:1,1,2 -> lrn1:1,1,3 0.8
        nudge conv0:0,2,3 -> lrn1:0,2,3 0.4
        cut conv0:2,2,0 -> lrn1:2,2,1
        scale conv0:2,2,5 -> lrn1:2,2,5 -2
        add input:0,0,0 -> lrn1:1,1,1 0.5""",
    ),
    "maxout": (
        NORMS,
        """cut lrn1:1,1,0 -> maxout2:1,1,0
        cut lrn1:2,2,4 -> maxout2:2,2,2
        cut lrn1:2,2,5 -> maxout2:2,2,2
        scale lrn1:0,0,2 -> maxout2:0,0,1 -3
        nudge lrn1:2,1,5 -> maxout2:2,1,2 2
        set lrn1:2,1,4 -> maxout2:2,1,2 -0.5""",
    ),
    "attention": (
        TOKENS,
        """set block1.value:1,2 -> block1.attention:0,2 0.9
        nudge block1.value:2,2 -> block1.attention:0,2 -0.4
        scale block1.value:0,1 -> block1.attention:3,1 2
        set block1.query:0,1 -> block1.scores:0,0,3 0.7
        nudge block1.query:2,0 -> block1.scores:0,2,1 0.5
        cut block1.query:1,3 -> block1.scores:1,1,1
        add tokens:0,1 -> block1.attention:0,2 0.3
        add tokens:0,1 -> block1.scores:0,0,3 0.3""",
    ),
}


def flat(net: Net, where: str) -> tuple[str, int]:
    """A neuron's layer, and its flat index there."""
    name = where.partition(":")[0]
    return name, address.neuron(net.graph, where) - net.offset(name)


def weight(net: Net, where: str, trace=None) -> tuple[float, int]:
    """A synapse's weight and its gate, as the view has them."""
    source, target = where.split(" -> ")
    into = net.synapses_into(*flat(net, target), trace)
    mine = np.flatnonzero(into.source == address.neuron(net.graph, source))
    assert len(mine) == 1
    return float(into.weight[mine[0]]), int(into.gate[mine[0]])


def sums(net: Net, layer: str, x: np.ndarray) -> np.ndarray:
    return net.trace(x).pre[layer].reshape(-1)


@pytest.mark.parametrize("kind", MIXED)
def test_gradients_are_slopes_of_edited_links_and_of_all_that_their_weights_follow_from(kind):
    net, edits = MIXED[kind]
    net = net.mutate(edits)
    rng = np.random.default_rng(6)
    x = rng.standard_normal((2, *net.layers[0].shape))
    grad = rng.standard_normal((2, *net.layers[-1].shape))
    parameters = {name: array.copy() for name, array in net.parameters.items()}
    gradients = {name: np.zeros_like(array) for name, array in parameters.items()}
    machine = Machine(net.layers, parameters, 2, gradients=gradients, overlay=net.overlay)

    def value() -> float:
        machine.forward(x)
        return float((machine.pre["output"] * grad).sum())

    value()
    found = {"x": machine.backward(grad.copy(), keep=True)["input"].copy(), **gradients}
    found = {name: array.copy() for name, array in found.items()}
    for name, slope in slopes(value, {"x": x, **parameters}).items():
        assert np.allclose(found[name], slope, rtol=1e-6, atol=1e-7), name


@pytest.mark.parametrize("kind", MIXED)
def test_compiled_loops_find_the_same_sums_and_gradients(kind):
    net, edits = MIXED[kind]
    net = net.mutate(edits).astype(np.float32)
    rng = np.random.default_rng(1)
    x = rng.random((5, *net.layers[0].shape), np.float32)
    grad = rng.standard_normal((5, *net.layers[-1].shape)).astype(np.float32)
    found = []
    for fast in (False, True):
        gradients = {name: np.zeros_like(array) for name, array in net.parameters.items()}
        machine = Machine(net.layers, net.parameters, 5, gradients=gradients, fast=fast, overlay=net.overlay)
        out = machine.forward(x).copy()
        found.append([out, *machine.backward(grad.copy(), keep=True).values(), *gradients.values()])
    for plain, compiled in zip(*found, strict=True):
        assert np.allclose(plain, compiled, rtol=1e-3, atol=1e-4 * max(np.abs(plain).max(), 1))


@pytest.mark.parametrize("kind", MIXED)
def test_neurons_that_fire_one_by_one_agree(kind):
    net, edits = MIXED[kind]
    changed = net.mutate(edits)
    trace, firing = changed.trace(image(net)), interpret(changed, image(net))
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    assert pre == pytest.approx(firing.pre, abs=1e-10)
    assert not np.allclose(trace.pre["output"], net.trace(image(net)).pre["output"], atol=1e-3)


@pytest.mark.parametrize("kind", MIXED)
def test_a_trace_built_on_another_is_the_same_to_the_last_bit(kind):
    net, edits = MIXED[kind]
    changed = net.mutate(edits)
    first = net.layers[1].name
    for before, after in ((net, changed), (changed, net), (changed, changed.mutate(f"clamp {first}:1 2"))):
        plain, quick = (after.trace(image(net), base=base) for base in (None, before.trace(image(net))))
        assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)


@pytest.mark.parametrize(
    ("net", "link"),
    [
        (TOKENS, "tokens:2,1 -> block1.norm1:2,1"),
        (TOKENS, "tokens:2,3 -> block1.norm1:2,1"),
        (NORMS, "conv0:1,2,3 -> lrn1:1,2,3"),
        (NORMS, "conv0:1,2,2 -> lrn1:1,2,3"),
        (TOKENS, "block1.query:1,2 -> block1.scores:1,1,3"),
        (TOKENS, "block1.value:1,2 -> block1.attention:2,2"),
    ],
)
@pytest.mark.parametrize(
    ("verb", "after"), [("cut", 0), ("scale {} 2.5", 1), ("set {} 0.6", 2), ("nudge {} -0.3", 3)]
)
def test_one_edited_link_changes_one_neurons_sum_by_its_weight_and_no_other(net, link, verb, after):
    x, (source, target) = image(net), link.split(" -> ")
    (layer, place), trace = flat(net, target), net.trace(image(net))
    own, _ = weight(net, link, trace)
    expected = (0, 2.5 * own, 0.6, own - 0.3)[after]
    changed = net.mutate(verb.format(link) if "{}" in verb else f"{verb} {link}")
    before, now = sums(net, layer, x), sums(changed, layer, x)
    sent = trace.neurons[address.neuron(net.graph, source)]
    assert now[place] == pytest.approx(before[place] + (expected - own) * sent, abs=1e-6)
    others = np.arange(len(now)) != place
    assert (now[others] == before[others]).all()
    if verb != "cut":
        assert weight(changed, link, changed.trace(x))[0] == pytest.approx(expected)


def test_a_normalised_neuron_with_all_links_cut_keeps_its_shift_alone():
    cuts = "; ".join(f"cut tokens:2,{j} -> block1.norm1:2,1" for j in range(4))
    net = TOKENS.mutate(cuts)
    assert sums(net, "block1.norm1", image(net))[2 * 4 + 1] == pytest.approx(
        net.parameters["block1.norm1.shift"][1]
    )


def test_what_a_normalisation_divides_by_still_hears_of_a_cut_neuron():
    cut = TOKENS.mutate("cut tokens:2,3 -> block1.norm1:2,1")
    louder = cut.mutate("scale tokens:2,3 3")
    assert sums(cut, "block1.norm1", image(cut))[9] != sums(louder, "block1.norm1", image(cut))[9]
    cut = NORMS.mutate("cut conv0:1,2,2 -> lrn1:1,2,3")
    louder = cut.mutate("scale conv0:1,2,2 3")
    place = flat(cut, "lrn1:1,2,3")[1]
    assert abs(sums(cut, "lrn1", image(cut))[place]) > abs(sums(louder, "lrn1", image(cut))[place])


def test_a_group_of_a_maxout_takes_the_largest_of_what_is_left():
    x, pieces = image(NORMS), [f"lrn1:1,2,{c}" for c in (2, 3)]
    sent = [NORMS.trace(x).activation["lrn1"][1, 2, c] for c in (2, 3)]
    won = int(np.argmax(sent))
    first, second = (f"{pieces[i]} -> maxout2:1,2,1" for i in (won, 1 - won))
    place = flat(NORMS, "maxout2:1,2,1")[1]

    def largest(edits: str) -> float:
        return float(sums(NORMS.mutate(edits), "maxout2", x)[place])

    assert largest(f"cut {first}") == pytest.approx(sent[1 - won])
    assert largest(f"set {second} 0.5; set {first} -2") == pytest.approx(
        max(sent[1 - won] / 2, -2 * sent[won])
    )
    assert largest(f"cut {first}; cut {second}") == 0
    assert largest(f"cut {first}; cut {second}; add {first} 0.7") == pytest.approx(0.7 * sent[won])
    assert NORMS.mutate(f"cut {first}").edge_count == NORMS.edge_count - 1


@pytest.mark.parametrize(
    ("link", "gate"),
    [
        ("block1.value:1,2 -> block1.attention:0,2", "block1.scores:1,0,1"),
        ("block1.query:2,1 -> block1.scores:0,2,3", "block1.key:3,1"),
    ],
)
def test_attention_that_is_set_is_a_constant_and_no_more_of_its_gate(link, gate):
    net = TOKENS.mutate(f"set {link} 0.6")
    own, gated = weight(TOKENS, link)
    assert gated == address.neuron(net.graph, gate)
    assert weight(net, link) == (pytest.approx(0.6), -1)
    for seed in (0, 1):
        assert weight(net, link, net.trace(image(net, seed))) == (pytest.approx(0.6), -1)
    # The gate no longer tells of it, and the source still does.
    for neuron, more in ((gate, -1), (link.split(" -> ")[0], 0)):
        counts = [len(n.synapses_out_of(*flat(n, neuron))) for n in (TOKENS, net)]
        assert counts[1] == counts[0] + more
    nudged = TOKENS.mutate(f"nudge {link} 0.6")
    assert weight(nudged, link) == (pytest.approx(own + 0.6), gated)


@pytest.mark.parametrize("link", ["input:1,1,0 -> lrn1:1,1,2", "input:2,1,0 -> layer-norm3:0,1,2"])
def test_a_term_can_be_added_to_what_is_normalised_already(link):
    x, (source, target) = image(NORMS), link.split(" -> ")
    layer, place = flat(NORMS, target)
    net = NORMS.mutate(f"add {link} 0.5")
    change = sums(net, layer, x) - sums(NORMS, layer, x)
    assert change[place] == pytest.approx(0.5 * x.reshape(-1)[address.neuron(net.graph, source)])
    assert np.flatnonzero(change).tolist() == [place]
    assert weight(net, link, net.trace(x)) == (0.5, -1)
    assert weight(net.mutate(f"scale {link} 3"), link)[0] == 1.5


@pytest.mark.parametrize("link", ["input:1,1,0 -> maxout2:1,1,2", "lrn1:1,1,0 -> maxout2:1,1,2"])
def test_a_maximum_takes_no_term_more(link):
    with pytest.raises(EngineError, match="maxout2 takes a maximum, it adds nothing up") as error:
        NORMS.mutate(f"add {link} 0.5")
    assert "\n" not in str(error.value)


def test_a_synapse_that_resizing_would_put_upon_another_is_one_clear_line():
    net = stack((4, 4, 1), [Conv(6, 2, 2), LocalNorm(3)]).mutate("add conv0:1,1,0 -> lrn1:1,1,3 0.5")
    assert [str(edit) for edit in net.mutate("remove conv0:map1").edits] == [
        "add conv0:1,1,0 -> lrn1:1,1,2 0.5"
    ]
    with pytest.raises(EngineError, match="this synapse is there already") as error:
        net.mutate("remove conv0:map1-2")
    assert "\n" not in str(error.value)
