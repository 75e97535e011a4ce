"""The digit as a picture's file, which `--image` reads as the window does."""

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject

import data
from data import DataError
from viz3d.command.choice.digits import reads_writing, writes_letters
from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write, check_out
from viz3d.live.control.desk import Desk
from viz3d.live.widgets.drawing.pad import Pad
from viz3d.live.widgets.pictures import Picture


class SavingControl(QObject):
    """Saves what is read: strokes of the pad as they were drawn, all else pixel by pixel as it is read."""

    def __init__(self, desk: Desk, pad: Pad) -> None:
        super().__init__()
        self._desk, self._pad = desk, pad

    def save(self, path: Path) -> None:
        """Write the picture as a PNG, and say how it is read again."""
        self._desk.attempt(lambda: self._save(path))

    def _save(self, path: Path) -> None:
        digit = self._desk.session.digit.image
        if digit.ndim == 1 or digit.dtype != np.uint8:
            raise UserError(f"{path}: what the network reads is no picture, and cannot be saved as one")
        check_out(path, ".png", "a picture", "the name")
        net = self._desk.session.net
        written, letters = reads_writing(net), writes_letters(net)
        drawn = self._pad.picture()
        strokes = written and _is_read_as(drawn, digit, letters)
        with atomic_write(path) as part:
            Image.fromarray(drawn if strokes else digit).save(part, format="PNG")
        same = not written or strokes or _is_read_as(digit, digit, letters)
        end = "" if same else "; it scales and centres ink: there it is another picture"
        self._desk.said.emit(f"{path}: {'the drawing' if strokes else 'its pixels'}, for --image{end}")


def _is_read_as(picture: Picture, digit: Picture, letters: bool) -> bool:
    """Whether `--image` makes this digit of a picture; it may refuse it."""
    try:
        return np.array_equal(data.read_digit(picture, letters=letters).image, digit)
    except DataError:
        return False
