"""Lines of a script: their words, remarks in them, and names of files, which may hold anything."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viz3d.command.errors import UserError

_BARE = re.compile(r"[^\s'\"#;]+( [^\s'\"#;]+)*")
_QUOTED = re.compile(r"(?:'[^']*'|\"[^\"]*\")+")
_LABEL = re.compile(r"(?:^|\s+)label\s+(0|[1-9][0-9]{0,5}|\"(?:[^\"\\]|\\.)*\")$")
_PICK = re.compile(r"(?:^|\s+)pick\s+(0|[1-9][0-9]{0,3})$")
_REMARK = re.compile(r"(?:^|\s)#")
_ENDS = " \t\r\n;"
_LONGEST = 1 << 22  # characters of a script


def words_of(line: str) -> tuple[str, str]:
    """The first word of a line and the rest, without a remark: a # at the start or behind a space."""
    word, rest = (*line.strip(_ENDS).split(maxsplit=1), "", "")[:2]
    if word.startswith("#"):
        return "", ""
    name, more = _quoted(rest)
    rest = name + _REMARK.split(more, maxsplit=1)[0].rstrip(_ENDS)
    return (word, rest) if rest else (word.rstrip(_ENDS), "")


def write_file(path: Path) -> str:
    """A file's name as it stands in a line: in quotes where it would be read otherwise."""
    name = str(path)
    if re.search(r"[\r\n\0\ud800-\udfff]", name):
        raise UserError(f"no line of a script can name the file {name!r}: rename it")
    bare = _BARE.fullmatch(name) and not (_LABEL.search(name) or _PICK.search(name))
    return name if bare else shlex.quote(name)


def read_file(text: str) -> Path:
    """The file that `write_file` wrote; a name in quotes is without them."""
    name, more = _quoted(text)
    if name and more.strip():
        raise UserError(f"{text}: {more.strip()} is too much: name one file")
    return Path("".join(shlex.split(name)) if name else text)


def python_label(label: int | str | None) -> str:
    """A class as Python names it."""
    return f"net.classes.index({label!r})" if isinstance(label, str) else str(label)


def write_label(label: int | str | None) -> str:
    """The end of a line that tells the true class, where it is known: its number, or its name in quotes."""
    if isinstance(label, str):
        label = json.dumps(label).replace("#", "\\u0023")  # no remark
    return "" if label is None else f" label {label}"


def read_label(text: str) -> tuple[str, int | str | None]:
    """The words ahead of 'label 4' or 'label "cat"', and that label; None where none is told."""
    ahead, label = _read_end(text, _LABEL)
    if not label.startswith('"'):
        return ahead, int(label) if label else None
    try:
        return ahead, str(json.loads(label))
    except ValueError:
        raise UserError(f"label {label}: give a class by its number, or its name in quotes") from None


def write_pick(pick: int | None) -> str:
    """What stands behind a picture's name where one of its digits is chosen."""
    return "" if pick is None else f" pick {pick}"


def read_pick(text: str) -> tuple[str, int | None]:
    """The words ahead of "pick 2", and that number; None where none is told."""
    ahead, pick = _read_end(text, _PICK)
    return ahead, int(pick) if pick else None


def read_digit(word: str, text: str) -> int:
    """A digit 0..9; UserError where it is none."""
    if not re.fullmatch("[0-9]", text):
        raise UserError(f"{word} {text}: give 0 to 9")
    return int(text)


def read_script(path: Path) -> list[str]:
    """The lines of a script's file; UserError where there is none."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file: name a script of such lines")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST).split("\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text file: name a script of such lines") from error


@contextmanager
def without_dashes() -> Iterator[None]:
    """What is an option on the command line is a word of a line: an error names it so."""
    try:
        yield
    except UserError as error:
        told = str(error)
        if not told.startswith("--"):
            raise
        raise UserError(re.sub(r"(^|\s)--(?=\w)", r"\1", told)) from error


def _read_end(text: str, end: re.Pattern[str]) -> tuple[str, str]:
    """The words ahead of an end, and what it tells; "" where the text has no such end."""
    name, more = _quoted(text)
    match = end.search(more)
    return (text, "") if match is None else (name + more[: match.start()], match[1])


def _quoted(text: str) -> tuple[str, str]:
    """What stands in quotes at the start of a text, quotes and all, and what follows."""
    match = _QUOTED.match(text)
    return ("", text) if match is None else (match[0], text[match.end() :])
