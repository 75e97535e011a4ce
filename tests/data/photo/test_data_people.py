"""Data sets as people have them: such a folder or file gives its labels, or one line on what to do."""

import csv

import numpy as np
import own_data
import pytest
from PIL import Image

from data import DataError, load_own

ROWS = np.random.default_rng(0).normal(0, 1, (40, 3)).round(2)
NAMES = ["cat", "dog"] * 20


def table(path, rows, separator=","):
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def test_the_only_column_of_words_is_the_label_wherever_it_stands(tmp_path):
    rows = [[r[0], name, *r[1:]] for r, name in zip(ROWS, NAMES, strict=True)]
    found = load_own(table(tmp_path / "t.csv", [["a", "diagnosis", "b", "c"], *rows]), "train")
    assert (found.classes, found.columns) == (("cat", "dog"), ("a", "b", "c"))


def test_labels_of_one_letter_of_any_alphabet_are_words(tmp_path):
    rows = [[r[0], "αβ"[i % 2], *r[1:]] for i, r in enumerate(ROWS)]
    found = load_own(table(tmp_path / "t.csv", [["a", "sort", "b", "c"], *rows]), "train")
    assert (found.classes, found.columns) == (("α", "β"), ("a", "b", "c"))


def test_a_column_of_numbers_with_gaps_is_no_label(tmp_path):
    """NaN in one row and nothing in another are gaps, whatever letters they have."""
    gaps = ("NaN", "", "nan")
    rows = [
        [gaps[i] if i < len(gaps) else i, name, *r]
        for i, (r, name) in enumerate(zip(ROWS, NAMES, strict=True))
    ]
    with pytest.raises(DataError, match="row 2 has no number in column a"):
        load_own(table(tmp_path / "t.csv", [["a", "sort", "b", "c", "d"], *rows]), "train")


def test_a_table_with_decimal_commas_is_read(tmp_path):
    rows = [[*(str(n).replace(".", ",") for n in r), name] for r, name in zip(ROWS, NAMES, strict=True)]
    german = table(tmp_path / "g.csv", [["a", "b", "c", "art"], *rows], ";")
    plain = [[*r, name] for r, name in zip(ROWS, NAMES, strict=True)]
    english = table(tmp_path / "e.csv", [["a", "b", "c", "art"], *plain])
    assert np.array_equal(load_own(german, "train").images, load_own(english, "train").images)


def test_a_table_whose_words_are_parted_by_spaces_is_read(tmp_path):
    lines = (f" {a}   {b} {c}  {i % 2}\n" for i, (a, b, c) in enumerate(ROWS))
    (tmp_path / "t.data").write_text("".join(lines))
    found = load_own(tmp_path / "t.data", "train")
    assert (found.classes, found.images.shape[1]) == (("0", "1"), 3)


def test_cifars_binary_batches_are_read_with_the_names_of_their_classes(tmp_path):
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (10, 32, 32, 3)).astype(np.uint8)
    for name in ("data_batch_1.bin", "test_batch.bin"):
        rows = [bytes([i]) + image.transpose(2, 0, 1).tobytes() for i, image in enumerate(images)]
        (tmp_path / name).write_bytes(b"".join(rows))
    (tmp_path / "batches.meta.txt").write_text("\n".join(f"thing{i}" for i in range(10)) + "\n\n")
    found = load_own(tmp_path, "train")
    assert np.array_equal(found.images, images)
    assert (found.classes[3], found.labels.tolist(), len(load_own(tmp_path, "test"))) == (
        "thing3",
        [*range(10)],
        10,
    )
    (tmp_path / "test_batch.bin").write_bytes(b"\x0b" + bytes(3072))
    with pytest.raises(DataError, match=r"a label is 11, of 10 classes"):
        load_own(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(bytes(3000))
    with pytest.raises(DataError, match=r"test_batch.bin: 3,000 bytes are no whole number of images"):
        load_own(tmp_path)


@pytest.mark.parametrize("ending", [".png", ""])
def test_the_labels_of_pictures_stand_in_a_table_beside_them(tmp_path, ending):
    (tmp_path / "images").mkdir()
    for i in range(24):
        Image.fromarray(np.full((9, 9), i, np.uint8)).save(tmp_path / "images" / f"{i:03d}.png")
    rows = [[f"{i:03d}{ending}", NAMES[i]] for i in range(24)]
    table(tmp_path / "labels.csv", [["id", "breed"], *rows])
    found = load_own(tmp_path, "train")
    assert found.classes == ("cat", "dog")
    assert all(image[0, 0] % 2 == label for image, label in zip(found.images, found.labels, strict=True))
    assert "the labels of its pictures are those of labels.csv" in found.said
    table(tmp_path / "labels.csv", [["id", "breed"], *rows, ["999", "cat"]])
    with pytest.raises(DataError, match=r"labels.csv: line 26 has '999', no picture of which lies here"):
        load_own(tmp_path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("set.zip", "is an archive: unpack it"),
        ("set.parquet", "is a table of another kind: load it in Python"),
        ("mnist.pkl.gz", "is a pickle, which could run code and so is never opened"),
        ("x.npy", "is one array: put images and labels into one file"),
        ("digits.mat", "load it with scipy.io.loadmat"),
        ("table.xlsx", r"save it as CSV \(UTF-8\)"),
    ],
)
def test_what_holds_data_and_is_not_read_says_what_to_do(tmp_path, name, says):
    (tmp_path / name).write_bytes(b"PK\x03\x04 whatever")
    for place in (tmp_path / name, tmp_path):
        with pytest.raises(DataError, match=says):
            load_own(place)


def test_cifars_pickles_are_never_opened(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(b"cos\nsystem\n(S'touch hacked'\ntR.")
    with pytest.raises(DataError, match=r"its batches are pickles, .* give CIFAR's binary version"):
        load_own(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["data_batch_1"]


def test_a_table_of_pixels_alone_has_no_label(tmp_path):
    # Lost otherwise: Kaggle's test.csv is learned from, its last pixel taken for the label.
    path = own_data.kaggle(tmp_path / "train.csv")
    rows = [line.partition(",")[2] for line in path.read_text().splitlines()]
    (tmp_path / "test.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match="all its columns are pixels, pixel0 to pixel63, and none is a label"):
        load_own(tmp_path / "test.csv")


def test_mnists_file_names_without_a_test_part_hold_one_out(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    own_data.idx(tmp_path / "train-images-idx3-ubyte", images)
    own_data.idx(tmp_path / "train-labels-idx1-ubyte", np.arange(30, dtype=np.uint8) % 3)
    assert (len(load_own(tmp_path, "train")), len(load_own(tmp_path))) == (24, 6)
