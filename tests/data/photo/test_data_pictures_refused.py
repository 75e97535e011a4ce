"""A picture that holds no digit, or is none, is refused in one line and before it fills the memory."""

import os
import struct
import sys
import tracemalloc
import warnings
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from digit_pictures import bytes_of, light, noise
from PIL import EpsImagePlugin, Image, ImageDraw, ImageFilter

from data import DataError, digit_from_image, load, read_digit
from data.photo.rules.no_digit import check_strokes

DIGITS = load("digits").images[:10]  # 0 to 9 of one form


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((50, 50), np.uint8),
        np.full((50, 50, 3), 255, np.uint8),
        bytes_of(light()),
        bytes_of(0.8 + noise(0.05)),
        bytes_of(0.5 + noise(0.2)),
        bytes_of(np.random.default_rng(17).normal(0.5, 0.15, (258, 258))),  # in which a threshold finds blots
        np.zeros((30, 30, 4), np.uint8),
        np.full((28, 28), 7.0),
        np.zeros((40, 40), np.uint16),
    ],
)
def test_a_picture_with_no_ink_is_an_error_that_says_so(blank):
    with pytest.raises(DataError, match="no ink found"):
        digit_from_image(blank)


@pytest.mark.parametrize("size", [(1, 1), (5, 5), (7, 2), (2, 7)])
def test_a_picture_too_small_for_a_digit_is_an_error_with_its_size(tmp_path, size):
    path = tmp_path / "small.png"
    Image.new("L", size).save(path)
    with pytest.raises(DataError, match=f"{size[0]}x{size[1]}") as caught:
        digit_from_image(path)
    assert str(path) in str(caught.value)


def test_a_picture_of_one_row_ends_in_one_line():
    with pytest.raises(DataError, match="no ink found"):
        digit_from_image(np.where(np.arange(300) % 7 < 2, 255, 0).astype(np.uint8)[None])


def huge_png(path: Path, side: int) -> Path:
    """A PNG whose header promises side x side pixels; there are none behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("side", [8_000, 12_000, 20_000, 100_000])
def test_a_huge_picture_is_refused_by_its_header_alone(tmp_path, side):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none of Pillow's own warnings gets out
        with pytest.raises(DataError, match="megapixels are too many"):
            digit_from_image(huge_png(tmp_path / "huge.png", side))


def test_a_huge_array_is_refused_before_it_is_copied():
    with pytest.raises(DataError, match="megapixels are too many"):
        digit_from_image(np.broadcast_to(np.uint8(0), (20_000, 20_000)))


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "cut.gif"])
def test_a_truncated_picture_is_an_error(tmp_path, name, keep):
    path = tmp_path / name
    Image.fromarray(bytes_of(0.5 + noise(0.2))).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DataError) as caught:
        digit_from_image(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_picture_at_all_is_said_in_one_line(tmp_path):
    text, empty = tmp_path / "notes.png", tmp_path / "empty.png"
    text.write_text("seven")
    empty.touch()
    for path, says in [
        (text, "not an image"),
        (empty, "not an image"),
        (tmp_path, "folder"),
        (tmp_path / "x", "no such"),
    ]:
        with pytest.raises(DataError, match=says) as caught:
            digit_from_image(path)
        assert str(path) in str(caught.value)
    with pytest.raises(DataError, match=r"^'' names no file"):  # and not: . is a folder
        digit_from_image("")


@pytest.fixture
def ghostscript(tmp_path, monkeypatch) -> Path:
    """A file that is there as soon as something has started Ghostscript."""
    mark, programs = tmp_path / "started", tmp_path / "bin"
    programs.mkdir()
    gs = programs / "gs"
    gs.write_text(f"#!/bin/sh\n: > '{mark}'\nexit 0\n")
    gs.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)  # what Pillow remembers of its last search
    return mark


def eps(path: Path) -> Path:
    """A program for Ghostscript, as a picture."""
    path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\nshowpage\n%%EOF\n")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="Ghostscript is a shell script here")
@pytest.mark.parametrize("name", ["seven.png", "seven.eps"])
def test_a_picture_starts_no_other_program(tmp_path, ghostscript, name):
    path = eps(tmp_path / name)
    with pytest.raises(DataError, match="give a PNG, JPEG, GIF, BMP, TIFF or WebP") as caught:
        digit_from_image(path)
    assert str(path) in str(caught.value)
    assert not ghostscript.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ghostscript is a shell script here")
def test_a_picture_that_pillow_has_only_opened_starts_no_other_program(tmp_path, ghostscript):
    with Image.open(eps(tmp_path / "seven.png")) as image:
        with pytest.raises(
            DataError, match="format EPS, which is not read; give a PNG, JPEG, GIF, BMP"
        ) as caught:
            digit_from_image(image)
        assert "\n" not in str(caught.value)
        assert not ghostscript.exists()
        with suppress(Exception):
            image.load()
    assert ghostscript.exists(), "the mark is left where Ghostscript is started"


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(784),
        np.zeros((2, 28, 28, 3)),
        np.zeros((28, 28, 5)),
        np.full((28, 28), "7"),
        np.full((28, 28), np.nan),
    ],
)
def test_an_array_that_is_no_picture_is_an_error(array):
    with pytest.raises(DataError, match=r"(the|an) array"):
        digit_from_image(array)


def test_a_small_file_that_claims_two_gigabytes_takes_no_memory(tmp_path):
    path = tmp_path / "claims.png"
    Image.new("L", (30, 30)).save(path)
    content = bytearray(path.read_bytes())
    at = content.index(b"IDAT")
    content[at - 4 : at] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"claims\.png: the image is damaged|no ink found"):
            digit_from_image(path)
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


def test_a_moving_picture_without_ink_is_looked_into_no_longer_than_one_large_picture(tmp_path, monkeypatch):
    from data.photo.sources import files

    looked: list[int] = []
    decode = files._decode
    monkeypatch.setattr(files, "_decode", lambda image, name: looked.append(1) or decode(image, name))
    path = tmp_path / "blank.gif"
    # Frames that are alike would be one.
    frames = [Image.new("P", (2000, 2000), number % 2) for number in range(20)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(DataError, match="no ink found"):
        digit_from_image(path)
    assert len(looked) == 7  # 28 megapixels


def test_a_picture_that_moves_is_looked_into_until_a_digit_stands_there(tmp_path):
    """One that is being drawn begins with a line, which is no digit."""
    line = Image.new("L", (100, 140), 255)
    ImageDraw.Draw(line).line([20, 30, 80, 30], fill=0, width=8)
    seven = line.copy()
    ImageDraw.Draw(seven).line([78, 30, 40, 115], fill=0, width=8)
    line.save(tmp_path / "drawn.gif", save_all=True, append_images=[seven])
    assert read_digit(tmp_path / "drawn.gif").place == "frame 2"


def test_of_a_digit_that_is_drawn_the_frame_is_read_in_which_it_is_whole(tmp_path):
    """Lost otherwise: an eight's upper loop is answered as a nought, without a word."""
    loop = Image.new("L", (100, 140), 255)
    ImageDraw.Draw(loop).ellipse([30, 15, 70, 65], outline=0, width=6)
    eight = loop.copy()
    ImageDraw.Draw(eight).ellipse([25, 60, 75, 120], outline=0, width=6)
    one = Image.new("L", (100, 140), 255)
    ImageDraw.Draw(one).line([50, 15, 50, 120], fill=0, width=6)
    blank = Image.new("L", (100, 140), 255)
    blank.save(tmp_path / "drawn.gif", save_all=True, append_images=[loop, eight, one])
    found = read_digit(tmp_path / "drawn.gif")
    assert found.frame == 3
    assert (found.image == digit_from_image(eight)).all()
    blank.save(tmp_path / "after.gif", save_all=True, append_images=[eight, one])
    assert read_digit(tmp_path / "after.gif").frame == 2


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture, as phones take them"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
    ],
)
def test_a_picture_of_a_kind_that_is_not_read_is_named(tmp_path, head, kind):
    # Lost otherwise: a phone's photo "is not an image", and nobody knows what to do with it.
    path = tmp_path / "photo"
    path.write_bytes(head + bytes(100))
    with pytest.raises(DataError, match=f"is {kind}, which is not read; save it as a PNG or JPEG"):
        digit_from_image(path)


