"""Commands that are killed or run out of disk, a few of many; `python -m tests.fuzz kills` runs more."""

import sys
import time

import numpy as np
import pytest
from fuzz import disks, kills
from fuzz.jobs import JOBS, Job
from fuzz.processes import is_pythons

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="judged by /proc")

# Seconds of an undisturbed run until it writes, and in all: moments need not be exact.
TIMES = 1.5, 2.5


@pytest.mark.parametrize(
    ("name", "how", "seed"), [("save", "SIGKILL", 1), ("import", "SIGTERM", 2), ("save", "SIGINT", 3)]
)
def test_a_command_that_is_killed_leaves_what_was_there_or_what_is_new(name, how, seed):
    outcome = kills.kill(JOBS[name], how, TIMES, np.random.default_rng(seed))
    assert outcome.wrong == []


@pytest.mark.parametrize("size", [60_000, 1 << 20])
def test_a_disk_that_is_too_small_for_a_network_keeps_what_was_there(size):
    if not disks.possible():
        pytest.skip("no small disk can be made here")
    outcome = disks.fill(JOBS["save"], size)
    assert outcome.wrong == []
    assert outcome.kind == ("new" if size > 1 << 19 else "before")


def script(tmp_path, text):
    """A job that runs a program, and should leave `out.txt` with "whole" in it."""

    def whole(path):
        assert path.read_text() == "whole"

    (tmp_path / "program.py").write_text(text)
    return Job((f"{tmp_path}/program.py",), {"out.txt": whole})


BAD = {
    "open('out.txt', 'w').write('half')": "out.txt: not whole",
    "os.remove('out.txt')": "out.txt: gone",
    "open('stray', 'w')": "leaves stray",
    "signal.signal(15, lambda *_: sys.exit(3)); open('.viz3d-x', 'w')": "status 3",
    "signal.signal(15, lambda *_: 1 / 0); open('.viz3d-x', 'w')": "Traceback",
}
SLEEP = "\nprint('asleep', flush=True)\ntime.sleep(600)"


def asleep(run, until, *, writing=False):
    """Wait until the program has done what it does, in place of a moment: then it sleeps."""
    while not run._said.read_text():
        assert run.process.poll() is None, run.complaint
        time.sleep(0.01)


@pytest.mark.parametrize("program", BAD)
def test_what_no_killed_command_may_leave_is_seen(tmp_path, monkeypatch, program):
    monkeypatch.setattr(kills, "of_viz3d", lambda words: [sys.executable, *words])
    job = script(tmp_path, f"import os, signal, sys, time\n{program}{SLEEP}")
    monkeypatch.setattr(kills, "_wait", asleep)
    outcome = kills.kill(job, "SIGTERM", (0.1, 0.2), np.random.default_rng(0))
    assert any(BAD[program] in wrong for wrong in outcome.wrong), outcome.wrong


def test_a_process_that_outlives_the_killed_one_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(kills, "of_viz3d", lambda words: [sys.executable, *words])
    monkeypatch.setattr(kills, "_PATIENCE", 1.0)
    monkeypatch.setattr(kills, "_wait", asleep)
    job = script(tmp_path, f"import subprocess, time\nsubprocess.Popen(['sleep', '600']){SLEEP}")
    outcome = kills.kill(job, "SIGKILL", (0.1, 0.2), np.random.default_rng(0))
    assert "1 processes go on" in outcome.wrong


def test_only_what_python_says_before_any_program_is_its_own():
    start = [
        "Traceback (most recent call last):",
        '  File "<frozen runpy>", line 189, in x',
        "KeyboardInterrupt",
    ]
    assert is_pythons(start)
    assert not is_pythons([start[0], '  File "/viz3d/__init__.py", line 1, in x', start[2]])
    assert not is_pythons(["error: no"])
