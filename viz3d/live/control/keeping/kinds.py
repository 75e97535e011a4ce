"""What can be opened: kinds of files, and the networks that come with viz3d."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage, QPainter

import data
import engine
from data import DataError
from engine import Net
from viz3d.command.choice.models import how_imported
from viz3d.command.errors import UserError
from viz3d.live.bars import Offer
from viz3d.live.widgets.pictures import Picture, array_of, colours_of
from viz3d.session.files.stored import ENDING

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_THEIRS = (".pt", ".pth", ".pt2", ".safetensors", ".onnx", ".keras", ".h5", ".hdf5", ".json")
_SHOWN = " ".join(f"*{ending}" for ending in (".npz", ENDING, *_THEIRS, *_PICTURES))
_LONGEST_SIDE = 2000  # of a picture from the clipboard
_HOW = "open the window with --data and its name"
_OPENED = (
    "give a picture (PNG, JPEG, GIF, BMP, TIFF or WebP), a network (.npz, .onnx, .keras, .pt, .safetensors "
    "...) or a session (.viz3d)"
)
KINDS = f"Networks, sessions and pictures ({_SHOWN});;All files (*)"
"""For the dialog that opens."""


def is_theirs(file: Path) -> bool:
    """Whether a file is a network of another system: by its content, unless its name is a picture's.

    One that is named as such and is none is damaged: who reads it as a network says so.
    """
    ending = file.suffix.lower()
    return ending not in _PICTURES and (ending in _THEIRS or engine.is_known(file))


def check_plain(file: Path) -> None:
    """UserError where a path is no file that can be read to its end: a folder, a pipe, a device."""
    if file.is_dir():
        raise UserError(f"{file} is a folder: drop the files in it; to learn from its pictures, {_HOW}")
    if file.exists() and not file.is_file():
        raise UserError(f"{file} is no plain file: save what comes out of it, and open that")


def digits_in(file: Path, letters: bool) -> tuple[int, str]:
    """How many digits are seen in a picture's file, and what is to be told of them: of several what they are,
    as that one is much paler; of the only one what makes it doubtful, as that it seems crossed out.

    1 where there is none, which who takes it tells. UserError where the file is nothing that can be opened.
    """
    try:
        return data.read_digit(file, letters=letters).count, ""
    except data.SeveralDigitsError as error:
        return error.count, error.seen
    except data.DoubtfulError as error:
        return 1, f"{error.what} in it {error.why}"
    except data.NoPictureError:
        if file.suffix.lower() in _PICTURES:
            return 1, ""
        raise UserError(f"{file} is nothing that can be opened here: {_OPENED}") from None
    except DataError:
        return 1, ""


def pasted(image: QImage, *, colour: bool = False) -> Picture:
    """A picture from the clipboard, uint8 (h, w), or (h, w, 3) in colour, on paper where it is transparent.

    UserError: it is none.
    """
    if image.isNull():
        raise UserError(
            "the picture cannot be read, or is too large: save it as a PNG, scaled down, and open that"
        )
    side = max(image.width(), image.height())
    if side > _LONGEST_SIDE:
        image = image.scaledToWidth(max(image.width() * _LONGEST_SIDE // side, 1))
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(0xFFFFFFFF)
    with QPainter(ground) as painter:
        painter.drawImage(0, 0, image)
    return colours_of(ground) if colour else array_of(ground.convertToFormat(QImage.Format.Format_Grayscale8))


def found_out(net: Net) -> str:
    """What an import chose and how the network reads; "" where nothing is told."""
    return "; ".join(line.removeprefix("note: ") for line in how_imported(net)[1:-1])


def offers() -> list[Offer]:
    """The networks that come with viz3d, and how well they read the test images."""
    networks = []
    for name in engine.presets():
        if name in data.bundled_models():
            networks.append(Offer(name, _told(engine.provenance(data.model_path(name)))))
    return networks


def accuracy_of(net: Net) -> str:
    """How well a network read the test images, as its file tells; "" where it does not."""
    return _told(net.provenance)


def _told(provenance: Mapping[str, Any]) -> str:
    accuracy = provenance.get("test_accuracy")
    return f"{accuracy:.2%}" if isinstance(accuracy, float) else ""
