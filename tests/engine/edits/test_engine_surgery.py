"""Surgery changes what it says and nothing else: one weight, the weakest, a neuron more, two parents."""

import numpy as np
import pytest
from edit_nets import image, nets

import data
import engine
from engine import EngineError
from engine.training import Trainer

NETS = nets()
MLP = engine.load(data.model_path("mlp"))
CNN = engine.load(data.model_path("cnn-draw"))
VIT = engine.load(data.model_path("vit-tiny"))
FOUR = data.load("digits").images[4]


def test_a_kernel_weight_changes_all_that_share_it_and_says_how_many():
    where = "conv1.kernel:1,2,0,7"
    assert engine.sharers(CNN, where) == 24 * 24
    after = CNN.mutate(f"weight {where} 3.5").trace(FOUR)
    before = CNN.trace(FOUR)
    changed = after.pre["conv1"] != before.pre["conv1"]
    assert not changed[..., :7].any()
    assert not changed[..., 8:].any()
    # Each neuron of the map whose pixel there is lit.
    lit = FOUR[1:25, 2:26] > 0
    assert (changed[..., 7] == lit).all()
    assert CNN.parameters["conv1.weight"][1, 2, 0, 7] != 3.5


def test_pruning_takes_the_weakest_and_training_leaves_them_out():
    net = MLP.mutate("prune hidden2 30%")
    weight, old = (n.parameters["hidden2.weight"] for n in (net, MLP))
    gone = weight == 0
    assert gone.sum() == round(0.3 * weight.size)
    assert np.abs(old[gone]).max() <= np.abs(old[~gone]).min()
    assert (weight[~gone] == old[~gone]).all()
    trainer = Trainer(net, net.recipe)
    rng = np.random.default_rng(0)
    for _ in range(3):
        trainer.update(rng.random((16, 28, 28, 1), np.float32), rng.integers(0, 10, 16), 0.01, rng)
    trained = trainer.snapshot()
    assert (trained.parameters["hidden2.weight"][gone] == 0).all()
    assert (trained.parameters["hidden2.weight"][~gone] != weight[~gone]).any()


def test_a_pruned_net_comes_back_from_its_file(tmp_path):
    net = MLP.mutate("prune hidden2 30%; ablate hidden1:3")
    engine.save(net, tmp_path / "net.npz")
    again = engine.load(tmp_path / "net.npz")
    assert again.edits == net.edits
    assert again.diff(net) == ()


@pytest.mark.parametrize(
    ("net", "gone", "same"),
    [
        (MLP, "remove hidden1:3,", "ablate hidden1:3"),
        (MLP, "remove hidden2:5-40", "ablate hidden2:5-40"),
        (CNN, "remove conv1:map3", "ablate conv1:map3"),
        (CNN, "remove conv2:map7", "ablate conv2:map7"),
        (CNN, "remove hidden1:9", "ablate hidden1:9"),
        (VIT, "remove block2.hidden:feature7", "ablate block2.hidden:feature7"),
    ],
)
def test_a_net_without_a_neuron_answers_like_one_in_which_it_is_silent(net, gone, same):
    smaller = net.mutate(gone.rstrip(","))
    assert smaller.parameter_count < net.parameter_count
    assert smaller.neuron_count < net.neuron_count
    expected = net.mutate(same).trace(FOUR)
    assert smaller.trace(FOUR).pre["output"] == pytest.approx(expected.pre["output"], abs=1e-4)


@pytest.mark.parametrize(
    ("net", "layer"),
    [(MLP, "hidden1"), (CNN, "conv1"), (CNN, "conv2"), (CNN, "hidden1"), (VIT, "block1.hidden")],
)
def test_a_net_with_new_neurons_answers_as_before_and_can_learn_with_them(net, layer):
    larger = net.mutate(f"grow {layer} 4 seed 2")
    assert larger.layer(layer).shape[-1] == net.layer(layer).shape[-1] + 4
    assert larger.trace(FOUR).pre["output"] == pytest.approx(net.trace(FOUR).pre["output"], abs=1e-4)
    assert np.abs(larger.parameters[f"{layer}.weight"][..., -4:]).min() > 0
    trainer = Trainer(larger, larger.recipe)
    rng = np.random.default_rng(0)
    trainer.update(rng.random((8, 28, 28, 1), np.float32), rng.integers(0, 10, 8), 0.01, rng)


