"""A training run from wish to file: images, steps, progress, and what a stop leaves behind."""

import dataclasses
import shlex
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import engine
from data import Dataset, augmentation
from engine import Net, Recipe, Step
from viz3d.atomic import cannot_write, check_place
from viz3d.cli import STOPPED, say
from viz3d.errors import UserError
from viz3d.inputs import dataset
from viz3d.models import design
from viz3d.report_files import write_beside
from viz3d.testing import examine

_REDRAW = 0.1  # seconds between two changes of the bar


@dataclass(frozen=True)
class Wish:
    """What one run is asked to do; recipe holds only the fields that differ from the network's own.

    preset, architecture: the network's name, or its text or the file of that; see viz3d.models.design.
    """

    preset: str | None
    data: str
    out: Path
    recipe: dict[str, Any]
    architecture: str | None = None
    augment: str = "none"
    seed: int = 0
    half: bool = False
    quiet: bool = False
    report: bool = True

    def command(self, net: Net) -> str:
        """The command that makes the same net again."""
        network = ["--preset", net.name] if self.architecture is None else ["--architecture", net.text]
        words = [*network, "--data", self.data]
        for name, value in self.recipe.items():
            words += [f"--{name}", str(value)]
        if self.augment != "none":
            words += ["--augment", self.augment]
        words += ["--seed", str(self.seed), *(["--half"] if self.half else []), "--out", self.out.name]
        return "python -m viz3d.train " + shlex.join(words)


def train_and_save(wish: Wish) -> None:
    """Train, print a line for each epoch, save the net; on Ctrl-C save the last whole epoch and end with 130.

    Raises UserError, DataError or EngineError; what stood at `out` then is as it was.
    """
    net, recipe = _prepare(wish)
    notify = _once(wish.quiet)
    images = dataset(wish.data, "train", notify)
    tests = dataset(wish.data, "test", notify)
    kept: Net | None = None
    stopped = False
    try:
        with closing(_epochs(net, recipe, images, wish)) as epochs:
            for step, seconds in epochs:
                kept = _tested(step, wish, images, tests)
                if not wish.quiet:
                    print(_line(step, kept, seconds), flush=True)
    except KeyboardInterrupt:
        stopped = True
    if kept is not None:
        engine.save(kept, wish.out, half=wish.half)
    if stopped:
        # Here and not in `run`: only here is known what became of the work.
        say(_farewell(wish, recipe, kept))
        sys.exit(STOPPED)
    written = () if kept is None or not wish.report else write_beside(examine(kept, tests), wish.out)
    if kept is not None and not wish.quiet:
        if written:
            print(f"{' and '.join(map(str, written))}: the report")
        print(f"{wish.out}: {_verdict(kept)}")


def _prepare(wish: Wish) -> tuple[Net, Recipe]:
    """Everything that can be refused before the images are read."""
    augmentation(wish.augment)
    if wish.seed < 0:
        raise UserError(f"--seed {wish.seed} is out of range: give 0 or more")
    if wish.out.suffix != ".npz":
        raise UserError(f"--out {wish.out}: a network is saved as a .npz file: end its name in .npz")
    net = design(wish.preset, wish.architecture, np.random.default_rng(wish.seed))
    recipe = dataclasses.replace(net.recipe, **wish.recipe)
    check_place(wish.out.resolve(), wish.out)
    try:
        # Better to learn now than after an hour that nothing can be written here.
        probe = wish.out.with_name(f".{wish.out.name}.probe")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UserError(cannot_write(wish.out, error)) from error
    return net, recipe


def _once(quiet: bool) -> Callable[[str], None]:
    """What tells a notice: each only once, though the training and the test images may both cause it."""
    told: set[str] = set()

    def tell(text: str) -> None:
        if not quiet and text not in told:
            told.add(text)
            say(text)

    return tell


def _epochs(
    net: Net, recipe: Recipe, images: Dataset, wish: Wish
) -> Generator[tuple[Step, float], None, None]:
    """Each epoch's last step and the seconds that the epoch's training took, with a bar in between."""
    # Not the seed of the weights again: the same numbers would then serve twice.
    rng = np.random.default_rng([wish.seed, 1])
    made = augmentation(wish.augment)
    steps = engine.fit(
        net, *made.expand(images.images, images.labels), rng=rng, recipe=recipe, augment=made.change
    )
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(compact=True))
    hidden = wish.quiet or not console.is_terminal
    # Lines printed above the bar pass through it, unless they go to a file or pipe.
    above = sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, disable=hidden, redirect_stdout=above) as bar:
        task = bar.add_task("starting")
        shown = begun = time.monotonic()
        for step in steps:
            now = time.monotonic()
            if now - shown > _REDRAW or step.ends_epoch:
                shown = now
                text = f"epoch {step.epoch}/{recipe.epochs}  loss {step.loss:.4f}"
                bar.update(task, completed=step.step, total=step.steps, description=text)
            if step.ends_epoch:
                yield step, now - begun
                begun = time.monotonic()


def _tested(step: Step, wish: Wish, images: Dataset, tests: Dataset) -> Net:
    """The net after an epoch, as it will be stored, tested and with its provenance."""
    net = step.snapshot()
    if wish.half:
        net = net.replace({name: a.astype(np.float16).astype(a.dtype) for name, a in net.parameters.items()})
    result = engine.evaluate(net, tests.images, tests.labels)
    return net.replace(
        provenance={
            "data": images.name,
            "training_images": len(images.labels),
            "test_images": result.total,
            "test_correct": result.correct,
            "test_accuracy": result.accuracy,
            "epochs": step.epoch,
            "augment": wish.augment,
            "seed": wish.seed,
            "command": wish.command(net),
            "viz3d": version("viz3d"),
        }
    )


def _line(step: Step, net: Net, seconds: float) -> str:
    return (
        f"epoch {step.epoch:>3}/{net.recipe.epochs}  loss {step.epoch_loss:.4f}  "
        f"train {step.train_accuracy:.2%}  test {net.provenance['test_accuracy']:.2%}  {seconds:.1f} s"
    )


def _verdict(net: Net) -> str:
    told = net.provenance
    return (
        f"{net.name} reads {told['test_correct']:,} of {told['test_images']:,} test images right "
        f"({told['test_accuracy']:.2%}) after {told['epochs']} epochs on {told['training_images']:,}"
    )


def _farewell(wish: Wish, recipe: Recipe, kept: Net | None) -> str:
    if kept is None:
        return f"stopped in the first epoch: nothing was saved, {wish.out} is as it was"
    return f"stopped after epoch {kept.provenance['epochs']} of {recipe.epochs}: {wish.out}: {_verdict(kept)}"
