"""From text to layers, one segment at a time, with the error at the word that is wrong."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from engine.arrays import Shape
from engine.blocks.activations import is_activation
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.graph.rules import check_layers
from engine.limits import LAYERS, check_count
from engine.text import transformer
from engine.text.clause import Clause, clause, ends, rate
from engine.text.source import ArchitectureError, Segment, Word, split, suggestion
from engine.text.vocabulary import Entry

_NOBODY = "no layer follows that could miss the dropped neurons: leave it out"


def read(text: str) -> tuple[Layer, ...]:
    """The layers that a text describes (its grammar: `engine.text`).

    ArchitectureError, one line, names the place, the word, what is wrong and what is known there.
    """
    segments = split(text)
    if not segments:
        source = text.splitlines()[0] if text else ""
        raise ArchitectureError('the architecture is empty: begin with "input 28x28"', source=source)
    check_count(len(segments), LAYERS, "layers")
    builder = _Builder()
    builder.input(segments[0])
    # The last segment with a layer of its own makes the output.
    last = max(i for i, segment in enumerate(segments) if not _changes_the_layer_before(segment))
    for i, segment in enumerate(segments[1:], 1):
        if _changes_the_layer_before(segment):
            builder.change(segment, i > last)
        elif segment.words[0].key == transformer.WORD:
            builder.transformer(segment, i == last)
        else:
            builder.layer(clause(segment), i == last)
    if not last:
        raise segments[-1].wrong(None, 'no layer follows the input: add one, such as "| dense 10 softmax"')
    check_layers(tuple(builder.layers))
    return tuple(builder.layers)


def _changes_the_layer_before(segment: Segment) -> bool:
    key = segment.words[0].key
    return key == "dropout" or is_activation(key)


class _Builder:
    """The layers so far."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.counts: dict[str, int] = {}

    def input(self, segment: Segment) -> None:
        first, *rest = segment.words
        if first.key != "input":
            near = suggestion(first.text, ("input",))
            raise segment.wrong(first, f'{near}an architecture begins with its input, such as "input 28x28"')
        if not rest:
            raise segment.wrong(None, "the input's size is missing, such as 28x28")
        shape = _input_shape(rest[0].text)
        if shape is None:
            raise segment.wrong(rest[0], "no size of an input: give 28x28, 28x28x3, or a count of neurons")
        if len(rest) > 1 and rest[1].key in ("x", "×"):
            raise segment.wrong(rest[1], "write the input's size as one word, such as 28x28")
        ends(segment, rest[1:], "the input")
        self.layers.append(Layer("input", "Input", shape))

    def change(self, segment: Segment, last: bool) -> None:
        """A segment that is only `dropout 0.2` or an activation: it belongs to the layer before it."""
        word, *rest = segment.words
        before = self.layers[-1]
        if before.block is None:
            raise segment.wrong(word, "the input takes no dropout and no activation: put it behind a layer")
        if word.key == "dropout":
            if last:
                raise segment.wrong(word, _NOBODY)
            self._set(segment, "dropout", rate(segment, rest))
        elif before.dropout:
            raise segment.wrong(word, f"put the activation before the dropout of {before.name}")
        else:
            self._set(segment, "activation", word.key)
        ends(segment, rest, word.key)

    def _set(self, segment: Segment, what: str, value: Any) -> None:
        before = self.layers[-1]
        if getattr(before, what) not in ("identity", 0.0):
            problem = f"{before.name} already has {what} {getattr(before, what)}"
            raise segment.wrong(segment.words[0], problem)
        self.layers[-1] = dataclasses.replace(before, **{what: value})

    def transformer(self, segment: Segment, last: bool) -> None:
        """A segment that stands for the layers of a whole transformer block."""
        if last:
            raise segment.wrong(None, 'a transformer is no output: add one, such as "| head 10 softmax"')
        number = self.counts[transformer.WORD] = self.counts.get(transformer.WORD, 0) + 1
        for layer in transformer.read(segment, self.layers[-1], number):
            self._check_new(segment, segment.words[0], layer.name)
            self.layers.append(layer)

    def layer(self, said: Clause, last: bool) -> None:
        """A segment with a block."""
        sources = self._sources(said)
        shape = _shape(said, sources)
        name, title = self._name(said, last)
        if last and said.dropout:
            raise said.segment.wrong(None, _NOBODY)
        read_from = tuple(source.name for source in sources)
        layer = Layer(name, title, shape, said.block(), read_from, said.activation, said.dropout)
        self.layers.append(layer)

    def _sources(self, said: Clause) -> list[Layer]:
        by_name = {layer.name: layer for layer in self.layers}
        sources = [] if said.sources else [self.layers[-1]]
        for word in (*(said.sources or ()), *said.more):
            if word.text not in by_name:
                near = suggestion(word.text, by_name)
                problem = f"no layer before this one has that name: {near}known are {', '.join(by_name)}"
                raise said.segment.wrong(word, problem)
            if by_name[word.text] in sources:
                raise said.segment.wrong(word, "the layer reads it already: name each source once")
            sources.append(by_name[word.text])
        return sources

    def _name(self, said: Clause, last: bool) -> tuple[str, str]:
        entry = said.entry
        self.counts[entry.stem] = self.counts.get(entry.stem, 0) + 1
        if said.name is None:
            name, word = ("output" if last else entry.name(self.counts[entry.stem])), said.head
        else:
            name, word = said.name.text, said.name
            if (name == "output") != last:
                problem = "the last layer is named output" if last else "only the last layer is named output"
                raise said.segment.wrong(word, f"{problem}: leave the name out or take another")
        self._check_new(said.segment, word, name)
        return name, title_of(name, entry)

    def _check_new(self, segment: Segment, word: Word, name: str) -> None:
        if any(layer.name == name for layer in self.layers):
            raise segment.wrong(word, f"a layer before this one is named {name}: give one of them another")