def test_new_neurons_are_heard_in_time_by_a_layer_that_was_pruned():
    """What a pruned layer holds at 0 is what was pruned, not what came later."""
    larger = MLP.mutate("prune hidden2 30%; grow hidden1 4")
    rows = larger.parameters["hidden2.weight"][-4:]
    trainer, rng = Trainer(larger, larger.recipe), np.random.default_rng(0)
    trainer.update(rng.random((8, 28, 28, 1), np.float32), rng.integers(0, 10, 8), 0.01, rng)
    after = trainer.snapshot().parameters["hidden2.weight"]
    assert np.abs(after[-4:] - rows).max() > 1e-3
    pruned = MLP.mutate("prune hidden2 30%").parameters["hidden2.weight"] == 0
    assert (after[:-4][pruned] == 0).all()


def test_a_child_has_each_neuron_whole_from_one_parent():
    other = engine.preset("mlp", np.random.default_rng(1))
    child = engine.crossover(MLP, other, np.random.default_rng(2))
    for key in ("hidden1", "hidden3", "output"):
        own = [n.parameters[f"{key}.weight"] for n in (child, MLP, other)]
        bias = [n.parameters[f"{key}.bias"] for n in (child, MLP, other)]
        first = (own[0] == own[1]).all(axis=0) & (bias[0] == bias[1])
        second = (own[0] == own[2]).all(axis=0) & (bias[0] == bias[2])
        assert (first ^ second).all()
        if len(first) > 20:
            assert 0.2 < first.mean() < 0.8


