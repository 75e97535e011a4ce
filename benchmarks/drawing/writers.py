"""What imageio costs and keeps: the same pictures written directly, as before, and by imageio, in one run.

    python benchmarks/drawing/writers.py [--frames 60] [--rounds 3] [--size 1280x720] [--only frames]

directly: frames piped into an ffmpeg of our own, a GIF by three runs of it, pictures by Pillow.
imageio: as viz3d exports, see viz3d/export/writing/writers.py. Where loops make what
    video is encoded from, the pictures of the two differ a little.

Told for each kind: seconds by the clock and of processors (ffmpeg's too), bytes, how near what a player shows
is to what was drawn (peak signal to noise, dB), and whether both ways show the same.
"""

import argparse
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image

import data
import engine
from scenes import compose, key_colours, prepare_films, stage_of, theme
from viz3d.command import display
from viz3d.export.writing import writers
from viz3d.export.writing.writers import _GIF, _TO_VIDEO, _VIDEO, open_writer

FPS = 30
NAMES = ("film.mp4", "film.webm", "film.gif", "frames", "still.png")
KEEP = key_colours(theme("dark"))
LOSSLESS = "-c:v libx264rgb -preset ultrafast -qp 0 -f matroska"


def drawn(size: tuple[int, int], count: int) -> list[np.ndarray]:
    """Pictures of a film of mlp, one after the other, from its middle."""
    display.prepare()
    prepare_films(software=True)
    scene = compose(engine.load(data.model_path("mlp")).trace(data.load("digits").images[3]), size=size)
    with stage_of(scene) as stage:
        return [stage.draw_at(4 + number / FPS) for number in range(count)]


def ffmpeg(*words: str, frames: list[np.ndarray] | None = None) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0) as process:
        for frame in frames or []:
            left = frame.data.cast("B")
            while left:
                left = left[process.stdin.write(left) or 0 :]
        process.stdin.close()


def directly(frames: list[np.ndarray], out: Path) -> None:
    """Write as before imageio did."""
    height, width, _ = frames[0].shape
    raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}"]
    raw += ["-framerate", str(FPS), "-i", "pipe:0"]
    if out.suffix in _VIDEO:
        codec, pixels, options = _VIDEO[out.suffix]
        told = ["-vf", _TO_VIDEO.format(pixels), "-c:v", codec, *options.split()]
        ffmpeg(*raw, *told, str(out), frames=frames)
    elif out.suffix == ".gif":
        with tempfile.TemporaryDirectory() as scratch:
            film, palette, still = f"{scratch}/film.mkv", Path(scratch, "palette.png"), writers._Stillness()
            ffmpeg(*raw, *LOSSLESS.split(), film, frames=[still(frame).copy() for frame in frames])
            ffmpeg("-i", film, "-vf", f"palettegen=max_colors={256 - len(KEEP)}", str(palette))
            writers._keep(KEEP, palette, palette)
            ffmpeg("-i", film, "-i", str(palette), *_GIF.split(), str(out))
    elif out.suffix == ".png":
        Image.fromarray(frames[-1]).save(out)
    else:
        out.mkdir()
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(out / f"{number:04d}.png", compress_level=3)


def by_imageio(frames: list[np.ndarray], out: Path) -> None:
    height, width, _ = frames[0].shape
    with open_writer(str(out), (width, height), FPS, keep=KEEP) as write:
        for frame in frames[-1:] if out.suffix == ".png" else frames:
            write(frame)


def shown(out: Path) -> np.ndarray:
    """What a player shows: uint8 (n, height, width, 3)."""
    if out.is_dir():
        return np.stack([np.asarray(Image.open(path)) for path in sorted(out.iterdir())])
    if out.suffix == ".png":
        return np.asarray(Image.open(out))[None]
    # Each picture once: a GIF's delays are hundredths of a second, and some would be doubled to fit a rate.
    reader = imageio_ffmpeg.read_frames(str(out), output_params=["-fps_mode", "passthrough"])
    width, height = next(reader)["size"]
    return np.stack([np.frombuffer(raw, np.uint8).reshape(height, width, 3) for raw in reader])


def processors() -> float:
    """Seconds of processors that this process and those that it waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed(write: Callable[[list[np.ndarray], Path], None], frames: list[np.ndarray], out: Path) -> np.ndarray:
    """Seconds by the clock and of processors."""
    start, used = time.perf_counter(), processors()
    write(frames, out)
    return np.array([time.perf_counter() - start, processors() - used])


def nearness(seen: np.ndarray, frames: list[np.ndarray]) -> float:
    """Peak signal to noise ratio in dB, over all frames."""
    squares = [np.square(a.astype(np.float32) - b).mean() for a, b in zip(seen, frames, strict=True)]
    return float(10 * np.log10(255**2 / max(np.mean(squares), 1e-12)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    frames = drawn((width, height), options.frames)
    print(f"{options.size}, {options.frames} pictures of mlp, {options.rounds} rounds, medians")
    print(f"{'':10}{'':10}{'s clock':>9}{'s cpu':>8}{'kB':>9}{'dB':>7}")
    ways = {"directly": directly, "imageio": by_imageio}
    with tempfile.TemporaryDirectory() as folder:
        by_imageio(frames[:2], Path(folder, "warm.mp4"))
        for name in options.only:
            spent: dict[str, list[np.ndarray]] = {way: [] for way in ways}
            for number in range(options.rounds):
                for way, write in ways.items():
                    spent[way].append(timed(write, frames, Path(folder, f"{way}{number}-{name}")))
            seen = {way: shown(Path(folder, f"{way}0-{name}")) for way in ways}
            for way in ways:
                out = Path(folder, f"{way}0-{name}")
                size = sum(each.stat().st_size for each in (out.iterdir() if out.is_dir() else [out]))
                clock, used = np.median(spent[way], axis=0)
                near = nearness(seen[way], frames[-1:] if name == "still.png" else frames)
                print(f"{name:10}{way:10}{clock:9.2f}{used:8.2f}{size / 1e3:9.0f}{min(near, 99):7.2f}")
            ratio = statistics.median(
                b[1] / a[1] for a, b in zip(spent["directly"], spent["imageio"], strict=True)
            )
            same = np.array_equal(seen["directly"], seen["imageio"])
            print(f"{'':10}imageio / directly: {ratio:.2f} cpu; {'the same pictures' if same else 'others'}")


if __name__ == "__main__":
    main()
