"""`python -m viz3d data`: digits that lie on their side, mirrored or inverted, are told."""

from dataclasses import replace

import numpy as np
import pytest

import data
from viz3d.command.choice.lying import WAYS, lying

DIGITS = replace(
    data.load("digits"), images=data.load("digits").images[:100], labels=data.load("digits").labels[:100]
)


@pytest.mark.parametrize("way", ["with rows and columns exchanged", "with light and dark exchanged"])
def test_digits_that_lie_wrong_are_told_with_what_would_right_them(way):
    """Lost otherwise: a network learns digits on their side, and reads nobody's drawings."""
    told = lying(replace(DIGITS, images=np.ascontiguousarray(WAYS[way](DIGITS.images))))
    assert told is not None
    assert f"of 100 {way}, " in told


def test_digits_as_they_should_be_and_what_are_no_digits_are_not_doubted():
    """Lost otherwise: a warning at every good set, or at one of letters."""
    assert lying(DIGITS) is None
    lain = np.ascontiguousarray(DIGITS.images.swapaxes(1, 2))
    assert lying(replace(DIGITS, images=lain, classes=tuple("abcdefghij"))) is None
