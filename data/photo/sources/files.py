"""Picture files, Pillow images and arrays become colours 0..1: float32 (h, w, channels), one a frame."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from data.errors import DataError, NoPictureError
from data.paths import path_of
from data.photo.sources.decoding import decoded
from data.photo.sources.saved_array import MAGIC, saved_array
from guarding import in_a_line

Floats = NDArray[np.float32]
Source = str | os.PathLike[str] | BinaryIO | NDArray[Any] | Image.Image | list[Any]

MOST_BYTES = 1 << 28
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
"""Pillow reads many more; some are decoded by other programs: Ghostscript runs what an EPS says."""
READ = "PNG, JPEG, GIF, BMP, TIFF or WebP"
OTHERS = (
    (4, b"ftyphei", "a HEIC picture, as phones take them"),
    (4, b"ftypmif1", "a HEIC picture, as phones take them"),
    (4, b"ftypavif", "an AVIF picture"),
    (0, b"%PDF", "a PDF"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML file, perhaps an SVG drawing"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\0\0\1\0", "an icon"),
)
"""Where a file of a kind that is not read has which bytes, and what it is called."""
MOST_PIXELS = 50_000_000
LEAST_SIDE = 8  # pixels, of the longer side
MOST_FRAMES, MOST_LOOKED_AT = 400, 25_000_000  # so many, and pixels of them, are looked into for ink
WORKING_SIDE = 1024  # more pixels than this tell nothing more about 28x28


def name_of(source: Source) -> str:
    """What an error calls the picture."""
    if isinstance(source, Image.Image):
        return "the image"
    if isinstance(source, str | os.PathLike):
        return str(source)
    return "the array" if isinstance(source, np.ndarray | list) else "the picture"


def frames_of(source: Source) -> Iterator[Floats]:
    """The colours of each frame in turn; a picture that does not move has one. DataError in one line."""
    if isinstance(source, list):
        source = _array_of(source)
    if isinstance(source, np.ndarray):
        yield _from_array(source, "the array")
    elif isinstance(source, Image.Image):
        _check_format(source)
        yield from _decoded(source, "the image")
    elif isinstance(source, str | os.PathLike):
        path = path_of(source)
        _check_path(path)
        yield from _open(path, str(source))
    elif hasattr(source, "read"):
        yield from _open(source, name_of(source))
    else:
        raise DataError(f"{in_a_line(source)} is no picture: give a file, an array or a Pillow image")


def _array_of(rows: list[Any]) -> NDArray[Any]:
    try:
        return np.asarray(rows)
    except ValueError:
        raise DataError("the list is no image: give rows of the same number of pixels") from None


def _check_path(path: Path) -> None:
    if path.is_dir():
        raise DataError(f"{path} is a folder; give an image file in it")
    if not path.exists():
        raise DataError(f"{path}: no such file; give a PNG, JPEG or other image of one digit")
    if not path.is_file():
        raise DataError(f"{path} is not a regular file; give an image file")


def _open(file: Path | BinaryIO, name: str) -> Iterator[Floats]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's warning of large images; the limit here is lower
        head = b""
        try:
            content = held(file, name)
            head = content.getbuffer()[:16].tobytes()
            if head.startswith(MAGIC):
                yield _from_array(saved_array(content, name), name)
                return
            with Image.open(content, formats=FORMATS) as image:
                # JPEG can be decoded at an eighth of its size, so a large photo costs little.
                image.draft(None, (2 * WORKING_SIDE, 2 * WORKING_SIDE))
                yield from _decoded(image, name)
        except DataError:
            raise
        except Image.DecompressionBombError:
            raise DataError(_too_large(name, "more than 170")) from None
        except UnidentifiedImageError:
            raise _unread(name, head) from None
        except PermissionError:
            raise DataError(f"{name}: permission denied; make the file readable") from None
        except Exception as error:  # decoders of damaged files raise whatever they stumble over
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DataError(f"{name}: the image is damaged or truncated ({reason}); save it again") from None


def _unread(name: str, head: bytes) -> DataError:
    """What is wrong with a file that begins so and is no picture that is read."""
    for at, signature, kind in OTHERS:
        if head[at:].startswith(signature):
            return DataError(f"{name} is {kind}, which is not read; save it as a PNG or JPEG")
    return NoPictureError(f"{name} is not an image that can be read; give a {READ}")


def held(file: Path | BinaryIO, name: str) -> BytesIO:
    """The bytes of a file in memory, where a damaged one cannot ask for more than there are.

    DataError where there are more than MOST_BYTES.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:
            content = opened.read(min(file.stat().st_size, MOST_BYTES) + 1)
    else:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(f"{name} has more than {MOST_BYTES >> 20} MB; give a smaller picture")
    return BytesIO(content)


