"""Edits of every kind and place take quick ways, and come to what the slow and plain ways come to."""

import pickle

import numpy as np
import pytest
from edit_nets import nets
from hypothesis import given, settings
from hypothesis import strategies as st
from image_nets import stack

from engine import Conv, Dense, EngineError, MaxPool, Net, Trace
from engine.blocks import Maximum
from engine.edits import NEURON, SYNAPSE
from engine.graph import address, layer_axes

VALUES = {"value": "0.7", "factor": "-1.6", "amount": "0.4", "weight": "0.3", "name": "tanh", None: ""}
NETS = {
    **nets(),
    "row": stack((3, 4, 1), [Dense(6), Dense(5), Dense(4)], activation="relu").astype(np.float32),
    "maps": stack(
        (7, 7, 1), [Conv(3, 3, 3), MaxPool(2, 1), Conv(4, 3, 3, padding="same"), MaxPool(2)], "leaky-relu"
    ).astype(np.float32),
}
CHAINS = sorted(NETS)


def place(net: Net, layer, rng: np.random.Generator) -> str:
    """The address of a neuron, a map or a row of neurons, a range of them, or all of a layer."""
    one = address.write(net.graph, net.offset(layer.name) + int(rng.integers(layer.size)))
    last, length = layer_axes.axes(net.graph, layer)[-1], layer.shape[-1]
    first = int(rng.integers(length))
    some = f"{layer.name}:{last}{first}-{int(rng.integers(first, length))}"
    return str(rng.choice([one, layer.name, f"{layer.name}:{last}{first}", some]))


def any_edit(net: Net, rng: np.random.Generator) -> str:
    """The text of an edit of any kind and place that the net allows as it is now."""
    while True:
        if rng.random() < 0.4:
            verb = str(rng.choice([verb for verb in NEURON if verb != "hold"]))
            where, needs = place(net, net.layers[int(rng.integers(len(net.layers)))], rng), NEURON[verb]
        else:
            verb = str(rng.choice(list(SYNAPSE)))
            source, target = sorted(int(i) for i in rng.integers(len(net.layers), size=2))
            if verb != "add" or rng.random() < 0.8:
                pairs = [(source, layer) for layer in net.layers for source in layer.sources]
                name, layer = pairs[int(rng.integers(len(pairs)))]
                source, target = net.index(name), net.index(layer.name)
            ends = [place(net, net.layers[i], rng) for i in (source, target)]
            where, needs = " -> ".join(ends), SYNAPSE[verb]
        text = f"{verb} {where} {VALUES[needs]}"
        try:
            net.mutate(text)
        except EngineError:
            continue
        return text


def pixels(net: Net) -> np.ndarray:
    return np.random.default_rng(3).random(net.layers[0].shape).astype(net.dtype)


def assert_same(quick: Trace, plain: Trace) -> None:
    for name in plain.pre:
        np.testing.assert_array_equal(quick.pre[name], plain.pre[name])
        np.testing.assert_array_equal(quick.activation[name], plain.activation[name])
    np.testing.assert_array_equal(quick.probabilities, plain.probabilities)
    assert set(quick.unedited) == set(plain.unedited)
    for name in plain.unedited:
        np.testing.assert_array_equal(quick.unedited[name], plain.unedited[name])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CHAINS), st.integers(0, 100_000))
def test_any_walk_of_edits_and_undoing_is_traced_as_from_nothing(kind, seed):
    """Each trace builds on the one before; the plain one is of the same edits, made all at once."""
    rng, image = np.random.default_rng(seed), pixels(NETS[kind])
    walk = [NETS[kind]]
    trace = walk[0].trace(image)
    for _ in range(8):
        if len(walk) > 1 and rng.random() < 0.3:
            del walk[int(rng.integers(1, len(walk))) :]
        elif rng.random() < 0.1:
            name = str(rng.choice(list(walk[-1].parameters)))
            spot = ",".join(str(rng.integers(length)) for length in walk[-1].parameters[name].shape)
            walk.append(walk[-1].mutate(f"weight {name}:{spot} {rng.normal()}"))
        else:
            walk.append(walk[-1].mutate(any_edit(walk[-1], rng)))
        net = walk[-1]
        fresh = net.without_edits().with_edits(net.edits)
        trace = net.trace(image, base=trace)
        assert_same(trace, fresh.trace(image))


