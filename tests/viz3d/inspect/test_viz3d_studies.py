"""Studies from the command line: figures, tables, pictures and networks are those that the engine finds."""

import csv
import json
import re

import numpy as np
import pytest
from inspected import asked
from PIL import Image
from run_viz3d import viz3d_here

import data
import engine
from viz3d.command.choice.digits import Digit
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts
from viz3d.findings.studies.run import make_study
from viz3d.findings.studies.settings import Settings, parse_floor
from viz3d.findings.studies.silencing import AblateFacts, LesionFacts
from viz3d.inspect.command import inspect
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell
from viz3d.inspect.shell.words import completions
from viz3d.session.traced_digit import TracedDigit

DIGITS = data.load("digits", "test")
SMALL = engine.load(data.model_path("mlp-sigmoid"))
STUDIES = {
    "ablate": {"preset": "cnn-fast", "layer": "conv1"},
    "lesion": {"preset": "mlp-sigmoid", "layer": "hidden2", "seed": 3},
    "prune": {"preset": "mlp-sigmoid", "layer": "output", "floor": "80%"},
    "evolve": {"preset": "mlp-sigmoid", "layer": "output,hidden2", "generations": 3, "population": 4},
}


def studied(capsys, study, **more) -> dict:
    """What --json prints of a study."""
    return asked(capsys, study=study, **(STUDIES[study] | more))["study"]


def made(net, study, layer=None, **settings):
    """A study's facts, of the digits that come with viz3d."""
    digit = Digit(DIGITS.images[0], int(DIGITS.labels[0]), "")
    pick = {"test": DIGITS, "train": data.load("digits", "train")}.__getitem__
    return make_study(study, TracedDigit.of(net, digit), layer, Settings(**settings), pick, 8, True)


def accuracy(net) -> float:
    return engine.evaluate(net, DIGITS.images, DIGITS.labels).accuracy


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_is_told_as_a_report_a_table_a_picture_and_json(study, capsys, tmp_path, monkeypatch):
    table, picture, told = (tmp_path / f"study.{ending}" for ending in ("csv", "png", "json"))
    monkeypatch.setenv("COLUMNS", "80")
    inspect(data="digits", study=study, out=picture, **STUDIES[study])
    text = capsys.readouterr().out.removesuffix(f"{picture}: the report\n")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    for path in (table, told):
        inspect(data="digits", study=study, out=path, quiet=True, **STUDIES[study])
    assert Image.open(picture).size == (1920, 1080)
    assert json.loads(told.read_text())["study"]["study"] == study
    names, *rows = csv.reader(table.open())
    assert {len(row) for row in rows} == {len(names)}
    assert json.loads(told.read_text())["study"]["images"] == len(DIGITS.labels)


def test_of_a_convolution_whole_maps_are_silenced_unless_neurons_are_asked_for(capsys):
    told = studied(capsys, "ablate")
    assert sorted(each["map"] for each in told["maps"]) == [f"conv1:map{i}" for i in range(4)]
    net = engine.load(data.model_path("cnn-fast"))
    for each in told["maps"]:
        assert each["accuracy_without"] == pytest.approx(accuracy(net.mutate(f"ablate {each['map']}")))
    told = studied(capsys, "ablate", preset="mlp-sigmoid", layer="hidden2", each="neuron")
    assert len(told["neurons"]) == 64


@pytest.mark.parametrize("study", ["ablate", "lesion", "prune"])
def test_a_study_may_read_the_first_images_only(study, capsys):
    told = studied(capsys, study, images=100)
    first = DIGITS.images[:100], DIGITS.labels[:100]
    net = engine.load(data.model_path(STUDIES[study]["preset"]))
    assert told["images"] == 100
    assert told["accuracy"] == pytest.approx(engine.evaluate(net, *first).accuracy)


def test_a_lesions_table_is_its_curves(capsys, tmp_path):
    table = tmp_path / "lesion.csv"
    told = studied(capsys, "lesion", out=table)
    rows = list(csv.DictReader(table.open()))
    assert [int(row["silenced"]) for row in rows] == told["silenced"]
    for name in ("most_needed_first", "least_needed_first"):
        assert [float(row[name]) for row in rows] == pytest.approx(told[name], abs=1e-6)
    random = np.array(told["random"])
    assert [float(row["random_mean"]) for row in rows] == pytest.approx(random.mean(axis=0), abs=1e-6)
    assert [float(row["random_spread"]) for row in rows] == pytest.approx(random.std(axis=0), abs=1e-6)
    silent = told["order"][: told["silenced"][2]]
    without = SMALL.mutate("; ".join(f"ablate {where}" for where in silent))
    assert told["most_needed_first"][2] == pytest.approx(accuracy(without))
    assert studied(capsys, "lesion", seed=3)["random"] == told["random"]
    assert studied(capsys, "lesion", seed=4)["random"] != told["random"]


