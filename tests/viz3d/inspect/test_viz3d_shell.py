"""The shell of `inspect`: questions one after another, and exact undo."""

import io
import sys

import numpy as np
import pytest
from misread_digits import misread

import data
import engine
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.lines import run_shell
from viz3d.inspect.shell.shell import Shell

DIGITS = data.load("digits", "test")


@pytest.fixture
def shell():
    return Shell(InspectRequest(Wanted(sample="digits:111", data="digits")))


def test_a_misread_digit_is_put_right_and_undone_bit_for_bit(capsys, tmp_path):
    sample, label, answer, neuron = misread()
    shell = Shell(InspectRequest(Wanted(sample=sample, data="digits")))
    first = shell.traced.trace.probabilities
    shell.run(f"why {answer} {label} hidden2")
    assert neuron in capsys.readouterr().out
    shell.run(f"ablate {neuron}")
    assert shell.traced.trace.prediction == label
    shell.run("mutate clamp hidden1:3 0.5; noise hidden3 0.01 seed 3")
    changed = shell.traced.trace.probabilities
    shell.run("undo")
    shell.run("undo")
    assert np.array_equal(shell.traced.trace.probabilities, first)
    assert shell.traced.trace.prediction == answer
    shell.run("redo")
    shell.run("redo")
    assert np.array_equal(shell.traced.trace.probabilities, changed)
    capsys.readouterr()
    shell.run("edits")
    assert capsys.readouterr().out == f"ablate {neuron}; clamp hidden1:3 0.5; noise hidden3 0.01 seed 3\n"
    shell.run(f"save {tmp_path / 'new.npz'}")
    saved = engine.load(tmp_path / "new.npz").trace(DIGITS.images[int(sample.rpartition(":")[2])])
    assert np.array_equal(saved.probabilities, changed)


def test_a_small_network_is_said_to_see_digits_made_smaller_once(tmp_path, capsys):
    """What its input shows is no part of the digit that was asked for, unsaid."""
    net = engine.build("input 8x8 | dense 10 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "small.npz")
    shell = Shell(InspectRequest(Wanted(data="digits"), model=tmp_path / "small.npz"))
    assert capsys.readouterr().err.count("reads 8x8: each digit is brought to that") == 1
    shell.run("digit 4")
    assert not capsys.readouterr().err
    shell.run("net mlp")
    shell.run(f"model {tmp_path / 'small.npz'}")
    assert capsys.readouterr().err.count("reads 8x8: each digit is brought to that") == 1


def test_a_change_after_undo_starts_a_new_branch(shell):
    shell.run("ablate hidden2:155")
    shell.run("undo")
    shell.run("ablate hidden2:12")
    assert shell.edits == "ablate hidden2:12"
    with pytest.raises(UserError, match="nothing to make again"):
        shell.run("redo")


def test_another_digit_keeps_the_changes(shell, capsys):
    shell.run("clamp hidden3:5 9")
    shell.run("digit 7")
    expected = shell.traced.net.trace(shell.traced.digit.image)
    assert shell.traced.digit.label == 7
    assert shell.traced.trace.activation["hidden3"][5] == 9
    assert np.array_equal(shell.traced.trace.probabilities, expected.probabilities)
    shell.run("digit 3")
    # What was done last is undone first, the digit too.
    shell.run("undo")
    assert (shell.traced.digit.label, shell.edits) == (7, "clamp hidden3:5 9")
    shell.run("undo")
    assert (shell.traced.digit.label, shell.edits) == (4, "clamp hidden3:5 9")
    shell.run("undo")
    assert (shell.traced.digit.label, shell.edits) == (4, "")


@pytest.mark.parametrize("line", ["show", "neuron hidden1:17 survey", "synapse hidden1:17 -> hidden2:3",
                                  "survey", "help", "why 9:4", "", "# a remark"])  # fmt: skip
def test_every_question_is_answered(shell, capsys, line):
    assert shell.run(line)
    assert bool(capsys.readouterr().out) == (bool(line) and not line.startswith("#"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("bogus", "bogus is no command: known are show"),
        ("neuron", "neuron needs more: neuron ADDRESS"),
        ("digit 12", "digit 12: give 0 to 9"),
        ("undo", "nothing to undo"),
        ("save new.npz", "nothing has been changed"),
        ("effect", "nothing has been changed"),
        ("ablate hidden9:1", "no layer 'hidden9'"),
        ("why 9", "why 9: give two digits"),
        ("paths x", "paths x: give how many"),
        ("sample x", "sample x: give SET:SPLIT:NUMBER"),
        ("undo 3", "undo stands alone: leave out 3"),
        ("show extra", "show stands alone"),
        ("quit now", "quit stands alone"),
        ("ablat hidden1:3", "ablat is no command: did you mean ablate?"),
        ("Ablate hidden1:3", "did you mean ablate, in small letters?"),
        ("delete hidden1:3", "the edits ablate, clamp"),
        ("study explode", "explode is no study: give one of ablate, lesion, prune, evolve"),
        (
            "study prune 98%",
            "98% is no layer: what follows prune is one, of hidden1, hidden2",
        ),
        ("study ablate hidden1,hidden2", "study ablate takes one layer"),
        ("mutate ;", "mutate needs more"),
    ],
)
def test_a_wrong_line_says_what_there_is_and_changes_nothing(shell, line, says):
    before = shell.session.state
    with pytest.raises((UserError, engine.EngineError)) as error:
        shell.run(line)
    assert str(error.value).startswith(says) or f" {says}" in str(error.value)
    assert "\n" not in str(error.value)
    assert shell.session.state is before


def test_a_fault_in_a_line_is_told_and_leaves_the_session_as_it_was(monkeypatch, capsys):
    def broken(*_):
        raise IndexError("list index out of range")

    monkeypatch.setattr(Shell, "_paths", broken)
    monkeypatch.setattr(sys, "stdin", io.StringIO("ablate hidden2:155\npaths\nedits\n"))
    assert run_shell(InspectRequest(Wanted(sample="digits:111", data="digits"))) == 2
    told = capsys.readouterr()
    assert told.err.startswith("error: IndexError: list index out of range (this is a fault of viz3d")
    assert told.err.count("\n") == 1
    assert told.out.endswith("> edits\nablate hidden2:155\n")


def test_a_semicolon_too_many_is_not_kept(shell):
    shell.run("ablate hidden1:3;")
    shell.run("mutate ablate hidden1:4;; ablate hidden1:5 ;")
    assert shell.edits == "ablate hidden1:3; ablate hidden1:4; ablate hidden1:5"


def test_a_session_is_written_as_a_script_and_played_again(shell, capsys, tmp_path, monkeypatch):
    for line in ("ablate hidden2:155", "digit 3", "undo", "select hidden1:17", "prune hidden1 30%"):
        shell.run(line)
    capsys.readouterr()
    shell.run("script")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        *("data digits", "net mlp", "sample digits:111"),
        *("mutate ablate hidden2:155", "select hidden1:17", "mutate prune hidden1 30%"),
    ]
    file = tmp_path / "it's my #1.txt"
    shell.run(f'script "{file}"')
    assert file.read_text().splitlines() == lines
    reached = shell.traced
    shell.run("net mlp-sigmoid")
    shell.run(f'play "{file}"')
    assert shell.traced.net.diff(reached.net) == ()
    assert np.array_equal(shell.traced.trace.neurons, reached.trace.neurons)
    # As lines from a pipe too, whose first three replace what stood before.
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*lines, "script"])))
    assert run_shell(InspectRequest(Wanted(data="digits"))) == 0
    told = capsys.readouterr().out
    assert told.endswith("\n".join(["> script", *lines[:2], "digit 7", *lines]) + "\n")


