"""A net tells what was done to it, every mutation in order: through copies, files old and new, training."""

import json

import numpy as np
import pytest
from training_task import net_of, task

import data
import engine
from engine import fit
from engine.files.description import from_json, to_json

MLP = engine.load(data.model_path("mlp"))
WORDS = (
    "ablate hidden1:17",
    "prune hidden2 30%",
    "cut input:14,14 -> hidden1:3",
    "noise hidden1:17 -> hidden2 0.1 seed 3",
    "grow hidden3 2 seed 1",
)


def test_each_mutation_is_told_in_order_edits_and_surgery_alike():
    assert MLP.history == ()
    assert MLP.mutate("; ".join(WORDS)).history == WORDS
    net = MLP
    for words in WORDS:
        net = net.mutate(words)
    assert net.history == WORDS


@pytest.mark.parametrize(
    "words", ["remove hidden1:3-5", "weight hidden1.bias:3 0.5", "noise output 0.1 seed 2"]
)
def test_surgery_of_every_kind_is_told_once(words):
    assert MLP.mutate(words).history == (words,)


def test_edits_are_told_as_a_net_spells_them():
    assert MLP.mutate("clamp  hidden2 : 5  .80").history == ("clamp hidden2:5 0.8",)
    assert MLP.neuron("hidden1:17").ablate().synapse("hidden1:3 -> hidden2:4").scale(2).history == (
        "ablate hidden1:17",
        "scale hidden1:3 -> hidden2:4 2",
    )


def test_a_crossover_is_told(tmp_path):
    other = tmp_path / "the other.npz"
    engine.save(MLP.mutate("noise hidden1 0.1"), other)
    words = f"crossover {other} seed 3"
    assert MLP.mutate(words).history == (words,)
    assert engine.crossover(MLP, MLP, np.random.default_rng(0)).history == ("crossover mlp",)


def test_what_is_told_makes_the_same_net_again():
    changed = MLP.mutate("; ".join(WORDS))
    again = MLP.mutate("; ".join(changed.history))
    assert changed.diff(again) == ()
    assert again.history == changed.history


def test_a_file_keeps_it(tmp_path):
    changed = MLP.mutate("; ".join(WORDS))
    engine.save(changed, tmp_path / "net.npz")
    assert engine.load(tmp_path / "net.npz").history == WORDS
    assert engine.load(data.model_path("vit-tiny")).history == ()


@pytest.mark.parametrize(
    ("edits", "provenance", "told"),
    [
        ("ablate hidden1:17", {}, ("ablate hidden1:17",)),
        ("ablate hidden1:17", {"mutated": "ablate  hidden1:17;prune hidden2 30%"}, WORDS[:2]),
        ("", {"mutated": WORDS[1], "base": {"mutated": WORDS[0], "base": {}}}, WORDS[:2]),
        ("shift hidden1:3 1.5", {"mutated": WORDS[1]}, (WORDS[1], "shift hidden1:3 1.5")),
        # Its neurons moved: the edit is the same under another address.
        (
            "ablate hidden1:16",
            {"mutated": "ablate hidden1:17; remove hidden1:3"},
            ("ablate hidden1:17", "remove hidden1:3"),
        ),
        ("hold hidden2", {"mutated": "prune hidden2 30%"}, ("prune hidden2 30%",)),
        # Training further copied its base's text.
        (
            WORDS[0],
            {"init": "a.npz", "mutated": WORDS[0], "base": {"mutated": WORDS[0], "base": {}}},
            WORDS[:1],
        ),
        # What was edited in Python, and only then by `inspect --save`, came first.
        (
            "shift hidden1:3 1.5; ablate hidden1:17; scale hidden2:5 2",
            {"mutated": WORDS[0]},
            ("shift hidden1:3 1.5", WORDS[0], "scale hidden2:5 2"),
        ),
        ("shift hidden1:3 1.5; hold hidden2", {"mutated": WORDS[1]}, ("shift hidden1:3 1.5", WORDS[1])),
        ("", {"mutated": 3, "base": "none"}, ()),
    ],
)
def test_files_of_before_tell_it_too(edits, provenance, told):
    """Until files had a history, provenance told some ("mutated", its base's too) and edits told more."""
    value = json.loads(json.dumps(to_json(MLP.mutate(edits) if edits else MLP)))
    value.pop("history", None)
    assert from_json({**value, "provenance": provenance}).history == told


def test_a_history_that_is_no_list_of_statements_is_refused():
    with pytest.raises(engine.EngineError, match="'history' must list str"):
        from_json({**to_json(MLP), "history": [3]})


def test_without_its_edits_a_net_still_tells_its_surgery():
    plain = MLP.mutate("; ".join(WORDS)).without_edits()
    assert plain.edits == ()
    assert plain.history == ("prune hidden2 30%", "grow hidden3 2 seed 1")


def test_training_keeps_it():
    images, labels = task()
    net = net_of().mutate("ablate hidden1:1")
    training = fit(net, images, labels, rng=np.random.default_rng(0), epochs=1)
    next(training)
    assert training.snapshot().history == ("ablate hidden1:1",)


def test_copies_share_what_was_worked_out_of_the_structure():
    _ = MLP.weights.by_layer
    edited, pruned = MLP.mutate("ablate hidden1:17"), MLP.mutate("prune hidden2 30%")
    assert edited.weights is MLP.weights
    assert pruned.graph is MLP.graph
    assert MLP.mutate("grow hidden3 2").graph is not MLP.graph
    assert edited.edge_count == MLP.edge_count
    assert edited.mutate("cut input:14,14 -> hidden1:3").edge_count == MLP.edge_count - 1


def test_a_study_that_prunes_tells_how_its_net_was_made():
    images, labels = task()
    *_, (_, found) = engine.prune_until(
        net_of().mutate("ablate hidden1:1"), images, labels, layers=["hidden2"]
    )
    assert found.net.history == ("ablate hidden1:1", found.text)
    assert net_of().mutate("; ".join(found.net.history)).diff(found.net) == ()
