"""Nets of other systems: read as data, never run; and written where the other system reads them."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path

from engine.errors import EngineError
from engine.files.npz import DAMAGE, write_whole
from engine.foreign.archive import MOST_BYTES, check_archive
from engine.foreign.build import Imported
from engine.foreign.convnetjs import read_convnetjs
from engine.foreign.object_npz import ENTRIES, read_object_npz
from engine.foreign.scaling import rescaled
from engine.foreign.state_dict import from_tensors, to_tensors
from engine.foreign.torch_file import read_torch
from engine.net import Net

__all__ = ["Imported", "export_net", "import_net", "rescaled"]

_ARCHITECTURE = "viz3d architecture"
KNOWN = "a PyTorch state_dict (.pt, .safetensors), an .npz of weights and biases, a ConvNetJS network (.json)"


def import_net(path: str | Path) -> Imported:
    """Read a trained net of another system; what the file is, is told by its content.

    Known: a PyTorch state_dict of dense layers (.pt, .pth, .safetensors), an .npz of weights and biases as
    object arrays, and a ConvNetJS network (.json). No pickle is run. EngineError, one line with the file,
    what was found and what is known, where it is anything else.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise EngineError(f"it has {size:,} bytes, the limit is {MOST_BYTES:,}")
        if not path.is_file():
            raise EngineError(f"it is no file: give {KNOWN}")
        with warnings.catch_warnings():
            # Python and NumPy warn of odd texts in a damaged file: what is wrong with it is ours to say.
            warnings.simplefilter("ignore")
            return _read(path.read_bytes())
    except EngineError as error:
        raise EngineError(f"{path}: {error}") from None
    except zipfile.BadZipFile as error:
        raise EngineError(f"{path} is cut short or damaged ({error!s:.80}): save it again") from None
    except OSError as error:
        raise EngineError(f"cannot read {path}: {error.strerror or error}") from None
    except DAMAGE as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise EngineError(f"{path} is damaged ({reason}): save it again") from None


def export_net(net: Net, path: str | Path) -> None:
    """Write a net of dense layers as a PyTorch state_dict, fc1.weight and so on, to a .safetensors file.

    In PyTorch: `net.load_state_dict(safetensors.torch.load_file(path))`. EngineError where the net has other
    blocks, or the file cannot be written; what was at `path` then stays as it was.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise EngineError(f"a state_dict is written as .safetensors, got {path.name}: end its name so")
    if net.edits:
        raise EngineError(
            f"{net.name} has edits of single neurons or synapses ({len(net.edits)}), "
            "which a state_dict cannot hold: export the net without them"
        )
    # Imported where it is used: loading a net must not wait for it.
    from safetensors.numpy import save  # noqa: PLC0415

    # The architecture goes along: tensors alone do not tell a sigmoid from a ReLU.
    content = save(to_tensors(net), {"format": "pt", _ARCHITECTURE: net.text})
    write_whole(path, lambda file: file.write(content))


def _read(content: bytes) -> Imported:
    """Tell the kind by the first bytes, and read."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            return _read_archive(archive)
    if content[8:9] == b"{" and int.from_bytes(content[:8], "little") < len(content):
        return _read_safetensors(content)
    if content.lstrip()[:1] == b"{":
        return read_convnetjs(json.loads(content))
    if content.startswith(b"\x80"):
        raise EngineError(
            "it is a bare pickle, as PyTorch wrote before version 1.6: load it there and save it again, "
            "best as .safetensors"
        )
    raise EngineError(f"it is none of the known files: {KNOWN}")


def _read_archive(archive: zipfile.ZipFile) -> Imported:
    names = archive.namelist()
    if sum(name.endswith("/data.pkl") for name in names) == 1:
        return from_tensors(read_torch(archive), "PyTorch state_dict")
    if set(ENTRIES) <= set(names):
        return read_object_npz(archive)
    if "description.npy" in names:
        raise EngineError("it is a network of viz3d already: use it as it is, with --model")
    raise EngineError(f"it is an archive of {len(names)} other things; known are {KNOWN}")


def _read_safetensors(content: bytes) -> Imported:
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        tensors = load(content)
    except SafetensorError as error:
        raise EngineError(f"it is a damaged .safetensors file ({error!s:.80}): save it again") from None
    except KeyError as error:
        raise EngineError(f"it holds numbers of type {error!s:.40}: save them as float32") from None
    # The header is a JSON object after its length in 8 bytes; the library has just found it sound.
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    text = header.get("__metadata__", {}).get(_ARCHITECTURE)
    return from_tensors(tensors, "PyTorch state_dict (.safetensors)", text)
