"""The strongest paths from the command line: those that the engine finds, before and after edits."""

import csv

import pytest
from inspected import asked
from run_viz3d import viz3d_here

import data
import engine
from engine.graph import address
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.inspect.command import inspect
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell

MLP = engine.load(data.model_path("mlp"))
FOUR = data.load("digits", "test").images[4]
TRACE = MLP.trace(FOUR)


@pytest.mark.parametrize(("job", "label"), [("12", TRACE.prediction), ("12:9", 9), ("12 9", 9)])
def test_the_paths_told_are_the_strongest_and_the_score_is_whole(capsys, job, label):
    told = asked(capsys, sample="digits:4", paths=job)
    assert "layers" not in told
    found = engine.strongest_paths(TRACE, label, 12)
    assert told["paths"]["class"] == label
    assert told["paths"]["score"] == pytest.approx(float(TRACE.pre["output"][label]))
    assert told["paths"]["from_pixels"] == pytest.approx(engine.pixel_contributions(TRACE, label).sum())
    for one, path in zip(told["paths"]["strongest"], found, strict=True):
        assert one["neurons"] == [address.write(MLP.graph, n) for n in path.neurons]
        assert one["contribution"] == pytest.approx(path.contribution)
    assert "no_longer" not in told["paths"]


def test_edits_show_which_paths_are_gone_and_which_are_new(capsys):
    through = address.write(MLP.graph, engine.strongest_paths(TRACE, 4, 1)[0].neurons[2])
    told = asked(capsys, sample="digits:4", paths="8:4", mutate=[f"ablate {through}"])["paths"]
    before, after = (
        engine.strongest_paths(t, 4, 8) for t in (TRACE, MLP.mutate(f"ablate {through}").trace(FOUR))
    )
    old, new = ([[address.write(MLP.graph, n) for n in p.neurons] for p in some] for some in (before, after))
    assert [each["neurons"] for each in told["strongest"]] == new
    assert [each["neurons"] for each in told["no_longer"]] == [way for way in old if way not in new]
    gone = [each for each in told["no_longer"] if through in each["neurons"]]
    assert gone
    assert all(each["contribution"] == 0 for each in gone)
    worth = {tuple(way): path.contribution for way, path in zip(old, before, strict=True)}
    for each in told["no_longer"]:
        assert each["before"] == pytest.approx(worth[tuple(each["neurons"])])
    for each in told["strongest"]:
        assert through not in each["neurons"]


def test_paths_of_a_net_that_lost_a_neuron_are_told_without_comparing(capsys, monkeypatch):
    told = asked(capsys, sample="digits:4", paths="3", mutate=["remove hidden1:3"])["paths"]
    assert all("before" not in each for each in told["strongest"])
    assert "no_longer" not in told
    monkeypatch.setenv("COLUMNS", "80")
    inspect(data="digits", sample="digits:4", paths="3", mutate=["remove hidden1:3"])
    assert "are not compared" in capsys.readouterr().out


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
@pytest.mark.parametrize("columns", [80, 120])
def test_the_report_fits_and_holds_every_neuron_of_a_path(capsys, monkeypatch, preset, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    inspect(data="digits", sample="digits:4", preset=preset, paths="4", mutate=["scale input:15,10 0.5"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    words = " ".join(lines)
    net = engine.load(data.model_path(preset)).mutate("scale input:15,10 0.5")
    trace = net.trace(FOUR)
    for path in engine.strongest_paths(trace, trace.prediction, 4):
        assert all(address.write(net.graph, number) in words for number in path.neurons)


def test_a_class_without_a_path_is_said(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    inspect(data="digits", sample="digits:4", paths="4", mutate=["ablate hidden2"])
    assert "No path leads from a pixel to" in capsys.readouterr().out


def test_paths_as_a_table(tmp_path, capsys):
    out = tmp_path / "paths.csv"
    told = asked(capsys, sample="digits:4", paths="5:4", mutate=["ablate hidden2:37"], out=out)["paths"]
    with out.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["contribution", "before", "path"]
    ways = [*told["strongest"], *told["no_longer"]]
    assert [row[2].split(" -> ") for row in rows] == [each["neurons"] for each in ways]
    assert [float(row[0]) for row in rows] == pytest.approx([each["contribution"] for each in ways])


def test_the_shell_tells_paths_before_and_after(capsys):
    shell = Shell(InspectRequest(Wanted(sample="digits:4", data="digits")))
    shell.run("paths")
    assert f"The 10 strongest paths to {shell.session.trace.prediction}" in capsys.readouterr().out
    shell.run("ablate hidden2:37")
    capsys.readouterr()
    shell.run("paths 3 9")
    said = capsys.readouterr().out
    assert "The 3 strongest paths to 9" in said
    assert "before the edits" in said
    with pytest.raises(UserError, match="how many"):
        shell.run("paths many")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--paths", "0"], "--paths 0 is out of range: give 1 to 10000"),
        (["--paths", "20000"], "is out of range"),
        (["--paths", "nine"], "such as 10 or 10:4"),
        (["--paths", "5:12"], "such as 10 or 10:4"),
        (["--paths", "5", "--out", "paths.png"], "a picture is made of --neuron or --study"),
        (["--paths", "5", "--why", "4:9", "--out", "both.csv"], "--why or --paths: give one of them"),
        (["--paths", "5", "--shell"], "--paths: with --shell, ask that in its lines"),
    ],
)
def test_wrong_options_are_one_clear_line(words, message, tmp_path):
    done = viz3d_here("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
