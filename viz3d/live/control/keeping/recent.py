"""The person's own files, as they were opened or saved last."""

import json
from pathlib import Path

from PySide6.QtCore import QSettings

from viz3d.live.bars import OwnFile

_MOST = 6
_KEY = "recent"


class Recent:
    """The files in the settings, the last one first; one that has gone is left out."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def files(self) -> list[OwnFile]:
        """The files that are there."""
        return [each for each in self._read() if each.path.is_file()]

    def add(self, path: Path, facts: str = "") -> None:
        """Put a file first."""
        path = path.absolute()
        others = [each for each in self._read() if each.path != path]
        kept = [OwnFile(path, facts), *others][:_MOST]
        self._settings.setValue(_KEY, json.dumps([[str(each.path), each.facts] for each in kept]))

    def _read(self) -> list[OwnFile]:
        # What stands in the settings may have been written by anyone.
        try:
            pairs = json.loads(str(self._settings.value(_KEY, "[]")))
            return [OwnFile(Path(str(path)), str(facts)) for path, facts in pairs]
        except (ValueError, TypeError):
            return []
