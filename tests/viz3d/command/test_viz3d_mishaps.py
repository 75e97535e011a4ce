"""Mishaps while a film is written: a user must get one clear line, and keep what was there before."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from run_viz3d import viz3d_here
from slow_cases import slow_but

import engine
from viz3d.command import cli
from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write
from viz3d.command.process import limits
from viz3d.export.writing import ffmpeg
from viz3d.export.writing.writers import open_writer

NOISE = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only a Linux user who may mount can make a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def encoders(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen]:
    """Each ffmpeg that is started, so that a test can end it."""
    started: list[subprocess.Popen] = []

    class Noted(subprocess.Popen):
        def __init__(self, *words, **more):
            super().__init__(*words, **more)
            started.append(self)

    monkeypatch.setattr(ffmpeg.subprocess, "Popen", Noted)
    return started


def film(out: Path, frames: int, mishap: Callable[[], object] = lambda: None) -> None:
    """Write a film of noise; `mishap` happens after its first frame."""
    with open_writer(str(out), (640, 360), 10) as write:
        write(NOISE)
        mishap()
        for shift in range(1, frames):
            write(np.roll(NOISE, shift, axis=1))


@pytest.mark.parametrize(
    "name", slow_but(["film.mp4", "still.png"], ["film.mp4", "film.webm", "film.gif", "still.png", "frames"])
)
def test_a_full_disk_is_called_one(small_disk, name):
    with pytest.raises(UserError, match="the disk is full: free some space"):
        film(small_disk / name, 30)
    assert list(small_disk.iterdir()) == []


def test_a_home_without_room_ends_no_picture(small_disk, tmp_path):
    # Mesa would map a file there that has no room, and end with SIGBUS.
    words = ["viz3d.export", "--sample", "digits:7", "--size", "160x90", "--at", "1", "--out", "a.png"]
    environment = os.environ | {"XDG_CACHE_HOME": str(small_disk)}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "a.png").exists()


def test_a_disk_that_fills_at_the_last_moment_is_noticed(small_disk):
    def fill() -> None:
        left = os.statvfs(small_disk)
        (small_disk / "other").write_bytes(bytes(left.f_bavail * left.f_frsize - 4096))

    with pytest.raises(UserError, match="the disk is full"):
        film(small_disk / "film.mp4", 1, fill)
    assert [file.name for file in small_disk.iterdir()] == ["other"]


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.gif"])
@pytest.mark.parametrize("frames", [1, 200])
def test_a_killed_encoder_is_named_and_its_rest_removed(tmp_path, encoders, name, frames):
    (tmp_path / name).write_bytes(b"the film of yesterday")
    with pytest.raises(UserError, match=rf"{name}: ffmpeg was ended by SIGKILL"):
        film(tmp_path / name, frames, lambda: encoders[-1].send_signal(signal.SIGKILL))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"the film of yesterday"


def test_what_ffmpeg_says_reaches_the_user(tmp_path):
    with pytest.raises(UserError, match=r"film\.gif: ffmpeg says: .*No such file"):
        ffmpeg.run(["-i", str(tmp_path / "missing.mkv"), str(tmp_path / "film.gif")], Path("film.gif"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder that nobody may write, on Linux")
@pytest.mark.parametrize("out", ["/proc/film.mp4", "/proc/still.png", "/proc/frames"])
def test_a_folder_that_may_not_be_written_is_named(out):
    with pytest.raises(UserError, match=f"cannot write {out}"), open_writer(out, (640, 360), 10):
        pytest.fail("the writer opened")


def test_a_terminal_of_no_width_still_shows_what_is_said(tmp_path):
    for columns in ("0", "-3", "wide", "9" * 30):
        done = viz3d_here("viz3d", "presets", folder=tmp_path, COLUMNS=columns)
        assert done.returncode in (0, None)
        assert "cnn-draw" in done.stdout


def without(closed, program, folder):
    """The program's end, its streams closed as a shell writes that."""
    words = ["sh", "-c", f"exec {sys.executable} -m {program} {closed}"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes what a program has")
@pytest.mark.parametrize(
    ("closed", "program"),
    [
        ("<&-", "viz3d presets --json"),
        (">&-", "viz3d presets --json"),
        ("2>&-", "viz3d presets --json"),
        ("<&- >&- 2>&-", "viz3d.inspect --preset mlp-sigmoid --sample digits:7 --shell"),
    ],
)
def test_a_program_without_standard_streams_does_what_it_is_asked(tmp_path, closed, program):
    done = without(closed, program, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes what a program has")
def test_training_without_standard_streams_keeps_what_it_learned(tmp_path):
    train = "viz3d.train --data digits --preset mlp-sigmoid --epochs 1 --images 50 --tests 10 --out net.npz"
    done = without("<&- >&- 2>&-", train, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert engine.load(tmp_path / "net.npz").provenance["epochs"] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="told by /proc")
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path):
    # What a library writes to stderr would stand in it.
    program = (
        "import os\nfrom viz3d.command.process.streams import complete_streams\ncomplete_streams()\n"
        "file = open('made.txt', 'w')\nprint('said')\nos.write(2, b'complaint')\n"
        "file.write(str(file.fileno()))"
    )
    words = f'exec {sys.executable} -c "{program}" <&- >&- 2>&-'
    subprocess.run(["sh", "-c", words], cwd=tmp_path, check=True)
    assert (tmp_path / "made.txt").read_text() == "3"


def test_a_name_that_a_terminal_has_no_letters_for_is_told(tmp_path):
    words = [sys.executable, "-m", "viz3d.train", "--data", "digits", "--preset", "mlp-sigmoid"]
    words += ["--epochs", "1", "--images", "50", "--tests", "10", "--out", "zw\u00f6lf-\udcff.npz"]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=ascii_only, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "zw\\xf6lf-\\udcff.npz: " in done.stdout


def test_a_terminal_of_few_letters_draws_by_them():
    # Lost otherwise: the digit, its bars and tables are all question marks.
    program = (
        "from viz3d.command.process.streams import complete_streams\ncomplete_streams()\n"
        "print('\u2502 \u2591\u2592\u2593\u2588 4 \u258c 28\u00d728 \u00b10.5 \u6f22')"
    )
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, env=ascii_only, check=True)
    assert done.stdout == "| .:*# 4 # 28x28 ~0.5 \\u6f22\n"


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of Linux's shells")
@pytest.mark.parametrize(("kilobytes", "words"), [(300_000, "--at 1"), (600_000, "--seconds 2")])
def test_a_limit_of_memory_under_which_vtk_would_crash_is_told(tmp_path, kilobytes, words):
    (out := tmp_path / "a.png" if "at" in words else tmp_path / "a.mp4").write_text("of yesterday")
    program = f"ulimit -v {kilobytes}; exec {sys.executable} -m viz3d.export --sample digits:7 {words}"
    shell = ["sh", "-c", f"{program} --size 160x90 --out {out}"]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: drawing takes 1.5 GB of memory, and this shell allows 0.")
    assert len(done.stderr.splitlines()) == 1
    assert out.read_text() == "of yesterday"


