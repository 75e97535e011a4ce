"""A command as a process of its own, and all that it starts, known by a mark in the environment."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Marked:
    """A process in a folder, with another for what is temporary, and a shell's defaults for signals."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self.folder, self.scratch = folder, folder.with_name(f"{folder.name}-scratch")
        self.scratch.mkdir()
        self._mark = f"VIZ3D_FUZZ={uuid.uuid4().hex}"
        name, value = self._mark.split("=")
        self._said, self._complaint = (self.scratch.with_suffix(f".{each}") for each in ("out", "err"))
        # A new program gets the default effect of what is handled here; what is ignored it goes on ignoring.
        handlers = {number: signal.signal(number, signal.default_int_handler) for number in _ENDING}
        try:
            with self._said.open("wb") as said, self._complaint.open("wb") as complaint:
                self.process = subprocess.Popen(
                    words,
                    cwd=folder,
                    env=os.environ | {name: value, "TMPDIR": str(self.scratch), "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=complaint,
                    start_new_session=True,
                )
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def alive(self) -> list[int]:
        """Its processes that run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile, or is another user's
                ours = self._mark.encode() in (folder / "environ").read_bytes().split(b"\0")
                if ours and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    found.append(int(folder.name))
        return found

    def ended(self, seconds: float) -> bool:
        """Whether it has ended, all that it started too, within some seconds."""
        end = time.monotonic() + seconds
        while self.process.poll() is None or self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def end(self) -> None:
        """End whatever is left."""
        for number in self.alive():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    @property
    def complaint(self) -> list[str]:
        """The lines on its stderr."""
        return self._complaint.read_text(errors="replace").splitlines()


def is_pythons(lines: Sequence[str]) -> bool:
    """Whether lines are Python's own words about Ctrl-C ahead of the first line of any program."""
    files = [line for line in lines if line.lstrip().startswith("File ")]
    return "KeyboardInterrupt" in lines[-1:] and all('"<frozen ' in line for line in files)


def of_viz3d(words: Sequence[str]) -> list[str]:
    """What runs a module."""
    return [sys.executable, "-m", *words]
