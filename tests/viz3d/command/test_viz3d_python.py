"""Pictures and films from Python, as in a notebook: those of the command, from a trace at hand."""

import re
import sys
from base64 import b64decode
from types import SimpleNamespace

import imageio.v3 as iio
import numpy as np
import pytest
from run_viz3d import viz3d_here

import data
import engine
import viz3d
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


@pytest.mark.parametrize(("theme", "even"), [("dark", 0), ("light", 255)])
def test_a_transparent_picture_has_no_ground_and_is_else_what_it_was(trace, theme, even):
    clear = np.asarray(viz3d.picture(trace, size=SMALL, theme=theme, transparent=True, supersample=1))
    assert clear.shape == (180, 320, 4)
    shown = clear[..., 3] / 255
    assert (shown[0] == 0).all(), "the ground would be seen"
    assert shown.max() > 0.95, "neurons would be but a haze"
    plain = np.asarray(viz3d.picture(trace, size=SMALL, theme=theme, supersample=1)).astype(float)
    laid = clear[..., :3] * shown[..., None] + even * (1 - shown[..., None])
    lit = shown > 0.5
    assert np.abs(laid - plain)[lit].mean() < 12, "what is drawn on it is the same picture"


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


def test_a_size_may_be_any_two_numbers(trace):
    assert viz3d.picture(trace, size=list(SMALL)).size == SMALL
    assert viz3d.picture(trace, size=np.array(SMALL)).size == SMALL


def test_a_notebook_sees_how_far_its_film_is(trace, tmp_path, monkeypatch):
    shown = []
    # A notebook's kernel is no part of the tests' environment: what it is asked is written down.
    front = SimpleNamespace(
        display=lambda data, **_: (
            shown.append(data) or SimpleNamespace(update=lambda data, **_: shown.append(data))
        )
    )
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=front))
    viz3d.film(trace, tmp_path / "few.gif", size=SMALL, seconds=1, fps=4)
    told = [each["text/plain"] for each in shown]
    assert told[0] == "preparing 0/4"
    assert "drawing 0/4" in told
    assert 'value="1" max="4"' in " ".join(each["text/html"] for each in shown)
    assert told[-1] == "", "the film itself comes next"
    with pytest.raises(engine.EngineError):
        viz3d.film(trace, tmp_path / "none.gif", size=SMALL, select="hidden9")
    assert shown[-1] == {"text/plain": "ended at picture 0 of 172"}
    shown.clear()
    viz3d.film(trace, tmp_path / "still.png", size=SMALL, quiet=True)
    assert shown == []
