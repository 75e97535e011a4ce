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

_SCALED = "it scales and centres ink: there it is another picture"


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
        strokes = written and not _otherwise(drawn, digit, letters)
        with atomic_write(path) as part:
            Image.fromarray(drawn if strokes else digit).save(part, format="PNG")
        why = _otherwise(digit, digit, letters) if written and not strokes else ""
        end = f"; {why}" if why else ""
        self._desk.said.emit(f"{path}: {'the drawing' if strokes else 'its pixels'}, for --image{end}")


def _otherwise(picture: Picture, digit: Picture, letters: bool) -> str:
    """Why `--image` makes not this digit of a picture: it refuses it, or reads another; "": it makes it."""
    again = ""
    try:
        read = data.read_digit(picture, letters=letters).image
    except data.DoubtfulError as error:
        read = data.read_digit(picture, 1, letters).image
        again = f"it asks about this, for {error.what} {error.why}: --pick 1 reads it"
    except data.SeveralDigitsError as error:
        return f"it refuses this, for {error.seen}"
    except DataError as error:
        return f"it refuses this: {str(error).removeprefix('the array: ').partition(';')[0]}"
    if np.array_equal(read, digit):
        return again
    return ", ".join(filter(None, (again, _SCALED)))