def title_of(name: str, entry: Entry) -> str:
    """The title of a layer of that name and block, such as "Convolution 2" of conv2, "Skip" of skip."""
    match = re.fullmatch(rf"{re.escape(entry.stem)}(\d*)", name)
    if match:
        return f"{entry.title} {match[1]}".strip()
    words = re.sub(r"[-_]+", " ", re.sub(r"(?<=[A-Za-z])(?=\d)", " ", name)).strip() or name
    return words[0].upper() + words[1:]


def _shape(said: Clause, sources: list[Layer]) -> Shape:
    entry, first = said.entry, sources[0]
    if entry.axes is not None and len(first.shape) != entry.axes:
        needs = {2: "tokens", 3: "an image or maps"}[entry.axes]
        problem = f"{entry.word} reads {needs}, but {first.name} is {_size(first.shape)}"
        raise said.segment.wrong(said.head, problem)
    shapes = [source.shape for source in sources]
    try:
        return said.block().shape(shapes)
    except EngineError as error:
        seen = ", ".join(f"{source.name} ({_size(source.shape)})" for source in sources)
        raise said.segment.wrong(said.to_blame(shapes), f"{error}; it reads {seen}") from None


def _size(shape: Shape) -> str:
    """A shape in words."""
    if len(shape) == 1:
        return f"a row of {shape[0]} neurons"
    return f"{shape[0]} tokens of {shape[1]}" if len(shape) == 2 else "x".join(map(str, shape))


def _input_shape(text: str) -> Shape | None:
    match = re.fullmatch(r"([1-9]\d{0,6})(?:[x×]([1-9]\d{0,4})(?:[x×]([1-9]\d{0,4}))?)?", text, re.ASCII)
    if not match:
        return None
    sides = [int(side) for side in match.groups() if side]
    return (sides[0],) if len(sides) == 1 else (sides[0], sides[1], sides[2] if len(sides) == 3 else 1)
