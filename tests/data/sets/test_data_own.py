"""Data of one's own: folders of pictures, tables, arrays and IDX files of any size are read."""

from pathlib import Path

import numpy as np
import own_data
import pytest
from own_data import both
from PIL import Image
from run_viz3d import viz3d_here

import data
from data import DataError, load, load_own


def test_a_folder_for_each_class_gives_pictures_in_colour_with_names(tmp_path):
    train, test = both(own_data.pictures(tmp_path / "pets", ("dog", "cat", "eel")))
    assert (train.title, train.noun, train.classes) == ("pets", "image", ("cat", "dog", "eel"))
    assert train.images.shape == (30, 7, 9, 3)
    assert train.images.dtype == np.uint8
    assert len(test) == 6
    # The red of each picture tells its class: labels still belong to their pictures.
    red = test.images[..., 0].mean(axis=(1, 2))
    names = np.array(test.classes)[test.labels]
    assert red[names == "dog"].max() < red[names == "cat"].min() < red[names == "eel"].min()


def test_what_is_held_out_is_the_same_each_time_and_in_neither_part_twice(tmp_path):
    table = own_data.flowers(tmp_path / "flowers.csv")
    train, test = both(table)
    again = load_own(own_data.flowers(tmp_path / "again.csv"), "test")
    np.testing.assert_array_equal(test.images, again.images)
    assert np.bincount(test.labels).tolist() == [4, 4, 4]
    assert "one in 5 of each class, 12 examples drawn with seed 0" in " ".join(train.said)
    rows = {tuple(row) for row in np.concatenate([train.images, test.images]).tolist()}
    assert len(rows) == len(train) + len(test) == 60


def test_pictures_under_train_and_test_are_parted_so_and_files_may_be_named_by_class(tmp_path):
    own_data.pictures(tmp_path / "set" / "train", each=3, colour=False)
    own_data.pictures(tmp_path / "set" / "test", each=2, colour=False)
    train, test = both(tmp_path / "set")
    assert (len(train), len(test), train.said) == (6, 4, ())
    assert train.images.shape == (6, 7, 9)  # all grey: one channel
    flat = tmp_path / "flat"
    flat.mkdir()
    for name in ("10_a", "9_b", "9_c", "10_d"):
        Image.new("L", (4, 4), 7).save(flat / f"{name}.png")
    assert load_own(flat).classes == ("9", "10")


def test_pictures_of_several_sizes_are_made_one_size_and_that_is_said(tmp_path):
    folder = own_data.pictures(tmp_path / "pets", each=3)
    Image.new("RGB", (200, 100), "red").save(folder / "cat" / "large.png")
    Image.new("RGBA", (9, 7), (0, 0, 0, 0)).save(folder / "cat" / "clear.png")
    train = load_own(folder, "train")
    assert train.images.shape[1:] == (7, 9, 3)
    assert "2 sizes, most 9 wide and 7 high: all were made 9 wide and 7 high" in " ".join(train.said)
    assert (train.images == 255).all(axis=(1, 2, 3)).sum() == 1  # what is clear is seen on white


def test_large_pictures_are_made_smaller_in_their_own_form(tmp_path):
    train = load_own(own_data.pictures(tmp_path / "p", each=2, size=(200, 100)), "train")
    assert train.images.shape[1:] == (32, 64, 3)


def test_a_table_of_pixels_is_images_and_one_of_measures_is_rows(tmp_path):
    train = load_own(own_data.kaggle(tmp_path / "k.csv"), "train")
    assert train.images.shape == (30, 8, 8)
    assert train.images.dtype == np.uint8
    assert (train.noun, train.classes) == ("digit", tuple("0123456789"))
    rows = load_own(own_data.flowers(tmp_path / "f.csv"), "train")
    assert (rows.images.shape, rows.images.dtype) == ((48, 4), np.float32)
    assert rows.columns == ("length", "width", "petal length", "petal width")
    assert rows.classes == ("setosa", "versicolor", "virginica")


def test_tables_without_names_or_with_semicolons_or_labels_first_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("\n".join(f"{i};{-i};{'no' if i % 2 else 'yes'}" for i in range(30)))
    assert load_own(tmp_path / "a.csv").classes == ("no", "yes")
    (tmp_path / "b.csv").write_text("id,class,x\n" + "\n".join(f"{i},{7 + i % 2},{i}" for i in range(30)))
    found = load_own(tmp_path / "b.csv")
    assert (found.classes, found.columns) == (("7", "8"), ("x",))
    assert set(found.labels.tolist()) == {0, 1}


