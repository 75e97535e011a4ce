"""What was asked of the exporting command, completed and done."""

from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.options import PRESET, Network
from viz3d.command.signals import ending_at_once
from viz3d.command.wanted import Wanted
from viz3d.export.config import Config, default_fps, default_supersample, look_of, parse_size
from viz3d.export.options import Asked
from viz3d.export.writers import kind_of

FOLDER = "renders"


def dispatch(asked: Asked) -> None:
    """Make what was asked for. Raises UserError, DataError, EngineError or SceneError."""
    film = asked.film
    for name, text in (("title", film.title), ("caption", film.caption)):
        if text is not None and not text.strip():
            raise UserError(f"--{name} is empty: give some words, or leave the option out")
    if film.json and not film.beats:
        raise UserError("--json prints --beats: add --beats, or leave --json out")
    config = _config(asked)
    # Imported here because it brings VTK: wrong options answer at once.
    with ending_at_once():
        from viz3d.export.film import make, tell_beats  # noqa: PLC0415

    if film.beats:
        tell_beats(config, as_json=film.json)
    else:
        make(config)


def _config(asked: Asked) -> Config:
    """What is asked for, with what was left open."""
    network, film = asked.network, asked.film
    if film.out is not None and not film.out.strip():
        raise UserError("--out is empty: give a file's name, such as seven.mp4, or leave the option out")
    out = _default_out(network, asked.wanted, still=film.at is not None) if film.out is None else film.out
    kind = kind_of(out)
    look = look_of(vars(film) | {"size": parse_size(film.size, kind)})
    supersample = default_supersample(look.size, kind)
    return Config(
        out=out,
        look=look,
        fps=default_fps(kind) if film.fps is None else film.fps,
        supersample=supersample if film.supersample is None else film.supersample,
        preset=network.preset,
        model=network.model,
        mutate=asked.edits.mutate,
        beside=asked.edits.beside,
        wanted=asked.wanted,
        at=film.at,
        hold=film.hold or 0.0,
        subtitles=film.subtitles,
        workers=asked.running.workers,
        show_image=film.show_image,
        quiet=asked.running.quiet,
    )


def _default_out(network: Network, wanted: Wanted, *, still: bool) -> str:
    Path(FOLDER).mkdir(exist_ok=True)
    name = network.model.stem if network.model is not None else network.preset or PRESET
    return f"{FOLDER}/{name}-{wanted.name}{'.png' if still else '.mp4'}"