@pytest.mark.parametrize("high", [50, 90])
def test_what_is_far_wider_than_any_digit_is_none(high):
    # Lost otherwise: lines of small words that run into each other are answered for one digit.
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).ellipse((50, 50, 350, 50 + high), outline=0, width=8)
    with pytest.raises(DataError, match=r"something \d times as wide as it is high, as words are"):
        digit_from_image(picture)


@pytest.mark.parametrize("fields", [2, 5, 8])
def test_a_chessboard_is_no_digit(fields):
    # Lost otherwise: one field among others, or what lies between them, was answered as a digit.
    y, x = np.mgrid[:200, :240]
    board = np.where((y * fields // 200 + x * fields // 240) % 2, 0.9, 0.1)
    with pytest.raises(DataError, match="light and dark fields"):
        digit_from_image(bytes_of(board + np.random.default_rng(0).normal(0, 0.02, board.shape)))


@pytest.mark.parametrize("seed", [5, 9, 19])
def test_light_and_shade_without_an_edge_are_no_digit(seed):
    # Lost otherwise: a cloud was answered as a digit.
    waves = np.fft.fftfreq(200)
    soft = np.exp(-2 * (np.pi * 15) ** 2 * (waves[:, None] ** 2 + waves**2))
    cloud = np.fft.ifft2(np.fft.fft2(np.random.default_rng(seed).random((200, 200))) * soft).real
    with pytest.raises(DataError, match="without edges"):
        digit_from_image(bytes_of((cloud - cloud.min()) / np.ptp(cloud)))


@pytest.mark.parametrize("number", range(10))
def test_a_digit_out_of_focus_is_read_for_all_that(number):
    # Lost otherwise: a digit, taken for light and shade.
    large = Image.fromarray(255 - np.pad(DIGITS[number], 2)).resize((192, 192), Image.Resampling.BICUBIC)
    assert digit_from_image(large.filter(ImageFilter.GaussianBlur(8))).any()


def test_ink_of_which_no_pixel_is_dark_is_no_dot():
    # Lost otherwise: a traceback of a picture whose strokes are all paler than half.
    check_strokes(np.tril(np.full((28, 20), 0.4, np.float32)))
