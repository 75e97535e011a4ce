"""Exporter: has films and stills made by a process of its own, so that the window goes on."""

import json
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QProcess, Signal

from viz3d.export.order import Order
from viz3d.live.work.worker import Worker

_FOLDER = "viz3d-export-"
_OLD = 3600  # s; an order is read, and taken away, within a minute of being written
_PATIENCE = 25_000  # ms that a process gets to end in order: a picture of 8K takes its time


def clear_old(root: Path) -> None:
    """Remove this person's orders that nobody has read: their windows were killed, see `_OLD`."""
    for folder in root.glob(f"{_FOLDER}*"):
        with suppress(OSError):  # another window is quicker
            told = folder.lstat()
            own = not hasattr(os, "getuid") or told.st_uid == os.getuid()
            if own and stat.S_ISDIR(told.st_mode) and time.time() - told.st_mtime > _OLD:
                shutil.rmtree(folder, ignore_errors=True)


class Exporter(Worker):
    """Makes one file at a time.

    The order is written down in this worker's thread; then `viz3d.export.from_order` reads it in a process
    that ends with this one, however this one ends.

    Signals: `progressed` pictures that are done, and all; `stepped` words for what is done besides; `made`
    words on the file that is there; `failed` one line on why there is none; `cancelled` the name of the file
    that was not made; `ended` after each of these.
    """

    progressed = Signal(int, int)
    stepped = Signal(str)
    made = Signal(str)
    cancelled = Signal(str)
    ended = Signal()
    _written = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._order: Order | None = None  # what is to be made
        self._folders: set[str] = set()  # orders that were written down
        self._busy = self._told = self._given_up = False
        self._heard = False  # whether the process has told anything: before that it has begun nothing
        self._written.connect(self._start)
        self.failed.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether a file is being made."""
        return self._busy

    def export(self, order: Order) -> None:
        """Make a file; nothing, while another one is made."""
        if not self._busy:
            self._busy, self._told, self._given_up, self._order = True, False, False, order
            self._heard = False
            self._put(order)

    def cancel(self) -> None:
        """Make no file: what is half done goes."""
        if self._told:
            return  # it is there, or cannot be, which was said
        self._given_up = self._busy
        if self._process is not None:
            self._told = True
            self._process.closeWriteChannel()
        elif self._busy:
            self._end()

    def close(self) -> None:
        """Cancel, and wait until the process has ended and its half file is gone."""
        super().close()
        self.cancel()
        process = self._process
        if process is not None and not self._heard and not process.waitForReadyRead(0):
            process.kill()  # what it is at are its imports, and they can take long
        if process is not None and not process.waitForFinished(_PATIENCE):
            process.kill()
            process.waitForFinished(_PATIENCE)
        self._drop()
        for folder in self._folders:  # whoever reads one takes it away
            shutil.rmtree(folder, ignore_errors=True)

    def _handle(self, request: Order) -> None:
        clear_old(Path(tempfile.gettempdir()))
        folder = tempfile.mkdtemp(prefix=_FOLDER)
        self._folders.add(folder)
        request.write(Path(folder))
        self._written.emit(folder, request)

    def _start(self, folder: str, order: Order) -> None:
        if not self._busy or order is not self._order:  # cancelled by now, and perhaps another one asked for
            shutil.rmtree(folder, ignore_errors=True)
            return
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._hear)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broke)
        process.start(sys.executable, ["-P", "-m", "viz3d.export.from_order", folder])

    def _hear(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            words, self._heard = {}, True
            with suppress(ValueError):
                words = json.loads(bytes(process.readLine().data()))
            if "made" in words:
                self._told = self._given_up = False  # it was quicker than the hand that cancelled it
            if self._told:
                continue
            if "step" in words:
                self.stepped.emit(words["step"])
            if "done" in words:
                self.progressed.emit(words["done"], words["of"])
            if "made" in words or "error" in words:
                self._told = True
                (self.made if "made" in words else self.failed).emit(words.get("made") or words["error"])

    def _finished(self, status: int, _how: object) -> None:
        self._hear()
        if not self._told:
            self._told = True
            process = self._process
            last = (
                ""
                if process is None
                else bytes(process.readAllStandardError().data()).decode(errors="replace")
            )
            why = next(
                (line.strip() for line in reversed(last.splitlines()) if line.strip()), f"status {status}"
            )
            self.failed.emit(f"the exporting process ended too early: {why}")
        self._end()

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._told:
            self._told = True
            self.failed.emit(f"cannot start {sys.executable} to export: is there memory left?")

    def _end(self, _why: str = "") -> None:
        if self._process is not None and self._process.state() != QProcess.ProcessState.NotRunning:
            return  # an error is told before the process has gone
        if self._busy:
            self._busy = False
            out = "" if self._order is None else self._order.output.out
            self._drop()
            if self._given_up:
                self.cancelled.emit(str(out))
            self.ended.emit()

    def _drop(self) -> None:
        self._order = None
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
