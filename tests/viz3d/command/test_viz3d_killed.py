"""A run that is killed leaves no process behind, and what it left half written goes with the next run."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE
from project import ROOT

import engine
from engine.files.places import part_beside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def children(process: int) -> list[int]:
    """The processes that a process and those that it started have started."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*"):
        with suppress(OSError):  # it has ended meanwhile
            for child in (task / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def eventually(true) -> bool:
    end = time.monotonic() + PATIENCE / 1000
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


PALETTE = """
import sys, numpy as np
from pathlib import Path
from viz3d.export.writing import ffmpeg
noise = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080"]
ffmpeg.run([*noise, "-f", "null", "-"], Path("film.gif"))
"""


def encoders(process: int) -> list[int]:
    """The children that encode."""
    found = []
    for child in children(process):
        with suppress(OSError):
            found += [child] if "testsrc2" in Path(f"/proc/{child}/cmdline").read_text() else []
    return found


def test_ffmpeg_ends_with_the_run_that_was_killed():
    run = subprocess.Popen([sys.executable, "-c", PALETTE], cwd=ROOT)
    assert eventually(lambda: encoders(run.pid))  # one that only tells its version comes before
    (encoder,) = encoders(run.pid)
    run.kill()
    run.wait()
    # What it encodes has no end: an hour of it was done before patience was.
    try:
        assert eventually(lambda: not running(encoder))
    finally:
        if running(encoder):
            os.kill(encoder, signal.SIGKILL)


def gone() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_what_a_killed_run_left_goes_with_the_next_one(tmp_path):
    ours = part_beside(tmp_path / "net.npz")
    machine = ours.name.split("-")[1]
    ours.touch()
    elsewhere = tmp_path / f".viz3d-000000-{gone()}-00000000.part"
    left, folder = (tmp_path / f".viz3d-{machine}-{gone()}-{n}0000000.part" for n in (1, 2))
    old, foreign = tmp_path / ".viz3d-12345678.part", tmp_path / ".other-12345678.part"
    folder.mkdir()
    (folder / "frame.png").touch()
    for path in (elsewhere, left, old, foreign):
        path.touch()
    for path in (old, foreign):
        os.utime(path, (0, 0))
    net = engine.build("input 4 | dense 2 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "net.npz")
    kept = {ours, elsewhere, foreign, tmp_path / "net.npz"}
    assert set(tmp_path.iterdir()) == kept
