"""The written text: its words with their places, and the error that points at one of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import EngineError
from engine.limits import CHARACTERS, check_count

_LONGEST = 40


class ArchitectureError(EngineError):
    """A word of an architecture that is wrong; the message says where, what, and what is known there.

    line, column: of the word, from 1. word: as it was written, empty where one is missing. picture: its line
    with a caret under it, two lines, for a front end that has the room.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, word: str = "", source: str = ""):
        super().__init__(message)
        self.line, self.column, self.word = line, column, word
        self.picture = f"{source.replace(chr(9), ' ')}\n{' ' * (column - 1)}{'^' * max(len(word), 1)}"


@dataclass(frozen=True)
class Word:
    """One word and its place in the text, from 1."""

    text: str
    line: int
    column: int

    @property
    def key(self) -> str:
        """The word as the vocabulary has it: Conv and CONV are conv."""
        return self.text.lower()


@dataclass(frozen=True)
class Segment:
    """The words of one layer, one at least, and the lines of the whole text."""

    words: tuple[Word, ...]
    lines: tuple[str, ...]

    def wrong(self, word: Word | None, problem: str) -> ArchitectureError:
        """The error for a word of this segment, or for one that is missing at its end (None)."""
        last = self.words[-1]
        line, column = (word.line, word.column) if word else (last.line, last.column + len(last.text))
        place = f"column {column}" if len(self.lines) == 1 else f"line {line}, column {column}"
        whole = _quoted(" ".join(each.text for each in self.words))
        what = f"after {whole}" if word is None else f"{_quoted(word.text)} in {whole}"
        if word is not None and len(self.words) == 1:
            what = whole
        source = self.lines[line - 1]
        return ArchitectureError(
            f"{place}, {what}: {problem}", line, column, word.text if word else "", source
        )


def split(text: str) -> list[Segment]:
    """The words of each layer: one ends at "|" and at a line's end; "#" begins a comment.

    EngineError where the text is longer than any that describes a net.
    """
    check_count(len(text), CHARACTERS, "characters")
    lines = tuple(text.splitlines()) or ("",)
    segments = []
    for number, line in enumerate(lines, 1):
        kept = line.partition("#")[0]
        start = 0
        for part in kept.split("|"):
            matches = re.finditer(r"\S+", part)
            words = tuple(Word(match[0], number, start + match.start() + 1) for match in matches)
            if words:
                segments.append(Segment(words, lines))
            start += len(part) + 1
    return segments


def suggestion(word: str, known: Iterable[str]) -> str:
    """A question such as "did you mean relu? " where one of the known words is near, else nothing."""
    by_key = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), by_key, 1, 0.6)
    return f"did you mean {by_key[near[0]]}? " if near else ""


def _quoted(text: str) -> str:
    shown = "".join(c if c.isprintable() else "�" for c in text)
    limit = _LONGEST * 2
    return f'"{shown}"' if len(shown) <= limit else f'"{shown[:limit]}…"'
