"""ffmpeg as a process of our own, so that its exit status and its last words are known."""

import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import imageio_ffmpeg
import numpy as np

from viz3d.command.errors import UserError
from viz3d.command.kin import ending_with_us
from viz3d.command.output import disk_full
from viz3d.command.signals import undisturbed

QUIETLY = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")


class Encoder:
    """A running ffmpeg that takes RGB frames and writes one file; use it in a `with` block.

    At the end of the block the film is finished; when the block fails, ffmpeg is stopped at once.
    `arguments` say how to encode, `out` is the file that is written, `path` the name for messages.
    """

    def __init__(self, arguments: list[str], out: Path, *, path: Path, size: tuple[int, int], fps: int):
        self._shape = (size[1], size[0], 3)
        raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
        self._process = _Process([*raw, "-framerate", str(fps), "-i", "pipe:0", *arguments, str(out)], path)

    def write(self, frame: np.ndarray) -> None:
        """Append one frame: uint8 (height, width, 3), read before this returns."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame of this film is uint8 {self._shape}, got {frame.dtype} {frame.shape}")
        self._process.feed(np.ascontiguousarray(frame).data.cast("B"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is None:
            self._process.finish()
        else:
            self._process.stop()


def run(arguments: list[str], path: Path) -> None:
    """Run ffmpeg to its end on files; `path` is the film's name for messages."""
    _Process(arguments, path).finish()


class _Process:
    def __init__(self, arguments: list[str], path: Path):
        self._path = path
        self._child: subprocess.Popen[bytes] | None = None
        # A file and not a pipe: nobody reads while frames are fed, and a full pipe would block ffmpeg.
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            with undisturbed():
                self._child = subprocess.Popen(
                    [_executable(), *QUIETLY, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=self._words,
                    bufsize=0,
                    preexec_fn=ending_with_us(),  # noqa: PLW1509  # calls one system function, and imports nothing
                    **_own_group(),
                )
        except BaseException:
            self.stop()
            raise

    def feed(self, data: memoryview) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        try:
            while data:
                data = data[self._child.stdin.write(data) or 0 :]
        except OSError as error:
            # ffmpeg has gone; its exit status and last words say why, in finish().
            self.finish()
            raise UserError(f"cannot write {self._path}: ffmpeg ended too early") from error

    def finish(self) -> None:
        assert self._child is not None
        try:
            self._close()
            status = self._child.wait()
            if status:
                raise UserError(self._reason(status))
        finally:
            self.stop()

    def stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close()
        self._words.close()

    def _close(self) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
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
        said = next((line.strip() for line in reversed(lines) if line.strip()), f"exit status {status}")
        return f"cannot write {self._path}: ffmpeg says: {said}"


def _own_group() -> dict[str, Any]:
    """Return what keeps a Ctrl-C in the terminal from ending ffmpeg before we do."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _executable() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise UserError("no ffmpeg: `pip install --force-reinstall imageio-ffmpeg` brings one") from error
