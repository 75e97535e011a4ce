"""Themes for eyes that need more: their colours can be told apart, and their text read."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import scenes
from scenes import THEMES
from scenes.light.theme import Colour, meeting
from scenes.texts import LANGUAGES
from scenes.vtk.ground import ground

# What a colour becomes for eyes without one kind of cone, in linear light: Machado, Oliveira and Fernandes,
# A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009, severity 1.
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colours: np.ndarray) -> np.ndarray:
    share = np.asarray(colours, np.float64) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, D65, of linear light (..., 3)."""
    xyz = np.clip(light, 0, 1) @ XYZ.T / XYZ.sum(axis=1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(float(linear(np.array(c)) @ XYZ[1]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", SEEN)
def test_what_is_warm_and_cool_is_told_apart_without_red_and_green(eyes) -> None:
    # Lost otherwise: one man in twelve cannot see what speaks for an answer and what against it.
    theme, cones = THEMES["colour-blind"], np.array(SEEN[eyes]).T
    for warm, cool, least in ((theme.excite, theme.inhibit, 60), (theme.heat[90:], theme.chill[90:], 40)):
        apart = np.linalg.norm(lab(linear(warm) @ cones) - lab(linear(cool) @ cones), axis=-1)
        assert apart.min() > least
    ends = lab(linear(theme.paint) @ cones)
    assert np.linalg.norm(ends[:100] - ends[:155:-1], axis=-1).min() > 30
    verdicts = [lab(linear(np.array(colour)) @ cones) for colour in (theme.right, theme.wrong)]
    assert np.linalg.norm(verdicts[0] - verdicts[1]) > 40


def test_below_its_usual_value_is_darker_than_above() -> None:
    theme = THEMES["colour-blind"]
    above, below = (lab(linear(colours))[:, 0] for colours in (theme.heat, theme.chill))
    assert (above - below)[90:].min() > 8
    for light in (above, below):
        assert (np.diff(light[30::8]) > 0).all()


def test_all_text_of_high_contrast_is_read_easily() -> None:
    theme = THEMES["high-contrast"]
    texts = (theme.text, theme.text_soft, theme.text_faint, theme.answer, theme.answer_soft)
    for colour in (*texts, theme.right, theme.wrong, theme.mark):
        assert contrast(colour, theme.background) >= 7


@pytest.mark.parametrize("name", THEMES)
def test_text_of_every_theme_can_be_read(name) -> None:
    theme = THEMES[name]
    for colour in (theme.text, theme.text_soft, theme.text_faint, theme.right, theme.wrong, theme.mark):
        assert contrast(colour, theme.background) >= 4.3


def source(file: str) -> str:
    return (Path(scenes.__file__).parents[1] / "viz3d" / file).read_text(encoding="utf-8")


def test_each_theme_is_listed_where_one_is_chosen() -> None:
    # Lost otherwise: a theme that nobody finds, in the commands' help or in the window.
    assert f'"{"|".join(THEMES)}"' in source("command/options.py")
    for command in ("export", "inspect", "live", "train"):
        assert re.search(r"option\(\s*(THEMES,|f\"\{THEMES\}\|system\",)", source(f"{command}/options.py"))
    card = source("live/widgets/exporting/export_panel.py")  # the help menu has its names from there
    assert [name for name in THEMES if f'("{name}", ' not in card] == []


def test_each_language_is_listed_where_one_is_chosen() -> None:
    # Lost otherwise: a language that nobody finds.
    for command in ("export", "inspect"):
        (listed,) = re.findall(r'"([a-z]{2}(?:\|[a-z]{2})+)"', source(f"{command}/options.py"))
        assert sorted(listed.split("|")) == sorted(LANGUAGES), command
    card = source("live/widgets/exporting/export_panel.py")
    assert [code for code in LANGUAGES if f'("{code}", ' not in card] == []


@pytest.mark.parametrize("name", THEMES)
def test_where_no_strands_meet_the_legend_shows_the_ground_that_is_drawn(name) -> None:
    # Lost otherwise: on light paper its faintest colour is lighter than any that strands there can have.
    shown = scenes.theme(name)
    none = np.full((256, 3), 255 if shown.ink else 0, dtype=np.uint8)
    drawn = ground((64, 36), shown)[17, 32].astype(int)
    assert np.abs(meeting(replace(shown, excite=none, inhibit=none)) - drawn).max() <= 1
