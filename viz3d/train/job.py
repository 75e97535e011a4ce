"""What one training is asked to do, and the command that does it again."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import data
from data import Dataset
from engine import Net
from viz3d.command.choice.digits import check_first
from viz3d.command.errors import UserError
from viz3d.command.output import check_out, check_place
from viz3d.evaluate.files import report_paths

PROGRAM = "python -m viz3d.train"


@dataclass(frozen=True)
class TrainingJob:
    """What one run is asked to do; recipe holds only the fields that differ from the network's own.

    preset, architecture: the network's name, or its text or the file of that (`viz3d.command.choice.models`).
    init: the file of a network that is trained further.
    images, tests: how many of the first ones are learned from and tested on; None: all.
    validation: how many of the last training images are held out.
    theme: of the pictures of report and comparison.
    """

    preset: str | None
    data: str
    out: Path
    recipe: dict[str, Any] = field(default_factory=dict)
    architecture: str | None = None
    init: str | None = None
    images: int | None = None
    tests: int | None = None
    augment: str = "none"
    validation: int = 0
    patience: int | None = None
    seed: int = 0
    half: bool = False
    quiet: bool = False
    report: bool = True
    theme: str = "dark"

    def command(self, net: Net) -> str:
        """The command that makes the same net again."""
        words = [*self._network(net), "--data", self.data]
        for name, value in self.recipe.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        for name, count in (("--images", self.images), ("--tests", self.tests)):
            words += [] if count is None else [name, str(count)]
        words += ["--augment", self.augment] if self.augment != "none" else []
        words += ["--validation", str(self.validation)] if self.validation else []
        words += ["--patience", str(self.patience)] if self.patience else []
        words += ["--seed", str(self.seed), *(["--half"] if self.half else []), "--out", self.out.name]
        return f"{PROGRAM} {shlex.join(words)}"

    def _network(self, net: Net) -> list[str]:
        if self.init is not None:
            return ["--init", self.init]
        return ["--preset", net.name] if self.architecture is None else ["--architecture", net.text]

    def origin(self, net: Net) -> dict[str, Any]:
        """What the provenance tells of the network with which a training began that goes on training one.

        init: its file; base: what that file tells. How it was changed before, its history tells.
        """
        if self.init is None:
            return {}
        return {"init": self.init, "base": dict(net.provenance)}

    def notes(self) -> dict[str, Any]:
        """What a checkpoint must remember of it, as JSON values; `recalled` makes a job of them."""
        kept = (
            "preset",
            "data",
            "recipe",
            "architecture",
            "init",
            "images",
            "tests",
            "augment",
            "validation",
            "patience",
            "seed",
            "half",
        )
        return {**{name: getattr(self, name) for name in kept}, "out": self.out.name}

    @property
    def checkpoint(self) -> Path:
        """Where a stop leaves what it takes to go on."""
        return self.out.with_name(f"{self.out.stem}.checkpoint.npz")

    def check_places(self) -> None:
        """UserError where anything that training may write cannot be written."""
        check_out(self.out, ".npz", "a network")
        for path in (self.checkpoint, *(report_paths(self.out) if self.report else ())):
            check_place(path)

    def check(self) -> None:
        """UserError or DataError for everything that can be refused before a network is made."""
        data.augmentation(self.augment)
        for name, count in (("--images", self.images), ("--tests", self.tests)):
            check_first(name, count)
        if self.seed < 0:
            raise UserError(f"--seed {self.seed} is out of range: give 0 or more")
        if self.validation < 0:
            raise UserError(f"--validation {self.validation} is out of range: give 0 or more images")
        if self.patience is not None and self.patience < 1:
            raise UserError(f"--patience {self.patience} is out of range: give 1 or more epochs")
        if self.patience is not None and not self.validation:
            raise UserError("--patience needs images to judge by: hold some out with --validation 10000")

    def training_sets(self, images: Dataset) -> tuple[tuple[np.ndarray, np.ndarray], Any]:
        """What is trained on, and what is held out or None: (images, labels) each."""
        count = len(images.labels)
        if self.validation >= count:
            raise UserError(f"--validation {self.validation} of {count} images leaves none: hold out fewer")
        first = count - self.validation
        held = (images.images[first:], images.labels[first:]) if self.validation else None
        made = data.augmentation(self.augment)
        if self.augment != "none" and images.images.ndim != 3:
            raise UserError(f"--augment {self.augment} changes grey images, and {images.title} has none")
        if made.hands and images.classes != data.DIGITS:
            raise UserError(
                f"--augment hands draws on ones, fours and sevens, and {images.title} has no digits"
            )
        # A seed of its own: the weights and the order of images stay those of the same seed without it.
        rng = np.random.default_rng([self.seed, 1])
        return made.expand(images.images[:first], images.labels[:first], rng), held


def recalled(notes: Mapping[str, Any], path: Path) -> TrainingJob:
    """The job of a checkpoint at `path`; its net will be saved beside it."""
    try:
        job = TrainingJob(
            **{name: value for name, value in notes.items() if name != "out"},
            out=path.with_name(notes["out"]),
        )
        job.check()
    except (TypeError, KeyError, ValueError) as error:
        raise UserError(f"--resume {path} was not left by {PROGRAM}: give one that was") from error
    return job
