"""The formats that are known: one more is its own file and its name in FORMATS."""

from __future__ import annotations

from engine.errors import EngineError
from engine.foreign.formats import ForeignFile, Format, Unread
from engine.foreign.readers.arrays import NIELSEN, NPZ
from engine.foreign.readers.convnetjs import CONVNETJS
from engine.foreign.readers.keras.file import KERAS, KERAS_H5
from engine.foreign.readers.keras.tfjs import TFJS
from engine.foreign.readers.keras.weights_alone import KERAS_WEIGHTS
from engine.foreign.readers.onnx_file import ONNX
from engine.foreign.readers.pytorch.old_file import OLD_TORCH
from engine.foreign.readers.pytorch.safetensors_file import SAFETENSORS
from engine.foreign.readers.pytorch.torch_archives import EXPORTED, TORCHSCRIPT
from engine.foreign.readers.pytorch.torch_file import BARE_PICKLE, TORCH

_OWN = Unread(
    recognises=lambda file: "description.npy" in file.entries,
    reason="it is a network of viz3d already: use it as it is, with --model",
)

FORMATS: tuple[Format, ...] = (
    *(TORCHSCRIPT, EXPORTED, TORCH, OLD_TORCH, SAFETENSORS, ONNX, KERAS, KERAS_H5, KERAS_WEIGHTS, TFJS),
    *(NPZ, NIELSEN, CONVNETJS),
)
"""In the order in which a file is held to them."""
_LITE = Unread(
    recognises=lambda file: file.content[4:8] == b"TFL3",
    reason="it is a TensorFlow Lite model: give the Keras model that it was made of, or make it an ONNX "
    "model (python -m tf2onnx.convert)",
)
_JOBLIB = Unread(
    recognises=lambda file: file.content[:2] in (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda"),
    reason="it is a packed pickle, as joblib writes scikit-learn's networks: load it there and save its "
    "arrays (m.coefs_ and m.intercepts_ of an MLPClassifier m) with numpy.savez",
)
_GZIP = Unread(
    recognises=lambda file: file.content.startswith(b"\x1f\x8b"),
    reason="it is packed by gzip: unpack it (gunzip) and give what was in it",
)
_ARRAY = Unread(
    recognises=lambda file: file.content.startswith(b"\x93NUMPY"),
    reason="it is one array (.npy), no network: save all weights and biases together, "
    "numpy.savez('net.npz', W1, b1, W2, b2)",
)
_BRAIN = Unread(
    recognises=lambda file: (
        file.content[:1] == b"{" and all(key in file.content for key in (b'"trainOpts"', b'"layers"'))
    ),
    reason="it is a network of brain.js: save its layers' weights and biases from Python, "
    "numpy.savez('net.npz', W1=..., b1=..., W2=..., b2=...), and tell --activation sigmoid",
)
_MATLAB = Unread(
    recognises=lambda file: file.content.startswith(b"MATLAB"),
    reason="it is a MATLAB file: save its arrays from Python with numpy.savez (scipy.io.loadmat reads them)",
)
_TENSORFLOW = Unread(
    recognises=lambda file: b"saved_model" in file.content[:4096] or b"VARIABLE_CONTAINER" in file.content,
    reason="it is a TensorFlow SavedModel: save the Keras model as net.keras, or make it an ONNX model "
    "(python -m tf2onnx.convert)",
)
UNREAD: tuple[Unread, ...] = (
    *(BARE_PICKLE, _OWN, _LITE, _JOBLIB, _GZIP, _ARRAY, _BRAIN, _MATLAB, _TENSORFLOW),
)


def known() -> str:
    """All formats in words, such as "a PyTorch state_dict (.pt), a ConvNetJS network (.json)"."""
    endings: dict[str, list[str]] = {}
    for each in FORMATS:
        endings.setdefault(each.name, []).extend(end for end in each.endings if end not in each.name)
    return ", ".join(f"{name} ({', '.join(ends)})" if ends else name for name, ends in endings.items())


def writers() -> dict[str, Format]:
    """The formats that can be written, by the endings of their files' names."""
    return {ending: each for each in FORMATS if each.write is not None for ending in each.endings}


def recognised(file: ForeignFile) -> Format:
    """The format of a file; EngineError says what else it is, or what is known."""
    for each in FORMATS:
        if each.recognises(file):
            return each
    for unread in UNREAD:
        if unread.recognises(file):
            raise EngineError(unread.reason)
    if file.archive is not None:
        raise EngineError(f"it is an archive of {len(file.entries)} other things; known are {known()}")
    raise EngineError(f"it is none of the known files: {known()}")
