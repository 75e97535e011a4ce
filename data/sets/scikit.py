"""Small sets by name: XOR, which is four rows, and scikit-learn's, where it is installed."""

from __future__ import annotations

from importlib import import_module

import numpy as np

from data.errors import DataError
from data.sets.dataset import Origins, Parts, Rows, as_labels

SCIKIT = {
    "iris": ("load_iris", "Iris", "flower"),
    "wine": ("load_wine", "Wine", "wine"),
    "breast-cancer": ("load_breast_cancer", "Breast cancer", "sample"),
    "digits-8x8": ("load_digits", "UCI digits, 8x8", "digit"),
}


def xor() -> Parts:
    """XOR: all four pairs of 0 and 1, and whether the two differ."""
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    labels = np.array([0, 1, 1, 0], np.uint8)
    return Parts("xor", "XOR", "a small set", "example", (inputs, labels), None, ("0", "1"), ("a", "b"))


def scikit(name: str) -> Parts:
    """A set of scikit-learn by its name here; DataError where that is not installed."""
    function, title, noun = SCIKIT[name]
    try:
        found = getattr(import_module("sklearn.datasets"), function)()
    except ImportError:
        raise DataError(f"{name} comes with scikit-learn: pip install scikit-learn, or give a file") from None
    values = np.asarray(found.data, np.float32)
    names = tuple(str(each) for each in found.target_names)
    labels = as_labels(np.asarray(found.target), len(names))
    rows = Origins(np.arange(len(labels)), Rows(len(labels))), None
    if name == "digits-8x8":
        # Counts of 0 to 16 become pixels of 0 to 255.
        images = np.rint(values * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
        return Parts(name, title, "scikit-learn's", noun, (images, labels), None, names, origins=rows)
    columns = tuple(str(each) for each in found.feature_names)
    return Parts(name, title, "scikit-learn's", noun, (values, labels), None, names, columns, origins=rows)
