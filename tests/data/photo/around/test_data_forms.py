"""Data as people have them: what was silently read as something else, or refused without need."""

import numpy as np
import pytest
from PIL import Image

from data import DataError, load_own

RNG = np.random.default_rng


def images(count=24, side=12):
    return RNG(0).integers(0, 256, (count, side, side)).astype(np.uint8)


def table(path, heads, rows):
    lines = [heads] if heads else []
    path.write_text("\n".join([*lines, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def together(path):
    """All images and labels of a set's two parts."""
    parts = [load_own(path, split) for split in ("train", "test")]
    return np.concatenate([p.images for p in parts]), np.concatenate([p.labels for p in parts]), parts[0]


@pytest.mark.parametrize("heads", ["label,{}", "{},784", "{}.0"])
def test_numbers_that_name_columns_are_no_example(tmp_path, heads):
    """Pandas writes 0, 1, 2... where columns have no names, and 0, 0.1, 0.2... where all are called 0."""
    pixels = images(20, 28).reshape(20, -1)
    counted = ",".join(map(str, range(784)))
    heads = heads.format(counted) if "." not in heads else "0," + ",".join(f"0.{i}" for i in range(1, 785))
    rows = [[i % 10, *row] for i, row in enumerate(pixels)]
    found, labels, first = together(table(tmp_path / "set.csv", heads, rows))
    assert (len(found), first.classes, found.shape[1:]) == (20, tuple("0123456789"), (28, 28))
    assert {(int(y), x.tobytes()) for x, y in zip(found, labels, strict=True)} == {
        (i % 10, row.tobytes()) for i, row in enumerate(pixels)
    }


def test_an_example_that_counts_on_is_an_example(tmp_path):
    rows = [(1, 2, 3), *((i * 0.5, i, i % 2 + 2) for i in range(19))]
    assert len(together(table(tmp_path / "set.csv", "", rows))[0]) == 20


def test_an_index_that_pandas_wrote_is_no_measure(tmp_path):
    rows = [[i, i * 0.5, i % 2] for i in range(20)]
    _, _, first = together(table(tmp_path / "set.csv", "Unnamed: 0,size,label", rows))
    assert first.columns == ("size",)


def test_a_row_without_a_label_is_named(tmp_path):
    path = table(tmp_path / "set.csv", "size,label", [[1, "cat"], [2, ""], [3, "dog"]])
    with pytest.raises(DataError, match=r"row 2 has no label: write one, or leave the row out"):
        load_own(path)


@pytest.mark.parametrize("ahead", ["\n\n", "# by hand\n# in May\n\n"])
def test_remarks_and_empty_lines_ahead_of_a_table_are_passed_over(tmp_path, ahead):
    body = "size|width|kind\n" + "".join(f"{i}|{i % 3}|{'ab'[i % 2]}\n" for i in range(20))
    (tmp_path / "set.txt").write_text(ahead + body)
    found, _, first = together(tmp_path / "set.txt")
    assert (len(found), first.columns, first.classes) == (20, ("size", "width"), ("a", "b"))


@pytest.mark.parametrize("apart", [False, True])
def test_a_table_of_coloured_pixels_is_images_however_its_colours_stand(tmp_path, apart):
    across = np.linspace(0, 200, 10).round()
    picture = np.stack(np.broadcast_arrays(across, across[:, None], across[::-1]), axis=2).astype(np.uint8)
    row = np.moveaxis(picture, 2, 0).reshape(-1) if apart else picture.reshape(-1)
    heads = "label," + ",".join(f"pixel{i:04d}" for i in range(300))
    found, _, _ = together(table(tmp_path / "set.csv", heads, [[i % 2, *row] for i in range(20)]))
    assert found.shape == (20, 10, 10, 3)
    assert (found == picture).all()


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("{i}_{c}.png", True),
        ("img{i:03d}-{c}.png", True),
        ("mine_{c}_{i}.png", True),
        ("{c}{i}.png", False),
        ("{c}_{i}.png", False),
    ],
)
def test_the_class_is_found_wherever_a_picture_s_name_has_it(tmp_path, name, said):
    for i, pixels in enumerate(images()):
        save(tmp_path / name.format(i=i, c=("cats", "dogs")[i % 2]), pixels)
    found, _, first = together(tmp_path)
    assert (len(found), first.classes) == (24, ("cats", "dogs"))
    assert any("told by the pictures' names" in each for each in first.said) == said


def test_pictures_that_are_only_numbered_have_no_class(tmp_path):
    for i, pixels in enumerate(images()):
        save(tmp_path / f"{i}_{100 + i}.png", pixels)
    with pytest.raises(DataError, match="holds no data set"):
        load_own(tmp_path)


def test_folders_inside_a_class_are_of_that_class(tmp_path):
    for i, pixels in enumerate(images()):
        save(tmp_path / ("cats", "dogs")[i % 2] / f"day {i % 3}" / f"{i}.png", pixels)
    found, _, first = together(tmp_path)
    assert (len(found), first.classes) == (24, ("cats", "dogs"))


def test_a_folder_of_very_many_folders_is_no_class(tmp_path):
    """Such as a home that was given by mistake: it is not searched through."""
    for i, pixels in enumerate(images(60)):
        save(tmp_path / ("one", "two")[i > 54] / f"{i}" / f"{i}.png", pixels)
    with pytest.raises(DataError, match="all examples are of one class, two"):
        load_own(tmp_path)


def test_a_part_that_is_not_read_is_told_of(tmp_path):
    for i, pixels in enumerate(images()):
        save(tmp_path / ("train", "val", "test")[i % 3] / ("cats", "dogs")[i % 2] / f"{i}.png", pixels)
    _, _, first = together(tmp_path)
    assert "its folder val is left alone" in first.said


def test_arrays_that_are_not_read_are_told_of(tmp_path):
    x, y = images(), np.arange(24) % 2
    parts = ("train", "val", "test")
    named = {f"{part}_images": x for part in parts} | {f"{part}_labels": y for part in parts}
    np.savez(tmp_path / "set.npz", **named)
    _, _, first = together(tmp_path / "set.npz")
    assert "its val_images, val_labels are left alone" in first.said


def test_a_photo_is_read_as_the_camera_was_held(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6
    for i in range(20):
        pixels = np.zeros((8, 12, 3), np.uint8)
        pixels[:, :4] = 255  # where the picture is seen, this is its upper third
        path = tmp_path / "ab"[i % 2] / f"{i}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path, quality=95, exif=turned)
    found, _, _ = together(tmp_path)
    assert found.shape == (20, 12, 8)
    assert found[:, :3].min() > 200
    assert found[:, 5:].max() < 60


@pytest.mark.parametrize("most", [1, 16])
def test_images_of_few_steps_are_no_black_ones(tmp_path, most):
    pixels = (images() // 15 % (most + 1)).astype(np.uint8)
    np.savez(tmp_path / "set.npz", x=pixels, y=np.arange(24) % 2)
    found, _, first = together(tmp_path / "set.npz")
    assert set(np.unique(found)) == {round(255 * i / most) for i in range(most + 1)}
    assert f"its pixels run from 0 to {most}: they were brought to 0..255" in first.said


def test_pictures_of_fractions_are_grey_and_not_black_or_white(tmp_path):
    for i, pixels in enumerate(images()):
        save(tmp_path / "ab"[i % 2] / f"{i}.tif", (pixels / 255).astype(np.float32))
    found, _, _ = together(tmp_path)
    assert sorted(x.tobytes() for x in found) == sorted(x.tobytes() for x in images())


def test_a_folder_of_arrays_is_a_set_and_so_are_words_in_bytes_and_pixels_of_two_bytes(tmp_path):
    folder = tmp_path / "signs"
    folder.mkdir()
    np.save(folder / "X_train.npy", images().astype(np.uint16) * 257)
    np.save(folder / "y_train.npy", np.array([b"cat", b"dog"])[np.arange(24) % 2])
    found, _, first = together(folder)
    assert (first.title, first.classes) == ("signs", ("cat", "dog"))
    assert sorted(x.tobytes() for x in found) == sorted(x.tobytes() for x in images())


def test_scikit_learn_s_rows_of_digits_are_images_of_8x8(tmp_path):
    rows = RNG(0).integers(0, 17, (40, 64)).astype(np.float64)
    np.savez(tmp_path / "set.npz", data=rows, target=np.arange(40) % 10)
    found, _, first = together(tmp_path / "set.npz")
    assert (found.shape, first.noun, found.max()) == ((40, 8, 8), "digit", 255)
