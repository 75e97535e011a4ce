"""From the command line's wishes to a finished film, GIF or still."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

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

from engine import Net
from scenes import Clip, compose, compose_pair, key_colours, prepare_films, shoot, theme
from scenes.texts import catalogue
from viz3d.command import cli, display
from viz3d.command.digits import choose_digit, save_enlarged
from viz3d.command.errors import UserError
from viz3d.command.models import choose_net, how_imported, how_to_sort
from viz3d.command.output import atomic_write, check_place
from viz3d.export import story
from viz3d.export.config import Config, Output
from viz3d.export.render import FEW, default_workers, render
from viz3d.export.writers import FOLDER, VIDEO, even_size, open_writer

Say = Callable[[str], None]
ShowProgress = Callable[[Output], AbstractContextManager[tuple[Say, Callable[[], None]]]]
"""Shows how far an output is: gives what renames the step, and what counts one picture."""


def make(config: Config) -> None:
    """Make what `config` asks for and say where it is.

    Raises UserError, DataError, EngineError or SceneError; the output then is as it was before.
    """
    draw(config, lambda say, step: _scene(config, say, step))


def tell_beats(config: Config, *, as_json: bool) -> None:
    """Print what happens when in the film that `config` asks for; nothing is drawn. Raises as `make` does."""
    clip = _scene(config, cli.say, lambda _: None)
    beats, end = clip.story(), clip.seconds + config.hold
    last = catalogue(config.look.language).say("end.film")
    print(story.as_json(beats, end) if as_json else story.table(beats, end, last))


def draw(config: Output, prepare: Callable[[Say, Say], Clip], progress: ShowProgress | None = None) -> str:
    """Draw what `prepare` composes, with a progress bar, say where it is, and return that; see `make`.

    progress: what shows how far it is, in place of a bar in the terminal.
    """
    started = time.monotonic()
    if config.subtitles:
        check_place(config.subtitles_out, option="--out")
    say, look = (lambda _: None) if config.quiet else cli.say, config.look
    keep = key_colours(theme(look.theme), painted=look.paint is not None)
    with (
        (progress or _progress)(config) as (step, advance),
        open_writer(config.out, look.size, config.fps, step, keep) as write,
    ):
        screen = display.prepare()
        clip = prepare(say, step)
        if config.kind == ".png":  # a moment of what happens, not of how a film opens
            clip = clip.still()
        times = config.times
        # For a few pictures, compiling would cost more than it brings.
        shared = len(times) > FEW and prepare_films(software=screen.software)
        workers = config.workers or default_workers(len(times), software=screen.software, shared=shared)
        pictures = render(clip, times, workers=workers, supersample=config.supersample)
        with closing(pictures):
            for picture in pictures:
                write(picture)
                advance()
            for _ in range(config.held):
                write(picture)
                advance()
    if config.subtitles:
        with atomic_write(config.subtitles_out) as part:
            part.write_text(story.subtitles(clip.story(), clip.seconds + config.hold), encoding="utf-8")
    summary = _summary(config, time.monotonic() - started)
    if not config.quiet:
        print(summary)
    return summary


def _scene(config: Config, notify: Say, step: Say) -> Clip:
    def fetching(name: str, done: int, size: int) -> None:
        step(f"fetching {name}: {done / max(size, 1):.0%}")

    given = choose_net(config.preset, config.model)
    for line in (*how_imported(given), how_to_sort(given, config.model)):
        if line:
            notify(line)
    net = given if config.mutate is None else given.mutate(config.mutate)
    plain = _before(given, net) if config.beside else given
    digit = choose_digit(config.wanted, notify, fetching, given)
    step("drawing")
    if config.show_image is not None:
        save_enlarged(digit.image, config.show_image)
    look = config.look.changed(label=digit.label, source=digit.source)
    after = net.trace(digit.image)
    if config.beside:
        return compose_pair(plain.trace(digit.image), after, look)
    return shoot(after, look, selected=config.select) if config.select else compose(after, look)


def _before(given: Net, changed: Net) -> Net:
    """What stands beside a changed net: the net as it was given, or where that is the same, without edits."""
    if changed is not given:
        return given
    if all(edit.verb == "hold" for edit in given.edits):
        raise UserError(
            '--beside shows a change, and this network has no edits: give some with --mutate "..."'
        )
    return given.without_edits()


class _Speed(ProgressColumn):
    """Pictures a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def _progress(config: Output) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """Show a bar on a terminal's stderr; yield what renames the step and what counts one picture."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Speed(),
        TimeRemainingColumn(compact=True),
    )
    hidden = config.quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("preparing", total=len(config.times) + config.held)
        yield lambda step: bar.update(task, description=step), lambda: bar.advance(task)


def _summary(config: Output, seconds: float) -> str:
    path = Path(config.out)
    files = path.iterdir() if config.kind == FOLDER else [path]
    size = sum(file.stat().st_size for file in files) / 1e6
    count = len(config.times) + config.held
    told = f"{config.out}: {size:.2f} MB, {count} frame{'s' * (count != 1)}, {seconds:.1f} s"
    wide, high = even = even_size(config.look.size)
    if config.kind not in VIDEO or even == config.look.size:
        return told
    return f"{told}; {wide}x{high} pixels, for a video's sides are even"
