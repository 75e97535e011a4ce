"""Files and folders that are recognised and not read: what each is, and what to give instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from engine.foreign.formats import ForeignFile, Unread
from engine.foreign.look_alikes import CORE_ML, OTHER_JSON, PARTS, TREES
from engine.foreign.readers.pytorch.torch_file import BARE_PICKLE

_SAVE_KERAS = "save the Keras model as net.keras, or make it an ONNX model (python -m tf2onnx.convert)"


def _beginning(*begins: bytes) -> Callable[[ForeignFile], bool]:
    """Whether a file begins with one of these."""
    return lambda file: file.content.startswith(begins)


OWN = Unread(
    recognises=lambda file: "description.npy" in file.entries,
    reason="it is a network of viz3d already: use it as it is, with --model",
)
UNREAD: tuple[Unread, ...] = (
    Unread(lambda file: not file.content, "it is empty: save or download it again"),
    BARE_PICKLE,
    OWN,
    Unread(
        lambda file: file.content[4:8] == b"TFL3",
        "it is a TensorFlow Lite model: give the Keras model that it was made of, or make it an ONNX "
        "model (python -m tf2onnx.convert)",
    ),
    Unread(
        _beginning(b"x\x01", b"x\x5e", b"x\x9c", b"x\xda"),
        "it is a packed pickle, as joblib writes scikit-learn's networks: load it there and save its "
        "arrays (m.coefs_ and m.intercepts_ of an MLPClassifier m) with numpy.savez",
    ),
    Unread(
        lambda file: re.match(rb"ET\d\d", file.content[4:8]) is not None,
        "it is a program of ExecuTorch, laid out for one device: give what it was made of, the model as "
        "torch.export.save keeps it (.pt2), or its state_dict",
    ),
    Unread(_beginning(b"\x1f\x8b"), "it is packed by gzip: unpack it (gunzip) and give what was in it"),
    Unread(
        _beginning(b"\x93NUMPY"),
        "it is one array (.npy), no network: save all weights and biases together, "
        "numpy.savez('net.npz', W1, b1, W2, b2)",
    ),
    *OTHER_JSON,
    # Ahead of Core ML, whose looser marks a graph of TensorFlow has too.
    Unread(
        lambda file: (
            b"saved_model" in file.content[:4096]
            or any(mark in file.content for mark in (b"VARIABLE_CONTAINER", b"VarHandleOp"))
            or b"Placeholder" in file.content[:4096]
        ),
        f"it is a graph of TensorFlow (SavedModel): {_SAVE_KERAS}",
    ),
    CORE_ML,
    Unread(_beginning(b"tree\nversion="), TREES.format("LightGBM")),
    Unread(
        lambda file: b"<net name=" in file.content[:300],
        f"it is {PARTS.format('OpenVINO')}",
    ),
    Unread(
        lambda file: re.match(rb'name: "[^"\n]*"\s+(layers?|input)\b', file.content) is not None,
        f"it is {PARTS.format('Caffe')}",
    ),
    Unread(
        _beginning(b"MATLAB"),
        "it is a MATLAB file: save its arrays from Python with numpy.savez (scipy.io.loadmat reads them)",
    ),
    Unread(
        _beginning(b"version https://git-lfs"),
        "it is only a pointer of Git LFS to the network's file: fetch that, git lfs pull",
    ),
    Unread(
        lambda file: file.content[:200].lstrip().lower().startswith((b"<!doctype", b"<html")),
        "it is a page of the web and no network: the download went wrong, get the file itself",
    ),
    Unread(
        _beginning(b"GGUF", b"ggml", b"lmgg", b"tjgg"),
        "it is a language model (GGUF), which reads words: known are networks that read images and rows",
    ),
    Unread(
        _beginning(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF"),
        "it is a picture or a document and no network: give a picture with --image",
    ),
    Unread(
        lambda file: file.content[257:262] == b"ustar",
        "it is an archive (tar): unpack it, tar xf, and give the network's file in it",
    ),
    Unread(
        lambda file: (
            0x81 <= file.content[0] <= 0x8F
            and b"\xa7float32" in file.content
            and b"\xa6kernel" in file.content
        ),
        "it holds weights of Flax (msgpack): save kernel and bias of each Dense layer in their order from "
        "Python, numpy.savez('net.npz', W1=..., b1=..., W2=..., b2=...)",
    ),
)
"""In the order in which a file of no known format is held to them."""
_IN_FOLDERS = (
    ("saved_model.pb", f"a SavedModel of TensorFlow: {_SAVE_KERAS}"),
    ("checkpoint", f"checkpoints of TensorFlow: {_SAVE_KERAS}"),
    ("_METADATA", "a checkpoint of JAX (Orbax): save its arrays, numpy.savez('net.npz', W1=..., b1=...)"),
    ("Manifest.json", "a package of Core ML: give the network that it was made of"),
)
_NETS = ("model.json", ".safetensors", ".onnx", ".keras", ".pt", ".pth", ".pt2", ".h5", ".bin", ".npz")
"""As TensorFlow.js calls its own, whose .bin beside it is but a part; and what others' names end with."""
_BESIDE = ("optimizer", "scheduler", "training_args", "rng_state")  # what training leaves beside a network
_MOST_LOOKED_AT = 10_000


def told_of_folder(folder: Path) -> str:
    """What to say behind the name of a folder given for a network's file, by the names of what is in it."""
    try:
        names = sorted(each.name for each in islice(folder.iterdir(), _MOST_LOOKED_AT))
    except OSError:
        names = []
    nets = [name for end in _NETS for name in names if name.lower().endswith(end)]
    nets = [name for name in nets if not name.lower().startswith(_BESIDE)]
    told = next((told for name, told in _IN_FOLDERS if name in names), "")
    if told and not nets:
        return f"is a folder, {told}"
    if nets:
        return f"is a folder: give the network's file in it, {folder / nets[0]}"
    return f"is a folder: give a network's file, such as {folder / 'net.npz'}"
