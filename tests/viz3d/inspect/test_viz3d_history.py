"""What was done to a network is told wherever the network is: in the shell, in reports, in files of old."""

import json

import numpy as np
import pytest

import data
import engine
from viz3d.command.choice.wanted import Wanted
from viz3d.evaluate.report import as_json, examine
from viz3d.inspect.command import inspect
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell

NET = engine.load(data.model_path("mlp"))
FIRST, THEN = "remove hidden1:199", "ablate hidden2:3"
TEXT = f"{FIRST}; {THEN}"


def test_another_digit_loses_nothing_of_what_surgery_did(capsys):
    # Lost otherwise: what prunes leaves no edit behind, and the next digit would say nothing of it.
    shell = Shell(InspectRequest(Wanted(sample="digits:111", data="digits")))
    shell.run("prune hidden1 30%")
    capsys.readouterr()
    shell.run("digit 3")
    assert "mutated: prune hidden1 30%" in capsys.readouterr().out


def as_saved_of_old(path, net, **provenance) -> None:
    """A file as it was before files kept a history: the text stands in what it tells of its origin."""
    engine.save(net.replace(provenance=provenance), path)
    with np.load(path) as file:
        arrays = dict(file)
    told = json.loads(bytes(arrays["description"]))
    del told["history"]
    arrays["description"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    "provenance",
    [
        {"mutated": TEXT, "base": {}},
        {"mutated": THEN, "base": {"mutated": FIRST}},
    ],
)
def test_files_of_old_tell_it_too_and_what_is_made_of_them(tmp_path, capsys, provenance):
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    as_saved_of_old(old, NET.mutate(TEXT), **provenance)
    more = "noise hidden3 0.1 seed 2"
    inspect(data="digits", sample="digits:4", model=old, mutate=[more], save=new, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["effect"]["before"]["mutated"] == TEXT
    assert told["mutated"] == f"{TEXT}; {more}"
    saved = engine.load(new)
    assert saved.history == (FIRST, THEN, more)
    assert saved.provenance["base"] == provenance
    assert "mutated" not in saved.provenance
    tests = data.load("digits", "test")
    assert as_json(examine(saved, tests))["mutated"] == f"{TEXT}; {more}"


def test_a_net_whose_edits_are_taken_off_tells_none_when_it_is_saved(tmp_path):
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    as_saved_of_old(old, NET.mutate(THEN), mutated=THEN, base={})
    net = engine.load(old)
    assert net.history == (THEN,)
    engine.save(net.without_edits(), new)
    assert engine.load(new).history == ()
