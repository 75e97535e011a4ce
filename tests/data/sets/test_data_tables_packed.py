"""Tables as they are handed on: alone in an archive, with rows too long, without labels."""

import gzip
import re
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from data import DataError, load_own
from data.sets.formats import array_inputs, arrays, columns, table_rows

ROWS = "\n".join(f"{k % 3}," + ",".join(str((7 * k + j) % 256) for j in range(64)) for k in range(60))
HEAD = "label," + ",".join(f"pixel{j}" for j in range(64)) + "\n"


def packed(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return path


def test_a_table_alone_in_an_archive_is_read_as_it_is_outside(tmp_path):
    (tmp_path / "set.csv").write_text(HEAD + ROWS)
    inside = load_own(packed(tmp_path / "set.zip", train_csv=HEAD + ROWS), "train")
    outside = load_own(tmp_path / "set.csv", "train")
    assert inside.name == "set"
    assert np.array_equal(inside.images, outside.images)
    assert np.array_equal(inside.labels, outside.labels)
    again = load_own(packed(tmp_path / "set.zip", train_csv=HEAD + ROWS.replace("\n2,", "\n1,")), "train")
    assert len(again.classes) == 2, "an archive that changed is read anew"


def test_other_archives_are_to_be_unpacked(tmp_path, monkeypatch):
    for name, files in (
        ("two", {"train_csv": HEAD + ROWS, "test_csv": HEAD + ROWS}),
        ("picture", {"cat_png": "x"}),
    ):
        with pytest.raises(DataError, match="is an archive: unpack it"):
            load_own(packed(tmp_path / f"{name}.zip", **files), "train")
    whole = packed(tmp_path / "cut.zip", train_csv=HEAD + ROWS).read_bytes()
    for damaged in (whole[:200], whole.replace(b"\x08\x00", b"\x63\x00", 2), b"PK\3\4"):
        (tmp_path / "cut.zip").write_bytes(damaged)
        with pytest.raises(DataError, match=re.escape(str(tmp_path))):
            load_own(tmp_path / "cut.zip", "train")
    # Lost otherwise: the memory, to a small archive of much.
    monkeypatch.setattr(columns, "MOST_UNPACKED", 1000)
    with pytest.raises(DataError, match="unpack it, and give the table"):
        load_own(packed(tmp_path / "large.zip", train_csv=HEAD + ROWS), "train")


@pytest.mark.parametrize("ending", [".zip", ".csv.gz"])
def test_a_small_archive_of_endless_rows_is_not_unpacked(tmp_path, monkeypatch, ending):
    # Lost otherwise: 1.5 GB of memory, to a file of 1 MB.
    path = tmp_path / f"set{ending}"
    for rows in (2_000, 400_000):
        text = "label,a\n" + "1,2\n2,3\n" * rows
        if ending == ".zip":
            packed(path, set_csv=text)
        else:
            path.write_bytes(gzip.compress(text.encode()))
        if rows == 2_000:
            assert len(load_own(path, "train").labels) > 3_000, "so few do no harm"
    monkeypatch.setattr(columns, "_SMALL", 1000)
    assert ending == ".zip" or columns._size(path) < len(text), "nor are they counted to their end"
    monkeypatch.setattr(columns, "_unpacked", None)
    with pytest.raises(DataError, match="it grows more than 100 times as it is unpacked"):
        load_own(path, "train")


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".zip"])
def test_a_table_of_endless_rows_is_refused_before_they_are_read(tmp_path, monkeypatch, ending):
    # Lost otherwise: five minutes and 2 GB, to 300 MB of twenty million rows.
    monkeypatch.setattr(columns, "MOST_LINES", 61)
    path = tmp_path / f"set{ending}"
    for rows in (60, 61):
        text = HEAD + "\n".join([*ROWS.splitlines(), ROWS.splitlines()[0]][:rows]) + "\n"
        if ending == ".zip":
            packed(path, set_csv=text)
        else:
            path.write_bytes(gzip.compress(text.encode()) if ending == ".csv.gz" else text.encode())
        if rows == 60:
            assert len(load_own(path, "train").labels) > 40, "so many are read"
    monkeypatch.setattr(table_rows, "_pieces", None)
    with pytest.raises(DataError, match=r"more than 61 rows: give a part of them, such as head -n 61 keeps"):
        load_own(path, "train")


def test_of_an_archive_that_tells_of_less_than_it_holds_no_more_is_unpacked(tmp_path):
    # Lost otherwise: the memory, to a small archive of much.
    text = "0,1\n" * 2_000_000
    path = packed(tmp_path / "set.zip", set_csv=text)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", len(text)), struct.pack("<I", 4000)))
    tracemalloc.start()
    with pytest.raises(DataError, match=r"set\.zip"):
        load_own(path, "train")
    assert tracemalloc.get_traced_memory()[1] < len(text) / 2
    tracemalloc.stop()


def test_what_a_table_lacks_is_said(tmp_path):
    for text, told in (
        (HEAD + ROWS + "\n" + "0" + ",1" * 65, "the row 0,1,1... has 66 columns, and the first one 65"),
        (
            "a,b,c\n1,2,0\n3,4,0\n",
            "of one class, 0: give two or more, or name the column with the classes",
        ),
        ("", "is empty"),
    ):
        (tmp_path / "set.csv").write_text(text)
        with pytest.raises(DataError, match=re.escape(told)):
            load_own(tmp_path / "set.csv", "train")


