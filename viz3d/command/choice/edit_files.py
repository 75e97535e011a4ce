"""Edits from the command line and from files, and in which line of which file a wrong one stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine import EngineError
from engine.edits import statements
from viz3d.command.errors import UserError

_LONGEST = 1 << 20  # characters of a file of edits


@dataclass(frozen=True)
class Statement:
    """One edit as text; place: its file and line, "" where it was given on the command line."""

    text: str
    place: str = ""


def read_edits(given: Sequence[str]) -> list[Statement]:
    """The single edits of several texts; "@FILE" stands for those in a file, where # begins a remark."""
    edits = []
    for text in given:
        if text.startswith("@"):
            for number, line in enumerate(_lines(text), 1):
                place = f"{text[1:]}, line {number}"
                edits += [Statement(part, place) for part in statements(line.partition("#")[0])]
        else:
            edits += [Statement(part) for part in statements(text)]
    if given and not edits:
        raise UserError('--mutate names no edit: give one, such as "ablate hidden1:17"')
    return edits


def join_edits(edits: Sequence[Statement]) -> str:
    """Edits as one text."""
    return "; ".join(each.text for each in edits)


@contextmanager
def places_told(edits: Sequence[Statement]) -> Iterator[None]:
    """Name the file and the line of an edit that cannot be made, where it stands in a file."""
    try:
        yield
    except EngineError as error:
        place = "" if error.statement is None else edits[error.statement].place
        if not place:
            raise
        raise UserError(f"{place}: {error}") from error


def _lines(text: str) -> list[str]:
    path = Path(text[1:])
    if not path.is_file():
        raise UserError(f"--mutate {text}: there is no such file")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST).splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"--mutate {text} is no text file: give one that names edits") from error