def test_a_pruned_network_is_saved_with_how_it_was_made(capsys, tmp_path):
    path = tmp_path / "pruned.npz"
    edits = "ablate hidden2:0-9"
    told = studied(capsys, "prune", save=path, mutate=[edits], layer="hidden2,output")
    saved = engine.load(path)
    assert told["mutate"] == f"prune hidden2 {told['share']:g}; prune output {told['share']:g}"
    assert saved.history == (edits, *told["mutate"].split("; "))
    assert saved.diff(SMALL.mutate("; ".join(saved.history))) == ()
    assert [str(edit) for edit in saved.edits] == [edits, "hold hidden2", "hold output"]
    assert accuracy(saved) == pytest.approx(told["accuracy_kept"])
    assert told["floor"] == 0.8
    assert told["accuracy_kept"] >= 0.8
    for each in told["layers"]:
        assert each["left"] == np.count_nonzero(saved.parameters[f"{each['layer']}.weight"])


def test_a_damaged_network_is_repaired_and_saved(capsys, tmp_path):
    path = tmp_path / "healed.npz"
    damage = ["ablate hidden2:0-47"]
    told = studied(capsys, "evolve", mutate=damage, save=path, generations=12, population=8, seed=1)
    saved = engine.load(path)
    assert told["accuracy_before"] == pytest.approx(accuracy(SMALL.mutate(*damage)))
    assert told["accuracy_after"] == pytest.approx(accuracy(saved))
    assert told["accuracy_after"] > told["accuracy_before"]
    assert saved.history == (
        "ablate hidden2:0-47",
        "evolve output,hidden2 generations 12 population 8 images 1287 seed 1",
    )
    best = [each["best"] for each in told["generations"]]
    assert best == sorted(best)
    assert len(best) == 13


def test_each_study_has_a_number_for_each_neuron():
    net = engine.load(data.model_path("cnn-fast"))
    facts = made(net, "ablate", "conv1")
    assert isinstance(facts, AblateFacts)
    ((layer, values),) = facts.by_neuron.items()
    assert (layer, values.shape) == ("conv1", (net.layer("conv1").size,))
    for i, lost in zip(facts.ablation.neurons, facts.ablation.lost_by_class.sum(axis=1), strict=True):
        assert set(values.reshape(net.layer("conv1").shape)[..., i].reshape(-1)) == {lost}

    lesion = made(SMALL, "lesion", "hidden2")
    assert isinstance(lesion, LesionFacts)
    rank = lesion.by_neuron["hidden2"]
    order = lesion.lesion.ablation.order
    assert (rank[order[0]], rank[order[-1]]) == (1, 0)
    assert (np.diff(rank[order]) < 0).all()

    pruned = made(SMALL, "prune", floor="60%")
    assert isinstance(pruned, PruneFacts)
    for layer, values in pruned.by_neuron.items():
        left = (pruned.net.parameters[f"{layer}.weight"] != 0).mean(axis=0)
        assert values == pytest.approx(left)
    assert list(pruned.by_neuron) == ["hidden1", "hidden2", "output"]

    evolved = made(SMALL, "evolve", "output", generations=2, population=4)
    assert isinstance(evolved, EvolveFacts)
    old, new = (each.parameters["output.weight"] for each in (SMALL, evolved.net))
    expected = np.linalg.norm(new - old, axis=0) / np.linalg.norm(old, axis=0)
    assert evolved.by_neuron["output"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ({"study": "prune", "floor": "98"}, "--floor 98: give an accuracy of 0 to 1"),
        ({"study": "prune", "floor": "nan"}, "--floor nan: give an accuracy"),
        ({"study": "prune", "layer": "input", "save": "x.npz"}, "input has learned no weights"),
        ({"study": "evolve", "generations": 0}, "--generations 0 is out of range"),
        ({"study": "evolve", "population": 0}, "--population 0 is out of range"),
        ({"study": "evolve", "images": 0}, "--images 0 is out of range: give 1 to 10000000"),
        ({"study": "evolve", "seed": -1}, "--seed -1 is out of range: give 0 to 9223372036854775807"),
        (
            {"study": "ablate", "layer": "hidden1,hidden2"},
            "study ablate takes one layer, hidden1,hidden2",
        ),
        ({"study": "evolve", "layer": "hidden2,hidden9", "save": "x.npz"}, "no layer 'hidden9'"),
        ({"study": "lesion", "each": "map"}, "hidden2 has no maps: take each neuron"),
        ({"study": "lesion", "each": "atom"}, "--each atom is not known"),
        ({"study": "ablate", "floor": "0.9"}, "--floor is for --study prune"),
        ({"seed": 3}, "--seed is for --study lesion and --study evolve"),
        ({"study": "lesion", "save": "x.npz"}, "--study prune or --study evolve made"),
        ({"shell": True, "floor": "0.9"}, "--floor is for --study prune"),
    ],
)
def test_a_wrong_study_is_refused_and_leaves_nothing(tmp_path, capsys, job, says):
    if "save" in job:
        job = job | {"save": tmp_path / job["save"]}
    with pytest.raises((UserError, engine.EngineError), match=re.escape(says)):
        inspect(data="digits", preset="mlp-sigmoid", **job)
    assert not list(tmp_path.iterdir())
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["prune", "--floor", "99.9%"], "error: floor 99.90%: mlp-sigmoid itself reads 93.53% right"),
        (["lesion", "--layer", "output", "--out", "x.png"], "take a hidden one"),
    ],
)
def test_bad_input_is_one_line(tmp_path, words, says):
    given = ["--data", "digits", "--preset", "mlp-sigmoid", "--study", *words]
    done = viz3d_here("viz3d.inspect", *given, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "floor"), [("0.98", 0.98), ("98%", 0.98), ("99.5 %", 0.995), ("1", 1.0)])
