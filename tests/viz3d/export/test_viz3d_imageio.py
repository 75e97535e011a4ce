"""imageio writes what is exported: a user loses a film, or is not told why, where it does so unwatched."""

import gc
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from unittest import mock

import imageio.plugins.ffmpeg
import imageio.plugins.pillow
import imageio.v3 as iio
import imageio_ffmpeg
import numpy as np
import pytest
from inherited_signals import inherited
from patience import PATIENCE
from project import ROOT

from viz3d.command.errors import UserError
from viz3d.export.writing import ffmpeg
from viz3d.export.writing.writers import open_writer

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3), np.uint8)
FILMS = ("film.mp4", "film.webm", "film.gif")
PICTURED = ("still.png", "frames")


def record(out: Path) -> None:
    with open_writer(str(out), (96, 64), 10) as write:
        for picture in PICTURES[: 1 if out.suffix == ".png" else None]:
            write(picture)


def broken_off(out: Path) -> None:
    with open_writer(str(out), (96, 64), 10) as write:
        write(PICTURES[0])
        raise KeyboardInterrupt


@pytest.mark.parametrize("name", FILMS)
def test_a_film_goes_through_imageios_ffmpeg_plugin(tmp_path, name):
    writer = imageio.plugins.ffmpeg.FfmpegFormat.Writer
    with mock.patch.object(writer, "append_data", autospec=True, side_effect=writer.append_data) as appended:
        record(tmp_path / name)
    assert appended.call_count == len(PICTURES)


@pytest.mark.parametrize("name", PICTURED)
def test_a_picture_goes_through_imageios_pillow_plugin(tmp_path, name):
    plugin = imageio.plugins.pillow.PillowPlugin
    with mock.patch.object(plugin, "write", autospec=True, side_effect=plugin.write) as written:
        record(tmp_path / name)
    assert written.call_count == (1 if name == "still.png" else len(PICTURES))


@pytest.mark.parametrize("name", FILMS)
def test_without_imageios_ffmpeg_plugin_a_film_is_refused_with_the_fix(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, "imageio.plugins.ffmpeg", None)
    with pytest.raises(UserError, match=rf"{name}: imageio does not work here: .*pip install"):
        record(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", PICTURED)
def test_without_imageios_pillow_plugin_a_picture_is_refused_with_the_fix(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, "imageio.plugins.pillow", None)
    with pytest.raises(UserError, match=rf"{name}.*: imageio does not work here: .*pillow.*pip install"):
        record(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FILMS)
def test_an_imageio_whose_ffmpeg_cannot_be_watched_is_named(tmp_path, monkeypatch, name):
    def unseen(*words, **more):
        while True:
            yield

    unseen.__module__ = imageio_ffmpeg.write_frames.__module__
    monkeypatch.setattr(imageio_ffmpeg, "write_frames", unseen)
    with pytest.raises(UserError, match=rf"{name}: imageio does not work here: .*started no ffmpeg"):
        record(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FILMS)
def test_a_missing_ffmpeg_is_named_before_the_first_picture(tmp_path, monkeypatch, name):
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", mock.Mock(side_effect=RuntimeError("none")))
    with (
        pytest.raises(UserError, match="no ffmpeg: `pip install"),
        open_writer(str(tmp_path / name), (96, 64), 10),
    ):
        pytest.fail("the writer opened")
    assert list(tmp_path.iterdir()) == []


def test_a_variable_that_names_no_ffmpeg_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with (
        pytest.raises(UserError, match=r"IMAGEIO_FFMPEG_EXE names .*none, which is no program"),
        open_writer(str(tmp_path / "film.mp4"), (96, 64), 10),
    ):
        pytest.fail("the writer opened")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["echo 'the codec is ill' >&2; exit 3", "exit 255"])
