"""Digits drawn again along their middle lines with thin and thick pens: how many, how wide, where."""

import numpy as np

from data import augmentation, load
from data.augment.pens import middle_lines, penned
from data.photo.canvas import stroke_width


def test_some_digits_come_a_second_time_thin_and_thick_and_the_same_seed_draws_the_same():
    digits = load("digits")
    images, labels = digits.images, digits.labels
    first, second = (penned(images, labels, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[0][: len(images)], images)
    assert np.array_equal(first[1][: len(images)], labels)
    added = len(first[0]) - len(images)
    assert 0.2 < added / len(images) < 0.4
    widths = np.array([stroke_width(image / np.float32(255)) for image in first[0][len(images) :]])
    assert (widths < 2.2).mean() > 0.4
    assert (widths > 2.6).mean() > 0.15
    twice = augmentation("pens:2").expand(images, labels, np.random.default_rng(5))[0]
    assert len(twice) - len(images) > 1.6 * added


def test_a_digit_drawn_again_stays_the_digit_and_in_its_place():
    # Lost otherwise: a network is taught strokes that are no digit's, or learns places that MNIST has never.
    digits = load("digits")
    images, labels = digits.images, digits.labels
    new, known = penned(images, labels, np.random.default_rng(1), 3.0)
    off, like = [], []
    for again, digit in list(zip(new, known, strict=True))[len(images) :: 5]:
        rows, columns = (again.sum(axis, dtype=float) for axis in (1, 0))
        off.append(max(abs(each @ np.arange(28) / each.sum() - 13.5) for each in (rows, columns)))
        alike = images[labels == digit]
        like.append((np.minimum(alike, again).sum((1, 2)) > 0.3 * again.sum()).any())
    assert np.mean(np.array(off) < 2) > 0.93
    assert np.mean(like) > 0.99


def test_the_middle_line_of_a_bar_is_one_pixel_wide_and_a_ring_stays_closed():
    masks = np.zeros((2, 28, 28), np.bool_)
    masks[0, 5:23, 12:17] = True
    masks[1, 5:23, 5:23] = True
    masks[1, 10:18, 10:18] = False
    bar, ring = middle_lines(masks)
    assert set(bar.sum(1)[8:20]) == {1}
    assert bar[8:20, 14].all()
    # Each row and each column across the hole meets the ring twice.
    assert (ring[11:17].sum(1) == 2).all()
    assert (ring[:, 11:17].sum(0) == 2).all()


def test_a_set_without_ink_gets_no_more_images():
    empty = np.zeros((5, 28, 28), np.uint8)
    assert len(penned(empty, np.arange(5), np.random.default_rng(0), 5.0)[0]) == 5
