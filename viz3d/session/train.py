"""The act that trains the network: a run of updates, and what was changed while it ran."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

import engine
from data import Dataset
from engine import Net, Recipe, Training
from engine.text.build import initial_parameters
from viz3d.command.errors import UserError
from viz3d.session.images import Images
from viz3d.session.state import Making, State, made
from viz3d.session.take import load_images

Fields = tuple[tuple[str, Any], ...]

_KINDS = {field.name: type(field.default) for field in fields(Recipe)}
_SHOWN = ("optimizer", "lr", "batch")  # told of every run, though they may be the network's own
_EXAMPLE = "train steps 100 images 60000 seed 0 lr 0.001 at 50 lr 0.0001"


@dataclass(frozen=True)
class Train:
    """Train the network for so many steps on the first images of the data set; the seed fixes the result.

    seed: of the order of the images, and of new weights where `fresh`. recipe: the fields that make the
    network's recipe that of the run. changes: fields that change further after so many steps, in order.
    """

    word: ClassVar[str] = "train"
    steps: int
    images: int
    seed: int
    fresh: bool = False
    recipe: Fields = ()
    changes: tuple[tuple[int, Fields], ...] = ()

    @classmethod
    def read(cls, text: str) -> "Train":
        """The act that a script line asks for; text: the line after its first word."""
        head, *changes = re.split(r"\s+at\s+", text)
        known = {"steps": int, "images": int, "seed": int, "weights": str, **_KINDS}
        given = dict(_pairs(head, known, text))
        try:
            steps, images, seed = (int(given.pop(name)) for name in ("steps", "images", "seed"))
        except KeyError as error:
            raise _wrong(text) from error
        weights = given.pop("weights", None)
        groups = [re.fullmatch(r"([0-9]{1,19})\s+(.+)", change) for change in changes]
        if not all(groups) or weights not in (None, "new"):
            raise _wrong(text)
        later = tuple((int(group[1]), _pairs(group[2], _KINDS, text)) for group in groups if group)
        return cls(steps, images, seed, weights is not None, tuple(given.items()), later)

    @classmethod
    def under(cls, net: Net, recipe: Recipe, images: int, seed: int, fresh: bool) -> "Train":
        """A run of a network under a recipe, as it is before its first step."""
        asked = {name: getattr(recipe, name) for name in _SHOWN}
        near = net.recipe.change(**asked)
        asked |= {
            name: getattr(recipe, name) for name in _KINDS if getattr(recipe, name) != getattr(near, name)
        }
        return cls(0, images, seed, fresh, tuple(asked.items()))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        weights = (("weights", "new"),) if self.fresh else ()
        head = (("steps", self.steps), ("images", self.images), ("seed", self.seed), *weights, *self.recipe)
        later = "".join(f" at {step} {_words(changed)}" for step, changed in self.changes)
        return f"train {_words(head)}{later}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        seed, some = f"np.random.default_rng({self.seed})", f"[:{self.images}]"
        fresh = (f"net = net.replace(initial_parameters(net.layers, {seed}))",) if self.fresh else ()
        if not self.steps:
            return (*fresh, f"net = net.noted({json.dumps(self.text)})")
        rng = f"np.random.default_rng([{self.seed}, 1])"
        recipe = _arguments(self.recipe)
        body, done = [], 0
        for step, changed in self.changes:
            body += [f"for _ in zip(range({step - done}), training): pass"]
            body += [f"training.change({_arguments(changed)})"]
            done = step
        return (
            *fresh,
            load_images("train", data, "train"),
            f"pairs = train.images{some}, train.labels{some}",
            f"training = engine.fit(net, *pairs, rng={rng}, {recipe})",
            *body,
            f"for _ in zip(range({self.steps - done}), training): pass",
            f"net = training.snapshot().noted({json.dumps(self.text)})",
        )

    def begin(self, net: Net) -> Net:
        """The network before the first step."""
        return (
            net.replace(initial_parameters(net.layers, np.random.default_rng(self.seed)))
            if self.fresh
            else net
        )

    def training(self, net: Net, images: Dataset) -> Training:
        """A run before its first step, of a net as it was chosen; UserError or EngineError in one line."""
        count = len(images.labels)
        if not 0 < self.images <= count:
            raise UserError(f"train images {self.images}: there are 1 to {count:,}")
        # Not the seed of the weights again: the same numbers would then serve twice.
        rng = np.random.default_rng([self.seed, 1])
        some = slice(self.images)
        pairs = images.images[some], images.labels[some]
        return engine.fit(self.begin(net), *pairs, rng=rng, **dict(self.recipe))

    def after(self, state: State, images: Images) -> State:
        """The same digit is read by the network that comes of it."""
        return state.changed(made(self.making(state, images)), self)

    def making(self, state: State, images: Images) -> Making:
        """Train the network of a moment; see LongAct."""
        net = state.traced.net
        if self.steps:
            net = yield from self._trained(net, images.load(state.data, "train"))
        else:
            net = self.begin(net)
        return net.noted(self.text)

    def _trained(self, net: Net, images: Dataset) -> Making:
        training, changes = self.training(net, images), list(self.changes)
        for done in range(self.steps):
            yield done / self.steps
            while changes and changes[0][0] == done:
                training.change(**dict(changes.pop(0)[1]))
            if next(training, None) is None:
                raise UserError(f"train steps {self.steps}: its epochs end after {done:,}: give more epochs")
        return training.snapshot()


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