def by_synapses(trace: Trace, name: str) -> np.ndarray:
    """What a layer that adds up comes to: biases, and what the edited net's view tells of its synapses."""
    net, layer = trace.net, trace.net.layer(name)
    bias = layer.block.biases(net.wiring(name))
    sums = np.zeros(layer.size) if bias is None else bias.astype(np.float64)
    x = np.concatenate([trace.activation[each.name].reshape(-1) for each in net.layers]).astype(np.float64)
    for source in dict.fromkeys(net.reads(name)):
        view = net.synapses(source, name, trace)
        np.add.at(sums, view.target - net.offset(name), view.weight.astype(np.float64) * x[view.source])
    return sums


WHOLE = ("cut {}", "set {} 0.2", "set {} -0.2", "scale {} 2", "scale {} -1.5", "scale {} 0", "nudge {} 0.1")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CHAINS), st.integers(0, 100_000))
def test_synapses_edited_in_bundles_come_to_what_they_come_to_one_by_one(kind, seed):
    rng, image = np.random.default_rng(seed), pixels(NETS[kind])
    net = NETS[kind]
    for _ in range(3):
        net = net.mutate(any_edit(net, rng))
    trace = net.trace(image, base=NETS[kind].trace(image))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.edits.compile.bundle_of", lambda *_: None)
        single = NETS[kind].with_edits(net.edits)
        plain = single.trace(image)
    assert not single.overlay.bundles
    for name, sums in plain.pre.items():
        close = 1e-5 * max(1, np.abs(sums).max())
        np.testing.assert_allclose(trace.pre[name], sums, atol=close, rtol=0)
    assert net.connections == single.connections
    for pair in net.connections:
        ours, theirs = net.synapses(*pair), single.synapses(*pair)
        np.testing.assert_array_equal(ours.weight, theirs.weight)
        np.testing.assert_array_equal(ours.source, theirs.source)
        np.testing.assert_array_equal(ours.parameter, theirs.parameter)


FUNCTIONS = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "identity": lambda z: z}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_edits_of_neurons_compose_in_their_order_wherever_they_lie(seed):
    rng, net = np.random.default_rng(seed), NETS["row"].astype(np.float64)
    base = net.trace(pixels(net))
    size = net.layer("dense1").size
    shift, gain, offset, function = [0.0] * size, [1.0] * size, [0.0] * size, ["relu"] * size
    for _ in range(int(rng.integers(1, 6))):
        verb = str(rng.choice([verb for verb in NEURON if verb not in ("hold", "freeze")]))
        low, value = int(rng.integers(size)), round(float(rng.normal()), 3)
        high = int(rng.integers(low, size))
        low, high = (0, size - 1) if rng.random() < 0.3 else (low, high)
        named = str(rng.choice(list(FUNCTIONS)))
        last = {"ablate": "", "function": named}.get(verb, value)
        net = net.mutate(f"{verb} dense1:{low}-{high} {last}")
        for i in range(low, high + 1):
            match verb:
                case "shift":
                    shift[i] += value
                case "function":
                    function[i] = named
                case "scale":
                    gain[i], offset[i] = gain[i] * value, offset[i] * value
                case _:
                    gain[i], offset[i] = 0.0, 0.0 if verb == "ablate" else value
    sums = base.pre["dense1"] + shift
    expected = [g * FUNCTIONS[f](z) + o for z, g, o, f in zip(sums, gain, offset, function, strict=True)]
    trace = net.trace(pixels(net), base=base)
    np.testing.assert_allclose(trace.pre["dense1"], sums, atol=1e-12)
    np.testing.assert_allclose(trace.activation["dense1"], expected, atol=1e-12)


@pytest.mark.parametrize("second", [None, *WHOLE[1:]])
@pytest.mark.parametrize("first", WHOLE)
@pytest.mark.parametrize("kind", ["row", "maps", "images"])
def test_a_whole_connection_comes_to_what_its_synapses_come_to(kind, first, second):
    net, image = NETS[kind], pixels(NETS[kind])
    if second is not None and first.startswith("cut"):
        return
    for source, target in net.connections:
        where = f"{source} -> {target}"
        edited = net.mutate("; ".join(each.format(where) for each in (first, second) if each))
        trace = edited.trace(image, base=net.trace(image))
        if isinstance(edited.layer(target).block, MaxPool):
            # Edited here by halves of the source: these are gone through window by window.
            half = f"{source}:{layer_axes.axes(net.graph, net.layer(source))[-1]}"
            last = net.layer(source).shape[-1] - 1
            halves = [f"{half}0 -> {target}", f"{half}1-{last} -> {target}"]
            texts = [each.format(h) for each in (first, second) if each for h in halves]
            expected = net.mutate("; ".join(texts)).trace(image).pre[target]
            np.testing.assert_array_equal(trace.pre[target], expected)
        else:
            largest = 1e-5 * max(1, np.abs(trace.pre[target]).max())
            np.testing.assert_allclose(
                trace.pre[target].reshape(-1), by_synapses(trace, target), atol=largest
            )


