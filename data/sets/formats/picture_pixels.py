"""The pixels of a picture's file: upright, on white, in a size that is asked for."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from data.errors import DataError
from data.photo.sources.decoding import decoded
from data.photo.sources.files import held

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What is opened, whatever a file is called: for others Pillow may start a program."""
MOST_PIXELS = 50_000_000
"""Of one picture file."""
_ORIENTATION, _ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
"""The tag of EXIF that tells how a camera was held, and what it says where rows are columns."""
Size = tuple[int, int]
"""Width and height."""


def sizes_of(paths: Iterable[Path]) -> Iterator[Size]:
    """Width and height of pictures, of which no pixel is read yet; damaged ones are passed over."""
    for path in paths:
        with suppress(DataError), _opened(path) as picture:
            yield _upright(picture)


def read_pixels(path: Path | BinaryIO, size: Size) -> tuple[NDArray[np.uint8], Size]:
    """A picture's pixels, uint8 (h, w, 3), and its own size; what is transparent is seen on white."""
    with _opened(path) as opened:
        decoded(opened)
        picture = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
            return _deep(np.asarray(picture, np.float64), size), picture.size
        clear = picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info
        whole = picture.convert("RGBA" if clear else "RGB")
        if whole.mode == "RGBA":
            paper = Image.new("RGBA", whole.size, "white")
            whole = Image.alpha_composite(paper, whole).convert("RGB")
        if whole.size != size:
            whole = whole.resize(size, Image.Resampling.BILINEAR)
        return np.asarray(whole), picture.size


@contextmanager
def _opened(file: Path | BinaryIO) -> Iterator[Image.Image]:
    """A picture file; DataError for what is none, has too many pixels, or turns out to be damaged."""
    path = file if isinstance(file, Path) else "the picture"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(held(file, str(path)), formats=FORMATS) as picture:
                wide, high = picture.size
                if wide * high > MOST_PIXELS:
                    raise DataError(f"{path}: {wide}x{high} pixels are too many: make it smaller")
                yield picture
    except Exception as error:  # Pillow raises nearly anything over a damaged file
        raise _damaged(path, error) from None


def _upright(picture: Image.Image) -> Size:
    """Its width and height as it is meant to be seen."""
    wide, high = picture.size
    return (high, wide) if picture.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE else (wide, high)


def _deep(values: NDArray[np.float64], size: Size) -> NDArray[np.uint8]:
    """A picture of more than 8 bits a pixel: its largest value of the format becomes 255.

    Fractions are of pixels 0..1, and what is no number is black.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    most = 65535.0 if values.max(initial=0) > 255 else 255.0
    if values.max(initial=0) <= 1 and (values != np.rint(values)).any():
        most = 1.0
    grey = Image.fromarray(np.clip(values / most * 255, 0, 255).round().astype(np.uint8))
    if grey.size != size:
        grey = grey.resize(size, Image.Resampling.BILINEAR)
    return np.repeat(np.asarray(grey)[..., None], 3, axis=2)


def _damaged(path: Path | str, error: Exception) -> DataError:
    if isinstance(error, DataError):
        return error
    said = re.sub(r" file <.*>", "", " ".join(str(error).split())).replace(str(path), "it")
    reason = said[:120] or type(error).__name__
    return DataError(f"{path}: cannot be read as a picture ({reason}): repair it or take it away")
