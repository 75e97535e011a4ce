"""Any picture of one digit, a file, an array or a Pillow image, becomes 28x28 as MNIST's digits did."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from data.errors import DataError
from data.photo.canvas import is_mnist_like, place
from data.photo.ink import sight
from data.photo.tones import to_grey
from data.photo.two_tones import in_black_and_white, on_clean_paper

Floats = NDArray[np.float32]
Source = str | os.PathLike[str] | NDArray[Any] | Image.Image

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
"""Pillow reads many more; some are decoded by other programs: Ghostscript runs what an EPS says."""
READ = "PNG, JPEG, GIF, BMP, TIFF or WebP"
MOST_PIXELS = 50_000_000
LEAST_SIDE = 5
WORKING_SIDE = 1024  # more pixels than this tell nothing more about 28x28


def digit_from_image(source: Source) -> NDArray[np.uint8]:
    """One digit, drawn or photographed, as uint8 (28, 28), white on black, scaled and centred as in MNIST.

    source: a PNG, JPEG, GIF, BMP, TIFF or WebP file, a Pillow image, or an array (h, w), (h, w, 1), (h, w, 2)
    grey and alpha, (h, w, 3) or (h, w, 4), of bool, integers or floats. Any size from 5x5 to 50 megapixels,
    dark on light or light on dark. An image that already is like MNIST's comes back as it is. DataError in
    one line: no ink, too small, too large, not an image of these formats.
    """
    if isinstance(source, np.ndarray):
        name, colours = "the array", _from_array(source)
    elif isinstance(source, Image.Image):
        _check_format(source)
        name, colours = "the image", _decode(source, "the image")
    else:
        name, colours = str(source), _open(Path(source))
    grey = in_black_and_white(to_grey(colours))
    for alike in (grey, 1 - grey):
        if is_mnist_like(alike):
            return np.asarray(np.round(alike * 255), np.uint8)
    try:
        return place(sight(*on_clean_paper(grey)).ink())
    except DataError as error:
        raise DataError(f"{name}: {error}") from None


def _open(path: Path) -> Floats:
    if path.is_dir():
        raise DataError(f"{path} is a folder; give an image file in it")
    if not path.exists():
        raise DataError(f"{path}: no such file; give a PNG, JPEG or other image of one digit")
    if not path.is_file():
        raise DataError(f"{path} is not a regular file; give an image file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's warning of large images; the limit here is lower
        try:
            with Image.open(path, formats=FORMATS) as image:
                # JPEG can be decoded at an eighth of its size, so a large photo costs little.
                image.draft(None, (2 * WORKING_SIDE, 2 * WORKING_SIDE))
                return _decode(image, str(path))
        except DataError:
            raise
        except Image.DecompressionBombError:
            raise DataError(_too_large(str(path), "more than 170")) from None
        except UnidentifiedImageError:
            raise DataError(f"{path} is not an image that can be read; give a {READ}") from None
        except PermissionError:
            raise DataError(f"{path}: permission denied; make the file readable") from None
        except Exception as error:  # decoders of damaged files raise whatever they stumble over
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DataError(f"{path}: the image is damaged or truncated ({reason}); save it again") from None


def _check_format(image: Image.Image) -> None:
    # A file that Pillow has opened is decoded at its first use. A JPEG with several pictures is an MPO.
    if isinstance(image, ImageFile.ImageFile) and image.format not in (*FORMATS, "MPO"):
        raise DataError(
            f"the image is from a file of the format {image.format}, which is not read; give a {READ}, "
            "or an array of its pixels"
        )


def _decode(image: Image.Image, name: str) -> Floats:
    """Pixels as float32 (h, w, channels) 0..1, turned upright, reduced to the working size."""
    _check_size(name, image.width, image.height)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_array(np.asarray(image))
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


def _from_array(values: NDArray[Any]) -> Floats:
    """An array's pixels as float32 (h, w, channels) 0..1; 0..255 or 0..1 is told by type and range."""
    if values.ndim not in (2, 3) or (values.ndim == 3 and not 1 <= values.shape[2] <= 4):
        raise DataError(
            f"an array of shape {values.shape} is not an image; give (h, w) or (h, w, 1 to 4 channels)"
        )
    if values.dtype.kind not in "buif":
        raise DataError(f"an array of {values.dtype} is not an image; give numbers such as uint8 or float32")
    _check_size("the array", values.shape[1], values.shape[0])
    values = values if values.ndim == 3 else values[:, :, None]
    pixels = _reduced(values, max(1, max(values.shape[:2]) // WORKING_SIDE))
    if not np.isfinite(pixels).all():
        raise DataError("the array has NaN or infinite pixels; give finite numbers")
    if values.dtype == np.uint8:
        return pixels / np.float32(255)
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
    if min(width, height) < LEAST_SIDE:
        raise DataError(f"{name}: {width}x{height} pixels are too few for a digit; give at least 28x28")


def _too_large(name: str, size: str) -> str:
    return (
        f"{name}: {size} megapixels are too many (at most {MOST_PIXELS // 1_000_000}); scale the image down"
    )
