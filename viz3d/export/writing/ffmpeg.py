"""ffmpeg as a process of our own: what imageio's ffmpeg plugin cannot.

- It keeps the process that it starts to itself, does not look at how that ended, and lets it outlive us. So
  `Process` starts it in the plugin's place, see viz3d/export/writing/encoder.py.
- It feeds frames to one input. A GIF's last pass reads a film and a palette, both files: see `run`. (The GIFs
  of imageio's Pillow plugin hold all frames in memory, and each has a palette of its own: colours flicker.)
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from viz3d.command.errors import UserError
from viz3d.command.output import disk_full
from viz3d.command.process.children import ending_with_us
from viz3d.command.process.signals import undisturbed

_QUIETLY = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")


def run(arguments: list[str], path: Path) -> None:
    """Run ffmpeg to its end on files; `path` is the film's name for messages."""
    process = Process(path)
    try:
        nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        process.start([executable(), *_QUIETLY, *arguments], **nothing)
        process.finish()
    finally:
        process.stop()


def executable() -> str:
    """The ffmpeg that comes with imageio-ffmpeg, or the one that IMAGEIO_FFMPEG_EXE names."""
    # Imported here so that a still needs none.
    import imageio_ffmpeg  # noqa: PLC0415

    try:
        found = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise UserError("no ffmpeg: `pip install --force-reinstall imageio-ffmpeg` brings one") from error
    # Taken as it is where the variable names it.
    if shutil.which(found) is None:
        raise UserError(f"no ffmpeg: IMAGEIO_FFMPEG_EXE names {found}, which is no program: fix or unset it")
    return found


class Process:
    """An ffmpeg whose exit status and last words are known, and that ends when we do, however we end.

    `path` is the film's name for messages. Stop it at the end, whatever happened.
    """

    def __init__(self, path: Path):
        self._path = path
        self._child: subprocess.Popen[bytes] | None = None
        # A file and not a pipe: nobody reads while frames are fed, and a full pipe would block ffmpeg.
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    @property
    def started(self) -> bool:
        """Whether there is an ffmpeg, which may have ended."""
        return self._child is not None

    def start(self, command: list[str], **settings: Any) -> "subprocess.Popen[bytes]":
        """Start a command as `subprocess.Popen` does; it has its own place to speak, and its own group."""
        settings |= {"stderr": self._words, "preexec_fn": ending_with_us(), **_own_group()}
        with undisturbed():
            # The function calls one system function, and imports nothing.
            self._child = subprocess.Popen(command, **settings)
        return self._child

    def finish(self) -> None:
        """Wait for its end. UserError where that was not a good one."""
        assert self._child is not None
        self._close()
        if status := self._child.wait():
            raise UserError(self._reason(status))

    def stop(self) -> None:
        """End it at once, if it still runs."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close()
        self._words.close()

    def _close(self) -> None:
        if self._child is not None and self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()

    def _reason(self, status: int) -> str:
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").split("\n")
        if any("No space left on device" in line for line in lines):
            return disk_full(self._path)
        if status < 0:
            ended = f"ffmpeg was ended by {signal.Signals(-status).name}"
            return f"cannot write {self._path}: {ended}: run it again, or ask for a smaller --size"
        said = next((line.strip() for line in reversed(lines) if line.strip()), None)
        if said is None:
            # As SIGTERM has it end, of which it says nothing.
            return f"cannot write {self._path}: ffmpeg was ended early (exit status {status}): run it again"
        return f"cannot write {self._path}: ffmpeg says: {said}"


def _own_group() -> dict[str, Any]:
    """What keeps a Ctrl-C in the terminal from ending ffmpeg before we do."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
