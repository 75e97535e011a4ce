"""Forms of digits that MNIST has seldom are drawn onto its own: where, how many, and which."""

from pathlib import Path

import numpy as np
import pytest

from data import Dataset, augmentation, load
from data.augment.hands import hands
from viz3d.command.errors import UserError
from viz3d.train.job import TrainingJob


def one(lean: int = 0) -> np.ndarray:
    """A 1 as a stroke two pixels wide and twenty high, in the middle."""
    image = np.zeros((28, 28), np.uint8)
    for row in range(4, 24):
        column = 13 + lean * (13 - row) // 10
        image[row, column : column + 2] = 255
    return image


def drawn(digit: int, image: np.ndarray, count: int = 200) -> np.ndarray:
    images, labels = hands(np.stack([image] * count), np.full(count, digit), np.random.default_rng(0))
    assert {*labels.tolist()} == {digit}
    assert len(labels) == len(images)
    return images[count:]


def test_a_one_gets_a_flag_at_its_left_and_top_now_and_then_a_foot():
    new = drawn(1, one())
    flagged = []
    for image in new:
        columns = np.flatnonzero(image.any(0))
        rows = np.flatnonzero((image >= 128).any(1))
        upper = image[rows[0] : rows[0] + 14]
        stem = upper.sum(0, dtype=int).argmax()
        flagged.append((upper[:, columns[0] : stem - 1] >= 128).any())
    assert np.mean(flagged) > 0.9  # of the others the stem leans as far as the flag stands out
    # A third stands on a foot: its last row is wider than any stroke on the way there.
    width = np.array([(image >= 128).sum(1)[np.flatnonzero((image >= 128).any(1))[-1]] for image in new])
    assert 0.2 < (width >= 6).mean() < 0.5


def test_a_third_of_the_ones_lean_further_than_they_did():
    new = drawn(1, one())
    tall = [np.flatnonzero((image >= 128).any(1)) for image in new]
    heads = [np.flatnonzero(image[rows[0]] >= 128)[-1] for image, rows in zip(new, tall, strict=True)]
    stems = [np.flatnonzero(image[rows[-1] - 4] >= 128)[-1] for image, rows in zip(new, tall, strict=True)]
    leans = np.subtract(heads, stems)
    assert 0.2 < (leans >= 2).mean() < 0.45
    assert leans.max() >= 6


def test_a_seven_gets_a_bar_through_its_stem_most_times():
    seven = one(-0)
    seven[4:6, 6:15] = 255
    new = drawn(7, seven)
    crossed = [any((image[row] >= 128).sum() >= 5 for row in range(12, 20)) for image in new]
    assert np.mean(crossed) > 0.7
    assert (new != seven).any((1, 2)).all()


def test_a_fours_bar_goes_on_beyond_its_stem_and_near_arms_are_closed():
    four = np.zeros((28, 28), np.uint8)
    four[4:16, 8:10] = 255
    four[14:16, 8:18] = 255
    four[4:24, 15:17] = 255
    new = drawn(4, four)
    right = np.array([np.flatnonzero((image >= 128).any(0))[-1] for image in new])
    left = np.array([np.flatnonzero((image >= 128).any(0))[0] for image in new])
    assert (right - left > 12).all()  # 10 before
    closed = np.array([(image[: np.flatnonzero(image.any(1))[0] + 4] >= 128).sum() > 20 for image in new])
    assert 0.6 < closed.mean() < 0.95


def test_other_digits_and_the_images_before_stay_and_the_same_seed_draws_the_same():
    digits = load("digits")
    images, labels = digits.images, digits.labels
    first, second = (hands(images, labels, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[0][: len(images)], images)
    added = first[1][len(images) :]
    assert sorted({*added.tolist()}) == [1, 4, 7]
    assert (added == 7).sum() == (labels == 7).sum()
    assert 0.4 < (added == 1).sum() / (labels == 1).sum() < 0.6
    other = hands(images, labels, np.random.default_rng(6))[0]
    assert not np.array_equal(first[0], other)


def test_new_images_are_centred_by_mass_and_inside():
    new = drawn(1, np.roll(one(1), -3, 1))
    y, x = np.indices((28, 28))
    mass = new.sum((1, 2), dtype=float)
    for axis in (y, x):
        centre = (new * axis).sum((1, 2)) / mass
        assert np.abs(centre - 13.5).max() < 1.6
    assert not new[:, [0, -1]].any()
    assert not new[:, :, [0, -1]].any()


def test_an_image_without_ink_is_passed_over_and_the_name_joins_others():
    images, labels = np.zeros((3, 28, 28), np.uint8), np.array([1, 7, 1])
    assert len(hands(images, labels, np.random.default_rng(0))[0]) == 3
    many, _ = augmentation("hands+rotate").expand(np.stack([one()]), np.array([7]), np.random.default_rng(0))
    assert len(many) == 6


def test_a_strength_says_how_many_are_added():
    labels = np.repeat([7, 1], 400)
    images = np.stack([one()] * len(labels))
    _, many = augmentation("hands:0.5").expand(images, labels, np.random.default_rng(0))
    added = many[len(labels) :]
    assert 150 < (added == 7).sum() < 250
    assert 60 < (added == 1).sum() < 140


def test_forms_of_ones_fours_and_sevens_are_drawn_on_digits_alone():
    # Lost otherwise: shirts and trousers with flags.
    job = TrainingJob("mlp", "own", Path("x.npz"), augment="hands")
    labels = np.array([1, 7])
    shirts = Dataset("own", "train", np.stack([one()] * 2), labels, classes=("a", "shirt", *"cdefgh"))
    with pytest.raises(UserError, match="draws on ones, fours and sevens, and own has no digits"):
        job.training_sets(shirts)
    digits = Dataset("own", "train", np.stack([one()] * 2), labels)
    assert len(job.training_sets(digits)[0][0]) > 2
