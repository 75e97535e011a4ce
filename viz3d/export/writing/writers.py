"""Frames become a file: one writer for each kind of output, chosen by the ending of its name.

imageio writes them: what shows a picture as it is in `encoder`; what it cannot is in `ffmpeg`.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import imageio.v3 as iio
import numpy as np

from scenes import Pauses
from viz3d.command.output import atomic_write, scratch_beside
from viz3d.export.kinds import FOLDER, even_size, kind_of
from viz3d.export.writing import ffmpeg
from viz3d.export.writing.encoder import Encoder, save
from viz3d.export.writing.evening import evened

Write = Callable[[np.ndarray], None]
Colours = np.ndarray
NO_PAUSES = Pauses(0.0)
NO_COLOURS = np.empty((0, 3), np.uint8)

# BT.709 is what players assume of HD video; ffmpeg would convert by the rules of old television.
_TO_VIDEO = (
    "scale=out_color_matrix=bt709:out_range=tv,format={},"
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
)
_VIDEO = {
    ".mp4": ("libx264", "yuv420p", "-preset veryfast -crf 18 -movflags +faststart -f mp4"),
    ".webm": ("libvpx-vp9", "yuv420p", "-crf 30 -b:v 0 -deadline good -cpu-used 5 -row-mt 1 -f webm"),
    # What editors of films cut: ProRes 422 HQ, each picture whole.
    ".mov": ("prores_ks", "yuv422p10le", "-profile:v 3 -vendor apl0 -f mov"),
}
_CLEAR = {
    ".webm": ("libvpx-vp9", "yuva420p", f"-auto-alt-ref 0 {_VIDEO['.webm'][2]}"),
    # Left alone, ffmpeg lets a picture with an alpha have twenty times its profile's bits: 2 GB for a film.
    ".mov": (
        "prores_ks",
        "yuva444p10le",
        "-profile:v 4444 -alpha_bits 8 -bits_per_mb 3000 -vendor apl0 -f mov",
    ),
}
_WHOLE, _MOVES = 6, 0.55  # seconds between whole pictures; share of a film until which they come
_NEVER = "1000000"  # pictures
_LOSSLESS = "-preset ultrafast -qp 0 -f matroska"
_STILL, _FRAME = 4, 3  # how hard a PNG is compressed; 6 takes twice as long, and saves a thirtieth
_COLOURS = 255  # of a GIF's palette; the last one is for what did not change
_GIF = "-lavfi paletteuse=dither=none:diff_mode=rectangle -loop 0 -f gif"


def open_writer(
    out: str,
    size: tuple[int, int],
    fps: int,
    notify: Callable[[str], None] = lambda _: None,
    keep: Colours = NO_COLOURS,
    pauses: Pauses = NO_PAUSES,
    *,
    clear: bool = False,
) -> AbstractContextManager[Write]:
    """A context manager that gives `write(frame)`, by the ending of `out`.

    Frames are uint8 (height, width, 3) for a `size` of (width, height). The output appears when the
    block ends well; else it stays as it was. `notify` hears of a long step after the last frame.
    `keep`, uint8 (n, 3), are colours that a GIF has among its 255 however rare they are. `pauses`: of
    the film before it is held: while it moves, players find whole pictures to begin at. `clear`: frames
    are straight RGBA, uint8 (height, width, 4), for an output that can be seen through, one of CLEAR_KINDS.
    Raises UserError where `out` cannot be written, on entry already where that can be known.
    """
    path, kind = Path(out), kind_of(out)
    if kind == FOLDER:
        return _folder(path)
    if kind == ".png":
        return _still(path)
    if kind == ".gif":
        return _gif(path, size, fps, notify, keep)
    return _video(path, size, fps, *(_CLEAR if clear else _VIDEO)[kind], pauses)


@contextmanager
def _video(
    path: Path, size: tuple[int, int], fps: int, codec: str, pixels: str, options: str, pauses: Pauses
) -> Iterator[Write]:
    even = even_size(size)
    odd = (even[0] - size[0], even[1] - size[1])
    clear = pixels.startswith("yuva")

    def write(frame: np.ndarray) -> None:
        whole = np.pad(frame, ((0, odd[1]), (0, odd[0]), (0, 0)), mode="edge") if any(odd) else frame
        encoder.write(evened(whole) if clear else whole)

    told = ["-vf", _TO_VIDEO.format(pixels), *_whole_pictures(pauses), *options.split()]
    with (
        atomic_write(path) as part,
        Encoder(codec, pixels, told, part, path=path, size=even, fps=fps, clear=clear) as encoder,
    ):
        yield write


def _whole_pictures(pauses: Pauses) -> list[str]:
    """What ffmpeg is told of whole pictures, at which players begin where they seek.

    None comes once the camera rests, nor while the film stops, but when it has set off again: with each the
    grain of the ground jumps, and there it would be seen.
    """
    times: list[float] = [0, *range(_WHOLE, math.ceil(pauses.shown_at(_MOVES * pauses.film)), _WHOLE)]
    for stop in pauses.stops:
        rests = stop.first - stop.ease, stop.last + stop.ease
        times = [rests[1] if rests[0] < at < rests[1] else at for at in times]
    times = sorted({round(at, 3) for at in times})
    return ["-g", _NEVER, "-force_key_frames", ",".join(map(str, times))]


@contextmanager
def _gif(
    path: Path, size: tuple[int, int], fps: int, notify: Callable[[str], None], keep: Colours
) -> Iterator[Write]:
    still = _Stillness()
    with atomic_write(path) as part, scratch_beside(part) as scratch:
        film, palette = scratch / "film.mkv", scratch / "palette.png"
        # Two runs over a lossless film, and not one filter graph: that would hold every frame in memory.
        told = _recorded_with_colours(film, _COLOURS + 1 - len(keep))
        with Encoder("libx264rgb", "rgb24", told, palette, path=path, size=size, fps=fps) as encoder:
            yield lambda frame: encoder.write(still(frame))
        _keep(keep, palette, path)
        notify("writing the GIF")
        ffmpeg.run(["-i", str(film), "-i", str(palette), *_GIF.split(), str(part)], path)


def _recorded_with_colours(film: Path, colours: int) -> list[str]:
    """What ffmpeg is told to record a film and meanwhile to choose a palette for it, its last output."""
    graph = f"[0:v]split[film][seen];[seen]palettegen=max_colors={colours}[palette]"
    last = ["-map", "[palette]", "-c:v", "png", "-f", "image2", "-update", "1"]
    return ["-filter_complex", graph, "-map", "[film]", *_LOSSLESS.split(), str(film), *last]


def _keep(colours: Colours, palette: Path, path: Path) -> None:
    """Put colours into the places that ffmpeg has left free in a palette, before the transparent last one."""
    table = np.array(iio.imread(palette, plugin="pillow", mode="RGBA"))
    flat = table.reshape(-1, 4)
    flat[_COLOURS - len(colours) : _COLOURS] = np.pad(colours, ((0, 0), (0, 1)), constant_values=255)
    save(table, palette, path=path, compress_level=_FRAME)


class _Stillness:
    """Keep a pixel as it is until it has truly changed.

    A GIF stores what changed since the frame before; a change too small to see costs as much as a large
    one. With 2 of 255 levels nothing is seen of it; with 6, pale ghosts stayed behind on a light ground.
    """

    _LEVELS = 2

    def __init__(self) -> None:
        self._shown = np.empty((0, 0, 3), np.uint8)

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        if self._shown.shape != frame.shape:
            self._shown = frame.copy()
        # The larger minus the smaller: uint8 has no negative numbers.
        change = np.maximum(frame, self._shown) - np.minimum(frame, self._shown)
        changed = change.max(axis=2) > self._LEVELS
        self._shown[changed] = frame[changed]
        return self._shown


@contextmanager
def _still(path: Path) -> Iterator[Write]:
    with atomic_write(path) as part:
        yield lambda frame: save(frame, part, path=path, compress_level=_STILL)


@contextmanager
def _folder(path: Path) -> Iterator[Write]:
    with atomic_write(path, folder=True) as part:
        numbers = itertools.count(1)

        def write(frame: np.ndarray) -> None:
            save(frame, part / f"frame_{next(numbers):04d}.png", path=path, compress_level=_FRAME)

        yield write
