"""PyTorch's .pt and .pth files (torch.save since version 1.6), without PyTorch and without running pickles.

A file is a zip: <folder>/data.pkl is the pickle of the saved dict, in which each tensor names its numbers,
which lie bare in <folder>/data/<key>.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format, Unread
from engine.foreign.pickles import Made, Name, Outside, read_pickle, shown
from engine.foreign.readers.pytorch.bare_arrays import from_arrays, is_bare
from engine.foreign.readers.pytorch.listed import by_layers, in_lists
from engine.foreign.readers.pytorch.state_dict import from_tensors

_STORAGES = {
    "torch.FloatStorage": "f4",
    "torch.DoubleStorage": "f8",
    "torch.HalfStorage": "f2",
    "torch.BFloat16Storage": "u2",
    "torch.LongStorage": "i8",
    "torch.IntStorage": "i4",
    "torch.ShortStorage": "i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "?",
}
SIZES = {name: np.dtype(code).itemsize for name, code in _STORAGES.items()}
"""Bytes of a number of each type of storage."""
_TENSOR, _PARAMETER = "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter"
NAMES = (_TENSOR, _PARAMETER, "collections.OrderedDict", *_STORAGES)
# Where people's checkpoints keep the weights beside the optimizer's numbers.
_INSIDE = ("state_dict", "model_state_dict", "model", "net", "network", "model_state", "weights", "params")
# What they keep beside those: read as records, never made, and looked at no further.
BESIDE = (
    *("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode"),
    *("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.ndarray"),
    *("argparse.Namespace", "types.SimpleNamespace", "pathlib.Path", "pathlib.PosixPath"),
    *("pathlib.WindowsPath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath"),
    *("collections.defaultdict", "collections.Counter", "collections.deque", "builtins.set", "builtins.list"),
    *("__builtin__.set", "__builtin__.list", "__builtin__.dict"),
    *("builtins.dict", "builtins.int", "builtins.float", "datetime.datetime", "datetime.timedelta"),
    *("torch.device", "torch.Size", "torch.float32", "torch.float16", "torch.bfloat16", "torch.float64"),
)
OF_TRAINING = (
    "torch.nn",
    "torch.optim",
    "lightning",
    "pytorch_lightning",
    "omegaconf",
    "functools",
    "typing",
)
"""Whose classes stand among a checkpoint's settings: read as records too."""


def tensors_of(file: ForeignFile) -> dict[str, Array]:
    """The tensors of a saved state_dict (or of a checkpoint that holds one), by name.

    EngineError where the file holds anything else, such as a whole module, which only its own code can read.
    """
    (pickle,) = _pickles(file)
    folder = pickle.removesuffix("data.pkl")
    try:
        value = read_pickle(file.entry(pickle), (*NAMES, *BESIDE), OF_TRAINING)
    except EngineError as error:
        raise EngineError(f"{error}; save it with torch.save(net.state_dict(), ...)") from None
    inside = _inside(value)
    order = byte_order(file, folder)
    return {str(name): tensor_of(file, folder, order, str(name), made) for name, made in inside.items()}


def _inside(value: Any) -> dict[Any, Any]:
    """The state_dict of what was saved: that itself, or where checkpoints keep it."""
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        value = value[0]
    if isinstance(value, Made) and value.name not in NAMES:
        raise EngineError(
            f"it is a whole module ({shown(value.name)}), which only its own code can read: save it with "
            "torch.save(net.state_dict(), ...)"
        )
    if listed := in_lists(value, _is_tensor):
        return listed
    if not isinstance(value, dict):
        raise EngineError("it holds no state_dict: save it with torch.save(net.state_dict(), ...)")
    if {"state", "param_groups"} <= set(value):
        raise EngineError(
            "it is an optimizer's state, which holds no network: save that, torch.save(net.state_dict(), ...)"
        )
    inside = next((value[key] for key in _INSIDE if isinstance(value.get(key), dict)), value)
    several = [str(key) for key, own in inside.items() if isinstance(own, dict) and own]
    if several and len(several) == len(inside):
        if len(several) == 1:
            return inside[next(iter(inside))]  # type: ignore[no-any-return]
        names = ", ".join(shown(name) for name in several[:4])
        raise EngineError(
            f"it holds {len(several)} networks ({names}): save one of them, torch.save(net.state_dict(), ...)"
        )
    return inside


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Made) and value.name in (_TENSOR, _PARAMETER)


