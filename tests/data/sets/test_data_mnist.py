"""Where MNIST is found, how it is downloaded, and what happens when it is nowhere."""

import gzip
import hashlib
import http.server
import struct
from pathlib import Path

import numpy as np
import pytest
from file_server import Server

import data
from data import DataError, find_mnist, load
from data.sets import download as downloads
from data.sets.download import DownloadError, Known, Source, fetch

NAMES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def tiny(count: int) -> tuple[bytes, bytes]:
    images = (np.arange(count * 784) % 251).astype(np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    return (
        struct.pack(">IIII", 0x0803, count, 28, 28) + images.tobytes(),
        struct.pack(">II", 0x0801, count) + labels.tobytes(),
    )


def fill(folder: Path, splits=("train", "test"), spelling=lambda name: f"{name}.gz", count=12) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for split in splits:
        for name, content in zip(NAMES[split], tiny(count), strict=True):
            path = folder / spelling(name)
            path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """Nothing of the user's own is seen: no variable, an empty cache, no mirror that answers."""
    monkeypatch.delenv("VIZ3D_DATA", raising=False)
    monkeypatch.setattr("data.sets.mnist.pooch.os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setattr(downloads, "ORIGINALS", originals(fill(tmp_path / "published")))
    monkeypatch.setattr(downloads, "MIRRORS", ("http://127.0.0.1:9/",))
    return tmp_path / "cache" / "viz3d" / "mnist"


def originals(folder: Path) -> dict[str, Known]:
    return {
        path.name: Known(path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.iterdir()
    }


def source(*mirrors: str, **rest) -> Source:
    return Source(mirrors=mirrors, **rest)


@pytest.mark.parametrize(
    "spelling",
    [
        lambda name: f"{name}.gz",
        lambda name: name,
        lambda name: name.replace("-idx", ".idx"),
        lambda name: name.replace("-idx", ".idx") + ".gz",
    ],
)
def test_the_files_are_found_in_each_spelling(tmp_path, spelling):
    folder = fill(tmp_path / "mine", spelling=spelling)
    assert find_mnist(folder) == folder
    loaded = load("mnist", "train", folder=folder)
    assert (loaded.name, loaded.split, loaded.note) == ("mnist", "train", "")
    assert loaded.images.shape == (12, 28, 28)
    assert len(loaded) == 12


def test_a_given_folder_wins_over_the_variable_and_the_variable_over_the_cache(tmp_path, monkeypatch, cache):
    fill(cache, count=3)
    assert len(load("mnist")) == 3
    monkeypatch.setenv("VIZ3D_DATA", str(fill(tmp_path / "named", count=4)))
    assert len(load("mnist")) == 4
    assert len(load("mnist", folder=fill(tmp_path / "given", count=5))) == 5


def test_pytorchs_folder_is_found_inside(tmp_path):
    inner = fill(tmp_path / "torch" / "MNIST" / "raw", spelling=lambda name: name)
    assert find_mnist(tmp_path / "torch") == inner


def test_one_split_is_enough_to_load_that_split(tmp_path):
    folder = fill(tmp_path / "half", splits=("test",))
    assert len(load("mnist", "test", folder=folder)) == 12
    with pytest.raises(DataError, match="has no train-images-idx3-ubyte"):
        load("mnist", "train", folder=folder)


@pytest.mark.parametrize("by_variable", [False, True])
def test_a_folder_that_was_asked_for_but_lacks_the_files_is_an_error_that_names_it(
    tmp_path, monkeypatch, by_variable
):
    for folder, says in [
        (tmp_path / "absent", "does not exist"),
        (tmp_path, "has no t10k-images-idx3-ubyte"),
    ]:
        if by_variable:
            monkeypatch.setenv("VIZ3D_DATA", str(folder))
        with pytest.raises(DataError, match=says) as caught:
            load("mnist", folder=None if by_variable else folder)
        assert str(folder) in str(caught.value)
        assert ("VIZ3D_DATA" in str(caught.value)) == by_variable
        assert "\n" not in str(caught.value)


def test_images_and_labels_of_different_counts_are_an_error(tmp_path):
    folder = fill(tmp_path / "mixed", count=12)
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(tiny(11)[1]))
    with pytest.raises(DataError, match="12 images but 11 labels"):
        load("mnist", folder=folder)


def test_unknown_names_and_splits_list_the_known():
    with pytest.raises(DataError, match=r'"fashion": known are digits, mnist'):
        load("fashion")
    with pytest.raises(DataError, match=r"'valid' of mnist: known are train, test"):
        load("mnist", "valid")
    with pytest.raises(DataError, match=r"'valid' of digits: known are train, test, all"):
        load("digits", "valid")


def test_without_a_network_there_is_one_notice_and_the_embedded_digits(capfd):
    notices: list[str] = []
    loaded = load("mnist", "train", notify=notices.append)
    assert loaded.name == "digits"
    assert len(notices) == 1
    assert loaded.note == notices[0]
    assert "network" in loaded.note
    assert "\n" not in loaded.note
    np.testing.assert_array_equal(loaded.images, load("digits", "train").images)
    assert capfd.readouterr() == ("", "")


def test_without_permission_to_download_a_missing_mnist_is_an_error():
    with pytest.raises(DataError, match="VIZ3D_DATA"):
        load("mnist", download=False)


def test_a_download_brings_only_the_files_of_the_split_and_is_kept(tmp_path, cache, monkeypatch, capfd):
    notices: list[str] = []
    steps: list[tuple[str, int, int]] = []
    with Server(tmp_path / "published") as server:
        monkeypatch.setattr(downloads, "MIRRORS", (server.url,))
        loaded = load("mnist", "test", notify=notices.append, progress=lambda *step: steps.append(step))
        assert loaded.name == "mnist"
        assert sorted(set(server.asked)) == [f"{name}.gz" for name in NAMES["test"]]
    assert sorted(path.name for path in cache.iterdir()) == [f"{name}.gz" for name in NAMES["test"]]
    assert len(notices) == 1
    assert str(cache) in notices[0]
    assert steps[-1][1] == steps[-1][2] == (cache / f"{NAMES['test'][1]}.gz").stat().st_size
    assert len(load("mnist", "test")) == 12  # from the cache; the server is gone
    assert capfd.readouterr() == ("", "")


def test_a_spoilt_file_is_refused_and_the_next_mirror_is_used(tmp_path, cache):
    published = tmp_path / "published"
    with Server(published, lambda content: content[:-1] + b"!") as bad, Server(published) as good:
        fetch("test", cache, source=source(bad.url, good.url))
        assert bad.asked == ["t10k-images-idx3-ubyte.gz"]  # what gave a wrong file once is asked last
    assert len(load("mnist", "test")) == 12


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: b"<html>log in first</html>", "checksum"),
        (lambda content: content[: len(content) // 2], "checksum"),
        (lambda content: content + bytes(1_000_000), "more than the file's size"),
    ],
)
def test_no_spoilt_file_ever_lands_in_the_cache(tmp_path, cache, spoil, says):
    with Server(tmp_path / "published", spoil) as server, pytest.raises(DownloadError, match=says):
        fetch("test", cache, source=source(server.url))
    assert not list(cache.glob("*"))


@pytest.mark.slow
def test_mirrors_that_swallow_packets_do_not_hold_the_program(tmp_path, cache):
    silent = http.server.socketserver.TCPServer(("127.0.0.1", 0), None, bind_and_activate=False)
    silent.server_bind()
    silent.socket.listen(0)  # connects, never answers
    url = f"http://127.0.0.1:{silent.server_address[1]}/"
    try:
        with Server(tmp_path / "published") as server:
            fetch("test", cache, source=source(url, server.url, answer_within=2.0))
        assert len(load("mnist", "test")) == 12
        # It never answers: without a limit of its own, this would never end.
        with pytest.raises(DownloadError, match="no mirror"):
            fetch("train", cache, source=source(url, answer_within=0.3))
    finally:
        silent.server_close()


def test_an_unwritable_cache_falls_back_with_a_notice_that_says_so(tmp_path, cache, monkeypatch):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    with Server(tmp_path / "published") as server:
        monkeypatch.setattr(downloads, "MIRRORS", (server.url,))
        loaded = load("mnist")
    assert loaded.name == "digits"
    # The folder's name may be cut where it is long.
    assert "Not a directory" in loaded.note


def test_the_facade_exports_what_it_names():
    assert all(hasattr(data, name) for name in data.__all__)


def test_the_real_mnist_has_its_sizes_and_first_labels(monkeypatch):
    monkeypatch.undo()  # the user's own folders after all
    if find_mnist() is None:
        pytest.skip("MNIST was not found: set VIZ3D_DATA to the folder of its files")
    train, test = load("mnist", "train"), load("mnist", "test")
    assert (len(train), len(test)) == (60_000, 10_000)
    assert train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert test.labels[:8].tolist() == [7, 2, 1, 0, 4, 1, 4, 9]
    assert round(float(train.images.mean() / 255), 4) == 0.1307
