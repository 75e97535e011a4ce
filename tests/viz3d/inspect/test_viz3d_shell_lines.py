"""The shell of `inspect`: how its lines are completed, and where they come from."""

import os
import re
import select
import subprocess
import sys
import time

import numpy as np
import pytest
from misread_digits import misread
from patience import PATIENCE

import engine
from viz3d.command.choice.wanted import Wanted
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell
from viz3d.inspect.shell.words import COMMANDS, EDITS, completions
from viz3d.session.acts.registry import READERS
from viz3d.session.session import Session


@pytest.fixture
def shell():
    return Shell(InspectRequest(Wanted(sample="digits:111", data="digits")))


def test_completion_offers_commands_layers_and_the_brightest_neurons(shell):
    found = [word for word, _ in completions("", shell.traced)]
    assert found == [*COMMANDS, *EDITS]
    assert [word for word, _ in completions("neu", shell.traced)] == ["neuron"]
    assert [word for word, _ in completions("neuron hid", shell.traced)] == [
        "hidden1:",
        "hidden2:",
        "hidden3:",
    ]
    values = shell.traced.trace.activation["hidden2"]
    first = completions("undo; ablate hidden2:", shell.traced)[0][0]
    assert first == f"hidden2:{values.argmax()}"
    assert [word for word, _ in completions("cut hidden1:3 ", shell.traced)] == ["->"]
    assert completions("cut hidden1:3 -> hidden2", shell.traced)[0][0] == "hidden2:"
    assert [word for word, _ in completions("why 9 4 hidden", shell.traced)][-1] == "hidden3"


def test_completion_offers_files_to_cross_with(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine.save(engine.preset("mlp", np.random.default_rng(1)), "other.npz")
    assert [word for word, _ in completions("crossover o", shell.traced)] == ["other.npz"]
    before = shell.traced.trace.probabilities
    shell.run("crossover other.npz seed 3")
    assert (shell.traced.trace.probabilities != before).any()
    shell.run("undo")
    assert (shell.traced.trace.probabilities == before).all()


def test_completion_offers_heads_and_then_what_they_hold():
    tiny = Shell(InspectRequest(Wanted(sample="digits:111", data="digits"), preset="vit-tiny")).traced

    def offered(line: str) -> list[str]:
        return [word for word, _ in completions(line, tiny)]

    layer = "block2.attention"
    assert offered(f"ablate {layer}:")[:4] == [f"{layer}:head{n}" for n in range(4)]
    assert offered(f"ablate {layer}:h") == [f"{layer}:head{n}" for n in range(4)]
    assert offered(f"ablate {layer}:head1,t") == [f"{layer}:head1,token{n}" for n in range(17)]
    assert offered(f"ablate {layer}:head1,token5,") == [f"{layer}:head1,token5,feature{n}" for n in range(16)]
    for word in offered(f"ablate {layer}:token5,") + offered("ablate block1.scores:head2,"):
        assert tiny.net.neuron(word).numbers


def test_every_edit_that_is_offered_is_one(shell):
    for verb in EDITS:
        with pytest.raises(engine.EngineError) as error:
            shell.traced.net.mutate(f"{verb} nowhere:1 -> hidden1:1 1")
        with pytest.raises(engine.EngineError) as other:
            shell.traced.net.mutate(f"{verb} nowhere:1 1")
        assert min("is nothing that can be done" in str(each.value) for each in (error, other)) is False


def test_what_a_window_has_done_can_be_done_again_line_by_line(shell):
    # Lost otherwise: the script of a network that was trained in the window stops at its training.
    assert {*READERS} <= {*COMMANDS}
    done = Session.play(["data digits", "sample digits:111"])
    script = [
        "architecture seed 0 input 28x28 | dense 10 softmax",
        "train steps 2 images 64 seed 0 lr 0.01",
    ]
    for line in script:
        done.run(line)
    for line in done.script():
        shell.run(line)
    assert np.array_equal(shell.traced.trace.probabilities, done.trace.probabilities)
    assert shell.session.script()[-2:] == script


def test_a_session_goes_over_to_data_of_ones_own(shell, tmp_path):
    # Lost otherwise: the network before reads none of it, a new one not the digit: no order of lines works.
    rows = [f"{k % 3},{k},{k * k},{'xyz'[k % 3]}" for k in range(30)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,c,label", *rows]))
    for line in (
        f"data {tmp_path / 'mine.csv'}",
        "architecture seed 0 input 3 | dense 3 softmax",
        "train steps 2 images 20 seed 0",
    ):
        shell.run(line)
    session, scope = shell.session, {}
    assert session.digit.image.shape == (3,)
    exec("\n".join(session.python()), scope)
    for trace in (Session.play(session.script()).trace, scope["trace"]):
        assert np.array_equal(trace.probabilities, session.trace.probabilities)


def piped(lines: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "viz3d.inspect", "--data", "digits", "--shell", *words]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=False)


def test_lines_come_through_a_pipe_and_a_wrong_one_does_not_end_them():
    sample, label, answer, neuron = misread()
    done = piped(f"bogus\nablate {neuron}\nundo\nquit\nredo\n", "--sample", sample)
    assert done.returncode == 2
    assert done.stderr.startswith("error: bogus is no command")
    assert done.stderr.count("\n") == 1
    assert f"after  {label}" in done.stdout
    assert f"> undo\nundone: ablate {neuron}; it reads {answer} (" in done.stdout
    assert done.stdout.endswith("% sure)\n> quit\n")


def test_a_shell_takes_no_question_as_an_option():
    done = piped("", "--neuron", "hidden1:17", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --neuron and --json: with --shell, ask that in its lines: leave it out\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_a_person_has_completion_and_a_history(tmp_path):
    import pty

    sample, label, answer, neuron = misread()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "viz3d.inspect", "--data", "digits", "--sample", sample, "--shell"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "TERM": "xterm"},
    )
    os.close(theirs)
    try:
        until(ours, f"reads {answer}>")
        os.write(ours, b"abla")
        until(ours, "ablate")
        os.write(ours, f"\t {neuron}\r".encode())
        assert f"after  {label}" in until(ours, f"reads {label}>")
        os.write(ours, b"\x04")
        assert process.wait(timeout=PATIENCE / 1000) == 0
    finally:
        process.kill()
        os.close(ours)
    kept = next(tmp_path.rglob("inspect-history"))
    assert f"+ablate {neuron}" in kept.read_text()


def test_a_line_of_a_pipe_is_shown_and_never_obeyed():
    done = piped("ablate \x1b[2J\u202ehidden1:3\n" + "help " * 2_000, "--sample", "digits:7")
    assert "\x1b" not in done.stdout
    assert "> ablate \\x1b[2J\\u202ehidden1:3" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 3_100


def until(terminal: int, end: str) -> str:
    """What the terminal shows up to some words, without its codes."""
    seen, stop = b"", time.monotonic() + PATIENCE / 1000
    while time.monotonic() < stop:
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 65536)
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode(errors="replace"))
        if end in text:
            return text
    raise AssertionError(seen[-2000:])


def test_completion_offers_networks_data_sets_and_what_may_be_selected(shell):
    def offered(line: str) -> list[str]:
        return [word for word, _ in completions(line, shell.traced)]

    assert offered("net cnn-d") == ["cnn-draw"]
    assert offered("data ")[:2] == ["mnist", "digits"]
    assert offered("label n") == ["none"]
    assert offered("select hid")[0] == "hidden1:"
    assert offered("select hidden1:3 ") == ["->"]
