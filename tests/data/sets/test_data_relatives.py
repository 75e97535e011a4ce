"""MNIST's relatives by name: fetched from a server on this machine, checked, unpacked, kept."""

import hashlib
import zipfile
from dataclasses import replace

import numpy as np
import own_data
import pytest
from file_server import Server

from data import DataError, load
from data.sets.download import Known
from data.sets.known import RELATIVES
from viz3d.command.choice.wanted import SPLITS


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("VIZ3D_DATA", raising=False)
    monkeypatch.setattr("data.sets.mnist.pooch.os_cache", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "viz3d"


def publish(monkeypatch, name: str, folder, url: str) -> None:
    """Have a set's mirror and checksums be those of the files in a folder."""
    files = {
        path.name: Known(path.stat().st_size, f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}")
        for path in folder.iterdir()
    }
    monkeypatch.setitem(RELATIVES, name, replace(RELATIVES[name], mirrors=(url,), files=files))


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist"])
def test_a_relative_is_fetched_once_with_its_names_and_then_found(tmp_path, cache, monkeypatch, name):
    for part in ("train", "t10k"):
        own_data.idx_set(tmp_path / "there", "", np.arange(20) % 10, part=part)
    notices: list[str] = []
    with Server(tmp_path / "there") as server:
        publish(monkeypatch, name, tmp_path / "there", server.url)
        found = load(name, "train", notify=notices.append)
    assert (found.name, found.title, len(found)) == (name, RELATIVES[name].title, 20)
    assert notices == [f"Downloading {found.title}, 0.0 MB, to {cache / name}"]
    assert found.classes == RELATIVES[name].classes
    assert len(list((cache / name).iterdir())) == 4
    assert len(load(name, "test", download=False)) == 20  # the server is gone


@pytest.mark.parametrize(
    ("name", "labels"), [("emnist-letters", np.arange(1, 27)), ("emnist-balanced", np.arange(47))]
)
def test_emnist_is_taken_out_of_the_zip_of_all_its_sets(tmp_path, cache, monkeypatch, name, labels):
    made, there = tmp_path / "made", tmp_path / "there"
    for part in ("train", "test"):
        own_data.idx_set(made, f"{name}-", labels, part=part)
        own_data.idx_set(made, "emnist-digits-", np.arange(10), part=part)
    there.mkdir()
    with zipfile.ZipFile(there / "gzip.zip", "w") as archive:
        for path in made.iterdir():
            archive.write(path, f"gzip/{path.name}")
    with Server(there) as server:
        publish(monkeypatch, name, there, server.url)
        found = load(name, "test")
    assert (len(found), found.labels.tolist()) == (len(labels), list(range(len(labels))))
    assert sorted(path.name for path in (cache / name).iterdir()) == sorted(
        path.name for path in made.iterdir() if path.name.startswith(name)
    )


def test_a_wrong_file_is_refused_and_nothing_stands_in_for_it(tmp_path, cache, monkeypatch):
    for part in ("train", "t10k"):
        own_data.idx_set(tmp_path / "there", "", np.arange(20) % 10, part=part)
    with Server(tmp_path / "there", lambda content: content[:-1] + b"!") as server:
        publish(monkeypatch, "kmnist", tmp_path / "there", server.url)
        with pytest.raises(
            DataError, match=r"Kuzushiji-MNIST could not be downloaded: .*checksum.*--data DIR"
        ):
            load("kmnist")
    assert not list(cache.glob("kmnist/*"))
    with pytest.raises(DataError, match="was not found in"):
        load("kmnist", download=False)


def test_the_command_line_knows_each_named_set():
    from data import KNOWN

    assert set(SPLITS) == set(KNOWN)
    # torchvision's: https://github.com/pytorch/vision/blob/main/torchvision/datasets/mnist.py
    sums = {known.checksum for each in RELATIVES.values() for known in each.files.values()}
    assert {"md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d", "md5:58c8d27c78d21e728a6bc7b3cc06412e"} <= sums
    assert len(sums) == 9
