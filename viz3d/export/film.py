"""From checked options to finished films, GIFs and stills: net, digit, trace, clip, pictures, files."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from engine import Trace
from scenes import Clip, Look, compose, compose_pair, key_colours, prepare_films, see_through, shoot, theme
from scenes.look import Changes
from scenes.texts import catalogue
from viz3d.command import cli, display
from viz3d.command.choice.classes import class_of
from viz3d.command.choice.digits import choose_digit, save_enlarged
from viz3d.command.choice.letters import how_written
from viz3d.command.choice.models import how_imported, how_to_sort
from viz3d.command.choice.seen import how_seen
from viz3d.command.output import atomic_write, check_place
from viz3d.export import story
from viz3d.export.config import Config, Output
from viz3d.export.halves import Nets, stopping_in, titles_of, traces_of
from viz3d.export.kinds import FOLDER, VIDEO_KINDS, even_size
from viz3d.export.render import FEW, default_workers, render
from viz3d.export.writing.writers import open_writer

Say = Callable[[str], None]
Composer = Callable[[Look], Clip]
"""Composes the clip of one digit in one net, as it is chosen to look."""
ShowProgress = Callable[[int], AbstractContextManager[tuple[Say, Callable[[], None]]]]
"""Shows how many of so many pictures are done: gives what renames the step, and what counts one picture."""


def make(*configs: Config) -> None:
    """Make what each of `configs` asks for, of one digit in one network, and say where it is.

    Raises UserError, DataError, EngineError or SceneError; an output not finished then is as it was before.
    """
    nets = Nets(configs[0])
    draw_all(stopping_in(configs, nets), lambda say, step: _composer(nets, say, step))


def tell_beats(config: Config, *, as_json: bool) -> None:
    """Print what happens when in the film that `config` asks for; nothing is drawn. Raises as `make` does."""
    clip = _clip(config, cli.say, lambda _: None)
    beats, end = clip.beats(), clip.seconds + config.hold
    last = catalogue(config.look.language).say("end.film")
    print(story.as_json(beats, end) if as_json else story.table(beats, end, last))


def draw(config: Output, prepare: Callable[[Say, Say], Clip], progress: ShowProgress | None = None) -> str:
    """Draw what `prepare` composes, with a progress bar, say where it is, and return that; see `make`.

    progress: what shows how far it is, in place of a bar in the terminal.
    """

    def composer(say: Say, step: Say) -> Composer:
        clip = prepare(say, step)
        return lambda _: clip

    return draw_all([config], composer, progress)[0]


def draw_all(
    outputs: Sequence[Output], prepare: Callable[[Say, Say], Composer], progress: ShowProgress | None = None
) -> list[str]:
    """Draw several outputs, those that share their pictures at once; return a line on each. See `draw`.

    prepare: makes the composer; it is called once, when all places are known to be good. It is handed what
    tells the person a line, and what renames the step that the bar shows.
    """
    for output in outputs:
        check_place(Path(output.out), folder=output.kind == FOLDER)
        if output.subtitles:
            check_place(output.subtitles_out, option="--out")
    quiet, summaries = all(output.quiet for output in outputs), list[str]()
    total = sum(len(output.times) + output.held for output in outputs)
    say: Say = (lambda _: None) if quiet else cli.say
    try:
        with (progress or partial(_progress, quiet=quiet))(total) as (step, advance):
            ready = cache(lambda: (display.prepare(), prepare(say, step)))
            for group in grouped(outputs):
                summaries += _draw_group(group, ready, step, advance)
    finally:
        if not quiet:
            for line in summaries:
                print(line)
    return summaries


def grouped(outputs: Sequence[Output]) -> list[list[Output]]:
    """The outputs by their pictures: films of one look that are drawn alike share them."""
    groups: dict[object, list[Output]] = {}
    for output in outputs:
        alone = output.out if output.kind == ".png" else ""
        groups.setdefault((output.look, output.supersample, output.workers, output.loop, alone), []).append(
            output
        )
    return list(groups.values())


def _draw_group(
    group: Sequence[Output],
    ready: Callable[[], tuple[display.Display, Composer]],
    step: Say,
    advance: Callable[[], None],
) -> list[str]:
    """Draw outputs of one look; return a line on each.

    ready: makes what draws and what composes, once; only when the writers are open, so that a place where
    nothing can be written is told at once.
    """
    started, first = time.monotonic(), group[0]
    look, still = first.look, first.kind == ".png"
    with ExitStack() as stack:
        writers = [stack.enter_context(_writer(each, step)) for each in group]
        screen, compose_clip = ready()
        step("drawing")
        clip = compose_clip(look)
        if still or not first.loop:  # a still is a moment of what happens, not of how a film opens
            clip = clip.still()
        _write_pictures(clip, list(zip(group, writers, strict=True)), screen, advance)
    for each in group:
        if each.subtitles:
            with atomic_write(each.subtitles_out) as part:
                part.write_text(story.subtitles(clip.story(), clip.seconds + each.hold), encoding="utf-8")
    return [_summary(each, time.monotonic() - started) for each in group]


@contextmanager
def _writer(output: Output, step: Say) -> Iterator[Callable[[np.ndarray], None]]:
    """What writes an output's pictures, as they are drawn."""
    look = output.look
    colours = theme(look.theme)
    keep = key_colours(colours, painted=look.paint is not None)
    with open_writer(
        output.out, look.size, output.fps, step, keep, output.pauses, clear=look.transparent
    ) as write:
        yield (lambda picture: write(see_through(picture, ink=colours.ink))) if look.transparent else write


