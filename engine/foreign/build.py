"""The graph of an imported net, put together layer by layer and checked as a preset's is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import AveragePool, Block, Conv, Dense, MaxPool
from engine.errors import EngineError
from engine.foreign.normed import Normed
from engine.foreign.pickles import shown
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.task import Task
from engine.text.presets import preset, presets
from engine.text.read import title_of
from engine.text.vocabulary import BY_BLOCK

_MOST_NEURONS = 10_000_000


@dataclass(frozen=True)
class Way:
    """One way to read a file that leaves things open: what is assumed, in words, and the net then.

    near: ways that differ little from it, to be tried once it is known that it is about right. far: ways that
    differ from it in one thing, to be tried where it reads less than such a network should. functions: ways
    with each function that its layers may have alike, the most usual first, and this one; none where it is
    known. layouts: ways with each layout of its convolutions that comes to as many numbers, where several do.
    around: ways with its layers one after another, and with each kind of shortcuts, this one among them; none
    where the file tells.
    beside: in what it differs from the way that it is near to. odd: whether it is meant seldom. whole: the
    net with what its batch norms keep; None where it has none.
    """

    assumed: str
    make: Callable[[], Net]
    near: Callable[[], tuple[Way, ...]] = tuple
    far: Callable[[], tuple[Way, ...]] = tuple
    functions: Callable[[], tuple[Way, ...]] = tuple
    layouts: Callable[[], tuple[Way, ...]] = tuple
    around: Callable[[], tuple[Way, ...]] = tuple
    beside: str = ""
    odd: bool = False
    whole: Callable[[], Imported] | None = None


@dataclass(frozen=True)
class Imported:
    """A net from another program's file: kind is what the file is, notes what it left open, in words.

    readings: where the file leaves open how it is meant, each way that fits; net is the first of them.
    normed: what its batch norms keep of the images that it was trained on. of_numbers: what in the file tells
    that its outputs are numbers and no classes, "" where nothing does, None where they are classes. put:
    whether the softmax at its end is none of the file's. whole: whether the file itself tells its functions
    up to the end, though its kind is one of weights alone. outputs, framing: as in `Told`, where the
    file says so. task: what it is for, where the file says so.
    one: the net with its one output neuron, where two classes were made of it.
    """

    net: Net
    kind: str
    notes: tuple[str, ...] = ()
    readings: tuple[Way, ...] = ()
    normed: tuple[Normed, ...] = ()
    of_numbers: str | None = ""
    put: bool = False
    whole: bool = False
    outputs: str | None = None
    task: Task | None = None
    framing: str | None = None
    one: Net | None = None


class GraphBuilder:
    """Gathers layers, each after its sources, under the names that they have in the foreign file.

    The net's layers take the names that an architecture written as text gives them: hidden1, conv2, and the
    last one added is the output. Every error names the layer as the file does.
    """

    def __init__(self, shape: Shape, name: str = "input"):
        self._layers = {name: Layer("input", "Input", shape)}
        self._parameters: dict[str, Mapping[str, Array]] = {}
        self._counts: dict[str, int] = {}
        self._reader_of: dict[str, str] = {}

    @property
    def newest(self) -> str:
        """The file's name of the layer that was added last, at first of the input."""
        return next(reversed(self._layers))

    def layer(self, name: str | None = None) -> Layer:
        """The layer that the file calls so, as it is so far; None: the one added last."""
        name = self.newest if name is None else name
        if name not in self._layers:
            raise EngineError(f"no layer {shown(name)}: there are {', '.join(map(shown, self._layers))}")
        return self._layers[name]

    def add(
        self,
        name: str,
        block: Block,
        sources: Sequence[str] | None = None,
        parameters: Mapping[str, Array] | None = None,
        *,
        activation: str = "identity",
        dropout: float = 0.0,
        called: str | None = None,
    ) -> None:
        """One more layer, which reads the layers of these names; None: the one added last, as in a chain.

        parameters: the block's own ("weight", "bias"), of which float32 copies are kept. called: its name in
        the net, where that is not the usual one. EngineError where the name is taken, a source is no layer
        yet, or shapes do not fit.
        """
        if name in self._layers:
            raise _wrong(name, "another layer has this name")
        names = [self.newest] if sources is None else list(sources)
        for source in names:
            if source not in self._layers:
                known = ", ".join(map(shown, self._layers))
                raise _wrong(
                    name, f"it reads {shown(source)}, which is no layer before it: there are {known}"
                )
        if len(set(names)) < len(names):
            raise _wrong(name, f"it reads one layer twice: {', '.join(map(shown, names))}")
        shapes = [self._layers[source].shape for source in names]
        layer = self._named(name, block, names, shapes, called)
        self._parameters[layer.name] = _fitting(name, block.parameter_shapes(shapes), parameters or {})
        self._layers[name] = layer
        self._reader_of.update(dict.fromkeys(names, name))
        self.change(name, activation=activation, dropout=dropout)

    def change(self, name: str, *, activation: str | None = None, dropout: float | None = None) -> None:
        """Give a layer the activation or dropout that the file tells of afterwards, as a layer of its own.

        EngineError where another layer has read it already, without that.
        """
        layer = self.layer(name)
        if name in self._reader_of:
            reader = shown(self._reader_of[name])
            raise _wrong(name, f"{reader} reads it already: its activation and dropout must come before")
        try:
            self._layers[name] = dataclasses.replace(
                layer,
                activation=layer.activation if activation is None else activation,
                dropout=layer.dropout if dropout is None else dropout,
            )
        except EngineError as error:
            raise _wrong(name, str(error)) from None

    def net(self, name: str, title: str, recipe: Recipe) -> Net:
        """The net, with the newest layer as output; a preset's layers bring its name, title and recipe.

        EngineError where another layer leads nowhere.
        """
        ends = [shown(each) for each in self._layers if each not in self._reader_of]
        if len(ends) > 1:
            raise EngineError(f"its layers {', '.join(ends)} are read by no other: a net has one output")
        *before, last = self._layers.values()
        layers = (*before, dataclasses.replace(last, name="output", title="Output"))
        parameters = {
            f"{'output' if layer == last.name else layer}.{key}": array
            for layer, own in self._parameters.items()
            for key, array in own.items()
        }
        return preset_or(Net.of(name, title, layers, parameters, recipe))

    def _named(
        self, name: str, block: Block, sources: Sequence[str], shapes: Sequence[Shape], called: str | None
    ) -> Layer:
        """The layer under the net's own name for it."""
        entry = BY_BLOCK[type(block)]
        try:
            shape = block.shape(shapes)
            number = self._counts.get(entry.stem, 0) + 1
            own = called or entry.name(number)
            layer = Layer(
                own, title_of(own, entry), shape, block, tuple(self._layers[each].name for each in sources)
            )
        except EngineError as error:
            raise _wrong(name, str(error)) from None
        if layer.size > _MOST_NEURONS:
            raise _wrong(name, f"it has {layer.size:,} neurons, the limit is {_MOST_NEURONS:,}")
        if called is None:
            self._counts[entry.stem] = number
        return layer


