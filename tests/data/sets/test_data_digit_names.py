"""Classes that are digits by other names, such as three or digit_3, are the digits."""

from pathlib import Path

import numpy as np
import pytest
from own_data import both

from data import DataError, load_own, place_of_digit

NAMES = (("zero", "Two", "three"), ("0 - zero", "2 - two", "3 - three"), ("digit_0", "digit 2", "3_three"))


def arrays_of(names: tuple[str, ...], path: Path) -> Path:
    """Eight images of each class, the last first, whose first pixel is 40 times its place."""
    numbers = np.repeat(np.arange(len(names))[::-1], 8)
    images = (40 * numbers)[:, None, None] + np.arange(6) + np.zeros((5, 1), int)
    np.savez(path, x=images.astype(np.uint8), y=np.array(names)[numbers])
    return path


@pytest.mark.parametrize("names", NAMES)
def test_digits_by_other_names_are_digits(tmp_path, names):
    # Lost otherwise: "three" comes before "two", and networks of digits refuse both.
    for part in both(arrays_of(names, tmp_path / "set.npz")):
        assert part.classes == ("0", "2", "3")
        assert (part.labels == part.images[:, 0, 0] // 40).all()
        assert part.class_of("three") == part.class_of("3") == 2
        assert any(min(names) in sentence for sentence in part.said)
        assert len({*part.labels[:3].tolist()}) == 3, "they stand class by class, whatever that order is"
    with pytest.raises(DataError, match="no class one"):
        part.class_of("one")


def test_digits_in_another_order_are_brought_into_theirs(tmp_path):
    # Lost otherwise: a network of digits, which has no names, is told that its threes are ones.
    images = np.arange(30, dtype=np.uint8)[:, None, None] + np.zeros((5, 6), np.uint8)
    np.savez(tmp_path / "set.npz", x=images, y=np.arange(30) % 3, classes=np.array(["3", "2", "0"]))
    for part in both(tmp_path / "set.npz"):
        assert part.classes == ("0", "2", "3")
        assert (part.labels == 2 - part.images[:, 0, 0] % 3).all()
        assert "its classes are in the digits' order" in part.said
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert load_own(arrays_of(words, tmp_path / "ten.npz"), "train").noun == "digit"


def test_what_tells_no_digit_is_no_class(tmp_path):
    # Lost otherwise: of a set with a class None every word that is none of its classes is that one.
    part = both(arrays_of(("None", "one", "two"), tmp_path / "set.npz"))[0]
    for word in ("cow", "\u017fix", "ni\u0307ne"):  # a long s is no s
        with pytest.raises(DataError, match="no class"):
            part.class_of(word)
    assert place_of_digit("cow", part.classes) is None
    assert place_of_digit("digit_3", ("two", "three")) == 1
    assert place_of_digit("digit_3", ("3", "three")) is None, "it could be either"


def test_names_of_which_one_is_no_digit_stay_as_they_are(tmp_path):
    for names in (("many", "one", "two"), ("1 - two", "three", "zero"), ("1", "one", "two")):
        assert both(arrays_of(names, tmp_path / "set.npz"))[0].classes == names
    np.savez(tmp_path / "rows.npz", x=np.zeros((16, 3)), y=np.array(["one", "two"] * 8))
    assert load_own(tmp_path / "rows.npz", "train").classes == ("one", "two"), "no digits' net reads rows"
