"""What one export is asked to do: the command line, checked and completed, as one frozen value."""

import re
from dataclasses import dataclass
from pathlib import Path

from viz3d.command.checks import among, within
from viz3d.command.errors import UserError
from viz3d.command.wanted import Wanted
from viz3d.export.writers import kind_of

SIZES = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
    "portrait": (1080, 1920),
    "square": (1080, 1080),
    "gif": (640, 360),
}
SMALLEST, LARGEST = 64, 7680  # pixels of a side
SMALL = 640 * 480  # pixels of a small picture
FASTEST = {".gif": 50}  # frames a second; a GIF counts in hundredths and players slow down shorter ones
SECONDS = 10.5


@dataclass(frozen=True)
class Config:
    """One export.

    Attributes:
        out: the file or folder to write; `kind` follows from its ending.
        preset, model: the network's name, and the file of a network of one's own.
        mutate: edits to make first, as text; beside: whether to show the network without and with them.
        wanted: which digit.
        size: width and height in pixels.
        seconds, fps: length of the film and frames a second.
        at: the moment in seconds that a still shows.
        theme: "dark" or "light".
        synapses: about how many to draw; None leaves it to the scene.
        workers: processes that draw; None chooses by the machine.
        supersample: each pixel is drawn as this many squared.
    """

    out: str
    size: tuple[int, int]
    fps: int
    supersample: int
    wanted: Wanted
    preset: str | None = None
    model: Path | None = None
    mutate: str | None = None
    beside: bool = False
    seconds: float = SECONDS
    at: float | None = None
    theme: str = "dark"
    synapses: int | None = None
    workers: int | None = None
    show_image: Path | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        for side in self.size:
            within("--size", side, SMALLEST, LARGEST, "pixels a side")
        within("--fps", self.fps, 1, FASTEST.get(self.kind, 120), "frames a second for this ending")
        within("--seconds", self.seconds, 1, 600)
        within("--at", self.at, 0, self.seconds, "seconds; --seconds makes the film longer")
        within("--supersample", self.supersample, 1, 4)
        within("--workers", self.workers, 1, 64)
        within("--synapses", self.synapses, 0, 1_000_000)
        among("--theme", self.theme, ("dark", "light"))
        if self.at is not None and self.kind != ".png":
            raise UserError(f"--at makes a still, and {self.out} is none: give an --out that ends in .png")

    @property
    def kind(self) -> str:
        """The kind of output, one of viz3d.export.writers.KINDS."""
        return kind_of(self.out)

    @property
    def times(self) -> list[float]:
        """The moments to draw, in seconds: one for a still, else evenly from the start."""
        if self.kind == ".png":
            return [self.seconds if self.at is None else self.at]
        return [number / self.fps for number in range(max(1, round(self.seconds * self.fps)))]


def parse_size(text: str | None, kind: str) -> tuple[int, int]:
    """Return (width, height) from "1280x720" or one of the names in SIZES; by `kind` where none is given."""
    if text is None:
        return SIZES["gif" if kind == ".gif" else "1080p"]
    if text.lower() in SIZES:
        return SIZES[text.lower()]
    match = re.fullmatch(r"(\d{1,6})[x×X](\d{1,6})", text.strip())
    if not match:
        raise UserError(f"--size {text}: give WIDTHxHEIGHT, such as 1280x720, or one of {', '.join(SIZES)}")
    return int(match[1]), int(match[2])


def default_supersample(size: tuple[int, int], kind: str) -> int:
    """Return 2 for a still, and for a picture so small that its thin lines would break up; else 1."""
    return 2 if kind == ".png" or size[0] * size[1] <= SMALL else 1
