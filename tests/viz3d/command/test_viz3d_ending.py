"""How a process ends beside threads that are at work, as a window does that is closed amid training."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

# OpenBLAS takes back its memory as a process exits, or waits for ever for the product that a thread is at.
PROGRAM = """
import atexit, sys, threading, time
import numpy as np
from viz3d.command.cli import command_line, run

def multiply():
    begun.set()
    while busy:
        many @ many

def command():
    begun.wait()
    print("done", end="")  # in a pipe it is kept until it is flushed
    if ended:
        raise SystemExit(ended)

busy, ended = sys.argv[1] == "busy", int(sys.argv[2])
begun, many = threading.Event(), np.ones((2500, 2500), np.float32)
atexit.register(print, ", taken down", end="")
thread = threading.Thread(target=multiply, daemon=True)
thread.start()
if not busy:
    thread.join()
app = command_line()
app.command()(command)
del sys.argv[1:]
run(app, "test")
"""


@pytest.mark.parametrize(
    ("thread", "status", "said"),
    [("busy", 143, "done"), ("idle", 0, "done, taken down")],
)
def test_a_process_is_not_taken_down_under_threads_that_are_at_work(thread, status, said):
    # Lost otherwise: a window that is closed amid training ends in a crash, or its process never ends.
    words = [sys.executable, "-c", PROGRAM, thread, str(status)]
    told = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE / 1000, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (status, said, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is full here")
def test_beside_threads_too_it_is_told_that_what_was_printed_has_no_room():
    words, env = [sys.executable, "-c", PROGRAM, "busy", "0"], os.environ | {"PYTHONUNBUFFERED": ""}
    with Path("/dev/full").open("w") as full:
        assert (
            subprocess.run(words, stdout=full, env=env, timeout=PATIENCE / 1000, check=False).returncode
            == 120
        )
