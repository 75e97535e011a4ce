"""Augmented images: moved as asked, the same again from the same seed, the originals untouched."""

import re

import numpy as np
import pytest

from data import DataError, affine, augmentation, elastic, load, random_crop, rotations
from data.augment.warp import smooth_fields


def test_no_movement_at_all_gives_the_same_images():
    images = load("digits").images
    moved = affine(images, np.random.default_rng(0), shift=0, turn=0, scale=0, shear=0)
    np.testing.assert_array_equal(moved, images)


def test_the_seed_decides_and_the_originals_stay():
    images = load("digits").images
    before = images.copy()
    one, same, other = (affine(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any(axis=(1, 2)).all()
    np.testing.assert_array_equal(images, before)
    assert one.dtype == np.uint8


def test_each_image_of_a_batch_is_moved_differently():
    images = np.repeat(load("digits").images[:1], 600, axis=0)  # more than one chunk
    moved = affine(images, np.random.default_rng(0))
    assert len(np.unique(moved.reshape(600, -1), axis=0)) == 600


def centres(images: np.ndarray) -> np.ndarray:
    mass = images.sum((1, 2), dtype=float)
    at = np.arange(28)
    return np.stack([images.sum(2) @ at / mass, images.sum(1) @ at / mass], axis=1)


def test_shifts_stay_within_their_limit_and_use_it():
    images = load("digits").images
    moved = affine(images, np.random.default_rng(0), shift=2, turn=0, scale=0, shear=0)
    off = np.abs(centres(moved) - centres(images))
    assert 1.7 < off.max() < 2.1
    assert abs((centres(moved) - centres(images)).mean()) < 0.15


def test_a_turn_turns_about_the_centre():
    bar = np.zeros((200, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255
    turned = affine(bar, np.random.default_rng(0), shift=0, turn=15, scale=0, shear=0)
    assert np.abs(centres(turned) - 13.5).max() < 0.3
    top = (turned[:, 4:8].sum(1) @ np.arange(28)) / np.maximum(turned[:, 4:8].sum((1, 2)), 1) - 13.5
    assert 1.5 < np.abs(top).max() < 8 * np.sin(np.deg2rad(15)) + 0.6
    assert (top > 0.5).any()
    assert (top < -0.5).any()


def test_a_scale_changes_the_area_by_its_square():
    square = np.zeros((400, 28, 28), np.uint8)
    square[:, 7:21, 7:21] = 255
    sized = affine(square, np.random.default_rng(0), shift=0, turn=0, scale=0.2, shear=0)
    area = sized.sum((1, 2)) / square.sum((1, 2))
    assert 0.6 < area.min() < 0.7
    assert 1.38 < area.max() < 1.48


def test_what_leaves_the_image_does_not_come_back_on_the_other_side():
    edge = np.zeros((50, 28, 28), np.uint8)
    edge[:, :, 27] = 255
    moved = affine(edge, np.random.default_rng(0), shift=5, turn=0, scale=0, shear=0)
    assert not moved[:, :, :20].any()


def test_no_reach_bends_nothing():
    images = load("digits").images
    np.testing.assert_array_equal(elastic(images, np.random.default_rng(0), reach=0), images)


def test_elastic_fields_are_as_strong_and_as_smooth_as_the_paper_has_them():
    fields = smooth_fields(4000, np.random.default_rng(0), (28, 28), 4.0).reshape(-1, 28, 28)
    variance = fields.var(axis=0)
    assert abs(fields.mean()) < 0.02
    assert 0.9 < variance.min() < variance.max() < 1.1  # the border bends as much as the middle
    # White noise after a Gaussian of sigma: correlation exp(-d^2 / 4 sigma^2).
    for distance in (2, 5, 9):
        expected = np.exp(-(distance**2) / 64)
        assert abs((fields[:, 10, 5] * fields[:, 10, 5 + distance]).mean() - expected) < 0.08
        assert abs((fields[:, 5, 10] * fields[:, 5 + distance, 10]).mean() - expected) < 0.08


def test_an_elastic_image_has_its_ink_moved_and_not_lost():
    images = load("digits").images
    bent = elastic(images, np.random.default_rng(0), reach=1.0)
    assert (bent != images).any(axis=(1, 2)).all()
    ink = bent.sum((1, 2)) / images.sum((1, 2), dtype=float)
    assert 0.95 < ink.mean() < 1.05
    assert ink.min() > 0.5


def test_each_image_of_a_batch_bends_its_own_way_and_the_seed_decides():
    images = np.repeat(load("digits").images[:1], 100, axis=0)
    one, same = (elastic(images, np.random.default_rng(3)) for _ in range(2))
    assert len(np.unique(one.reshape(100, -1), axis=0)) == 100
    np.testing.assert_array_equal(one, same)


def test_rotations_triple_the_set_and_keep_the_originals():
    images, labels = load("digits").images[:40], load("digits").labels[:40]
    many, theirs = rotations(images, labels)
    assert many.shape == (120, 28, 28)
    np.testing.assert_array_equal(many[:40], images)
    np.testing.assert_array_equal(theirs, np.concatenate([labels] * 3))


def test_rotations_turn_15_degrees_one_way_and_the_other():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255
    many, _ = rotations(bar, np.zeros(1, np.uint8))
    top = (many[:, 4:6].sum(1) @ np.arange(28)) / many[:, 4:6].sum((1, 2)) - 13.5
    reach = 9 * np.tan(np.deg2rad(15))
    np.testing.assert_allclose(top, [0, -reach, reach], atol=0.35)


def test_turning_there_and_back_gives_the_digit_again():
    images = load("digits").images
    there, _ = rotations(images, load("digits").labels)
    n = len(images)
    back, _ = rotations(there[n : 2 * n], load("digits").labels)
    # Two readings blur, so nearly: most of the ink lies where it lay.
    error = np.abs(back[2 * n :].astype(float) - images).sum() / images.sum()
    assert error < 0.35
    assert np.abs(there[n : 2 * n].astype(float) - images).sum() / images.sum() > 2 * error


def test_random_crops_are_parts_of_the_image_from_every_place():
    image = np.arange(28 * 28).reshape(28, 28) % 251
    image = np.repeat(image[None].astype(np.uint8), 600, axis=0)
    cropped = random_crop(image, np.random.default_rng(0))
    assert cropped.shape == (600, 24, 24)
    found = {
        (i, j)
        for i in range(5)
        for j in range(5)
        if (cropped == image[0, i : i + 24, j : j + 24]).all((1, 2)).any()
    }
    assert len(found) == 25
    with pytest.raises(DataError, match="30x30 does not fit"):
        random_crop(image, np.random.default_rng(0), 30)


def test_names_join_and_their_order_is_of_no_matter():
    images, labels = load("digits").images[:50], load("digits").labels[:50]
    one = augmentation("affine:0.5+elastic:1.2+crop+rotate")
    assert (one.affine.turn, one.elastic.reach, one.crop) == (5.0, 1.2, 24)
    many, _ = one.expand(images, labels, np.random.default_rng(0))
    assert len(many) == 150
    answers = [
        augmentation(name).change(images, np.random.default_rng(0))
        for name in ("affine:0.5+elastic:1.2+crop", "crop+elastic:1.2+affine:0.5")
    ]
    np.testing.assert_array_equal(*answers)
    assert answers[0].shape == (50, 24, 24)


def test_no_augmentation_leaves_everything_as_it_is():
    images, labels = load("digits").images, load("digits").labels
    nothing = augmentation("none")
    assert nothing.change is None
    assert nothing.expand(images, labels, np.random.default_rng(0))[0] is images


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("magic", "'magic' is not known: join some of none, rotate, affine, elastic, crop"),
        ("affine+", "'' is not known"),
        ("affine+affine", "'affine' is named twice"),
        ("none+affine", "none goes with no other"),
        ("affine:much", "affine:much: a strength is a number above 0"),
        ("elastic:0", "a strength is a number above 0"),
        ("elastic:nan", "a strength is a number above 0"),
        ("rotate:3", "'rotate' takes no strength"),
    ],
)
def test_a_wrong_name_is_told_with_what_is_right(name, told):
    with pytest.raises(DataError, match=re.escape(told)):
        augmentation(name)
