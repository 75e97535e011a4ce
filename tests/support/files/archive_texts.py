"""Archives of PyTorch whose texts are changed, as another PyTorch or a stranger would have them."""

import zipfile
from pathlib import Path

from project import FOREIGN

from engine import import_net


def changed(tmp_path: Path, name: str, change) -> Path:
    """A file of tests/foreign with its texts changed: change(entry's name, its content)."""
    path = tmp_path / name
    with zipfile.ZipFile(FOREIGN / name) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, change(entry, old.read(entry)))
    return path


def replaced(tmp_path: Path, name: str, before: bytes, after: bytes) -> Path:
    found = []

    def change(entry, content):
        found.append(before in content and not entry.endswith("data.pkl"))
        return content.replace(before, after) if found[-1] else content

    path = changed(tmp_path, name, change)
    assert any(found)
    return path


def rewritten(folder: Path, *pairs: tuple[bytes, bytes]):
    """The network of fused-script.pt with its text changed."""

    def change(entry, content):
        for before, after in pairs if b"class Fused" in content else ():
            assert before in content
            content = content.replace(before, after)
        return content

    folder.mkdir()
    return import_net(changed(folder, "fused-script.pt", change)).net
