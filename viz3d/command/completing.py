"""What a shell completes: networks by name, data sets, themes, and the endings of files to be written.

Typer asks for it (`viz3d --install-completion`); nothing that takes long to import is imported.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from viz3d.command.errors import UserError

OPTIONS = ("--install-completion", "--show-completion")


def presets(typed: str) -> list[str]:
    """Networks that come with viz3d, by name."""
    models = Path(__file__).parents[2] / "data" / "models"
    return sorted(path.stem for path in models.glob(f"{glob_of(typed)}*.npz"))


def one_of(*words: str) -> Callable[[str], list[str]]:
    """A completer that knows all words there are."""

    def complete(typed: str) -> list[str]:
        return [word for word in words if word.startswith(typed)]

    return complete


def as_known(value: str, complete: Callable[[str], list[str]], *, file: bool) -> str:
    """What was typed, with each word that is known in its own letters: Light is light, Adam:0.01 adam:0.01.

    file: whether it may be a file or folder, which then is what its name says.
    """
    if file and Path(value).exists():
        return value
    known = {word.casefold(): word for word in complete("")}
    return re.sub("[^+,:]+", lambda word: known.get(word[0].casefold(), word[0]), value)


def words_in(metavar: str | None) -> Callable[[str], list[str]] | None:
    """A completer of the words that stand for a value in the help, dark|light; None of FILE or 1..120."""
    words = (metavar or "").split("|")
    choice = len(words) > 1 and all(word.replace("-", "").isalpha() and word.islower() for word in words)
    return one_of(*words) if choice else None


def ending(*endings: str) -> Callable[[str], list[str]]:
    """A completer of a file's name to be written: seven or seven.m becomes seven.mp4. None for a folder's."""

    def complete(typed: str) -> list[str]:
        stem, dot, begun = typed.rpartition(".")
        name = stem if dot and "/" not in begun else typed
        begun = f".{begun}" if name == stem and dot else ""
        if not name or name.endswith("/"):
            return []
        return [name + each for each in endings if each.startswith(begun)]

    return complete


def glob_of(typed: str) -> str:
    """What was typed, as a pattern that means itself."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in typed).replace("/", "")


def check_program(program: str, given: Sequence[str]) -> None:
    """UserError where completion is asked of a program that a shell does not know as one word."""
    if " " in program and any(word.partition("=")[0] in OPTIONS for word in given):
        raise UserError(
            f"{given[0]}: shells complete the command `viz3d`, not `{program}`: with the environment active, "
            f"run `viz3d {given[0]}`, and use `viz3d` in place of `{program}`"
        )
