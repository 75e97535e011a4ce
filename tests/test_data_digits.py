"""The embedded digits: all there, honest splits, drawn the way MNIST is drawn."""

import numpy as np
import pytest

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


def test_the_digits_still_are_ucis():
    datasets = pytest.importorskip("sklearn.datasets", reason="needs scikit-learn: pip install -e .[digits]")
    uci = datasets.load_digits()
    every = load("digits", "all")
    np.testing.assert_array_equal(every.labels, uci.target)
    for image, blocks in zip(every.images[::50], uci.images[::50], strict=True):
        rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        rows, columns = (np.flatnonzero(blocks.any(axis)) for axis in (1, 0))
        there = blocks[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        at = [np.arange(size) * small // size for size, small in zip(cut.shape, there.shape, strict=True)]
        assert np.corrcoef(there[np.ix_(*at)].ravel(), cut.ravel())[0, 1] > 0.5
