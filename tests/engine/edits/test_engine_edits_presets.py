"""Every preset under every kind of mutation: all ways to compute it agree, and edits outlive training."""

import numpy as np
import pytest
from preset_edits import ON_NEURONS, ON_SYNAPSES, REFUSALS, SURGERY, edited, kinds

import data
import engine
from engine import Net, Trace, interpret, presets
from engine.graph import address
from engine.run import Machine, as_inputs, loss_of

DIGITS = data.load("digits")
# The others have the layers of cnn-fast or vit-tiny in other sizes. All nine are edited as they were trained.
KINDS = ("mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny")
FRESH = [(name, False) for name in KINDS]
NETS = [*FRESH, *((name, True) for name in presets())]
LARGE = 300_000  # synapses; one by one they would take seconds

each = pytest.mark.parametrize(("name", "trained"), NETS)
each_fresh = pytest.mark.parametrize(("name", "trained"), FRESH)


def close(one: np.ndarray, other: np.ndarray, share: float) -> bool:
    """Whether two arrays are the same but for a share of their largest number."""
    return bool(np.abs(one - other).max() <= share * max(np.abs(one).max(), 1.0))


@each
def test_whatever_is_refused_says_a_reason_that_is_known(name, trained):
    found = edited(name, trained)
    assert [r for r in found.refused if not any(reason in r[2] for reason in REFUSALS)] == []


def test_no_preset_has_a_layer_of_a_kind_that_is_not_edited():
    def of(name):
        net = engine.preset(name, np.random.default_rng(0))
        return {
            (layer.block and layer.block.kind, len(layer.sources), layer.activation) for layer in net.layers
        }

    tried = set().union(*map(of, KINDS))
    assert all(of(name) <= tried for name in presets())


def test_every_verb_is_tried_on_every_kind_of_preset_where_it_makes_sense():
    for name in KINDS:
        found = edited(name, False)
        verbs = {text.split()[0] for text, _ in found.edits} | {text.split()[0] for text, _, _ in found.steps}
        assert verbs == {*ON_NEURONS, *ON_SYNAPSES, *SURGERY}


@each
def test_each_edit_by_itself_moves_what_it_names_and_nothing_ahead_of_it(name, trained):
    found = edited(name, trained)
    net = found.base
    base = net.trace(found.image)
    for text, number in found.edits:
        after = net.mutate(text)
        verb, layer = text.split()[0], address.write(net.graph, number).partition(":")[0]
        if verb in ("freeze", "hold"):
            assert holds(after, layer) or not net.own_parameters(layer), text
            continue
        trace = after.trace(found.image, base=base)
        place = number - net.offset(layer)
        sums = "->" in text or verb == "shift"
        now, then = ((t.pre if sums else t.activation)[layer].reshape(-1)[place] for t in (trace, base))
        assert now != then, text
        for ahead in net.layers[: net.index(layer)]:
            assert (trace.activation[ahead.name] == base.activation[ahead.name]).all(), text


@each
def test_each_surgery_does_what_it_says(name, trained):
    found = edited(name, trained)
    for text, before, after in found.steps:
        verb, where = text.split()[:2]
        where = where.partition(":")[0]
        one, two = (net.trace(found.image) for net in (before, after))
        if verb in ("grow", "remove"):
            more = 2 if verb == "grow" else -1
            assert after.layer(where).shape[-1] == before.layer(where).shape[-1] + more
            assert close(one.pre["output"], two.pre["output"], 1e-5) == (verb == "grow"), text
            if verb == "grow":
                assert after.own_parameters(where)["weight"][..., -2:].all()
            continue
        assert verb != "prune" or holds(after, where)
        changed = {key for key, array in after.parameters.items() if (array != before.parameters[key]).any()}
        if verb == "crossover":
            assert {key for key, array in after.parameters.items() if array.std() > 0} <= changed
        else:
            assert changed == {where if verb == "weight" else f"{where}.weight"}
        if verb != "weight":
            assert (one.neurons != two.neurons).any(), text


def holds(net: Net, layer: str) -> bool:
    return any(name.rpartition(".")[0] == layer and len(held) for name, held in net.overlay.held.items())


@each
def test_compiled_loops_and_plain_ones_agree(name, trained):
    net = edited(name, trained).net
    x = as_inputs(net, DIGITS.images[7:10])
    trace = net.trace(DIGITS.images[7])
    machine = Machine(net.layers, net.parameters, len(x), fast=True, overlay=net.overlay)
    machine.forward(x)
    for layer in net.layers:
        assert close(trace.pre[layer.name], machine.pre[layer.name][0], 1e-4), layer.name
        assert close(trace.activation[layer.name], machine.activation[layer.name][0], 1e-4), layer.name


@each
@pytest.mark.slow
def test_all_synapses_and_the_bias_add_up_to_what_each_neuron_holds(name, trained):
    net = edited(name, trained).net
    trace = net.trace(DIGITS.images[7])
    sums = np.zeros(net.neuron_count)
    count = 0
    for part in net.iter_synapses(chunk=1 << 20, trace=trace):
        sums += np.bincount(part.target, part.weight * trace.neurons[part.source], net.neuron_count)
        count += len(part)
    assert count == net.edge_count
    for layer in net.layers[1:]:
        own = slice(net.offset(layer.name), net.offset(layer.name) + layer.size)
        assert close(trace.pre[layer.name].reshape(-1), sums[own] + constants(net, layer.name), 1e-4), (
            layer.name
        )


