"""Pictures and films from Python, as in a notebook: those of the command, from a trace at hand."""

import re
from base64 import b64decode

import imageio.v3 as iio
import numpy as np
import pytest
from run_viz3d import viz3d_here

import data
import engine
import viz3d
from scenes import SceneError
from viz3d.export import film_file

SMALL = (320, 180)


@pytest.fixture(scope="module")
def net():
    return engine.load(data.model_path("mlp"))


@pytest.fixture(scope="module")
def trace(net):
    return net.trace(data.load("digits").images[17])


def test_a_picture_is_that_of_the_command(trace, tmp_path):
    words = ["viz3d.export", "--sample", "digits:17", "--size", "320x180", "--no-text", "--out", "one.png"]
    assert viz3d_here(*words, folder=tmp_path).returncode == 0
    label = int(data.load("digits").labels[17])
    seen = np.asarray(viz3d.picture(trace, size=SMALL, text=False, label=label))
    told = iio.imread(tmp_path / "one.png")
    assert seen.shape == told.shape == (180, 320, 3)
    np.testing.assert_array_equal(seen, told)


def test_a_moment_a_selection_and_a_pair_are_each_another_picture(net, trace):
    silenced = net.neuron("hidden3:17").ablate().trace(data.load("digits").images[17])
    pictures = [
        viz3d.picture(trace, size=SMALL),
        viz3d.picture(trace, 3.0, size=SMALL),
        viz3d.picture(trace, size=SMALL, select="hidden1:3"),
        viz3d.picture(silenced, size=SMALL, before=trace),
    ]
    assert {each.size for each in pictures} == {SMALL}
    assert len({each.tobytes() for each in pictures}) == len(pictures)


def test_a_film_is_written_whole_and_says_where(trace, tmp_path, monkeypatch):
    out = viz3d.film(trace, tmp_path / "few.gif", size=SMALL, seconds=1, fps=5, hold=0.4, subtitles=True)
    assert out == tmp_path / "few.gif"
    assert len(iio.imread(out)) == 5 + 2
    # Lost otherwise: a notebook prints a path, and shows nothing.
    shown = out._repr_html_()
    assert b64decode(re.search(r"data:image/gif;base64,([^\"]+)\"", shown)[1]) == out.read_bytes()
    assert (out.parent / "none.mp4")._repr_html_() is None
    monkeypatch.setattr(film_file, "_MOST", 1000)
    assert out._repr_html_() is None, "a notebook would grow by all of a long film"
    assert (tmp_path / "few.srt").read_text().endswith(" and against it\n")


def test_frames_go_to_a_folder(trace, tmp_path):
    out = viz3d.film(trace, f"{tmp_path / 'frames'}/", size=SMALL, seconds=1, fps=3)
    assert sorted(path.suffix for path in out.iterdir()) == [".png"] * 3


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"out": "film.avi"}, "endings are"),
        ({"out": "film.mp4", "hold": -1.0}, "hold"),
        ({"out": "film.mp4", "theme": "mud"}, "theme mud"),
        ({"out": "film.mp4", "select": "hidden9"}, "hidden9"),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_a_line_and_nothing_is_written(
    trace, tmp_path, monkeypatch, asked, said
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((viz3d.UserError, SceneError, engine.EngineError), match=said) as refused:
        viz3d.film(trace, **asked)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [3, None, ""])
def test_what_names_no_file_is_refused_in_words(net, trace, place):
    for ask in (lambda: viz3d.read(net, place), lambda: viz3d.film(trace, place)):
        with pytest.raises(data.DataError, match="names no file or folder"):
            ask()


@pytest.mark.parametrize("given", [3, "seven.png", None])
def test_what_is_no_trace_is_refused_in_words(trace, tmp_path, given):
    name = type(given).__name__
    for ask in (lambda: viz3d.picture(given), lambda: viz3d.film(given, tmp_path / "film.mp4")):
        with pytest.raises(viz3d.UserError, match=rf"net\.trace\(image\): got {name}"):
            ask()
    with pytest.raises(viz3d.UserError, match="got int"):
        viz3d.picture(trace, before=7)
    assert list(tmp_path.iterdir()) == []


def test_one_part_and_two_nets_are_not_shown_at_once(trace):
    with pytest.raises(viz3d.UserError, match="leave one out"):
        viz3d.picture(trace, before=trace, select="hidden1:3")
