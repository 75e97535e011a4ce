"""Files of data that are damaged, lie about their size or hold code: one line, and nothing is run or lost."""

import contextlib
import tracemalloc
import zipfile

import numpy as np
import own_data
import pytest
from run_viz3d import viz3d_here

from data import DataError, find_mnist, load_own, read_idx_images, read_idx_labels


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "x,y,label\n1,2,a\n1,b,c\n", "'b'"),
        ("b.csv", "x,y,label\n1,2,a\n1,2\n", "2"),
        ("c.csv", "x,label\n1,0.5\n2,0.25\n", "labels such as 0.5 name no classes"),
        ("d.csv", "x,label\n", "no row of numbers"),
        ("e.csv", "label\n1\n", "1 column:"),
        ("f.csv", "x,label\n1,a\nnan,b\n", "row 2 has no number in column x"),
        ("g.csv", b"\xff\xfe\x00,label\n", "no text"),
        ("h.txt", "x", "its ending names no data set"),
        ("i.npz", b"PK no zip", "cannot be read as a NumPy file"),
    ],
)
def test_a_damaged_file_is_one_line_that_names_it_and_status_2(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = viz3d_here("viz3d", "data", str(path), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert str(path) in done.stderr


def test_a_damaged_picture_is_named(tmp_path):
    folder = own_data.pictures(tmp_path / "pets", each=3)
    whole = (folder / "cat" / "001.png").read_bytes()
    for spoilt in (whole[:60], b"GIF89a", b""):
        (folder / "cat" / "001.png").write_bytes(spoilt)
        with pytest.raises(DataError, match=r"cat/001\.png: cannot be read as a picture"):
            load_own(folder)


def test_no_code_in_a_file_is_run_and_nothing_that_lies_about_its_size_is_allocated(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("code in a file was run",))

    np.savez(tmp_path / "trap.npz", x=np.array([Trap()], object), y=np.zeros(1))
    with pytest.raises(DataError, match="holds Python objects"):
        load_own(tmp_path / "trap.npz")
    header = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
    told = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 28), }".ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "liar.npz", "w") as archive:
        archive.writestr("x.npy", header + told)
        archive.writestr("y.npy", header + told)
    with pytest.raises(DataError, match="x cannot be"):
        load_own(tmp_path / "liar.npz")
    (tmp_path / "train-images-idx4-ubyte").write_bytes(b"\0\0\x08\x04" + b"\0\0\xff\xff" * 4)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01\0\0\0\x01\0")
    with pytest.raises(DataError, match="images are 65535x65535x65535"):
        load_own(tmp_path / "train-images-idx4-ubyte".replace("train-images-idx4-ubyte", ""))


def test_a_picture_of_a_kind_that_needs_another_program_is_refused(tmp_path, monkeypatch):
    # Lost otherwise: a page of PostScript, called a picture, that has a program of the machine started.
    folder = own_data.pictures(tmp_path / "pets", each=3)
    page = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 7\n%%EndComments\nshowpage\n%%EOF\n"
    (folder / "cat" / "page.png").write_bytes(page)
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", lambda *_: pytest.fail("a program was started"))
    with pytest.raises(DataError, match=r"page\.png: cannot be read as a picture"):
        load_own(folder)


def test_a_small_picture_that_claims_two_gigabytes_takes_no_memory(tmp_path):
    folder = own_data.pictures(tmp_path / "pets", each=2)
    path = folder / "dog" / "000.png"
    content = bytearray(path.read_bytes())
    at = content.index(b"IDAT")
    content[at - 4 : at] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with contextlib.suppress(DataError):  # what is there may be enough for a picture
            load_own(folder)
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"1,2,3\n0,4,5\n" * 9 + "0,ä,5\n".encode("latin-1"), "is no text in UTF-8"),
        (b"1,2,3\n" * 9 + b'0,"4,5\n' + b"0,4,5\n" * 30_000, "a quotation mark is opened and never closed"),
        (b"label,a\x00,b\n0,4,5\n1,4,x\n", "its first line has characters that no text has"),
        (b"label,a,b\n0,4,5\n1,4\n", "row 2 has 2 columns, fewer than the others"),
        (b'label,a,b\n"x\ny",4,5\n', "all examples are of one class, x y: give two or more"),
    ],
)
def test_a_table_that_is_no_clean_text_is_refused_in_one_line(tmp_path, content, says):
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        load_own(tmp_path / "table.csv", "train")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("read", [load_own, find_mnist, read_idx_images, read_idx_labels])
@pytest.mark.parametrize("place", [3, b"mnist", ["a"], ""])
def test_what_names_no_file_is_refused_in_words(read, place):
    # Lost otherwise: a TypeError of the library's own arithmetic, or the folder that one is in.
    with pytest.raises(DataError, match="names no file or folder: give its name"):
        read(place)


def test_a_path_may_be_text(tmp_path):
    # Lost otherwise: data.load_own("flowers.csv"), as everybody types it first.
    file = tmp_path / "flowers.csv"
    file.write_text(
        "a,b,kind\n" + "".join(f"{n},{n % 5},{'rose' if n % 2 else 'daisy'}\n" for n in range(20))
    )
    assert load_own(str(file)).classes == load_own(file).classes == ("daisy", "rose")