def test_a_session_is_written_as_python_that_runs(shell, tmp_path):
    shell.run("ablate hidden2:155")
    shell.run(f"script {tmp_path / 'again.py'}")
    names: dict = {}
    exec((tmp_path / "again.py").read_text(), names)
    assert (names["trace"].prediction, names["label"], names["net"].history) == (
        4,
        4,
        ("ablate hidden2:155",),
    )


def test_a_script_that_cannot_be_done_changes_nothing_and_tells_its_line(shell, tmp_path):
    shell.run("ablate hidden2:155")
    before = shell.session.state
    (tmp_path / "wrong.txt").write_text("digit 3\nneuron hidden1:17\n")
    with pytest.raises(UserError, match=r"^line 2: neuron is no act of a session: known are data"):
        shell.run(f"play {tmp_path / 'wrong.txt'}")
    with pytest.raises(UserError, match="there is no such file"):
        shell.run("play nowhere.txt")
    assert shell.session.state is before
    (tmp_path / "net.npz").write_bytes(b"a network")
    for place in (tmp_path, tmp_path / "none" / "x.txt", tmp_path / "net.npz"):
        with pytest.raises(UserError, match=r"cannot write .*"):
            shell.run(f"script {place}")
    assert (tmp_path / "net.npz").read_bytes() == b"a network"


def test_what_is_selected_is_looked_at_without_its_address(shell, capsys):
    shell.run("select hidden1:17")
    assert capsys.readouterr().out == "selected: hidden1:17\n"
    for line in ("neuron", "neuron survey"):
        shell.run(line)
        assert capsys.readouterr().out.startswith("hidden1:17  a neuron of Hidden 1")
    shell.run("select hidden1:17 -> hidden2:3")
    capsys.readouterr()
    shell.run("synapse")
    assert "hidden1:17" in capsys.readouterr().out
    shell.run("select none")
    with pytest.raises(UserError, match="synapse needs more"):
        shell.run("synapse")


def test_another_network_reads_the_same_digit(shell, capsys):
    shell.run("ablate hidden2:155")
    shell.run("net cnn-fast")
    assert "cnn-fast" in capsys.readouterr().out
    assert (shell.traced.net.name, shell.traced.digit.label, shell.edits) == ("cnn-fast", 4, "")
    assert shell.prompt.startswith("cnn-fast reads ")
    shell.run("undo")
    assert shell.prompt == "mlp +1 reads 4> "