def constants(net: Net, name: str) -> np.ndarray:
    """The bias of each neuron of a layer, and what edits add to it."""
    layer = net.layer(name)
    biases = layer.block.biases(net.wiring(name))
    found = np.zeros(layer.size) if biases is None else biases.reshape(-1).astype(float)
    cells = net.overlay.cells.get(name)
    if cells is not None:
        found[cells.shifted] += cells.shift
    return found


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.slow
def test_neurons_that_fire_one_by_one_hold_the_same(name):
    net = edited(name, False).net.astype(np.float64)
    # Of a large net a layer of each kind, each from what the trace has of the others.
    chosen = None if net.edge_count < LARGE else [layer.name for layer in kinds(net)[1:]]
    trace, firing = net.trace(DIGITS.images[7]), interpret(net, DIGITS.images[7], chosen)
    assert sorted(firing.order) == list(range(net.neuron_count))
    for layer in net.layers:
        own = slice(net.offset(layer.name), net.offset(layer.name) + layer.size)
        assert close(trace.pre[layer.name].reshape(-1), firing.pre[own], 1e-9), layer.name
        assert close(trace.activation[layer.name].reshape(-1), firing.activation[own], 1e-9), layer.name


def same_bits(one: Trace, other: Trace) -> bool:
    return all(
        (mine == theirs[name]).all()
        for mine, theirs, name in (
            (array, arrays, name)
            for own, arrays in ((one.pre, other.pre), (one.activation, other.activation))
            for name, array in own.items()
        )
    )


@each
@pytest.mark.slow
def test_a_saved_net_is_the_same_to_the_last_bit(name, trained, tmp_path):
    net = edited(name, trained).net
    engine.save(net, tmp_path / "net.npz")
    again = engine.load(tmp_path / "net.npz")
    assert again.edits == net.edits
    assert same_bits(again.trace(DIGITS.images[7]), net.trace(DIGITS.images[7]))


@each
def test_taking_everything_back_gives_the_same_bits(name, trained):
    found = edited(name, trained)
    nets = [found.first, *(after for _, _, after in found.steps), found.net]
    traces = [net.trace(found.image) for net in nets]
    after = traces[-1]
    for net, before in zip(nets[::-1], traces[::-1], strict=True):
        after = net.trace(found.image, base=after)
        assert same_bits(after, before)


@each_fresh
def test_the_loss_falls_along_its_gradient_as_fast_as_that_says(name, trained):
    net = edited(name, trained).net.astype(np.float64)
    x, labels = as_inputs(net, DIGITS.images[:2]), DIGITS.labels[:2]
    rng = np.random.default_rng(4)
    # Away from biases of 0, where every neuron that nothing reaches is at the kink of its ReLU.
    net = net.replace({k: a + 0.01 * rng.standard_normal(a.shape) for k, a in net.parameters.items()})
    way = {key: rng.standard_normal(array.shape) for key, array in net.parameters.items()}
    found = {key: np.zeros_like(array) for key, array in net.parameters.items()}

    def loss(step: float) -> tuple[float, np.ndarray, Machine]:
        moved = {key: array + step * way[key] for key, array in net.parameters.items()}
        machine = Machine(net.layers, moved, 2, gradients=found, overlay=net.overlay)
        out = machine.forward(x)
        head = net.layers[-1]
        total, grad = loss_of(net.recipe.loss)(head.activation, machine.pre[head.name], out, labels)
        return total, grad, machine

    _, grad, machine = loss(0)
    machine.backward(grad)
    slope = sum(float((found[key] * way[key]).sum()) for key in way)
    # So short a step meets no kink. The loss is summed over examples, its gradient is that of the mean.
    step = 1e-7
    risen = (loss(step)[0] - loss(-step)[0]) / (2 * step) / len(labels)
    assert slope == pytest.approx(risen, rel=1e-4, abs=1e-6)
    assert slope != 0


@each_fresh
def test_training_leaves_alone_what_edits_say_and_moves_the_rest(name, trained):
    net = edited(name, trained).net
    training = engine.fit(
        net, DIGITS.images[:4], DIGITS.labels[:4], rng=np.random.default_rng(5), batch=4, epochs=1
    )
    next(training)
    after = training.snapshot()
    assert after.edits == net.edits
    for key, array in net.parameters.items():
        held = np.zeros(array.shape, bool)
        held.reshape(-1)[net.overlay.held.get(key, [])] = True
        assert (after.parameters[key][held] == array[held]).all()
        if key.endswith("weight"):
            assert held.any() == (key.rpartition(".")[0] in {layer.name for layer in kinds(net)}), key
    moved = [key for key, array in net.parameters.items() if (after.parameters[key] != array).any()]
    assert len(moved) > len(net.parameters) / 2
    trace = after.trace(DIGITS.images[7])
    for layer, cells in net.overlay.cells.items():
        values = trace.activation[layer].reshape(-1)[cells.chosen]
        still = cells.gain == 0
        assert (values[still] == cells.offset[still].astype(np.float32)).all()
    cut = [edit.where for edit in net.edits if edit.verb == "cut"]
    assert cut
    for where in cut:
        source, target = address.synapse(after.graph, where)
        layer = where.split("->")[1].partition(":")[0].strip()
        assert source not in after.synapses_into(layer, target - after.offset(layer)).source