def _check_format(image: Image.Image) -> None:
    # A file that Pillow has opened is decoded at its first use. A JPEG with several pictures is an MPO.
    if isinstance(image, ImageFile.ImageFile) and image.format not in (*FORMATS, "MPO"):
        raise DataError(
            f"the image is from a file of the format {image.format}, which is not read; give a {READ}, "
            "or an array of its pixels"
        )


def _decoded(image: Image.Image, name: str) -> Iterator[Floats]:
    """Each frame of a picture that moves; of another, such as a phone's two in one file, the first alone."""
    count = getattr(image, "n_frames", 1) if image.format in ("GIF", "PNG", "WEBP", "TIFF") else 1
    seen = 0
    for number in range(min(count, MOST_FRAMES)):
        if count > 1:
            image.seek(number)
        yield _decode(image, name)
        seen += image.width * image.height
        if seen > MOST_LOOKED_AT:
            return


def _decode(image: Image.Image, name: str) -> Floats:
    """Pixels as float32 (h, w, channels) 0..1, turned upright, reduced to the working size."""
    _check_size(name, image.width, image.height)
    decoded(image)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_array(np.asarray(image), name)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode in ("1", "L"):
        image = image.convert("L")
    else:
        image = image.convert("RGB")
    factor = max(1, max(image.size) // WORKING_SIDE)
    if factor > 1:
        image = image.reduce(factor)
    pixels = np.asarray(image, np.float32) / np.float32(255)
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def _from_array(values: NDArray[Any], name: str) -> Floats:
    """An array's pixels as float32 (h, w, channels) 0..1; 0..255 or 0..1 is told by type and range.

    Channels stand last, or one or three of them first.
    """
    what = "an array" if name == "the array" else f"{name}: an array"
    if values.ndim == 3 and values.shape[2] > 4 and values.shape[0] in (1, 3):
        values = np.moveaxis(values, 0, 2)  # channels first, as PyTorch has them
    if values.ndim not in (2, 3) or (values.ndim == 3 and not 1 <= values.shape[2] <= 4):
        raise DataError(
            f"{what} of shape {values.shape} is not an image; give (h, w) or (h, w, 1 to 4 channels)"
        )
    if values.dtype.kind not in "buif":
        raise DataError(f"{what} of {values.dtype} is not an image; give numbers such as uint8 or float32")
    _check_size(name, values.shape[1], values.shape[0])
    values = values if values.ndim == 3 else values[:, :, None]
    pixels = _reduced(values, max(1, max(values.shape[:2]) // WORKING_SIDE))
    if values.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise DataError(f"{name} has NaN or infinite pixels; give finite numbers")
    if values.dtype == np.uint8:
        pixels /= np.float32(255)
        return pixels
    low, high = min(float(pixels.min()), 0.0), float(pixels.max())
    if values.dtype.kind == "f" and high <= 1 and low == 0:
        return pixels
    return np.asarray((pixels - low) / max(high - low, 1e-30), np.float32)


def _reduced(values: NDArray[Any], factor: int) -> Floats:
    """Means over factor x factor pixels, a band of rows at a time so that memory stays small."""
    if factor == 1:
        return values.astype(np.float32)
    height, width = (side // factor for side in values.shape[:2])
    bands = values[: height * factor, : width * factor].reshape(height, factor, width, factor, -1)
    return np.stack([band.astype(np.float32).mean((0, 2)) for band in bands])


def _check_size(name: str, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise DataError(_too_large(name, f"{width}x{height}: {width * height / 1e6:.0f}"))
    if max(width, height) < LEAST_SIDE:
        raise DataError(
            f"{name}: {width}x{height} pixels are too few for a digit; give one at least {LEAST_SIDE} high, "
            "better 28"
        )


def _too_large(name: str, size: str) -> str:
    return (
        f"{name}: {size} megapixels are too many (at most {MOST_PIXELS // 1_000_000}); scale the image down"
    )
