"""Figures in the themes of films: light ones for paper, and in each theme all words can be read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from inspected import NETS
from matplotlib.colors import to_rgb
from PIL import Image
from run_viz3d import viz3d_here
from training_command import refused

import data
import scenes
from viz3d.evaluate.figure import report_figure
from viz3d.evaluate.report import examine
from viz3d.figures.ink import contrast, ink_of
from viz3d.inspect.command import inspect

PAPER = scenes.THEMES["light"].background


def ground(path: Path) -> tuple[int, ...]:
    with Image.open(path) as picture:
        return picture.convert("RGB").getpixel((4, 4))


@pytest.mark.parametrize("theme", scenes.THEMES)
def test_all_words_of_a_report_are_read_easily(theme):
    tests = data.load("digits", "test")
    some = replace(tests, images=tests.images[:250], labels=tests.labels[:250])
    figure, ink = report_figure(examine(NETS["mlp"], some), theme), ink_of(theme)
    confusion, *others = figure.axes
    cells = confusion.images[0].get_array()
    for text in confusion.texts:
        column, row = np.round(text.get_position()).astype(int)
        assert contrast(to_rgb(text.get_color()), cells[row, column]) >= 4.5
    for text in (*figure.texts, *(text for axes in others for text in axes.texts)):
        assert contrast(to_rgb(text.get_color()), ink.panel) >= 4.5, text.get_text()
    assert contrast(ink.faint, ink.panel) >= 4.5, "of axes"
    assert min(contrast(colour, ink.panel) for colour in (ink.warm, ink.cool)) >= 4.5, "of curves' names"


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["inspect", "--layers", "--preset", "cnn-fast", "--out", "a.png"], "a.png"),
        (["inspect", "--neuron", "hidden3:1", "--out", "a.png"], "a.png"),
        (["inspect", "--study", "ablate", "--images", "50", "--out", "a.png"], "a.png"),
        (["train", "--test", "--tests", "60", "--out", "a.png"], "a.png"),
    ],
)
def test_whatever_is_printed_may_be_light(tmp_path, words, made):
    command, *options = words
    more = ["--data", "digits", "--theme", "light", "--quiet"]
    done = viz3d_here(f"viz3d.{command}", *options, *more, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ground(tmp_path / made) == PAPER


def test_without_a_theme_a_picture_is_dark(tmp_path):
    inspect(data="digits", sample="digits:4", neuron="hidden1:17", out=tmp_path / "a.png", quiet=True)
    assert ground(tmp_path / "a.png") == scenes.THEMES["dark"].background


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["inspect", "--theme", "light"], "and none is drawn: give --out FILE.png, --film or --scene"),
        (["inspect", "--neuron", "hidden1:2", "--out", "a.json", "--theme", "light"], "and none is drawn"),
        (["inspect", "--layers", "--out", "a.png", "--theme", "lite"], "give one of dark, light, high-"),
        (["inspect", "--shell", "--theme", "light"], "--theme: with --shell"),
    ],
)
def test_a_theme_of_nothing_is_refused_in_one_line(tmp_path, words, says):
    command, *options = words
    done = viz3d_here(f"viz3d.{command}", "--data", "digits", *options, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": True, "theme": "light"}, "--theme light is for a picture, and none is drawn: give --out"),
        ({"test": True, "out": Path("a.json"), "theme": "light"}, "--theme light is for a picture, and none"),
        ({"report": False, "theme": "light"}, "--theme light is for a picture, and none is drawn: leave out"),
        ({"theme": "lite"}, "--theme lite is not known: give one of dark, light"),
    ],
)
def test_training_without_a_picture_refuses_a_theme(options, message):
    refused(message, data="digits", **options)
