"""What one export is asked to do, checked and completed, as one frozen value."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from scenes import Look, Pauses, SceneError, pairs_of
from viz3d.command.checks import among, check_whole, within
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.command.options import PRESET
from viz3d.command.output import check_apart
from viz3d.export.kinds import CLEAR_KINDS, kind_of

SIZES = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
    "portrait": (1080, 1920),
    "square": (1080, 1080),
    "gif": (640, 360),
}
SIGNS = {"both": 0, "positive": 1, "negative": -1}
SMALL = 640 * 480  # pixels of a small picture
FASTEST = {".gif": 50}  # frames a second; a GIF counts in hundredths and players slow down shorter ones


@dataclass(frozen=True, kw_only=True)
class Output:
    """A file to make of a clip.

    Attributes:
        out: the file or folder to write; `kind` follows from its ending.
        look: what the picture is to be like; its pauses are moments once the network is known.
        fps: frames a second.
        supersample: each pixel is drawn as this many squared.
        at: the moment in seconds that a still shows.
        hold: seconds that a film stays on its last picture beyond its length.
        loop: whether a film begins with its last picture, which dissolves.
        subtitles: whether to write what happens beside the film.
        workers: processes that draw; None chooses by the machine.
        quiet: whether nothing is told of it.
    """

    out: str
    look: Look
    fps: int
    supersample: int
    at: float | None = None
    hold: float = 0.0
    loop: bool = True
    subtitles: bool = False
    workers: int | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        for name in ("fps", "supersample", "workers"):
            check_whole(f"--{name}", getattr(self, name))
        within("--fps", self.fps, 1, FASTEST.get(self.kind, 120), "frames a second for this ending")
        latest = math.inf if self.stops_by_name else self.seconds
        within("--at", self.at, 0, latest, "seconds; --seconds makes the film longer")
        within("--hold", self.hold, 0, 60, "seconds")
        within("--supersample", self.supersample, 1, 4)
        within("--workers", self.workers, 1, 64)
        if self.at is not None and self.kind != ".png":
            raise UserError(f"--at makes a still, and {self.out} is none: give an --out that ends in .png")
        for option, given in (
            ("--hold", self.hold),
            ("--subtitles", self.subtitles),
            ("--no-loop", not self.loop),
        ):
            if not (given and self.kind == ".png"):
                continue
            raise UserError(f"{option} is for films, and {self.out} is a still: name a film.mp4")

        if self.look.transparent and self.kind not in CLEAR_KINDS:
            fix = "name a film.mov or film.webm, a still.png, or a folder of frames"
            raise UserError(f"--transparent: {self.out} cannot be seen through: {fix}")

    @property
    def seconds(self) -> float:
        """Length of the film, with its pauses."""
        return self.pauses.seconds

    @cached_property
    def pauses(self) -> Pauses:
        """Where it stops; those for each layer are none before the network is known."""
        moments = ((at, added) for at, added in pairs_of(self.look.pause) if isinstance(at, float))
        return Pauses(self.look.seconds, tuple(moments))

    @property
    def stops_by_name(self) -> bool:
        """Whether it has pauses at layers that are yet to be found in a network."""
        return any(isinstance(at, str) for at, _ in pairs_of(self.look.pause))

    @property
    def kind(self) -> str:
        """The kind of output, one of viz3d.export.kinds.KINDS."""
        return kind_of(self.out)

    @property
    def subtitles_out(self) -> Path:
        """Where the subtitles go: beside the film, under its name."""
        return Path(self.out).with_suffix(".srt")

    @property
    def held(self) -> int:
        """How often the last picture is shown once more."""
        return round(self.hold * self.fps)

    @property
    def times(self) -> list[float]:
        """The moments to draw, in seconds: one for a still, else evenly from the start."""
        if self.kind == ".png":
            return [self.seconds if self.at is None else self.at]
        return [number / self.fps for number in range(max(1, round(self.seconds * self.fps)))]


@dataclass(frozen=True, kw_only=True)
class Config(Output):
    """One export of the command line; label and source of its look are those of the digit.

    Attributes:
        wanted: which digit.
        preset, model: the network's name, and the file of a network of one's own.
        mutate: edits to make first, as text; beside: whether to show the network without and with them.
        versus: another network that is shown beside it, by its name or file; None for none.
        show_image: where what the network sees goes, enlarged.
        select: the neuron, synapse or layer that is lit, "" for none.
        of, against: the classes that the look asks for, by name or number; None leaves it as it is.
    """

    wanted: Wanted
    preset: str | None = None
    model: Path | None = None
    mutate: str | None = None
    beside: bool = False
    versus: str | None = None
    show_image: Path | None = None
    select: str = ""
    of: str | None = None
    against: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.beside and self.versus is not None:
            raise UserError("--beside shows a change, --versus another network: leave one out")
        two = "--beside" if self.beside else "--versus" if self.versus is not None else ""
        if two and self.select:
            raise UserError(f"--select lights a part of one network, {two} shows two: leave one out")
        if two and self.look.title:
            raise UserError(f"--title heads one network, {two} shows two, each with its own: leave one out")
        if self.versus == (self.preset or PRESET) and self.model is None:
            fix = "give another network, or take --beside to show it before and after its edits"
            raise UserError(f"--versus {self.versus} is the first network itself: {fix}")
        if self.look.show in ("contribution", "weight") and (self.of, self.against) != (None, None):
            raise UserError("--for and --against are for evidence and gradient: show one of them")
        texts = self.subtitles_out if self.subtitles else None
        check_apart(image=self.wanted.image, show_image=self.show_image, out=self.out, subtitles=texts)


def look_of(options: Mapping[str, Any]) -> Look:
    """The look that options ask for: those that are named as its fields are, and were given.

    Classes are not among them: which there are is known when there is a network, see Config.

    Raises UserError where a value cannot be drawn.
    """
    names = {field.name for field in fields(Look)} - {"of", "against"}
    given = {name: value for name, value in options.items() if name in names and value is not None}
    if signs := options.get("signs"):
        among("--signs", signs, SIGNS)
        given["sign"] = SIGNS[signs]
    if stops := options.get("pause"):
        given["pause"] = tuple(map(pause_of, stops))
    if options.get("no_text"):
        for name in ("title", "caption"):
            if name in given:
                raise UserError(f"--{name} is text, and --no-text draws none: leave one of them out")
        given["text"] = False
    try:
        return Look(**given)
    except SceneError as error:
        raise UserError(f"--{error}") from None


def pause_of(text: str) -> tuple[str, float]:
    """Where a film stops, and the seconds, from "hidden1=3"; of a number alone the place is "".

    UserError where it is neither.
    """
    where, sign, seconds = text.rpartition("=")
    try:
        if sign and not where.strip():  # such as of a variable of a shell that is not set
            raise ValueError
        return where, float(seconds)
    except ValueError:
        fix = "give a layer with seconds, such as hidden1=3, or a number for all layers"
        raise UserError(f"--pause {text}: {fix}") from None


def parse_size(text: str | None, kind: str) -> tuple[int, int]:
    """(width, height) from "1280x720" or one of the names in SIZES; by `kind` where none is given."""
    if text is None:
        return SIZES["gif" if kind == ".gif" else "1080p"]
    if text.lower() in SIZES:
        return SIZES[text.lower()]
    match = re.fullmatch(r"(\d{1,6})[x×X](\d{1,6})", text.strip())
    if not match:
        raise UserError(f"--size {text}: give WIDTHxHEIGHT, such as 1280x720, or one of {', '.join(SIZES)}")
    size = int(match[1]), int(match[2])
    if min(size) < 90 or max(size) < 160:
        raise UserError(f"--size {text}: too small to be read, give 160x90 at least, or 90x160")
    return size


def default_fps(kind: str) -> int:
    """30 frames a second, and 15 for a GIF, which grows with each."""
    return 15 if kind == ".gif" else 30


def default_supersample(size: tuple[int, int], kind: str) -> int:
    """2 for a still, and for a picture so small that its thin lines would break up; else 1."""
    return 2 if kind == ".png" or size[0] * size[1] <= SMALL else 1
