"""`python -m viz3d.export`: a film, GIF or still of one digit crossing a network."""

from pathlib import Path
from typing import Annotated

import typer

from viz3d.command import options
from viz3d.command.options import PRESET
from viz3d.command.wanted import Wanted
from viz3d.export.writers import kind_of

FOLDER = "renders"


def export(
    preset: options.Preset = None,
    model: options.Model = None,
    mutate: Annotated[
        str | None,
        typer.Option(
            metavar="EDITS",
            help='Change the network first, such as "ablate hidden1:17; prune hidden2 30%".',
            rich_help_panel=options.NETWORK,
        ),
    ] = None,
    beside: Annotated[
        bool,
        typer.Option(
            "--beside",
            help="Show the network without its edits and with them, side by side and in step.",
            rich_help_panel=options.FILM,
        ),
    ] = False,
    digit: options.Digit = None,
    sample: options.Sample = None,
    image: options.Image = None,
    label: options.Label = None,
    data: options.Data = "mnist",
    show_image: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Also save the 28x28 picture that the network sees, enlarged.",
            rich_help_panel=options.DIGIT,
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Ends in .mp4, .webm, .gif or .png (one moment); a name without an ending is a folder "
            "of PNG frames. Without it: renders/NETWORK-DIGIT.mp4.",
            rich_help_panel=options.FILM,
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="1..600", help="Length of the film: 10.5 unless given.", rich_help_panel=options.FILM
        ),
    ] = None,
    size: options.Size = None,
    fps: Annotated[
        int | None,
        typer.Option(
            metavar="1..120",
            help="Frames a second: 30, and 15 for a GIF, unless given.",
            rich_help_panel=options.FILM,
        ),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Make a still of this moment; a .png without it shows the end.",
            rich_help_panel=options.FILM,
        ),
    ] = None,
    theme: options.Theme = "dark",
    synapses: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="About how many of the strongest to draw.", rich_help_panel=options.FILM
        ),
    ] = None,
    supersample: Annotated[
        int | None,
        typer.Option(
            metavar="1..4",
            help="Draw each pixel as so many squared, for smoother edges: 2 for stills and small films, "
            "unless given.",
            rich_help_panel=options.FILM,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Processes that draw; chosen by the machine unless given.",
            rich_help_panel=options.RUNNING,
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Make a film of a handwritten digit crossing a network, from its pixels to the ten bars.

    python -m viz3d.export --digit 7 --out renders/seven.mp4

    python -m viz3d.export --sample mnist:test:1166 --out three.gif

    python -m viz3d.export --image my-four.png --label 4 --at 6 --out four.png

    python -m viz3d.export --digit 4 --mutate "ablate hidden1:17" --beside --out both.mp4
    """
    given = locals()
    # Imported here because they bring the engine and VTK: help answers at once.
    from viz3d.export.config import Config, default_supersample, look_of, parse_size  # noqa: PLC0415

    wanted = Wanted(digit, sample, image, label, data)
    if out is None:
        out = _default_out(preset, model, wanted, still=at is not None)
    kind = kind_of(out)
    look = look_of(given | {"size": parse_size(size, kind)})
    config = Config(
        out=out,
        look=look,
        fps=fps if fps is not None else 15 if kind == ".gif" else 30,
        supersample=supersample if supersample is not None else default_supersample(look.size, kind),
        preset=preset,
        model=model,
        mutate=mutate,
        beside=beside,
        wanted=wanted,
        at=at,
        workers=workers,
        show_image=show_image,
        quiet=quiet,
    )
    from viz3d.export.film import make  # noqa: PLC0415

    make(config)


def _default_out(preset: str | None, model: Path | None, wanted: Wanted, *, still: bool) -> str:
    Path(FOLDER).mkdir(exist_ok=True)
    network = model.stem if model is not None else preset or PRESET
    return f"{FOLDER}/{network}-{wanted.name}{'.png' if still else '.mp4'}"
