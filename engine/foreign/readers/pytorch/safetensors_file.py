"""A PyTorch state_dict in a .safetensors file, read, and written with the net's architecture beside it."""

from __future__ import annotations

import json

from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.readers.pytorch.modules import natural
from engine.foreign.readers.pytorch.state_dict import from_tensors
from engine.foreign.writers.state_dict import to_tensors
from engine.net import Net

_ARCHITECTURE = "viz3d architecture"


def _recognises(file: ForeignFile) -> bool:
    """Whether the header's length, in 8 bytes, comes before what may be a JSON object, and is no lie."""
    return file.content[8:9] == b"{" and int.from_bytes(file.content[:8], "little") < len(file.content)


def _read(file: ForeignFile) -> Imported:
    # Imported where it is used: loading a net must not wait for it.
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        tensors = load(file.content)
    except SafetensorError as error:
        raise EngineError(f"it is a damaged .safetensors file ({error!s:.80}): save it again") from None
    except KeyError as error:
        raise EngineError(f"it holds numbers of type {error!s:.40}: save them as float32") from None
    # The library has just read the header, and so it is sound.
    header = json.loads(file.content[8 : 8 + int.from_bytes(file.content[:8], "little")])
    text = header.get("__metadata__", {}).get(_ARCHITECTURE)
    # The library writes tensors in the order of their names, whatever that of the module was.
    tensors = dict(sorted(tensors.items(), key=lambda item: natural(item[0])))
    return from_tensors(tensors, "PyTorch state_dict (.safetensors)", file.told, stored=False, text=text)


def _write(net: Net) -> bytes:
    from safetensors.numpy import save  # noqa: PLC0415

    # The architecture goes along: tensors alone do not tell a sigmoid from a ReLU.
    content: bytes = save(to_tensors(net), {"format": "pt", _ARCHITECTURE: net.text})
    return content


SAFETENSORS = Format("a PyTorch state_dict", "PyTorch", (".safetensors",), _recognises, _read, True, _write)
