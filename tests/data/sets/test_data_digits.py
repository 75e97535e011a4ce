"""The embedded digits: all there, honest splits, drawn the way MNIST is drawn."""

import runpy

import numpy as np
import pytest
from project import ROOT

from data import find_mnist, load


def test_all_digits_are_there_and_the_splits_share_none():
    every, train, test = (load("digits", split) for split in ("all", "train", "test"))
    assert (len(every), len(train), len(test)) == (1797, 1287, 510)
    np.testing.assert_array_equal(np.concatenate([train.images, test.images]), every.images)
    np.testing.assert_array_equal(np.concatenate([train.labels, test.labels]), every.labels)
    assert np.bincount(every.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(test.labels, minlength=10).min() >= 40
    assert test.labels[:30].tolist() == [*range(10)] * 3  # a form begins here


def test_each_digit_has_mnists_geometry():
    images = load("digits", "all").images
    assert images.shape == (1797, 28, 28)
    assert images.dtype == np.uint8
    for image in images:
        rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        centre = np.array([image.sum(axis) @ np.arange(28) for axis in (1, 0)]) / image.sum()
        assert np.abs(centre - 14).max() <= 0.51
        assert image.max() == 255


def test_the_ink_is_as_bright_and_as_crisp_as_mnists():
    if find_mnist() is None:
        pytest.skip("MNIST was not found: set VIZ3D_DATA to the folder of its files")
    ours, theirs = load("digits", "all").images, load("mnist").images
    assert abs(ours.mean() / theirs.mean() - 1) < 0.1
    assert abs((ours > 200).mean() / (theirs > 200).mean() - 1) < 0.1
    grey = [((images > 20) & (images < 235)).sum() / (images > 20).sum() for images in (ours, theirs)]
    assert abs(grey[0] - grey[1]) < 0.15


@pytest.fixture(scope="module")
def maker():
    for name in ("sklearn", "scipy"):
        pytest.importorskip(name, reason="needs scikit-learn and scipy: pip install -e .[digits]")
    return runpy.run_path(str(ROOT / "scripts" / "make_digits.py"))


def ucis(count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    uci = load_digits()
    return (uci.images[:count] / 16).astype(np.float32), uci.target[:count]


def test_the_labels_are_ucis_and_the_script_makes_the_file_again(maker):
    blocks, labels = ucis()
    np.testing.assert_array_equal(load("digits", "all").labels, labels)
    again = maker["draw_like_mnist"](blocks[:40])
    assert np.abs(again.astype(int) - load("digits", "all").images[:40]).mean() < 1


def test_the_outlines_hold_as_much_ink_in_each_block_as_uci_counted(maker):
    blocks, _ = ucis(200)
    ink = 1 / (1 + np.exp(-maker["find_outlines"](blocks) / maker["EDGE"]))
    cell = maker["CELL"]
    counted = ink.reshape(200, 10, cell, 10, cell).mean((2, 4))[:, 1:-1, 1:-1]
    assert np.abs(counted - blocks).mean() < 0.02  # a third of one of UCI's sixteen steps
    assert np.quantile(np.abs(counted - blocks), 0.99) < 0.15
