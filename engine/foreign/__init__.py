"""Nets of other systems: read as data, never run; and written where the other system reads them.

What reads each format (`registry`) is imported with the first such file: most commands never meet one.
"""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

from engine.errors import EngineError, shortened
from engine.files.npz import DAMAGE, write_whole
from engine.files.places import path_of, unreadable
from engine.foreign.build import Imported, Way
from engine.foreign.formats import MOST_BYTES, ForeignFile, Format
from engine.foreign.marks import kept
from engine.foreign.outputs import of_outputs
from engine.foreign.scaling import rescaled
from engine.foreign.told import Told, check_framing
from engine.net import Net, check_net
from guarding import in_a_line

__all__ = [
    "Format",
    "Imported",
    "Told",
    "Way",
    "export_net",
    "import_net",
    "is_known",
    "rescaled",
]

_MOST_TOLD = 2000
"""Characters of what is wrong with a file: more than all operations that are known have names."""


def import_net(path: str | Path, told: Told = Told()) -> Imported:  # noqa: B008
    """Read a trained net of another system; what the file is, is told by its content.

    What is known: `engine.foreign.registry.FORMATS`. No code of a file is run. told: what a file of weights
    alone leaves open, see `Told`. EngineError, one line with the file, what was found and what is known,
    where it is anything else.
    """
    from engine.foreign.registry import known, recognised  # noqa: PLC0415 -- see above
    from engine.foreign.unread import told_of_folder  # noqa: PLC0415

    path = path_of(path)
    if not isinstance(told, Told):
        raise EngineError(f"told is a Told, such as Told(activation='relu'), got {in_a_line(told)}")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise EngineError(f"it has {size:,} bytes, the limit is {MOST_BYTES:,}")
        if path.is_dir():
            raise EngineError(f"it {told_of_folder(path)}")
        if not path.is_file():
            raise EngineError(f"it is no file: give {known()}")
        with warnings.catch_warnings():
            # Python and NumPy warn of odd texts in a damaged file: what is wrong with it is ours to say.
            warnings.simplefilter("ignore")
            file = ForeignFile.of(path.read_bytes(), path.parent, told)
            form = recognised(file, path.name)
            if told and not form.bare:
                raise EngineError(
                    f"it is {form.name}, which says itself how it goes on: leave out the architecture, "
                    "activation and order"
                )
            found = form.read(file)
            guessed = form.bare and not told.architecture and not found.whole
            found = kept(of_outputs(found, told.outputs, guessed), told.framing)
            check_framing(found.net)
            return found
    except EngineError as error:
        raise EngineError(f"{path}: {shortened(str(error), _MOST_TOLD)}") from None
    except zipfile.BadZipFile as error:
        raise EngineError(f"{path} is cut short or damaged ({error!s:.80}): save it again") from None
    except OSError as error:
        raise EngineError(unreadable(path, error)) from None
    except (*DAMAGE, AttributeError) as error:  # the latter: a value of JSON of another kind
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise EngineError(f"{path} is damaged ({reason}): save it again") from None


def is_known(path: str | Path, or_named: bool = False) -> bool:
    """Whether a file is a network of another system: by its content, as `import_net` tells it.

    or_named: or one that is not read, of which `import_net` says what it is: by its content, or by its name
    where that of its content is nothing that is known, so that it is damaged.
    """
    from engine.foreign.registry import FORMATS, theirs  # noqa: PLC0415 -- see above
    from engine.foreign.unread import OWN, UNREAD  # noqa: PLC0415

    path = path_of(path)
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return False
        file = ForeignFile.of(path.read_bytes(), path.parent)
    except OSError:
        return False
    except (EngineError, zipfile.BadZipFile, *DAMAGE):
        return or_named and bool(theirs(path.name))
    if any(each.recognises(file) for each in FORMATS):
        return True
    unread = next((each for each in UNREAD if each.recognises(file)), None)
    return or_named and unread is not OWN and (unread is not None or bool(theirs(path.name)))


def export_net(net: Net, path: str | Path) -> None:
    """Write a net for another system, in the format that the path's ending names, see `registry.writers`.

    .safetensors: the state_dict of the net's `engine.torch_module`; in PyTorch
    `module.load_state_dict(safetensors.torch.load_file(path))`. Numbers that are no pixels are read as they
    are measured, whatever limits the net was trained with; edits are in the weights. EngineError where the
    format cannot hold the net, or the file cannot be written; what was at `path` then stays as it was.
    """
    from engine.foreign.registry import writers  # noqa: PLC0415 -- see above

    check_net(net)
    path = path_of(path)
    if not isinstance(net, Net):
        raise EngineError(f"a net is needed, such as engine.load(FILE) gives, got {in_a_line(net)}")
    write = writers()[path.suffix].write if path.suffix in writers() else None
    if write is None:
        ways = [f"{each.name} is written as {ending}" for ending, each in writers().items()]
        raise EngineError(f"{', '.join(ways)}, got {path.name}: end its name so")
    content = write(net)
    write_whole(path, lambda file: file.write(content))