def test_a_floor_is_a_share_or_percent(text, floor):
    assert parse_floor(text) == floor


@pytest.fixture
def shell():
    return Shell(InspectRequest(Wanted(sample="digits:111", data="digits"), preset="mlp-sigmoid"))


def test_what_a_study_made_is_kept_and_undone_in_the_shell(shell, capsys, tmp_path):
    before = shell.traced.net
    with pytest.raises(UserError, match="no study has made a network of this one"):
        shell.run("keep")
    shell.run("study prune output")
    assert '"keep" goes on' in capsys.readouterr().out
    shell.run("data mnist")
    with pytest.raises(UserError, match="the study read images of digits: data digits goes back"):
        shell.run("keep")
    shell.run("data digits")
    shell.run("digit 3")
    shell.run("keep")
    assert before.mutate(shell.edits).diff(shell.traced.net) == ()
    assert shell.traced.digit.label == 3
    shell.run(f"save {tmp_path / 'x.npz'}")
    assert engine.load(tmp_path / "x.npz").history[0].startswith("prune output 0.")
    shell.run("undo")
    assert shell.traced.net.diff(before) == ()
    shell.run("ablate hidden2:3")
    with pytest.raises(UserError, match="no study has made a network of this one"):
        shell.run("keep")


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("study", "hidden2 without each of its neurons"),
        ("study hidden2", "hidden2 without each of its neurons"),
        ("study ablate hidden2", "hidden2 without each of its neurons"),
        ("study lesion hidden2", "hidden2 with more and more"),
    ],
)
def test_studies_are_asked_for_in_the_shell(shell, capsys, line, heading):
    shell.run(line)
    text = capsys.readouterr().out
    assert heading in text
    assert "keep" not in text


def test_a_line_with_too_much_is_refused(shell):
    with pytest.raises(UserError, match="study prune a b: give a study and a layer"):
        shell.run("study prune a b")


def test_studies_and_then_layers_are_completed(shell):
    words = [word for word, _ in completions("study ", shell.traced)]
    assert words == ["ablate", "lesion", "prune", "evolve", "hidden1", "hidden2"]
    assert [word for word, _ in completions("study lesion h", shell.traced)] == ["hidden1", "hidden2"]
    assert [word for word, _ in completions("study hidden1 ", shell.traced)] == []


@pytest.mark.parametrize(("digit", "told"), [(None, {"study"}), ("4", {"effect", "study"})])
def test_a_study_of_edits_tells_of_one_image_where_one_is_asked_for(capsys, digit, told):
    study = {"preset": "mlp-sigmoid", "study": "ablate", "layer": "hidden2", "images": 20}
    found = asked(capsys, typed=digit, mutate=["ablate hidden1:3"], **study)
    assert found.keys() & {"effect", "study"} == told
