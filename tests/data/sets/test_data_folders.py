"""A folder of pictures is read once, in bounded memory, and gives the same whichever picture comes first."""

import itertools
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import data
from data import DataError
from data.sets.dataset import Parts
from data.sets.formats import picture_pixels, pictures
from data.sets.holdout import held_out, in_turns
from viz3d.command.choice.digits import Wanted, choose_digit

RNG = np.random.default_rng(0)


def picture(path: Path, wide: int, high: int) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    Image.fromarray(RNG.integers(0, 256, (high, wide), np.uint8)).save(path)


@pytest.fixture
def reads(monkeypatch) -> Counter[str]:
    """How often each file is read."""
    counted: Counter[str] = Counter()
    real = picture_pixels.held
    monkeypatch.setattr(
        picture_pixels, "held", lambda path, name: counted.update([path.name]) or real(path, name)
    )
    return counted


def test_pictures_of_one_size_are_read_once(tmp_path, reads):
    for number in range(12):
        picture(tmp_path / f"{'ab'[number % 2]}_{number:02}.png", 20, 16)
    parts = pictures.read_pictures(tmp_path, pictures.find_pictures(tmp_path))
    assert parts.train[0].shape == (12, 16, 20)
    assert reads.pop("a_00.png") == 2  # it told the size ahead
    assert set(reads.values()) == {1}
    assert parts.said == ()


def test_an_odd_one_that_comes_first_changes_nothing(tmp_path):
    for number in range(6):
        picture(tmp_path / "one" / f"{'ab'[number % 2]}_{number}.png", 20, 16)
    picture(tmp_path / "one" / "b_z.png", 40, 8)
    (tmp_path / "other").mkdir()
    for path in (tmp_path / "one").iterdir():
        name = "a_.png" if path.name == "b_z.png" else path.name
        (tmp_path / "other" / name.replace("a_.png", "a_!.png")).write_bytes(path.read_bytes())
    last, first = (
        pictures.read_pictures(folder, pictures.find_pictures(folder))
        for folder in (tmp_path / "one", tmp_path / "other")
    )
    assert first.train[0].shape == last.train[0].shape == (7, 16, 20)
    assert np.array_equal(first.train[0][1:], last.train[0][:-1])
    assert np.array_equal(first.train[0][0], last.train[0][-1])
    assert first.said == last.said


def test_a_first_one_that_is_large_is_no_reason_to_refuse_many_small_ones(tmp_path, monkeypatch):
    picture(tmp_path / "a_0.png", 64, 64)
    for number in range(1, 20):
        picture(tmp_path / f"{'ab'[number % 2]}_{number:02}.png", 8, 8)
    monkeypatch.setattr(pictures, "MOST_BYTES", 20 * 8 * 8 * 3)
    read = pictures.read_pictures(tmp_path, pictures.find_pictures(tmp_path))
    assert read.train[0].shape == (20, 8, 8)
    monkeypatch.setattr(pictures, "MOST_BYTES", 20 * 8 * 8 * 3 - 1)
    with pytest.raises(DataError, match="more than 1 GB"):
        pictures.read_pictures(tmp_path, pictures.find_pictures(tmp_path))


@pytest.mark.parametrize("number", [0, 3])
def test_a_damaged_one_is_named_wherever_it_stands(tmp_path, number):
    for each in range(6):
        picture(tmp_path / f"{'ab'[each % 2]}_{each}.png", 20, 16)
    damaged = tmp_path / f"{'ab'[number % 2]}_{number}.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    with pytest.raises(DataError, match=rf"{damaged.name}: cannot be read as a picture"):
        data.load_own(tmp_path)


