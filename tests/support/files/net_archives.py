"""What tests of saved nets share: an archive with one of its entries changed, and a refusal in one line."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from plain_nets import small

from engine import EngineError, load, save


def saved_in(folder: Path) -> Path:
    """The file of a small net with a provenance."""
    path = folder / "small.npz"
    save(small().replace(provenance={"seed": 3, "test_accuracy": 0.5}), path)
    return path


def refused(path: Path, match: str) -> None:
    with pytest.raises(EngineError, match=match) as caught:
        load(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def rewritten(path: Path, change) -> Path:
    """The same file with its entries changed: change(entries: name -> bytes)."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def described(path: Path, change) -> Path:
    """The same file with its description changed: change(description) in place."""

    def edit(entries):
        array = np.lib.format.read_array(io.BytesIO(entries["description.npy"]))
        description = json.loads(array.tobytes())
        description = change(description) or description
        entries["description.npy"] = npy(np.frombuffer(json.dumps(description).encode(), np.uint8))

    return rewritten(path, edit)
