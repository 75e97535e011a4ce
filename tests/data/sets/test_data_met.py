"""Data as it is met: QMNIST labels, Kuzushiji arrays, tables of Kaggle, and what they mean."""

import struct

import numpy as np
import pytest
from own_data import RNG, both

from data import DataError, load_own

KINDS = {0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
IMAGES = RNG(0).integers(0, 256, (40, 28, 28)).astype(np.uint8)
LABELS = np.arange(40) % 10


def idx_of(path, kind: int, values: np.ndarray) -> None:
    header = struct.pack(">HBB", 0, kind, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(header + values.astype(KINDS.get(kind, ">u1")).tobytes())


@pytest.mark.parametrize("kind", KINDS)
def test_idx_files_of_other_numbers_than_bytes_are_read_as_the_same_images(tmp_path, kind):
    images = IMAGES / 255 if kind in (0x0D, 0x0E) else IMAGES
    for part in ("train", "t10k"):
        idx_of(tmp_path / f"{part}-images-idx3-ubyte", kind, images)
        idx_of(tmp_path / f"{part}-labels-idx1-ubyte", 0x0C, LABELS)
    train, _ = both(tmp_path)
    np.testing.assert_array_equal(train.images, IMAGES)
    np.testing.assert_array_equal(train.labels, LABELS)


def test_the_class_of_labels_in_several_columns_is_the_first_as_in_qmnist(tmp_path):
    idx_of(tmp_path / "qmnist-train-images-idx3-ubyte", 8, IMAGES)
    columns = np.column_stack([LABELS, *[RNG(1).integers(0, 500, 40)] * 7])
    idx_of(tmp_path / "qmnist-train-labels-idx2-int", 0x0C, columns)
    train, test = both(tmp_path)
    assert train.classes == tuple("0123456789")
    assert sorted(train.labels.tolist() + test.labels.tolist()) == sorted(LABELS.tolist())
    idx_of(tmp_path / "qmnist-train-labels-idx2-int", 0x0C, columns - 3)
    with pytest.raises(DataError, match=r"label -3 at position 0: labels are whole numbers, 0\.\.255"):
        load_own(tmp_path)


def test_images_without_labels_beside_them_are_told_so(tmp_path):
    idx_of(tmp_path / "train-images-idx3-ubyte", 8, IMAGES)
    with pytest.raises(DataError, match="has no file of labels beside it: add train-labels-idx1-ubyte"):
        load_own(tmp_path)


def test_a_folder_with_an_array_a_file_is_a_set_and_kuzushiji_is_not_called_digits(tmp_path):
    for part, some in (("train", slice(0, 30)), ("test", slice(30, 40))):
        np.savez(tmp_path / f"kmnist-{part}-imgs.npz", IMAGES[some])
        np.savez(tmp_path / f"kmnist-{part}-labels.npz", LABELS[some])
    train, test = both(tmp_path)
    np.testing.assert_array_equal(train.images, IMAGES[:30])
    np.testing.assert_array_equal(test.labels, LABELS[30:])
    assert (train.noun, train.title, train.classes[:2]) == ("character", "Kuzushiji-MNIST", ("o", "ki"))
    assert "by its name it is Kuzushiji-MNIST" in train.said[0]
    with pytest.raises(DataError, match="holds one array: have its labels in a file beside it"):
        load_own(tmp_path / "kmnist-train-imgs.npz")


@pytest.mark.parametrize("names", ["training_images training_labels", "imgs lbls", "mnist-x mnist-y"])
def test_arrays_are_known_by_the_words_of_their_names(tmp_path, names):
    x, y = names.split()
    np.savez(tmp_path / "set.npz", **{x: IMAGES, y: LABELS})
    train, test = both(tmp_path / "set.npz")
    assert len(train) + len(test) == 40
    np.savez(tmp_path / "set.npz", **{x: IMAGES, f"{x}_": IMAGES, y: LABELS})  # which is meant is open
    with pytest.raises(DataError, match="name the arrays x and y"):
        load_own(tmp_path / "set.npz")


def test_kaggle_s_tables_of_garments_have_their_names(tmp_path):
    line = ",".join(["label", *(f"pixel{i}" for i in range(64))])
    rows = [",".join(map(str, [k, *IMAGES[k].reshape(-1)[:64]])) for k in range(10)]
    for part in ("train", "test"):
        (tmp_path / f"fashion-mnist_{part}.csv").write_text("\n".join([line, *rows]))
    train, _ = both(tmp_path)
    assert (train.noun, train.classes[7]) == ("garment", "Sneaker")
    np.testing.assert_array_equal(train.labels, LABELS[:10])


def test_a_place_of_x_and_y_is_not_its_own_label(tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("x,y,side\n" + "\n".join(f"{k},{k % 3},{'ab'[k % 2]}" for k in range(30)))
    assert load_own(table).classes == ("a", "b")
    table.write_text("x,y\n" + "\n".join(f"{k},{k % 3}" for k in range(30)))
    assert load_own(table).classes == ("0", "1", "2")


def test_many_numbers_in_one_cell_are_told_with_the_way_round_and_quotes_are_no_part_of_a_name(tmp_path):
    table = tmp_path / "faces.csv"
    table.write_text(
        "emotion,pixels,Usage\n" + "\n".join(f"{k % 7},{'3 ' * 47}3,Training" for k in range(30))
    )
    with pytest.raises(DataError, match=r"column pixels has 48 numbers in one cell: give each a column"):
        load_own(table)
    table.write_text("a,b,class\n" + "\n".join(f"{k},2,'{['no', 'yes'][k % 2]}'" for k in range(30)))
    assert load_own(table).classes == ("no", "yes")
