"""Names out of a stranger's files, of sets, classes and columns, as they can be shown and kept."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

from data.errors import DataError
from data.sets.dataset import Parts

JOINERS = "\u200c\u200d"
"""What parts or joins the letters of Persian or Hindi, and the parts of an emoji: seen by what it does."""
MOST = 200  # characters, as many as a network keeps
_BLANK = "Cf"  # Unicode's category of what is not seen, such as a soft hyphen or a mark of direction


def shown(name: str) -> str:
    r"""A name in one line: spaces of any kind are plain, what a terminal would obey is written out (\x1b).

    Marks that are not seen, as those of direction that spreadsheets leave in Arabic, are left out.
    """
    line = " ".join(name.split())
    if line.isprintable():
        return line
    return "".join(_letter(letter) for letter in line)


def _letter(letter: str) -> str:
    if letter.isprintable() or letter in JOINERS:
        return letter
    return "" if unicodedata.category(letter) == _BLANK else letter.encode("unicode_escape").decode()


def is_text(word: str) -> bool:
    """Whether a word has nothing but what a text has."""
    return "\\" not in shown(word.replace("\\", "/"))


def with_names(path: Path, parts: Parts) -> Parts:
    """The same with names that can be shown and kept. DataError: of its classes one is empty, or too long."""
    classes, columns = (tuple(map(shown, names)) for names in (parts.classes, parts.columns))
    for kind, names in (("class", classes), ("column", columns)):
        for place, name in enumerate(names):
            if len(name) > MOST:
                raise DataError(
                    f"{path}: the {kind} {name[:20]}... has {len(name):,} letters: give up to {MOST}"
                )
            if kind == "class" and not name.strip(JOINERS):
                raise DataError(f"{path}: class {place} has an empty name: give each one a name")
    if len(set(classes)) < len(classes):
        twice = next(name for place, name in enumerate(classes) if name in classes[:place])
        raise DataError(f"{path}: two classes are called {twice}: give each one a name of its own")
    name, title = (shown(each)[:MOST] for each in (parts.name, parts.title))
    return replace(parts, name=name, title=title, classes=classes, columns=columns)
