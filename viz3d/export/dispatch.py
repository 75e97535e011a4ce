"""What was asked of the exporting command, completed and done."""

import os
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from viz3d.command.choice.edit_files import join_edits, places_told, read_edits
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.command.options import PRESET, Network
from viz3d.command.process.limits import check_drawing
from viz3d.command.process.signals import ending_at_once
from viz3d.command.process.starting import quick_imports
from viz3d.export.config import Config, default_fps, default_supersample, look_of, parse_size
from viz3d.export.kinds import kind_of
from viz3d.export.options import Asked

FOLDER = "renders"


def dispatch(asked: Asked) -> None:
    """Make what was asked for. Raises UserError, DataError, EngineError or SceneError."""
    film = asked.film
    if film.json and not film.beats:
        raise UserError("--json prints --beats: add --beats, or leave --json out")
    edits = read_edits(asked.edits.mutate or [])
    configs = _configs(asked, join_edits(edits) or None)
    if not film.beats:
        check_drawing()
    # Imported here because it brings VTK: wrong options answer at once.
    with ending_at_once(), quick_imports():
        from viz3d.export.film import make, tell_beats  # noqa: PLC0415

    with places_told(edits):
        if film.beats:
            tell_beats(configs[0], as_json=film.json)
        else:
            make(*configs)


def _configs(asked: Asked, mutate: str | None) -> list[Config]:
    """What is asked for, with what was left open, an output each."""
    network, film = asked.network, asked.film
    outs = film.out or [_default_out(network, asked.wanted, still=film.at is not None)]
    if not film.out and not film.beats:
        _make_folder()
    _check_different(outs)
    sizes: list[str | None] = [*film.size] if film.size else [None]
    if len(sizes) not in (1, len(outs)):
        raise UserError(
            f"--size is given {len(sizes)} times and --out {len(outs)}: give one for all, or one for each"
        )
    kinds = [kind_of(out) for out in outs]
    sized = zip(outs, sizes * len(outs) if len(sizes) == 1 else sizes, strict=True)
    return [_config(asked, mutate, out, size, set(kinds)) for out, size in sized]


def _check_different(outs: Sequence[str]) -> None:
    places = [os.path.realpath(out) for out in outs]
    for place, out in zip(places, outs, strict=True):
        if places.count(place) > 1:
            raise UserError(f"--out {out} is given twice: give each output a name of its own")


def _config(asked: Asked, mutate: str | None, out: str, size: str | None, kinds: AbstractSet[str]) -> Config:
    """One output. mutate: edits of the network. kinds: of all outputs: some options are for some alone."""
    network, film, kind = asked.network, asked.film, kind_of(out)
    still = kind == ".png"
    look = look_of(vars(film) | {"size": parse_size(size, kind)})
    supersample = default_supersample(look.size, kind)
    # Where no output is of the kind that an option is for, the config says so.
    at = film.at if still or ".png" not in kinds else None
    filmed = not still or kinds == {".png"}
    return Config(
        out=out,
        look=look,
        fps=default_fps(kind) if film.fps is None else film.fps,
        supersample=supersample if film.supersample is None else film.supersample,
        preset=network.preset,
        model=network.model,
        mutate=mutate,
        beside=asked.edits.beside,
        versus=asked.edits.versus,
        wanted=asked.wanted,
        at=at,
        hold=film.hold or 0.0 if filmed else 0.0,
        loop=not (film.no_loop and filmed),
        subtitles=film.subtitles and filmed,
        workers=asked.running.workers,
        show_image=film.show_image,
        select=(film.select or "").strip(),
        of=film.of,
        against=film.against,
        quiet=asked.running.quiet,
    )


def _make_folder() -> None:
    """The folder for films without a name of their own."""
    try:
        Path(FOLDER).mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"cannot make the folder {FOLDER} here: {reason}: name a film with --out") from error


def _default_out(network: Network, wanted: Wanted, *, still: bool) -> str:
    name = network.model.stem if network.model is not None else network.preset or PRESET
    return f"{FOLDER}/{name}-{wanted.name}{'.png' if still else '.mp4'}"
