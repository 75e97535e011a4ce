"""IDX files: what is right is read, all else is one clear line and no memory."""

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import DataError, read_idx_images, read_idx_labels

IMAGES = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
LABELS = np.array([7, 0, 9], np.uint8)


def images_bytes() -> bytes:
    return struct.pack(">IIII", 0x0803, *IMAGES.shape) + IMAGES.tobytes()


def labels_bytes(labels: np.ndarray = LABELS) -> bytes:
    return struct.pack(">II", 0x0801, len(labels)) + labels.tobytes()


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def complaint(read, path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def outcome(read, path: Path) -> np.ndarray | str:
    try:
        return read(path)
    except DataError as error:
        return str(error)


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte", "odd-name.gz", "images.idx3"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_files_are_read_gz_or_plain_whatever_their_name(tmp_path, name, pack):
    np.testing.assert_array_equal(read_idx_images(written(tmp_path, pack(images_bytes()), name)), IMAGES)
    np.testing.assert_array_equal(read_idx_labels(written(tmp_path, pack(labels_bytes()), name)), LABELS)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "too few"),
        (images_bytes()[:3], "too few"),
        (images_bytes()[:10], "truncated in its header"),
        (images_bytes()[:-1], "truncated"),
        (images_bytes() + b"x", "bytes after its end"),
        (b"\x89PNG" + images_bytes(), "not an IDX file"),
        (b"\0\0\x0d\x03" + images_bytes()[4:], "0x0d"),
        (labels_bytes(), "a file of labels"),
        (struct.pack(">IIII", 0x0803, 3, 32, 32) + bytes(3 * 32 * 32), "32x32"),
        (struct.pack(">IIII", 0x0803, 0, 28, 28), "0 images"),
        (struct.pack(">IIII", 0x0803, 0xFFFFFFFF, 28, 28), "4,294,967,295 images"),
        (struct.pack(">IIII", 0x0803, 200_000, 28, 28) + bytes(5), "truncated"),
    ],
)
def test_wrong_images_are_one_line_with_file_and_reason(tmp_path, content, says, pack):
    assert says in complaint(read_idx_images, written(tmp_path, pack(content)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (labels_bytes(np.array([3, 10, 200], np.uint8)), "label 10 at position 1"),
        (images_bytes(), "a file of images"),
        (labels_bytes()[:-1], "truncated"),
        (labels_bytes() + b"\0", "bytes after its end"),
    ],
)
def test_wrong_labels_are_one_line_with_file_and_reason(tmp_path, content, says):
    assert says in complaint(read_idx_labels, written(tmp_path, content))


def test_damaged_gzip_data_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(images_bytes()))
    packed[-6] ^= 1  # the checksum at the end
    assert "damaged" in complaint(read_idx_images, written(tmp_path, bytes(packed)))
    assert "damaged" in complaint(read_idx_images, written(tmp_path, gzip.compress(images_bytes())[:-12]))
    assert "damaged" in complaint(read_idx_images, written(tmp_path, gzip.compress(images_bytes()) + b"junk"))


def test_what_is_no_file_is_said_so(tmp_path):
    assert "no such file" in complaint(read_idx_images, tmp_path / "absent")
    assert "is a folder" in complaint(read_idx_images, tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_said_so(tmp_path):
    path = written(tmp_path, images_bytes())
    path.chmod(0)
    assert "cannot be read" in complaint(read_idx_images, path)


@pytest.mark.slow
def test_a_lying_header_or_a_gzip_bomb_takes_no_memory(tmp_path):
    lying = written(tmp_path, struct.pack(">IIII", 0x0803, 299_999, 28, 28) + bytes(100), "lying")
    few_then_much = gzip.compress(images_bytes() + bytes(200_000_000), compresslevel=1)
    bomb = written(tmp_path, few_then_much, "bomb")
    tracemalloc.start()
    try:
        complaint(read_idx_images, lying)
        assert "bytes after its end" in complaint(read_idx_images, bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(images_bytes()) - 1),
    value=st.integers(0, 255),
    cut=st.integers(0, 40),
    packed=st.booleans(),
)
def test_no_damage_ends_in_anything_but_an_answer_or_a_data_error(tmp_path, at, value, cut, packed):
    content = bytearray(images_bytes())
    content[at % 40 if at % 2 else at] = value  # half of the damage goes to the header and near it
    raw = gzip.compress(bytes(content)) if packed else bytes(content)
    path = written(tmp_path, raw[: len(raw) - cut])
    images = outcome(read_idx_images, path)
    if isinstance(images, str):
        assert "\n" not in images
    else:
        assert images.shape == (3, 28, 28)
        assert cut == 0


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_bytes_at_all_end_in_a_data_error_or_in_labels(tmp_path, content):
    path = written(tmp_path, content)
    labels = outcome(read_idx_labels, path)
    assert "\n" not in labels if isinstance(labels, str) else (labels <= 9).all()
