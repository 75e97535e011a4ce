"""TIFFs, whose library writes of each fault to standard error itself."""

import os
import sys

import numpy as np
import pytest
from digit_pictures import bytes_of, noise
from PIL import Image, ImageFile

from data import DataError, digit_from_image, load
from data.photo.sources import decoding

DIGITS = load("digits").images[:10]  # 0 to 9 of one form


def damaged_tiff(path):
    """A TIFF of whose damage its library has much to say."""
    Image.fromarray(bytes_of(0.5 + noise(0.2))).save(path, compression="tiff_lzw")
    content = path.read_bytes()
    path.write_bytes(content[:9] + bytes(200) + content[209:])
    return path


@pytest.mark.parametrize("hidden", [False, True], ids=["", "where the library's own switch is hidden"])
def test_of_a_damaged_tiff_nothing_is_written_beside_the_error(tmp_path, capfd, monkeypatch, hidden):
    """Lost otherwise: the one line of a refusal stands among those of a library, one for each row."""
    if hidden:
        monkeypatch.setattr(decoding, "_set_handler", lambda: None)
    with pytest.raises(DataError, match="damaged or truncated"):
        digit_from_image(damaged_tiff(tmp_path / "cut.tif"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(decoding._set_handler() is None, reason="the library's own switch is hidden")
def test_while_a_tiff_is_decoded_what_others_say_is_heard(tmp_path, capfd, monkeypatch):
    # Lost otherwise: what another thread, or a library in it, writes to standard error just then.
    load = ImageFile.ImageFile.load

    def speaking(image):
        os.write(2, b"heard")
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", speaking)
    with pytest.raises(DataError, match="damaged or truncated"):
        digit_from_image(damaged_tiff(tmp_path / "cut.tif"))
    assert set(capfd.readouterr().err.split("heard")) == {""}


def test_without_a_standard_error_its_number_is_left_to_the_file_that_has_it(tmp_path, monkeypatch):
    # Lost otherwise: what another thread writes to that file meanwhile.
    Image.fromarray(DIGITS[3]).resize((84, 84)).save(tmp_path / "three.tif", compression="tiff_lzw")
    before, turned = digit_from_image(tmp_path / "three.tif"), []
    monkeypatch.setattr(decoding, "_set_handler", lambda: None)
    monkeypatch.setattr(sys, "__stderr__", None)
    monkeypatch.setattr(os, "dup2", lambda *numbers: turned.append(numbers))
    assert np.array_equal(digit_from_image(tmp_path / "three.tif"), before)
    assert not turned