def _write_pictures(
    clip: Clip,
    written: Sequence[tuple[Output, Callable[[np.ndarray], None]]],
    screen: display.Display,
    advance: Callable[[], None],
) -> None:
    """Draw each moment that an output asks for once, and hand it to the writers of all that do."""
    # What is shown while a film stands still is drawn once.
    first, wanted = written[0][0], [Counter(map(each.pauses.settled, each.times)) for each, _ in written]
    times = sorted(set().union(*wanted))
    # For a few pictures, compiling would cost more than it brings.
    shared = len(times) > FEW and prepare_films(software=screen.software)
    workers = first.workers or default_workers(len(times), software=screen.software, shared=shared)
    with closing(render(clip, times, workers=workers, supersample=first.supersample)) as pictures:
        for at, picture in zip(times, pictures, strict=True):
            for (output, write), own in zip(written, wanted, strict=True):
                last = next(reversed(own))  # they rise
                for _ in range(own[at] + (output.held if at == last else 0)):
                    write(picture)
                    advance()


def _clip(config: Config, notify: Say, step: Say) -> Clip:
    nets = Nets(config)
    return _composer(nets, notify, step)(stopping_in([config], nets)[0].look)


def _composer(nets: Nets, notify: Say, step: Say) -> Composer:
    """Load the nets, choose and read the digit; what then composes its clip, or that of both nets."""

    def fetching(name: str, done: int, size: int) -> None:
        step(f"fetching {name}: {done / max(size, 1):.0%}")

    config, given = nets.config, nets.given
    look = config.look
    letters = how_written(given, look.title, look.caption) if look.text else ()
    for line in (*how_imported(given), how_to_sort(given, config.model), *letters):
        if line:
            notify(line)
    net, shown = nets.changed, nets.shown
    for line in how_imported(shown[-1]) if config.versus is not None else ():
        notify(line)
    digit = choose_digit(config.wanted, notify, fetching, given)
    for line in dict.fromkeys(line for each in shown for line in how_seen(each, digit.image.shape)):
        notify(line)
    traces = traces_of(config, shown, digit.image)
    titles = None if config.versus is None else titles_of(config, shown)
    asked = {"for": config.of, "against": config.against}
    of, against = (word if word is None else class_of(f"--{name}", word, net) for name, word in asked.items())
    known = Changes(label=digit.label, source=digit.source, of=of, against=against)

    def show(look: Look) -> Clip:
        if titles is not None:
            clip: Clip = compose_pair(traces[0], traces[1], look.changed(**known), titles=titles)
        else:
            before = traces[0] if config.beside else None
            clip = clip_of(traces[-1], look.changed(**known), before=before, selected=config.select)
        # Not sooner: what cannot be shown leaves nothing behind.
        if config.show_image is not None:
            save_enlarged(digit.image, config.show_image)
        return clip

    return show


def clip_of(trace: Trace, look: Look, *, before: Trace | None = None, selected: str = "") -> Clip:
    """A digit's way through a net: a scene; a pair, beside `before`; or a shot, where something is selected.

    Of a layer that is selected its own synapses alone are drawn.

    Raises EngineError or SceneError.
    """
    if before is not None:
        return compose_pair(before, trace, look)
    if selected and any(selected == layer.name for layer in trace.net.layers):
        look = look.changed(layer=selected)
    return shoot(trace, look, selected=selected) if selected else compose(trace, look)


class _Speed(ProgressColumn):
    """Pictures a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """Show a bar on a terminal's stderr; yield what renames the step and what counts one picture."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Speed(),
        TimeRemainingColumn(compact=True),
    )
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("preparing", total=total)
        yield lambda step: bar.update(task, description=step), lambda: bar.advance(task)


def _summary(config: Output, seconds: float) -> str:
    path = Path(config.out)
    files = path.iterdir() if config.kind == FOLDER else [path]
    size = sum(file.stat().st_size for file in files) / 1e6
    count = len(config.times) + config.held
    told = f"{config.out}: {size:.2f} MB, {count} frame{'s' * (count != 1)}, {seconds:.1f} s"
    wide, high = even = even_size(config.look.size)
    if config.kind not in VIDEO_KINDS or even == config.look.size:
        return told
    return f"{told}; {wide}x{high} pixels, for a video's sides are even"
