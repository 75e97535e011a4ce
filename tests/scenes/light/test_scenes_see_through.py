"""A picture without a ground: laid on even black or white it is what it was, and its ground is clear."""

import numpy as np
import pytest

from scenes import see_through
from scenes.light.see_through import without_ground
from scenes.light.themes import THEMES
from scenes.vtk.ground import ground


@pytest.mark.parametrize("ink", [False, True])
def test_laid_on_its_even_ground_a_picture_is_what_it_was(ink):
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    picture[0] = 255 if ink else 0
    clear = see_through(picture, ink=ink)
    assert clear.shape == (40, 50, 4)
    assert (clear[0, :, 3] == 0).all()
    shown = clear[..., 3:] / 255
    laid = clear[..., :3] * shown + (255 if ink else 0) * (1 - shown)
    assert np.abs(laid - picture).max() <= 1


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_the_ground_of_any_theme_is_clear(theme):
    paper = ground((160, 90), without_ground(theme))
    assert see_through(paper, ink=theme.ink)[..., 3].max() == 0