def test_kaggles_folder_is_its_training_table_for_its_test_table_has_no_labels(tmp_path):
    folder = tmp_path / "digit-recognizer"
    folder.mkdir()
    own_data.kaggle(folder / "train.csv")
    lines = (folder / "train.csv").read_text().splitlines()
    (folder / "test.csv").write_text("\n".join(line.partition(",")[2] for line in lines))
    found = load_own(folder, "train")
    assert (found.title, len(found)) == ("digit-recognizer", 30)
    assert "test.csv has no labels" in " ".join(found.said)


def test_a_training_table_in_the_working_folder_is_not_called_as_that_folder_is(tmp_path, monkeypatch):
    # Lost otherwise: in a clone of viz3d, a film of one's own row that says "viz3d test image #5".
    own_data.kaggle(tmp_path / "train.csv")
    monkeypatch.chdir(tmp_path)
    assert load_own(Path("train.csv"), "test").title == "train.csv"
    assert load_own(tmp_path / "train.csv", "test").title == "train.csv"

    elsewhere = tmp_path / "bars"
    elsewhere.mkdir()
    own_data.kaggle(elsewhere / "train.csv")
    assert load_own(elsewhere / "train.csv", "test").title == "bars"


def test_arrays_are_read_under_their_usual_names_and_in_channels_first(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (40, 3, 6, 5)).astype(np.uint8), np.arange(40) % 4
    np.savez(tmp_path / "k.npz", x_train=x, y_train=y, x_test=x[:8], y_test=np.eye(4)[y[:8]])
    train, test = both(tmp_path / "k.npz")
    assert (train.images.shape, len(test), train.classes) == ((40, 6, 5, 3), 8, ("0", "1", "2", "3"))
    np.testing.assert_array_equal(test.labels, y[:8])
    np.testing.assert_array_equal(train.images[3, ..., 1], x[3, 1])
    np.savez_compressed(tmp_path / "f.npz", x=x[:, 0] / 255, y=y, classes=np.array(list("abcd")))
    found = load_own(tmp_path / "f.npz")
    assert (found.classes, found.noun) == (tuple("abcd"), "letter")
    assert found.images.dtype == np.uint8


def test_idx_files_of_any_size_and_classes_are_read(tmp_path):
    labels = np.arange(60) % 30
    own_data.idx_set(tmp_path, "", labels, (5, 9, 3))
    own_data.idx_set(tmp_path, "", labels[:30], (5, 9, 3), part="t10k")
    train, test = both(tmp_path)
    assert (train.images.shape, len(test), len(train.classes)) == ((60, 5, 9, 3), 30, 30)
    (tmp_path / "classes.txt").write_text("\n".join(f"kind {i}" for i in range(30)))
    assert load_own(tmp_path).classes[29] == "kind 29"


def test_emnists_letters_stand_upright_and_begin_with_a(tmp_path):
    # Lost otherwise: letters that lie on their side, and a class that no image has.
    labels = np.arange(52) % 26 + 1
    own_data.idx_set(tmp_path, "emnist-letters-", labels)
    own_data.idx_set(tmp_path, "emnist-letters-", labels[:26], part="test")
    raw = data.read_idx_images(tmp_path / "emnist-letters-train-images-idx3-ubyte.gz")
    train = load_own(tmp_path, "train")
    np.testing.assert_array_equal(train.images, raw.swapaxes(1, 2))
    assert (train.title, train.noun, train.classes[0], len(train.classes)) == (
        "EMNIST letters",
        "letter",
        "A",
        26,
    )
    assert train.labels[:3].tolist() == [0, 1, 2]
    own_data.idx_set(tmp_path, "emnist-balanced-", np.arange(47))
    with pytest.raises(DataError, match=r"holds 2 sets: name one: .*emnist-balanced"):
        load_own(tmp_path)
    assert load_own(tmp_path / "emnist-balanced").classes[-1] == "t"


def test_a_folder_of_mnists_files_is_still_mnist_but_not_one_that_says_what_it_is(tmp_path):
    for part in ("train", "t10k"):
        own_data.idx_set(tmp_path / "mine", "", np.arange(40) % 10, part=part)
        own_data.idx_set(tmp_path / "FashionMNIST" / "raw", "", np.arange(40) % 10, part=part)
    assert load_own(tmp_path / "mine").name == "mnist"
    fashion = load_own(tmp_path / "FashionMNIST" / "raw")
    assert (fashion.title, fashion.classes[9]) == ("Fashion-MNIST", "Ankle boot")