def preset_or(net: Net) -> Net:
    """The net under the name, title and recipe of the preset whose layers it has; else as it is.

    How fresh weights are drawn and what dropout silences, no file of weights tells: they are the preset's.
    """
    own = _bare(net.layers)
    name = next((known for known in presets() if _bare_of(known) == own), None)
    return net if name is None else preset(name, np.random.default_rng(0)).replace(net.parameters)


@cache
def _bare_of(known: str) -> list[tuple[Layer, object]]:
    """The same of a preset: dozens of ways to read a file are held to each."""
    return _bare(preset(known, np.random.default_rng(0)).layers)


def _bare(layers: Sequence[Layer]) -> list[tuple[Layer, object]]:
    """Layers without what matters for training alone; where windows lie, in place of padding."""
    shapes = {layer.name: layer.shape for layer in layers}
    made: list[tuple[Layer, object]] = []
    for layer in layers:
        block, axes = layer.block, None
        if isinstance(block, Dense):
            block = Dense(block.units)
        elif isinstance(block, Conv | MaxPool | AveragePool):
            axes = block.axes(shapes[layer.sources[0]])
            block = dataclasses.replace(block, padding=0)
        made.append((dataclasses.replace(layer, block=block, dropout=0.0), axes))
    return made


def _fitting(name: str, shapes: Mapping[str, Shape], given: Mapping[str, Array]) -> dict[str, Array]:
    """float32 copies of a layer's parameters, in the block's order; EngineError where they are others."""
    if set(given) != set(shapes):
        raise _wrong(
            name, f"it has {', '.join(given) or 'no parameters'}, needed are {', '.join(shapes) or 'none'}"
        )
    copies = {}
    for key, shape in shapes.items():
        if given[key].shape != shape:
            raise _wrong(name, f"its {key} is {given[key].shape}, needed is {shape}")
        with np.errstate(all="ignore"):
            copies[key] = given[key].astype(np.float32)
        if not np.isfinite(copies[key]).all():
            raise _wrong(name, f"its {key} holds NaN, infinity or a number beyond float32: train it anew")
    return copies


def _wrong(name: str, problem: str) -> EngineError:
    return EngineError(f"{shown(name)}: {problem}")
