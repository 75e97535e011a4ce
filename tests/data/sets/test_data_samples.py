"""Digits that a person drew are kept as files that training reads, whole or not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import data
from data import DataError, keep_sample, load_own, samples_folder
from data.sets import samples

DIGITS = data.load("digits", "test")


def keep(folder, count, start=0):
    for k in range(start, start + count):
        kept = keep_sample(DIGITS.images[k], int(DIGITS.labels[k]), folder)
    return kept


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("count", [1, 2, 5, 6, 11])
def test_all_that_was_kept_is_read_again_a_fifth_of_it_to_test(tmp_path, count):
    folder = tmp_path / "new" / "samples"
    kept = keep(folder, count)
    sets = {split: data.load("mnist", split, folder=folder) for split in ("train", "test")}
    assert (len(sets["train"]), len(sets["test"])) == (kept.train, kept.test)
    assert kept.test == -(-count // 5)
    assert kept.train == max(count - kept.test, 1)
    read = {(each.images[i].tobytes(), each.labels[i]) for each in sets.values() for i in range(len(each))}
    assert read == {(DIGITS.images[k].tobytes(), DIGITS.labels[k]) for k in range(count)}
    assert len(contents(folder)) == 4, "nothing but the four files"


@pytest.mark.parametrize(("count", "place"), [(1, 0), (3, 1)])
def test_the_same_digit_is_kept_once_with_the_label_that_it_was_given_last(tmp_path, count, place):
    # Lost otherwise: one picture that is to be learned as two digits.
    kept, image, label = keep(tmp_path, count), DIGITS.images[place], int(DIGITS.labels[place])
    before = contents(tmp_path)
    again = keep_sample(image, label, tmp_path)
    assert not again.new
    assert again.was is None
    assert contents(tmp_path) == before
    other = (label + 1) % 10
    assert keep_sample(image, other, tmp_path) == replace(kept, new=False, was=label)
    sets = [data.load("mnist", split, folder=tmp_path) for split in ("train", "test")]
    labels = [
        int(each.labels[k]) for each in sets for k in range(len(each)) if (each.images[k] == image).all()
    ]
    assert set(labels) == {other}
    assert not keep_sample(image, other, tmp_path).new


def test_labels_of_a_folder_that_was_not_kept_here_stay(tmp_path):
    keep(tmp_path, 6)
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (tmp_path / name).write_bytes((tmp_path / name.replace("t10k", "train")).read_bytes())
    before = contents(tmp_path)
    with pytest.raises(DataError, match="were not kept by viz3d"):
        keep_sample(DIGITS.images[1], (int(DIGITS.labels[1]) + 1) % 10, tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("fails_at", range(1, 5))
@pytest.mark.parametrize("count", [0, 3])
def test_where_a_file_cannot_be_written_all_is_as_it_was(tmp_path, monkeypatch, count, fails_at):
    # Lost otherwise: images without their labels, and every digit that was kept before.
    folder = tmp_path / "samples"
    folder.mkdir()
    if count:
        keep(folder, count)
    before, calls = contents(folder), []
    replace = Path.replace

    def failing(self, target):
        calls.append(target)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    if count and fails_at > 2:
        keep(folder, 1, count)  # two files alone are touched
        return
    with pytest.raises(DataError, match=r"cannot keep the digit in .*no space left.*VIZ3D_SAMPLES"):
        keep(folder, 1, count)
    assert contents(folder) == before


def test_what_a_crash_left_uneven_is_made_even(tmp_path):
    keep(tmp_path, 3)
    ends = contents(tmp_path)
    keep(tmp_path, 1, 3)
    # As if it had ended between images and labels.
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(ends["train-labels-idx1-ubyte"])
    assert keep(tmp_path, 1, 4).train == 3
    assert data.load("mnist", "train", folder=tmp_path).labels.tolist() == [*DIGITS.labels[[1, 2, 4]]]


def test_other_digits_are_not_mixed_with_those_that_are_kept(tmp_path):
    # Lost otherwise: VIZ3D_SAMPLES that names MNIST's folder adds drawings to MNIST.
    for name in ("train", "t10k"):
        images, labels = DIGITS.images[:8], DIGITS.labels[:8]
        (tmp_path / f"{name}-images-idx3-ubyte").write_bytes(samples.idx_bytes(images))
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(samples.idx_bytes(labels))
    before = contents(tmp_path)
    with pytest.raises(DataError, match="were not kept by viz3d"):
        keep(tmp_path, 1, 20)
    assert contents(tmp_path) == before


def test_what_is_no_digit_is_named(tmp_path):
    with pytest.raises(DataError, match=r"uint8 \(28, 28\) and 0..9, got uint8 \(28, 28\) and 11"):
        keep_sample(DIGITS.images[0], 11, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot keep the digit in"):
        keep_sample(DIGITS.images[0], 1, tmp_path / "file")


def test_the_folder_is_the_users_own_unless_one_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("VIZ3D_SAMPLES", str(tmp_path))
    assert samples_folder() == tmp_path
    monkeypatch.delenv("VIZ3D_SAMPLES")
    assert samples_folder().parts[-2:] == ("viz3d", "samples")
    assert samples_folder().is_absolute()


@pytest.mark.parametrize("shape", [(16, 16), (8, 12, 3)])
def test_pictures_of_any_size_and_classes_are_kept_and_read_again(tmp_path, monkeypatch, shape):
    monkeypatch.setenv("VIZ3D_SAMPLES", str(tmp_path))
    classes = ("round thing", "ä/b")
    pictures = np.random.default_rng(3).integers(0, 256, (6, *shape), dtype=np.uint8)
    for k, picture in enumerate(pictures):
        kept = keep_sample(picture, k % 2, classes=classes)
    assert kept.folder.parent == tmp_path
    read = {split: data.load_own(kept.folder, split) for split in ("train", "test")}
    assert tuple(read["train"].classes) == classes
    there = {
        (p.tobytes(), int(n)) for each in read.values() for p, n in zip(each.images, each.labels, strict=True)
    }
    assert there == {(picture.tobytes(), k % 2) for k, picture in enumerate(pictures)}
    assert not keep_sample(pictures[0], 0, classes=classes).new
    other = keep_sample(pictures[0], 0, classes=("a", "b", "c"))
    assert other.folder != kept.folder
    before = contents(kept.folder)
    with pytest.raises(DataError, match="keeps pictures of"):
        keep_sample(np.zeros((9, 9), np.uint8), 0, kept.folder, classes)
    assert contents(kept.folder) == before


def test_kept_digits_are_not_called_mnist(tmp_path, monkeypatch):
    """`viz3d data` and every report of a training on one's own digits told of MNIST."""
    mine = tmp_path / "mine"
    monkeypatch.setenv("VIZ3D_SAMPLES", str(mine))
    for k in range(2):
        keep_sample(DIGITS.images[k], int(DIGITS.labels[k]))
    (tmp_path / "other").mkdir()
    for file in mine.iterdir():
        (tmp_path / "other" / file.name).write_bytes(file.read_bytes())
    assert load_own(mine).title == "kept samples"
    assert load_own(tmp_path / "other").title == "MNIST"
    monkeypatch.delenv("VIZ3D_SAMPLES")
    assert load_own(mine).title == "MNIST"