def byte_order(file: ForeignFile, folder: str) -> str:
    """NumPy's sign for the order of the bytes in a file's numbers."""
    name = f"{folder}byteorder"
    return ">" if name in file.entries and file.entry(name) == b"big" else "<"


def tensor_of(
    file: ForeignFile, folder: str, order: str, name: str, made: Any, places: str | None = None
) -> Array:
    """The numbers of a tensor that a pickle describes; EngineError where it is none.

    places: where the numbers lie; None: in the folder's data/.
    """
    if isinstance(made, Made) and made.name == _PARAMETER and made.arguments:
        made = made.arguments[0]
    if not isinstance(made, Made) or made.name != _TENSOR or len(made.arguments) < 4:
        raise EngineError(f"{name!r:.60} is no tensor: save it with torch.save(net.state_dict(), ...)")
    storage, offset, size, stride = made.arguments[:4]
    flat = _storage(file, places or f"{folder}data/", order, name, storage)
    counts = all(
        isinstance(part, tuple) and all(type(n) is int and n >= 0 for n in part) for part in (size, stride)
    )
    if not counts or type(offset) is not int or offset < 0 or len(size) != len(stride) or len(size) > 8:
        raise EngineError(f"{name!r:.60} has a size or stride that is none: save it again")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    # No number is read twice: a tensor that repeats its storage could be of any size.
    if size_of(size) > flat.size or (size_of(size) and last >= flat.size):
        raise EngineError(
            f"{name!r:.60} of shape {size} reaches beyond its {flat.size:,} numbers: save it again"
        )
    steps = tuple(step * flat.itemsize for step in stride)
    view = np.lib.stride_tricks.as_strided(flat[offset:], size, steps, writeable=False)
    return np.ascontiguousarray(view)


def _storage(file: ForeignFile, places: str, order: str, name: str, value: Any) -> Array:
    """A tensor's numbers, flat."""
    known = isinstance(value, Outside) and isinstance(value.id, tuple) and len(value.id) in (5, 6)
    _, kind, key, _, count = value.id[:5] if known else (None,) * 5
    if (
        not isinstance(kind, Name)
        or kind.text not in _STORAGES
        or not isinstance(key, str)
        or not key.isdecimal()
    ):
        raise EngineError(f"{name!r:.60} has no numbers that are known: save it again")
    code = _STORAGES[kind.text]
    flat = np.frombuffer(file.entry(f"{places}{key}"), np.dtype(f"{order}{code}"))
    if flat.size != count:
        raise EngineError(
            f"{name!r:.60} has {flat.size:,} numbers, its file says {count!r:.20}: save it again"
        )
    return of_bfloat16(flat) if kind.text == "torch.BFloat16Storage" else flat


def of_bfloat16(bits: Array) -> Array:
    """The float32 numbers of bfloat16 ones (uint16), each of which is the upper half of a float32."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _pickles(file: ForeignFile) -> list[str]:
    return [name for name in file.entries if name.endswith("/data.pkl")]


def _read(file: ForeignFile) -> Imported:
    return from_saved(tensors_of(file), "PyTorch state_dict", file, stored=True)


def from_saved(
    tensors: Mapping[str, Array], what: str, file: ForeignFile, *, stored: bool, text: str | None = None
) -> Imported:
    """The network of a file's tensors: of a module's layers, or parameters of its owner's own names or lists.

    stored, text: as `from_tensors` takes them.
    """
    tensors = by_layers(tensors)
    if text is None and is_bare(tensors) and file.told.architecture is None:
        return from_arrays(tensors, what, file)
    return from_tensors(tensors, what, file.told, stored=stored, text=text)


TORCH = Format(
    name="a PyTorch state_dict",
    system="PyTorch",
    endings=(".pt", ".pth"),
    recognises=lambda file: len(_pickles(file)) == 1,
    read=_read,
    bare=True,
)
_IN_LETTERS = (b"(lp", b"(dp", b"(cnumpy", b"ccopy_reg", b"(i__main__")  # as pickle's protocol 0 begins
BARE_PICKLE = Unread(
    recognises=lambda file: file.content.startswith((b"\x80", *_IN_LETTERS)),
    reason="it is a bare pickle, as Python writes lists of arrays and scikit-learn's networks: load it there "
    "and save it again, best as .safetensors or with numpy.savez; of an MLPClassifier m: "
    "numpy.savez('net.npz', *[a for pair in zip(m.coefs_, m.intercepts_) for a in pair])",
)
