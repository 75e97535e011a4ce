"""Stopping: Ctrl-C, a closed terminal or `kill` must leave no broken film and no process behind."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from inherited_signals import inherited
from patience import PATIENCE

from viz3d.command.output import atomic_write

pytestmark = [
    pytest.mark.usefixtures("screen"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the processes in /proc"),
]


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


class Export:
    """A film far too long to end, in a process group of its own as a shell starts it."""

    def __init__(self, folder: Path, out: str, workers: int, ignored: tuple[int, ...] = ()):
        self.folder, self.out, self.workers = folder, out, workers
        self.mark = f"VIZ3D_TEST_{uuid.uuid4().hex}"
        words = ["--sample", "digits:17", "--seconds", "600", "--size", "160x90", "--workers", str(workers)]
        with inherited(ignored):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "viz3d.export", *words, "--out", out],
                cwd=folder,
                env=os.environ | {self.mark: "1"},
                start_new_session=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    def alive(self) -> dict[int, str]:
        """Return its processes, by their mark in the environment, with their command lines."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return {number: command for number, command in found.items() if command}

    def encoders(self) -> list[int]:
        return [number for number, command in self.alive().items() if "rawvideo" in command]

    def in_the_middle(self) -> bool:
        """Whether all its processes run and, for a folder, pictures have come."""
        assert self.process.poll() is None, self.process.stderr.read()
        if self.out.endswith("/"):
            return self.pictures() > 2
        drawing = [command for command in self.alive().values() if "spawn_main" in command]
        return bool(self.encoders()) and len(drawing) >= (self.workers if self.workers > 1 else 0)

    def pictures(self) -> int:
        """How many have come, for a folder."""
        assert self.process.poll() is None, self.process.stderr.read()
        return len(list(self.folder.glob(".*/*.png")))

    def end(self) -> tuple[int, str, str]:
        said, complaint = self.process.communicate(timeout=PATIENCE / 1000)
        return self.process.returncode, said, complaint


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Export]]:
    """Start an export and wait until it is in the middle; nothing of it outlives the test."""
    started = []

    def begin(out: str, workers: int, ignored: tuple[int, ...] = ()) -> Export:
        started.append(Export(tmp_path, out, workers, ignored))
        wait_for(started[-1].in_the_middle)
        return started[-1]

    yield begin
    for export in started:
        for number in export.alive():
            os.kill(number, signal.SIGKILL)


INTERRUPTED, ENDED, HUNG_UP = (
    (signal.SIGINT, 130, "stopped\n"),
    (signal.SIGTERM, 143, ""),
    (signal.SIGHUP, 129, ""),
)


@pytest.mark.parametrize(
    ("out", "workers", "number", "status", "words"),
    # Each signal and each way to write once, and both ways to draw under Ctrl-C and `kill`.
    # In the fast tests: `kill` while one process draws.
    [
        ("film.mp4", 1, *ENDED),
        pytest.param("film.mp4", 1, *INTERRUPTED, marks=pytest.mark.slow),
        pytest.param("film.gif", 2, *INTERRUPTED, marks=pytest.mark.slow),
        pytest.param("film.gif", 2, *ENDED, marks=pytest.mark.slow),
        pytest.param("frames.part/", 1, *HUNG_UP, marks=pytest.mark.slow),
    ],
)
def test_a_stopped_export_keeps_the_old_film_and_leaves_nothing(
    tmp_path, start, out, workers, number, status, words
):
    old = tmp_path / "film.mp4"
    old.write_bytes(b"the film of yesterday")
    export = start(out, workers)
    os.killpg(export.process.pid, number)
    assert export.end() == (status, "", words)
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_bytes() == b"the film of yesterday"
    wait_for(lambda: not export.alive())


def test_what_is_stopped_before_its_first_picture_is_told_in_our_words_alone(tmp_path):
    # As above where the signal comes just after the encoder has begun: its library has a line of its own.
    program = (
        "import viz3d, imageio_ffmpeg as encoder\n"
        "film = encoder.write_frames('film.mp4', (16, 16), ffmpeg_log_level='quiet')\n"
        "film.send(None)\n"
        "film.close()"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.slow
def test_a_signal_that_whoever_started_it_ignores_does_not_end_an_export(tmp_path, start):
    # As `nohup ... &` starts it from a script: a closed terminal and Ctrl-C are for others.
    export = start("frames/", 2, (signal.SIGHUP, signal.SIGINT))
    for number in (signal.SIGHUP, signal.SIGINT):
        os.killpg(export.process.pid, number)
    # More than can have been on their way: each process that draws goes on.
    enough = export.pictures() + 20
    wait_for(lambda: export.pictures() > enough)
    os.killpg(export.process.pid, signal.SIGTERM)
    assert export.end() == (143, "", "")
    assert list(tmp_path.iterdir()) == []
    wait_for(lambda: not export.alive())


@pytest.mark.slow
def test_what_cannot_be_ended_in_order_ends_its_processes_all_the_same(tmp_path, start):
    # With SIGTERM ignored, as a shell's `trap '' TERM` leaves it, Ctrl-C still ends all that draws.
    export = start("film.mp4", 2, (signal.SIGTERM,))
    os.killpg(export.process.pid, signal.SIGTERM)
    os.killpg(export.process.pid, signal.SIGINT)
    assert export.end() == (130, "", "stopped\n")
    assert list(tmp_path.iterdir()) == []
    wait_for(lambda: not export.alive())


def test_a_killed_export_leaves_no_process_and_what_it_left_goes_with_the_next(tmp_path, start):
    export = start("film.mp4", 2)
    export.process.kill()
    export.end()
    wait_for(lambda: not export.alive())
    left = [path.name for path in tmp_path.iterdir()]
    assert "film.mp4" not in left
    with atomic_write(tmp_path / "other.png"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["other.png"], left


@pytest.mark.slow
def test_a_killed_encoder_ends_the_export_with_one_line(tmp_path, start):
    export = start("film.mp4", 2)
    for number in export.encoders():
        os.kill(number, signal.SIGKILL)
    status, _, complaint = export.end()
    assert status == 2
    assert complaint.startswith("error: cannot write film.mp4: ffmpeg was ended by SIGKILL")
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    wait_for(lambda: not export.alive())
