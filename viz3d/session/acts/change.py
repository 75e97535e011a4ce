"""Acts on the network: which one, and what is done to it; the data set, and what is selected."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np

import engine
from engine import Net
from engine.edits import statements
from viz3d.command.choice.digits import check_data
from viz3d.command.choice.models import choose_net
from viz3d.command.choice.suiting import aligned
from viz3d.command.errors import UserError
from viz3d.command.options import PRESET
from viz3d.session import lines
from viz3d.session.acts.take import load_images, read_anew
from viz3d.session.images import Images
from viz3d.session.state import Made, Making, State, made


@dataclass(frozen=True)
class UseNet:
    """Choose a trained network: a preset, or a file, which must hold that preset if both are given.

    Changes and the selection of the network before it are not carried over. loaded: the network, where who
    asks has read it already.
    """

    preset: str | None = PRESET
    model: Path | None = None
    loaded: Net | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, preset: str | None, model: Path | None) -> "UseNet":
        """The act that chooses the network that a command line asks for."""
        return cls(preset or PRESET if model is None else preset, model)

    @classmethod
    def read(cls, text: str) -> "UseNet":
        """The act that the words behind "net" ask for: a preset, and perhaps a file that holds one."""
        preset, *more = text.split(maxsplit=1)
        return cls(preset, lines.read_file(more[0]) if more else None)

    @classmethod
    def read_model(cls, text: str) -> "UseNet":
        """The act that the words behind "model" ask for: a file."""
        return cls(None, lines.read_file(text))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        if self.model is None:
            return f"net {self.preset}"
        file = lines.write_file(self.model)
        return f"model {file}" if self.preset is None else f"net {self.preset} {file}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        if self.model is not None and engine.is_known(self.model):
            read = f"net = read_net(Path({str(self.model)!r}))"
            return "from pathlib import Path", "from viz3d.command.choice.models import read_net", read
        place = f'data.model_path("{self.preset}")' if self.model is None else repr(str(self.model))
        return (f"net = engine.load({place})",)

    def load(self, data: str = "", images: Images | None = None) -> Net:  # noqa: ARG002
        """The network, whatever it reads; UserError, DataError or EngineError where there is none."""
        return self.loaded or choose_net(self.preset, self.model)

    def after(self, state: State, images: Images) -> State:
        """It reads the same digit, see `read_anew`."""
        traced = read_anew(images.naming(self.load(), state.data), state, images)
        return state.then(self, before=traced, traced=traced, selection="", standing=None, measured=None)


@dataclass(frozen=True)
class Mutate:
    """Change the network by edits and surgery, see `engine.mutate`."""

    word: ClassVar[str] = "mutate"
    edits: str

    @classmethod
    def read(cls, text: str) -> "Mutate":
        """The act that a script line asks for; text: the line after its first word."""
        return cls("; ".join(statements(text)))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"mutate {'; '.join(statements(self.edits))}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        return (f"net = net.mutate({_python(self.edits)})",)

    def after(self, state: State, images: Images) -> State:  # noqa: ARG002
        """The same digit is read by the network that is made."""
        return state.changed(state.traced.net.mutate(self.edits), self)


@dataclass(frozen=True)
class Evolve:
    """Change weights of some layers by mutation and selection, see `engine.evolve`; a seed fixes all."""

    word: ClassVar[str] = "evolve"
    layers: str
    generations: int
    population: int
    images: int
    seed: int

    @classmethod
    def read(cls, text: str) -> "Evolve":
        """The act that a script line asks for; text: the line after its first word."""
        numbers = ("generations", "population", "images", "seed")
        form = "".join(rf"\s+{name}\s+([0-9]{{1,19}})" for name in numbers)
        match = re.fullmatch(rf"(\S+){form}", text)
        if not match:
            example = "evolve hidden3,output generations 30 population 20 images 5000 seed 0"
            raise UserError(f"evolve {text}: write it like {example}")
        return cls(match[1], *(int(n) for n in match.groups()[1:]))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        counts = f"generations {self.generations} population {self.population} images {self.images}"
        return f"evolve {self.layers} {counts} seed {self.seed}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        counts = f"generations={self.generations}, population={self.population}, images={self.images}"
        return (
            load_images("train", data, "train"),
            "pairs = train.images, train.labels",
            f"rng = np.random.default_rng({self.seed})",
            f"layers = {json.dumps(self.layers.split(','))}",
            f"*_, (_, evolution) = engine.evolve(net, pairs, pairs, rng, layers=layers, {counts})",
            f"net = evolution.net.noted({_python(self.text)})",
        )

    def after(self, state: State, images: Images) -> State:
        """The same digit is read by the network that comes of it."""
        return state.made(made(self.making(state, images)), self)

    def making(self, state: State, images: Images) -> Making:
        """Evolve the network of a moment; see LongAct."""
        net = state.traced.net
        train = images.load(state.data, "train")
        train = train if net.task is None else aligned(net, train, net.name)
        pairs = train.images, train.labels
        for step in engine.evolve(
            net,
            pairs,
            (train.images[:1], train.labels[:1]),  # what it is tested on changes nothing
            np.random.default_rng(self.seed),
            layers=self.layers.split(","),
            generations=self.generations,
            population=self.population,
            images=self.images,
        ):
            yield step[0]
        evolution = step[1]
        assert evolution is not None
        # The parameters are the same in number: a training that stood can go on.
        return Made(evolution.net.noted(self.text), state.standing, state.measured)


@dataclass(frozen=True)
class UseData:
    """Choose the data set of digits and test images: mnist, digits, or the folder of the MNIST files."""

    word: ClassVar[str] = "data"
    name: str

    @classmethod
    def read(cls, text: str) -> "UseData":
        """The act that a script line asks for; text: the line after its first word."""
        return cls(str(lines.read_file(text)))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"data {lines.write_file(Path(self.name))}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """None: the lines that load images name the data set."""
        return ()

    def after(self, state: State, images: Images) -> State:  # noqa: ARG002
        """The digit stays; the next one is taken from there."""
        check_data(self.name)
        # No training goes on with other images.
        return state.then(self, data=self.name, standing=None)


@dataclass(frozen=True)
class Select:
    """Select a neuron, a group or a synapse by its address; "" for none."""

    word: ClassVar[str] = "select"
    where: str

    @classmethod
    def read(cls, text: str) -> "Select":
        """The act that a script line asks for; text: the line after its first word."""
        return cls("" if text == "none" else text)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"select {self.where or 'none'}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        kind = "synapse" if "->" in self.where else "neuron"
        return (f"selected = net.{kind}({_python(self.where)})" if self.where else "selected = None",)

    def after(self, state: State, images: Images) -> State:  # noqa: ARG002
        """The network is as it was."""
        net, where = state.traced.net, self.where
        if where:
            where = (net.synapse if "->" in where else net.neuron)(where).address
        return state.then(self, selection=where)


def _python(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    return json.dumps(text, ensure_ascii=False)
