"""A progress bar for steps of training."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine import Step

_REDRAW = 0.1  # seconds between two changes of the bar


@contextmanager
def bar(quiet: bool, name: str = "") -> Iterator[Callable[[Step, int], None]]:
    """Show a bar on a terminal; yield what is to be told of every step and of the count of epochs."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(compact=True))
    hidden = quiet or not console.is_terminal
    # Lines printed above the bar pass through it, unless they go to a file or pipe.
    above = sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, disable=hidden, redirect_stdout=above) as shown:
        task = shown.add_task("starting")
        drawn = time.monotonic()

        def tell(step: Step, epochs: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if now - drawn > _REDRAW or step.ends_epoch:
                drawn = now
                text = f"{name}epoch {step.epoch}/{epochs}  loss {step.window_loss:.4f}"
                shown.update(task, completed=step.step, total=step.steps, description=text)

        yield tell


@contextmanager
def share_bar(quiet: bool, name: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal; yield what is to be told the share done, 0..1."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(compact=True))
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as shown:
        task = shown.add_task(name, total=1.0)
        yield lambda share: shown.update(task, completed=share)
