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
from data.sets.formats import columns

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
