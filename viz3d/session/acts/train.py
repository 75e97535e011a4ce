"""The act that trains the network: a run of updates, and what was changed while it ran."""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

import engine
from data import Dataset
from engine import Checkpoint, Net, Recipe, Training
from engine.text.build import initial_parameters
from viz3d.command.choice.suiting import aligned
from viz3d.command.errors import UserError
from viz3d.session.acts.take import load_images
from viz3d.session.images import Images
from viz3d.session.state import Made, Making, State, made

Fields = tuple[tuple[str, Any], ...]

_KINDS = {field.name: type(field.default) for field in fields(Recipe)}
_SHOWN = ("optimizer", "lr", "batch")  # told of every run, though they may be the network's own
_EXAMPLE = "train steps 100 images 60000 seed 0 lr 0.001 at 50 lr 0.0001"


@dataclass(frozen=True)
class Train:
    """Train the network for so many steps on the first images of the data set; the seed fixes the result.

    seed: of the order of the images, and of new weights where `fresh`. kept: go on where the training before
    it stands, whatever edits came between: with the optimizer's state, the order of the images, the place in
    the schedule. recipe: the fields that make the
    network's recipe that of the run. changes: fields that change further after so many steps, in order.
    """

    word: ClassVar[str] = "train"
    steps: int
    images: int
    seed: int
    fresh: bool = False
    recipe: Fields = ()
    changes: tuple[tuple[int, Fields], ...] = ()
    kept: bool = False

    @classmethod
    def read(cls, text: str) -> "Train":
        """The act that a script line asks for; text: the line after its first word."""
        head, *changes = re.split(r"\s+at\s+", text)
        known = {"steps": int, "images": int, "seed": int, "weights": str, "state": str, **_KINDS}
        given = dict(_pairs(head, known, text))
        try:
            steps, images, seed = (int(given.pop(name)) for name in ("steps", "images", "seed"))
        except KeyError as error:
            raise _wrong(text) from error
        weights, state = given.pop("weights", None), given.pop("state", None)
        groups = [re.fullmatch(r"([0-9]{1,19})\s+(.+)", change) for change in changes]
        if not all(groups) or (weights, state) not in ((None, None), ("new", None), (None, "kept")):
            raise _wrong(text)
        later = tuple((int(group[1]), _pairs(group[2], _KINDS, text)) for group in groups if group)
        return cls(steps, images, seed, weights is not None, tuple(given.items()), later, state is not None)

    @classmethod
    def under(
        cls, net: Net, recipe: Recipe, images: int, seed: int, fresh: bool, kept: bool = False
    ) -> "Train":
        """A run of a network under a recipe, as it is before its first step."""
        asked = {name: getattr(recipe, name) for name in _SHOWN}
        near = net.recipe.change(**asked)
        asked |= {
            name: getattr(recipe, name) for name in _KINDS if getattr(recipe, name) != getattr(near, name)
        }
        return cls(0, images, seed, fresh, tuple(asked.items()), kept=kept)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        begun = (("weights", "new"),) if self.fresh else (("state", "kept"),) if self.kept else ()
        head = (("steps", self.steps), ("images", self.images), ("seed", self.seed), *begun, *self.recipe)
        later = "".join(f" at {step} {_words(changed)}" for step, changed in self.changes)
        return f"train {_words(head)}{later}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        seed, some = f"np.random.default_rng({self.seed})", f"[:{self.images}]"
        fresh = (f"net = net.replace(initial_parameters(net.layers, {seed}))",) if self.fresh else ()
        if not self.steps:
            return (*fresh, f"net = net.noted({json.dumps(self.text)})")
        recipe = _arguments(self.recipe)
        begin = f"engine.fit(net, *pairs, rng=np.random.default_rng([{self.seed}, 1]), {recipe})"
        body, done = [], 0
        for step, changed in self.changes:
            body += [f"for _ in zip(range({step - done}), training): pass"]
            body += [f"training.change({_arguments(changed)})"]
            done = step
        return (
            *fresh,
            load_images("train", data, "train"),
            f"pairs = train.images{some}, train.labels{some}",
            f"training = {f'engine.go_on(standing, net, *pairs, {recipe})' if self.kept else begin}",
            *body,
            f"for _ in zip(range({self.steps - done}), training): pass",
            f"net = training.snapshot().noted({json.dumps(self.text)})",
            "standing = training.standing()",
        )

    def begin(self, net: Net) -> Net:
        """The network before the first step."""
        return (
            net.replace(initial_parameters(net.layers, np.random.default_rng(self.seed)))
            if self.fresh
            else net
        )

    def training(self, net: Net, images: Dataset, standing: Checkpoint | None = None) -> Training:
        """A run before its first step, of a net as it was chosen; UserError or EngineError in one line.

        standing: where the training before it stands, which is gone on with if that is `kept`.
        """
        count = len(images.labels)
        if not 0 < self.images <= count:
            raise UserError(f"train images {self.images}: there are 1 to {count:,}")
        some = slice(self.images)
        pairs = images.images[some], images.labels[some]
        if self.kept:
            if standing is None:
                raise UserError("train state kept: no training stands before it to go on with: leave it out")
            if standing.notes["images"] != self.images:
                had = standing.notes["images"]
                raise UserError(
                    f"train images {self.images} state kept: it stands at images {had}: give that"
                )
            return engine.go_on(standing, net, *pairs, **dict(self.recipe))
        # Not the seed of the weights again: the same numbers would then serve twice.
        rng = np.random.default_rng([self.seed, 1])
        return engine.fit(self.begin(net), *pairs, rng=rng, **dict(self.recipe))

    def standing(self, training: Training, snapshot: Net) -> Checkpoint:
        """Where the training of this act stands, for one that goes on with it; snapshot: its net now."""
        return training.standing({"images": self.images, "seed": self.seed}, snapshot)

    def after(self, state: State, images: Images) -> State:
        """The same digit is read by the network that comes of it."""
        return state.made(made(self.making(state, images)), self)

    def making(self, state: State, images: Images) -> Making:
        """Train the network of a moment; see LongAct."""
        net = state.traced.net
        if not self.steps:
            return Made(self.begin(net).noted(self.text))
        train = images.load(state.data, "train")
        train = train if net.task is None else aligned(net, train, net.name)
        training = yield from self.run(net, train, state.standing)
        net = training.snapshot()
        return Made(net.noted(self.text), self.standing(training, net))

    def run(
        self, net: Net, images: Dataset, standing: Checkpoint | None = None
    ) -> Generator[float, None, Training]:
        """The run after its last step; yields the share of the steps that are done."""
        training, changes = self.training(net, images, standing), list(self.changes)
        for done in range(self.steps):
            yield done / self.steps
            while changes and changes[0][0] == done:
                training.change(**dict(changes.pop(0)[1]))
            if next(training, None) is None:
                raise UserError(f"train steps {self.steps}: its epochs end after {done:,}: give more epochs")
        return training


def _pairs(text: str, known: Mapping[str, type], line: str) -> Fields:
    """Names and values as they follow one another; UserError where one is none."""
    words = text.split()
    if len(words) % 2 or len({*words[::2]}) < len(words) / 2:
        raise _wrong(line)
    return tuple(_read(words, known, line))


def _read(words: list[str], known: Mapping[str, type], line: str) -> Iterator[tuple[str, Any]]:
    for name, word in zip(words[::2], words[1::2], strict=True):
        kind = known.get(name)
        if kind is None or (kind is int and not re.fullmatch("[0-9]{1,19}", word)):
            raise _wrong(line)
        try:
            yield name, kind(word)
        except ValueError as error:
            raise _wrong(line) from error


def _words(pairs: Fields) -> str:
    return " ".join(f"{name} {value}" for name, value in pairs)


def _arguments(pairs: Fields) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in pairs)


def _wrong(text: str) -> UserError:
    return UserError(f"train {text}: write it like {_EXAMPLE}")