def test_xor_is_four_rows_that_are_learned_from_and_tested_on():
    train, test = load("xor", "train"), load("xor", "test")
    np.testing.assert_array_equal(train.images, [[0, 0], [0, 1], [1, 0], [1, 1]])
    assert train.labels.tolist() == test.labels.tolist() == [0, 1, 1, 0]
    assert "both learned from and tested on" in " ".join(train.said)


def test_scikit_learns_sets_say_how_to_get_them_and_come_where_it_is(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(DataError, match="pip install scikit-learn"):
        load("iris")

    class Iris:
        data = np.arange(120.0).reshape(30, 4)
        target = np.arange(30) % 3
        target_names = np.array(["a", "b", "c"])
        feature_names = ("w", "x", "y", "z")

    class Datasets:
        load_iris = staticmethod(Iris)

    monkeypatch.setattr("data.sets.scikit.import_module", lambda name: Datasets)
    assert load("iris").columns == tuple("wxyz")


def test_the_command_tells_what_was_found(tmp_path):
    own_data.pictures(tmp_path / "pets")
    done = viz3d_here("viz3d", "data", "pets", folder=tmp_path)
    assert done.returncode == 0
    assert (
        "pets: 20 to learn from and 4 to test on, images of 7x9 pixels (height x width) in colour"
        in done.stdout
    )
    assert "2 classes: cat 10+2   dog 10+2" in done.stdout
    assert "python -m viz3d train --data pets" in done.stdout
    assert done.stderr.count("seed 0") == 1
    (tmp_path / "empty").mkdir()
    done = viz3d_here("viz3d", "data", "empty", folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "empty holds no data set; give IDX files" in done.stderr


def test_one_picture_is_read_in_the_form_that_a_network_wants(tmp_path):
    folder = own_data.pictures(tmp_path / "pets", each=1)
    path = folder / "dog" / "000.png"
    assert data.read_picture(path, (14, 18), colour=True).shape == (14, 18, 3)
    grey = data.read_picture(path, (7, 9), colour=False)
    luma = np.asarray(Image.open(path)) @ (0.299, 0.587, 0.114)
    np.testing.assert_allclose(grey, luma, atol=1)


def test_pictures_in_colour_with_numbered_classes_may_be_of_anything(tmp_path):
    labels = np.arange(40) % 10
    for name, shape in (("grey", (8, 8)), ("colour", (8, 8, 3))):
        np.savez(tmp_path / f"{name}.npz", x=np.zeros((40, *shape), np.uint8), y=labels)
    assert load_own(tmp_path / "grey.npz", "train").noun == "digit"
    assert load_own(tmp_path / "colour.npz", "train").noun == "image"


@pytest.mark.parametrize("kinds", [("cat", "dog"), ("setosa", "versicolor", "virginica")])
def test_columns_that_are_a_class_each_are_labels_and_not_learned_from(tmp_path, kinds):
    # Lost otherwise: a network that reads the answer in its input, and is right on every example.
    rng = np.random.default_rng(0)
    truth, rows = np.arange(40) % len(kinds), rng.normal(5, 1, (40, 2)).round(2)
    lines = [",".join(["length", "width", *kinds])]
    for row, kind in zip(rows, truth, strict=True):
        lines.append(",".join(map(str, [*row, *(int(kind == place) for place in range(len(kinds)))])))
    (tmp_path / "t.csv").write_text("\n".join(lines))
    train, test = both(tmp_path / "t.csv")
    assert (train.columns, train.classes) == (("length", "width"), kinds)
    assert np.bincount(np.concatenate([train.labels, test.labels])).tolist() == np.bincount(truth).tolist()
    lengths = {float(row[0]): kinds[kind] for row, kind in zip(rows.astype(np.float32), truth, strict=True)}
    assert all(
        lengths[float(row[0])] == kinds[kind] for row, kind in zip(test.images, test.labels, strict=True)
    )


def test_a_last_column_of_0_and_1_is_a_label_where_those_before_it_are_no_classes(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,out\n" + "0,0,0\n0,1,1\n1,0,1\n1,1,0\n" * 6)
    train, _ = both(tmp_path / "t.csv")
    assert (train.columns, train.classes) == (("a", "b"), ("0", "1"))