def test_a_library_that_finds_no_memory_is_told(monkeypatch):
    error = ImportError("libvtkRenderingCore.so: failed to map segment from shared object")
    monkeypatch.setattr(limits, "address_limit", lambda: None)
    assert cli.explained(error) is None  # broken, or another's
    monkeypatch.setattr(limits, "address_limit", lambda: 300_000_000)
    assert "this shell allows 0.3 GB" in str(cli.explained(error))


def test_too_few_threads_are_told_before_a_driver_waits_for_them(monkeypatch):
    limits.check_drawing()

    def refused(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(limits.Thread, "start", refused)
    with pytest.raises(UserError, match="threads, and the system allows this user fewer"):
        limits.check_drawing()


def test_a_folder_that_is_gone_is_told(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m viz3d.export --out x.png"
    done = subprocess.run(["sh", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: the folder that you are in is gone: go to one that is there, with cd\n"


def test_what_a_file_says_is_told_in_one_short_line(tmp_path):
    path = tmp_path / ("\x1b[31m" + "x" * 200 + ".npz")
    done = viz3d_here("viz3d.export", "--model", str(path), folder=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mx" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_cannot_be_run_is_no_fault_of_the_output(tmp_path):
    with pytest.raises(PermissionError), atomic_write(tmp_path / "a.png"):
        raise PermissionError(13, "Permission denied", "/usr/bin/python")
    with pytest.raises(UserError, match="cannot write"), atomic_write(tmp_path / "a.png") as part:
        raise PermissionError(13, "Permission denied", str(part))
