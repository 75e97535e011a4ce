"""Pictures through imageio: stills by its Pillow plugin, films by its ffmpeg plugin, which is watched."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import SimpleNamespace, TracebackType
from typing import IO, Any, Self

import imageio.v3 as iio
import numpy as np

import scenes
from viz3d.command.errors import UserError
from viz3d.command.process.signals import undisturbed
from viz3d.export.writing import ffmpeg

_STARTING = Lock()
_PLANES = "yuv420p"  # ffmpeg's name of what `scenes.video_planes` writes
Planes = Callable[[np.ndarray, np.ndarray], None]


def save(frame: np.ndarray, part: Path, *, path: Path, compress_level: int) -> None:
    """Write one picture, uint8 (height, width, 3) or (..., 4), as a PNG; `path` is its name for messages.

    Raises UserError where imageio cannot, OSError where the disk cannot.
    """
    with part.open("wb") as file, _opened(file, "pillow", ".png", path) as picture:
        picture.write(frame, compress_level=compress_level)


class Encoder:
    """Frames to a film by imageio's ffmpeg plugin; use it in a `with` block.

    At the end of the block the film is finished; when the block fails, ffmpeg is stopped at once.

    Args:
        codec, pixels: ffmpeg's names of the codec and of the form of its pixels.
        options: more that ffmpeg is told, such as quality and format.
        out: the file that is written; path: the film's name for messages.
        size: (width, height); fps: frames a second. clear: whether frames are RGBA.
    """

    def __init__(
        self,
        codec: str,
        pixels: str,
        options: Sequence[str],
        out: Path,
        *,
        path: Path,
        size: tuple[int, int],
        fps: int,
        clear: bool = False,
    ):
        ffmpeg.executable()  # told of now, and not once the first picture is drawn
        self._shape, self._path = (size[1], size[0], 4 if clear else 3), path
        self._pixels, self._told = pixels, list[str]()
        self._planes: tuple[Planes, np.ndarray] | None = None
        # The ending is only to tell the plugin that it may: the options name the format.
        plugin = _opened(out, "FFMPEG", ".mkv", path)
        self._writer = plugin.legacy_get_writer(
            fps=fps,
            codec=codec,
            pixelformat=pixels,
            input_params=self._told,  # read with the first frame
            output_params=list(options),
            macro_block_size=1,
            ffmpeg_log_level="error",
        )
        self._process = ffmpeg.Process(path)

    def write(self, frame: np.ndarray) -> None:
        """Append one frame: uint8 (height, width, 3), or 4 where it is clear, read before this returns."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame of this film is uint8 {self._shape}, got {frame.dtype} {frame.shape}")
        if not self._process.started:
            self._start(frame)
            return
        self._feed(frame)

    def _start(self, frame: np.ndarray) -> None:
        # Not sooner: a film's writer is opened before what draws takes loops into use.
        if self._pixels == _PLANES and (planes := scenes.video_planes()):
            high, wide = self._shape[:2]
            self._planes = planes, np.empty((high * 3 // 2, wide), np.uint8)
            # To the plugin they are grey frames of that size; of what is said twice ffmpeg takes the last.
            known = f"-pix_fmt {_PLANES} -s {wide}x{high} -colorspace bt709 -color_range tv"
            self._told += known.split()
        # imageio starts ffmpeg with the first frame, whose size it takes.
        with _watched(self._process):
            self._feed(frame)
        if not self._process.started:
            raise UserError(_broken(self._path, "its ffmpeg plugin started no ffmpeg"))

    def _feed(self, frame: np.ndarray) -> None:
        if self._planes:
            split, room = self._planes
            split(frame, room)
            frame = room
        try:
            self._writer.append_data(frame)
        except OSError as error:
            if not self._process.started:
                raise
            # ffmpeg has gone; its exit status and last words say why.
            self._process.finish()
            raise UserError(f"cannot write {self._path}: ffmpeg ended too early") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                # imageio closes the pipe and waits, but does not look at how ffmpeg ended.
                self._writer.close()
                if not self._process.started:
                    raise ValueError(f"a film has at least one frame, and {self._path} got none")
                self._process.finish()
        finally:
            self._process.stop()
            self._writer.close()


@contextmanager
def _watched(process: ffmpeg.Process) -> Iterator[None]:
    """In the block, what imageio starts is started by a process of ours.

    Its plugin has no door to the process that it makes, nor to how that is started.
    """
    import imageio_ffmpeg  # noqa: PLC0415 -- the plugin's own, as late as it

    theirs = sys.modules[imageio_ffmpeg.write_frames.__module__]
    with _STARTING:
        before = theirs.subprocess
        theirs.subprocess = SimpleNamespace(Popen=process.start, PIPE=subprocess.PIPE)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            theirs.subprocess = before  # type: ignore[attr-defined]


def _opened(out: Path | IO[bytes], plugin: str, ending: str, path: Path) -> Any:
    """What one of imageio's plugins opens for writing. UserError where the plugin is missing or broken."""
    imopen: Any = iio.imopen  # its types know no plugin by a name in a variable
    try:
        # What imageio has half opened when it is interrupted is told on stderr as it goes.
        with undisturbed():
            return imopen(out, "w", plugin=plugin, extension=ending)
    except (ImportError, OSError, ValueError) as error:
        raise UserError(_broken(path, " ".join(str(error).split()))) from error


def _broken(path: Path, why: str) -> str:
    fix = "`pip install --force-reinstall imageio imageio-ffmpeg` mends it"
    return f"cannot write {path}: imageio does not work here: {why.rstrip('.')}: {fix}"
