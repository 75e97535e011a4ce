"""What is disturbed while it writes: a command for each kind of output, and how that is known to be whole."""

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

import engine

FOREIGN = Path(__file__).parents[1] / "foreign"
FRAMES = 16
_FILM = ("viz3d.export", "--preset", "mlp-sigmoid", "--sample", "digits:7", "--size", "160x90", "--quiet")
_MOVING = (*_FILM, "--seconds", "2", "--fps", str(FRAMES // 2), "--workers", "2")
_DIGITS = ("--data", "digits", "--preset", "mlp-sigmoid")


@dataclass(frozen=True)
class Job:
    """A command that writes.

    words: of `python -m`. whole: what each of its outputs is checked by, which raises where it is not whole.
    only: outputs that a whole run does not leave. fresh: whether nothing may stand at its outputs before.
    """

    words: tuple[str, ...]
    whole: Mapping[str, Callable[[Path], object]]
    only: tuple[str, ...] = ()
    fresh: bool = False
    makes_processes: bool = False

    def prepare(self, folder: Path) -> None:
        """Put what was there before where the outputs will be."""
        for name in self.whole:
            if not self.fresh:
                (folder / name).write_bytes(before(name))

    def found(self, folder: Path) -> dict[str, str]:
        """What each output is now: "before", "new" or what is wrong with it."""
        return {name: self._state(name, folder / name) for name in self.whole}

    def _state(self, name: str, path: Path) -> str:
        if self.fresh and not path.exists():
            return "before"
        if not path.exists():
            return "gone"
        if path.is_file() and path.read_bytes() == before(name):
            return "before"
        try:
            self.whole[name](path)
        except Exception as error:
            return f"not whole ({type(error).__name__}: {error!s:.120})"
        return "new"


def before(name: str) -> bytes:
    """What stood at an output."""
    return f"{name} of yesterday".encode()


def whole_video(path: Path) -> None:
    """ValueError where a film does not decode to its last picture."""
    read = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(read, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise ValueError(done.stderr)
    _count(imageio_ffmpeg.count_frames_and_secs(str(path))[0])


def whole_gif(path: Path) -> None:
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
        # Pictures that are alike are one.
        _count(FRAMES if 1 < image.n_frames <= FRAMES else image.n_frames)


def whole_frames(path: Path) -> None:
    files = sorted(path.iterdir())
    _count(len(files))
    for file in files:
        whole_picture(file)


def whole_picture(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def _count(frames: int) -> None:
    if frames != FRAMES:
        raise ValueError(f"{frames} frames of {FRAMES}")


def whole_json(path: Path) -> None:
    json.loads(path.read_text())


JOBS: dict[str, Job] = {
    "mp4": Job((*_MOVING, "--out", "film.mp4"), {"film.mp4": whole_video}, makes_processes=True),
    "gif": Job((*_MOVING, "--out", "film.gif"), {"film.gif": whole_gif}, makes_processes=True),
    "folder": Job((*_MOVING, "--out", "frames/"), {"frames": whole_frames}, fresh=True, makes_processes=True),
    "still": Job((*_FILM, "--at", "1", "--out", "still.png"), {"still.png": whole_picture}),
    "train": Job(
        ("viz3d.train", *_DIGITS, "--epochs", "3", "--images", "300", "--tests", "100", "--out", "net.npz"),
        {
            "net.npz": engine.load,
            "net-report.png": whole_picture,
            "net-report.json": whole_json,
            "net.checkpoint.npz": engine.load_checkpoint,
        },
        only=("net.checkpoint.npz",),
    ),
    "save": Job(
        (
            *("viz3d.inspect", "--preset", "mlp-sigmoid", "--sample", "digits:7", "--quiet"),
            *("--mutate", "ablate hidden1:3", "--save", "changed.npz"),
        ),
        {"changed.npz": engine.load},
    ),
    "import": Job(
        ("viz3d", "import", str(FOREIGN / "state.pt"), "--out", "net.npz"), {"net.npz": engine.load}
    ),
    "import HDF5": Job(
        ("viz3d", "import", str(FOREIGN / "sequential.h5"), "--out", "net.npz"),
        {"net.npz": engine.load},
        makes_processes=True,
    ),
}
