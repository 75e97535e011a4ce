"""Augmented images: moved as asked, the same again from the same seed, the originals untouched."""

import numpy as np

from data import affine, load


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
