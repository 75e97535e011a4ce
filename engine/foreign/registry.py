"""The formats that are known: one more is its own file and its name in FORMATS."""

from __future__ import annotations

from engine.errors import EngineError
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.readers.arrays import NIELSEN, NPZ
from engine.foreign.readers.convnetjs import CONVNETJS
from engine.foreign.readers.keras.file import KERAS, KERAS_H5
from engine.foreign.readers.keras.tfjs import TFJS
from engine.foreign.readers.keras.weights_alone import KERAS_WEIGHTS
from engine.foreign.readers.onnx_file import ONNX
from engine.foreign.readers.pytorch.old_file import OLD_TORCH
from engine.foreign.readers.pytorch.safetensors_file import SAFETENSORS
from engine.foreign.readers.pytorch.torch_archives import EXPORTED, TORCHSCRIPT
from engine.foreign.readers.pytorch.torch_file import TORCH
from engine.foreign.unread import UNREAD

FORMATS: tuple[Format, ...] = (
    *(TORCHSCRIPT, EXPORTED, TORCH, OLD_TORCH, SAFETENSORS, ONNX, KERAS, KERAS_H5, KERAS_WEIGHTS, TFJS),
    *(NPZ, NIELSEN, CONVNETJS),
)
"""In the order in which a file is held to them."""


def known() -> str:
    """All formats in words, such as "a PyTorch state_dict (.pt), a ConvNetJS network (.json)"."""
    endings: dict[str, list[str]] = {}
    for each in FORMATS:
        endings.setdefault(each.name, []).extend(end for end in each.endings if end not in each.name)
    return ", ".join(f"{name} ({', '.join(ends)})" if ends else name for name, ends in endings.items())


def writers() -> dict[str, Format]:
    """The formats that can be written, by the endings of their files' names."""
    return {ending: each for each in FORMATS if each.write is not None for ending in each.endings}


def theirs(name: str) -> list[str]:
    """The formats of other systems, in words, that have a file's name end so; of .npz none: ours do, too."""
    named = (each for each in FORMATS if each is not NPZ and name.lower().endswith(each.endings))
    return list(dict.fromkeys(each.name for each in named))


def recognised(file: ForeignFile, name: str = "") -> Format:
    """The format of a file; EngineError says what else it is, or what its name promises, or what is known."""
    for each in FORMATS:
        if each.recognises(file):
            return each
    for unread in UNREAD:
        if unread.recognises(file):
            raise EngineError(unread.reason)
    if file.archive is not None:
        raise EngineError(f"it is an archive of {len(file.entries)} other things; known are {known()}")
    if promised := theirs(name):
        raise EngineError(
            f"it is damaged, or is not what its name says ({', '.join(promised)}): save it again"
        )
    raise EngineError(f"it is none of the known files: {known()}")
