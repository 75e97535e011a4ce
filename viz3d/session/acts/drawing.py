"""Act that has a picture read that is in no file: it was drawn, pasted or came through a pipe."""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine import Net
from engine.arrays import size_of
from viz3d.command.choice.classes import class_of
from viz3d.command.choice.digits import Digit
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.images import Images
from viz3d.session.state import Take

_SHAPE = (28, 28)  # of a drawing whose line tells no other
_MOST_SIDE = 512  # pixels of a drawing's side
_SIZED = re.compile(r"([1-9][0-9]{0,2})x([1-9][0-9]{0,2})(x3)?\s+")


def is_drawing(image: np.ndarray) -> bool:
    """Whether an image may be drawn on: grey, uint8 (h, w)."""
    return image.ndim == 2 and _is_picture(image)


def _is_picture(image: np.ndarray) -> bool:
    """Whether an image is uint8 (h, w), or (h, w, 3) in colour, of a size that a line holds."""
    sides = image.shape[:2]
    shaped = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    return shaped and image.dtype == np.uint8 and 0 < min(sides) <= max(sides) <= _MOST_SIDE


@dataclass(frozen=True)
class Drawing(Take):
    """A picture that is in no file: its bytes row by row, what it is meant as if that is known, its shape."""

    word: ClassVar[str] = "drawing"
    pixels: bytes
    label: int | str | None = None
    shape: tuple[int, ...] = _SHAPE

    @classmethod
    def of(cls, picture: np.ndarray, label: int | str | None = None) -> "Drawing":
        """The act that has a picture read: uint8 (h, w), or (h, w, 3) in colour, as the network sees it.

        Of a digit it is 28x28, white ink, as digit_from_image makes it.
        """
        if not _is_picture(picture):
            raise UserError(
                f"a drawing is uint8 (h, w) or (h, w, 3) up to {_MOST_SIDE}x{_MOST_SIDE}, got "
                f"{picture.dtype} {picture.shape}: data.digit_from_image makes one of any picture of a digit"
            )
        return cls(picture.tobytes(), label, picture.shape)

    @classmethod
    def read(cls, text: str) -> "Drawing":
        """The act that a script line asks for; text: the line after its first word."""
        words, label = lines.read_label(text)
        sized = _SIZED.match(words)
        shape = (int(sized[1]), int(sized[2]), *((3,) if sized[3] else ())) if sized else _SHAPE
        code = words[sized.end() :] if sized else words
        size, unpack = size_of(shape), zlib.decompressobj()
        try:
            # No more than a picture is unpacked, whatever the text holds.
            most = min(size, 3 * _MOST_SIDE**2) + 1
            pixels = unpack.decompress(base64.b64decode(code, validate=True), most)
        except (binascii.Error, ValueError, zlib.error):
            pixels = b""
        if len(pixels) != size or not unpack.eof or max(shape) > _MOST_SIDE:
            named = "x".join(map(str, shape))
            raise UserError(f"drawing {code[:20]}: that is no picture of {named} pixels: copy its line whole")
        return cls(pixels, label, shape)

    @property
    def picture(self) -> np.ndarray:
        """The picture, uint8 (h, w) or (h, w, 3)."""
        return np.frombuffer(self.pixels, np.uint8).reshape(self.shape)

    @property
    def code(self) -> str:
        """The picture packed as text, after its shape where that is not a digit's."""
        sized = "" if self.shape == _SHAPE else "x".join(map(str, self.shape)) + " "
        return sized + self._packed

    @property
    def _packed(self) -> str:
        return base64.b64encode(zlib.compress(self.pixels, 9)).decode()

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"drawing {self.code}{lines.write_label(self.label)}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        label = lines.python_label(self.label)
        return (
            f'pixels = zlib.decompress(base64.b64decode("{self._packed}"))',
            f"image, label = np.frombuffer(pixels, np.uint8).reshape{self.shape}, {label}",
        )

    def digit(self, data: str, images: Images, net: Net) -> Digit:  # noqa: ARG002
        """The digit."""
        label = class_of("label", self.label, net) if isinstance(self.label, str) else self.label
        picture = self.picture
        return Digit(picture, label, "a drawing" if picture.any() and np.ptp(picture) else "an empty picture")
