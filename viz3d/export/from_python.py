"""Pictures and films of a trace from Python: `viz3d.picture(trace)`, `viz3d.film(trace, "seven.mp4")`."""

import os
from functools import partial
from typing import Unpack

from PIL import Image

import data
from engine import Trace
from guarding import in_a_line
from scenes import Look, check_trace, see_through, stage_of, stopping, theme
from scenes.look import Changes, named
from viz3d.command import display
from viz3d.command.errors import UserError, in_words_of_python
from viz3d.command.process.heap import give_back
from viz3d.export.config import Output, default_fps, default_supersample, parse_size
from viz3d.export.film import clip_of, draw
from viz3d.export.film_file import FilmFile
from viz3d.export.kinds import kind_of
from viz3d.export.notebook import in_notebook, progress


@partial(named, size=(1280, 720))
@in_words_of_python()
def picture(
    trace: Trace,
    at: float | None = None,
    *,
    before: Trace | None = None,
    select: str = "",
    supersample: int | None = None,
    **look: Unpack[Changes],
) -> Image.Image:
    """Draw one moment of a digit's way through a net; a notebook shows it.

    Args:
        trace: every neuron's value for the digit.
        at: the moment, seconds from the start of the film; None for its end, when the answer is explained.
        before: a trace of the same digit in the net as it was, or in another one: it is shown on the left.
        select: a neuron, synapse or layer that is lit, such as "hidden1:17".
        supersample: each pixel is drawn as this many squared; None for what suits the size.
        look: size=(1280, 720), theme="light", seconds=20, pause={"hidden1": 3}, which stops the film there
            for 3 seconds, and all others that stand in the first line; help(scenes.Look) says what each does.

    Raises:
        UserError: this machine has nothing to draw with, or two options do not go together.
        SceneError, EngineError: trace is none, a value cannot be drawn, or the net has nothing of that name.
    """
    chosen = _look(trace, (1280, 720), look, before, select)
    fine = default_supersample(chosen.size, ".png") if supersample is None else supersample
    times = Output(out="picture.png", look=chosen, fps=30, supersample=fine, at=at).times
    display.prepare()
    clip = clip_of(trace, chosen, before=before, selected=select).still()
    with stage_of(clip, fine) as stage:
        pixels = stage.draw_at(times[0])
    return Image.fromarray(see_through(pixels, ink=theme(chosen.theme).ink) if chosen.transparent else pixels)


@named
@in_words_of_python()
def film(
    trace: Trace,
    out: str | os.PathLike[str],
    *,
    before: Trace | None = None,
    select: str = "",
    fps: int | None = None,
    hold: float = 0.0,
    loop: bool = True,
    subtitles: bool = False,
    supersample: int | None = None,
    quiet: bool | None = None,
    **look: Unpack[Changes],
) -> FilmFile:
    """Film a digit's way through a net, as `python -m viz3d.export` does; returns where the film is.

    That is a path, which a notebook shows as the film, playing.

    Args:
        trace: every neuron's value for the digit.
        out: the file, which appears whole or not at all. By its ending a film is .mp4, .webm, .mov or .gif,
            its last picture .png, and a folder/ has its pictures by number.
        before: a trace of the same digit in the net as it was, or in another one: it is shown on the left.
        select: a neuron, synapse or layer that is lit, such as "hidden1:17".
        fps: frames a second; None for what suits the format.
        hold: seconds that the last picture stays.
        loop: whether the film begins with its last picture, which dissolves.
        subtitles: whether what happens is written beside the film as .srt.
        supersample: each pixel is drawn as this many squared; None for what suits the size.
        quiet: whether no progress is shown; None shows it in a notebook alone.
        look: size=(1280, 720), theme="light" and so on, as `picture` has it; a .gif is 640x360 unless told.

    Raises:
        UserError: the film cannot be made here or written there, or two options do not go together.
        DataError: out names no file.
        SceneError, EngineError: as `picture` does.
    """
    data.path_of(out)
    for word, given in (("loop", loop), ("subtitles", subtitles)):
        if not isinstance(given, bool):
            raise UserError(f"{word} {in_a_line(given)}: give True or False")
    if hold is None:
        raise UserError("hold None: give a number of seconds")
    name = os.fspath(out)  # a folder's ends in /, which a Path drops
    kind = kind_of(name)
    chosen = _look(trace, parse_size(None, kind), look, before, select)
    output = Output(
        out=name,
        look=chosen,
        fps=default_fps(kind) if fps is None else fps,
        supersample=default_supersample(chosen.size, kind) if supersample is None else supersample,
        hold=hold,
        loop=loop,
        subtitles=subtitles,
        # Other processes would run a script again that has no guard for it.
        workers=1,
        quiet=quiet is not False,
    )
    told = progress if not quiet and in_notebook() else None
    try:
        draw(output, lambda *_: clip_of(trace, chosen, before=before, selected=select), told)
    finally:
        # A notebook goes on, also from a film that was stopped.
        give_back()
    return FilmFile(name)


def _look(trace: Trace, size: tuple[int, int], changes: Changes, before: Trace | None, select: str) -> Look:
    if not isinstance(select, str):
        raise UserError(f"what is selected is text such as 'hidden1:17', got {in_a_line(select)}")
    for given in (trace,) if before is None else (trace, before):
        check_trace(given)
    if before is not None and select:
        raise UserError("select lights a part of one net, before shows two: leave one out")
    if before is not None and changes.get("title"):
        raise UserError("title heads one net, before shows two, each with its own: leave one out")
    look = Look(size=size).changed(**changes)
    nets = [trace.net] if before is None else [before.net, trace.net]
    return look.changed(pause=stopping(look, *nets))