@pytest.mark.parametrize("kind", ["row", "maps", "images"])
def test_one_edit_after_a_whole_connection_acts_on_what_that_left(kind):
    net, image = NETS[kind], pixels(NETS[kind])
    for source, target in net.connections:
        if isinstance(net.layer(target).block, Maximum):
            continue
        view = net.synapses(source, target)
        one = " -> ".join(address.write(net.graph, int(ends[7])) for ends in (view.source, view.target))
        for first in WHOLE:
            verb = "add" if first.startswith("cut") else "nudge"
            edited = net.mutate(f"{first.format(f'{source} -> {target}')}; {verb} {one} 0.5")
            trace = edited.trace(image)
            np.testing.assert_allclose(
                trace.pre[target].reshape(-1), by_synapses(trace, target), atol=1e-5, rtol=1e-5
            )


def test_a_cut_connection_is_gone_and_leaves_the_bias_alone():
    net = NETS["maps"].mutate("cut conv0 -> max-pool1; cut max-pool3 -> output")
    trace = net.trace(pixels(net))
    assert not trace.activation["max-pool1"].any()
    np.testing.assert_array_equal(trace.pre["output"], net.parameters["output.bias"])
    assert net.synapse_count("max-pool3", "output") == 0
    for text in ("cut max-pool3 -> output", "scale max-pool3:0,0,0 -> output 2"):
        with pytest.raises(EngineError, match="there is no such synapse: add it first"):
            net.mutate(text)


def test_a_trace_follows_synapses_that_were_added_to_a_layer_that_reads_nothing_else_new():
    net = NETS["row"].mutate("add dense0:2 -> output:1 0.8")
    image = pixels(net)
    # What dense0 sends reaches the output through the added synapse alone.
    net = net.mutate("cut dense0 -> dense1")
    changed = net.mutate("clamp dense0:2 3")
    assert_same(changed.trace(image, base=net.trace(image)), changed.trace(image))
    assert (changed.trace(image).pre["output"] != net.trace(image).pre["output"]).any()


def test_a_pixel_that_is_edited_is_followed_and_one_that_is_dark_changes_nothing():
    net = NETS["row"]
    image = pixels(net)
    image[0, 0] = 0
    base = net.trace(image)
    dark, lit = net.mutate("ablate input:0,0"), net.mutate("scale input:1,1 3")
    assert dark.trace(image, base=base).activation["output"] is base.activation["output"]
    assert_same(lit.trace(image, base=base), lit.trace(image))
    assert_same(net.trace(image, base=lit.trace(image)), base)


def test_a_trace_before_is_of_use_for_its_own_image_alone():
    net = NETS["row"]
    image = pixels(net)
    base = net.trace(image)
    other = image.copy()
    other[1, 1] += 0.25
    edited = net.mutate("ablate dense1:2")
    assert_same(edited.trace(other, base=base), edited.trace(other))
    image[1, 1] += 0.25  # the caller's own array, changed where it lies
    assert_same(edited.trace(image, base=base), edited.trace(image))
    whole = np.ones(image.shape, np.uint8).reshape(3, 4)
    assert_same(edited.trace(whole, base=net.trace(whole.astype(np.float32))), edited.trace(whole))


def test_what_a_net_has_looked_up_is_not_sent_along_with_it():
    net = NETS["maps"].mutate("scale conv0 -> max-pool1 2; cut max-pool3 -> output:1; ablate conv2:map1")
    image = pixels(net)
    there = net.trace(image)
    assert_same(pickle.loads(pickle.dumps(net)).trace(image), there)
    assert_same(pickle.loads(pickle.dumps(there)), there)


def test_the_indices_that_a_graph_keeps_cannot_be_written():
    for where in ("dense0", "dense0:1-3", "dense0:2"):
        _, region = address.places(NETS["row"].graph, where)
        with pytest.raises(ValueError, match="read-only"):
            region.flat[0] = 0
        assert address.places(NETS["row"].graph, where)[1] is region
