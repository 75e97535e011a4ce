"""Tables, arrays and folders as people have them: without names, packed, on other scales, in folders."""

import gzip

import numpy as np
import pytest
from PIL import Image

from data import DataError, load_own

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 64))
CLASSES = np.arange(30) % 3


def table(path, rows, head="", parted=","):
    lines = [head] * bool(head) + [parted.join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("first", [True, False])
def test_the_label_of_a_table_without_names_is_found_first_or_last(tmp_path, first):
    """MNIST as a table is mostly so: with the label first, and the last pixel always black."""
    pixels = PIXELS.copy()
    pixels[:, -1 if first else 0] = 0
    both_ways = np.c_[CLASSES, pixels] if first else np.c_[pixels, CLASSES]
    train = load_own(table(tmp_path / "t.csv", both_ways), "train")
    assert (train.classes, train.images.shape[1:]) == (("0", "1", "2"), (8, 8))
    assert ("no line names its columns" in train.said[0]) == first
    words = table(tmp_path / "w.csv", [("ab"[i % 2], i / 7, i) for i in range(30)])
    assert load_own(words, "train").classes == ("a", "b")


def test_a_packed_table_and_one_of_pixels_0_to_1_are_read(tmp_path):
    head = ",".join(["label", *(f"pixel{i}" for i in range(64))])
    plain = table(tmp_path / "a.csv", np.c_[CLASSES, PIXELS], head)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    shares = [[label, *np.round(row / 255, 5)] for label, row in zip(CLASSES, PIXELS, strict=True)]
    table(tmp_path / "c.csv", shares, head)
    images = load_own(plain, "train").images
    for name in ("b.csv.gz", "c.csv"):
        np.testing.assert_array_equal(load_own(tmp_path / name, "train").images, images)
    assert load_own(tmp_path / "b.csv.gz").title == "b"
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(plain.read_bytes())[:90])
    with pytest.raises(DataError, match=r"b\.csv\.gz: cannot be read"):
        load_own(tmp_path / "b.csv.gz")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("label,a,b\n1,2,\n0,3,4\n", "row 1 has no number in column b: fill it in"),
        ("label,a,b\n1,2,3\n0,NA,4\n", "row 2 has 'NA' in column a, which is no number"),
        ('a,b,klass\n"0,5",1,k\n', "row 1 has '0,5' in column a, which is no number: write 0.5 for 0,5"),
        ("a;b\n1;1\n2;0,5\n", "labels such as 0,5 name no classes: give whole numbers or words, in a column"),
        ("label,a\n1,2\n1,3\n", "all examples are of one class, 1: give two or more"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_by_row_and_column(tmp_path, text, says):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        load_own(tmp_path / "t.csv")
    assert says in str(caught.value)


def test_last_columns_without_names_that_mark_a_class_each_are_the_label(tmp_path):
    """Semeion's digits are such a table: all but its last column were read as inputs, and two classes."""
    rng, kinds = np.random.default_rng(0), np.arange(60) % 3
    rows = np.hstack([rng.integers(0, 2, (60, 256)), np.eye(3, dtype=int)[kinds]])
    np.savetxt(tmp_path / "t.data", rows, fmt="%d")
    train = load_own(tmp_path / "t.data")
    assert (train.images.shape[1:], train.classes) == ((16, 16), ("0", "1", "2"))


def test_a_set_of_one_example_a_class_is_tested_on_what_it_learns_from(tmp_path):
    """Lost otherwise: it has no test part, and each command says so in its own way."""
    np.savez(tmp_path / "t.npz", x=np.arange(26 * 64).reshape(26, 8, 8) % 251, y=np.arange(26))
    test = load_own(tmp_path / "t.npz", "test")
    assert len(test) == 26
    assert "each class has one example alone: they are both" in " ".join(test.said)


def test_a_comma_behind_the_last_column_is_no_column(tmp_path):
    rows = [f"{i % 2},{i},{i * i}," for i in range(24)]
    (tmp_path / "t.csv").write_text("\n".join(["label,a,b,", *rows]) + "\n")
    assert load_own(tmp_path / "t.csv").columns == ("a", "b")


def test_arrays_without_names_and_pixels_on_other_scales_are_images(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 16, 16)).astype(np.uint8)
    ways = {
        "places": {"arr_0": pixels, "arr_1": CLASSES},
        "label": {"data": pixels, "label": CLASSES},
        "rows": {"x": pixels.reshape(30, -1) / 255, "y": CLASSES},
        "rows of floats": {"x": pixels.reshape(30, -1).astype(float), "y": CLASSES},
        "rows of integers": {"x": pixels.reshape(30, -1).astype(np.int64), "y": CLASSES},
        "signed": {"x": pixels / 127.5 - 1, "y": CLASSES},
    }
    for name, arrays in ways.items():
        np.savez(tmp_path / f"{name}.npz", **arrays)
    plain = load_own(tmp_path / "places.npz", "train").images
    for name in ways:
        np.testing.assert_array_equal(load_own(tmp_path / f"{name}.npz", "train").images, plain)
    halves = pixels.reshape(30, -1) + 0.5
    np.savez(tmp_path / "measures.npz", x=np.minimum(halves, 254.5), y=CLASSES)
    assert load_own(tmp_path / "measures.npz", "train").images.ndim == 2
    colours = np.random.default_rng(1).integers(0, 256, (30, 3, 32, 32)).astype(np.uint8)
    np.savez(tmp_path / "cifar.npz", data=colours.reshape(30, -1), labels=CLASSES)
    whole = np.concatenate(
        [each.images for each in (load_own(tmp_path / "cifar.npz", part) for part in ("train", "test"))]
    )
    assert sorted(whole[:, 0, 0].tolist()) == sorted(colours[:, :, 0, 0].tolist())


def test_pictures_named_in_other_ways_or_packed_in_a_folder_are_found(tmp_path):
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "outer" / ".DS_Store").write_bytes(b"x")
    for number in range(12):
        name = f"{('cat', 'dog')[number % 2]}{'-.'[number // 6]}{number}.png"
        Image.new("L", (5, 5), number).save(tmp_path / "outer" / "inner" / name)
    assert load_own(tmp_path / "outer").classes == ("cat", "dog")
