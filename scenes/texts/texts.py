"""Texts: the entries of a language. One more language is one more file here, named by its code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Any

from scenes.errors import SceneError

_FOLDER = Path(__file__).parent

LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Codes of the languages that pictures speak."""


_OF_OWN = re.compile(
    r"(?P<set>.+) (?P<split>test|train) (?P<what>.+) #(?P<number>\d+)(?: \((?P<where>.+)\))?", re.S
)
"""Where an example of a set of one's own is from."""
_ENDS = {
    "changed": re.compile("changed"),
    "digit": re.compile(r"digit (?P<number>\d+) of (?P<count>\d+)"),
    "frame": re.compile(r"frame (?P<number>\d+)"),
}
"""What is told behind where a digit is from."""


class _Writer(Formatter):
    """Fills the places of a text, with numbers as its language writes them."""

    def __init__(self, texts: "Texts") -> None:
        self._texts = texts

    def format_field(self, value: Any, format_spec: str) -> str:
        """One value in its place."""
        known = isinstance(value, int | float) and format_spec
        return self._texts.number(value, format_spec) if known else str(format(value, format_spec))


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a language.

    Attributes:
        language: its code, such as "de".
        entries: texts by key, such as "answer.label"; what the language lacks is there in English.
    """

    language: str
    entries: Mapping[str, str] = field(repr=False)

    def say(self, key: str, /, **values: object) -> str:
        """The text of a key with values in its places; by `n` that of one or of any other number."""
        if key not in self.entries:
            key += ".one" if values.get("n") == 1 else ".other"
        return _Writer(self).vformat(self.entries[key], (), values)

    def number(self, value: float, form: str) -> str:
        """A number, written as the language does; form: Python's, such as ",.2f"."""
        return format(value, form).translate(self._marks)

    def percent(self, share: float) -> str:
        """A probability 0..1 in percent, that never rounds to a false 0 or 100."""
        least, most = share < 0.0005, share >= 0.9995
        amount = self.number(0.1 if least else 99.9 if most else share * 100, ".1f")
        return ("<" if least else ">" if most else "") + self.entries["form.percent"].format(share=amount)

    def value(self, value: float) -> str:
        """A number that a net gives, in three digits, or whole where it is large: "0.564", "−24,500"."""
        written = self.number(value, ",.0f" if 1e3 <= abs(value) < 1e9 else ".3g")
        return written.replace("-", "\N{MINUS SIGN}")

    def answer(self, share: float, name: str, *, number: bool) -> tuple[str, str]:
        """What an answer is called and how sure it is.

        Of a number, its name and its value; where it is the only one and has no name (""), this and nothing.
        """
        if number:
            return (name, self.value(share)) if name else (self.value(share), "")
        return name, self.percent(share)

    @cached_property
    def _marks(self) -> Mapping[int, str]:
        return {ord(","): self.entries["form.thousands"], ord("."): self.entries["form.point"]}

    def name(self, text: str) -> str:
        """A name that a net or a digit brings in English, whatever number it ends in: "Hidden 2".

        One that is not among the entries, such as a file's, is the same in every language.
        """
        known, number = _parted(text)
        return self.entries.get(f"names.{known}", known) + number

    def source(self, text: str) -> str:
        """Where a digit is from: "shapes test image #3 (row 5)", of which the set's name stays as it is."""
        before, _, end = text.rpartition(", ")
        for key, form in _ENDS.items() if before else ():
            if told := form.fullmatch(end):
                return f"{self.source(before)}, {self.entries[f'source.{key}'].format(**told.groupdict())}"
        told = _OF_OWN.fullmatch(text)
        if self.name(text) != text or told is None or self.entries["names.row of a table"] == "row":
            return self.name(text)
        split, what = told["split"], "image" if told["what"] == "image" else "example"
        where = re.sub(
            r"^row(?= \d+$)|(?<=^#)(\d+) in the file$",
            lambda part: f"{part[1]} {self.name('in the file')}" if part[1] else self.name("row of a table"),
            told["where"] or "",
        )
        named = self.entries[f"names.{split} {what} #"]
        return f"{told['set']}, {named}{told['number']}" + (f" ({where})" if where else "")

    def small(self, text: str) -> str:
        """The same as `name`, shorter where the language has a short form of it: "Conv 2"."""
        known, number = _parted(text)
        return self.entries.get(f"small.{known}", self.name(known)) + number

    def word(self, text: str) -> str:
        """A name without its number, as small as the language writes what is no headline."""
        said = self.name(_parted(text)[0]).rstrip()
        return said.lower() if self.entries["form.words"] == "lower" else said


def _parted(text: str) -> tuple[str, str]:
    """A name, and the number that it ends in with what is between them: "Norm", " 1.2"."""
    known = re.sub(r"\s*[\d.]*$", "", text)
    return known, text[len(known) :]


@cache
def catalogue(language: str) -> Texts:
    """The texts of a language, by its code.

    Raises:
        SceneError: there is no such language.
    """
    if language not in LANGUAGES:
        raise SceneError(f"language {language} is not known: give one of {', '.join(LANGUAGES)}")
    return Texts(language, {**written("en"), **written(language)})


_PLAIN = "plain."


@cache
def catalogue_for(language: str, noun: str) -> Texts:
    """The texts of a language for a net that reads such inputs; of what is no digit, the plain ones.

    Raises:
        SceneError: there is no such language.
    """
    texts = catalogue(language)
    if noun == "digit":
        return texts
    plain = {key.removeprefix(_PLAIN): text for key, text in texts.entries.items() if key.startswith(_PLAIN)}
    return Texts(language, {**texts.entries, **plain})


def written(language: str) -> dict[str, str]:
    """The entries that the file of a language has, by key."""
    return dict(_flat(tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))))


def _flat(entries: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, str]]:
    for key, value in entries.items():
        if isinstance(value, str):
            yield stem + key, value
        else:
            yield from _flat(value, f"{stem}{key}.")


ENGLISH = catalogue("en")
