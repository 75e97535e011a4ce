"""What can be said of neurons and synapses, one by one and in groups, and what is refused in one line."""

import io
import zipfile

import numpy as np
import pytest
from edit_nets import image, nets

import data
import engine
from engine import EngineError, interpret
from engine.graph import address

NETS = nets()
MLP = engine.load(data.model_path("mlp"))
CNN = engine.load(data.model_path("cnn-draw"))
FOUR = data.load("digits").images[4]


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
        (MLP, "abate hidden1:5", "did you mean ablate? known are ablate, clamp"),
        (MLP, "Ablate hidden1:5", "did you mean ablate, in small letters? "),
        (MLP, "delete hidden1:5", "remove, prune, noise, grow, weight, crossover"),
        (MLP, "cut hidden1:3", "write cut SOURCE -> TARGET, such as cut hidden1:3 -> hidden2:5"),
        (MLP, "cut hidden1:3 - hidden2:3", "write cut SOURCE -> TARGET, such as cut"),
        (MLP, "set hidden1:3 0.5", "write set SOURCE -> TARGET WEIGHT, such as set"),
        (MLP, "ablate hidden1:3 -> hidden2:3 1", "'ablate' is nothing that can be done to a synapse"),
        (MLP, "ablate", "'ablate' needs an address, such as ablate hidden1:17"),
        (MLP, "clamp", "'clamp' needs an address"),
        (MLP, "hold", "such as hold hidden1"),
        (MLP, "clamp hidden2:5 0.8 0.9", "has 1 word too many: write clamp ADDRESS VALUE"),
        (MLP, "freeze hidden1:3 5", "has 1 word too many: write freeze ADDRESS, and"),
        (MLP, "ablate hidden1:17 hidden1:18 hidden1:19", "has 2 words too many"),
        (MLP, "set hidden1:3 -> hidden2:3 1 2", "write set SOURCE -> TARGET WEIGHT, and a semicolon"),
        (MLP, "remove hidden1:3 hidden1:4", "has 1 word too many: write remove hidden1:3"),
        (MLP, "grow hidden1 3 4 seed 2", "has 1 word too many: write grow hidden1 8"),
        (MLP, "ablate hidden1:3, ablate hidden1:4", "the next: ablate hidden1:3; ablate hidden1:4"),
        (MLP, "clamp hidden1:3 1 remove hidden1:4", "the next: clamp hidden1:3 1; remove hidden1:4"),
        (MLP, "cut hidden1:3 -> output:3, prune hidden1 3%", "cut hidden1:3 -> output:3; prune hidden1 3%"),
        (MLP, "ablate hidden1:5-3", "the range 5-3 runs backwards: write 3-5"),
        (MLP, "clamp hidden1:3 1e400", "the value 1e400 is no finite number"),
        (MLP, "function hidden1:3 swoosh", "known are identity, relu"),
        (MLP, "clamp hidden1:5", "lacks its value"),
        (MLP, "clamp hidden1:5 nan", "the value nan is no finite number"),
        (MLP, "clamp hidden1:5 high", "'high' is no number"),
        (MLP, "function hidden1:5 swish", "unknown activation 'swish'"),
        (MLP, "function hidden1:5 softmax", "whole row"),
        (MLP, "shift input:3,3 1", "a pixel has no bias"),
        (MLP, "cut hidden1:5 -> output:2", "there is no such synapse"),
        (MLP, "cut input:3,3 -> hidden1:2; cut input:3,3 -> hidden1:2", "there is no such synapse"),
        (MLP, "add input:3,3 -> hidden1:2 1", "there already"),
        (MLP, "add hidden2:3 -> hidden1:2 1", "never runs back"),
        (MLP, "add hidden1:3 -> hidden1:3 1", "never runs back"),
        (MLP, "scale hidden1:3 1e39", "1e+39 is no finite float32 number"),
        (MLP, "set input:14,14 -> hidden1:3 -1e39", "-1e+39 is no finite float32 number"),
        (MLP, "add hidden1 -> hidden2:3 1", "names 512 neurons"),
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


def test_only_functions_that_can_be_given_are_offered():
    with pytest.raises(EngineError) as error:
        MLP.mutate("function hidden1:3 swoosh")
    offered = str(error.value).partition("known are ")[2].split(", ")
    for name in offered:
        assert MLP.mutate(f"function hidden1:3 {name}").edits
    assert not any("softmax" in name for name in offered)


@pytest.mark.parametrize("text", ["ablate conv1:3, 4, 12", "ablate  conv1 : 3,4 ,12", "ablate\tconv1:3,4,12"])
def test_spaces_in_an_address_mean_nothing(text):
    assert [str(edit) for edit in CNN.mutate(text).edits] == ["ablate conv1:3,4,12"]


def test_an_error_tells_which_statement_is_wrong():
    with pytest.raises(EngineError) as error:
        MLP.mutate("ablate hidden1:3; prune hidden2 30%; clamp hidden1:999 1; ablate hidden1:4")
    assert error.value.statement == 2


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
    layer = address.write(net.graph, number).partition(":")[0]
    return layer, number - net.offset(layer)


def test_groups_meet_what_single_edits_left():
    net = NETS["images"]
    source, target = net.connections[0]
    view = net.synapses(source, target)
    one = tuple(address.write(net.graph, int(ends[0])) for ends in (view.source, view.target))
    changed = net.mutate(
        f"set {one[0]} -> {one[1]} 3; scale {source} -> {one[1]} 2; cut {one[0]} -> {target}"
    )
    found = changed.synapses(source, target)
    assert not (found.source == view.source[0]).any()
    mine = view.target == view.target[0]
    kept = found.weight[found.target == view.target[0]]
    assert kept == pytest.approx(2 * view.weight[mine & (view.source != view.source[0])])
    # What was set or added before is scaled from there.
    later = net.mutate(f"set {one[0]} -> {one[1]} 3; scale {source} -> {one[1]} 2")
    assert later.synapses(source, target).weight[0] == 6
    end = net.layers[-1].name
    added = net.mutate(f"add {one[0]} -> {end}:1 0.5; scale {source} -> {end} 4").synapses(source, end)
    assert added.weight.tolist() == [2.0]
    firing, trace = interpret(changed, image(net)), changed.trace(image(net))
    assert firing.activation == pytest.approx(trace.neurons, abs=1e-4)
