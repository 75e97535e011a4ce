"""Keeper: writes the session to a folder of its own after each act, in a thread of its own."""

import shutil
from pathlib import Path
from threading import Lock

from viz3d.live.work.worker import Worker
from viz3d.session.files.stored import SessionFolder
from viz3d.session.moments import Moments


class Keeper(Worker):
    """Keeps the newest moments that it is given; `failed` brings one line on why it could not."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._store = SessionFolder(folder)
        self._asked: Moments | None = None
        self._written: Moments | None = None
        self._writing = Lock()

    @property
    def folder(self) -> Path:
        """Where it writes."""
        return self._store.folder

    def keep(self, moments: Moments) -> None:
        """Write these moments soon, in place of what is there; of several in a row only the last is."""
        self._asked = moments
        self._put(moments)

    def write(self, moments: Moments) -> None:
        """Write these moments now. Raises UserError or EngineError where they cannot be."""
        self._asked = moments
        self._handle(moments)

    def finish(self) -> None:
        """End the thread with the last moments written; UserError or EngineError where they cannot be."""
        self.close()
        if self._asked is not None and self._asked is not self._written:
            self._handle(self._asked)

    def forget(self) -> None:
        """End the thread and remove the folder."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _handle(self, request: Moments) -> None:
        with self._writing:
            self._store.write(request)
            self._written = request
