"""Nets of other systems: read as data, never run; and written where the other system reads them."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

from engine.errors import EngineError
from engine.files.npz import DAMAGE, write_whole
from engine.foreign.build import Imported
from engine.foreign.formats import MOST_BYTES, ForeignFile, Format
from engine.foreign.registry import FORMATS, known, recognised, writers
from engine.foreign.scaling import rescaled
from engine.net import Net

__all__ = ["FORMATS", "Format", "Imported", "export_net", "import_net", "rescaled", "writers"]


def import_net(path: str | Path) -> Imported:
    """Read a trained net of another system; what the file is, is told by its content.

    What is known: `engine.foreign.FORMATS`. No pickle is run. EngineError, one line with the file, what was
    found and what is known, where it is anything else.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise EngineError(f"it has {size:,} bytes, the limit is {MOST_BYTES:,}")
        if not path.is_file():
            raise EngineError(f"it is no file: give {known()}")
        with warnings.catch_warnings():
            # Python and NumPy warn of odd texts in a damaged file: what is wrong with it is ours to say.
            warnings.simplefilter("ignore")
            file = ForeignFile.of(path.read_bytes(), path.parent)
            return recognised(file).read(file)
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
    """Write a net for another system, in the format that the path's ending names, see `writers`.

    .safetensors: dense layers as a PyTorch state_dict, fc1.weight and so on; in PyTorch
    `net.load_state_dict(safetensors.torch.load_file(path))`. EngineError where the format cannot hold the
    net, or the file cannot be written; what was at `path` then stays as it was.
    """
    path = Path(path)
    write = writers()[path.suffix].write if path.suffix in writers() else None
    if write is None:
        ways = [f"{each.name} is written as {ending}" for ending, each in writers().items()]
        raise EngineError(f"{', '.join(ways)}, got {path.name}: end its name so")
    content = write(net)
    write_whole(path, lambda file: file.write(content))