def test_of_many_pictures_a_damaged_one_is_left_out_and_named(tmp_path):
    # Lost otherwise: a set of thousands, for one download that broke off; or its class, silently.
    for each in range(24):
        picture(tmp_path / "few" / "ab"[each % 2] / f"{each:02}.png", 20, 16)
    damaged = tmp_path / "few" / "a" / "00.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    train, test = data.load_own(tmp_path / "few", "train"), data.load_own(tmp_path / "few")
    assert f"{Path('a', '00.png')}, which cannot be read as a picture, is left out" in train.said
    assert len(train) + len(test) == 23
    assert min(images.max((1, 2)).min() for images in (train.images, test.images)) > 0
    shutil.copytree(tmp_path / "few", tmp_path / "many")
    for each in (2, 4):
        (tmp_path / "many" / "a" / f"{each:02}.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"00\.png: cannot be read as a picture"):
        data.load_own(tmp_path / "many")


def test_names_that_count_each_word_are_told_by_the_word(tmp_path):
    # Lost otherwise: cats and dogs, for the classes 000 to 011.
    for each in range(12):
        for word in ("cat", "dog"):
            picture(tmp_path / f"{each:03}_{word}.png", 8, 8)
    assert data.load_own(tmp_path).classes == ("cat", "dog")


def test_each_digit_once_of_each_hand_is_told_by_the_digit(tmp_path):
    for digit in range(10):
        for hand in ("anna", "bob", "eve"):
            Image.fromarray(np.full((8, 8), 20 * digit, np.uint8)).save(tmp_path / f"{digit}_{hand}.png")
    assert data.load_own(tmp_path).classes == tuple("0123456789")


def test_the_first_of_a_folder_are_of_all_classes(tmp_path):
    # Lost otherwise: who trains on the first hundred, or tests on them, has pictures of one class alone.
    for number in range(24):
        picture(tmp_path / "abc"[number % 3] / f"{number:02}.png", 8, 8)
    for part in ("train", "test"):
        images = data.load_own(tmp_path, part)
        assert {*images.labels[:3].tolist()} == {0, 1, 2}
        # Each with its own picture.
        found = pictures.read_pictures(tmp_path, pictures.find_pictures(tmp_path)).train
        known = {image.tobytes(): label for image, label in zip(*found, strict=True)}
        assert [known[image.tobytes()] for image in images.images] == images.labels.tolist()


@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_a_set_that_is_mixed_stays_as_it_is(kind):
    # Lost otherwise: the order of a set that its maker had shuffled, as labels of one byte never fall.
    labels = np.array([0, 2, 2, 1, 2, 0], kind)
    assert in_turns(labels) is None
    assert in_turns(np.sort(labels)).tolist() == [0, 2, 3, 1, 4, 5]
    assert in_turns(np.array([5, 5, 1, 7, 7], kind)).tolist() == [0, 2, 3, 1, 4]


def test_the_only_example_of_a_class_is_learned_from_and_not_held_out():
    # Lost otherwise: nothing is learned of that class, and each test counts it as a miss.
    labels = np.array([1] * 12 + [3] + [0] * 12 + [2], np.uint8)
    images = np.zeros((26, 2, 2), np.uint8)
    parted = held_out(Parts("set", "set", "a folder", "image", (images, labels), None, tuple("abcd")))
    assert Counter(parted.test[1].tolist()) == {0: 2, 1: 2}
    assert Counter(parted.train[1].tolist()) == {0: 10, 1: 10, 2: 1, 3: 1}


def test_of_a_set_that_stands_class_by_class_each_example_tells_where_it_stands(tmp_path):
    # Lost otherwise: who asks for row 3 of a sorted table sees another row, and is told nothing.
    rows = [(f"kind{i // 8}", i, i * i) for i in range(24)]
    table = tmp_path / "sorted.csv"
    table.write_text("label,a,b\n" + "".join(f"{label},{a},{b}\n" for label, a, b in rows))
    np.savez(tmp_path / "sorted.npz", x=np.array([row[1:] for row in rows]), y=[row[0] for row in rows])
    for path, part in itertools.product((table, tmp_path / "sorted.npz"), ("train", "test")):
        images = data.load_own(path, part)
        assert any("stand class by class" in each for each in images.said)
        assert len({*images.labels[:3].tolist()}) == 3
        for place, number in enumerate(images.images[:, 0].astype(int).tolist()):
            told = f"row {number + 1}" if path == table else f"#{number} in the file" * (number != place)
            assert images.origins.told(place) == told
    for number in range(6):
        picture(tmp_path / "pets" / "ab"[number % 2] / f"{number}.png", 8, 8)
    pets = data.load_own(tmp_path / "pets", "train")
    assert [pets.origins.told(place) for place in range(3)] == ["a/0.png", "b/1.png", "a/2.png"]
    digit = choose_digit(Wanted(sample="test:3", data=str(table)), lambda _: None)
    assert digit.source == f"sorted test example #3 (row {int(digit.image[0]) + 1})"


def test_a_folder_without_pictures_is_told_and_no_class(tmp_path):
    # Lost otherwise: a third class that somebody forgot to fill is missing without a word.
    for part, empty in (("train", "bird"), ("test", "dog")):
        for name in ("cat", "dog", "bird"):
            (tmp_path / part / name).mkdir(parents=True)
            if name not in (empty, "bird"):
                picture(tmp_path / part / name / "1.png", 8, 8)
    images = data.load_own(tmp_path, "train")
    assert images.classes == ("cat", "dog")
    assert [said for said in images.said if "holds no picture" in said] == [
        "its folder bird holds no picture that is read: there is no such class"
    ]
