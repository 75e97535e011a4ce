"""Texts: the entries of a language. One more language is one more file here, named by its code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scenes.errors import SceneError

_FOLDER = Path(__file__).parent

LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Codes of the languages that pictures speak."""


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a language.

    Attributes:
        language: its code, such as "de".
        entries: texts by key, such as "answer.label"; what the language lacks is there in English.
    """

    language: str
    entries: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """The text of a key with values in its places; by `n` that of one or of any other number."""
        if key not in self.entries:
            key += ".one" if values.get("n") == 1 else ".other"
        return self.entries[key].format(**values)

    def name(self, text: str) -> str:
        """A name that a net or a digit brings in English, whatever number it ends in: "Hidden 2".

        One that is not among the entries, such as a file's, is the same in every language.
        """
        known, number = _parted(text)
        return self.entries.get(f"names.{known}", known) + number

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
