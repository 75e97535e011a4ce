"""The embedded digits: 1,797 real handwritten digits of the UCI test set (see README.md for the credit)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from guarding import in_a_line

PATH = Path(__file__).parents[1] / "digits.npz"
# The file runs form by form, and each form begins with 0..9 three times: a split where a form begins
# keeps one form, hence one hand at one sitting, out of both halves.
FIRST_TEST = 1287
SPLITS = {"train": slice(0, FIRST_TEST), "test": slice(FIRST_TEST, None), "all": slice(None)}


def digits(split: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images uint8 (N, 28, 28) and labels uint8 (N,): train 1,287, test 510, all 1,797.

    "all" is for a net that saw none of them. DataError lists the known splits.
    """
    if split not in SPLITS:
        raise DataError(f"unknown split {in_a_line(split)} of digits: known are {', '.join(SPLITS)}")
    with np.load(PATH, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"]
    return images[SPLITS[split]], labels[SPLITS[split]]
