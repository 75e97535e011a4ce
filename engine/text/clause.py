"""One layer's words taken apart, before anything is known of the other layers."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.arrays import Shape
from engine.blocks import Block
from engine.blocks.activations import activations, is_activation
from engine.errors import EngineError
from engine.text.source import Segment, Word, suggestion
from engine.text.vocabulary import ALIASES, BY_WORD, ELSEWHERE, ENTRIES, WORDS, Entry, Slot, number

_COMMON = ("dropout", "from", "as")
RESERVED = frozenset((*_COMMON, "add", *activations()))
"""Words that can name no layer, because they mean something wherever a name may stand."""


@dataclass
class Clause:
    """What a segment says.

    guilty: the word to blame where the block does not fit what it reads. options: the words of the options'
    values. sources: the names after "from", or
    None. more: the names of what it reads besides.
    """

    segment: Segment
    entry: Entry
    guilty: Word
    values: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Word] = field(default_factory=dict)
    activation: str = "identity"
    dropout: float = 0.0
    name: Word | None = None
    sources: list[Word] | None = None
    more: list[Word] = field(default_factory=list)

    @property
    def head(self) -> Word:
        """The block's own word."""
        return self.segment.words[0]

    def block(self) -> Block:
        """The block with the values."""
        try:
            return self.entry.block(**self.values)
        except EngineError as error:
            raise self.segment.wrong(self.guilty, str(error)) from None

    def to_blame(self, sources: Sequence[Shape]) -> Word:
        """The word but for which the block would fit its sources: an option's, else the block's own."""
        for key, word in self.options.items():
            usual = zip(self.entry.options[key].fields, self.entry.default(key), strict=True)
            with contextlib.suppress(EngineError):
                self.entry.block(**{**self.values, **dict(usual)}).shape(sources)
                return word
        return self.guilty


def clause(segment: Segment) -> Clause:
    """Parse the words of a segment that has a block; ArchitectureError at the word that is wrong."""
    entry = _entry(segment)
    said = Clause(segment, entry, segment.words[0])
    rest = list(segment.words[1:])
    for slot in entry.slots:
        if not rest:
            raise segment.wrong(None, f"the {slot.what} is missing, as in {entry.usage}")
        said.guilty = rest.pop(0)
        values = slot.read(said.guilty.key)
        if values is None:
            problem = f"expected the {slot.what}, {slot.limits}, as in {entry.usage}"
            raise segment.wrong(said.guilty, problem)
        said.values.update(zip(slot.fields, values, strict=True))
    if entry.slots:
        said.guilty = segment.words[1:][: len(entry.slots)][entry.blame]
    said.block()
    if entry.more == entry.word:
        said.more = _names(said, rest, entry.word)
    _tail(said, rest)
    return said


def _tail(said: Clause, rest: list[Word]) -> None:
    """Options, activation, dropout, sources and name, in any order."""
    segment, entry, seen = said.segment, said.entry, set()
    while rest:
        word = rest.pop(0)
        kind = "activation" if is_activation(word.key) else word.key
        if kind in seen:
            raise segment.wrong(word, f"a second {kind}: give it once")
        seen.add(kind)
        if kind in entry.options:
            _option(said, word, entry.options[kind], rest)
        elif kind == "activation":
            said.activation = word.key
        elif kind == "dropout":
            said.dropout = rate(segment, rest)
        elif kind == entry.more:
            said.more = _names(said, rest, kind)
        elif kind == "from":
            said.sources = _names(said, rest, kind)
        elif kind == "as":
            said.name = new_name(segment, rest)
        else:
            raise segment.wrong(word, _unknown(word, entry))


def _option(said: Clause, word: Word, slot: Slot, rest: list[Word]) -> None:
    values, guilty = slot.fixed, word
    if values is None:
        needs = f"{word.key} needs {slot.what}, such as {slot.example}"
        if not rest:
            raise said.segment.wrong(None, needs)
        guilty = rest.pop(0)
        values = slot.read(guilty.key)
        if values is None:
            raise said.segment.wrong(guilty, needs)
    said.values.update(zip(slot.fields, values, strict=True))
    said.options[word.key] = guilty
    try:
        # Once for each option, so that the blame falls on the right one.
        said.entry.block(**said.values)
    except EngineError as error:
        raise said.segment.wrong(guilty, str(error)) from None


def _names(said: Clause, rest: list[Word], after: str) -> list[Word]:
    """The layer names at the head of `rest`, taken from it; one at least."""
    taken = []
    while rest and rest[0].key not in (*RESERVED, *said.entry.options):
        taken.append(rest.pop(0))
    if not taken:
        word = rest[0] if rest else None
        raise said.segment.wrong(word, f"{after} needs the name of a layer before it")
    return taken


def rate(segment: Segment, rest: list[Word]) -> float:
    """The share that follows "dropout", taken from `rest`."""
    needs = "dropout needs its share of neurons, a number between 0 and 1 such as 0.2"
    if not rest:
        raise segment.wrong(None, needs)
    share = number(rest[0].text)
    if share is None or not 0 < share < 1:
        raise segment.wrong(rest[0], needs)
    rest.pop(0)
    return share


def _entry(segment: Segment) -> Entry:
    word = segment.words[0]
    key = ALIASES.get(word.key, word.key)
    if key in BY_WORD:
        return BY_WORD[key]
    kinds = ", ".join(WORDS)
    if word.key == "input":
        raise segment.wrong(word, "the input comes first, and only once")
    if word.key in {"from", "as", *(key for entry in ENTRIES for key in entry.options)}:
        raise segment.wrong(word, f'a layer begins with its kind, one of {kinds}: is there a "|" too many?')
    if word.key == "flatten":
        raise segment.wrong(word, "a dense layer reads maps as they are: leave it out")
    near = suggestion(ELSEWHERE.get(word.key, word.text), [*WORDS, *ALIASES, *_COMMON, *activations()])
    raise segment.wrong(word, f"unknown layer: {near}known are {kinds}, dropout and the activations")


def new_name(segment: Segment, rest: list[Word]) -> Word:
    """The name that follows "as", taken from `rest`."""
    if not rest:
        raise segment.wrong(None, "as needs a name, such as stem")
    word = rest.pop(0)
    if word.key in RESERVED or word.text == "input":
        raise segment.wrong(word, "that is a word of the language: choose another name")
    if not re.fullmatch(r"\w[\w-]*(\.[\w-]+)*", word.text):
        raise segment.wrong(word, "a name has letters, digits, - and _, and dots only inside")
    return word


def _unknown(word: Word, entry: Entry) -> str:
    if word.key in WORDS or word.key in ALIASES:
        return 'another layer begins here: put "|" before it'
    more = [entry.more] if entry.more not in (None, entry.word) else []
    known = [*entry.options, *more, *activations(), *_COMMON]
    return f"unknown word: {suggestion(word.text, known)}after {entry.word} come {', '.join(known)}"


def ends(segment: Segment, rest: Sequence[Word], what: str) -> None:
    """ArchitectureError where words are left."""
    if rest:
        raise segment.wrong(rest[0], f'{what} ends here: put "|" before the next layer')
