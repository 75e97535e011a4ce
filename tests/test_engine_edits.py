"""A net with edits computes what its explicit synapses say, in every pass, and the net it came from stays."""

import io
import zipfile

import numpy as np
import pytest
from edit_nets import chain, image, nets
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine_gradients import check_parameters

import data
import engine
from engine import Dense, EngineError, address, interpret
from engine.edits import parse, write
from engine.machine import Machine
from engine.trainer import Trainer

NETS = nets()
MLP = engine.load(data.model_path("mlp"))
CNN = engine.load(data.model_path("cnn-draw"))
FOUR = data.load("digits").images[4]
anywhere = st.sampled_from(sorted(NETS)), st.integers(1, 20), st.integers(0, 10_000)


def shifts(net):
    found = np.zeros(net.neuron_count)
    for name, cells in net.overlay.cells.items():
        found[net.offset(name) + cells.shifted] = cells.shift
    return found


@settings(max_examples=30, deadline=None)
@given(*anywhere)
def test_neurons_that_fire_one_by_one_agree_with_the_fast_pass(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    trace, firing = net.trace(image(net)), interpret(net, image(net))
    for layer in net.layers[1:]:
        part = slice(net.offset(layer.name), net.offset(layer.name) + layer.size)
        assert trace.pre[layer.name].reshape(-1) == pytest.approx(firing.pre[part], abs=1e-9)
        assert trace.activation[layer.name].reshape(-1) == pytest.approx(firing.activation[part], abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(*anywhere)
def test_the_synapses_of_a_neuron_add_up_to_its_sum(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    trace = net.trace(image(net))
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    shift = shifts(net)
    for layer in net.layers[1:]:
        biases = layer.block.biases(net.wiring(layer.name))
        biases = np.zeros(layer.size) if biases is None else biases.reshape(-1)
        for index in range(layer.size):
            found = net.synapses_into(layer.name, index, trace)
            total = float(found.weight @ act[found.source]) + biases[index]
            total += shift[net.offset(layer.name) + index]
            assert total == pytest.approx(trace.pre[layer.name].reshape(-1)[index], abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(*anywhere)
def test_every_view_of_the_synapses_tells_of_the_same_ones(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    whole = [
        (s, t, round(float(w), 12), g)
        for part in net.iter_synapses(chunk=50)
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    into = [
        (s, t, round(float(w), 12), g)
        for layer in net.layers
        for index in range(layer.size)
        for part in [net.synapses_into(layer.name, index)]
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    out_of = [
        (s, t, round(float(w), 12), g)
        for layer in net.layers
        for index in range(layer.size)
        for part in [net.synapses_out_of(layer.name, index)]
        for s, t, w, g in zip(part.source, part.target, part.weight, part.gate, strict=True)
    ]
    # A neuron tells too of those that it gates.
    gated = [row for row in whole if row[3] >= 0]
    assert sorted(whole) == sorted(into)
    assert sorted(whole + gated) == sorted(out_of)
    assert len(whole) == net.edge_count
    assert sum(net.synapse_count(*pair) for pair in net.connections) == net.edge_count


@settings(max_examples=15, deadline=None)
@given(*anywhere, st.integers(1, 60))
def test_the_strongest_are_the_strongest_of_those_that_are_left(kind, length, seed, k):
    net = chain(NETS[kind], length, seed)
    trace = net.trace(image(net))
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    every = [net.synapses(*pair, trace) for pair in net.connections]
    products = np.concatenate([np.abs(part.weight * act[part.source]) for part in every])
    _, found = engine.strongest(trace, k)
    expected = np.sort(products[products > 1e-12])[::-1][:k]
    assert np.abs(found) == pytest.approx(expected, rel=1e-5)


@settings(max_examples=12, deadline=None)
@given(*anywhere)
def test_gradients_are_slopes_under_edits(kind, length, seed):
    check_parameters(chain(NETS[kind], length, seed), idle=True)


@settings(max_examples=15, deadline=None)
@given(*anywhere)
def test_a_saved_net_comes_back_with_its_edits(tmp_path_factory, kind, length, seed):
    net = chain(NETS[kind], length, seed)
    path = tmp_path_factory.mktemp("edits") / "net.npz"
    engine.save(net, path)
    again = engine.load(path)
    assert again.edits == net.edits
    assert (again.trace(image(net)).neurons == net.trace(image(net)).neurons).all()


@given(*anywhere)
@settings(max_examples=20, deadline=None)
def test_edits_read_back_as_they_were_written_and_replay(kind, length, seed):
    net = chain(NETS[kind], length, seed)
    assert parse(write(net.edits)) == net.edits
    replayed = NETS[kind].mutate(write(net.edits))
    assert (replayed.trace(image(net)).neurons == net.trace(image(net)).neurons).all()


@pytest.mark.parametrize("kind", sorted(NETS))
def test_the_net_that_was_edited_is_as_it_was(kind):
    net = NETS[kind]
    before = net.trace(image(net)).neurons.copy()
    chain(net, 20, 5)
    assert not net.edits
    assert (net.trace(image(net)).neurons == before).all()


@pytest.mark.parametrize(
    ("edits", "change"),
    [
        ("cut conv1:4,4,2 -> pool1:2,2,2", -1),
        ("scale conv1:4,4,2 -> pool1:2,2,2 2", 0),
        ("cut input:14,14 -> conv1:12,12,5", -1),
        ("add input:1,1 -> hidden1:3 0.5", 1),
        ("add input:1,1 -> hidden1:3 0.5; cut input:1,1 -> hidden1:3", 0),
    ],
)
def test_synapses_that_are_cut_or_added_are_counted(edits, change):
    net = CNN.mutate(edits)
    assert net.edge_count == CNN.edge_count + change
    assert sum(len(part) for part in net.iter_synapses()) == net.edge_count


def test_a_trace_built_on_another_follows_synapses_that_were_added():
    net = NETS["tokens"].mutate("add block1.query:0,0 -> block1.value:1,1 0.8")
    base, changed = net.trace(image(net)), net.mutate("clamp block1.query:0,0 2")
    plain, quick = changed.trace(image(net)), changed.trace(image(net), base=base)
    assert (plain.activation["block1.value"] != base.activation["block1.value"]).any()
    assert (plain.neurons == quick.neurons).all()


def test_cutting_one_synapse_of_a_convolution_changes_one_neurons_sum():
    before = CNN.trace(FOUR)
    synapses = CNN.synapses_into("conv1", 12 * 24 * 20 + 12 * 20 + 5)
    lit = int(np.argmax(np.abs(before.neurons[synapses.source] * synapses.weight)))
    source, target = int(synapses.source[lit]), int(synapses.target[lit])
    ends = f"{address.write(CNN, source)} -> {address.write(CNN, target)}"
    after = CNN.mutate(f"cut {ends}").trace(FOUR)
    changed = np.flatnonzero(after.pre["conv1"] != before.pre["conv1"])
    assert (changed + CNN.offset("conv1")).tolist() == [target]


@pytest.mark.parametrize("kind", sorted(NETS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_training_keeps_what_edits_say(kind, seed):
    net = chain(NETS[kind], 12, seed).astype(np.float32)
    rng = np.random.default_rng(0)
    x = rng.random((5, *net.layers[0].shape), np.float32)
    trainer = Trainer(net, net.recipe)
    for _ in range(3):
        trainer.update(x, rng.integers(0, 3, 5), 0.05, rng)
    trained = trainer.snapshot()
    assert trained.edits == net.edits
    for name, places in net.overlay.held.items():
        assert (
            trained.parameters[name].reshape(-1)[places] == net.parameters[name].reshape(-1)[places]
        ).all()
    assert any((trained.parameters[name] != net.parameters[name]).any() for name in net.parameters)
    # What is cut or clamped is so by the edits, which the trained net still has.
    trace = trained.trace(x[0])
    for name, cells in net.overlay.cells.items():
        still = cells.gain == 0
        act = trace.activation[name].reshape(-1)[cells.chosen[still]]
        assert act == pytest.approx(cells.offset[still], abs=1e-6)


@pytest.mark.parametrize("kind", sorted(NETS))
def test_compiled_loops_compute_the_same_under_edits(kind):
    net = chain(NETS[kind], 15, 7).astype(np.float32)
    x = np.random.default_rng(1).random((4, *net.layers[0].shape), np.float32)
    outputs = []
    for fast in (False, True):
        machine = Machine(net.layers, net.parameters, 4, fast=fast, overlay=net.overlay)
        outputs.append(machine.forward(x).copy())
    assert outputs[0] == pytest.approx(outputs[1], abs=1e-5)


@pytest.mark.parametrize(
    "edit", ["ablate hidden9:1", "cut input:1,1 -> hidden2:3", "clamp hidden1:3 nan", "zap"]
)
def test_a_file_whose_edits_cannot_be_made_is_refused_by_name(tmp_path, edit):
    path = tmp_path / "net.npz"
    engine.save(MLP.mutate("ablate hidden1:3"), path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    text = np.load(io.BytesIO(entries["description.npy"]), allow_pickle=False)
    told = bytes(text).decode().replace("ablate hidden1:3", edit).encode()
    stored = io.BytesIO()
    np.save(stored, np.frombuffer(told, text.dtype))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**entries, "description.npy": stored.getvalue()}.items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match=r"net\.npz") as error:
        engine.load(path)
    assert "\n" not in str(error.value)


def test_groups_of_neurons_are_edited_together():
    net = CNN.mutate("ablate conv1:map3; clamp hidden1:0-9 0.5")
    trace = net.trace(FOUR)
    assert not trace.activation["conv1"][..., 3].any()
    assert (trace.activation["hidden1"][:10] == 0.5).all()
    assert trace.activation["conv1"][..., 4].any()


def test_later_edits_act_on_what_earlier_ones_left():
    twice = MLP.mutate("clamp hidden1:17 0.8; scale hidden1:17 2").trace(FOUR)
    once = MLP.mutate("scale hidden1:17 2; clamp hidden1:17 0.8").trace(FOUR)
    assert twice.activation["hidden1"][17] == pytest.approx(1.6)
    assert once.activation["hidden1"][17] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("net", "text", "message"),
    [
        (MLP, "ablate output:3", "the answer is read from output"),
        (MLP, "ablate hidden1:512", "hidden1 has neurons 0..511"),
        (MLP, "ablate hiden1:5", "did you mean hidden1"),
        (MLP, "abate hidden1:5", "known are ablate"),
        (MLP, "clamp hidden1:5", "lacks its value"),
        (MLP, "clamp hidden1:5 nan", "no finite number"),
        (MLP, "clamp hidden1:5 high", "'high' is no number"),
        (MLP, "function hidden1:5 swish", "unknown activation 'swish'"),
        (MLP, "function hidden1:5 softmax", "whole row"),
        (MLP, "shift input:3,3 1", "a pixel has no bias"),
        (MLP, "cut hidden1:5 -> output:2", "there is no such synapse"),
        (MLP, "cut input:3,3 -> hidden1:2; cut input:3,3 -> hidden1:2", "there is no such synapse"),
        (MLP, "add input:3,3 -> hidden1:2 1", "there already"),
        (MLP, "add hidden2:3 -> hidden1:2 1", "never runs back"),
        (MLP, "add hidden1:3 -> hidden1:3 1", "never runs back"),
        (MLP, "add hidden1 -> hidden2:3 1", "names 512 neurons"),
        (MLP, "cut input -> hidden1", "name no more than 100,000 at once"),
        (CNN, "freeze conv1:3,3,3", "freeze conv1:map3"),
        (CNN, "add input:1,1 -> pool1:3,3,3 1", "adds nothing up"),
        (NETS["norms"], "add input:1,1 -> maxout2:0,0,1 1", "adds nothing up"),
        (NETS["tokens"], "cut tokens:0,0 -> block1.norm1:1,0", "there is no such synapse"),
    ],
)
def test_an_edit_that_cannot_be_made_is_one_clear_line(net, text, message):
    with pytest.raises(EngineError) as error:
        net.mutate(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@settings(max_examples=20, deadline=None)
@given(*anywhere, st.integers(1, 4))
def test_a_trace_built_on_another_is_the_same_to_the_last_bit(kind, length, seed, more):
    before = chain(NETS[kind], length, seed)
    base = before.trace(image(before))
    for after in (chain(before, more, seed + 1), NETS[kind]):
        plain, quick = after.trace(image(after)), after.trace(image(after), base=base)
        assert (plain.neurons == quick.neurons).all()
        assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)


def test_only_what_follows_an_edit_is_worked_out_anew():
    base = MLP.trace(FOUR)
    bright, dark = (
        int(values) for values in (base.activation["hidden2"].argmax(), base.activation["hidden2"].argmin())
    )
    after = MLP.mutate(f"ablate hidden2:{bright}").trace(FOUR, base=base)
    assert after.activation["hidden1"] is base.activation["hidden1"] or np.shares_memory(
        after.activation["hidden1"], base.activation["hidden1"]
    )
    assert not np.shares_memory(after.activation["hidden3"], base.activation["hidden3"])
    # A neuron that is silent by itself is not missed: nothing behind it is asked.
    nothing = MLP.mutate(f"ablate hidden2:{dark}").trace(FOUR, base=base)
    assert np.shares_memory(nothing.activation["hidden3"], base.activation["hidden3"])


def test_a_layer_that_reads_what_it_read_before_is_summed_up_from_what_its_block_came_to(monkeypatch):
    base = MLP.mutate("cut input:14,14 -> hidden1:3; shift hidden1:5 0.25").trace(FOUR)
    after = MLP.mutate("cut input:14,14 -> hidden1:3; set input:13,14 -> hidden1:3 0.5; ablate hidden1:0")
    plain, asked = after.trace(FOUR), []
    forward = Dense.forward
    monkeypatch.setattr(
        Dense, "forward", lambda self, *args: (asked.append(self.units), forward(self, *args))[1]
    )
    quick = after.trace(FOUR, base=base)
    assert len(asked) == len(MLP.layers) - 2
    assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)
    assert (quick.unedited["hidden1"] == MLP.trace(FOUR).pre["hidden1"]).all()


def test_an_image_that_its_owner_changes_leaves_the_trace_as_it_was():
    pixels = (FOUR / 255).astype(np.float32).reshape(MLP.layers[0].shape)
    trace = MLP.trace(pixels)
    before = trace.activation["input"].copy()
    pixels[:] = 0
    assert (trace.activation["input"] == before).all()


@pytest.mark.parametrize(
    ("net", "text"),
    [
        (MLP, "cut hidden1:17 -> hidden2"),
        (CNN, "cut pool2:map3 -> hidden1"),
        (CNN, "cut input:12,12 -> conv1"),
        (NETS["tokens"], "cut block1.attention:2,3 -> block1.residual1"),
    ],
)
def test_without_its_synapses_a_neuron_tells_nobody(net, text):
    """A group at an end of a synapse stands for all synapses that there are between the two."""
    source, target = (part.strip() for part in text.removeprefix("cut ").split("->"))
    changed, pixels = net.mutate(text), image(net)
    silent = net.mutate(f"ablate {source}").trace(pixels)
    assert changed.trace(pixels).pre[target] == pytest.approx(silent.pre[target], abs=1e-5)
    before, after = (n.synapse_count(source.partition(":")[0], target) for n in (net, changed))
    cut = sum(len(net.synapses_out_of(*place(net, k))) for k in net.neuron(source).numbers)
    assert after == before - cut


def place(net, number):
    layer = address.write(net, number).partition(":")[0]
    return layer, number - net.offset(layer)


def test_groups_meet_what_single_edits_left():
    net = NETS["images"]
    source, target = net.connections[0]
    view = net.synapses(source, target)
    one = tuple(address.write(net, int(ends[0])) for ends in (view.source, view.target))
    changed = net.mutate(
        f"set {one[0]} -> {one[1]} 3; scale {source} -> {one[1]} 2; cut {one[0]} -> {target}"
    )
    found = changed.synapses(source, target)
    assert not (found.source == view.source[0]).any()
    mine = view.target == view.target[0]
    kept = found.weight[found.target == view.target[0]]
    assert kept == pytest.approx(2 * view.weight[mine & (view.source != view.source[0])])
    firing, trace = interpret(changed, image(net)), changed.trace(image(net))
    assert firing.activation == pytest.approx(trace.neurons, abs=1e-4)


def test_one_edit_more_leaves_the_net_before_as_it_was():
    first = MLP.mutate("cut input:14,14 -> hidden1:3; scale hidden1:3 2")
    before = first.trace(FOUR).neurons.copy()
    second = first.mutate("set input:13,14 -> hidden1:3 4; ablate hidden1:3; shift hidden2:1 2")
    assert (first.trace(FOUR).neurons == before).all()
    again = MLP.with_edits(second.edits)
    assert (again.trace(FOUR).neurons == second.trace(FOUR).neurons).all()
    assert (
        second.overlay.links["hidden1"][0].start.tolist() == again.overlay.links["hidden1"][0].start.tolist()
    )