def test_a_crossing_with_a_file_is_that_of_the_nets_and_keeps_the_edits_of_the_first(tmp_path):
    other = engine.preset("mlp", np.random.default_rng(1))
    path = tmp_path / "the other  net.npz"
    engine.save(other.mutate("ablate hidden2:4"), path)
    mine = MLP.mutate("ablate hidden1:3")
    child = mine.mutate(f"crossover {path} seed 2")
    assert child.diff(engine.crossover(mine, other, np.random.default_rng(2))) == ()
    assert child.edits == mine.edits
    plain = mine.mutate(f"crossover\t{path}")
    assert plain.diff(engine.crossover(mine, other, np.random.default_rng(0))) == ()
    engine.save(other.astype(np.float64), path)
    assert mine.mutate(f"crossover {path}").dtype == np.float32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("crossover", "names no file: write crossover other.npz"),
        ("crossover seed 3", "names no file"),
        ("crossover {here}/none.npz seed 3", "none.npz: name that of a saved net"),
        ("crossover {here}", "there is no file"),
        ("crossover {here}/words.npz", "words.npz is no net file"),
        ("crossover {here}/cnn.npz", "mlp and cnn-draw cannot be crossed"),
        ("grow hidden1 3; crossover {here}/mlp.npz", "cross ahead of remove and grow"),
        ("remove hidden1:3; crossover {here}/mlp.npz", "hidden1: 511 against 512"),
        ("crossover {here}/mlp.npz seed x", "like seed 3"),
    ],
)
def test_a_file_that_cannot_be_crossed_is_one_clear_line(tmp_path, text, message):
    (tmp_path / "words.npz").write_text("words")
    engine.save(engine.preset("cnn-draw", np.random.default_rng(0)), tmp_path / "cnn.npz")
    engine.save(engine.preset("mlp", np.random.default_rng(0)), tmp_path / "mlp.npz")
    with pytest.raises(EngineError) as error:
        MLP.mutate(text.format(here=tmp_path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_noise_leaves_what_was_pruned_or_frozen():
    net = MLP.mutate("prune hidden2 50%; freeze hidden2:3; noise hidden2 0.1 seed 3")
    before = MLP.mutate("prune hidden2 50%").parameters["hidden2.weight"]
    after = net.parameters["hidden2.weight"]
    assert not after[before == 0].any()
    assert np.array_equal(after[:, 3], before[:, 3])
    free = np.delete(before, 3, axis=1) != 0
    assert (np.delete(after, 3, axis=1)[free] != np.delete(before, 3, axis=1)[free]).mean() > 0.99


def test_noise_is_as_strong_as_asked_and_repeats_with_its_seed():
    net = MLP.mutate("noise hidden2 0.1 seed 3")
    change = net.parameters["hidden2.weight"] - MLP.parameters["hidden2.weight"]
    assert change.std() == pytest.approx(0.1 * MLP.parameters["hidden2.weight"].std(), rel=0.02)
    assert net.diff(MLP.mutate("noise hidden2 0.1 seed 3")) == ()
    assert net.diff(MLP.mutate("noise hidden2 0.1 seed 4"))


def test_noise_nudges_synapses_one_by_one():
    net = MLP.mutate("noise hidden1:17 -> hidden2 0.1 seed 3")
    assert {edit.verb for edit in net.edits} == {"nudge"}
    change = net.synapses("hidden1", "hidden2").weight - MLP.synapses("hidden1", "hidden2").weight
    change = change.reshape(512, 256)
    assert (change[np.arange(512) != 17] == 0).all()
    assert change[17].std() == pytest.approx(0.1 * MLP.parameters["hidden2.weight"].std(), rel=0.1)
    assert net.diff(MLP.mutate("noise hidden1:17 -> hidden2 0.1 seed 3")) == ()
    one = CNN.mutate("noise input:14,14 -> conv1:12,12,5 0.5")
    assert len(one.edits) == 1
    assert np.count_nonzero(one.trace(FOUR).pre["conv1"] != CNN.trace(FOUR).pre["conv1"]) <= 1


def test_differences_are_told_one_by_one():
    net = MLP.mutate("weight output.bias:3 1.5; ablate hidden1:17")
    lines = MLP.diff(net)
    assert lines[0].startswith("output.bias: 1 of 10 differ")
    assert lines[1] == "only the second has the edit: ablate hidden1:17"
    assert MLP.diff(MLP) == ()
    assert "hidden1: 512 against 511" in MLP.diff(MLP.mutate("remove hidden1:3"))


@pytest.mark.parametrize(
    ("net", "text", "message"),
    [
        (MLP, "remove output:3", "cannot lose or gain neurons"),
        (MLP, "remove hidden1", "nothing would be left"),
        (CNN, "remove conv1:3,3,3", "remove conv1:map3"),
        (CNN, "remove pool1:map3", "cannot lose or gain neurons"),
        (MLP, "weight hidden1.weight:3,3 1e39", "1e+39 is no finite float32 number"),
        (MLP, "noise hidden1 1e300", "weights grow beyond float32"),
        (MLP, "grow hidden1 1000000000", "add 1 to 10,000"),
        (
            MLP,
            "prune hidden1 130%",
            "'prune hidden1 130%': the share must be in 0..1, or 0%..100%: such as",
        ),
        (
            MLP,
            "prune hidden1 30",
            "'prune hidden1 30': the share must be in 0..1, or 0%..100%: did you mean 30%",
        ),
        (MLP, "noise hidden1->hidden2  0.1", "noise hidden1 -> hidden2 0.1: it names 131,072"),
        (MLP, "prune input 30%", "has learned no weights"),
        (MLP, "prune hidden1", "write it like prune hidden1 30%"),
        (MLP, "grow hidden1 many", "no number of neurons"),
        (MLP, "noise hidden1 0.1 seed x", "like seed 3"),
        (MLP, "noise hidden1 -1", "0 or more"),
        (MLP, "noise hidden1 -> hidden2 0.1", "131,072 synapses: name no more than 1,000"),
        (MLP, "noise input:3,3 -> hidden2:3 0.1", "there is no such synapse"),
        (MLP, "noise input:3,3 -> hidden1:3 inf", "0 or more"),
        (MLP, "prune input -> hidden1 30%", "nothing that can be done to a synapse"),
        (MLP, "cut input:3,3 -> hidden1:3 -> hidden2:3", "write source -> target"),
        (MLP, "weight hidden1.bias:3 nan", "no finite float32 number"),
        (MLP, "weight hidden1.bias 2", "give one index"),
        (MLP, "weight hidden1.gain:3 2", "hidden1 has hidden1.weight, hidden1.bias"),
        (MLP, "hold hidden1:3", "write hold hidden1"),
        (NETS["tokens"], "remove block1.hidden:0,3", "remove block1.hidden:feature3"),
        (NETS["tokens"], "grow block1.query 2", "that can be done to block1.hidden here"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(net, text, message):
    with pytest.raises(EngineError) as error:
        net.mutate(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_nets_of_other_shapes_have_no_child():
    with pytest.raises(EngineError, match="cannot be crossed"):
        engine.crossover(MLP, CNN, np.random.default_rng(0))


def test_images_of_small_nets_pass_after_resizing():
    net = NETS["images"].mutate("remove conv0:map1")
    assert net.trace(image(net)).prediction in range(3)


@pytest.mark.parametrize(
    ("net", "edits", "gone", "same", "left"),
    [
        (MLP, "clamp hidden1:5 2", "hidden1:4", "hidden1:4", "clamp hidden1:4 2"),
        (MLP, "clamp hidden1:3-9 2", "hidden1:3-5", "hidden1:3-5", "clamp hidden1:3-6 2"),
        (MLP, "ablate hidden1:4", "hidden1:4", "hidden1:4", ""),
        (MLP, "scale hidden1 2", "hidden1:4", "hidden1:4", "scale hidden1 2"),
        (
            MLP,
            "cut input:14,14 -> hidden1:9; scale hidden1:9 -> hidden2:3 3; cut hidden1:2 -> hidden2:3",
            "hidden1:2",
            "hidden1:2",
            "cut input:14,14 -> hidden1:8; scale hidden1:8 -> hidden2:3 3",
        ),
        (
            MLP,
            "cut hidden1:0 -> hidden2:7; scale hidden1:0-1 -> hidden2:7 2",
            *["hidden1:1"] * 2,
            "cut hidden1:0 -> hidden2:7",
        ),
        (
            CNN,
            "clamp conv1:3,4,7 2; shift conv1:map9 0.5; scale pool1:map4-6 3",
            "conv1:map5",
            "conv1:map5",
            "clamp conv1:3,4,6 2; shift conv1:*,*,8 0.5; scale pool1:*,*,4-5 3",
        ),
    ],
)
def test_edits_follow_their_neurons_when_others_leave(net, edits, gone, same, left):
    smaller = net.mutate(f"{edits}; remove {gone}")
    assert "; ".join(map(str, smaller.edits)) == left
    expected = net.mutate(f"{edits}; ablate {same}").trace(FOUR)
    assert smaller.trace(FOUR).pre["output"] == pytest.approx(expected.pre["output"], abs=2e-4)


def test_edits_of_a_whole_layer_leave_new_neurons_alone():
    larger = MLP.mutate("scale hidden2 2; hold hidden2; grow hidden2 4")
    assert "; ".join(map(str, larger.edits)) == "scale hidden2:0-255 2; hold hidden2"
    expected = MLP.mutate("scale hidden2 2").trace(FOUR)
    assert larger.trace(FOUR).pre["output"] == pytest.approx(expected.pre["output"], abs=1e-4)
