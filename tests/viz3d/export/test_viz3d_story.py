"""The story of a film as text: beats for people and programs, subtitles, and a last picture that stays."""

import json
import re
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from run_viz3d import viz3d_here

from scenes import Look, compose, compose_pair
from viz3d.command.choice.digits import choose_digit
from viz3d.command.choice.models import choose_net
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.export.config import Config
from viz3d.export.film import make

SMALL = ("--sample", "digits:17", "--size", "160x90", "--seconds", "2", "--fps", "4", "--workers", "1")


def export(folder: Path, *words: str):
    return viz3d_here("viz3d.export", *words, folder=folder, VIZ3D_DATA="")


def pictures(film: Path) -> list[np.ndarray]:
    read = imageio_ffmpeg.read_frames(str(film))
    width, height = next(read)["size"]
    return [np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in read]


def test_beats_are_those_of_the_scene_and_nothing_is_drawn(tmp_path):
    done = export(tmp_path, *SMALL, "--beats", "--json", "--hold", "1", "-o", "a.mp4")
    told = json.loads(done.stdout)
    trace = choose_net().trace(_seventeen())
    story = compose(trace, seconds=2, size=(160, 90)).beats()
    assert told["seconds"] == 3
    assert [(beat["at"], beat["text"]) for beat in told["beats"]] == [
        (round(at, 3), text) for at, text in story
    ]
    assert list(tmp_path.iterdir()) == []


def test_beats_for_a_person_name_each_moment_and_the_end(tmp_path):
    lines = export(tmp_path, *SMALL, "--beats").stdout.splitlines()
    assert len(lines) == 9
    assert re.fullmatch(r" +0\.28 s  Hidden 1: 512 neurons .+", lines[1])
    assert re.fullmatch(r" +2\.00 s  the end", lines[-1])
    assert list(tmp_path.iterdir()) == [], "no folder for a film that is not made"


@pytest.mark.usefixtures("screen")
def test_subtitles_stand_beside_the_film_and_follow_each_other_to_its_end(tmp_path):
    assert export(tmp_path, *SMALL, "--hold", "1", "--subtitles", "-o", "a.mp4").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.srt"]
    parts = (tmp_path / "a.srt").read_text(encoding="utf-8").strip().split("\n\n")
    spans = [part.splitlines()[1].split(" --> ") for part in parts]
    assert [part.splitlines()[0] for part in parts] == [str(n + 1) for n in range(len(parts))]
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert spans[-1][1] == "00:00:03,000"
    assert "Answer: " in parts[-2]


def test_beats_speak_the_language_that_is_asked_for(tmp_path):
    lines = export(tmp_path, *SMALL, "--beats", "--language", "de").stdout.splitlines()
    assert re.fullmatch(r" +0\.28 s  Verdeckt 1: 512 Neuronen .+", lines[1])
    assert re.fullmatch(r" +2\.00 s  Ende", lines[-1])


@pytest.mark.usefixtures("screen")
def test_a_picture_without_text_still_has_subtitles_in_its_language(tmp_path):
    words = ("--no-text", "--language", "es", "--subtitles", "-o", "a.mp4")
    assert export(tmp_path, *SMALL, *words).returncode == 0
    told = (tmp_path / "a.srt").read_text(encoding="utf-8")
    assert "Respuesta: 7" in told


@pytest.mark.usefixtures("screen")
def test_a_film_stays_on_its_last_picture_as_long_as_asked(tmp_path):
    plain, held = tmp_path / "a.mp4", tmp_path / "b.mp4"
    for path, hold in ((plain, 0.0), (held, 1.5)):
        look = Look(size=(160, 90), seconds=2)
        digit = Wanted(sample="digits:17")
        make(Config(out=str(path), look=look, fps=4, supersample=1, wanted=digit, hold=hold, quiet=True))
    short, long = pictures(plain), pictures(held)
    assert (len(short), len(long)) == (8, 14)
    # The same picture over and over, but for what compression takes from it.
    assert max(np.abs(frame.astype(int) - long[7]).mean() for frame in long[8:]) < 1.0
    # It begins with its last picture; between the two others are shown.
    assert max(np.abs(short[7].astype(int) - frame).mean() for frame in short) > 2.0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--hold", "61"), "--hold 61"),
        (("--hold", "1", "-o", "a.png"), "--hold is for films, and a.png is a still"),
        (("--subtitles", "-o", "a.png"), "--subtitles is for films"),
        (("--title", " "), "--title is empty"),
        (("--caption", ""), "--caption is empty"),
        (("--no-text", "--title", "A"), "--title is text, and --no-text draws none"),
        (("--no-text", "--caption", "A"), "--caption is text, and --no-text draws none"),
        (("--language", "klingon"), "--language klingon is not known: give one of de, en, es"),
        (("--json",), "--json prints --beats"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(tmp_path, words, line):
    done = export(tmp_path, *SMALL, *words)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_subtitles_do_not_take_the_place_of_a_picture_that_is_read(tmp_path):
    with pytest.raises(UserError, match=r"--subtitles .*a\.srt is --image's file too"):
        Config(
            out=f"{tmp_path}/a.mp4",
            look=Look(),
            fps=4,
            supersample=1,
            wanted=Wanted(image=tmp_path / "a.srt"),
            subtitles=True,
        )


def test_a_headline_of_ones_own_is_that_of_the_picture_and_a_pair_tells_one_story(tmp_path):
    trace = choose_net().trace(_seventeen())
    assert compose(trace, title="My three", size=(160, 90)).words.title == "My three"
    pair = compose_pair(trace, trace, size=(320, 90))
    assert pair.story() == pair.left.story()
    assert pair.beats() == pair.left.beats()
    # What happens in one network alone is told of that one, and lasts while the other goes on.
    other = choose_net("cnn-fast").trace(_seventeen())
    both = compose_pair(trace, other, size=(640, 180))
    told = [text for _, text in both.beats()]
    assert told[0] == pair.beats()[0][1], "of both"
    assert any(text.startswith("Multilayer perceptron: Hidden 3") for text in told)
    assert any(text.startswith("Fast convolutional network: Max-pool 1") for text in told)
    lasting = [text.splitlines() for _, text in both.story()]
    assert ["Fast convolutional network", "Multilayer perceptron"] in [
        sorted(line.partition(":")[0] for line in lines) for lines in lasting if len(lines) == 2
    ]


def _seventeen() -> np.ndarray:
    return choose_digit(Wanted(sample="digits:17"), print).image
