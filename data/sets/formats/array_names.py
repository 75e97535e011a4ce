"""What arrays are by their names: inputs or labels, of the part for training or that for testing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_X = ("x", "X", "images", "data", "inputs", "features")
_Y = ("y", "Y", "labels", "label", "target", "targets")
_AFFIXES = {"train": ("_train", "train_", "train"), "test": ("_test", "test_", "test", "_val"), "": ("",)}
_WORDS = {
    "x": {"x", "images", "image", "imgs", "img", "pixels", "data", "inputs", "input", "features"},
    "y": {"y", "labels", "label", "lbls", "lbl", "targets", "target", "classes"},
}
_PARTS = {
    "train": {"train", "training", "trn"},
    "test": {"test", "testing", "tst"},
    "validation": {"val", "valid", "validation", "dev"},
}


def pair_of(names: Sequence[str], part: str) -> tuple[str, str] | None:
    """The names of a part's inputs and labels, part: "train", "test" or "" for a set that is not parted.

    As NumPy's and Keras's users mostly have them, x_train and y_train; else by their words, as in
    kmnist-train-imgs and training_labels, where no two mean the same. None where one of them is missing.
    """
    found = []
    for kind, stems in (("x", _X), ("y", _Y)):
        usual = [name for affix in _AFFIXES[part] for stem in stems for name in (stem + affix, affix + stem)]
        known = next((name for name in usual if name in names), None)
        meant = [name for name in names if _meaning(name) == (kind, part)]
        if known is None and len(meant) != 1:
            return None
        found.append(known or meant[0])
    return found[0], found[1]


def are_parted(names: Sequence[str]) -> bool:
    """Whether files of these names hold an array each, which together are a set."""
    return pair_of(names, "train") is not None or pair_of(names, "") is not None


def _meaning(name: str) -> tuple[str, str]:
    """Inputs or labels, and of which part, by the words of a name; empty where none tells it."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    kinds = [kind for kind in ("y", "x") if _WORDS[kind] & words]
    return next(iter(kinds), ""), next((part for part, told in _PARTS.items() if told & words), "")