@pytest.mark.parametrize("name", FILMS)
def test_an_ffmpeg_that_fails_at_its_end_is_told_with_its_words(tmp_path, monkeypatch, name, words):
    # imageio takes any end for a good one.
    broken = tmp_path / "ffmpeg"
    broken.write_text(f"#!/bin/sh\ncat >/dev/null\n{words}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    (tmp_path / name).write_text("yesterday's")
    told = r"says: the codec is ill" if "echo" in words else r"was ended early \(exit status 255\)"
    with pytest.raises(UserError, match=rf"cannot write .*{name}: ffmpeg {told}"):
        record(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ffmpeg", name]
    assert (tmp_path / name).read_text() == "yesterday's"


def test_a_film_that_is_broken_off_ends_ffmpeg_at_once(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(
        ffmpeg.subprocess,
        "Popen",
        lambda *words, **more: started.append(POPEN(*words, **more)) or started[-1],
    )
    with pytest.raises(KeyboardInterrupt):
        broken_off(tmp_path / "film.mp4")
    assert [process.returncode for process in started] == [-9]


POPEN = subprocess.Popen


@pytest.mark.skipif(sys.platform == "win32", reason="the standard Ctrl-C of POSIX")
def test_ctrl_c_while_ffmpeg_starts_comes_when_it_has(tmp_path, monkeypatch):
    def interrupted(*words, **more):
        signal.raise_signal(signal.SIGINT)
        return POPEN(*words, **more)

    monkeypatch.setattr(ffmpeg.subprocess, "Popen", interrupted)
    with (
        inherited(),
        pytest.raises(KeyboardInterrupt),
        open_writer(str(tmp_path / "film.mp4"), (96, 64), 10) as write,
    ):
        write(PICTURES[0])
    assert list(tmp_path.iterdir()) == []


def test_imageio_gets_its_own_way_to_start_processes_back(tmp_path):
    module = sys.modules[imageio_ffmpeg.write_frames.__module__]
    record(tmp_path / "film.mp4")
    assert module.subprocess is subprocess
    assert iio.imread(tmp_path / "film.mp4", plugin="FFMPEG").shape == (3, 64, 96, 3)


KILLED = """
import sys, os, signal, numpy as np
from viz3d.export.writing.writers import open_writer
with open_writer("film.mkv.mp4", (1280, 720), 30) as write:
    for number in range(40):
        write(np.random.default_rng(number).integers(0, 256, (720, 1280, 3), np.uint8))
    from viz3d.export.writing import ffmpeg
    children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
    print(*children, flush=True)
    os.kill(int(children[-1]), signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_even_a_standing_ffmpeg_ends_with_the_run_that_was_killed(tmp_path):
    # One that runs ends with its pipe; one that is stopped, or busy for long, does not.
    done = subprocess.run(
        [sys.executable, "-c", KILLED], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    (child,) = done.stdout.split()
    end = time.monotonic() + PATIENCE / 1000
    while alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(child)


def alive(process: str) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_the_memory_that_a_gif_takes_does_not_grow_with_its_frames(tmp_path):
    # imageio's own GIFs hold every frame until the last.
    peaks = []
    for count in (4, 60):
        tracemalloc.start()
        with open_writer(str(tmp_path / "film.gif"), (320, 180), 10) as write:
            for number in range(count):
                write(np.full((180, 320, 3), 4 * number, np.uint8))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 5 * 180 * 320 * 3


def test_the_lossless_film_and_the_palette_of_a_gif_come_from_one_ffmpeg(tmp_path, monkeypatch):
    seen = []
    start = ffmpeg.Process.start

    def noted(self, command, **settings):
        seen.append(command)
        return start(self, command, **settings)

    monkeypatch.setattr(ffmpeg.Process, "start", noted)
    record(tmp_path / "film.gif")
    assert ["palettegen" in " ".join(command) for command in seen] == [True, False]
    assert "paletteuse" in " ".join(seen[1])


def test_a_frame_after_the_first_is_checked_too(tmp_path):
    with open_writer(str(tmp_path / "film.mp4"), (96, 64), 10) as write:
        write(PICTURES[0])
        with pytest.raises(ValueError, match=r"\(64, 96, 3\)"):
            write(PICTURES[0].astype(np.uint16))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_stop_while_imageio_opens_a_picture_is_all_that_is_told(tmp_path, monkeypatch):
    # Lost otherwise: a traceback of imageio's, of a picture that it had half opened.
    from imageio.plugins import pillow

    untold, begin = [], pillow.PillowPlugin.__init__

    def interrupted(self, *given, **more):
        signal.raise_signal(signal.SIGINT)
        begin(self, *given, **more)

    monkeypatch.setattr(pillow.PillowPlugin, "__init__", interrupted)
    monkeypatch.setattr(sys, "unraisablehook", untold.append)
    with (
        inherited(),
        pytest.raises(KeyboardInterrupt),
        open_writer(str(tmp_path / "one.png"), (8, 8), 30) as write,
    ):
        write(np.zeros((8, 8, 3), np.uint8))
    gc.collect()
    assert untold == []
    assert list(tmp_path.iterdir()) == []
