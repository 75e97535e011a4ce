"""`python -m viz3d.export`: a film, GIF or still of one digit crossing a network."""

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.option import option, switch
from viz3d.command.options import DIGIT, FILM, NETWORK, PRESET, QUIET, RUNNING, Network
from viz3d.command.signature import command
from viz3d.command.wanted import Wanted
from viz3d.export.config import SECONDS, Config, default_supersample, parse_size
from viz3d.export.writers import kind_of

FOLDER = "renders"


@dataclass(frozen=True)
class Edits:
    """What is changed in the network, and whether the film shows both."""

    # fmt: off
    mutate: str | None = option(
        "EDITS", 'Change the network first, such as "ablate hidden1:17; prune hidden2 30%".', NETWORK)
    beside: bool = switch("Show the network without its edits and with them, side by side and in step.", FILM)
    # fmt: on


@dataclass(frozen=True)
class Film:
    """What is drawn, and where it goes."""

    # fmt: off
    show_image: Path | None = option(
        "FILE.png", "Also save the 28x28 picture that the network sees, enlarged.", DIGIT)
    out: str | None = option("FILE", "Ends in .mp4, .webm, .gif or .png (one moment); a name without an "
        "ending is a folder of PNG frames. Without it: renders/NETWORK-DIGIT.mp4.", FILM, short="-o")
    seconds: float = option("1..600", "Length of the film.", FILM, default=SECONDS)
    size: str | None = option(
        "WxH", "Pixels, or a name: 720p, 1080p, 1440p, 4k, portrait, square, gif.", FILM)
    fps: int | None = option("1..120", "Frames a second: 30, and 15 for a GIF, unless given.", FILM)
    at: float | None = option(
        "SECONDS", "Make a still of this moment; a .png without it shows the end.", FILM)
    theme: str = option("dark|light", "Light is for slides and paper.", FILM, default="dark")
    synapses: int | None = option("N", "About how many of the strongest to draw.", FILM)
    supersample: int | None = option("1..4", "Draw each pixel as so many squared, for smoother edges: 2 for "
        "stills and small films, unless given.", FILM)
    # fmt: on


@dataclass(frozen=True)
class Running:
    """How the work is done."""

    workers: int | None = option("N", "Processes that draw; chosen by the machine unless given.", RUNNING)
    quiet: bool = switch(QUIET, RUNNING, short="-q")


@command
def export(network: Network, edits: Edits, wanted: Wanted, film: Film, running: Running) -> None:
    """Make a film of a handwritten digit crossing a network, from its pixels to the ten bars.

    python -m viz3d.export --digit 7 --out renders/seven.mp4

    python -m viz3d.export --sample mnist:test:1166 --out three.gif

    python -m viz3d.export --image my-four.png --label 4 --at 6 --out four.png

    python -m viz3d.export --digit 4 --mutate "ablate hidden1:17" --beside --out both.mp4
    """
    config = _config(network, edits, wanted, film, running)
    # Imported here because it brings VTK: help and wrong options answer at once.
    from viz3d.export.film import make  # noqa: PLC0415

    make(config)


def _config(network: Network, edits: Edits, wanted: Wanted, film: Film, running: Running) -> Config:
    """What is asked for, with what was left open."""
    out = _default_out(network, wanted, still=film.at is not None) if film.out is None else film.out
    kind = kind_of(out)
    size = parse_size(film.size, kind)
    fps = 15 if kind == ".gif" else 30
    supersample = default_supersample(size, kind)
    return Config(
        out=out,
        size=size,
        fps=fps if film.fps is None else film.fps,
        supersample=supersample if film.supersample is None else film.supersample,
        preset=network.preset,
        model=network.model,
        mutate=edits.mutate,
        beside=edits.beside,
        wanted=wanted,
        seconds=film.seconds,
        at=film.at,
        theme=film.theme,
        synapses=film.synapses,
        workers=running.workers,
        show_image=film.show_image,
        quiet=running.quiet,
    )


def _default_out(network: Network, wanted: Wanted, *, still: bool) -> str:
    Path(FOLDER).mkdir(exist_ok=True)
    name = network.model.stem if network.model is not None else network.preset or PRESET
    return f"{FOLDER}/{name}-{wanted.name}{'.png' if still else '.mp4'}"
