"""What can be opened: kinds of files, and the networks that come with viz3d."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import data
import engine
from engine import Net
from viz3d.command.choice.models import how_imported
from viz3d.live.bars import Offer
from viz3d.session.files.stored import ENDING

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_THEIRS = (".pt", ".pth", ".pt2", ".safetensors", ".onnx", ".keras", ".h5", ".hdf5", ".json")
_SHOWN = " ".join(f"*{ending}" for ending in (".npz", ENDING, *_THEIRS, *_PICTURES))
KINDS = f"Networks, sessions and pictures ({_SHOWN});;All files (*)"
"""For the dialog that opens."""


def is_theirs(file: Path) -> bool:
    """Whether a file is a network of another system: by its content, unless its name is a picture's."""
    return file.suffix.lower() not in _PICTURES and engine.is_known(file)


def found_out(net: Net) -> str:
    """What an import chose and how the network reads; "" where nothing is told."""
    return "; ".join(how_imported(net)[1:-1])


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
