"""Archives of PyTorch and Keras as small as they can be."""

from __future__ import annotations

import zipfile
from pathlib import Path


def packed(path: Path) -> None:
    """Write an archive anew with its entries packed, without what only a debugger reads."""
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist() if not name.endswith(".debug_pkl")}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