def test_a_table_is_the_same_in_whatever_pieces_it_is_read(tmp_path, monkeypatch):
    """Lost otherwise: rows at a joint, numbers that are no bytes after many that are, a message's row."""
    rows = [f"{k % 3}," + ",".join(str((7 * k + j) % 256) for j in range(64)) for k in range(60)]
    rows[41] = rows[41][:-1] + "0.5"
    rows[50] = '"1",' + rows[50].partition(",")[2]
    path = tmp_path / "set.csv"
    path.write_text(HEAD + "\n".join(rows))
    whole = load_own(path, "train")
    assert whole.images.dtype == np.float32
    monkeypatch.setattr(table_rows, "_PIECE", 7 * 65)
    other = tmp_path / "again.csv"
    other.write_text(path.read_text())
    pieces = load_own(other, "train")
    assert np.array_equal(pieces.images, whole.images)
    assert np.array_equal(pieces.labels, whole.labels)
    for place, (told, row) in enumerate(
        [("row 56 has '19x'", rows[55][:-1] + "x"), ("row 56 has 2 columns", "1,2")]
    ):
        bad = tmp_path / f"bad{place}.csv"
        bad.write_text(HEAD + "\n".join([*rows[:55], row, *rows[56:]]))
        with pytest.raises(DataError, match=told):
            load_own(bad, "train")


def test_reading_a_table_takes_little_more_room_than_its_numbers(tmp_path, monkeypatch):
    path = tmp_path / "set.csv"
    path.write_text(HEAD + "\n".join([ROWS] * 100))
    monkeypatch.setattr(table_rows, "_PIECE", 1 << 14)
    tracemalloc.start()
    read = load_own(path, "train")
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read.images.dtype == np.uint8
    assert taken < path.stat().st_size, "the text's rows were held as floats, whole and again"


def test_arrays_that_grow_much_as_they_are_unpacked_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "set.npz"
    labels = np.arange(4000) % 2
    np.savez_compressed(path, x=np.zeros((4000, 28, 28), np.uint8), y=labels)
    assert len(load_own(path, "train")) == 3200, "what is small anyhow may grow as it likes"
    monkeypatch.setattr(arrays, "_SMALL", 1 << 16)
    np.savez_compressed(path, x=np.zeros((4000, 28, 28), np.float32), y=labels)
    with pytest.raises(DataError, match=r"x \(4000, 28, 28\) grows to 12,544,000 bytes, more than 100 times"):
        load_own(path, "train")
    np.savez(path, x=np.zeros((4000, 28, 28), np.float32), y=labels)
    assert len(load_own(path, "train")) == 3200
    folder = tmp_path / "set"
    folder.mkdir()
    for name, array in (("x", np.zeros((4000, 28, 28), np.float32)), ("y", labels)):
        np.save(folder / f"{name}.npy", array)
    assert len(load_own(folder, "train")) == 3200, "nothing is packed in a folder"


def test_labels_that_float32_does_not_hold_are_told_apart(tmp_path):
    (tmp_path / "set.csv").write_text("a,label\n" + "1,16777216\n2,16777217\n" * 20)
    assert load_own(tmp_path / "set.csv", "train").classes == ("16777216", "16777217")


def test_arrays_of_any_usual_kind_of_pixels_come_to_the_same_bytes(tmp_path):
    # Lost otherwise: pictures as good as black, or torn into stripes, that a net learns nothing from.
    grey = np.random.default_rng(0).integers(0, 256, (20, 9, 9))
    grey[0, 0, :2] = 0, 255
    for kind in (
        grey / 127.5 - 1,
        grey / 255,
        1.0 * grey,
        (257 * grey).astype("u2"),
        (16 * grey).astype("u2"),
    ):
        found = array_inputs.inputs_of(tmp_path, kind)
        assert found.dtype == np.uint8
        assert np.abs(found - grey).max() <= 1
    assert np.array_equal(array_inputs.inputs_of(tmp_path, grey > 99), 255 * (grey > 99))
    colours = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), np.uint8)
    rows = np.moveaxis(colours, 3, 1).reshape(20, -1)
    assert np.array_equal(array_inputs.inputs_of(tmp_path, rows), colours), "as CIFAR has them"
    sixteen = np.random.default_rng(0).integers(0, 17, (20, 64)).astype(float)
    sixteen[0, :2] = 0, 16
    assert np.array_equal(array_inputs.inputs_of(tmp_path, sixteen), sixteen.reshape(20, 8, 8)), (
        "UCI's digits"
    )


def test_images_are_brought_to_bytes_piece_by_piece_alike(tmp_path, monkeypatch):
    path = tmp_path / "set.npz"
    x = np.random.default_rng(0).random((50, 9, 9))
    np.savez(path, x=np.asfortranarray(x.astype(">f8")), y=np.arange(50) % 2)
    monkeypatch.setattr(array_inputs, "_PIECE", 7 * 81)
    halves = [load_own(path, split) for split in ("train", "test")]
    found = {each.tobytes() for half in halves for each in half.images}
    assert found == {each.tobytes() for each in np.rint(x.astype(np.float32) * 255).astype(np.uint8)}
